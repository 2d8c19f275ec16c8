"""Branches of what has no legal form before them: banks, offices, schools, utilities, shops.

Names are read one by one: they are few, and `branches` picks them out.
"""

import re

from crmclean.dedupe import words
from crmclean.dedupe.ordinals import NUMERAL
from crmclean.rules._people import is_name

_PLACES, _CODES = words.affixes("places"), words.table("places")
_OFFICE = r"银行|信用社|联社|供销社|合作社|事务所(?:\((?:普通|特殊普通)合伙\))?|(?<!工程)局"
_BRANCH_WORDS = (
    "分公司|支公司|子公司|分行|支行|分店|分厂|分院|分校|分部|分社|分所|分局|支局|派出所|工商所|税务所|分理处|办事处|代表处|联络处|"
    "门店|旗舰店|体验店|加盟店|直营店|专柜|营业部|营业厅|营业所|经营部|销售部|服务部|门市部|事业部|项目部|"
    "服务站|加油站|供应站|储蓄所|门市|批[发调]部|商场|酒家|医院|工厂|厂|店"
)
_AFTER_OFFICE = re.compile(
    rf"^(?P<head>.{{2,}}?(?:{_OFFICE}|公司|集团(?!.*(?:有限|股份)公司)))"
    rf"(?P<branch>(?!有限|股份|集团|控股).{{0,24}}?(?:{_BRANCH_WORDS}))$"
)
_UTILITY = re.compile(r"^(?P<head>.{2,}?公司)(?P<branch>.{2,16}公司)$")  # 省电力公司 + 市供电公司
_BARE = re.compile(
    r"^(?P<head>.+?)(?P<tail>分公司|支公司|(?<!街道)办事处|代表处|联络处|分店|分厂)$"
)
_CAMPUS = re.compile(
    r"^(?P<head>.{3,}(?:医院|学校|幼儿园|大学))(?P<branch>[^大]{1,4}(?:院区|校区|园区|分园|院))$"
)
_SHOP = re.compile(r"(?:旗舰|体验|加盟|直营|专卖|分|门)?店$")
_NUMBER_END = re.compile(rf"^(.{{2,}}?)(第?[{NUMERAL}\d]+)号?$")
DEPARTMENTS = [
    "采购", "财务", "技术", "行政", "人事", "市场", "设备", "质检", "质量", "研发", "综合",
    "后勤", "工会",
]  # fmt: skip
_TAIL = re.compile(r"^(?P<head>.{4,}?有限(?:责任)?公司)(?P<said>(?!.*公司).{1,8})$")
LAST = "市家楼司行店厂院校部社所局处站库队矿点心地园间柜房场厅馆仓科办会区"
_SITES = frozenset(f"{LAST}户堂亭屋台塔桥港井组")


def split(name: str) -> tuple[str, str]:
    """The head office's name and the branch, "" where the name is not a branch's.

    >>> split("省电力公司青岛市供电公司"), split("蜜雪冰城郑州人民路店")
    (('省电力公司', '青岛市供电公司'), ('蜜雪冰城', '郑州人民路店'))
    """
    for pattern in (_AFTER_OFFICE, _CAMPUS):
        if found := pattern.match(name):
            return found["head"], found["branch"]
    if (found := _UTILITY.match(name)) and _PLACES.prefix(found["branch"]):
        return found["head"], found["branch"]
    if found := _BARE.match(name):
        head, place = _place_before(found["head"])
        return (head, place + found["tail"]) if head else (name, "")
    return _shop(name)


def without_said(name: str) -> str:
    """A company's whole name without what is said behind it: 华星电子有限公司张三.

    >>> without_said("华星电子有限公司张三"), without_said("华星电子有限公司白柳收购点")
    ('华星电子有限公司', '华星电子有限公司白柳收购点')
    """
    found = _TAIL.match(name)
    return found["head"] if found and is_said(found["said"]) else name


def is_said(text: str) -> bool:
    """Whether what follows a whole name is said of it: a person, a place, a note, who does it
    there (采购). Anything else (白柳收购点, 龙峰林场) may be a part of the company."""
    if text in _CODES or text in words.table("annotations"):
        return True
    if text in DEPARTMENTS:
        return True
    return text[-1:] not in _SITES and is_name(text)


def _shop(name: str) -> tuple[str, str]:
    """蜜雪冰城郑州人民路店: a brand, then a city and a street. A place that only a trade follows
    belongs to the name (全家南京烤鸭店)."""
    end = _SHOP.search(name)
    if not end:
        return name, ""
    for at in range(3, end.start() - 1):
        place = _PLACES.prefix(name[at:], leave=1)
        if place and (len(_CODES[place]) == 4 or place + "市" in _CODES):
            between = name[at + len(place) : end.start()]
            if between and not words.affixes("trades").suffix(between, leave=0):
                return name[:at], name[at:]
    return name, ""


def _place_before(head: str) -> tuple[str, str]:
    if place := _PLACES.suffix(head):
        return head[: -len(place)], place
    found = _NUMBER_END.match(head)
    return (found[1], found[2]) if found else (head, "")
