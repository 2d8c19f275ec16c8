"""The grammar of company names: region, brand, trade, form, branch, ordinal.

By law a name is 行政区划 + 字号 + 行业 + 组织形式, the region in front, in brackets or before the
form; a branch carries its parent's name in front (《企业名称登记管理规定》, arts. 6 and 13). Whether two
names mean one company is asked part by part: 一厂 and 二厂 differ in one character, 上海华星 and
华星（上海） in none.

A form that also says the trade (小学, 银行, 律师事务所) stays in the core: 育才小学 is not 育才中学, but
博爱医院 is 博爱医院有限公司. Trade is split off for keys and display and is not a comparison of its
own (measured to cost 0.02 F1: brand and trade are not independent).

A whole column is read at once. Its names are `Spans` of one array of characters, and a part is
taken off all of them by moving where they start or stop; the words of a list are found by a `Trie`.
What few names have (brackets, branches, numbers, Latin letters) each module picks out by a cheap
test and reads name by name. A number of a form is its place in the list of forms, -1 without one.
"""

import re
from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from crmclean.dedupe import abbreviations, asides, branches, latin, ordinals, regions, tries, words
from crmclean.dedupe.spans import Spans, filled
from crmclean.dedupe.tries import Trie, pick

_FORMS, _TRADES = tries.of("forms", True), tries.of("trades", True)
_KINDS = pa.array([*words.table("forms").values(), ""])
#: What a form says of the trade, in one spelling: 律所 is 律师事务所.
_SPOKEN = pa.array([*words.table("forms", 2).values(), ""])
_LEADING = Trie(["个体工商户", "个体户", "株式会社", "有限会社"])
_STATE = Trie(["国家税务总局", "中华人民共和国"])
_LED = np.array([_FORMS.words.index(word) for word in _LEADING.words] + [-1])
_SPEAKS = np.array([says != "" for says in _SPOKEN.to_pylist()])
_FIRM = np.array([says.endswith("事务所") for says in _SPOKEN.to_pylist()])
_SPACE = re.compile(r"\s+")


class Parts(NamedTuple):
    """The parts of one name; "" where a part is missing.

    `core` is brand and trade together, what is compared; `code` the GB/T 2260 code of the region;
    `kind` the class of the form (company, individual, factory…); `flags` what a note in the name
    said (void, closed, duplicate, test…); `former` a former name given in brackets."""

    region: str = ""
    core: str = ""
    brand: str = ""
    trade: str = ""
    form: str = ""
    kind: str = ""
    branch: str = ""
    ordinal: str = ""
    code: str = ""
    flags: str = ""
    former: str = ""


def parse(values: pa.Array) -> dict[str, pa.Array]:
    """The parts of names in simplified characters, NFKC width and lower case (`text.plain`): a
    column for each field of `Parts`."""
    han = pc.match_substring_regex(values, r"[\x{3400}-\x{9fff}]")
    columns = _chinese(Spans.of(values.filter(han)))
    if len(columns[0]) < len(values):
        others = [latin.parts(name) for name in values.filter(pc.invert(han)).to_pylist()]
        read = map(_strings, zip(*(Parts(**one) for one in others), strict=True))
        order = pc.sort_indices(pc.sort_indices(pc.invert(han)))  # Chinese names stand first
        columns = [pa.concat_arrays(two).take(order) for two in zip(columns, read, strict=True)]
    return dict(zip(Parts._fields, columns, strict=True))


def parts(name: str) -> Parts:
    """The parts of one name.

    >>> parts("上海华星电子科技有限公司")[:6]
    ('上海', '华星电子科技', '华星', '电子科技', '有限公司', 'company')
    >>> parts("华星电子(上海)有限公司").region, parts("华星电子(上海)有限公司").core
    ('上海', '华星电子')
    >>> parts("上海第三机床厂").ordinal, parts("三一重工股份有限公司").ordinal
    ('3', '')
    >>> parts("华为技术有限公司深圳分公司").branch, parts("杭州育才小学").core
    ('深圳分公司', '育才小学')
    """
    return Parts(*(column[0].as_py() for column in parse(_strings([name])).values()))


