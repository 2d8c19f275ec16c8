"""Texts as they are compared: one width, simplified characters, lower case; and how they sound.

These forms lose meaning, so they live in comparison keys and never reach a record. Whole columns
are converted at once, as one joined text: the libraries are fast per character, slow per call.
Sound: every character becomes one character that stands for its toneless Mandarin syllable with
the initials and finals that people confuse made equal (zh/z, ch/c, sh/s, n/l, f/h stays, -ng/-n),
so that two homophones are equal strings and edit distances on sounds count syllables.
"""

import os
import re
import unicodedata
from collections.abc import Sequence
from functools import cache

_PUNCTUATION = str.maketrans(
    {"【": "[", "】": "]", "〔": "(", "〕": ")", "〈": "(", "〉": ")", "《": "", "》": "", "·": "", "•": "",
     "“": "", "”": "", '"': "", "'": "", "’": "", "‘": "", "、": " ", "。": "", "—": "-", "–": "-",
     "\u200b": "", "\ufeff": "", "\n": " ", "\r": " "}
)  # fmt: skip
_TONES = str.maketrans("āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜüńňǹḿ", "aaaaeeeeiiiioooouuuuvvvvvnnnm")
_SIGNS = re.compile(r"[\W_]+")
_FUZZY = (("zh", "z"), ("ch", "c"), ("sh", "s"))


def plain(values: Sequence[str]) -> list[str]:
    """Each text in NFKC width, simplified characters, lower case, without quotes and dots.

    >>> plain(["臺灣華星（上海）有限公司", "ＡＢＣ·Ltd"])
    ['台湾华星(上海)有限公司', 'abcltd']
    """
    lines = list(values)
    changed = _needs_work(lines)
    if changed:
        joined = unicodedata.normalize(
            "NFKC", _joined([lines[n] for n in changed]).translate(_PUNCTUATION)
        )
        found = _simplified(joined.lower().translate(_AFTER_NFKC)).split("\0")
        for n, line in zip(changed, found, strict=True):
            lines[n] = line.strip()
    return lines


def _needs_work(lines: list[str]) -> list[int]:
    """Which texts hold anything beyond simplified characters, small letters, digits, brackets."""
    import pyarrow as pa
    import pyarrow.compute as pc

    pattern = f"[^\u4e00-\u9fffa-z0-9()]|[{''.join(sorted(_traditional()))}]"
    mask = pc.match_substring_regex(pa.array(lines, pa.string()), pattern)
    return pc.indices_nonzero(mask).to_pylist()


_AFTER_NFKC = str.maketrans({"（": "(", "）": ")", "，": ",", "\u3000": " ", "\r": " "})


def sound(values: Sequence[str]) -> list[str]:
    """Each plain text with every Chinese character replaced by the sign of its syllable.

    >>> sound(["华星"]) == sound(["华兴"]), sound(["华星"]) == sound(["华信"])
    (True, True)
    """
    return _joined(values).translate(_syllables()).split("\0") if values else []


def key(text: str) -> str:
    """A text without spaces and punctuation.

    >>> key("天河路 385-1 号")
    '天河路3851号'
    """
    return text if text.isalnum() else _SIGNS.sub("", text)


def _joined(values: Sequence[str]) -> str:
    """One text of all values; a NUL inside a value would part it in two."""
    joined = "\0".join(values)
    if joined.count("\0") >= len(values):
        joined = "\0".join(value.replace("\0", "") for value in values)
    return joined


def _simplified(text: str) -> str:
    return text if _traditional().isdisjoint(text) else _opencc().convert(text)


@cache
def _opencc() -> "object":
    from opencc import OpenCC

    return OpenCC("t2s")


@cache
def _traditional() -> frozenset[str]:
    """The characters that conversion would change."""
    characters = [chr(n) for n in range(0x3400, 0xA000)]
    converted = _opencc().convert("\n".join(characters)).split("\n")
    return frozenset(c for c, simple in zip(characters, converted, strict=True) if c != simple)


@cache
def _syllables() -> dict[int, int]:
    """Code point to the sign of its syllable; signs stand in the private use area."""
    os.environ.setdefault("PYPINYIN_NO_PHRASES", "true")  # only its character table is needed
    from pypinyin.constants import PINYIN_DICT

    signs: dict[str, int] = {}
    table = {}
    for point, readings in sorted(PINYIN_DICT.items()):
        syllable = _confusable(readings.split(",")[0])
        table[point] = signs.setdefault(syllable, 0xE000 + len(signs))
    return table


@cache
def _confusable(syllable: str) -> str:
    """A toned syllable without its tone, in the spelling that confused ones share.

    >>> _confusable("zhāng"), _confusable("liú"), _confusable("xīng")
    ('zan', 'liu', 'xin')
    """
    syllable = syllable.translate(_TONES)
    for initial, other in _FUZZY:
        if syllable.startswith(initial):
            syllable = other + syllable[len(initial) :]
    if syllable.startswith("n") and len(syllable) > 1:
        syllable = "l" + syllable[1:]
    return syllable[:-1] if syllable.endswith(("ang", "eng", "ing")) else syllable
