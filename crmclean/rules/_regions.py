"""How regions are read from the beginning of a text, against the names of `_divisions.py`.

An address is read from its beginning, longest names first: province, then a city of it, then a
district of it. Steps may be left out where what follows proves them: 杭州西湖区 needs no 浙江省,
余杭区 needs no 杭州市 (only one city has one), 朝阳区 proves nothing, and neither does 桥东区, which
other cities had once. Roads and houses are named after places: 中山东一路, 北京大学深圳医院.
"""

import re
from functools import cache

from crmclean.rules import _tables
from crmclean.rules._divisions import (
    MUNICIPAL,
    belongs,
    codes,
    is_shared,
    longest,
    named,
    renamed,
    starts,
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
    if not found and code in MUNICIPAL:
        found = code + "01"
    code, found_city = found or code, bool(found)
    code, rest = _under(code, _LEVEL_NAMES.sub("", rest))
    if not code:
        return {}, text, None
    clash = _clash(code, rest, found_city)
    if clash:
        return {}, text, clash
    return place(code), rest, None


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
    known = starts(level)
    for size in range(min(len(text), longest(level)), 1, -1):
        found = [c for c in known.get(text[:size], ()) if belongs(c, code)]
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
    if len(code) != 4 or code[:2] not in MUNICIPAL:
        return False
    city, after = _step("", rest, "city")
    return bool(city) and codes()[city] == rest[: len(rest) - len(after)]


def _elsewhere(province: str, rest: str) -> bool:
    """A city of another province stands next (山西西安), and no place of this one has its name."""
    city, after = _step("", rest, "city")
    name = rest[: len(rest) - len(after)].lstrip(" ,，-—/、·")
    mine = (code for code in starts("district").get(name, ()) if belongs(code, province))
    return bool(city) and not city.startswith(province) and not any(mine)


def place(code: str) -> dict[str, str]:
    """The names of a division of GB/T 2260 and of what it lies in: province, city, district."""
    names = codes()
    found = {"province": names[code[:2]]}
    if code[:2] in MUNICIPAL:
        found["city"] = names[code[:2]]
    elif len(code) >= 4 and names[code[:4]].endswith("行政区划"):
        return found | ({"city": names[code]} if len(code) == 6 else {})
    elif len(code) >= 4:
        found["city"] = names[code[:4]]
    if len(code) == 6 and names[code] != found.get("city"):
        found["district"] = names[code]
    return found
