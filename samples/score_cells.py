"""What the result says of single cells, against the truth: see `score.py`."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator

from outcome import Place, Result, truth

PHONES = ("customer.phone", "contact.phone", "contact.mobile", "customer.fax", "customer.other_phones", "contact.other_phones")  # fmt: skip
PLACES = {  # where the right number may stand; a second number may stand in any field of phones
    "contact.mobile": ("contact.mobile",),
    "customer.phone": ("customer.phone", "contact.phone"),
    "customer.fax": ("customer.fax",),
    "contact.other_phones": PHONES,
}
DATES = ("created_at", "first_contact_at", "last_follow_up_at", "next_follow_up", "at")
GROWING = ("customer.remark", "contact.remark", "follow_up.content", "follow_up.feedback")


def _by_row() -> dict[Place, list[dict]]:
    rows: dict[Place, list[dict]] = defaultdict(list)
    for cell in truth("cells"):
        rows[cell["file"], cell["row"]].append(cell)
    return rows


def _numbers(result: Result, place: Place, fields: Iterable[str]) -> set[str]:
    """The phone values of a row: each whole value, and each number in a value that holds several."""
    values = [value for field in fields for value in result.values.get((place, field), ())]
    return {*values, *(part for value in values for part in re.split(r"[;；,，、/\s]+", value))}


def phones_right(result: Result) -> Iterator[tuple[dict, bool]]:
    """Each phone cell whose right value can be known but was not typed in the right form, and
    whether the result has exactly it, in a field where it belongs (`PLACES`). A word that means
    nothing (无, 13800138000) must have become none."""
    for place, cells in _by_row().items():
        for cell in cells:
            if cell["field"] in PLACES and cell["state"] in ("fix", "empty"):
                found = _numbers(result, place, PLACES[cell["field"]])
                wanted = cell["right"] if cell["state"] == "fix" else cell["as_typed"]
                yield cell, (wanted in found) == (cell["state"] == "fix")


def dates_right(result: Result) -> Iterator[tuple[dict, bool]]:
    """Each date cell whose right value can be known but was not typed in the right form, and
    whether the result has exactly it (a word that means nothing: none)."""
    for place, cells in _by_row().items():
        for cell in cells:
            if cell["field"].split(".")[1] in DATES and cell["state"] in ("fix", "empty"):
                yield cell, result.values.get((place, cell["field"]), [""]) == [cell["right"]]


def wrong_values(result: Result) -> Iterator[tuple[str, int, str, str, str]]:
    """Every value, of any field of the truth, that the tool put there and that is not the truth:
    (file, row, field, typed, found). What stands as it was typed was not written; width, spaces and
    case are no difference. A known value that has vanished counts too. A remark may grow and an
    address may lose its region to other fields."""
    for place, cells in _by_row().items():
        yield from _wrong_phones(result, place, [c for c in cells if c["field"] in PLACES])
        for cell in cells:
            if cell["field"] in PLACES:
                continue
            found = "|".join(result.values.get((place, cell["field"]), ()))
            if not _harmless(cell, found):
                yield (*place, cell["field"], cell["as_typed"], found)


def _wrong_phones(result: Result, place: Place, cells: list[dict]) -> Iterator[tuple]:
    fair = {_fold(c[key]) for c in cells for key in ("right", "as_typed")}
    fair |= {part for typed in list(fair) for part in re.split(r"[;；,，、/\s]+", typed)}
    whole = [v for field in PHONES for v in result.values.get((place, field), ())]
    for value in whole:
        parts = re.split(r"[;；,，、/\s]+", value)
        if _fold(value) not in fair and not {_fold(part) for part in parts} <= fair:
            yield (*place, "phones", "", value)
    found = {_fold(v) for v in _numbers(result, place, PHONES)}
    for cell in cells:
        known = cell["state"] in ("fix", "clean")
        if known and cell["right"] not in found and _fold(cell["as_typed"]) not in found:
            yield (*place, cell["field"], cell["as_typed"], "")


def _harmless(cell: dict, found: str) -> bool:
    right, typed, value = (_fold(text) for text in (cell["right"], cell["as_typed"], found))
    if not value:
        return cell["state"] in ("empty", "keep", "may") or not right
    if cell["field"] in GROWING:
        return typed in value
    if cell["field"].endswith("address"):
        return value in typed
    if cell["field"].endswith("purchase"):
        return value in (right, typed) or _number(value) in (_number(right), _number(typed))
    return value in (right, typed)


def _fold(text: str) -> str:
    plain = unicodedata.normalize("NFKC", text).replace("\u200b", "").casefold()
    return re.sub(r"\s+|[。;；]$", "", plain).removesuffix(".0")


def _number(text: str) -> float | None:
    try:
        return float(text.replace(",", ""))
    except ValueError:
        return None


def kept_and_flagged(result: Result) -> Iterator[tuple[dict, bool]]:
    """Each cell whose right value cannot be known, and whether it stands as typed, with an issue."""
    for place, cells in _by_row().items():
        for cell in cells:
            if cell["state"] == "keep":
                fields = PHONES if cell["field"] in PLACES else (cell["field"],)
                values = {_fold(v) for f in fields for v in result.values.get((place, f), ())}
                short = {field.split(".")[1] for field in fields}
                flagged = any((place, name) in result.flagged for name in short | set(fields))
                stands = {_fold(cell["as_typed"]), _fold(cell["right"]) or None} & values
                yield cell, bool(stands) and flagged
