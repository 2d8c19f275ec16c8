"""Provinces, cities and districts of the mainland: their codes, names, short and former names.

GB/T 2260 has three levels by code (11, 1101, 110101). Municipalities are their own city
(北京市 北京市 朝阳区); counties directly under a province (济源市) and cities without districts
(东莞市) stand for the city level. Hong Kong, Macao and Taiwan are provinces here, no more.
"""

import re
from collections import defaultdict
from functools import cache

import pyarrow as pa

from crmclean.rules import _tables

LEVELS = {"province": 2, "city": 4, "district": 6}
MUNICIPAL = ("11", "12", "31", "50")
_FURTHER = {"71": "台湾省", "81": "香港特别行政区", "82": "澳门特别行政区"}
_SPECIAL = {
    "内蒙古": "15",
    "内蒙": "15",
    "广西": "45",
    "西藏": "54",
    "宁夏": "64",
    "新疆": "65",
    "香港": "81",
    "澳门": "82",
}
_SUFFIX = re.compile(
    "(?:特别行政区|自治区|自治州|自治县|自治旗|地区|林区|特区|新区|省|市|区|县|盟|旗|州)$"
)
_PEOPLES = re.compile(
    "(?:(?:朝鲜|土家|苗|藏|羌|彝|布依|侗|哈尼|壮|傣|白|景颇|傈僳|回|蒙古|哈萨克|柯尔克孜|黎|瑶|满|仡佬|畲|纳西|拉祜"
    "|佤|布朗|独龙|怒|普米|土|撒拉|东乡|保安|裕固|锡伯|塔吉克|鄂伦春|达斡尔|鄂温克|毛南|仫佬|各|水|维吾尔)族?)+$"
)


@cache
def codes() -> dict[str, str]:
    """Code → official name; the city level of a municipality has the municipality's name."""
    names = {line["code"]: line["name"] for line in _tables.table("divisions")} | _FURTHER
    for code in list(names):
        if len(code) == 4 and code[:2] in MUNICIPAL:
            names[code] = names[code[:2]]
    return names


@cache
def official(level: str) -> pa.Array:
    """The official names of a level, as an Arrow array."""
    names = {name for code, name in codes().items() if _is_level(code, level)}
    return pa.array(sorted(names - {"省直辖县级行政区划", "自治区直辖县级行政区划"}))


def named(level: str, text: str) -> list[str]:
    """The official names of a level that `text` may mean: exact first, else by the short form."""
    exact = [code for code in _index().get(text, ()) if _is_level(code, level)]
    short = [code for code in _shorts().get(text, ()) if _is_level(code, level)]
    return sorted({codes()[code] for code in exact or short})


def is_shared(text: str) -> bool:
    """Is a short name of a city that of a province as well, or of a district of a municipality or
    of another capital? 吉林 and 朝阳 say too little.

    >>> [name for name in ("吉林", "朝阳", "长沙", "北京", "朝阳市") if is_shared(name)]
    ['吉林', '朝阳']
    """
    short = _shorts().get(text, ())
    cities = tuple(code for code in short if _is_level(code, "city"))
    others = [code for code in short if not code.startswith(cities) and code not in MUNICIPAL]
    return bool(cities) and any(
        len(code) == 2 or code[:2] in MUNICIPAL or code[2:4] == "01" for code in others
    )


@cache
def renamed(level: str, text: str, city: str | None = None) -> str | None:
    """What an abolished name (of a city, if told) became, if there is only one such name."""
    key = "district" if level == "district" else "city"
    new = {
        line[key]
        for line in _tables.table("divisions_renamed")
        if line[f"old_{key}"] == text
        and line[key] not in ("", text)
        and city in (None, line["old_city"], line["city"])
    }
    return new.pop() if len(new) == 1 else None


def within(upper: str, lower: str, level: str) -> bool:
    """Is a city one of a province, or a district one of a city? Unknown names are not judged.

    >>> within("广东省", "深圳市", "city"), within("广东省", "杭州市", "city")
    (True, False)
    >>> within("北京市", "朝阳区", "district"), within("长春市", "海淀区", "district")
    (True, False)
    """
    above = {"city": "province", "district": "city"}[level]
    uppers = [code for code in _index().get(upper, ()) if _is_level(code, above)]
    lowers = [code for code in _index().get(lower, ()) if _is_level(code, level)]
    if not uppers or not lowers:
        return True
    return any(belongs(low, up) for low in lowers for up in uppers)


def belongs(code: str, parent: str) -> bool:
    """Is the place of a code in that of another one?"""
    if not parent:
        return True
    if code.startswith(parent):
        return True
    return len(parent) == 4 and parent[:2] in MUNICIPAL and code.startswith(parent[:2])


def _is_level(code: str, level: str) -> bool:
    """Counties under the province itself stand for a city, too."""
    if len(code) == LEVELS[level]:
        return True
    return level == "city" and len(code) == 6 and codes()[code[:4]].endswith("行政区划")


@cache
def _index() -> dict[str, list[str]]:
    index = defaultdict(list)
    for code, name in codes().items():
        index[name].append(code)
    return index


@cache
def _shorts() -> dict[str, list[str]]:
    """Short forms: 深圳, 内蒙古, 恩施 → codes. At least two characters remain."""
    shorts = defaultdict(list)
    for code, name in codes().items():
        short = _short(name)
        if len(short) >= 2:
            shorts[short].append(code)
        if name.endswith("自治州"):
            shorts[short + "州"].append(code)
    for short, code in _SPECIAL.items():
        shorts[short] = [code]
    return shorts


def _short(name: str) -> str:
    bare = _SUFFIX.sub("", name)
    if name.endswith(("自治州", "自治县", "自治旗")):
        bare = _PEOPLES.sub("", bare) or bare
    return bare


@cache
def starts(level: str) -> dict[str, list[str]]:
    """Full and short names of a level → codes."""
    starts = defaultdict(list)
    for names in (_index(), _shorts()):
        for name, found in names.items():
            for code in found:
                if _is_level(code, level) and code not in starts[name]:
                    starts[name].append(code)
    return {name: found for name, found in starts.items() if found}


@cache
def longest(level: str) -> int:
    """The number of characters of the longest name of a level."""
    return max(map(len, starts(level)))
