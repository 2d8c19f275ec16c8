"""What is in a file, for a person who looks before mapping: `crmclean inspect`.

The same reading and the same scan as a run, told instead of used; values are masked.
"""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from crmclean import messages, privacy, project, readers
from crmclean.errors import InputRefused
from crmclean.headings import plain
from crmclean.model import shipped_model
from crmclean.plan import Column
from crmclean.readers import File, Merge, Sheet, forms
from crmclean.scan.labels import letters
from crmclean.scan.search import FORMS
from crmclean.scan.sheet_tables import tables_of
from crmclean.scan.survey import Survey

LISTED = 20
READ_BY_US = ("encoding", "delimiter", "password_env", "layout")


def inspect(path: Path | str, sheet: str | None = None, **reading: Any) -> dict[str, Any]:
    """Everything about a file as plain values: container, encoding, sheets, header, oddities.

    `reading` overrides what would be found (encoding, delimiter, header_rows, password_env…).
    Raises InputRefused for a file that cannot be read."""
    file = readers.open_file(path, **{key: reading.get(key) for key in READ_BY_US})
    if reading.get("layout") is None and file.container in FORMS and forms.suits(file):
        file = forms.as_table(file)
    page = (sheet or "").rpartition("@")[0]
    chosen = [entry for entry in file.sheets if sheet is None or entry.name in (sheet, page)]
    if not chosen:
        known = ", ".join(entry.name for entry in file.sheets)
        raise InputRefused("SHEET_MISSING", file=file.path.name, sheet=sheet, known=known)
    said = project.Source(
        path=str(path), sheet=sheet, **{k: v for k, v in reading.items() if v is not None}
    )
    sheets = [told for entry in chosen for told in _tables(file, entry, said)]
    return {
        "file": file.path.name,
        "container": file.container,
        "encoding": file.encoding,
        "delimiter": chosen[0].reading.get("delimiter"),
        "evidence": _evidence(file),
        "samples": _decoded(sheets),
        "notes": [
            _words(n.code, {"value": n.value, **n.facts}) for n in file.notes if n.code != "READ_AS"
        ],
        "sheets": sheets,
    }


def _tables(file: File, sheet: Sheet, said: project.Source) -> Iterator[dict[str, Any]]:
    """One description per table of a sheet, or why it cannot be read."""
    try:
        surveys = list(tables_of(file, sheet, said)) or [Survey(file.path.name, sheet, said)]
    except InputRefused as error:
        yield {"name": sheet.name, "visibility": sheet.visibility, "refused": str(error)}
        return
    for number, survey in enumerate(surveys, 1):
        name = sheet.name if len(surveys) == 1 else f"{sheet.name}@{number}"
        if said.sheet in (None, sheet.name, f"{sheet.name}@{number}"):
            yield _table(name, sheet, survey, number == 1)


def _table(name: str, sheet: Sheet, survey: Survey, first: bool) -> dict[str, Any]:
    columns = survey.columns()
    shown = dict(zip(names := [c.heading for c in columns], privacy.headings(names), strict=True))
    noted = [note for note in sheet.notes if survey.holds(note.row, first, note.column)]
    warnings = [(n.code, n.row, None, n.value or n.facts.get("count")) for n in noted]
    for row, heading, code, value in survey.found:
        warnings.append((code, row, shown.get(heading, heading), value))
    return {
        "name": name,
        "visibility": sheet.visibility,
        "used_range": _used_range(survey, columns),
        "rows": survey.counts(),
        "header_rows": list(survey.layout.header_rows),
        "header_reasons": [messages.told(reason) for reason in survey.layout.evidence],
        "columns": [_column(c, shown[c.heading], _left(survey)) for c in columns],
        "merges": _merges(sheet.merges),
        "hidden_rows": sum(survey.holds(row, first) for row in sheet.hidden_rows),
        "hidden_columns": [letters(number) for number in sorted(sheet.hidden_columns)[:LISTED]],
        "epoch": sheet.epoch,
        "fills": {rule: _rules(survey).count(rule) for rule in sorted(set(_rules(survey)))},
        "skipped_rows": _skipped(survey),
        "warnings": _warnings(warnings),
    }


