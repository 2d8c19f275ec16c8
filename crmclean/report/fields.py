"""The fields before and after: completeness, patterns, lengths, frequent values, what was changed.

Before is never read again from the files: the changes tell it (law 3, replay). A cell that a change
turned from nothing into something was empty before, and the other way round. Patterns are counted
on an even sample of at most `SAMPLE` records per field, which the page says.
"""

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from crmclean.model import Field
from crmclean.report.finished import (
    Finished,
    codes,
    combine,
    grouped,
    mask_of,
    one,
)
from crmclean.shapes import shapes, telling, thinned

SAMPLE = 5_000
TOP = 6
EXAMPLES = 3
#: Changes of a rule in which examples are looked for.
LOOKED_AT = 200
#: Kinds whose shape is worth a profile, and kinds whose values repeat.
SHAPED = frozenset(
    [
        "phone",
        "date",
        "datetime",
        "email",
        "uscc",
        "org_code",
        "code",
        "resident_id",
        "amount",
        "integer",
        "url",
    ]
)
REPEATED = frozenset(["picklist", "industry", "region", "yes_no", "tags", "text", "account"])
#: Steps that happen before records exist as such: they lead from the cell to the record.
CLEANING = ("fill", "map", "split", "clean", "decision")


def facts(run: Finished) -> list[dict[str, Any]]:
    """One entry per object with records, with one entry per field that has a value (in records or
    only in what becomes of them) or is required."""
    changed, asked = _changed(run), _issues(run)
    told = []
    for name, owner in run.model.items():
        records = run.records[name]
        if not records.num_rows:
            continue
        fields = [
            _field(
                run, field, records, run.golden[name], changed.get((name, field.name), []), asked
            )
            for field in owner.fields.values()
            if field.name in records.column_names
        ]
        told_of = ("after", "before", "final")  # what is derived stands in golden records only
        used = [
            f for f in fields if f["field"].required != "no" or any(f[name] for name in told_of)
        ]
        told.append(
            {
                "object": owner,
                "fields": used,
                "records": records.num_rows,
                "unused": [f["field"] for f in fields if f not in used],
            }
        )
    return told


def _field(
    run: Finished, field: Field, records: pa.Table, golden: tuple[int, dict[str, int]],
    changed: list, asked: dict,
) -> dict[str, Any]:  # fmt: skip
    values = one(records[field.name])
    filled = len(values) - values.null_count
    before = filled - sum(entry["filled"] - entry["emptied"] for entry in changed)
    entry = {
        "field": field, "of": len(values), "before": before, "after": filled,
        "final": golden[1].get(field.name), "final_of": golden[0], "rules": changed,
        "changed": sum(e["count"] for e in changed),
        "issues": [(code, n) for (owner, name, code), n in asked.items() if (owner, name) == (field.object, field.name)],
    }  # fmt: skip
    return entry | (
        _profile(run, field, values)
        if filled
        else {"patterns": [], "top": [], "length": None, "distinct": 0}
    )


def _profile(run: Finished, field: Field, values: pa.Array) -> dict[str, Any]:
    sample = thinned(pc.drop_null(values), SAMPLE)
    lengths = pc.min_max(pc.utf8_length(sample)).as_py()
    return {
        "patterns": patterns(sample) if field.kind in SHAPED else [],
        "top": top(run, field, values) if mask_of(field) in REPEATED else [],
        "length": (lengths["min"], lengths["max"]),
        "distinct": pc.count_distinct(values).as_py(),
    }


def patterns(values: pa.Array) -> list[tuple[str, float]]:
    """The most frequent shapes and their shares.

    >>> patterns(pa.array(["13812345678", "13912345678", "无", "0571-1234"]))
    [('###########', 0.5), ('字', 0.25), ('####-####', 0.25)]
    """
    counted = pc.value_counts(shapes(values))
    counts = zip(*(counted.field(k).to_pylist() for k in ("values", "counts")), strict=True)
    return [(shape, n / len(values)) for shape, n in telling(dict(counts)).most_common(TOP)]


def top(run: Finished, field: Field, values: pa.Array) -> list[tuple[str, float]]:
    """The most frequent values, masked, and their shares of the filled cells."""
    present = pc.drop_null(values)
    most = _most(pc.value_counts(present), len(present))
    shown = run.shown(field.object, field.name, pa.array([text for text, _ in most], pa.string()))
    return list(zip(shown.to_pylist(), [share for _, share in most], strict=True))


def _most(counted: pa.Array, whole: int) -> list[tuple[str, float]]:
    values, counts = counted.field("values"), counted.field("counts").to_numpy()
    best = np.argsort(-counts, kind="stable")[:TOP]
    return [(values[int(at)].as_py(), int(counts[at]) / whole) for at in best]


def _issues(run: Finished) -> dict[tuple, int]:
    """(object, field, code): issues, most first."""
    about, subjects = run.subjects
    numbers, keys = combine([(about, subjects), codes(run.issues["code"])])
    counts = np.bincount(numbers, minlength=len(keys)).tolist()
    told = {(*subject, code): n for (subject, code), n in zip(keys, counts, strict=True)}
    return dict(sorted(told.items(), key=lambda item: -item[1]))


def _changed(run: Finished) -> dict[tuple[str, str], list[dict[str, Any]]]:
    """(object, field): what each rule did to it, most cells first."""
    changes = run.changes()
    numbers, keys = combine([codes(changes[name]) for name in ("object", "field", "step", "rule")])
    there = [~one(pc.is_null(changes[k])).to_numpy(False) for k in ("before", "after")]
    counts = [
        np.bincount(numbers[mask], minlength=len(keys)).tolist()
        for mask in (slice(None), there[1] & ~there[0], there[0] & ~there[1])
    ]
    told: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for key, rows, *n in zip(keys, grouped(numbers, len(keys)), *counts, strict=True):
        owner, field, step, rule = key
        if step not in CLEANING:
            continue
        examples = _examples(run, owner, field, changes.take(pa.array(rows[:LOOKED_AT])))
        entry = {"step": step, "rule": rule or step, "examples": examples}
        entry |= zip(("count", "filled", "emptied"), n, strict=True)
        told.setdefault((owner, field), []).append(entry)
    for entries in told.values():
        entries.sort(key=lambda entry: -entry["count"])
    return told


def _examples(run: Finished, owner: str, field: str, part: pa.Table) -> list[dict[str, Any]]:
    """A few changes that look different from each other, masked, with their places."""
    columns = [run.shown(owner, field, one(part[name])).to_pylist() for name in ("before", "after")]
    found: dict[tuple, dict[str, Any]] = {}
    for before, after, record in zip(*columns, part["record"].to_pylist(), strict=True):
        key = (_shape(before), _shape(after))
        found.setdefault(key, {"before": before, "after": after, "place": run.plan.where(record)})
    return list(found.values())[:EXAMPLES]


def _shape(value: str | None) -> str:
    return "".join("#" if c.isdigit() else c for c in value or "")[:12]