def _chinese(names: Spans) -> list[pa.Array]:
    """The columns of Chinese names, in the order of `Parts`."""
    signed = np.flatnonzero(names.signed())
    names = names.reworked(signed, lambda name: _SPACE.sub("", name))
    names, beside = asides.take(abbreviations.write_out(names), signed)
    heads, branch = branches.take(names)
    rest, form = _forms(heads)
    region, code, rest, office = _regions(_without_state(rest), beside, form)
    rest = ordinals.without_numbers(_without_country(rest), _FORMS.texts(form))
    brand, trade = _pieces(rest, _brands(rest))
    trade = _joined(trade, pick(_SPOKEN, form))
    return [
        region, _joined(brand, trade), brand, trade,
        _FORMS.texts(form), _first(beside["kind"], pick(_KINDS, form)),
        _first(branch, beside["branch"], office), ordinals.ordinals(names, beside["branch"]), code,
        beside["flags"], beside["former"],
    ]  # fmt: skip


def _regions(
    names: Spans, beside: dict[str, pa.Array], form: np.ndarray
) -> tuple[pa.Array, pa.Array, Spans, pa.Array]:
    """(region, code, what is left, office): two places of a firm of lawyers or accountants name its
    office, 浙江衡石(宁波)律师事务所."""
    speaks = _SPEAKS[form]
    said, rows = beside["region"], np.flatnonzero(_FIRM[form] & _has(beside["region"]))
    nothing = filled(len(rows), [], [])
    own, _, _ = regions.take(names[rows], nothing, nothing, speaks[rows])
    rows = rows[_has(own)]
    there = said.take(pa.array(rows)).to_pylist()
    office = filled(len(names), rows, [branches.key(place) + "分所" for place in there])
    said = pc.if_else(pc.equal(office, ""), said, "")
    code = pc.if_else(pc.equal(office, ""), beside["code"], "")
    return *regions.take(names, said, code, speaks), office


def _without_state(names: Spans) -> Spans:
    """国家税务总局宜良县(税务局) is 宜良县(税务局)."""
    return names.cut(front=_STATE.lengths[_STATE.longest(names, leave=2)])


def _forms(names: Spans) -> tuple[Spans, np.ndarray]:
    """The names without their organisation form, and the form; 集团, 股份 before a form go with it."""
    leading = _LEADING.longest(names, leave=2)
    form = np.where(leading < 0, _FORMS.longest(names, leave=1), -1)
    names = names.cut(front=_LEADING.lengths[leading], back=_FORMS.lengths[form])
    for word in ("集团", "控股", "股份"):
        before = (form >= 0) & (names.lengths >= 4) & names.ends(word)
        names = names.cut(back=2 * before)
    return names, np.where(leading < 0, form, _LED[leading])


def _without_country(names: Spans) -> Spans:
    """3M中国有限公司 is 3M（中国）有限公司."""
    return names.cut(back=2 * (names.ends("中国") & (names.lengths > 3)))


def _brands(cores: Spans) -> Spans:
    """The brands of cores of brand and trade: trade words are taken off the end while two
    characters remain; 中国 alone is nobody's brand."""
    stops, rows = cores.stops.copy(), np.arange(len(cores))
    while len(rows):
        brand = Spans(cores.points, cores.starts, stops)[rows]
        found = _TRADES.longest(brand, leave=2)
        brand = brand.cut(back=_TRADES.lengths[found])
        more = (found >= 0) & ~((brand.lengths == 2) & brand.ends("中国"))
        rows = rows[more]
        stops[rows] = brand.stops[more]
    return Spans(cores.points, cores.starts, stops)


def _pieces(cores: Spans, brand: Spans) -> tuple[pa.Array, pa.Array]:
    """The brands and what follows them in their cores, as texts."""
    ends = np.column_stack([cores.starts, brand.stops, cores.stops])
    both = Spans(cores.points, ends[:, :2].ravel(), ends[:, 1:].ravel()).texts()
    even = np.arange(0, len(both), 2)
    return both.take(pa.array(even)), both.take(pa.array(even + 1))


def _has(texts: pa.Array) -> np.ndarray:
    return pc.not_equal(texts, "").to_numpy(zero_copy_only=False)


def _first(*columns: pa.Array) -> pa.Array:
    """The first text of each row that is not empty."""
    first, *others = columns
    for other in others:
        first = pc.if_else(pc.equal(first, ""), other, first)
    return first


def _joined(one: pa.Array, other: pa.Array) -> pa.Array:
    return pc.binary_join_element_wise(one, other, "")


def _strings(texts: Iterable[str]) -> pa.Array:
    return pa.array(texts, pa.string())
