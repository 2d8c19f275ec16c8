"""Characters that must not reach a CRM, and how they are mended (shared by all rules).

Width: digits, letters and the space become half-width everywhere; full-width punctuation is good
Chinese and stays in text and names. Invisible characters break exact matches and are deleted.
Office leaves `_x000D_`, the web leaves `&nbsp;` and `<br>`.

Mojibake is repaired where the repair is proved (`_mojibake.py`).
"""

import html
import re
import unicodedata

import pyarrow as pa
import pyarrow.compute as pc

from crmclean.rules import _mojibake

_ZERO_WIDTH = [0xAD, 0x34F, 0x61C, 0x180E, 0xFEFF]
_ZERO_WIDTH += [*range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2070)]
_ZERO_WIDTH += range(0xFE00, 0xFE10)
_CONTROL = [*range(0x20), *range(0x7F, 0xA0)]
_SPACES = [0x09, 0xA0, 0x1680, *range(0x2000, 0x200B), 0x2028, 0x2029, 0x202F, 0x205F, 0x3000]
_WIDE = [*range(0xFF10, 0xFF1A), *range(0xFF21, 0xFF3B), *range(0xFF41, 0xFF5B)]

#: What `str.translate` does with them. The line feed stays; `one_line` ends it.
MENDED: dict[int, str | None] = {
    **dict.fromkeys((*_CONTROL, *_ZERO_WIDTH), None),
    **dict.fromkeys(_SPACES, " "),
    **{point: chr(point - 0xFEE0) for point in _WIDE},
    0x0A: "\n",
}

#: The same characters inside a class of a regular expression, as RE2 and `re` read it.
BAD = (
    r"\x00-\x1f\x7f-\xa0\xad\x{34f}\x{61c}\x{1680}\x{180e}\x{2000}-\x{200f}\x{2028}-\x{202f}"
    r"\x{205f}-\x{206f}\x{3000}\x{fe00}-\x{fe0f}\x{feff}\x{fffd}\x{ff10}-\x{ff19}"
    r"\x{ff21}-\x{ff3a}\x{ff41}-\x{ff5a}"
)
BAD = re.sub(r"\\x\{([0-9a-f]+)\}", lambda hit: chr(int(hit[1], 16)), BAD)
#: Words with one space between them.
LINE = rf"[^ {BAD}]+(?: [^ {BAD}]+)*"
#: One such line after another, at most one empty line between two.
LINES = rf"{LINE}(?:\n\n?{LINE})*"
#: What a text holds that is no LINE, that are no LINES.
_NO_LINE = rf"\A\z|\A |  | \z|[{BAD}]"
_BUT_BREAKS = BAD.replace(r"\x00-", r"\x00-\x09\x0b-", 1)
_NO_LINES = rf"\A\z|\A[ \n]|  | \n|\n |\n\n\n|[ \n]\z|[{_BUT_BREAKS}]"

_ENTITIES = "nbsp|amp|lt|gt|quot|apos|middot|[lr]dquo|[lr]squo|hellip|[mn]dash|e[mn]sp|times|yen"
_ENTITY = re.compile(rf"&(?:#[0-9]{{2,6}}|#[xX][0-9A-Fa-f]{{2,5}}|{_ENTITIES});")
_BREAK = re.compile(r"<(?:br ?/?|/p|/div|/li|/tr)>", re.I)
_TAG = re.compile(r"</?(?:p|div|span|font|b|i|u|a|td|tr|li|ul|strong|em)(?: [^<>]*)?/?>", re.I)
_WRAPPED = re.compile(r'\A="?([^"=]*)"?\Z')
_OFFICE = re.compile(r"_x00([01][0-9A-Fa-f])_")
_MARKUP = re.compile("_x00|&.*;|<|^=")
#: ① ² ½ stand beside a number; their digits are no digits of it.
_BESIDE = "[\u00b2\u00b3\u00b9\u00bc-\u00be\u2070-\u2089\u2150-\u215f\u2189\u2460-\u24ff\u2776-\u2793\u3220-\u3229\u3248-\u324f\u3251-\u325f\u3280-\u3289\u32b1-\u32bf]"  # fmt: skip
_NUMBER_MARK = re.compile(f"({_BESIDE})")

#: A value that matches FORM and may still hold an entity, a tag, mojibake or lost characters.
SUSPECT = f"&[#a-zA-Z]|<[/a-zA-Z]|_x00|{_mojibake.SUSPECT}|[\ue000-\uf8ff]"


def are_lines(values: pa.Array, doubt: str, several: bool = False) -> pa.Array:
    """Which values are a LINE (or `several`) without the pattern `doubt` and signs of rubbish."""
    broken = _NO_LINES if several else _NO_LINE
    return pc.invert(pc.match_substring_regex(values, rf"{broken}|{SUSPECT}|{doubt}"))


def tidy_column(values: pa.Array) -> pa.Array:
    """`tidy` for the commonest cells, whole columns at once: spaces of all kinds."""
    odd = "[\t\u3000\u00a0]"
    single = pc.replace_substring_regex(values, f" (?: |{odd})+|{odd}(?: |{odd})*", " ")
    return pc.utf8_trim(single, " \r\n")


def narrow_column(values: pa.Array) -> pa.Array:
    """`narrow` for the commonest cells, whole columns at once: widths, and spaces around."""
    if not pc.all(pc.string_is_ascii(values)).as_py():
        marked = pc.match_substring_regex(values, _BESIDE)
        values = pc.if_else(marked, values, pc.utf8_normalize(values, "NFKC"))
    return pc.utf8_trim(values, " \r\n\t")


def tidy(text: str) -> str:
    """`text` on one line, without anything that is not text.

    >>> tidy(" ＡＢＣ\\u3000公司\\u200b _x000D_\\n（北京）&nbsp;")
    'ABC 公司 （北京）'
    >>> tidy("ÖÐ¹ú"), tidy("鍖椾含"), tidy("Müller & Söhne")
    ('中国', '北京', 'Müller & Söhne')
    """
    return " ".join(_mended(text).split())


def tidy_lines(text: str) -> str:
    """The same, keeping line breaks (at most one empty line).

    >>> tidy_lines("a  b<br>c\\r\\n\\n\\n d ")
    'a b\\nc\\n\\nd'
    """
    lines = (" ".join(line.split(" ")).split() for line in _mended(text).split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(" ".join(words) for words in lines)).strip("\n")


def narrow(text: str) -> str:
    """Codes, numbers and addresses of the net: every width and compatibility form made plain, and
    what a spreadsheet wraps around a text (="010").

    >>> narrow("（０１０）１２３４　"), narrow('="010"'), narrow("①０１０")
    ('(010)1234', '010', '①010')
    """
    if text.isascii() and text.isprintable() and not _MARKUP.search(text):
        return " ".join(text.split())
    previous = None
    while text != previous:
        previous = text
        pieces = _NUMBER_MARK.split(text)
        pieces[::2] = (unicodedata.normalize("NFKC", piece) for piece in pieces[::2])
        text = _WRAPPED.sub(r"\1", tidy("".join(pieces)))
    return text


def _mended(text: str) -> str:
    previous = None
    while text != previous:
        previous = text
        if "&" in text:
            text = _ENTITY.sub(lambda hit: html.unescape(hit[0]), text)
        if "<" in text:
            text = _TAG.sub("", _BREAK.sub("\n", text))
        if "_x00" in text:
            text = _OFFICE.sub(lambda hit: "\n" if hit[1].upper() == "0A" else " ", text)
        if not text.isascii():
            text = _mojibake.repair(text) or text
        text = text.translate(MENDED)
    return text
