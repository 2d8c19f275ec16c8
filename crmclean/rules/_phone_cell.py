"""How a telephone cell with several things is read: numbers with names and notes.

It is split at hard separators first, then at spaces, but only where every piece is a whole number
(`_phone_number.py`) and no other way of splitting works. What is left beside the numbers is a name
or a remark, never thrown away.
"""

import re

from crmclean.rules import Parts, _people, placeholder
from crmclean.rules._characters import narrow
from crmclean.rules._phone_number import TWO_MOBILES, doubted, kind_of, single

_HARD = re.compile(r" *(?:[/、,;|&]|或者?|[和与及]|(?<![a-z])(?:or|and)(?![a-z])) *", re.I)
_CHUNK = re.compile(
    r"(?:\+|\()?[0-9](?:[0-9() .\-–—]*[0-9])?(?: ?\(?(?:转|轉|分机号?|内线|ext\.?|x|#)[:.]? ?[0-9]{1,6}\)?)?",
    re.I,
)
#: The name of an account is no number, whatever digits it has.
_ACCOUNT = re.compile(
    r"(?:qq|微信|wechat|weixin|wx|vx)(?:号码?)? ?[:.]? ?(?!(?:86)?1[3-9][0-9][ -]?[0-9]{4}[ -]?[0-9]{4}(?![0-9]))(?=[a-z0-9_-]{5})[a-z0-9_-]+",
    re.I,
)
_ONE_FOR_BOTH = re.compile(r"^ *电话 ?[/及和、] ?传真")
_FAX = re.compile(r"(?:传真|fax)[:.]? *$", re.I)
_WORDS = re.compile(
    r"(?:联系)?(?:手机|电话|座机|固话|固定电话|移动电话|办公电话?|公司|总机|直线|号码|宅电|单位"
    r"|\btel|\bmobile|\bphone|\bcell|\bmob)(?:号码?)?[.:]?",
    re.I,
)
_MARKS = " :;,.、，。；：()（）[]【】-—_/=\"'・·"
#: Fewer digits that mean nothing (0, 123) belong to the words beside them: 3楼.
_LEAST = 7


def read_cell(text: str, area: str | None = None) -> Parts:
    """The numbers, the name and the rest of a cell with several things. Raises ValueError."""
    found: list[str] = []
    names: list[str] = []
    rest: list[str] = []
    whole = _ONE_FOR_BOTH.sub("电话", narrow(re.sub(r"[\r\n]+", ";", text)))
    parted = TWO_MOBILES.sub(r"\1;", whole)
    for piece in _HARD.split(parted):
        _read_piece(piece, area, found, names, rest)
    if not found:
        raise ValueError("PHONE_INVALID")
    return Parts(_sorted_out(list(dict.fromkeys(found)), names, rest), doubted(found))


def _area_of(found: list[str]) -> str | None:
    """The area code of the number before: 0512-62345678/62345679 are of one place."""
    return found[-1].partition("-")[0] if found and found[-1][0] == "0" else None


def _read_piece(
    piece: str, area: str | None, found: list[str], names: list[str], rest: list[str]
) -> None:
    """Add what one piece of a cell holds to the numbers, the names and the rest."""
    rest += _ACCOUNT.findall(piece)
    left = piece = _ACCOUNT.sub(" ", piece).strip()
    for hit in list(_CHUNK.finditer(piece)):
        if len(re.sub("[^0-9]", "", hit[0])) < 5:
            raise ValueError("PHONE_ABBREVIATED" if found else "PHONE_INVALID")
        fax = _FAX.search(piece[: hit.start()])
        alone = not _WORDS.sub("", piece[: fax.start() if fax else hit.start()]).strip(_MARKS)
        numbers = _numbers(hit[0], area or (_area_of(found) if alone else None))
        if fax:
            rest.append("传真 " + "、".join(numbers))
            left = left.replace(fax[0] + hit[0], " ", 1)
        else:
            found.extend(number for number in numbers if number)
            left = left.replace(hit[0], " ", 1)
    left = " ".join(re.sub(r"[()\[\]【】]", " ", _WORDS.sub(" ", left)).split()).strip(_MARKS)
    if any(mark.isdigit() or mark == "*" for mark in left):
        raise ValueError("PHONE_MASKED" if "*" in left else "PHONE_INVALID")
    if left and placeholder.clean(left, kind="phone"):
        (names if _people.is_name(left) else rest).append(left)


def _numbers(chunk: str, area: str | None) -> list[str]:
    """The whole numbers in a run of digits: one, or the one way of cutting it at its spaces."""
    if " " not in chunk:
        number = single(chunk, area)
        if number is None:
            raise ValueError("PHONE_INVALID")
        return [number]
    words = chunk.split(" ")
    ways = [way for way in _ways(words, area) if way]
    whole = [way for way in ways if len(way) == 1]
    if whole:
        return whole[0]
    if len(ways) != 1:
        single(chunk, area)
        raise ValueError("PHONE_INVALID")
    return ways[0]


def _ways(words: list[str], area: str | None) -> list[list[str]]:
    if not words:
        return [[]]
    ways = []
    for size in range(1, min(len(words), 5) + 1):
        try:
            number = single(" ".join(words[:size]), area)
        except ValueError:
            continue
        if number or (number == "" and size == 1 and len(words[0]) >= _LEAST):
            ways += [[number, *others] for others in _ways(words[size:], area)]
    return ways[:3]


def _sorted_out(numbers: list[str], names: list[str], rest: list[str]) -> dict[str, str]:
    values: dict[str, str] = {}
    others = []
    for number in numbers:
        kind = kind_of(number)
        if kind == "other" or kind in values:
            others.append(number)
        else:
            values[kind] = number
    if others:
        values["other"] = "；".join(others)
    if names:
        values["name"] = names[0]
    if names[1:] or rest:
        values["remark"] = "；".join([*names[1:], *rest])
    return values
