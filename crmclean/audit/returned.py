"""The audit form as it came back: known by its hidden columns, whatever was sorted, added or moved.

Every record that was drawn must be there once. A form without some of them proves nothing of the
draw: those that are wrong may be the ones that are gone.
"""

import unicodedata
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from crmclean.audit.form import VERDICTS
from crmclean.errors import InputRefused
from crmclean.messages import LANGUAGES, say
from crmclean.workbooks import reread

HEADER_WITHIN = 20
KEYS = ("golden", "fields")
#: Words of a verdict as people write them, beside those of the list.
WORDS = {
    "right": ("正确", "无误", "√", "✓", "✔", "ok"),
    "wrong": ("错误", "有误", "不对", "×", "✗", "✘", "x"),
    "undecided": ("不确定", "判断不了"),
}
SHOWN = 10  # places that one message names


@dataclass(frozen=True)
class Judged:
    """One record of the form: the row of its sheet, and what stands there."""

    row: int
    number: str
    verdict: str
    field: str
    note: str
    golden: str
    fields: int


def read(path: Path) -> tuple[list[Judged], dict[str, str]]:
    """The records in order of their rows, and what the form says of the draw. Raises InputRefused:
    AUDIT_NOT_A_FORM, AUDIT_ROWS, AUDIT_BAD_VERDICT, AUDIT_UNFINISHED."""
    try:
        sheets = [reread.cells(path, name) for name in reread.names(path)]
    except Exception as error:  # the reader has a whole tree of errors of its own
        raise InputRefused("AUDIT_NOT_A_FORM", file=path) from error
    form = next((found for cells in sheets if (found := _records(cells))), None)
    facts = next((dict(_facts(cells)) for cells in sheets if _is_facts(cells)), None)
    if form is None or facts is None:
        raise InputRefused("AUDIT_NOT_A_FORM", file=path)
    _refuse_another_draw(path, form, facts)
    unknown = [one.row for one in form if one.verdict and one.verdict not in VERDICTS]
    if unknown:
        raise InputRefused("AUDIT_BAD_VERDICT", file=path, rows=_listed(unknown))
    empty = [one.row for one in form if not one.verdict]
    if empty:
        raise InputRefused("AUDIT_UNFINISHED", file=path, count=len(empty), rows=_listed(empty))
    return form, facts


def _refuse_another_draw(path: Path, form: list[Judged], facts: dict[str, str]) -> None:
    there = Counter(one.number for one in form)
    drawn = [str(n + 1) for n in range(int(facts.get("drawn") or len(form)))]
    odd = [number for number in drawn if there[number] != 1]
    if odd or len(form) != len(drawn):
        counts = {"drawn": len(drawn), "found": len(form)}
        raise InputRefused("AUDIT_ROWS", file=path, **counts, numbers=_listed(odd))


def _records(cells: list[list[str | None]]) -> list[Judged] | None:
    """The records under the header of the form; None where this sheet is another one. A line
    without a record (who signed, say) is none."""
    at = next((n for n, line in enumerate(cells[:HEADER_WITHIN]) if {*KEYS} <= {*line}), None)
    if at is None:
        return None
    columns = {name: _place(cells[at], name) for name in ("number", "verdict", "field", "note")}
    if columns["number"] is None or columns["verdict"] is None:
        return None
    columns |= {key: cells[at].index(key) for key in KEYS}
    return [
        _judged(row, {name: line[n] if n is not None else None for name, n in columns.items()})
        for row, line in enumerate(cells[at + 1 :], at + 2)
        if line[columns["golden"]]
    ]


def _place(header: list[str | None], name: str) -> int | None:
    known = {say(f"audit.{name}", lang=language) for language in LANGUAGES}
    return next((n for n, heading in enumerate(header) if heading in known), None)


def _judged(row: int, told: dict[str, str | None]) -> Judged:
    text = {name: told[name] or "" for name in ("number", "field", "note", "golden")}
    fields = int(told["fields"] or 0)
    return Judged(row, verdict=_verdict(told["verdict"] or ""), fields=fields, **text)


def _verdict(text: str) -> str:
    """Which verdict a person gave; the text itself where it is none."""
    plain = unicodedata.normalize("NFKC", text).strip().rstrip("。.!").lower()
    for name in VERDICTS:
        if plain in {say(f"audit.{name}", lang=language).lower() for language in LANGUAGES}:
            return name
    return next((name for name, words in WORDS.items() if plain in words), text.strip())


def _is_facts(cells: list[list[str | None]]) -> bool:
    return bool(cells) and cells[0][:2] == ["fact", "value"]


def _facts(cells: list[list[str | None]]) -> list[tuple[str, str]]:
    return [(line[0] or "", line[1] or "") for line in cells[1:]]


def _listed(places: list) -> str:
    shown = [str(place) for place in places[:SHOWN]]
    return ", ".join(shown) + ("…" if len(places) > SHOWN else "")
