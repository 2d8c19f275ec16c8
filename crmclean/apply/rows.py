"""The rows of a sheet that came back, one reader per kind of sheet: gaps, pairs, suggestions.

A row or cell that is not understood is listed, never guessed. Values go through the rule of their
field, as a cell of a source would.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from crmclean.apply.values import checked
from crmclean.apply.words import ACCEPTS, VERDICTS, meant, plain
from crmclean.messages import say
from crmclean.model import Field, Object
from crmclean.workbooks.shown import headings

GROUP_HEADINGS = ("group", "组", "Group")
VERDICT_HEADINGS = ("verdict", "结论", "判断", "判定", "Verdict", "Decision")
ACCEPT_HEADINGS = ("accepted", "是否采用", "Accept?")

Row = dict[str, str | None]


@dataclass(frozen=True)
class Refused:
    """A cell or entry that was not taken, or is to be told: where (sheet, row, column), its `cell`
    (H5) in a workbook, and the code of the reason."""

    sheet: str
    row: int
    column: str
    code: str
    suggestion: str | None = None
    cell: str = ""


@dataclass(frozen=True)
class Taken:
    """An entry for the state and where it stood, or None where the person left the cell empty.
    `note`: a code of what is to be told although it was taken."""

    kind: str
    entry: dict[str, Any] | None
    sheet: str = ""
    row: int = 0
    column: str = ""
    note: str = ""
    cell: str = ""

    def told(self, code: str) -> Refused:
        return Refused(self.sheet, self.row, self.column, code, cell=self.cell)


def gaps(
    sheet: str, rows: list[tuple[int, Row]], model: dict[str, Object]
) -> Iterator[Taken | Refused]:
    """The cells that were asked for; one that was not asked for and holds more than a tick is
    listed. A column where nothing was asked only shows the record."""
    asked_at_all = {name for _, row in rows for name in (row.get("asked") or "").split()}
    once: set[tuple[str, str]] = set()
    for number, row in rows:
        owner, key = model.get(row["object"] or ""), row["golden"]
        if owner is None or not key or not row.get("seen"):
            yield Refused(sheet, number, "", "APPLY_ROW_UNKNOWN")
            continue
        if (owner.name, key) in once:
            yield Refused(sheet, number, "", "APPLY_ROW_TWICE")
            continue
        once.add((owner.name, key))
        for heading, cell in row.items():
            field = _field(owner, heading)
            if field is not None and field.name in asked_at_all:
                yield from _gap(sheet, number, heading, field, row, (cell or "").strip())


def _gap(
    sheet: str, number: int, heading: str, field: Field, row: Row, value: str
) -> Iterator[Taken | Refused]:
    if field.name not in (row.get("asked") or "").split():
        if value not in ("", say("gaps.there")) and heading not in headings(row):
            yield Refused(sheet, number, heading, "APPLY_NOT_ASKED")
        return
    if not value:
        yield Taken("values", None)
        return
    try:
        clean = checked(value, field)
    except ValueError as error:
        code, suggestion = (*error.args, None, None)[:2]
        yield Refused(sheet, number, heading, str(code), suggestion)
        return
    entry = {"object": field.object, "golden": row["golden"], "field": field.name}
    yield Taken("values", {**entry, "value": clean, "seen": row["seen"]}, sheet, number, heading)


def _field(owner: Object, heading: str) -> Field | None:
    fields = owner.fields.values()
    return next((field for field in fields if heading in field.label.values()), None)


def pairs(
    sheet: str, rows: list[tuple[int, Row]], model: dict[str, Object]
) -> Iterator[Taken | Refused]:
    """A verdict on each row; one on a whole group stands for those rows of it that have none."""
    said = [(number, row, *_verdict(row)) for number, row in rows]
    apart = {_group(row) for _, row, _, verdict in said if verdict == "all_different"} - {""}
    for number, row, word, verdict in said:
        heading = next((name for name in VERDICT_HEADINGS if name in row), "")
        if verdict == "all_different" or (not word and _group(row) in apart):
            word = verdict = "different"
        if row["object"] not in model or not row["left"] or not row.get("right"):
            yield Refused(sheet, number, "", "APPLY_ROW_UNKNOWN")
        elif not word:
            yield Taken("pairs", None)
        elif verdict is None:
            yield Refused(sheet, number, heading, "APPLY_BAD_VERDICT")
        else:
            keys = ("object", "left", "right", "seen")
            entry = {key: row[key] for key in keys if row.get(key)}
            yield Taken("pairs", {**entry, "verdict": verdict}, sheet, number, heading)


def _verdict(row: Row) -> tuple[str, str | None]:
    """What stands in the column to fill, and which verdict that is."""
    heading = next((name for name in VERDICT_HEADINGS if name in row), "")
    word = plain(row.get(heading))
    return word, meant(word, VERDICTS)


def _group(row: Row) -> str:
    return next((row[name] or "" for name in GROUP_HEADINGS if name in row), "")


def suggestions(
    sheet: str, rows: list[tuple[int, Row]], model: dict[str, Object]
) -> Iterator[Taken | Refused]:
    """Accepted and rejected values; a rejected one is an entry without a value, so that it is
    not asked for again."""
    for number, row in rows:
        heading = next((name for name in ACCEPT_HEADINGS if name in row), "")
        word = plain(row.get(heading))
        said = meant(word, ACCEPTS)
        owner = model.get(row["object"] or "")
        field = owner.fields.get(row.get("field") or "") if owner else None
        if field is None or not all(row.get(key) for key in ("golden", "seen", "suggested")):
            yield Refused(sheet, number, "", "APPLY_ROW_UNKNOWN")
        elif not word:
            yield Taken("values", None)
        elif said is None:
            yield Refused(sheet, number, heading, "APPLY_BAD_ANSWER")
        else:
            yield _suggestion(sheet, number, heading, field, row, said == "accept")


def _suggestion(
    sheet: str, number: int, heading: str, field: Field, row: Row, accepted: bool
) -> Taken | Refused:
    entry = {"object": field.object, "golden": row["golden"], "field": field.name}
    entry |= {"seen": row["seen"], "value": None}
    if row.get("instead_of"):
        entry["instead_of"] = row["instead_of"]
    try:
        entry |= {"value": checked(row["suggested"], field)} if accepted else {}
    except ValueError as error:
        return Refused(sheet, number, heading, str(error.args[0]))
    return Taken("values", entry, sheet, number, heading)
