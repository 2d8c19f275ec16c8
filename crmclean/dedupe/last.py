"""What the last run compared, so that a refresh compares only pairs with a new or changed record.

The levels of a pair depend on the two records alone. A record is known by a hash of all that is
compared of it, wherever its row stands now; records that are equal in all of it stand for one another.
This is a cache: kept in OUT/.work/last, made from the program and the frozen state, never needed.
"""

import json
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from crmclean.dedupe.fields import Field
from crmclean.dedupe.keys import mixed
from crmclean.run import Work
from crmclean.run.keys import key

_PLACE = "last/compared/{}"


@dataclass(frozen=True)
class Compared:
    """Pairs of record numbers, left < right, in order, and their level on each comparison."""

    left: np.ndarray
    right: np.ndarray
    levels: np.ndarray

    def sorted(self) -> "Compared":
        order = np.argsort(self.left << 32 | self.right, kind="stable")
        return Compared(self.left[order], self.right[order], self.levels[order])

    def and_(self, other: "Compared") -> "Compared":
        """These pairs and others."""
        both = ((getattr(self, n), getattr(other, n)) for n in ("left", "right", "levels"))
        return Compared(*(np.concatenate(arrays) for arrays in both)).sorted()


@dataclass(frozen=True)
class Last:
    """The records of a run, as hashes: `content` of what is compared, `group` of the field within
    which alone records are compared (0 where there is none); and the pairs that were compared."""

    content: np.ndarray
    group: np.ndarray
    compared: Compared

    def known(self, now: "Last") -> np.ndarray:
        """For each record of now the number of an equal one of then, -1 for none. In a group that
        gained or lost a record all are new."""
        mine, theirs = _numbered(now.content), _numbered(self.content)
        order = np.argsort(theirs)
        at = np.minimum(np.searchsorted(theirs, mine, sorter=order), max(len(order) - 1, 0))
        found = order[at] if len(order) else np.full(len(mine), -1)
        found[theirs[found] != mine] = -1
        if now.group.any():
            gone = np.setdiff1d(np.arange(len(theirs)), found)
            touched = np.concatenate([now.group[found < 0], self.group[gone]])
            found[np.isin(now.group, touched)] = -1
        return found

    def pairs(self, known: np.ndarray) -> Compared:
        """The pairs of which both records are known, by their numbers of now."""
        number = np.full(len(self.content), -1)
        here = np.flatnonzero(known >= 0)
        number[known[here]] = here
        one, two = number[self.compared.left], number[self.compared.right]
        both = (one >= 0) & (two >= 0)
        one, two = one[both], two[both]
        ends = np.minimum(one, two), np.maximum(one, two)
        return Compared(*ends, self.compared.levels[both]).sorted()


def read(work: Work, object: str, made_from: dict) -> Last | None:
    """What the last run of the same program kept, if it was made from the same frozen entry."""
    place = _PLACE.format(object)
    if work.get_text(f"{place}.key") != _key(made_from):
        return None
    records, pairs = work.get(f"{place}/records"), work.get(f"{place}/pairs").combine_chunks()
    left, right = (pairs[name].to_numpy().astype(np.int64) for name in ("left", "right"))
    levels = pairs["levels"].combine_chunks()
    reached = np.frombuffer(levels.buffers()[1], np.uint8).reshape(-1, levels.type.byte_width)
    content, group = (records[name].to_numpy() for name in ("content", "group"))
    return Last(content, group, Compared(left, right, reached))


def keep(work: Work, object: str, made_from: dict, last: Last | None) -> None:
    """Keep this for the next run; None keeps nothing."""
    place = _PLACE.format(object)
    (work.root / f"{place}.key").unlink(missing_ok=True)
    if last is None:
        return
    work.put(f"{place}/records", pa.table({"content": last.content, "group": last.group}))
    own = last.compared
    levels = np.ascontiguousarray(own.levels)
    packed = pa.FixedSizeBinaryArray.from_buffers(
        pa.binary(levels.shape[1]), len(levels), [None, pa.py_buffer(levels)]
    )
    columns = {"left": own.left.astype(np.int32), "right": own.right.astype(np.int32)}
    work.put(f"{place}/pairs", pa.table({**columns, "levels": packed}))
    work.put_text(f"{place}.key", _key(made_from))


def _key(made_from: dict) -> str:
    return key([json.dumps(made_from, sort_keys=True)], [])


def recorded(fields: dict[str, Field], within: str, compared: Compared) -> Last:
    """What the next run may know of this one."""
    count = len(next(iter(fields.values())).codes)
    content = np.zeros(count, np.uint64)
    for name in sorted(fields):
        content = mixed(content, _held(fields[name]))
    group = _held(fields[within]) if within else np.zeros(count, np.uint64)
    return Last(content, group, compared)


def _held(field: Field) -> np.ndarray:
    """A hash of all that each record holds in a field."""
    hashes = np.append(field.hashes, np.uint64(0))
    total = np.zeros(len(field.codes), np.uint64)
    for codes in field.columns.T:
        total = mixed(total, hashes[codes])
    return total


def _numbered(content: np.ndarray) -> np.ndarray:
    """Equal contents told apart by how many stand before."""
    order = np.argsort(content, kind="stable")
    run = content[order]
    starts = np.flatnonzero(np.append(True, run[1:] != run[:-1])[: len(run)])
    before = np.arange(len(run)) - np.repeat(starts, np.diff(np.append(starts, len(run))))
    numbered = np.empty_like(content)
    numbered[order] = mixed(run, before.astype(np.uint64))
    return numbered
