"""Possible duplicates: both records side by side, what differs in amber, and why they are thought one.

One row for each two customers, however many records of theirs are alike: the heaviest pair stands
for the others, which go by what is decided on it. Rows come first by how much waits for them (the
held records of both, with what hangs from them), then heaviest first: an hour at the top settles
most. Customers that such rows hold together (sisters at one address) are a group: one answer may
say that all of it are different.
"""

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from crmclean import decisions, identity, workbooks
from crmclean.messages import say
from crmclean.model import Object
from crmclean.plan import Plan
from crmclean.review.sheet import MOST, asked, grey, one, places, sheet, title
from crmclean.run.components import components
from crmclean.workbooks.shown import HEADING as SHOWN
from crmclean.workbooks.shown import shown

DIFFERS = "#FCE4B8"
#: What tells a person which two a row is about.
NAMED_BY = ("name", "customer")
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


def sheets(work: Any, plan: Plan, model: dict[str, Object], language: str) -> list[workbooks.Sheet]:
    """One sheet per object with pairs that the weights leave open."""
    pairs = work.get("pairs")
    wanted = pairs.filter(pc.equal(pairs["verdict"], "review"))
    found = []
    for name in COMPARED:
        mine = wanted.filter(pc.equal(wanted["object"], name))
        if mine.num_rows:
            mine = mine.append_column("waiting", _waiting(mine, work, name, model))
            order = [("waiting", "descending"), ("weight", "descending"), ("left", "ascending")]
            mine = _grouped(mine.sort_by(order), work, name)
            told = title("review.duplicates_title", mine.num_rows, language)
            records = work.get(f"records/{name}")
            known = identity.named(work, name)
            keys = identity.fingerprints(known, name, plan), identity.seen(known, name)
            found.append(
                _pairs(mine.slice(0, MOST), told, records, keys, plan, model[name], language)
            )
    return found


def _grouped(pairs: pa.Table, work: Any, name: str) -> pa.Table:
    """The pairs that are asked about, with the number of the group that such pairs hold together,
    group by group."""
    crosswalk = work.get("crosswalk", ["object", "record", "golden"])
    pairs, ends = decisions.asked(pairs, crosswalk.filter(pc.equal(crosswalk["object"], name)))
    group = _groups(ends)
    pairs = pairs.append_column("group", pc.cast(pa.array(group + 1), pa.string()))
    return pairs.take(pa.array(np.argsort(group, kind="stable")))


def _groups(ends: np.ndarray) -> np.ndarray:
    """The group of each row, numbered in order of first rows. `ends`: the two that it is about."""
    known, at = np.unique(ends, return_inverse=True)
    left, right = at.reshape(ends.shape).T
    group = components(len(known), left, right)[left]
    _, first, number = np.unique(group, return_index=True, return_inverse=True)
    return np.argsort(np.argsort(first))[number]


def _waiting(pairs: pa.Table, work: Any, name: str, model: dict[str, Object]) -> pa.Array:
    """How many records wait for the decision on each pair."""
    crosswalk = work.get("crosswalk", ["object", "record", "golden", "end"])
    mine = crosswalk.filter(pc.equal(crosswalk["object"], name))
    waits = [one(mine.filter(pc.equal(mine["end"], "held"))["golden"])]
    if name == "customer":
        children = [child for child in model if child != "customer" and work.has(f"golden/{child}")]
        waits += [
            one(work.get(f"golden/{n}", ["customer_golden"])["customer_golden"]) for n in children
        ]
    tally = pc.value_counts(pc.drop_null(pa.concat_arrays(waits)))
    held = waits[0]
    total = pa.array(np.zeros(len(pairs), np.int64))
    for side in ("left", "right"):
        golden = one(mine["golden"]).take(pc.index_in(one(pairs[side]), one(mine["record"])))
        counts = tally.field("counts").take(pc.index_in(golden, tally.field("values")))
        here = pc.and_(pc.is_in(golden, held), pc.is_valid(counts))
        total = pc.add(total, pc.if_else(here, pc.fill_null(counts, 0), 0))
    return total


