"""To which customer a contact, lead, follow-up or opportunity belongs.

In this order: the customer of the same source row; the customer's code (in the same system first);
the exact name; the comparison key of the name (an issue says so). A way that leads to several
golden customers is held and listed, one that leads to none is an issue: never a silent drop.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from crmclean.dedupe.fields import Field
from crmclean.tables import PART_BITS, TEXT, sources_of

SEVERAL = -2
NONE = -1


@dataclass(frozen=True)
class Customers:
    """What children can be looked up by; `cluster`: the golden customer of each record."""

    records: pa.Table
    cluster: np.ndarray
    systems: np.ndarray  # the number of the system of each source
    key: Field  # region, core, branch and ordinal of the name
    core: Field  # only of customers that are no branch


@dataclass(frozen=True)
class Found:
    """For each child: the cluster (`NONE`, `SEVERAL`), and by which way ("" for none)."""

    cluster: np.ndarray
    way: np.ndarray


def resolve(
    children: pa.Table, customers: Customers, keys: Callable[[pa.Array], tuple[pa.Array, pa.Array]]
) -> Found:
    """The golden customer of each child. `keys`: names to their comparison keys and cores, asked
    only for names that nothing plainer resolves."""
    found = np.full(children.num_rows, NONE, np.int64)
    way = np.full(children.num_rows, "", object)
    for name, own, theirs in _plain_ways(children, customers):
        _try(found, way, name, own, theirs, customers.cluster)
    given = _column(children, "customer")
    open_ = pa.array((found == NONE) & pc.is_valid(given).to_numpy(zero_copy_only=False))
    if pc.any(open_).as_py():
        key, core = keys(pc.if_else(open_, given, pa.scalar(None, TEXT)))
        for own, theirs in (
            (key, customers.key.texts),
            (given, _column(customers.records, "short_name")),
            (core, customers.core.texts),
        ):
            _try(found, way, "key", own, theirs, customers.cluster)
    return Found(found, way)


def _plain_ways(
    children: pa.Table, customers: Customers
) -> Iterator[tuple[str, pa.Array, pa.Array]]:
    own, theirs = children["record"].combine_chunks(), customers.records["record"].combine_chunks()
    yield "same_row", pc.shift_right(own, PART_BITS), pc.shift_right(theirs, PART_BITS)
    code, codes = _column(children, "customer_code"), _column(customers.records, "code")
    yield "code", _in_system(code, own, customers), _in_system(codes, theirs, customers)
    yield "code", code, codes
    yield "name", _column(children, "customer"), _column(customers.records, "name")


def _try(
    found: np.ndarray,
    way: np.ndarray,
    name: str,
    own: pa.Array,
    theirs: pa.Array,
    cluster: np.ndarray,
) -> None:
    """Fill in what one way resolves of what is still open."""
    open_ = np.flatnonzero(found == NONE)
    if len(open_) and own.null_count < len(own):
        hit = _lookup(own.take(pa.array(open_)), theirs, cluster)
        at = open_[hit != NONE]
        found[at], way[at] = hit[hit != NONE], name


def _lookup(own: pa.Array, theirs: pa.Array, cluster: np.ndarray) -> np.ndarray:
    """The cluster that every record with this value belongs to, NONE or SEVERAL."""
    known = pc.unique(pc.drop_null(theirs))
    at = pc.fill_null(pc.index_in(theirs, known), -1).to_numpy(zero_copy_only=False)
    low = np.full(len(known) + 1, np.iinfo(np.int64).max)
    high = np.full(len(known) + 1, NONE, np.int64)
    np.minimum.at(low, at, cluster)
    np.maximum.at(high, at, cluster)
    answer = np.where(low == high, high, SEVERAL)
    answer[-1] = NONE
    wanted = pc.index_in(own, known)
    return answer[pc.fill_null(wanted, -1).to_numpy(zero_copy_only=False)]


def _in_system(code: pa.Array, record: pa.Array, customers: Customers) -> pa.Array:
    system = pa.array(customers.systems[sources_of(record).to_numpy(zero_copy_only=False)])
    return pc.binary_join_element_wise(pc.cast(system, pa.string()), code, ":")


def _column(table: pa.Table, name: str) -> pa.Array:
    if name not in table.column_names:
        return pa.nulls(table.num_rows, pa.string())
    return table[name].combine_chunks()
