"""Garbled Chinese (mojibake), and back, where nothing was lost on the way.

Three ways in which an old system garbles: GBK bytes read as Latin-1 (ÖÐ¹ú), UTF-8 read as Latin-1
(ä¸­å›½), UTF-8 read as GBK (鍖椾含). Each is undone by the opposite codecs, strictly, and only
believed when everything that comes out is Chinese or ASCII: no wrong repair in 800,000 random
common strings. An odd-length text read as GBK has lost its last character: that is told, never
filled. ftfy is no choice: it breaks Chinese punctuation.
Source: dirty-input.md B4 (measured there).

>>> repair("ÖÐ¹ú"), repair("ä¸\xadå›½"), repair("鍖椾含")
('中国', '中国', '北京')
>>> [repair(text) for text in ("北京", "José", "浣犲ソ世界", "")]
[None, None, None, None]
>>> suspicious("ÖÐ¹ú"), suspicious("北京市朝阳区"), suspicious("锟斤拷")
(True, False, True)
"""

import re

_LATIN = re.compile("[\u0080-\u00ff\u0152-\u0178\u02c6\u02dc\u2013-\u203a\u20ac\u2122]")
_LATIN_PAIR = re.compile("[\u00a1-\u00ff]{2}")
_FINE = re.compile("[\x09\x0a\x20-\x7e\u3000-\u303f\u3400-\u9fff\uff00-\uffef\u00b7\u2014-\u2026]*")
_CJK = re.compile("[\u3400-\u9fff]")
_LOST = re.compile("�|锟斤|烫烫烫|屯屯屯")


def repair(text: str) -> str | None:
    """The text as it was before it was garbled, or None where it was not or cannot be known."""
    if not text or text.isascii():
        return None
    if _LATIN_PAIR.search(text) or (_LATIN.search(text) and not _CJK.search(text)):
        raw = _western_bytes(text)
        return _believed(raw, "utf-8") or _believed(raw, "gb18030") if raw else None
    if _CJK.search(text):
        try:
            return _believed(text.encode("gb18030"), "utf-8")
        except UnicodeEncodeError:
            return None
    return None


def suspicious(text: str) -> bool:
    """Whether a text is garbled: it can be repaired, or it holds the marks of lost characters."""
    return bool(_LOST.search(text)) or repair(text) is not None


def _western_bytes(text: str) -> bytes | None:
    raw = bytearray()
    for char in text:
        try:
            raw += char.encode("latin-1") if char < "\u0100" else char.encode("cp1252")
        except UnicodeEncodeError:
            return None
    return bytes(raw)


def _believed(raw: bytes, codec: str) -> str | None:
    try:
        text = raw.decode(codec)
    except UnicodeDecodeError:
        return None
    return text if _FINE.fullmatch(text) and _CJK.search(text) else None
