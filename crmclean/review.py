"""Workbooks in which people decide: possible duplicates, and customers that several people claim.

One row per decision, both records side by side, what differs in amber, a drop-down for the verdict.
`apply` reads them back by their hidden columns and never by place: `left`, `right` and `seen` for a
pair, `record` for an owner conflict. Values stand unmasked, a masked person cannot be decided on.
Pairs come heaviest first, 5,000 a workbook: more than that nobody reviews in one go.
"""

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from crmclean import decisions, tables, workbooks
from crmclean.messages import say
from crmclean.model import Field, Object
from crmclean.plan import Plan
from crmclean.project import Project

MOST_PAIRS = 5_000
GREY, ASKED, DIFFERS = "#F2F2F2", "#FFF2CC", "#FCE4B8"
#: What a person compares, most telling first.
COMPARED = {
    "customer": [
        "name",
        "short_name",
        "uscc",
        "code",
        "phone",
        "address",
        "city",
        "owner",
        "industry",
        "created_at",
    ],
    "contact": ["customer", "name", "mobile", "phone", "email", "title", "owner"],
}


def write(
    work: Any, plan: Plan, project: Project, model: dict[str, Object], folder: Path
) -> list[Path]:
    """Write duplicates.xlsx and owner_conflicts.xlsx into `folder`, each only where something is
    to be decided; their paths. Raises OutputRefused."""
    folder.mkdir(parents=True, exist_ok=True)
    sheets = {
        "duplicates.xlsx": duplicates(work, plan, model, project.language),
        "owner_conflicts.xlsx": owner_conflicts(work, plan, model, project.language),
    }
    for name, found in sheets.items():
        if found:
            workbooks.write(folder / name, found)
    return [folder / name for name, found in sheets.items() if found]


def duplicates(
    work: Any, plan: Plan, model: dict[str, Object], language: str
) -> list[workbooks.Sheet]:
    """One sheet per object with pairs that the weights leave open."""
    pairs = work.get("pairs")
    wanted = pairs.filter(pc.equal(pairs["verdict"], "review"))
    sheets = []
    for name in COMPARED:
        mine = wanted.filter(pc.equal(wanted["object"], name))
        if mine.num_rows:
            mine = mine.sort_by([("weight", "descending"), ("left", "ascending")])
            records = work.get(f"records/{name}")
            sheets.append(_pairs(mine.slice(0, MOST_PAIRS), records, plan, model[name], language))
    return sheets


def owner_conflicts(
    work: Any, plan: Plan, model: dict[str, Object], language: str
) -> list[workbooks.Sheet]:
    """One row per customer that is held because its records have different owners."""
    crosswalk = work.get("crosswalk")
    held = pc.and_(
        pc.equal(crosswalk["end"], "held"),
        pc.match_substring(crosswalk["reason"], "owner", ignore_case=True),
    )
    conflicts = crosswalk.filter(pc.and_(held, pc.equal(crosswalk["object"], "customer")))
    if not conflicts.num_rows:
        return []
    records = work.get("records/customer")
    return [_conflicts(conflicts, records, plan, model["customer"], language)]


def _pairs(
    pairs: pa.Table, records: pa.Table, plan: Plan, owner: Object, language: str
) -> workbooks.Sheet:
    prints = decisions.fingerprints(records, owner.name, plan)
    seen = decisions.seen(records, owner.name)
    at = [pc.index_in(_one(pairs[side]), _one(records["record"])) for side in ("left", "right")]
    fields = [owner.fields[name] for name in COMPARED[owner.name]]
    fields = [field for field in fields if _filled(records, field, at)]
    columns, cells, marks = _keys(owner.name, pairs.num_rows, prints, seen, at)
    choices = [say(f"review.{word}", language) for word in ("same", "different")]
    columns.append(_asked("verdict", choices, language))
    cells.append(pa.nulls(pairs.num_rows, pa.string()))
    for side, label in zip(("left", "right"), "AB", strict=True):
        columns.append(_grey(f"{label} · {say('review.place', language)}", 26))
        cells.append(_places(_one(pairs[side]), plan))
    for field in fields:
        values = [records[field.name].combine_chunks().take(rows) for rows in at]
        headings = [f"{label} · {field.label[language]}" for label in "AB"]
        columns += [_grey(heading) for heading in headings]
        cells += values
        marks.append(_marks(values, headings[1]))
    columns.append(_grey(say("review.why", language), 40))
    cells.append(_reasons(pairs, owner, language))
    title = say("review.duplicates_title", language, count=pairs.num_rows)
    return _sheet(owner.label[language], columns, cells, title, marks)


def _keys(
    name: str, size: int, prints: pa.Array, seen: pa.Array, at: list[pa.Array]
) -> tuple[list[workbooks.Col], list[pa.Array], list[pa.Table]]:
    """The hidden columns: what the row is about, and the values that it was decided on."""
    left, right = (prints.take(rows) for rows in at)
    seen_both = pc.binary_join_element_wise(*(seen.take(rows) for rows in at), " ")
    columns = [
        workbooks.Col(key, hidden=True, locked=True) for key in ("object", "left", "right", "seen")
    ]
    return columns, [pa.repeat(name, size), left, right, seen_both], []


