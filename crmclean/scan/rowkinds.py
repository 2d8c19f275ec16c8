"""Rows that are not data: repeated headers, other tables, totals, sign-offs and notes.

Nothing is deleted: a row gets a kind, is counted and kept. A totals row must begin with a totals
word and be sparse, for there are companies named 合计.
Cases: dirty-input.md L04, L05, L08.
"""

import re

import pyarrow as pa
import pyarrow.compute as pc

#: The last word of most Chinese headings.
_HEAD_NOUN = (
    r"^.{0,6}(编号|名称|日期|时间|金额|电话|手机|数量|单号|类型|状态|备注|地址|单价|邮箱|负责人)$"
)
_TOTAL = r"^\s*(合\s*计|小\s*计|总\s*计|本页合计|本页小计|累\s*计|共\s*计|汇总|[Tt]otal|TOTAL|[Ss]ubtotal|[Gg]rand [Tt]otal)\s*[:：]?\s*(（.*）|\(.*\))?\s*[\d.,]*\s*(元|万元|家|条|户|个|人|行|笔|项|位)?\s*$"
_SIGN_OFF = re.compile(
    r"^\s*(制\s*表|审\s*核|复\s*核|填\s*表|填\s*报|打\s*印|导\s*出|经\s*办|负责人签|统\s*计|单位\s*[(（]盖章|"
    r"备?\s*注\s*[:：]|说\s*明\s*[:：]?|附\s*注|注意|数据来源|截止|截至|第\s*\d+\s*页|共\s*\d+\s*[页条行]|"
    r"以上|以下空白|\*|※|note|page \d|printed|prepared by|source:)",
    re.I,
)


def only_spaces(columns: list[pa.Array], filled: pa.Array, numbers: pa.Array) -> pa.Array:
    """The numbers of rows in which nothing stands but spaces (in at most three cells)."""
    few = pc.and_(pc.less_equal(filled, 3), pc.greater(filled, 0))
    places = pc.indices_nonzero(few)
    bare = pa.array([True] * len(places), pa.bool_())
    for column in columns if len(places) else ():
        text = pc.utf8_trim_whitespace(column.take(places))
        bare = pc.and_(bare, pc.fill_null(pc.equal(text, ""), True))
    return numbers.take(places).filter(bare)


def repeats(columns: list[pa.Array], header: list[str | None]) -> pa.Array:
    """Which rows repeat a header row: at least four fifths of its cells, and at least two."""
    wanted = [(place, cell) for place, cell in enumerate(header) if cell and place < len(columns)]
    count = len(columns[0])
    if len(wanted) < 2:
        return pa.array([False] * count)
    same = pa.array([0] * count, pa.int32())
    for place, cell in wanted:
        equal = pc.fill_null(pc.equal(columns[place], cell), False)
        same = pc.add(same, pc.cast(equal, pa.int32()))
    return pc.greater_equal(same, max(2, round(len(wanted) * 0.8)))


def totals(columns: list[pa.Array], filled: pa.Array, width: int) -> pa.Array:
    """Which rows are totals: a totals word in the first three columns, and at most half filled."""
    found = pa.array([False] * len(filled))
    for column in columns[:3]:
        found = pc.or_(found, pc.fill_null(pc.match_substring_regex(column, _TOTAL), False))
    return pc.and_(found, pc.less_equal(filled, max(2, width // 2)))


def other_headers(
    columns: list[pa.Array], filled: pa.Array, empty: pa.Array, words: frozenset[str]
) -> pa.Array:
    """Which rows, each after a blank one, are the header of another table: at least three cells,
    most of them known headings."""
    count = len(filled)
    after_blank = pa.concat_arrays([pa.array([False]), empty[: count - 1]])
    candidate = pc.and_(after_blank, pc.greater_equal(filled, 3))
    if not pc.any(candidate).as_py():
        return candidate
    places = pc.indices_nonzero(candidate)
    known = pa.array([0] * len(places), pa.int32())
    for column in columns:
        cells = column.take(places)
        listed = pc.is_in(cells, value_set=pa.array(sorted(words)))
        listed = pc.or_(listed, pc.fill_null(pc.match_substring_regex(cells, _HEAD_NOUN), False))
        known = pc.add(known, pc.cast(listed, pa.int32()))
    share = pc.divide(pc.cast(known, pa.float64()), pc.cast(filled.take(places), pa.float64()))
    found = places.filter(pc.greater_equal(share, 0.6))
    return pc.is_in(pa.array(range(count), pa.uint64()), value_set=pc.cast(found, pa.uint64()))


def tail(rows: list[tuple[int, list[str | None]]], width: int) -> dict[int, str]:
    """The notes and sign-offs at the end of a sheet, from its last filled rows (in order)."""
    kinds: dict[int, str] = {}
    for number, cells in reversed(rows):
        texts = [cell for cell in cells if cell and cell.strip()]
        if texts and re.match(_TOTAL, texts[0]):
            continue
        if len(texts) <= max(1, width // 2) and texts and _SIGN_OFF.match(texts[0]):
            kinds[number] = "footer"
        elif width > 2 and _is_prose(texts):
            kinds[number] = "note"
        else:
            break
    return kinds


def _is_prose(texts: list[str]) -> bool:
    return len(texts) == 1 and (len(texts[0]) > 30 or texts[0].rstrip().endswith(("。", "！")))
