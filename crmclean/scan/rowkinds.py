"""Rows that are not data: repeated headers, other tables, totals, sign-offs and notes.

Nothing is deleted: a row gets a kind, is counted and kept. A totals row must begin with a totals
word and be sparse, for there are companies named 合计.
Cases: dirty-input.md L04, L05, L08.
"""

import re

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from crmclean.scan import beginnings

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


def odd(
    columns: list[pa.Array], filled: pa.Array, header: list[list[str | None]]
) -> dict[str, pa.Array]:
    """Rows by the kind that they have instead of data: totals, the header again, and the title of
    the section that it begins."""
    again = pa.array(np.zeros(len(filled), bool))
    for cells in header:
        again = pc.or_(again, repeats(columns, cells))
    below = pa.concat_arrays([again[1:], pa.array([False])])
    title = pc.and_(below, pc.equal(filled, 1))
    return {"footer": totals(columns, filled, len(columns)), "repeat_header": again, "title": title}


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


def next_table(
    part: pa.RecordBatch, after: int, header: list[list[str | None]], words: frozenset[str]
) -> int:
    """The place in a batch, below row `after`, where another table begins with its title or header;
    the number of its rows where none does.

    A header stands after a blank row or a title, has at least three cells, most of them known
    headings, and is not the first header again."""
    columns, count = part.columns[1:], part.num_rows
    filled = beginnings.filled(columns, count)
    first = pa.array([after > 0 and part.column("row")[0].as_py() > after + 1])
    alone = pa.concat_arrays([first, pc.less_equal(filled, 1)[: count - 1]])
    likely = pc.and_(
        pc.and_(alone, pc.greater_equal(filled, 3)), pc.greater(part.column("row"), after)
    )
    places = pc.indices_nonzero(likely)
    if not len(places):
        return count
    few, total = [column.take(places) for column in columns], filled.take(places)
    found = pc.and_not(
        _mostly_headings(few, total, words), odd(few, total, header)["repeat_header"]
    )
    start = pc.index(found, True).as_py()
    return count if start < 0 else _with_title(filled, places[start].as_py())


def _mostly_headings(columns: list[pa.Array], filled: pa.Array, words: frozenset[str]) -> pa.Array:
    known = pa.array(np.zeros(len(filled), np.int32))
    listed = pa.array(sorted(words))
    for column in columns:
        named = pc.fill_null(pc.match_substring_regex(column, _HEAD_NOUN), False)
        named = pc.or_(pc.is_in(column, value_set=listed), named)
        known = pc.add(known, pc.cast(named, pa.int32()))
    return pc.greater_equal(known, pc.multiply(pc.cast(filled, pa.float64()), 0.6))


def _with_title(filled: pa.Array, place: int) -> int:
    """The first of the title rows right above a header."""
    while place > 1 and filled[place - 1].as_py() == 1:
        place -= 1
    return place


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
