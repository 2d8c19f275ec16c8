"""Who a record is from month to month: fingerprints, and what decisions rest on.

A record is named by its **fingerprint**, never by its row, because next month's file has other
rows: the source system and the legacy code where that code is one record's in the system, else a hash
of what identifies the record and a counter for identical rows (design.md 4). The 64-bit hash is the
keyed SipHash of pandas (`pandas.util.hash_array`), which is fixed across platforms and releases.
"""

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from crmclean.plan import Plan
from crmclean.tables import sources_of

if TYPE_CHECKING:
    from crmclean.run import Work

#: What identifies a record of each object, beside its code. The customer of a child is told by its
#: golden id (`under`): that stays when the customer gets another name.
IDENTITY = {
    "customer": ("name", "uscc", "phone", "address", "email"),
    "contact": ("name", "mobile", "phone", "email", "customer"),
    "lead": ("name", "customer", "contact", "mobile", "obtained_at"),
    "follow_up": ("customer", "by", "at", "content"),
    "opportunity": ("name", "customer", "amount", "expected_close"),
}
#: What a decision about two records rests on: with another address or telephone they are still the
#: ones that were decided on.
DECIDED_ON = {
    **IDENTITY,
    "customer": ("name", "uscc"),
    "contact": ("name", "mobile", "customer"),
}
_SEPARATOR = "\x1f"


def under(children: pa.Table, customers: pa.Array) -> pa.Table:
    """Children with the golden id of their customer in place of its name. `customers`: null where
    none was found, then it is told as the source does."""
    given = children["customer"].combine_chunks()
    place = children.column_names.index("customer")
    return children.set_column(place, "customer", pc.coalesce(customers, given))


def named(work: "Work", object: str) -> pa.Table:
    """The records of a run as fingerprints and `seen` are made of them."""
    records = work.get(f"records/{object}")
    if object == "customer" or not work.has(f"golden/{object}"):
        return records
    crosswalk = work.get("crosswalk", ["record", "golden"])
    golden = work.get(f"golden/{object}", ["golden", "customer_golden"])
    mine = _found(records["record"], crosswalk["record"], crosswalk["golden"])
    return under(records, _found(mine, golden["golden"], golden["customer_golden"]))


def _found(wanted: pa.ChunkedArray, keys: pa.ChunkedArray, values: pa.ChunkedArray) -> pa.Array:
    at = pc.index_in(wanted, keys.combine_chunks())
    found = values.combine_chunks().take(at)
    return found.combine_chunks() if isinstance(found, pa.ChunkedArray) else found


def fingerprints(records: pa.Table, object: str, plan: Plan) -> pa.Array:
    """One stable text per record: `system:code`, or `system#hash.n` where there is no code or several
    share it. Copies of a record (an export may hold every row twice) have `system:code#n`, so that the
    first is still who it was. `records`: children `under` their customers."""
    codes = coded(records, plan)
    rest = pa.array(_repeated(codes))
    if not pc.any(rest).as_py():
        return codes
    those = records.filter(rest)
    base, own = _hashed(those, object, plan), codes.filter(rest)
    counted = _numbered(base, _before(base), ".")
    if own.null_count == len(own):
        return pc.replace_with_mask(codes, rest, counted)
    copies = pa.array(_of_one(own, seen(those, object)))
    copied = pc.if_else(pa.array(_before(own) > 0), _numbered(own, _before(own), "#"), own)
    return pc.replace_with_mask(codes, rest, pc.if_else(copies, copied, counted))


def stems(records: pa.Table, object: str, plan: Plan) -> list[pa.Array]:
    """What the fingerprint of each record is, or begins with, whatever other records there are."""
    return [coded(records, plan), _hashed(records, object, plan)]


def coded(records: pa.Table, plan: Plan) -> pa.Array:
    """System and code of each record, null without a code."""
    return _joined([_systems(records["record"], plan), _column(records, "code")], ":")


def _hashed(records: pa.Table, object: str, plan: Plan) -> pa.Array:
    return _joined([_systems(records["record"], plan), hashes(records, IDENTITY[object])], "#")


def seen(records: pa.Table, object: str) -> pa.Array:
    """A hash of the values that a decision about each record was taken on."""
    return hashes(records, DECIDED_ON[object])


def hashes(records: pa.Table, fields: tuple[str, ...]) -> pa.Array:
    """A 64-bit hash, as decimal text, of some fields of each record; null counts as a value."""
    texts = [pc.fill_null(_column(records, field), "") for field in fields]
    return pc.cast(pa.array(hashed(_joined(texts, _SEPARATOR))), pa.string())


def hashed(values: pa.Array) -> np.ndarray:
    """A 64-bit hash of each text (null as ""), the same on every platform and in every run."""
    from pandas.util import hash_array

    # as bytes, which are hashed as they are
    texts = pc.fill_null(values, "").cast(pa.binary()).to_numpy(zero_copy_only=False)
    return hash_array(texts, categorize=False)


def _systems(records: pa.ChunkedArray, plan: Plan) -> pa.Array:
    """The source system of each record; a source without one is named by its project entry."""
    names = pa.array(
        [None, *(source.system or f"sources[{source.entry}]" for source in plan.sources)],
        pa.string(),
    )
    return names.take(sources_of(records.combine_chunks()))


def _column(records: pa.Table, field: str) -> pa.Array:
    if field not in records.column_names:
        return pa.nulls(records.num_rows, pa.string())
    return records[field].combine_chunks()


def _joined(texts: list[pa.Array], separator: str) -> pa.Array:
    return pc.binary_join_element_wise(*texts, separator)


def _codes(values: pa.Array) -> np.ndarray:
    return pc.fill_null(values.dictionary_encode().indices, -1).to_numpy(zero_copy_only=False)


def _repeated(values: pa.Array) -> np.ndarray:
    """Which values are null or stand more than once."""
    codes = _codes(values)
    counts = np.bincount(codes + 1, minlength=1)
    counts[0] = 2
    return counts[codes + 1] > 1


def _of_one(codes: pa.Array, records: pa.Array) -> np.ndarray:
    """Whether each code stands for one record only, though several times."""
    code, record = _codes(codes), _codes(records)
    first = np.zeros(code.max(initial=-1) + 2, np.int64)
    first[code] = record
    several = np.zeros(len(first), bool)
    several[code[record != first[code]]] = True
    return (code >= 0) & ~several[code]


def _numbered(texts: pa.Array, numbers: np.ndarray, separator: str) -> pa.Array:
    return _joined([texts, pc.cast(pa.array(numbers), pa.string())], separator)


def _before(values: pa.Array) -> np.ndarray:
    """For each value: how many equal ones stand before it."""
    codes = _codes(values)
    order = np.argsort(codes, kind="stable")
    starts = np.flatnonzero(np.diff(codes[order], prepend=-2))
    sizes = np.diff(starts, append=len(codes))
    before = np.empty(len(codes), np.int64)
    before[order] = np.arange(len(codes)) - np.repeat(starts, sizes)
    return before
