"""A register of licence names and codes (`role: authority`), consulted for golden customers.

An exact key, the credit code, fills what is empty. A name alone only suggests: two companies may
have one name, and a suggestion is shown, never applied. A name that differs from the register's is
an issue with the register's name. Rows of a register are no records: they are never exported.
"""

import pyarrow as pa
import pyarrow.compute as pc

from crmclean import messages, tables

KEY, NAME = "uscc", "name"


def consult(
    golden: dict[str, pa.Table], register: pa.Table
) -> tuple[dict[str, pa.Table], pa.Table, pa.Table]:
    """Golden records with empty fields filled from `register` (normalised customer records of the
    sources with `role: authority`), the changes, and the issues."""
    customers = golden.get("customer")
    if customers is None or not customers.num_rows or not register.num_rows:
        return golden, tables.CHANGES.empty_table(), tables.ISSUES.empty_table()
    at = _place(customers[KEY], register, KEY)
    filled, changes = customers, []
    for field in register.column_names:
        if field in ("record", KEY) or register[field].null_count == register.num_rows:
            continue
        filled, change = _filled(filled, field, register[field].combine_chunks().take(at))
        changes.append(change)
    registered = register[NAME].combine_chunks().take(at)
    differs = pc.fill_null(pc.not_equal(customers[NAME].combine_chunks(), registered), False)
    by_name = _place(customers[NAME], register, NAME)
    code = register[KEY].combine_chunks().take(by_name)
    suggests = pc.and_(pc.is_null(customers[KEY].combine_chunks()), pc.is_valid(code))
    issues = [
        _issues(customers, NAME, "AUTHORITY_NAME_DIFFERS", differs, registered),
        _issues(customers, KEY, "AUTHORITY_SUGGESTS_CODE", suggests, code),
    ]
    return (
        {**golden, "customer": filled},
        tables.concat(tables.CHANGES, changes),
        tables.concat(tables.ISSUES, issues),
    )


def _place(values: pa.ChunkedArray, register: pa.Table, field: str) -> pa.Array:
    """The row of the register with the same value of `field`; none where it stands there twice."""
    keys = register[field].combine_chunks()
    counts = pc.value_counts(keys.drop_null())
    once = pc.filter(counts.field("values"), pc.equal(counts.field("counts"), 1))
    wanted = pc.if_else(
        pc.is_in(values.combine_chunks(), value_set=once), values.combine_chunks(), None
    )
    return pc.index_in(wanted, value_set=keys, skip_nulls=True)


def _filled(customers: pa.Table, field: str, known: pa.Array) -> tuple[pa.Table, pa.Table]:
    before = customers[field].combine_chunks()
    mask = pc.and_(pc.is_null(before), pc.is_valid(known))
    place = customers.schema.get_field_index(field)
    after = pc.coalesce(before, known)
    columns = {
        "object": "customer",
        "record": pc.filter(customers["record"], mask),
        "field": field,
        "step": "reference",
        "rule": "authority",
        "after": pc.filter(after, mask),
    }
    filled = customers.set_column(place, customers.schema.field(place), after)
    return filled, tables.table(tables.CHANGES, columns)


def _issues(
    customers: pa.Table, field: str, code: str, mask: pa.Array, suggestion: pa.Array
) -> pa.Table:
    ids = pc.filter(customers["record"], mask).combine_chunks()
    columns = {
        "source": tables.sources_of(ids),
        "row": tables.rows_of(ids),
        "object": "customer",
        "record": ids,
        "field": field,
        "code": code,
        "severity": messages.severity(code),
        "value": pc.filter(customers[field], mask),
        "suggestion": pc.filter(suggestion, mask),
    }
    return tables.table(tables.ISSUES, columns)
