"""Which gaps go into whose workbook: one list per owner, under a name that every system accepts.

A list is as long as a person can work through. What the target refuses without comes first; the rest
is asked for by the next run, when the list came back, and stands in tables/gaps.parquet meanwhile.
"""

import re
from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from crmclean import tables
from crmclean.messages import say

#: Records of one object in one list: more than that nobody fills in one go.
MOST = 5_000
#: Columns of gaps that hold few different texts.
CODED = ("object", "field", "required", "owner")
FILES = pa.schema(
    [
        ("owner", tables.TEXT),
        ("path", tables.TEXT),
        ("records", pa.int64()),
        ("cells", pa.int64()),
        ("later", pa.int64()),  # records that wait for the next list
    ]
)
_RESERVED = re.compile(r"(?i)con|prn|aux|nul|com\d|lpt\d")


def files(gaps: pa.Table, language: str) -> pa.Table:
    """FILES: the workbooks that `write` makes of these gaps, and how much each asks for."""
    rows = [
        {"owner": owner, "path": path, "records": _records(listed), "cells": listed.num_rows,
         "later": _records(whole) - _records(listed)}
        for owner, path, listed, whole in lists(gaps, language)
    ]  # fmt: skip
    return pa.Table.from_pylist(rows, FILES)


def lists(gaps: pa.Table, language: str) -> Iterator[tuple[str, str, pa.Table, pa.Table]]:
    """Each owner's name ("" for nobody), file name, listed gaps and all gaps, sorted by name."""
    taken: set[str] = set()
    for owner, whole in _by_owner(gaps):
        name = _file_name(owner or say("gaps.nobody", language), taken)
        yield owner, f"{name}.xlsx", _listed(whole), whole


def _by_owner(gaps: pa.Table) -> list[tuple[str, pa.Table]]:
    encoded = gaps["owner"].combine_chunks().dictionary_encode()
    codes = encoded.indices.fill_null(-1).to_numpy(zero_copy_only=False) + 1
    found = {
        owner or "": gaps.take(pa.array(rows))
        for n, owner in enumerate([None, *encoded.dictionary.to_pylist()])
        if len(rows := np.flatnonzero(codes == n))
    }
    return sorted(found.items())


def _listed(gaps: pa.Table) -> pa.Table:
    """The gaps of at most MOST records of each object, what the target requires first."""
    if gaps.num_rows <= MOST:
        return gaps
    kept = np.zeros(gaps.num_rows, bool)
    record = gaps["record"].to_numpy()
    urgent = pc.equal(gaps["required"], "target").to_numpy()
    for name in pc.unique(gaps["object"]).to_pylist():
        rows = np.flatnonzero(pc.equal(gaps["object"], name).to_numpy())
        ids, which = np.unique(record[rows], return_inverse=True)
        refused = np.bincount(which, urgent[rows]) > 0
        chosen = np.zeros(len(ids), bool)
        chosen[np.argsort(~refused, kind="stable")[:MOST]] = True
        kept[rows] = chosen[which]
    return gaps.filter(pa.array(kept))


def _records(gaps: pa.Table) -> int:
    objects = pc.unique(gaps["object"]).to_pylist()
    mine = (gaps["record"].filter(pc.equal(gaps["object"], name)) for name in objects)
    return sum(pc.count_distinct(records).as_py() for records in mine)


def _file_name(owner: str, taken: set[str]) -> str:
    """A file name that every system accepts, different from those before."""
    name = re.sub(r'[\\/:*?"<>|\x00-\x1f]', "_", owner).strip(" .")[:60] or "_"
    name = f"_{name}" if _RESERVED.fullmatch(name) else name
    number, free = 1, name
    while free.lower() in taken:
        number += 1
        free = f"{name}_{number}"
    taken.add(free.lower())
    return free
