"""What tells one company's branches apart.

A branch carries its parent's whole name in front (《企业名称登记管理规定》 art. 13), a shop its brand.
Both must be equal before two names can mean one customer, so they are read even from careless
names, and one spelling stands for all: 青岛市分公司 is 青岛分公司, 第二分公司 is 2分公司.
"""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from crmclean.dedupe import offices, ordinals, words
from crmclean.dedupe.spans import Spans, filled, put
from crmclean.dedupe.tries import Trie

_PLACES = words.affixes("places")
_LEGAL = Trie(
    ["有限责任公司", "股份有限公司", "有限公司", "股份公司", "集团公司", "总公司"], backwards=True
)
#: A legal form that goes on: the whole name does not end before it.
_MORE = Trie(["有限", "股份", "集团", "控股"])
#: Ends of what follows a whole legal form: nothing but a part of the company stands there.
_PARTS = [
    "公司", "业点", "务点", "网点", "站点", "研究院", "中心", "基地", "园", "园区", "车间",
    "专柜", "大药房", "药房", "超市", "商场", "市场", "广场", "餐厅", "酒家", "宾馆", "仓",
    "卖场", "门市", "门调", "批市", "批调", "门市部", "门调部", "批市部", "批调部", "酒楼", "楼",
]  # fmt: skip
_PARTS += [before + end for before in ("", "分", "支") for end in "行店厂院校部社所局处站库队矿"]
_PART = Trie(_PARTS, backwards=True)
_LONGEST = 24  # characters before such an end
_DEPARTMENTS = [
    name + end for name in offices.DEPARTMENTS for end in ("部", "处", "科", "办", "中心")
]
_DEPARTMENT = Trie(_DEPARTMENTS, backwards=True)
_BARE = Trie(
    ["分公司", "支公司", "办事处", "代表处", "联络处", "分店", "分厂", "店"], backwards=True
)
#: The last two characters of 公司, 集团, 银行, 信用社, 学校… each: one pair stands inside every name of an
#: office, but for those with 局 and the bare ones.
_INSIDE = ("公集银用联销作务医学儿大", "司团行社所院校园学")
_SUFFIXES = "省市县区"
#: What `key` may spell otherwise.
_OTHERWISE = rf"[{_SUFFIXES}{ordinals.NUMERALS}]"


def take(names: Spans) -> tuple[Spans, pa.Array]:
    """The names of the head offices, and the branches, "" where a name is not a branch's. A
    department of the company (采购部) is no branch of it, and goes; so does a person, a place or a note.

    >>> texts = ["华星电子有限公司深圳分公司", "华星电子有限公司采购部", "华星电子有限公司张三"]
    >>> heads, found = take(Spans.of(pa.array(texts)))
    >>> heads.texts().to_pylist(), found.to_pylist()
    (['华星电子有限公司', '华星电子有限公司', '华星电子有限公司'], ['深圳分公司', '', ''])
    """
    company = names.ends("公司")
    several = (
        names.ends("分公司") | names.ends("支公司") | (names.cut(back=3).count("公", "司") > 0)
    )
    rows = np.flatnonzero(names.ends_in(offices.LAST) & (~company | several))
    heads, own = _split(_without_departments(names[rows]))
    names = names.where(rows, heads)
    branch = filled(len(names), rows, own)
    whole = pc.equal(branch, "").to_numpy(zero_copy_only=False)
    rows = np.flatnonzero(whole & ~names.ends("公司") & (names.count("有", "限") > 0))
    return names.reworked(rows, offices.without_said), branch


def _without_departments(names: Spans) -> Spans:
    sizes = _DEPARTMENT.lengths[_DEPARTMENT.longest(names, leave=2)]
    return names.cut(back=np.where(names.cut(back=sizes).ends("公司"), sizes, 0))


def _split(names: Spans) -> tuple[Spans, pa.Array]:
    """Heads and branches: first of what has a legal form, then of what has none."""
    stops = _legal_ends(names)
    heads = Spans(names.points, names.starts, stops)
    branch = Spans(names.points, stops, names.stops).texts()
    rows = np.flatnonzero((stops == names.stops) & _may_be_office(names))
    found = [offices.split(name) for name in names[rows].texts().to_pylist()]
    heads = heads.put(rows, pa.array([head for head, _ in found], pa.string()))
    branch = put(branch, rows, [branch for _, branch in found])
    spelt = pc.indices_nonzero(pc.match_substring_regex(branch, _OTHERWISE)).to_numpy()
    keys = [key(text) for text in branch.take(pa.array(spelt)).to_pylist()]
    return heads, put(branch, spelt, keys)


def _may_be_office(names: Spans) -> np.ndarray:
    """Which names `offices.split` may split: all that it does, and a few more."""
    before = names.cut(back=1)
    inside = (before.count(*_INSIDE) > 0) | (before.count("局") > 0)
    return inside | (_BARE.longest(names, leave=1) >= 0)


def _legal_ends(names: Spans) -> np.ndarray:
    """Where a whole name ends within each: behind the first legal form that a part of the company
    follows; at its end where there is none."""
    points, found = names.points, names.stops.copy()
    ends = 2 + np.flatnonzero((points[:-1] == ord("公")) & (points[1:] == ord("司")))
    ends = np.append(ends, len(points))
    rows, at = np.arange(len(names)), np.searchsorted(ends, names.starts + 1)
    while len(rows):
        rows = rows[ends[at[rows]] < names.stops[rows]]
        end = ends[at[rows]]
        head = Spans(points, names.starts[rows], end)
        rest = Spans(points, end, names.stops[rows])
        part = _PART.longest(rest, leave=0)
        there = (part >= 0) & (rest.lengths <= _LONGEST + _PART.lengths[part])
        there &= (_LEGAL.longest(head, leave=2) >= 0) & (_MORE.longest(rest, leave=0) < 0)
        found[rows[there]] = end[there]
        rows = rows[~there]
        at[rows] += 1
    return found


def key(branch: str) -> str:
    """Branches in one spelling.

    >>> key("青岛市分公司"), key("第二分公司")
    ('青岛分公司', '2分公司')
    """
    branch = ordinals.in_digits(branch)
    places = ""
    while found := _PLACES.prefix(branch):
        places += found[:-1] if len(found) > 2 and found[-1] in _SUFFIXES else found
        branch = branch[len(found) :]
    return places + branch