def _conflicts(
    conflicts: pa.Table, records: pa.Table, plan: Plan, owner: Object, language: str
) -> workbooks.Sheet:
    at = pc.index_in(_one(conflicts["record"]), _one(records["record"]))
    prints, rows = decisions.fingerprints(records, "customer", plan), records.take(at)
    rows = rows.append_column("golden", _one(conflicts["golden"]))
    rows = rows.append_column("place", _places(_one(rows["record"]), plan))
    rows = rows.append_column("fingerprint", prints.take(at))
    clusters = rows.group_by("golden", use_threads=False).aggregate(
        [
            ("fingerprint", "first"),
            ("name", "first"),
            ("owner", "list"),
            ("place", "list"),
            ("record", "count"),
        ]
    )
    people = sorted(person for person in pc.unique(rows["owner"]).to_pylist() if person)
    columns = [
        workbooks.Col("object", hidden=True, locked=True),
        workbooks.Col("record", hidden=True, locked=True),
        _asked("owner", people, language),
        _grey(owner.fields["name"].label[language], 34),
        _grey(say("review.claimed_by", language), 30),
        _grey(say("review.records", language), 8),
        _grey(say("review.place", language), 60),
    ]
    cells = [
        pa.repeat("customer", clusters.num_rows),
        _one(clusters["fingerprint_first"]),
        pa.nulls(clusters.num_rows, pa.string()),
        _one(clusters["name_first"]),
        _listed(clusters["owner_list"]),
        pc.cast(_one(clusters["record_count"]), pa.string()),
        _listed(clusters["place_list"]),
    ]
    title = say("review.conflicts_title", language, count=clusters.num_rows)
    return _sheet(owner.label[language], columns, cells, title, [])


def _sheet(
    name: str,
    columns: list[workbooks.Col],
    cells: list[pa.Array],
    title: str,
    marks: list[pa.Table],
) -> workbooks.Sheet:
    rows = pa.Table.from_arrays(cells, names=[str(n) for n in range(len(cells))])
    marked = pa.concat_tables(marks) if marks else None
    lines = title.strip().splitlines()
    return workbooks.Sheet(
        workbooks.sheet_name(name), columns, rows, title=lines, protect=True, marks=marked
    )


def _asked(what: str, choices: list[str], language: str) -> workbooks.Col:
    """The yellow column to fill; `apply` knows its heading in both languages."""
    heading, note = (say(f"review.{name}", language) for name in (what, f"{what}_note"))
    return workbooks.Col(heading, 14, choices=choices, note=note, required=True, colour=ASKED)


def _grey(heading: str, width: float = 22) -> workbooks.Col:
    return workbooks.Col(heading, width, locked=True, colour=GREY)


def _filled(records: pa.Table, field: Field, at: list[pa.Array]) -> bool:
    values = records[field.name].combine_chunks()
    return any(values.take(rows).null_count < len(rows) for rows in at)


def _places(record: pa.Array, plan: Plan) -> pa.Array:
    """file#sheet!row of each record."""
    names = pa.array([None, *(source.name for source in plan.sources)], pa.string())
    row = pc.cast(tables.rows_of(record), pa.string())
    return pc.binary_join_element_wise(names.take(tables.sources_of(record)), row, "!")


def _marks(values: list[pa.Array], heading: str) -> pa.Table:
    """The cells on the right that differ from the one on the left, both filled."""
    rows = np.flatnonzero(pc.not_equal(*values).fill_null(False).to_numpy(zero_copy_only=False))
    columns = {"row": pa.array(rows, pa.int64()), "column": pa.repeat(heading, len(rows))}
    return pa.table({**columns, "colour": pa.repeat(DIFFERS, len(rows))})


def _reasons(pairs: pa.Table, owner: Object, language: str) -> pa.Array:
    """The weight and what it is made of: 8.2 = 客户名称 +9.5 · 地址 -1.3."""
    weights = _one(pairs["weights"])
    row = np.repeat(np.arange(len(weights)), np.diff(weights.offsets.to_numpy()))
    keys, bits = weights.keys, weights.items.to_numpy(zero_copy_only=False)
    parts = []
    for name in pc.unique(keys).to_pylist():
        mine = pc.equal(keys, name).to_numpy(zero_copy_only=False) & (bits != 0)
        field = owner.fields.get(name)
        parts.append(
            _bits(row[mine], bits[mine], field.label[language] if field else name, len(weights))
        )
    total = pc.cast(pc.round(_one(pairs["weight"]), 1), pa.string())
    if not parts:
        return total
    made = pc.binary_join_element_wise(*parts, " · ", null_handling="skip")
    return pc.binary_join_element_wise(total, made, " = ")


def _bits(row: np.ndarray, bits: np.ndarray, label: str, size: int) -> pa.Array:
    tenths = np.zeros(size)
    tenths[row] = np.round(bits, 1)
    number = pc.cast(pa.array(tenths), pa.string())
    signed = pc.if_else(pa.array(tenths > 0), pc.binary_join_element_wise("+", number, ""), number)
    return pc.if_else(pa.array(tenths != 0), pc.binary_join_element_wise(label, signed, " "), None)


def _listed(lists: pa.ChunkedArray) -> pa.Array:
    """The distinct texts of each list, joined; lists here are the few members of a cluster."""
    joined = [
        "；".join(dict.fromkeys(text for text in texts if text)) for texts in lists.to_pylist()
    ]
    return pa.array(joined, pa.string())


def _one(values: pa.Array | pa.ChunkedArray) -> pa.Array:
    return values.combine_chunks() if isinstance(values, pa.ChunkedArray) else values
