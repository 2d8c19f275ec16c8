"""Lines of delimited text record by record, where a quote was lost and nobody knows which.

A record that swallows lines and then has the wrong width began with a lost quote: its first line is
kept raw as a row, and reading goes on with the next line. So a lost quote costs one row.
Case: dirty-input.md C11.
"""

import csv
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from crmclean.readers import regular
from crmclean.readers.dialect import Dialect
from crmclean.readers.regular import MAX_LINES

MAX_FIELD = 1 << 20  # characters; trust.md 4.1
csv.field_size_limit(MAX_FIELD)


@dataclass
class Records:
    """The records of some lines; those that are a raw line because a quote was lost in it, by their
    places; and the lines of the last record, where it is not finished."""

    records: list[list[str]] = field(default_factory=list)
    torn: set[int] = field(default_factory=set)
    pending: Sequence[str] = ()


def read(lines: list[str], dialect: Dialect, final: bool) -> Records:
    """The records of some lines. `final`: no line comes after."""
    found = Records()
    at = 0
    while at < len(lines):
        at, stuck = _run(lines, at, found.records, dialect, final)
        if stuck is None:
            break
        if not final and len(lines) - stuck <= MAX_LINES and at >= len(lines):
            found.pending = lines[stuck:]
            break
        found.torn.add(len(found.records))
        found.records.append([lines[stuck]])
        at = stuck + 1
    return found


def _run(
    lines: list[str], at: int, records: list[list[str]], dialect: Dialect, final: bool
) -> tuple[int, int | None]:
    """Read on from line `at` until the end, or until a record that cannot be right: the line
    reached, and the line where that record began."""
    start = at
    escape = "\\" if dialect.backslash else None
    reader = csv.reader(
        _lines(lines, at, lambda: start), delimiter=dialect.delimiter, escapechar=escape
    )
    try:
        for record in reader:
            end = at + reader.line_num
            doubtful = end >= len(lines) or end - start > 1
            if doubtful and not _plausible(record, lines[start:end], dialect, final):
                return end, start
            records.append(record)
            start = end
    except csv.Error:
        return max(at + reader.line_num, start + 1), start
    return len(lines), None


def _lines(lines: list[str], at: int, start: Callable[[], int]) -> Iterator[str]:
    """Lines from `at` on, but no more than a record may have from where it started."""
    for place in range(at, len(lines)):
        if place - start() > MAX_LINES:
            return
        yield lines[place] + "\n"


def _plausible(record: list[str], taken: list[str], dialect: Dialect, final: bool) -> bool:
    """Whether a record over several lines, or at the end of a block, is whole: it closed its quotes
    and, over several lines, has the width of the others."""
    count = len(taken)
    if count > MAX_LINES or sum(cell.count("\n") for cell in record) >= count:
        return False
    if count == 1 and final:
        return True
    if count > 1 and len(record) != dialect.width:
        return False
    if dialect.backslash:
        return True
    raw = "\n".join(taken)
    whole = count == 1 or regular.is_strict(raw, dialect.delimiter)
    return whole and raw.count('"') % 2 == 0
