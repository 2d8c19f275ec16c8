"""The region of a company's name: places at its front or end, each inside the one before.

吉林市江城机械 is not in 江城县, 高新区 is a zone of the city before it, and a trade alone keeps its
place (长春商贸, 宜良税务局): there the place is what tells one from the other. Chinese counties lend
their names to many brands, so a county without 县 or 市 counts only where nothing speaks against it.
"""

import re
from functools import cache

from crmclean.dedupe import words

_PLACES, _TRADES, _FORMS = map(words.affixes, ("places", "trades", "forms"))
_CODES = words.table("places")
_SUFFIXED = re.compile(r"^(.{2,})[省市区县]$")
_ZONE = re.compile(
    r"^(?:中国|(?!华|新)[^区]{0,4}?)?(?:经济技术开发区|高新技术产业开发区|高新技术开发区|经济开发区|综合保税区|"
    r"保税港区|保税区|自由贸易试验区|自贸区|高新区|开发区|工业园区)"
)
_CORPS = re.compile(r"^生产建设兵团(?:第?[一二三四五六七八九十\d]+师)?")
_MUNICIPALITIES = ("11", "12", "31", "50")
_ANY_TRADE = (
    "代理", "咨询", "设计", "维修", "安装", "运输", "制造", "生产", "加工", "销售", "经营", "贸易",
    "发展", "服务", "工程", "技术", "科技", "管理", "机械", "设备", "材料", "仪器", "器材", "用品",
)  # fmt: skip


def take(name: str, region: str, code: str, speaks: bool) -> tuple[str, str, str]:
    """(region, its code, what is left of the name). `region`, `code`: what a bracket said;
    `speaks`: the form that follows says the trade, so that nothing else need be left.

    >>> take("广东佛山海川陶瓷", "", "", False), take("长春商贸", "", "", False)
    (('广东佛山', '4406', '海川陶瓷'), ('长春', '2201', '长春商贸'))
    """
    last, found = "", _place(name, code, speaks)
    while found:
        last, name = found, name[len(found) :]
        own = _CODES.get(found) or _within(code).get(found, "")
        wider = 0 < len(own) < len(code)  # 上海 in front and 浦东 in brackets
        if not region.startswith(found):
            region = found + region if wider else region + found
        code = max(code, own, key=len)
        found = _place(name, code, speaks)
    if not last and (found := _PLACES.suffix(name)) and _CODES[found] and not region:
        return found, _CODES[found], name[: -len(found)]
    if code and (zone := _zone(name)):
        region, name = region + zone.removeprefix("中国"), name[len(zone) :]
        found = _place(name, code, speaks) if "兵团" in zone else ""
        return region + found, _CODES.get(found) or code, name[len(found) :]
    if last and (not name or (not speaks and says_trade_only(name))):
        short = _SUFFIXED.match(last)
        name = (short[1] if short else last) + name
    return region, code, name


def whole(place: str, code: str) -> str:
    """A county's name with its suffix: what stands in a bracket is surely a place, and 高密 alone
    might be a brand."""
    if len(code) < 6 or _SUFFIXED.match(place):
        return place
    return next((place + end for end in "市县区" if _CODES.get(place + end) == code), place)


def says_trade_only(text: str) -> bool:
    """Whether a text is one trade word, or one and a word that any trade may take (轴承 + 制造)."""
    if text in _TRADES.words or text in _FORMS.words:
        return True
    return text.endswith(_ANY_TRADE) and text[:-2] in _TRADES.words


def _place(name: str, code: str, speaks: bool) -> str:
    """The place that a name begins with, if it can lie in the place before it. Inside a city its
    districts are known by their short names too (宁波市鄞州…), if more than a trade follows."""
    found = _PLACES.prefix(name)
    if speaks and (found := found or _PLACES.prefix(name, leave=0)) == name:
        found = found if _SUFFIXED.match(found) else ""
    if found[-1:] == "市" and name.startswith("场", len(found)) and found[:-1] in _CODES:
        found = found[:-1]  # 蒙自 + 市场监督
    if found and _on_one_line(code, _CODES[found]):
        return found
    for size in (2, 3):
        short = name[:size]
        if code and len(name) > size + 1 and short in _within(code):
            return "" if says_trade_only(name[size:]) else short
    return ""


def _within(code: str) -> dict[str, str]:
    """Short names of the districts and counties of a city, or of the cities of a province, to their
    codes."""
    return _all_within().get(code, {})


@cache
def _all_within() -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for place, code in _CODES.items():
        if len(code) == 6 and len(place) > 2 and place[-1] in "区县市":
            found.setdefault(code[:4], {})[place[:-1]] = code
            if place[-1] == "市" or code.startswith(_MUNICIPALITIES):
                found.setdefault(code[:2], {})[place[:-1]] = code
    return found


def _zone(name: str) -> str:
    """A development zone at the front, two characters remaining."""
    found = _ZONE.match(name) if "区" in name else None
    found = found or (_CORPS.match(name) if "兵团" in name else None)
    return found[0] if found and len(name) >= found.end() + 2 else ""


def _on_one_line(code: str, other: str) -> bool:
    """Whether one place lies in the other; a name that several places carry may."""
    return code.startswith(other) or other.startswith(code)
