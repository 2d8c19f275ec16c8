"""The detailed pass over the XML of a workbook: what the fast reader does not tell.

Error cells (their text, not a blank), formulas whose value was never calculated, hidden rows and
columns, zero-padded number formats (00000: the leading zeros a person sees), rows that somebody
struck out, the epoch. A sheet is only read this way when the look at the package found a trace of
such a thing.
Source: ECMA-376 part 1, 18.3.1 (worksheets), 18.2.28 (date1904).
"""

import io
import zipfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from crmclean.errors import InputRefused
from crmclean.readers import preflight, sheetbytes, sheetrows, styles
from crmclean.readers.sheet import Merge, Note

LISTED = 1000


@dataclass
class Detail:
    """What was found in one sheet; `cells` maps (row, column) to the text that belongs there,
    `pads` to the number of digits that its zero-padded format shows."""

    cells: dict[tuple[int, int], str] = field(default_factory=dict)
    pads: dict[tuple[int, int], int] = field(default_factory=dict)
    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: frozenset[int] = frozenset()
    merges: tuple[Merge, ...] = ()
    notes: list[Note] = field(default_factory=list)


@dataclass
class Package:
    """What was found in the package: the epoch, the sheets that have a Detail, whether only a
    process of its own may read it (`risky`), and whether only `oldxls.py` can (`old`)."""

    epoch: int = 1900
    risky: bool = False
    old: bool = False
    sheets: dict[str, Detail] = field(default_factory=dict)

    @classmethod
    def none(cls) -> "Package":
        return cls()

    def sheet(self, name: str) -> Detail:
        return self.sheets.get(name) or Detail()


def look(content: io.BytesIO, path: Path, notes: list[Note]) -> Package:
    """Check a package and read the details of its odd sheets. Raises InputRefused if unsafe."""
    parts = preflight.check(content, path)
    left = _left_behind(parts)
    if left:
        notes.append(Note("PART_NOT_MIGRATED", value=left))
    if "xl/workbook.xml" not in parts and "content.xml" not in parts:
        return Package(risky=True)
    from lxml import etree

    from crmclean.readers import odsxml

    try:
        with zipfile.ZipFile(content) as package:
            if "content.xml" in parts:
                with package.open("content.xml") as stream:
                    return odsxml.look(stream)
            return _details(package, parts)
    except (etree.XMLSyntaxError, KeyError, ValueError) as error:
        raise InputRefused("FILE_DAMAGED", file=path.name, reason="XML") from error


def _left_behind(parts: dict[str, sheetbytes.Part]) -> str:
    """Parts with a meaning that no cell has: comments, images, charts. Told, not read (L17)."""
    kinds = {"comments": "comments", "media/": "images", "charts/chart": "charts"}
    names = [name.lower() for name in parts if not name.lower().endswith(".rels")]
    counts = {label: sum(mark in name for name in names) for mark, label in kinds.items()}
    counts["comments"] = sum(part.comments for part in parts.values()) or counts["comments"]
    return ", ".join(f"{label} {count}" for label, count in counts.items() if count)


def _details(package: zipfile.ZipFile, parts: dict[str, sheetbytes.Part]) -> Package:
    book = parsed(package.read("xl/workbook.xml"))
    epoch = 1900
    for node in _find(book, "workbookPr"):
        epoch = 1904 if node.get("date1904") in ("1", "true") else 1900
    targets = _targets(package, parts)
    shown = styles.read(package) if "xl/styles.xml" in parts else styles.NONE
    found = Package(epoch, preflight.is_risky(parts))
    for node in _find(book, "sheet"):
        target = targets.get(_relation(node), "")
        part = parts.get(target)
        if part and (part.odd or shown):
            with package.open(target) as stream:
                found.sheets[node.get("name", "")] = _sheet(stream, shown)
    return found


def parsed(content: bytes):
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
    return etree.fromstring(content, parser)


def _find(tree, name: str) -> list:
    return list(tree.iter("{*}" + name))


def _relation(node) -> str:
    return next((value for key, value in node.attrib.items() if key.endswith("}id")), "")


def _targets(package: zipfile.ZipFile, parts: dict) -> dict[str, str]:
    if "xl/_rels/workbook.xml.rels" not in parts:
        return {}
    tree = parsed(package.read("xl/_rels/workbook.xml.rels"))
    targets = {}
    for node in _find(tree, "Relationship"):
        target = node.get("Target", "")
        full = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
        targets[node.get("Id", "")] = full.replace("xl/./", "xl/")
    return targets


def _sheet(stream: IO[bytes], shown: styles.Styles) -> Detail:
    """The details of one sheet: only rows with a mark of something odd are parsed."""
    detail = Detail()
    hidden: tuple[set[int], set[int]] = (set(), set())
    marks = [b't="e"', b"t='e'", b"<f", b"hidden=", *shown.marks]
    row = 0
    for node in sheetrows.marked(stream, marks):
        if sheetrows.local(node) == "col":
            if node.get("hidden") in ("1", "true"):
                first, last = int(node.get("min", 1)), int(node.get("max", 1))
                hidden[1].update(range(first, min(last, 16_384) + 1))
            continue
        row = int(node.get("r", row + 1))
        if node.get("hidden") in ("1", "true"):
            hidden[0].add(row)
        _row(node, row, shown, detail)
    detail.hidden_rows, detail.hidden_columns = map(frozenset, hidden)
    return detail


def _row(node, row: int, shown: styles.Styles, detail: Detail) -> None:
    column = 0
    if shown.struck and _first_style(node) in shown.struck:
        _note(detail, Note("ROW_STRUCK_OUT", row))
    for cell in node:
        reference = cell.get("r")
        column = _column(reference) if reference else column + 1
        found = _odd(cell)
        if found is None:
            if cell.get("s") in shown.padded and cell.get("t", "n") == "n":
                detail.pads[row, column] = shown.padded[cell.get("s")]
            continue
        code, value = found
        detail.cells[row, column] = value
        _note(detail, Note(code, row, column, value))


def _note(detail: Detail, note: Note) -> None:
    if len(detail.notes) < LISTED:
        detail.notes.append(note)


def _first_style(row) -> str | None:
    """The style of a row's first filled cell."""
    return next((cell.get("s") for cell in row if len(cell)), None)


def _column(reference: str) -> int:
    return sheetbytes.column_number(reference.rstrip("0123456789").encode())


def _odd(cell) -> tuple[str, str] | None:
    """(code, text) of a cell the fast reader would lose, or None."""
    kind = cell.get("t")
    formula = value = None
    for part in cell:
        name = sheetrows.local(part)
        if name == "f":
            formula = part.text or ""
        elif name == "v":
            value = part.text
    if kind == "e":
        return "CELL_ERROR", value or "#N/A"
    if formula is not None and not value and kind not in ("str", "inlineStr"):
        return "FORMULA_WITHOUT_VALUE", f"={formula}" if formula else "=?"
    return None
