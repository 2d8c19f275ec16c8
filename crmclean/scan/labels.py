"""The headings of columns: header rows joined, made unique, kept as a person sees them.

A merged heading stands over every column it covers (联系方式/手机); a blank one is named by its
letter (列D), a doubled one by its place (标题.2). Cases: dirty-input.md L02, L13, L14.
"""

import re
from collections.abc import Sequence
from itertools import pairwise

from crmclean.readers import Merge


def filled(cell: str | None) -> bool:
    """Whether a cell holds more than blanks."""
    return cell is not None and cell.strip() != ""


def across(
    number: int, cells: Sequence[str | None], merges: Sequence[Merge], width: int
) -> list[str | None]:
    """A header row with each merged heading standing in every column it covers."""
    row = [*cells, *[None] * (width - len(cells))][:width]
    for merge in merges:
        if merge.top == number and merge.right > merge.left and merge.left <= width:
            for column in range(merge.left, min(merge.right, width) + 1):
                row[column - 1] = row[merge.left - 1]
    return row


def joined(rows: Sequence[Sequence[str | None]], width: int) -> tuple[str, ...]:
    """One heading per column, unique: parts joined with "/", blank ones named by their letter."""
    rows = _grouped(rows)
    taken: dict[str, int] = {}
    headings = []
    for place in range(width):
        parts = [tidy(row[place]) for row in rows if place < len(row) and filled(row[place])]
        unique = [part for at, part in enumerate(parts) if part and part not in parts[:at]]
        heading = "/".join(unique) or f"列{letters(place + 1)}"
        taken[heading] = taken.get(heading, 0) + 1
        headings.append(heading if taken[heading] == 1 else f"{heading}.{taken[heading]}")
    return tuple(headings)


def _grouped(rows: Sequence[Sequence[str | None]]) -> list[list[str | None]]:
    """Without merges (CSV), a group heading stands over the blanks to its right, where the row
    below has headings of its own."""
    widened = [list(row) for row in rows]
    for upper, lower in pairwise(widened):
        group = None
        for place, cell in enumerate(upper):
            if filled(cell):
                group = cell if place < len(lower) and filled(lower[place]) else None
            elif group and place < len(lower) and filled(lower[place]):
                upper[place] = group
    return widened


def tidy(heading: str | None) -> str:
    """A heading on one line: no break, no doubled space.

    >>> tidy(" 手机\\n号码 "), tidy("Cust  Name")
    ('手机号码', 'Cust Name')
    """
    text = re.sub(r"\s+", " ", heading or "").strip()
    return re.sub(r"(?<=[^\x00-\x7f]) (?=[^\x00-\x7f])", "", text)


def letters(number: int) -> str:
    """A column's letters, as Excel shows them.

    >>> letters(4), letters(28)
    ('D', 'AB')
    """
    text = ""
    while number:
        number, rest = divmod(number - 1, 26)
        text = chr(65 + rest) + text
    return text
