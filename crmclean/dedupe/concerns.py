"""Parts of company names in the form that comparisons use, as columns.

What official comparison calls the same and the similar: 工商企注字〔2017〕133号.
"""

import re

import pyarrow as pa
import pyarrow.compute as pc

from crmclean.dedupe import ordinals
from crmclean.dedupe.spans import filled, put

_GROUP = re.compile(
    r"(?:控股|集团|股份)*(?:控股|集团)(?:控股|集团|股份|有限|责任|公司|总公司|\(|\)|$)+$"
)
_PUBLIC = (
    r"^(?:.*[局厅]|.*(?:政府|法院|检察院|委员会|派出所|海关|街道办事处|村委会|居委会)|"
    r"(?:市立|县立|第?[一二三四五六七八九十\d]|人民|中心|中医|妇幼|实验|职业|技术|高级|初级|附属|机关)*"
    r"(?:医院|中医院|保健院|卫生院|中学|小学|学校|学院|幼儿园|高级中学|初级中学|职业学校|党校|养老院|福利院))$"
)


def compared(names: pa.Array, parts: dict[str, pa.Array]) -> dict[str, pa.Array]:
    """Of names and their parts: `core`; `sole`, whether that is likely to be one
    company's alone; `concern`, with the word that makes it the head of a group; `within`, the code
    of the place, closed for a public body.

    A plant's number is its ordinal's to say. 天岳集团 is itself, beside 天岳置业, 天岳集团物流 and 天岳控股,
    which are others of its group. A public body's place is its name: the city's 人民医院 is not the
    district's. A shop's name without a place is anybody's.

    >>> from crmclean.dedupe import names
    >>> of = lambda name: compared(pa.array([name]), names.parse(pa.array([name])))
    >>> {part: said[0].as_py() for part, said in of("天岳控股有限公司").items()}
    {'core': '天岳控股', 'sole': True, 'concern': '天岳控股控股', 'within': ''}
    >>> of("郑州市教育局")["within"][0].as_py()
    '4101.'
    """
    core, code, kind = parts["core"], parts["code"], parts["kind"]
    plants = _rows(pc.and_(pc.equal(kind, "factory"), pc.not_equal(parts["ordinal"], "")))
    core = put(core, plants, map(ordinals.without_ordinal, core.take(plants).to_pylist()))
    groups = _rows(pc.match_substring_regex(names, "集团|控股"))
    word = filled(len(names), groups, map(group_word, names.take(groups).to_pylist()))
    holding = pc.and_(pc.equal(word, "控股"), pc.equal(parts["trade"], ""))
    core = pc.if_else(holding, pc.binary_join_element_wise(core, word, ""), core)
    placed = pc.not_equal(code, "")
    public = pc.match_substring_regex(core, _PUBLIC)
    closed = pc.and_(pc.and_(pc.equal(kind, "institution"), placed), public)
    within = pc.if_else(closed, pc.binary_join_element_wise(code, ".", ""), code)
    common = pc.and_(pc.invert(placed), pc.or_(pc.equal(kind, "individual"), public))
    sole = pc.and_(pc.invert(common), pc.greater_equal(pc.utf8_length(core), 4))
    return {"core": core, "sole": sole, "concern": _concern(core, word), "within": within}


def group_word(name: str) -> str:
    """集团 or 控股 where a name in plain form says that it is the head of a group.

    >>> group_word("天岳控股集团有限公司"), group_word("天岳控股有限公司"), group_word("天岳集团物流有限公司")
    ('集团', '控股', '')
    """
    found = _GROUP.search(name) if "集团" in name or "控股" in name else None
    return ("集团" if "集团" in found[0] else "控股") if found else ""


def _concern(core: pa.Array, word: pa.Array) -> pa.Array:
    """The core with the word at its end twice: longer than any beginning that others share."""
    headed = _rows(pc.not_equal(word, ""))
    both = zip(core.take(headed).to_pylist(), word.take(headed).to_pylist(), strict=True)
    return put(core, headed, [one.removesuffix(end) + 2 * end for one, end in both])


def _rows(mask: pa.Array) -> pa.Array:
    return pc.indices_nonzero(mask)
