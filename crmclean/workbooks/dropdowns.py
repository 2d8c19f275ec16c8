"""The drop-down lists of a workbook, per column: what a CRM's own template offers.

A list stands in the rule itself, in cells of any sheet, or behind a name. One that depends on the
cell beside it (INDIRECT, OFFSET) has no options of its own: it is told, never guessed. No library
shows all of this: openpyxl drops rules that Excel writes as an extension (x14), so that the rules of
an .xlsx are read from its XML; those of an .xls are records that no library reads (dropdowns_xls.py).
"""

import re
import warnings
import zipfile
from collections.abc import Iterator
from pathlib import Path

from crmclean.workbooks import reread

#: 0-based column of the first sheet → its options; None where they depend on other cells.
Lists = dict[int, tuple[str, ...] | None]
#: `Sheet!$A$1:$A$9`, with or without quotes and dollars; one cell is a list of one.
AREA = re.compile(r"(?:'?(?P<sheet>[^'!]+)'?!)?\$?([A-Z]+)\$?(\d+)(?::\$?([A-Z]+)\$?(\d+))?")


def read(path: Path) -> Lists:
    """The lists of the first sheet, {} where the form has none."""
    suffix = path.suffix.lower()
    if suffix == ".xls":
        from crmclean.workbooks import dropdowns_xls

        return dropdowns_xls.read(path)
    return _xlsx(path) if suffix in (".xlsx", ".xlsm") else {}


def of_area(path: Path, sheet: int | str, top: int, left: int, bottom: int, right: int) -> tuple:
    """The texts of an area of a sheet (0-based, both ends in it), empty cells left out."""
    rows = reread.cells(path, sheet)[top : bottom + 1]
    return tuple(cell for row in rows for cell in row[left : right + 1] if cell is not None)


def _xlsx(path: Path) -> Lists:
    import openpyxl
    from openpyxl.xml.functions import fromstring

    with warnings.catch_warnings(action="ignore"):  # what openpyxl leaves out is read below
        book = openpyxl.load_workbook(path)
    with zipfile.ZipFile(path) as package:
        sheet = fromstring(package.read(_part_of_first_sheet(package)))
    found: Lists = {}
    for rule in _named(sheet, "dataValidation"):
        if rule.get("type") == "list":
            options = _options(path, book, _text(rule, "formula1"))
            for column in _columns(rule.get("sqref") or _text(rule, "sqref")):
                found.setdefault(column, options)
    return found


def _named(element, name: str) -> Iterator:
    """The elements of that name below, whatever their namespace."""
    return (each for each in element.iter() if str(each.tag).rpartition("}")[2] == name)


def _text(rule, name: str) -> str:
    """The text of a child of a rule."""
    return "".join("".join(each.itertext()) for each in _named(rule, name)).strip()


def _options(path: Path, book, formula: str) -> tuple[str, ...] | None:
    """`"A,B"`, `list!$A$1:$A$9` or a name as options."""
    from openpyxl.utils import column_index_from_string

    if formula.startswith('"'):
        return tuple(part.strip() for part in formula.strip('"').split(",") if part.strip())
    first = book.worksheets[0]
    for names in (first.defined_names, book.defined_names):
        formula = names[formula].attr_text if formula in names else formula
    area = AREA.fullmatch(formula.lstrip("="))
    sheet = area and (area["sheet"] or first.title)
    if area is None or sheet not in book.sheetnames:
        return None
    left, top, right, bottom = area[2], area[3], area[4] or area[2], area[5] or area[3]
    columns = (column_index_from_string(left) - 1, column_index_from_string(right) - 1)
    return of_area(path, sheet, int(top) - 1, columns[0], int(bottom) - 1, columns[1])


def _columns(ranges: str) -> list[int]:
    """The 0-based columns of `C3:C100 E3:E100`."""
    from openpyxl.utils import range_boundaries

    bounds = [range_boundaries(each) for each in ranges.split()]
    return [column - 1 for left, _, right, _ in bounds for column in range(left, right + 1)]


def _part_of_first_sheet(package: zipfile.ZipFile) -> str:
    """The name of the part that holds the first sheet's cells."""
    from openpyxl.xml.functions import fromstring

    sheet = next(_named(fromstring(package.read("xl/workbook.xml")), "sheet"))
    wanted = next(value for name, value in sheet.items() if name.endswith("}id"))
    links = fromstring(package.read("xl/_rels/workbook.xml.rels"))
    target = next(link.get("Target") for link in links if link.get("Id") == wanted)
    return target.lstrip("/") if target.startswith("/") else f"xl/{target}"
