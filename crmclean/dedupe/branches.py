"""What tells one company's plants and branches apart: branch and ordinal.

A branch carries its parent's whole name in front (《企业名称登记管理规定》 art. 13), a shop its brand;
一厂, 第三医院 and 4局 carry a number. Both must be equal before two names can mean one customer, so
they are read even from careless names, and one spelling stands for all: 青岛市分公司 is 青岛分公司,
第二分公司 is 2分公司. Numerals are read only inside an ordinal, never in a brand: 三一重工 stays.
"""

import re

from crmclean.dedupe import words
from crmclean.rules._people import is_name

_PLACES, _CODES = words.affixes("places"), words.table("places")
_NUMERAL = "一二三四五六七八九十百零〇○两壹贰叁肆伍陆柒捌玖拾"
ORDINAL = re.compile(
    rf"第(?P<a>[{_NUMERAL}\d]+?(?=零售|[^{_NUMERAL}\d]|$))|(?!(?<=[统唯万天如合归同德])一)(?<!\d)(?P<b>[{_NUMERAL}]{{1,3}}|\d{{1,4}})"
    r"(?=分?厂|分?店|分公司|分院|分行|分部|分校|号(?:店|厂|楼|院|库|仓)|车间|"
    r"建(?:筑|设|建设|工程|$|公司|集团)|冶|局|医?院|"
    r"中(?:学|$)|小(?:学|$)|矿|校区?|期|队|站|库|机床)"
)
_HAS_NUMERAL = re.compile(rf"[{_NUMERAL}\d]")
_NUMBER_END = re.compile(rf"^(.{{2,}}?)(第?[{_NUMERAL}\d]+)号?$")
_DIGITS = {c: i for i, c in enumerate("〇一二三四五六七八九")} | {"零": 0, "○": 0, "两": 2}
_DIGITS |= {c: i for i, c in enumerate("壹贰叁肆伍陆柒捌玖", 1)}

_LEGAL = r"有限责任公司|股份有限公司|有限公司|股份公司|集团公司|总公司"
_OFFICE = r"银行|信用社|联社|供销社|合作社|事务所(?:\((?:普通|特殊普通)合伙\))?|(?<!工程)局"
#: Ends of what follows a whole legal form: nothing but a part of the company stands there.
_PART = r"公司|[分支]?[行店厂院校部社所局处站库队矿]|[业务网站]点|研究院|中心|基地|园区?|车间|专柜|大药房|药房|超市|商场|[市广]场|餐厅|酒家|宾馆|仓|卖场|[门批][市调]部?|酒楼|楼"
_AFTER_LEGAL = re.compile(
    rf"^(?P<head>.{{2,}}?(?:{_LEGAL}))(?P<branch>(?!有限|股份|集团|控股).{{0,24}}?(?:{_PART}))$"
)
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
_DEPARTMENT_NAMES = "采购|财务|技术|行政|人事|市场|设备|质检|质量|研发|综合|后勤|工会"
_DEPARTMENT = re.compile(rf"(?<=公司)(?:{_DEPARTMENT_NAMES})(?:部|处|科|办|中心)$")
_TAIL = re.compile(r"^(?P<head>.{4,}?有限(?:责任)?公司)(?P<said>(?!.*公司).{1,8})$")
_LAST = frozenset("市家楼司行店厂院校部社所局处站库队矿点心地园间柜房市场厅馆仓科办会区")
_SITES = _LAST | frozenset("场队厅户堂亭屋台塔桥港井组")
_SEVERAL = re.compile(r"公司.+公司|集团.+分公司|[分支]公司$")
_SUFFIXED = re.compile(r"^(.{2,})[省市县区]$")


