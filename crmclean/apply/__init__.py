"""What people filled in or decided, taken back into the state; the next run honours it.

    gaps/<owner>.xlsx        filled cells         → state `values`
    review/*.xlsx            verdicts, owners     → state `pairs`, `owners`
    decisions.json           from the report      → any of them

Every filled value goes through the rule of its field, as a cell of a source would: what is refused
is listed with its place and stays open. Applying the same file twice adds nothing.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from crmclean.apply.rows import Refused, Taken
from crmclean.apply.sheets import read_sheets
from crmclean.apply.taking import ANSWER, SUBJECT, news
from crmclean.apply.values import as_told, checked
from crmclean.decisions import State
from crmclean.errors import InputRefused
from crmclean.model import Object

__all__ = ["Applied", "as_told", "read"]

#: What an entry of each kind must hold.
KEYS = {kind: (*subject, ANSWER[kind]) for kind, subject in SUBJECT.items()}
KEYS["values"] += ("seen",)

#: What a sheet saved as text is called: other sheets are gone, and the long numbers of hidden columns
#: do not outlive being opened by Excel.
TEXT = (".csv", ".txt", ".tsv")
VERDICTS = ("same", "different")


@dataclass
class Applied:
    """What one file gave: entries taken by kind, how many were known already or left empty, and
    what was refused, each with its place; `notes`: what is to be told of entries that were taken.
    `batch`: of which data the report was that the decisions were made in (report.batch), empty for
    workbooks."""

    file: Path
    taken: dict[str, int] = field(default_factory=dict)
    known: int = 0
    empty: int = 0
    batch: str = ""
    refused: list[Refused] = field(default_factory=list)
    notes: list[Refused] = field(default_factory=list)


def read(path: Path, state: State, model: dict[str, Object]) -> Applied:
    """Take a reviewed workbook or decisions file into the state.

    Raises InputRefused when the file is missing, unreadable, or none of ours.
    """
    if not path.is_file():
        raise InputRefused("APPLY_MISSING", file=path)
    if path.suffix.lower() in TEXT:
        raise InputRefused("APPLY_TEXT", file=path)
    applied = Applied(path)
    if path.suffix.lower() == ".json":
        entries, applied.batch = _decisions(path)
        found = _told_by(entries, model)
    else:
        found = read_sheets(path, model)
    by_kind: dict[str, list[Taken]] = {kind: [] for kind in KEYS}
    for item in found:
        if isinstance(item, Refused):
            applied.refused.append(item)
        elif item.entry is None:
            applied.empty += 1
        else:
            by_kind[item.kind].append(item)
    for kind, items in by_kind.items():
        found = news(kind, items, state)
        state.append(kind, [item.entry for item in found.new])
        applied.refused += [item.told("APPLY_CONTRADICTS") for item in found.split]
        applied.notes += found.notes
        applied.known += len(items) - len(found.split) - len(found.new)
        if found.new:
            applied.taken[kind] = len(found.new)
    return applied


def _decisions(path: Path) -> tuple[list[dict[str, Any]], str]:
    """The entries of a decisions file, a list or a mapping with the list under `decisions`; and the
    batch that they were made on."""
    try:
        tree = json.loads(path.read_text(encoding="utf-8-sig"))
        entries = tree["decisions"] if isinstance(tree, dict) else tree
        batch = tree.get("batch") if isinstance(tree, dict) else ""
        return [dict(entry) for entry in entries], str(batch or "")
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise InputRefused("APPLY_NOT_OURS", file=path) from error


def _told_by(entries: list[dict[str, Any]], model: dict[str, Object]) -> Iterator[Taken | Refused]:
    for number, entry in enumerate(entries, 1):
        kind = entry.pop("kind", "pairs")
        right = kind in KEYS and all(_told(entry, key) for key in KEYS[kind])
        if not (right and entry["object"] in model and entry.get("verdict", "same") in VERDICTS):
            yield Refused("", number, str(kind), "APPLY_BAD_ENTRY")
        elif entry.get("value") is None:
            yield Taken(kind, entry, row=number, column=str(kind))
        else:
            yield _checked(number, kind, entry, model)


def _told(entry: dict[str, Any], key: str) -> bool:
    """Whether an entry says this; a value that was rejected is null."""
    return isinstance(entry.get(key), str) or (
        key == "value" and key in entry and entry[key] is None
    )


def _checked(
    number: int, kind: str, entry: dict[str, Any], model: dict[str, Object]
) -> Taken | Refused:
    """The entry with its value as the rule of the field writes it."""
    field_ = model[entry["object"]].fields.get(entry["field"])
    if field_ is None:
        return Refused("", number, str(kind), "APPLY_BAD_ENTRY")
    try:
        entry = {**entry, "value": checked(entry["value"], field_)}
    except ValueError as error:
        return Refused("", number, entry["field"], str(error.args[0]))
    return Taken(kind, entry, row=number, column=entry["field"])
