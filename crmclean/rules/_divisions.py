"""Provinces, cities and districts of the mainland, and how they are read from text.

GB/T 2260 has three levels by code (11, 1101, 110101). Municipalities are their own city
(北京市 北京市 朝阳区); counties directly under a province (济源市) and cities without districts
(东莞市) stand for the city level. Hong Kong, Macao and Taiwan are provinces here, no more.

An address is read from its beginning, longest names first: province, then a city of it, then a
district of it. Steps may be left out where what follows proves them: 杭州西湖区 needs no 浙江省,
余杭区 needs no 杭州市 (only one city has one), 朝阳区 proves nothing, and neither does 桥东区, which
other cities had once. Roads and houses are named after places: 中山东一路, 北京大学深圳医院.
"""

import re
from collections import defaultdict
from functools import cache

import pyarrow as pa

from crmclean.rules import _tables

LEVELS = {"province": 2, "city": 4, "district": 6}
_MUNICIPAL = ("11", "12", "31", "50")
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
_ROAD = re.compile("[东西南北中]?(?:路|街|大道|大街|大厦|广场)")
#: What is named after a place that may be far away.
NAMESAKE = (
    "(?:[东西南北中前后内外一二三四五六七八九十环支新老湾门]{0,3}(?:路|街|巷|弄|胡同|大道|大街|道[^里外县]|道$)"
    "|[\u4e00-\u9fff]{0,5}(?:大学[^城生路]|大学$|学院[^路]|学院$)|中学|小学|医院|银行|宾馆|饭店|酒店|酒楼|大厦|大楼"
    "|广场|商城|花园|公寓|公园|商会|会馆)"
)
_NAMESAKE = re.compile(NAMESAKE)
#: Districts whose names say where they lie in some town.
_COMMONPLACE = re.compile("(?:[东西南北中新老][市城]?|桥[东西]|城[东西南北关中]|[市矿郊城])区$")
#: Names of levels in the standard that some systems print between the names of regions.
_LEVEL_NAMES = re.compile("^(?:市辖区|省直辖县级行政区划|自治区直辖县级行政区划|县(?=.{2,}县))")
_PEOPLES = re.compile(
    "(?:(?:朝鲜|土家|苗|藏|羌|彝|布依|侗|哈尼|壮|傣|白|景颇|傈僳|回|蒙古|哈萨克|柯尔克孜|黎|瑶|满|仡佬|畲|纳西|拉祜"
    "|佤|布朗|独龙|怒|普米|土|撒拉|东乡|保安|裕固|锡伯|塔吉克|鄂伦春|达斡尔|鄂温克|毛南|仫佬|各|水|维吾尔)族?)+$"
)


