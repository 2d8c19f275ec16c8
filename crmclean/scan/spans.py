"""Tables that stand side by side on one sheet: the columns of each.

A list printed in two halves has its headings twice, and each half is a table: read as one, every
second customer would vanish into columns that nobody maps. Without the same headings a blank column
proves nothing (people leave one for looks), so such blocks are read together and told where they
seem to live apart; `layout: side_by_side` cuts at blank columns, `layout: one_table` nowhere.
Case: dirty-input.md L08.
"""

import re
from collections.abc import Sequence

from crmclean.headings import plain
from crmclean.scan.labels import filled, letters
from crmclean.scan.layout import Layout, Row

Span = tuple[int, int]
#: Headings that a table has at least.
NARROW = 2
#: The share of rows with cells in one block only from which the blocks seem to live apart.
APART = 0.2


def spans(rows: Sequence[Row], layout: Layout, said: str | None) -> list[Span]:
    """First and last column of each table, from left to right; none where there is but one."""
    if said == "one_table":
        return []
    blocks = _blocks(rows, layout)
    if said == "side_by_side":
        return blocks if len(blocks) > 1 else []
    if len(blocks) > 1 and _are_alike(blocks, layout):
        return blocks
    return _halves(layout) if len(blocks) == 1 else []


def apart(rows: Sequence[Row], layout: Layout) -> str:
    """The blocks of columns that may be tables of their own, "A:D, F:I"; "" where none seem so."""
    blocks = _blocks(rows, layout)
    body = [cells for number, cells in rows if number > max(layout.header_rows, default=0)]
    above = [cells for number, cells in rows if number < min(layout.header_rows, default=0)]
    if len(blocks) < 2 or not body:
        return ""
    alone = sum(_blocks_filled(cells, blocks) == 1 for cells in body)
    titled = any(_blocks_filled(cells, blocks) == len(blocks) for cells in above)
    if alone < APART * len(body) and not titled:
        return ""
    return ", ".join(f"{letters(left)}:{letters(right)}" for left, right in blocks)


def _blocks(rows: Sequence[Row], layout: Layout) -> list[Span]:
    """Runs of columns with headings between columns that are blank from top to bottom."""
    first = min(layout.header_rows, default=0)
    used = {
        place
        for number, cells in rows
        if number >= first
        for place, cell in enumerate(cells, 1)
        if filled(cell)
    }
    blocks: list[Span] = []
    for place in sorted(used):
        if blocks and blocks[-1][1] == place - 1:
            blocks[-1] = (blocks[-1][0], place)
        else:
            blocks.append((place, place))
    wide = [block for block in blocks if len(_named(block, layout)) >= NARROW]
    return wide if len(wide) == len(blocks) else blocks[:1]


def _named(block: Span, layout: Layout) -> list[str]:
    """The plain headings of a block, without those that only stand for a blank one."""
    left, right = block
    named = enumerate(layout.headings[left - 1 : right], left)
    return [_plain(h) for place, h in named if h != f"列{letters(place)}"]


def _plain(heading: str) -> str:
    """A heading without the number that makes it unique on the sheet."""
    return plain(re.sub(r"\.\d+$", "", heading))


def _are_alike(blocks: Sequence[Span], layout: Layout) -> bool:
    """Whether every block has the headings of the first, or most of them."""
    first, *others = (set(_named(block, layout)) for block in blocks)
    both = [first & other for other in others]
    least = [max(NARROW, min(len(first), len(other)) / 2) for other in others]
    return all(len(same) >= few for same, few in zip(both, least, strict=True))


def _halves(layout: Layout) -> list[Span]:
    """The tables of a header that is the same headings over and over, without a blank between."""
    names = [_plain(heading) for heading in layout.headings]
    while names and names[-1] == plain(f"列{letters(len(names))}"):
        names.pop()
    for size in range(NARROW, len(names) // 2 + 1):
        block = names[:size]
        if len(set(block)) == size and names == block * (len(names) // size):
            return [(at + 1, at + size) for at in range(0, len(names), size)]
    return []


def _blocks_filled(cells: Sequence[str | None], blocks: Sequence[Span]) -> int:
    return sum(any(map(filled, cells[left - 1 : right])) for left, right in blocks)
