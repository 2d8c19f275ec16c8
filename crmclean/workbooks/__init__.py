"""Every spreadsheet that leaves the program: import files, gap lists, review lists, audit forms.

    write("缺失字段_张三.xlsx", [Sheet("客户", [Col("客户名称", locked=True), Col("行业")], rows)])

What holds for all of them: cells are text (number format `@`, quote prefix), so that no formula,
link or number conversion ever happens (design.md 9); a text that Excel would cut is refused; the
same rows give the same bytes. The only home of spreadsheet writers.

`.xlsx` is written by XlsxWriter around rows that are streamed by `xlsx.py`; `.xls` by xlwt.
`reread.py` reads a finished file back with another library.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from crmclean.errors import OutputRefused

#: Most characters of a cell, in UTF-16 units, and most rows of a sheet (Microsoft's published
#: specifications and limits of Excel; .xls: BIFF8).
MAX_CELL = 32_767
MAX_ROWS = {"xlsx": 1_048_576, "xls": 65_536}
#: Control characters below this one XML cannot hold, but for two; U+FFFE and U+FFFF neither.
FIRST_LEGAL, LEGAL_CONTROLS = 0x20, (0x09, 0x0A)
NONCHARACTER = (0xEF, 0xBF)  # the first bytes of both


@dataclass(frozen=True)
class Col:
    """One column: its heading and how people meet it.

    `choices`: the drop-down · `note`: a comment on the heading · `locked`: cannot be changed where
    the sheet is protected · `required`: red heading · `hidden`: there for the program, not for
    people · `colour`: fill of the whole column, "#RRGGBB" · `wrap`: long texts and line breaks
    make the row higher."""

    heading: str
    width: float | None = None
    choices: Sequence[str] = ()
    note: str = ""
    locked: bool = False
    required: bool = False
    hidden: bool = False
    colour: str | None = None
    wrap: bool = False


@dataclass(frozen=True)
class Sheet:
    """One sheet. `rows`: one string column per Col, in the same order (names do not matter).

    `title`: lines above the header, one merged row each · `header_row`: 1-based, moved down where
    the title needs it · `protect`: locked columns cannot be changed · `freeze_to`: the heading of
    the last column that stays in sight, beside the header · `printed`: people print it, with
    the header on every page · `marks`: single cells with
    a fill: `row` (0-based, of `rows`), `column` (a heading), `colour` ("#RRGGBB")."""

    name: str
    columns: Sequence[Col]
    rows: pa.Table
    title: Sequence[str] = ()
    header_row: int = 1
    protect: bool = False
    freeze: bool = True
    freeze_to: str = ""
    filter: bool = True
    printed: bool = False
    marks: pa.Table | None = None

    @property
    def top(self) -> int:
        """The 1-based number of the header row."""
        return max(self.header_row, len(self.title) + 1)


def write(path: Path | str, sheets: Sequence[Sheet], format: str = "xlsx") -> None:
    """Write a workbook to `path`, replacing what is there; `format` is xlsx or xls.

    Raises OutputRefused (exit 7): a cell over 32,767 characters (CELL_TOO_LONG), a sheet with more
    rows than the format holds (SHEET_TOO_LONG), a path that cannot be written
    (OUTPUT_NOT_WRITABLE).
    """
    sheets = _named_apart(sheets)
    for sheet in sheets:
        _refuse_what_excel_would_cut(sheet, format)
    try:
        if format == "xls":
            from crmclean.workbooks import xls as engine
        else:
            from crmclean.workbooks import xlsx as engine
        engine.write(Path(path), sheets)
    except OSError as error:
        raise OutputRefused("OUTPUT_NOT_WRITABLE", file=path, reason=error.strerror) from error


def sheet_name(text: str) -> str:
    """A name that Excel accepts for a sheet: 31 characters, none of []:*?/\\, no quote at the end.

    >>> sheet_name("客户/联系人: 2024")
    '客户 联系人  2024'
    """
    kept = "".join(" " if c in "[]:*?/\\" or ord(c) < 32 else c for c in text)[:31].strip("' ")
    return kept or "Sheet"


def _named_apart(sheets: Sequence[Sheet]) -> list[Sheet]:
    """Names that Excel accepts, all different (it ignores case)."""
    named: list[Sheet] = []
    for number, sheet in enumerate(sheets, 1):
        name = sheet_name(sheet.name)
        if name.lower() in {other.name.lower() for other in named}:
            name = f"{name[:26]} {number}"
        named.append(replace(sheet, name=name))
    return named


def text_units(values: pa.ChunkedArray | pa.Array) -> pa.Array:
    """The length of each text in UTF-16 units, as Excel, Java and .NET count."""
    characters = pc.utf8_length(values)
    beyond = pc.count_substring_regex(values, r"[\x{10000}-\x{10FFFF}]")
    return pc.add(characters, beyond)


def legal(values: pa.Array) -> pa.Array:
    """Without the characters that no workbook holds (controls, U+FFFE, U+FFFF); every line end is
    a newline. Looks at the bytes first: nearly every column passes as it is."""
    run = raw_bytes(values)
    controls = run[run < FIRST_LEGAL]
    if not np.isin(controls, LEGAL_CONTROLS).all():
        values = pc.replace_substring_regex(values, r"\r\n?", "\n")
        values = pc.replace_substring_regex(values, r"[\x00-\x08\x0b-\x1f]", "")
    if ((run[:-1] == NONCHARACTER[0]) & (run[1:] == NONCHARACTER[1])).any():
        values = pc.replace_substring_regex(values, r"[\x{FFFE}\x{FFFF}]", "")
    return values


def raw_bytes(values: pa.Array) -> np.ndarray:
    """All the strings of an array as one run of bytes, without a copy."""
    _, offsets, content = values.buffers()
    if not len(values) or content is None:
        return np.empty(0, np.uint8)
    ends = np.frombuffer(offsets, np.int32)[values.offset : values.offset + len(values) + 1]
    return np.frombuffer(content, np.uint8)[ends[0] : ends[-1]]


def _refuse_what_excel_would_cut(sheet: Sheet, format: str) -> None:
    if len(sheet.columns) != sheet.rows.num_columns:
        raise ValueError(
            f"{sheet.name}: {len(sheet.columns)} headings, {sheet.rows.num_columns} columns"
        )
    if sheet.top + sheet.rows.num_rows > MAX_ROWS[format]:
        raise OutputRefused("SHEET_TOO_LONG", sheet=sheet.name, rows=sheet.rows.num_rows)
    for column, values in zip(sheet.columns, sheet.rows.columns, strict=True):
        longest = pc.max(pc.binary_length(values)).as_py() or 0
        if longest > MAX_CELL and pc.max(text_units(values)).as_py() > MAX_CELL:
            row = pc.index(pc.greater(text_units(values), MAX_CELL), True).as_py()
            raise OutputRefused(
                "CELL_TOO_LONG", sheet=sheet.name, column=column.heading, row=sheet.top + 1 + row
            )