def _pairs(
    pairs: pa.Table,
    told: list[str],
    records: pa.Table,
    keys: tuple[pa.Array, pa.Array],
    plan: Plan,
    owner: Object,
    language: str,
) -> workbooks.Sheet:
    at = [pc.index_in(one(pairs[side]), one(records["record"])) for side in ("left", "right")]
    sides = [records.take(rows) for rows in at]
    fields = [owner.fields[name] for name in COMPARED[owner.name]]
    fields = [f for f in fields if any(s[f.name].null_count < s.num_rows for s in sides)]
    columns, cells, marks = _keys(owner.name, *([key.take(rows) for rows in at] for key in keys))
    names = [field for field in fields if field.name in NAMED_BY]
    columns.append(workbooks.Col(SHOWN, hidden=True, locked=True))
    cells.append(
        shown(
            {
                f"{label} · {field.label[language]}": one(side[field.name])
                for field in names
                for side, label in zip(sides, "AB", strict=True)
            }
        )
    )
    columns.append(grey(say("review.group", language), 6))
    cells.append(pairs["group"])
    words = ("same", "different", "all_different")
    columns.append(asked("verdict", [say(f"review.{word}", language) for word in words], language))
    cells.append(pa.nulls(pairs.num_rows, pa.string()))
    for field in fields:
        values = [one(side[field.name]) for side in sides]
        headings = [f"{label} · {field.label[language]}" for label in "AB"]
        columns += [grey(heading) for heading in headings]
        cells += values
        marks.append(_marks(values, headings[1]))
        if field is fields[0]:
            columns.append(grey(say("review.why", language), 40))
            cells.append(_reasons(pairs, owner, language))
    for side, label in zip(("left", "right"), "AB", strict=True):
        columns.append(grey(f"{label} · {say('review.place', language)}", 26))
        cells.append(places(one(pairs[side]), plan))
    return sheet(owner.label[language], columns, cells, told, marks)


def _keys(
    name: str, prints: list[pa.Array], seen: list[pa.Array]
) -> tuple[list[workbooks.Col], list[pa.Array], list[pa.Table]]:
    """The hidden columns: what the row is about, and the values that it was decided on."""
    both = pc.binary_join_element_wise(*seen, " ")
    columns = [
        workbooks.Col(key, hidden=True, locked=True) for key in ("object", "left", "right", "seen")
    ]
    return columns, [pa.repeat(name, len(both)), *prints, both], []


def _marks(values: list[pa.Array], heading: str) -> pa.Table:
    """The cells on the right that differ from the one on the left, both filled."""
    rows = np.flatnonzero(pc.not_equal(*values).fill_null(False).to_numpy(zero_copy_only=False))
    columns = {"row": pa.array(rows, pa.int64()), "column": pa.repeat(heading, len(rows))}
    return pa.table({**columns, "colour": pa.repeat(DIFFERS, len(rows))})


def _reasons(pairs: pa.Table, owner: Object, language: str) -> pa.Array:
    """The weight and what it is made of: 8.2 = two strangers -8.8 · 客户名称 +18.3 · 地址 -1.3."""
    weights, total = one(pairs["weights"]), one(pairs["weight"]).to_numpy(zero_copy_only=False)
    row = np.repeat(np.arange(len(weights)), np.diff(weights.offsets.to_numpy()))
    keys, bits = weights.keys, weights.items.to_numpy(zero_copy_only=False)
    # what is left of the total stood before anything was compared: two records are mostly strangers
    before = total - np.bincount(row, bits, minlength=len(total))
    parts = [_bits(np.arange(len(total)), before, _label("before", owner, language), len(total))]
    for name in pc.unique(keys).to_pylist():
        mine = pc.equal(keys, name).to_numpy(zero_copy_only=False)
        parts.append(_bits(row[mine], bits[mine], _label(name, owner, language), len(total)))
    made = pc.binary_join_element_wise(*parts, " · ", null_handling="skip")
    return pc.binary_join_element_wise(
        pc.cast(pa.array(np.round(total, 1)), pa.string()), made, " = "
    )


def _label(name: str, owner: Object, language: str) -> str:
    """A comparison is named after its field, or after what it takes out of one."""
    field = owner.fields.get(name)
    return field.label[language] if field else say(f"report.compare.{name}", language)


def _bits(row: np.ndarray, bits: np.ndarray, label: str, size: int) -> pa.Array:
    tenths = np.zeros(size)
    tenths[row] = np.round(bits, 1)
    number = pc.cast(pa.array(tenths), pa.string())
    signed = pc.if_else(pa.array(tenths > 0), pc.binary_join_element_wise("+", number, ""), number)
    return pc.if_else(pa.array(tenths != 0), pc.binary_join_element_wise(label, signed, " "), None)