@cache
def codes() -> dict[str, str]:
    """Code → official name; the city level of a municipality has the municipality's name."""
    names = {line["code"]: line["name"] for line in _tables.table("divisions")} | _FURTHER
    for code in list(names):
        if len(code) == 4 and code[:2] in _MUNICIPAL:
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
    others = [code for code in short if not code.startswith(cities) and code not in _MUNICIPAL]
    return bool(cities) and any(
        len(code) == 2 or code[:2] in _MUNICIPAL or code[2:4] == "01" for code in others
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
    return any(_belongs(low, up) for low in lowers for up in uppers)


def read(text: str) -> tuple[dict[str, str], str]:
    """The region at the beginning of `text` and what follows it; {} where nothing is proved."""
    place, rest, _ = _walk(text)
    return place, rest


def of_address(text: str) -> tuple[dict[str, str], tuple[str, str | None] | None]:
    """The region of an address and, maybe, the issue that stands in its way."""
    place, _, issue = _walk(text)
    return place, issue


def _walk(text: str) -> tuple[dict[str, str], str, tuple[str, str | None] | None]:
    text = re.sub("^(?:中国|中华人民共和国)[,，]?(?=.)", "", text)
    code, rest = _step("", text, "province")
    rest = rest.removeprefix(codes()[code]) if code else rest
    found, rest = _step(code, _LEVEL_NAMES.sub("", rest), "city")
    rest = rest.removeprefix(codes()[found]) if found else rest
    if not found and code in _MUNICIPAL:
        found = code + "01"
    code, found_city = found or code, bool(found)
    code, rest = _under(code, _LEVEL_NAMES.sub("", rest))
    if not code:
        return {}, text, None
    clash = _clash(code, rest, found_city)
    if clash:
        return {}, text, clash
    return _place(code), rest, None


def _under(code: str, rest: str) -> tuple[str, str]:
    """The district at the beginning of `rest`, if it belongs to the place so far or proves it."""
    district, after = _step(code, rest, "district")
    if district and (code or _is_proof(codes()[district])):
        return district, after
    return code, rest


@cache
def _is_proof(district: str) -> bool:
    """Does a district alone prove its city? Not where its name is commonplace, or was used
    elsewhere."""
    lines = _tables.table("divisions_renamed")
    gone = (line for line in lines if line["old_district"] == district != line["district"])
    return not _COMMONPLACE.fullmatch(district) and not any(gone)


def _step(code: str, text: str, level: str) -> tuple[str, str]:
    """The longest name of `level` under `code` that `text` starts with: its code and the rest."""
    text = text.lstrip(" ,，-—/、·.")
    known = _starts(level)
    for size in range(min(len(text), _longest(level)), 1, -1):
        found = [c for c in known.get(text[:size], ()) if _belongs(c, code)]
        whole = [c for c in found if codes()[c] == text[:size]]
        if len(whole or found) != 1 or (
            not code and not whole and _is_only_district(level, text[:size])
        ):
            continue
        if _may_follow(level, text[size:], bool(whole)):
            return (whole or found)[0], text[size:]
    return "", text


def _is_only_district(level: str, short: str) -> bool:
    """朝阳 before a street is rather Beijing's district than a city in Liaoning."""
    return level == "city" and is_shared(short)


def _may_follow(level: str, rest: str, whole: bool) -> bool:
    """Not before a road (南京路); a short name only for a province or a city, before nothing that
    is named after it and before no word that makes it another place (吉林市, 大理市)."""
    if whole:
        return not _ROAD.match(rest)
    if level == "district" or _NAMESAKE.match(rest):
        return False
    return not rest.startswith(("市", "州", "区", "县", "镇", "乡", "村"))


def _belongs(code: str, parent: str) -> bool:
    if not parent:
        return True
    if code.startswith(parent):
        return True
    return len(parent) == 4 and parent[:2] in _MUNICIPAL and code.startswith(parent[:2])


def _clash(code: str, rest: str, found_city: bool) -> tuple[str, str | None] | None:
    """A following name of another province or an abolished one: contradiction, renamed."""
    if (len(code) == 2 and _elsewhere(code, rest)) or _is_other_city(code, rest):
        return ("REGION_CONTRADICTION", None)
    hit = re.match("[\u4e00-\u9fff]{2,8}?(?:自治县|市|区|县|旗)", rest)
    if hit is None or len(code) == 6:
        return None
    level = "district" if found_city else "city"
    if level == "city" and named("city", hit[0]) and codes().get(code) != hit[0]:
        return ("REGION_CONTRADICTION", None)
    new = renamed("district", hit[0], codes()[code]) if found_city else None
    return ("REGION_RENAMED", new) if new else None


def _is_other_city(code: str, rest: str) -> bool:
    """The whole name of a city behind a municipality: 北京市广州市."""
    if len(code) != 4 or code[:2] not in _MUNICIPAL:
        return False
    city, after = _step("", rest, "city")
    return bool(city) and codes()[city] == rest[: len(rest) - len(after)]


def _elsewhere(province: str, rest: str) -> bool:
    """A city of another province stands next (山西西安), and no place of this one has its name."""
    city, after = _step("", rest, "city")
    name = rest[: len(rest) - len(after)].lstrip(" ,，-—/、·")
    mine = (code for code in _starts("district").get(name, ()) if _belongs(code, province))
    return bool(city) and not city.startswith(province) and not any(mine)


def _place(code: str) -> dict[str, str]:
    names = codes()
    place = {"province": names[code[:2]]}
    if code[:2] in _MUNICIPAL:
        place["city"] = names[code[:2]]
    elif len(code) >= 4 and names[code[:4]].endswith("行政区划"):
        return place | ({"city": names[code]} if len(code) == 6 else {})
    elif len(code) >= 4:
        place["city"] = names[code[:4]]
    if len(code) == 6 and names[code] != place.get("city"):
        place["district"] = names[code]
    return place


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
def _starts(level: str) -> dict[str, list[str]]:
    """Full and short names of a level → codes."""
    starts = defaultdict(list)
    for names in (_index(), _shorts()):
        for name, found in names.items():
            for code in found:
                if _is_level(code, level) and code not in starts[name]:
                    starts[name].append(code)
    return {name: found for name, found in starts.items() if found}


@cache
def _longest(level: str) -> int:
    return max(map(len, _starts(level)))
