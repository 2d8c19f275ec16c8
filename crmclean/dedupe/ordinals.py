"""The numbers in company names: 一厂, 第三医院, 4局, 红星1号店; and what stands for them: A厂, 东厂.

They tell one plant or branch from the next, in whatever spelling: 第二 is 2. Numerals are read only
inside an ordinal, never in a brand: 三一重工 stays. Few names have one, so those are read one by one.
"""

import re

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from crmclean.dedupe.spans import Spans, filled

NUMERAL = "一二三四五六七八九十百零〇○两壹贰叁肆伍陆柒捌玖拾"
_LETTER = "abcdefghijklmnopqrstuvwxyz"
_SIDE = "东西南北"
_BRAND = "(?!(?<=[统唯万天如合归同德])一)(?!(?<=[都好独])一处)"  # 统一, 都一处
#: Characters that make a place of a side: 山东, 济南.
_PLACES = {
    "东": "广山华江浦胶丹辽河海肥惠卫城远沪关粤鲁冀",
    "西": "广山华江浦陕河湘鄂定",
    "南": "华江东西济云湖河海越淮渭岭闽皖苏浙赣台",
    "北": "华江东西河湖淮台苏皖闽陕鄂",
}
_PLACE = "".join(f"(?!(?<=[{before}]){side})" for side, before in _PLACES.items())
_NUMBERED = (
    rf"第(?P<a>[{NUMERAL}\d]+?(?=零售|[^{NUMERAL}\d]|$))|{_BRAND}(?<!\d)(?P<b>[{NUMERAL}]{{1,3}}|\d{{1,4}})"
    r"(?=分?厂|分?店|分公司|分院|分行|分部|分校|号(?:店|厂|楼|院|库|仓)|车间|"
    r"建(?:筑|设|建设|工程|$|公司|集团)|冶|局|医?院|"
    r"中(?:学|$)|小(?:学|$)|矿|校区?|期|队|站|库|机床)"
)
#: 四局一公司, 路桥二处: one small number behind words; 三一公司 and 58公司 are brands.
_UNIT = (
    rf"(?:^|(?<=.[^第a-z{NUMERAL}\d])){_BRAND}"
    r"(?P<c>(?:二?十)?[一二三四五六七八九]|二?十|[12]?\d)(?=(?:工程)?(?:公司|处$)|部$)"
)
_LETTERED = (
    rf"(?<=[\u4e00-\u9fff])(?<![{NUMERAL}])(?P<d>[a-z])(?=分?厂|分?店|公司|分公司|车间|[处部]$)"
)
_SIDED = rf"(?<=..){_PLACE}(?P<e>[{_SIDE}])(?=分?厂区?$)|(?<=厂)(?P<f>[{_SIDE}])$"  # 厂(南)
ORDINAL = re.compile("|".join((_NUMBERED, _UNIT, _LETTERED, _SIDED)))
_HAS_NUMERAL = re.compile(rf"[{NUMERAL}\d]")
_HAS_MARK = re.compile(rf"[{NUMERAL}\d{_LETTER}{_SIDE}]")
_NUMBER_END = re.compile(rf"^(.{{2,}}?)(第?[{NUMERAL}\d]+)号?$")
_DIGITS = {c: i for i, c in enumerate("〇一二三四五六七八九")} | {"零": 0, "○": 0, "两": 2}
_DIGITS |= {c: i for i, c in enumerate("壹贰叁肆伍陆柒捌玖", 1)}

#: What may stand before and after the numeral of an ordinal.
NUMERALS = f"{NUMERAL}0123456789"
_NEXT = f"{NUMERALS}分厂店公院行部校号车间建冶局医中小矿期队站库机工处"


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


def ordinals(names: Spans, more: pa.Array) -> pa.Array:
    """The ordinals of each name and of what stands behind it: see `ordinal`."""
    beside = pc.not_equal(more, "").to_numpy(zero_copy_only=False)
    near = names.count(NUMERALS, _NEXT) + names.count("第", NUMERALS)
    near += names.count(f"{_LETTER}{_SIDE}", "分厂店公车处部") + names.count("厂", _SIDE)
    rows = np.flatnonzero(beside | (near > 0))
    both = pc.binary_join_element_wise(names[rows].texts(), more.take(pa.array(rows)), "")
    return filled(len(names), rows, [ordinal(name) for name in both.to_pylist()])


def ordinal(name: str) -> str:
    """All ordinals of a name, joined: 中铁四局第二工程公司 → 4-2."""
    if not _HAS_MARK.search(name):
        return ""
    return "-".join(map(_told, ORDINAL.finditer(name)))


def _told(hit: re.Match) -> str:
    """What an ordinal says: a number, or the letter or side that stands for one."""
    said = hit[hit.lastgroup]
    return number(said) if said[0] in NUMERALS else said


def in_digits(text: str) -> str:
    """A text with its ordinals as digits: 第二分公司 is 2分公司."""
    if not _HAS_NUMERAL.search(text):
        return text
    return ORDINAL.sub(_told, text)


def without_numbers(cores: Spans, forms: pa.Array) -> Spans:
    """Cores without the number of a plant or a shop: see `without_number`."""
    plant = pc.match_substring_regex(forms, "[厂店]$").to_numpy(zero_copy_only=False)
    rows = np.flatnonzero(plant & cores.ends_in(f"{NUMERALS}号"))
    both = zip(cores[rows].texts().to_pylist(), forms.take(pa.array(rows)).to_pylist(), strict=True)
    return cores.put(rows, pa.array([without_number(*one) for one in both], pa.string()))


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
