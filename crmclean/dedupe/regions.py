"""The region of a company's name: places at its front or end, each inside the one before.

吉林市江城机械 is not in 江城县, 高新区 is a zone of the city before it, and a trade alone keeps its
place (长春商贸, 宜良税务局): there the place is what tells one from the other. Chinese counties lend
their names to many brands, so a county without 县 or 市 counts only where nothing speaks against it.

A column is read at once: every round takes one place off the front of each name that has one.
"""

import re

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from crmclean.dedupe import tries, within, words
from crmclean.dedupe.spans import Spans
from crmclean.dedupe.tries import Trie
from crmclean.dedupe.within import Found, Kinds

_CODES, _FORMS = words.table("places"), words.table("forms")
_FRONT, _END, _SHORT = tries.of("places"), tries.of("places", True), Trie(within.shorts())
_TRADES = Trie([*_FORMS, *words.ordered("trades")])
_SUFFIXED = re.compile(r"^(.{2,})[省市区县]$")
_ZONE = re.compile(
    r"^(?:中国|(?!华|新)[^区]{0,4}?)?(?:经济技术开发区|高新技术产业开发区|高新技术开发区|经济开发区|综合保税区|"
    r"保税港区|保税区|自由贸易试验区|自贸区|高新区|开发区|工业园区)"
)
_CORPS = re.compile(r"^生产建设兵团(?:第?[一二三四五六七八九十\d]+师)?")
_ANY_TRADE = Trie([
    "代理", "咨询", "设计", "维修", "安装", "运输", "制造", "生产", "加工", "销售", "经营", "贸易",
    "发展", "服务", "工程", "技术", "科技", "管理", "机械", "设备", "材料", "仪器", "器材", "用品",
], backwards=True)  # fmt: skip

_BARE = np.array([_SUFFIXED.match(place) is None for place in _CODES])
_CODED = np.array([*map(bool, _CODES.values())])
#: The number of a city's name without 市, -1 where it is no place: for 蒙自 + 市场监督.
_NUMBERS = {place: number for number, place in enumerate(_CODES)}
_WITHOUT_CITY = np.array(
    [_NUMBERS.get(place[:-1], -1) if place[-1] == "市" else -1 for place in _CODES]
)


def take(
    names: Spans, region: pa.Array, code: pa.Array, speaks: np.ndarray
) -> tuple[pa.Array, pa.Array, Spans]:
    """(region, its code, what is left of the name) of every name. `region`, `code`: what a bracket
    said; `speaks`: the form that follows says the trade, so that nothing else need be left.

    >>> names = Spans.of(pa.array(["广东佛山海川陶瓷", "长春商贸"]))
    >>> region, code, rest = take(names, *[pa.array(["", ""])] * 2, np.zeros(2, bool))
    >>> region.to_pylist(), code.to_pylist(), rest.texts().to_pylist()
    (['广东佛山', '长春'], ['4406', '2201'], ['海川陶瓷', '长春商贸'])
    """
    kinds = Kinds()
    kind = kinds.said(region, code)
    names = _fronts(names, kinds, kind, speaks)
    names = _zones(names, kinds, kind, speaks)
    names = _ends(names, kinds, kind)
    names = _with_place(names, kinds, kind, speaks)
    return kinds.texts("region", kind), kinds.texts("code", kind), names


def whole(place: str, code: str) -> str:
    """A county's name with its suffix: what stands in a bracket is surely a place, and 高密 alone
    might be a brand."""
    if len(code) < 6 or _SUFFIXED.match(place):
        return place
    return next((place + end for end in "市县区" if _CODES.get(place + end) == code), place)


def _fronts(names: Spans, kinds: Kinds, kind: np.ndarray, speaks: np.ndarray) -> Spans:
    """Names without the places at their front; `kind` is written."""
    starts, rows = names.starts.copy(), np.arange(len(names))
    while len(rows):
        left = Spans(names.points, starts, names.stops)[rows]
        sizes, after = _place(left, kinds, kind[rows], speaks[rows])
        rows, sizes, after = rows[sizes > 0], sizes[sizes > 0], after[sizes > 0]
        kind[rows] = after
        starts[rows] += sizes
    return Spans(names.points, starts, names.stops)


