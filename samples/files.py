"""Writes the sheets of the samples as files, and says which physical row each record got.

A writer returns the kind of every physical row (1-based, as Excel shows) and the row numbers of the
records, in order. Nothing of the clock: workbooks get a fixed date, so that the same seed gives the
same bytes.
"""

import csv
import html
import io
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import xlsxwriter
from layouts import Row, Sheet

BORN = datetime(2026, 7, 1, 9, 0)
#: The two-row header of the official form: group and its width.
GROUPS = {
    "formal": (("客户信息", 4), ("联系方式", 5), ("经营情况", 2), ("跟进情况", 2), ("", 2)),
    "people_first": (("", 1), ("联系人信息", 5), ("客户情况", 4), ("", 3)),
}


@dataclass
class Written:
    kinds: dict[int, str]
    rows: list[int]


def formal(path: Path, sheet: Sheet, who: str) -> Written:
    """The official form: two title rows, a two-row merged header, notes and a total at the end."""
    book, page, styles = _book(path, sheet.sheet)
    width = len(sheet.headings)
    page.merge_range(0, 0, 0, width - 1, "客户名单（2026年上半年）", styles["title"])
    page.write(1, 0, f"填表人：{who}")
    page.write(1, 4, "填表日期：2026年6月30日")
    _two_row_header(page, sheet, 2, "formal", styles)
    rows = [_write_row(page, n, sheet, row, styles) for n, row in enumerate(sheet.rows, 4)]
    for hidden in rows[10:13]:  # a filter left on
        page.set_row(hidden - 1, None, None, {"hidden": True})
    last = rows[-1]
    page.write(last, 0, f"合计：{len(rows)} 家")
    page.write(last + 2, 0, "注：1. 手机必须填写；2. 采购额以万元计；3. 等级按公司标准。")
    page.write(last + 3, 0, f"制表：{who}")
    book.close()
    kinds = {
        1: "title",
        2: "title",
        3: "header",
        4: "header",
        last + 1: "footer",
        last + 2: "blank",
        last + 3: "note",
        last + 4: "footer",
    }
    return Written({**kinds, **dict.fromkeys(rows, "data")}, rows)


def merged(path: Path, sheet: Sheet, who: str) -> Written:
    """One company over several rows with merged cells; a second sheet says how to fill it in."""
    book, page, styles = _book(path, sheet.sheet)
    page.merge_range(0, 0, 0, len(sheet.headings) - 1, f"{who} 客户资料", styles["title"])
    _two_row_header(page, sheet, 1, "people_first", styles)
    rows = [_write_row(page, n, sheet, row, styles) for n, row in enumerate(sheet.rows, 3)]
    _merge_repeats(page, sheet, rows, styles)
    page.write(rows[-1] + 1, 0, "备注：标红的客户为重点维护对象，请勿外传。")
    help_page = book.add_worksheet("填写说明")
    for n, line in enumerate(("填写说明", "1. 每行一个联系人", "2. 客户名称请填全称")):
        help_page.write(n, 0, line)
    book.close()
    kinds = {1: "title", 2: "header", 3: "header", rows[-1] + 1: "blank", rows[-1] + 2: "note"}
    return Written({**kinds, **dict.fromkeys(rows, "data")}, rows)


