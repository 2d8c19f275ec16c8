"""The sources as they are, before cleaning: per column how full, how long, which shapes and values.

Everything is counted batch by batch, so memory
stays flat; shapes and frequent values come from an even sample of each batch, which the table says.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

import pyarrow as pa
import pyarrow.compute as pc

from crmclean.plan import Plan, Source
from crmclean.shapes import shapes, telling, thinned
from crmclean.tables import TEXT

SAMPLE = 5_000
TOP = 8
#: More different values than this in a sample, and the rare ones are let go.
MOST_KEPT = 20_000

_COUNTED = pa.list_(pa.struct([("text", TEXT), ("count", pa.int64())]))
#: One row per column of a source. `sampled`: how many filled cells shapes and values were counted on.
PROFILE = pa.schema(
    [
        ("source", pa.int32()),
        ("column", pa.int32()),
        ("heading", TEXT),
        ("rows", pa.int64()),
        ("filled", pa.int64()),
        ("distinct", pa.int64()),
        ("shortest", pa.int64()),
        ("longest", pa.int64()),
        ("sampled", pa.int64()),
        ("shapes", _COUNTED),
        ("values", _COUNTED),
    ]
)


@dataclass
class _Seen:
    """What has been counted of one column so far."""

    filled: int = 0
    lengths: list[int] = field(default_factory=list)
    sampled: int = 0
    shapes: Counter = field(default_factory=Counter)
    values: Counter = field(default_factory=Counter)


def profile(plan: Plan, rows: Callable[[Source], Iterable[pa.Table]]) -> pa.Table:
    """PROFILE of all sources; `rows(source)` gives the batches of a source (tables.rows_schema)."""
    parts = [_source(source, rows(source)) for source in plan.sources]
    return pa.concat_tables(parts) if parts else PROFILE.empty_table()


def _source(source: Source, batches: Iterable[pa.Table]) -> pa.Table:
    seen = {column.number: _Seen() for column in source.columns}
    count = 0
    for batch in batches:
        cells = batch.filter(pc.equal(batch["kind"], "data"))
        count += cells.num_rows
        for number, entry in seen.items():
            name = f"c{number}"
            if name in cells.column_names:
                _add(entry, cells[name].combine_chunks())
    rows = [
        {
            "source": source.number,
            "column": column.number,
            "heading": column.heading,
            "rows": count,
            "filled": seen[column.number].filled,
            "distinct": column.distinct,
            "shortest": min(seen[column.number].lengths, default=None),
            "longest": max(seen[column.number].lengths, default=None),
            "sampled": seen[column.number].sampled,
            "shapes": _most(telling(seen[column.number].shapes)),
            "values": _most(seen[column.number].values),
        }
        for column in source.columns
    ]
    return pa.Table.from_pylist(rows, PROFILE)


def _add(entry: _Seen, cells: pa.Array) -> None:
    present = pc.drop_null(pc.if_else(pc.equal(cells, ""), None, cells))
    entry.filled += len(present)
    if not len(present):
        return
    lengths = pc.min_max(pc.utf8_length(present)).as_py()
    entry.lengths += [lengths["min"], lengths["max"]]
    sample = thinned(present, SAMPLE)
    entry.sampled += len(sample)
    _count(entry.shapes, shapes(sample))
    _count(entry.values, sample)


def _count(counter: Counter, values: pa.Array) -> None:
    counted = pc.value_counts(values)
    texts, counts = counted.field("values").to_pylist(), counted.field("counts").to_pylist()
    counter.update(dict(zip(texts, counts, strict=True)))
    if len(counter) > MOST_KEPT:
        kept = counter.most_common(MOST_KEPT // 2)
        counter.clear()
        counter.update(dict(kept))


def _most(counter: Counter) -> list[dict[str, object]]:
    ranked = sorted(counter.items(), key=lambda item: (-item[1], item[0]))[:TOP]
    return [{"text": text, "count": count} for text, count in ranked]