def _place(
    names: Spans, kinds: Kinds, kind: np.ndarray, speaks: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """How long the place is that each name begins with, 0 where none can lie in the place before it,
    and the kind of both. Inside a city its districts are known by their short names too (宁波市鄞州…),
    if more than a trade follows."""
    place = _listed(names, speaks)
    after = np.full(len(names), -1)
    rows = np.flatnonzero(place >= 0)
    after[rows] = kinds.after(kind[rows], place[rows])
    sizes = np.where(after >= 0, _FRONT.lengths[place], 0)
    rest = np.flatnonzero((after < 0) & kinds.where("code")[kind])
    for size in (2, 3):
        rows = rest[names.lengths[rest] > size + 1]
        short = _SHORT.whole(names[rows].head(size))
        rows, short = rows[short >= 0], short[short >= 0]
        found = kinds.after(kind[rows], short + len(_CODES))
        rows, found = rows[found >= 0], found[found >= 0]
        rest = np.setdiff1d(rest, rows, assume_unique=True)
        more = ~_says_trade_only(names[rows].cut(front=size))
        sizes[rows[more]], after[rows[more]] = size, found[more]
    return sizes, after


def _listed(names: Spans, speaks: np.ndarray) -> np.ndarray:
    """The listed place that each name begins with: its number, -1 where there is none."""
    place = _FRONT.longest(names, leave=2)
    rows = np.flatnonzero(speaks & (place < 0))
    found = _FRONT.longest(names[rows], leave=0)
    place[rows] = np.where((_FRONT.lengths[found] == names.lengths[rows]) & _BARE[found], -1, found)
    rows = np.flatnonzero((place >= 0) & (_WITHOUT_CITY[place] >= 0))
    market = names[rows].cut(front=_FRONT.lengths[place[rows]]).at(0) == ord("场")
    place[rows[market]] = _WITHOUT_CITY[place[rows[market]]]
    return place


def _zones(names: Spans, kinds: Kinds, kind: np.ndarray, speaks: np.ndarray) -> Spans:
    """Names without a development zone behind their place; a division of the 兵团 has places in it."""
    rows = np.flatnonzero(kinds.where("code")[kind] & (names.count("区团") > 0))
    zones = [_zone(text) for text in names[rows].texts().to_pylist()]
    zoned = np.array([zone != "" for zone in zones], bool)
    rows, zones = rows[zoned], [zone for zone in zones if zone]
    left = names[rows].cut(front=np.array([*map(len, zones)], np.int64))
    corps = np.flatnonzero(["兵团" in zone for zone in zones])
    sizes = np.zeros(len(rows), np.int64)
    sizes[corps], _ = _place(left[corps], kinds, kind[rows[corps]], speaks[rows[corps]])
    places = left.cut(back=left.lengths - sizes).texts().to_pylist()
    before = [kinds.all[one] for one in kind[rows].tolist()]
    kind[rows] = kinds.numbers(
        Found(region + zone.removeprefix("中国") + place, _CODES.get(place) or code)
        for (region, code, _), zone, place in zip(before, zones, places, strict=True)
    )
    return names.where(rows, left.cut(front=sizes))


def _zone(name: str) -> str:
    """A development zone at the front, two characters remaining."""
    found = _ZONE.match(name) if "区" in name else None
    found = found or (_CORPS.match(name) if "兵团" in name else None)
    return found[0] if found and len(name) >= found.end() + 2 else ""


def _ends(names: Spans, kinds: Kinds, kind: np.ndarray) -> Spans:
    """Names without the place at their end, where none was found elsewhere."""
    rows = np.flatnonzero(kind == 0)
    place = _END.longest(names[rows], leave=2)
    coded = (place >= 0) & _CODED[place]
    rows, place = rows[coded], place[coded]
    kind[rows] = kinds.numbers(Found(text, _CODES[text]) for text in _END.texts(place).to_pylist())
    return names.where(rows, names[rows].cut(back=_END.lengths[place]))


def _with_place(names: Spans, kinds: Kinds, kind: np.ndarray, speaks: np.ndarray) -> Spans:
    """Names of which only a trade is left, with their last place in front again."""
    placed = kinds.where("last")[kind]
    rows = np.flatnonzero(placed & ~speaks)
    alone = placed & (names.lengths == 0)
    alone[rows] |= _says_trade_only(names[rows])
    rows = np.flatnonzero(alone)
    last = pc.replace_substring_regex(kinds.texts("last", kind[rows]), _SUFFIXED.pattern, r"\1")
    return names.put(rows, pc.binary_join_element_wise(last, names[rows].texts(), ""))


def _says_trade_only(texts: Spans) -> np.ndarray:
    """Whether a text is one trade word or a form, or a trade and a word that any trade may take
    (轴承 + 制造)."""
    found = _TRADES.whole(texts) >= 0
    rows = np.flatnonzero(~found & (_ANY_TRADE.longest(texts, leave=0) >= 0))
    found[rows] = _TRADES.whole(texts[rows].cut(back=2)) >= len(_FORMS)
    return found