def ditto(path: Path, sheet: Sheet, who: str) -> Written:
    """同上 in place of what the row above says; a blank row and the header again in the middle."""
    book, page, styles = _book(path, sheet.sheet)
    page.write(0, 0, f"业务员 {who} 客户登记表")
    _two_row_header(page, sheet, 1, "people_first", styles)
    half = next(
        n for n in range(len(sheet.rows) // 2, len(sheet.rows)) if not sheet.rows[n].repeats
    )
    rows, kinds = [], {1: "title", 2: "header", 3: "header"}
    for n, row in enumerate(sheet.rows):
        line = n + 3 if n < half else n + 5
        rows.append(_write_row(page, line, sheet, row, styles, ditto="同上"))
    for column, heading in enumerate(sheet.headings):
        page.write(half + 4, column, heading)
    kinds |= {half + 4: "blank", half + 5: "repeat_header"}
    page.write(rows[-1], 0, f"合计 {len(rows)} 条")
    kinds[rows[-1] + 1] = "footer"
    book.close()
    return Written({**kinds, **dict.fromkeys(rows, "data")}, rows)


def one_header(path: Path, sheet: Sheet, who: str) -> Written:
    """A plain sheet with one header row."""
    book, page, styles = _book(path, sheet.sheet)
    for column, heading in enumerate(sheet.headings):
        page.write(0, column, heading, styles["head"])
    rows = [_write_row(page, n, sheet, row, styles) for n, row in enumerate(sheet.rows, 1)]
    book.close()
    return Written({1: "header", **dict.fromkeys(rows, "data")}, rows)


def gb18030_csv(path: Path, sheet: Sheet, who: str) -> Written:
    """The old system's export."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(sheet.headings)
    for row in sheet.rows:
        writer.writerow([as_text(row.cells[h].shown) for h in sheet.headings])
    path.write_bytes(text.getvalue().encode("gb18030"))
    rows = list(range(2, len(sheet.rows) + 2))
    return Written({1: "header", **dict.fromkeys(rows, "data")}, rows)


def html_xls(path: Path, sheet: Sheet, who: str) -> Written:
    """The second old system's ".xls": an HTML table."""
    width = len(sheet.headings)
    lines = [
        '<html xmlns:x="urn:schemas-microsoft-com:office:excel"><head>',
        '<meta http-equiv="Content-Type" content="text/html; charset=gb2312">',
        "<style>td{mso-number-format:'\\@';}</style></head><body><table border=1>",
        f'<tr><td colspan="{width}"><b>客户资料导出&nbsp;&nbsp;2026-06-30</b></td></tr>',
        "<tr>" + "".join(f"<td><b>{h}</b></td>" for h in sheet.headings) + "</tr>",
    ]
    for row in sheet.rows:
        cells = (html.escape(as_text(row.cells[h].shown)) for h in sheet.headings)
        lines.append("<tr>" + "".join(f"<td>{c or '&nbsp;'}</td>" for c in cells) + "</tr>")
    lines.append("</table></body></html>")
    path.write_bytes("\r\n".join(lines).encode("gb18030"))
    rows = list(range(3, len(sheet.rows) + 3))
    return Written({1: "title", 2: "header", **dict.fromkeys(rows, "data")}, rows)


def as_text(shown: object) -> str:
    """A cell as the old systems print it."""
    if isinstance(shown, datetime):
        return f"{shown:%Y-%m-%d %H:%M:%S}"
    if isinstance(shown, date):
        return f"{shown.year}-{shown.month}-{shown.day} 0:00:00"
    return "" if shown is None else str(shown).replace("\n", " ")


def _book(path: Path, name: str):
    book = xlsxwriter.Workbook(str(path))
    book.set_properties({"created": BORN, "author": "samples"})
    styles = {
        "title": book.add_format({"bold": True, "align": "center"}),
        "head": book.add_format({"bold": True, "border": 1, "align": "center"}),
        "day": book.add_format({"num_format": "yyyy/m/d"}),
        "moment": book.add_format({"num_format": "yyyy/m/d h:mm"}),
        "middle": book.add_format({"valign": "vcenter"}),
    }
    return book, book.add_worksheet(name), styles


def _two_row_header(page, sheet: Sheet, top: int, layout: str, styles: dict) -> None:
    column = 0
    for group, width in GROUPS[layout]:
        for offset in range(width):
            heading = sheet.headings[column + offset]
            if group:
                page.write(top + 1, column + offset, heading, styles["head"])
            else:
                page.merge_range(
                    top, column + offset, top + 1, column + offset, heading, styles["head"]
                )
        if group:
            page.merge_range(top, column, top, column + width - 1, group, styles["head"])
        column += width


def _write_row(
    page, at: int, sheet: Sheet, row: Row, styles: dict, ditto: str | None = None
) -> int:
    """Write one record into the 0-based line `at`; returns its 1-based row number."""
    for column, heading in enumerate(sheet.headings):
        cell = row.cells.get(heading)
        shown = cell.shown if cell else None
        if heading in row.repeats:
            shown = ditto
        if isinstance(shown, datetime):
            page.write_datetime(at, column, shown, styles["moment"])
        elif isinstance(shown, date):
            page.write_datetime(at, column, shown, styles["day"])
        elif isinstance(shown, int | float):
            page.write_number(at, column, shown)
        elif shown:
            page.write_string(at, column, shown)
    return at + 1


def _merge_repeats(page, sheet: Sheet, rows: list[int], styles: dict) -> None:
    """Merge each cell with the repeats of it that follow."""
    for n, row in enumerate(sheet.rows):
        follow = 0
        while n + follow + 1 < len(rows) and sheet.rows[n + follow + 1].repeats:
            follow += 1
        if row.repeats or not follow:
            continue
        for heading in sheet.rows[n + 1].repeats:
            column, shown = sheet.headings.index(heading), row.cells[heading].shown
            page.merge_range(
                rows[n] - 1, column, rows[n + follow] - 1, column, shown, styles["middle"]
            )
