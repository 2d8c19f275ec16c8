"""Writes .xls (BIFF8) with xlwt: the only form that 悟空CRM's PHP line takes (crm-targets.md 0b).

xlwt knows no drop-downs, filters or notes; those of a column are left out, the file is for an
importer and not for people. xlwt writes no date into the file: the same rows give the same bytes.
"""

import re
from collections.abc import Sequence
from pathlib import Path

from crmclean.workbooks import Col, Sheet, legal

CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
BATCH = 4096


def write(path: Path, sheets: Sequence[Sheet]) -> None:
    """Write the sheets to `path`."""
    import xlwt

    book = xlwt.Workbook(encoding="utf-8")
    for sheet in sheets:
        page = book.add_sheet(sheet.name, cell_overwrite_ok=False)
        _title(xlwt, page, sheet)
        looks = [_column(xlwt, page, sheet, number, c) for number, c in enumerate(sheet.columns)]
        _rows(page, sheet, looks)
        if sheet.freeze:
            page.set_panes_frozen(True)
            page.set_horz_split_pos(sheet.top)
        page.set_protect(sheet.protect)
    book.save(str(path))


def _title(xlwt, page, sheet: Sheet) -> None:
    look = xlwt.easyxf("alignment: wrap on, vertical top", num_format_str="@")
    for row, line in enumerate(sheet.title):
        page.write_merge(row, row, 0, max(len(sheet.columns) - 1, 0), CONTROL.sub("", line), look)
        page.row(row).height_mismatch = True
        page.row(row).height = 360 * (line.count("\n") + 1)


def _column(xlwt, page, sheet: Sheet, number: int, column: Col):
    """The heading and the width; the style of the cells below."""
    bold = "font: bold on, colour red" if column.required else "font: bold on"
    heading = CONTROL.sub("", column.heading)
    page.write(sheet.top - 1, number, heading, xlwt.easyxf(bold, num_format_str="@"))
    page.col(number).width = int(256 * (column.width or max(12, 2 * len(heading) + 2)))
    page.col(number).hidden = column.hidden
    locked = f"protection: cell_locked {'on' if column.locked else 'off'}"
    return xlwt.easyxf(locked, num_format_str="@")


def _rows(page, sheet: Sheet, looks: list) -> None:
    first = sheet.top
    for batch in sheet.rows.to_batches(max_chunksize=BATCH):
        columns = [legal(values).to_pylist() for values in batch.columns]
        for offset, values in enumerate(zip(*columns, strict=True)):
            put = page.row(first + offset).set_cell_text
            for number, value in enumerate(values):
                if value:
                    put(number, value, looks[number])
        first += batch.num_rows
