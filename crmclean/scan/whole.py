"""What is told about a sheet once all of it has been seen: cut off, hidden, garbled.

A table that ends exactly where a format or an export button ends is told, for nobody else will
notice (dirty-input.md L11); what is hidden is read like the rest, and told (L06, L07).
"""

from collections.abc import Iterator, Sequence

from crmclean.readers import Sheet
from crmclean.rules import _mojibake
from crmclean.scan.columns import Tally

SHEET_LIMITS = {65_535, 65_536, 1_048_575, 1_048_576}  # rows of a sheet, with and without header
EXPORT_CAPS = {1_000, 5_000, 10_000, 50_000, 100_000}  # usual limits of export buttons
Found = tuple[int | None, str | None, str, str | None]  # row, heading, code, value


def limits(last: int, count: int) -> Iterator[Found]:
    """Whether `count` data rows, or the last row, stand exactly at a limit."""
    if last in SHEET_LIMITS or count in SHEET_LIMITS:
        yield None, None, "ROWS_AT_LIMIT", str(count)
    elif count in EXPORT_CAPS:
        yield None, None, "ROWS_MAYBE_CUT", str(count)


def hidden(sheet: Sheet, headings: Sequence[str], rows: range) -> Iterator[Found]:
    """The columns, and those of the `rows`, that a person does not see."""
    names = [name for number, name in enumerate(headings, 1) if number in sheet.hidden_columns]
    if names:
        yield None, None, "HIDDEN_COLUMNS", "、".join(names)
    count = sum(row in rows for row in sheet.hidden_rows)
    if count:
        yield None, None, "HIDDEN_ROWS", str(count)


def garbled(tallies: Sequence[Tally]) -> Iterator[Found]:
    """Columns whose samples are mojibake."""
    for tally in tallies:
        count = sum(map(_mojibake.is_garbled, tally.samples))
        if count:
            yield None, tally.heading, "MOJIBAKE", str(count)
