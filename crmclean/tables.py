"""The tables that the stages hand over, and their Arrow schemas (design.md 3).

Key everywhere: (object, record). `record` is an int64 packed from source number, row number and
part (one row may give one customer and two contacts): 15 bits, 40 bits, 8 bits. It sorts in
reading order and needs no string. People see `file#sheet!row` (`plan.Plan.where`).

All values are text; missing is null, never "". Every table is an Arrow file under
OUT/.work (`run/work.py`); those of OUT/tables are Parquet, for pandas or DuckDB.

How replay (law 3) works: the mapped cell of a field is `rows` through the plan's mapping; each
row of `changes` for (object, record, field), in table order, has a `before` equal to the value so
far and an `after` that replaces it. A field that no cell was mapped to starts as null.
Fields without a change are byte-equal to their cell (a cell "" is null).
"""

from collections.abc import Iterable, Mapping

import pyarrow as pa
import pyarrow.compute as pc

OBJECTS = ("customer", "contact", "lead", "follow_up", "opportunity")
ROW_KINDS = ("header", "data", "blank", "title", "note", "footer", "repeat_header", "hidden", "bad")
ENDS = ("loaded", "merged", "held", "rejected", "excluded")

PART_BITS, ROW_BITS = 8, 40
#: Parts of a row: 0 is the first record of each object, 1, 2… further persons of its cell; the further
#: contacts of a row (联系人2) begin at multiples of this, so that their cells may hold several too.
FURTHER = 32


def record_ids(source: int, rows: pa.Array, part: int = 0) -> pa.Array:
    """Pack a source number, an int64 array of row numbers (1-based, as Excel shows) and a part.

    >>> record_ids(2, pa.array([5]), part=1).to_pylist()
    [562949953422593]
    >>> unpack(562949953422593)
    (2, 5, 1)
    """
    base = (source << (ROW_BITS + PART_BITS)) | part
    return pc.add(pc.shift_left(pc.cast(rows, pa.int64()), PART_BITS), base)


def unpack(record: int) -> tuple[int, int, int]:
    """(source number, row number, part) of a record."""
    return (
        record >> (ROW_BITS + PART_BITS),
        (record >> PART_BITS) & ((1 << ROW_BITS) - 1),
        record & ((1 << PART_BITS) - 1),
    )


def sources_of(records: pa.Array) -> pa.Array:
    """The source number of each record, vectorised."""
    return pc.cast(pc.shift_right(records, ROW_BITS + PART_BITS), pa.int32())


def rows_of(records: pa.Array) -> pa.Array:
    """The row number of each record, vectorised."""
    return pc.bit_wise_and(pc.shift_right(records, PART_BITS), (1 << ROW_BITS) - 1)


TEXT = pa.string()


#: Every physical row of one source, once. One table per source (`rows/<source>`), with one text
#: column per cell, c1..cn, as read: before fills, mapping and cleaning.
def rows_schema(width: int) -> pa.Schema:
    return pa.schema(
        [("row", pa.int64()), ("kind", TEXT), *((f"c{n}", TEXT) for n in range(1, width + 1))]
    )


#: Mapped and normalised records of one object: `record`, then one column per field of the object
#: (without the object's name: `name`, not `customer.name`).
def records_schema(fields: Iterable[str]) -> pa.Schema:
    return pa.schema([("record", pa.int64()), *((field, TEXT) for field in fields)])


#: The lineage. step: fill, map, split, clean, reference, derive, level, decision, survive.
#: rule: which rule of that step (merged, ditto, concat, constant, lookup, sequence, phone, date…).
#: column: the heading of the source column that the value came from, or null.
CHANGES = pa.schema(
    [
        ("object", TEXT),
        ("record", pa.int64()),
        ("field", TEXT),
        ("step", TEXT),
        ("rule", TEXT),
        ("column", TEXT),
        ("before", TEXT),
        ("after", TEXT),
    ]
)

#: Everything a person should look at, from every stage. `row` is null for a whole source or
#: column, object/record/field are null where no record exists. severity: error | warn | info.
ISSUES = pa.schema(
    [
        ("source", pa.int32()),
        ("row", pa.int64()),
        ("column", TEXT),
        ("object", TEXT),
        ("record", pa.int64()),
        ("field", TEXT),
        ("code", TEXT),
        ("severity", TEXT),
        ("value", TEXT),
        ("suggestion", TEXT),
    ]
)

#: Why two records are thought one. `left` < `right`. `weight` in bits; `weights` holds the bits of
#: each comparison; verdict: match | review | different; reason: never/always rule, decision or "".
PAIRS = pa.schema(
    [
        ("object", TEXT),
        ("left", pa.int64()),
        ("right", pa.int64()),
        ("weight", pa.float64()),
        ("weights", pa.map_(TEXT, pa.float64())),
        ("verdict", TEXT),
        ("reason", TEXT),
    ]
)

#: The value that survives, and why: one row per field of each golden record that was merged from
#: several records (a golden record of one record is that record). `golden` is a stable text id.
GOLDEN = pa.schema(
    [
        ("object", TEXT),
        ("golden", TEXT),
        ("field", TEXT),
        ("value", TEXT),
        ("from_record", pa.int64()),
        ("strategy", TEXT),
    ]
)

#: Where every record ended: exactly one row per (object, record). `golden` is set for loaded and
#: merged records and for those held with a cluster; reason is a code of the catalogue or null.
CROSSWALK = pa.schema(
    [("object", TEXT), ("record", pa.int64()), ("golden", TEXT), ("end", TEXT), ("reason", TEXT)]
)


#: One row per golden record of one object (`golden/<object>`): `golden`, `record` (the
#: master record, whose crosswalk end is this golden record's end), then one column per field.
def golden_schema(fields: Iterable[str]) -> pa.Schema:
    return pa.schema([("golden", TEXT), ("record", pa.int64()), *((f, TEXT) for f in fields)])


def table(schema: pa.Schema, columns: Mapping[str, object], length: int | None = None) -> pa.Table:
    """A table of `schema` from some of its columns: arrays, lists, or one scalar for every row.

    Columns that are left out are null. The length comes from the first array or list.

    >>> table(CROSSWALK, {"object": "customer", "record": [1, 2], "end": "loaded"}).num_rows
    2
    """
    sized = (v for v in columns.values() if isinstance(v, pa.Array | pa.ChunkedArray | list))
    size = length if length is not None else max((len(v) for v in sized), default=0)
    arrays = []
    for field in schema:
        value = columns.get(field.name)
        if isinstance(value, pa.ChunkedArray):
            value = value.combine_chunks()
        if isinstance(value, list):
            value = pa.array(value, field.type)
        if not isinstance(value, pa.Array):
            value = pa.repeat(pa.scalar(value, field.type), size)
        arrays.append(value if value.type == field.type else pc.cast(value, field.type))
    return pa.Table.from_arrays(arrays, schema=schema)


def coded(table: pa.Table, names: Iterable[str]) -> pa.Table:
    """The table with these columns, which hold few different texts, as codes into them: counting
    and comparing codes is many times cheaper."""
    for name in names:
        at = table.column_names.index(name)
        codes = table[name].combine_chunks().dictionary_encode()
        table = table.set_column(at, name, codes)
    return table


def concat(schema: pa.Schema, tables: Iterable[pa.Table]) -> pa.Table:
    """All the tables in one, in order; an empty table of `schema` where there are none."""
    parts = [part for part in tables if part.num_rows]
    return pa.concat_tables(parts) if parts else schema.empty_table()