def number(text: str) -> str:
    """A Chinese or Arabic numeral as digits; one without tens and hundreds is read digit by digit.

    >>> number("二十三"), number("十"), number("〇二"), number("4"), number("七一六"), number("二0三")
    ('23', '10', '2', '4', '716', '203')
    """
    text = text.replace("拾", "十")
    if "十" not in text and "百" not in text:
        return str(int("".join(str(_DIGITS.get(c, c)) for c in text)))
    hundreds, _, rest = text.rpartition("百")
    tens, ten, units = rest.rpartition("十")
    total = 100 * _digit(hundreds[:1], 1) if "百" in text else 0
    total += 10 * _digit(tens[-1:], 1) if ten else 0
    return str(total + _digit(units[-1:], 0))


def _digit(character: str, missing: int) -> int:
    return int(character) if character.isdecimal() else _DIGITS.get(character, missing)


def ordinal(name: str) -> str:
    """All ordinals of a name, joined: 中铁四局第二工程公司 → 4-2."""
    if not _HAS_NUMERAL.search(name):
        return ""
    return "-".join(number(hit["a"] or hit["b"]) for hit in ORDINAL.finditer(name))


def without_number(core: str, form: str) -> str:
    """机床一(厂) → 机床, 红星1号(店) → 红星: the ordinal says it, in whatever spelling."""
    if form[-1:] in ("厂", "店") and _HAS_NUMERAL.search(core[-2:]):
        found = _NUMBER_END.match(core)
        return found[1] if found and ORDINAL.search(core[-1:] + form) else core
    return core


def without_ordinal(core: str) -> str:
    """第三毛纺(厂) is the core of 毛纺三厂 too: the ordinal says the rest."""
    bare = ORDINAL.sub("", core)
    return bare if len(bare) > 1 else core


def split(name: str) -> tuple[str, str]:
    """The head office's name and the branch, "" where the name is not a branch's. A department
    of the company (采购部) is no branch of it, and goes; so does a person, a place or a note.

    >>> split("华星电子有限公司深圳分公司"), split("华星电子有限公司采购部"), split("华星电子有限公司张三")
    (('华星电子有限公司', '深圳分公司'), ('华星电子有限公司', ''), ('华星电子有限公司', ''))
    """
    head, branch = _split(name)
    if not branch and "有限" in head and not head.endswith("公司"):
        found = _TAIL.match(head)
        head = found["head"] if found and is_said(found["said"]) else head
    return head, branch


def is_said(text: str) -> bool:
    """Whether what follows a whole name is said of it: a person, a place, a note, who does it
    there (采购). Anything else
    (白柳收购点, 龙峰林场) may be a part of the company."""
    if text in _CODES or text in words.table("annotations"):
        return True
    if text in _DEPARTMENT_NAMES.split("|"):
        return True
    return text[-1:] not in _SITES and is_name(text)


def _split(name: str) -> tuple[str, str]:
    if name[-1:] not in _LAST or (name.endswith("公司") and not _SEVERAL.search(name)):
        return name, ""
    name = _DEPARTMENT.sub("", name)
    for pattern in (_AFTER_LEGAL, _AFTER_OFFICE, _CAMPUS):
        if found := pattern.match(name):
            return found["head"], key(found["branch"])
    if (found := _UTILITY.match(name)) and _PLACES.prefix(found["branch"]):
        return found["head"], key(found["branch"])
    if found := _BARE.match(name):
        head, place = _place_before(found["head"])
        return (head, key(place + found["tail"])) if head else (name, "")
    return _shop(name)


def key(branch: str) -> str:
    """Branches in one spelling: 青岛市分公司 is 青岛分公司, 第二分公司 is 2分公司."""
    branch = ORDINAL.sub(lambda hit: number(hit["a"] or hit["b"]), branch)
    places = ""
    while found := _PLACES.prefix(branch):
        short = _SUFFIXED.match(found)
        places += short[1] if short else found
        branch = branch[len(found) :]
    return places + branch


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
                return name[:at], key(name[at:])
    return name, ""


def _place_before(head: str) -> tuple[str, str]:
    if place := _PLACES.suffix(head):
        return head[: -len(place)], place
    found = _NUMBER_END.match(head)
    return (found[1], found[2]) if found else (head, "")
