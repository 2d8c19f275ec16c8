"""Which records go into this export: what the CRM does not have yet, or one batch of customers.

`--since RUN`: a migration is exported more than once before the cut-over. `tables/sent.parquet` of
a result says what the CRM was sent so far, as a hash of each row in the form of the import file:
a row with another hash was changed, by people or by another template. Records that were sent and
are not loaded any more (merged since, held, excluded) are listed in gone.csv: no import file can
take them out of the CRM.

`--batch FIELD=VALUE`: the customers of one owner, province, … with all their children, to be
imported, verified and rolled back on their own.
"""

import csv
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from crmclean import tables
from crmclean.errors import UsageError
from crmclean.export.leftovers import write_list
from crmclean.export.parts import Fitted, Part
from crmclean.identity import hashed
from crmclean.messages import say
from crmclean.model import Object
from crmclean.tables import TEXT

SENT = pa.schema([("object", TEXT), ("golden", TEXT), ("row", pa.uint64())])


def sent(parts: list[Part], before: pa.Table | None = None) -> pa.Table:
    """What the CRM has after these parts are imported; `before`: what it was sent earlier."""
    now = [_hashes(part) for part in parts]
    if before is not None:
        again = pc.is_in(_keys(before), _keys(tables.concat(SENT, now)))
        now.insert(0, before.filter(pc.invert(again)))
    return tables.concat(SENT, now)


def former(out: Path) -> pa.Table:
    """What a former result has sent. Raises UsageError (SINCE_NOT_A_RUN)."""
    path = out / "tables" / "sent.parquet"
    if not path.is_file():
        raise UsageError("SINCE_NOT_A_RUN", file=out)
    return pq.read_table(path)


def since(fitted: Fitted, before: pa.Table) -> Fitted:
    """Only the records that are new or changed; those that the CRM has are marked as known."""
    parts = []
    for part in fitted.parts:
        there = before.filter(pc.equal(before["object"], part.object))
        at = pc.index_in(part.golden, there["golden"].combine_chunks())
        same = pc.equal(there["row"].combine_chunks().take(at), _hashes(part)["row"])
        parts.append(part.only(pc.invert(pc.fill_null(same, False))))
    return replace(fitted, parts=parts, known=before.select(["object", "golden"]))


def changed(
    path: Path,
    delta: pa.Table,
    golden: dict[str, pa.Table],
    model: dict[str, Object],
    language: str,
) -> None:
    """Write delta.csv, where something was published before and this run has other records: what is
    new, merged or split since then, by name."""
    news = delta.filter(pc.not_equal(delta["change"], "unchanged"))
    if not news.num_rows:
        return
    columns = {
        say(f"export.{word}", lang=language): [] for word in ("object", "golden", "name", "change")
    }
    for name, owner in model.items():
        mine = news.filter(pc.equal(news["object"], name))
        at = pc.index_in(mine["golden"], golden[name]["golden"].combine_chunks())
        called = golden[name][owner.name_field].combine_chunks().take(at.combine_chunks())
        kinds = mine["change"].to_pylist()
        words = pa.array([say(f"export.change.{kind}", lang=language) for kind in kinds], TEXT)
        label = pa.repeat(owner.label[language], len(mine))
        found = (label, mine["golden"].combine_chunks(), called, words)
        for column, values in zip(columns.values(), found, strict=True):
            column.append(values)
    write_list(path, {heading: pa.concat_arrays(parts) for heading, parts in columns.items()})


def gone(
    path: Path,
    before: pa.Table,
    crosswalk: pa.Table,
    model: dict[str, Object],
    language: str,
) -> int:
    """Write gone.csv: what was sent and is not loaded any more; returns how many."""
    loaded = crosswalk.filter(pc.equal(crosswalk["end"], "loaded"))
    lost = before.filter(pc.invert(pc.is_in(_keys(before), _keys(loaded))))
    at = pc.index_in(_keys(lost), _keys(crosswalk))
    ends = crosswalk["end"].combine_chunks().take(at).to_pylist()
    with path.open("w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(
            say(f"export.{name}", lang=language) for name in ("object", "golden", "end")
        )
        names, ids = lost["object"].to_pylist(), lost["golden"].to_pylist()
        for name, golden, end in zip(names, ids, ends, strict=True):
            label = model[name].label[language] if name in model else name
            writer.writerow([label, golden, say(f"end.{end or 'none'}", lang=language)])
    return lost.num_rows


def batch(fitted: Fitted, golden: dict[str, pa.Table], chosen: str) -> Fitted:
    """The records of one batch, `customer.owner=张三`, with their children, and the crosswalk of
    them alone. Raises UsageError (BATCH_UNKNOWN_FIELD, BATCH_EMPTY)."""
    path, _, value = chosen.partition("=")
    name, _, field = path.partition(".")
    owner = golden.get(name)
    if owner is None or field not in owner.column_names or "customer_golden" in owner.column_names:
        raise UsageError("BATCH_UNKNOWN_FIELD", value=path)
    values = owner[field]
    mine = pc.fill_null(pc.equal(values, value), False) if value else pc.is_null(values)
    units = owner["golden"].filter(mine).combine_chunks()
    parts = [part.only(pc.is_in(part.unit, units)) for part in fitted.parts]
    if not any(part.rows.num_rows for part in parts):
        raise UsageError("BATCH_EMPTY", value=chosen)
    members = [_members(each, table, units) for each, table in golden.items()]
    within = pc.is_in(_keys(fitted.crosswalk), pa.concat_arrays(members))
    return replace(fitted, parts=parts, crosswalk=fitted.crosswalk.filter(within))


def _members(name: str, golden: pa.Table, units: pa.Array) -> pa.Array:
    """The keys of the golden records of one object that belong to `units`."""
    unit = golden["golden"]
    if "customer_golden" in golden.column_names:
        unit = pc.coalesce(golden["customer_golden"], unit)
    mine = golden["golden"].filter(pc.is_in(unit, units)).combine_chunks()
    return pc.binary_join_element_wise(name, mine, "\x1f")


def _hashes(part: Part) -> pa.Table:
    cells = [column.combine_chunks() for column in part.rows.columns]
    told = {"null_handling": "replace", "null_replacement": "\x00"}
    joined = pc.binary_join_element_wise(*cells, "\x1f", **told) if cells else None
    rows = np.empty(0, np.uint64) if joined is None else hashed(joined)
    return tables.table(SENT, {"object": part.object, "golden": part.golden, "row": pa.array(rows)})


def _keys(table: pa.Table) -> pa.Array:
    both = pc.binary_join_element_wise(table["object"], table["golden"], "\x1f")
    return both.combine_chunks() if isinstance(both, pa.ChunkedArray) else both