def _left(survey: Survey) -> int:
    """The first column of a table."""
    return survey.span[0] if survey.span else 1


def _used_range(survey: Survey, columns: tuple[Column, ...]) -> str:
    left = _left(survey)
    right = left - 1 + max(len(columns), 1)
    return f"{letters(left)}{survey.first or 1}:{letters(right)}{survey.last}"


def _rules(survey: Survey) -> list[str]:
    return [fill.rule for fill in survey.fills.fills]


def _column(column: Column, heading: str, first: int) -> dict[str, Any]:
    return {
        "letter": letters(first - 1 + column.number),
        "heading": heading,
        "filled": column.filled,
        "hidden": column.hidden,
        "options": column.options,
        "samples": [masked(column.heading, value) for value in column.samples[:3]],
    }


def masked(heading: str | None, value: str) -> str:
    """A value as anybody may see it: by the field its heading is known for, else as a
    name: companies are shown, people are not."""
    kind = _mask_kinds().get(plain((heading or "").rsplit("/", 1)[-1]), "company_name")
    return privacy.mask_text(kind, value) or ""


@cache
def _mask_kinds() -> dict[str, str]:
    kinds: dict[str, str] = {}
    for owner in shipped_model().values():
        for known in owner.fields.values():
            kind = privacy.mask_kind(known.name, known.kind, known.sensitive)
            for word in (*known.label.values(), *known.aliases):
                kinds.setdefault(plain(word), kind)
    return kinds


def _merges(merges: tuple[Merge, ...]) -> dict[str, Any]:
    shown = [
        f"{letters(m.left)}{m.top}:{letters(m.right)}{m.bottom}" for m in sorted_merges(merges)
    ]
    return {"count": len(merges), "first": shown[:LISTED]}


def sorted_merges(merges: tuple[Merge, ...]) -> list[Merge]:
    """Merges in reading order."""
    return sorted(merges, key=lambda merge: (merge.top, merge.left))


def _skipped(survey: Survey) -> dict[str, list[int]]:
    """The rows that are not data, by kind: the first ones of each."""
    rows: dict[str, list[int]] = {}
    for row, kind in sorted(survey.kinds.items()):
        if len(rows.setdefault(kind, [])) < LISTED:
            rows[kind].append(row)
    return rows


def _warnings(found: list[tuple]) -> list[dict[str, Any]]:
    """One line per code: how many, and where the first ones are."""
    lines: dict[str, dict[str, Any]] = {}
    for code, row, heading, value in found:
        counted = row is None or value is None
        shown = str(value or "") if counted else masked(heading, str(value))
        facts = {"value": shown, "column": heading or ""}
        line = lines.setdefault(
            code, {"code": code, "text": messages.say(code, **facts), "count": 0, "rows": []}
        )
        line["count"] += 1
        if row is not None and len(line["rows"]) < LISTED:
            line["rows"].append(row)
    return list(lines.values())


def _words(code: str, facts: dict[str, Any]) -> str:
    return messages.say(code, **facts)


def _evidence(file: File) -> list[str]:
    told = [note.facts for note in file.notes if note.code == "READ_AS"]
    return [messages.told(f"{n}: {why}") for facts in told for n, why in facts.items() if why]


def _decoded(sheets: list[dict[str, Any]]) -> list[str]:
    """Three values that show whether the encoding is right: those with non-ASCII characters."""
    values = (
        sample
        for sheet in sheets
        for column in sheet.get("columns", ())
        for sample in [column["heading"], *column["samples"]]
    )
    return list(dict.fromkeys(v for v in values if re.search(r"[^\x00-\x7f]", v)))[:3]
