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
from functools import cache, partial

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from crmclean.dedupe import pinyin
from crmclean.dedupe.characters import Characters

_PUNCTUATION = (
    {"【": "[", "】": "]", "〔": "(", "〕": ")", "〈": "(", "〉": ")", "《": "", "》": "", "·": "", "•": "",
     "“": "", "”": "", '"': "", "'": "", "’": "", "‘": "", "、": " ", "。": "", "—": "-", "–": "-",
     "\u200b": "", "\ufeff": "", "\n": " ", "\r": " "}
)  # fmt: skip
_TONES = str.maketrans("āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜüńňǹḿ", "aaaaeeeeiiiioooouuuuvvvvvnnnm")
_SIGNS = r"[^\pL\pN]"
_TYPED = "^[a-z]{2,}(?: [a-z]+)*$"
_SYLLABLE = re.compile("[a-z]*[aeiouv][a-z]*")
_FUZZY = (("zh", "z"), ("ch", "c"), ("sh", "s"))


def plain(values: pa.Array) -> pa.Array:
    """Each text in NFKC width, simplified characters, lower case, without quotes and dots.

    >>> plain(pa.array(["臺灣華星（上海）有限公司", "ＡＢＣ·Ltd"])).to_pylist()
    ['台湾华星(上海)有限公司', 'abcltd']
    """
    needs_work = pc.match_substring_regex(values, _beyond_plain())
    changed = values.filter(needs_work)
    if not len(changed):
        return values
    joined = _normal(_replaced(_joined(changed.to_pylist()), _PUNCTUATION))
    found = _simplified(_replaced(joined.lower(), _AFTER_NFKC)).split("\0")
    stripped = pa.array([line.strip() for line in found], pa.string())
    return pc.replace_with_mask(values, needs_work, stripped)


@cache
def _beyond_plain() -> str:
    """Anything but simplified characters, small letters, digits and brackets."""
    return f"[^\u4e00-\u9fffa-z0-9()]|[{''.join(sorted(_traditional()))}]"


_AFTER_NFKC = {"（": "(", "）": ")", "，": ",", "\u3000": " ", "\r": " "}


def sound(values: pa.Array) -> pa.Array:
    """Each plain text with every Chinese character replaced by the sign of its syllable; pinyin that
    somebody typed (`pinyin.py`) likewise.

    >>> sound(pa.array(["华星"])) == sound(pa.array(["华兴"])) == sound(pa.array(["hua xing"]))
    True
    """
    spelled = Characters.of(values)
    found = Characters(_syllables()[spelled.points], spelled.lengths).texts()
    typed = pc.match_substring_regex(values, _TYPED)
    if not pc.any(typed).as_py():
        return found
    return pc.replace_with_mask(
        found, typed, pa.array(map(_typed, values.filter(typed).to_pylist()))
    )


def key(values: pa.Array) -> pa.Array:
    """Each text without spaces and punctuation.

    >>> key(pa.array(["天河路 385-1 号"])).to_pylist()
    ['天河路3851号']
    """
    signed = pc.match_substring_regex(values, _SIGNS)
    bare = pc.replace_substring_regex(values.filter(signed), f"{_SIGNS}+", "")
    return pc.replace_with_mask(values, signed, bare)


def _joined(values: Sequence[str]) -> str:
    """One text of all values; a NUL inside a value would part it in two."""
    joined = "\0".join(values)
    if joined.count("\0") >= len(values):
        joined = "\0".join(value.replace("\0", "") for value in values)
    return joined


def _normal(text: str) -> str:
    """The NFKC form. Signs that have one of their own are replaced first: normalising is slow where it
    finds something to do."""
    nfkc = partial(unicodedata.normalize, "NFKC")
    changed = {sign: form for sign in sorted({*text}) if (form := nfkc(sign)) != sign}
    return "\0".join(map(nfkc, _replaced(text, changed).split("\0")))


def _replaced(text: str, signs: dict[str, str]) -> str:
    """With signs replaced by what holds none of them: many times faster than to look at each character."""
    for sign, other in signs.items():
        text = text.replace(sign, other)
    return text


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


def _typed(text: str) -> str:
    """The signs of a text that is typed pinyin, else the text."""
    signs = _spoken()[1]
    return "".join(chr(signs[one]) for one in pinyin.syllables(text, signs)) or text


def _syllables() -> np.ndarray:
    """Code point to the sign of its syllable."""
    return _spoken()[0]


@cache
def _spoken() -> tuple[np.ndarray, dict[str, int]]:
    """The signs of characters by code point, and of toneless syllables; signs stand in the private
    use area."""
    os.environ.setdefault("PYPINYIN_NO_PHRASES", "true")  # only its character table is needed
    from pypinyin.constants import PINYIN_DICT

    first = {point: readings.partition(",")[0] for point, readings in sorted(PINYIN_DICT.items())}
    spellings = {spoken: _confusable(spoken) for spoken in dict.fromkeys(first.values())}
    signs = {one: 0xE000 + n for n, one in enumerate(dict.fromkeys(spellings.values()))}
    table = np.arange(0x110000, dtype=np.uint32)
    table[[*first]] = [signs[spellings[spoken]] for spoken in first.values()]
    typed = {spoken.translate(_TONES): signs[one] for spoken, one in spellings.items()}
    return table, {bare: sign for bare, sign in typed.items() if _SYLLABLE.fullmatch(bare)}


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
