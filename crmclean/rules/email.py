"""E-mail addresses: half-width, lower case, one to a field

Full-width signs, 。 for a dot, spaces and mailto: are mended; several addresses become parts.
A domain that looks mistyped (.con, gmial) is only flagged: it may exist.

Source: RFC 5321 as mail systems practise it; dirty-input.md M10.

>>> clean("Zhang.San＠Example。com "), clean("mailto:a.b@example.cn")
('zhang.san@example.com', 'a.b@example.cn')
>>> clean("zs@example.com; ls@example.com").values
{'': 'zs@example.com', 'remark': 'ls@example.com'}
>>> clean("zs@163.con").issues
[('EMAIL_MISTYPED', 'zs@163.com')]
>>> clean("zhangsan#example.com")
Traceback (most recent call last):
ValueError: EMAIL_INVALID
"""

import re

import pyarrow as pa
import pyarrow.compute as pc

from crmclean.rules import Parts, _characters, kept

_LOCAL = r"[a-z0-9_](?:[a-z0-9._%+-]*[a-z0-9_+-])?"
_DOMAIN = r"(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}"
FORM = rf"{_LOCAL}@{_DOMAIN}"
_ADDRESS = re.compile(FORM)
_TYPOS = {
    ".con": ".com", ".cmo": ".com", ".comm": ".com", ".cpm": ".com", ".ocm": ".com", ".vom": ".com",
    "@gmial.com": "@gmail.com", "@gamil.com": "@gmail.com", "@gmal.com": "@gmail.com",
    "@hotmial.com": "@hotmail.com", "@outlok.com": "@outlook.com", "@126.cn": "@126.com",
    "@qq.cn": "@qq.com", "@qq.co": "@qq.com", "@163.co": "@163.com", "@sian.com": "@sina.com",
}  # fmt: skip
_MISTYPED = "|".join(f"{re.escape(wrong)}\\z" for wrong in _TYPOS)
_LABEL = re.compile("^(?:mailto|e-?mail) ?: ?")
_MENDED = str.maketrans({"。": ".", "．": ".", "，": ",", "；": ";", "、": ";", "＠": "@"})


def doubt(values: pa.Array, /, **_: object) -> pa.Array:
    """Mistyped domains, two dots together."""
    return pc.match_substring_regex(values, rf"\.\.|{_MISTYPED}")


def quick(values: pa.Array, /, **_: object) -> pa.Array:
    """Upper case, full-width signs, mailto:, a mark at the end, spaces around."""
    bare = pc.utf8_trim(pc.ascii_lower(_characters.narrow_column(values)), ";,。、 ")
    return pc.replace_substring_regex(bare, r"\Amailto:", "")


def clean(text: str, /, **_: object) -> str | Parts:
    """The address, or the first of several with the others as a part.

    Raises ValueError EMAIL_INVALID."""
    plain = _characters.narrow(text).translate(_MENDED).lower()
    plain = _LABEL.sub("", plain)
    plain = re.sub(r" *([@.]) *", r"\1", plain)
    found = [
        word.strip("<>()[]\"':").rstrip(".")
        for word in re.split(r"[;,/|:\s<>()]+", plain)
        if "@" in word
    ]
    if not found or not all(_is_address(word) for word in found) or _beside(plain, found):
        raise ValueError("EMAIL_INVALID", *_suggestion(plain))
    first, *others = dict.fromkeys(found)
    if others:
        return Parts({"": first, "remark": "；".join(others)})
    for wrong, right in _TYPOS.items():
        if first.endswith(wrong):
            return kept(first, "EMAIL_MISTYPED", first.removesuffix(wrong) + right)
    return first


def _is_address(word: str) -> bool:
    return bool(_ADDRESS.fullmatch(word)) and ".." not in word


def _beside(plain: str, found: list[str]) -> bool:
    """Is there anything beside the addresses that may belong to them? Chinese names and labels
    cannot; letters only stand apart in `Name <address>`."""
    for address in found:
        plain = plain.replace(address, "", 1)
    return re.search("[@0-9]" if "<" in plain else "[@0-9a-z]", plain) is not None


def _suggestion(plain: str) -> list[str]:
    return [f"{plain}@qq.com"] if re.fullmatch("[1-9][0-9]{4,10}", plain) else []
