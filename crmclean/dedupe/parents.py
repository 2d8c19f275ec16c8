"""A branch is a customer of its own, and hangs from its head office.

Branches are never merged with their head office (law 7). Where the head office is a customer too,
its name goes into the branch's `parent`, unless the source says something there, and an issue lists
the two: targets without such a column have the list. A name that several head offices carry links
only within one city, else to none.
"""

from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from crmclean.dedupe.cluster import numbered
from crmclean.dedupe.fields import Field
from crmclean.dedupe.report import issues_of
from crmclean.tables import CHANGES, TEXT, table

NOBODY = -1


class Linked(NamedTuple):
    golden: pa.Table
    changes: pa.Table
    issues: pa.Table


def link(golden: pa.Table, fields: dict[str, Field], label: np.ndarray, held: np.ndarray) -> Linked:
    """Golden customers with the parents of branches. `held`: records whose customer may not load;
    a branch is not hung from one."""
    firsts, _ = numbered(label)
    core, city, branch = (fields[name].codes[firsts] for name in ("core", "city", "branch"))
    head = _heads(core, city, branch < 0)
    names = golden["name"].combine_chunks()
    parent = names.take(pa.array(head, mask=head < 0))
    loads = np.where(head >= 0, ~held[firsts][head], False)
    own = golden["parent"].combine_chunks()
    written = pc.and_(pc.is_null(own), pc.and_(pc.is_valid(parent), pa.array(loads)))
    at = golden.column_names.index("parent")
    linked = golden.set_column(at, "parent", pc.if_else(written, parent, own))
    records = golden["record"].combine_chunks()
    told = issues_of("customer", records, "parent", "BRANCH_OF", names, parent, head >= 0)
    columns = {"record": records.filter(written), "after": parent.filter(written)}
    same = {"object": "customer", "field": "parent", "step": "parent", "rule": "branch"}
    return Linked(
        linked,
        table(CHANGES, {**same, **columns, "before": pa.nulls(len(columns["after"]), TEXT)}),
        told,
    )


def _heads(core: np.ndarray, city: np.ndarray, is_head: np.ndarray) -> np.ndarray:
    """For each branch the place of its head office, or NOBODY: the only one of its name, or the
    only one of its name in the city that the branch's own name begins with."""
    found = np.full(len(core), NOBODY)
    branches = ~is_head & (core >= 0)
    both = core.astype(np.int64) * (int(city.max(initial=0)) + 2) + city + 1
    for key in (both, core.astype(np.int64)):
        heads = np.flatnonzero(is_head & (core >= 0))
        values, first, times = np.unique(key[heads], return_index=True, return_counts=True)
        at = np.searchsorted(values, key)
        known = np.append(values, -1)[at] == key
        only = known & (np.append(times, 0)[at] == 1)
        open_ = branches & only & (found < 0)
        found[open_] = heads[np.append(first, 0)[at[open_]]]
    return found
