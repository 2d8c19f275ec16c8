"""E-mail addresses: half-width, lower case, one to a field

Full-width signs, 。 for a dot, spaces and mailto: are mended; several addresses and words beside
them become parts. A domain that looks like a slip for a common one (.con, gmial) is only flagged:
it may exist.

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

from crmclean.rules import Parts, _characters, _people, placeholder

_LOCAL = r"[a-z0-9_](?:[a-z0-9._%+-]*[a-z0-9_+-])?"
_DOMAIN = r"(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}"
FORM = rf"{_LOCAL}@{_DOMAIN}"
_ADDRESS = re.compile(FORM)
_COMMON = ("gmail", "hotmail", "outlook", "foxmail", "yahoo", "icloud", "aliyun", "sohu")
_NUMBERED = ("qq", "163", "126", "139", "189", "sina")


def _slips(word: str) -> set[str]:
    """A letter left out, doubled, or changed with its neighbour."""
    places = range(len(word))
    slips = {word[:n] + word[n + 1 :] for n in places} | {
        word[:n] + word[n] + word[n:] for n in places
    }
    slips |= {word[:n] + word[n + 1 : n + 2] + word[n] + word[n + 2 :] for n in places}
    return slips - {word, "mail"}


#: How a domain ends, and what was meant: endings that do not exist, and common providers misspelt.
_TYPOS = {
    **dict.fromkeys((".con", ".cmo", ".comm", ".cpm", ".ocm", ".vom", ".coom", ".xom", ".ccom"), ".com"),
    **{f"@{name}.{end}": f"@{name}.com" for name in (*_COMMON, *_NUMBERED) for end in ("co", "cm", "om")},
    **{f"@{name}.cn": f"@{name}.com" for name in ("qq", "163", "126")},
    **{f"@{slip}.com": f"@{name}.com" for name in (*_COMMON, "sina") for slip in _slips(name)},
}  # fmt: skip
_MISTYPED = "|".join(f"{re.escape(wrong)}\\z" for wrong in _TYPOS)
_HEADING = re.compile("(?:电子|公司|工作|联系|个人)?(?:邮箱|邮件)(?:地址)?|(?:旧|新)?地址|e-?mail")
_LABEL = re.compile("^(?:mailto|e-?mail) ?: ?")
_MENDED = str.maketrans({"。": ".", "．": ".", "，": ",", "；": ";", "、": ";", "＠": "@"})


def doubt(values: pa.Array, /, **_: object) -> pa.Array:
    """Mistyped domains, two dots together, escapes of Office (which may begin an address)."""
    return pc.match_substring_regex(values, rf"\.\.|_x00|{_MISTYPED}")


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
    if not found or not all(_is_address(word) for word in found):
        raise ValueError("EMAIL_INVALID", *_suggestion(plain))
    words = _beside(plain, found)
    first, *others = dict.fromkeys(found)
    if _people.is_name(words):
        parts = {"name": words, "remark": "；".join(others)}
    else:
        parts = {"remark": "；".join(filter(None, (*others, words)))}
    parts = {"": first, **{part: text for part, text in parts.items() if text}}
    meant = _meant(first)
    if meant is None and len(parts) == 1:
        return first
    return Parts(parts, [("EMAIL_MISTYPED", meant)] if meant else [])


def _meant(address: str) -> str | None:
    """The address that a slip in the domain was meant to be."""
    domain = address.partition("@")[2]
    end = domain.rpartition(".")[2]
    for wrong in (f"@{domain}", f".{end}"):
        if wrong in _TYPOS:
            return address.removesuffix(wrong) + _TYPOS[wrong]
    return None


def _is_address(word: str) -> bool:
    return bool(_ADDRESS.fullmatch(word)) and ".." not in word


def _beside(plain: str, found: list[str]) -> str:
    """The words beside the addresses. Raises EMAIL_INVALID for what may belong to an address:
    Chinese names and notes cannot; letters only stand apart in `Name <address>`."""
    for address in found:
        plain = plain.replace(address, " ", 1)
    if re.search("[@0-9]" if "<" in plain else "[@0-9a-z]", plain):
        raise ValueError("EMAIL_INVALID")
    words = _HEADING.sub(" ", re.sub(r"[^a-z\u3400-\u9fff·]+", " ", plain)).split()
    return " ".join(word for word in words if placeholder.clean(word, kind="email"))


def _suggestion(plain: str) -> list[str]:
    return [f"{plain}@qq.com"] if re.fullmatch("[1-9][0-9]{4,10}", plain) else []
