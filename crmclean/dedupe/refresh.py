"""What changed since last time, and how a merge is undone."""

from collections import defaultdict
from itertools import combinations

import pyarrow as pa
import pyarrow.compute as pc

from crmclean.decisions import State, fingerprints, seen
from crmclean.dedupe.ids import ids_before
from crmclean.plan import Plan

KINDS = ("new", "merged", "split", "unchanged")


def delta(
    crosswalk: pa.Table, records: dict[str, pa.Table], plan: Plan, state: State
) -> list[dict[str, str]]:
    """object, golden, change for each golden record against the last published run: new, merged
    (records of several earlier ones), split (an earlier one now stands in several), unchanged.
    To be called before `remember`."""
    changes = []
    for name, own in records.items():
        part = crosswalk.filter(pc.equal(crosswalk["object"], name))
        at = pc.index_in(own["record"], part["record"].combine_chunks())
        golden = part["golden"].take(at).to_pylist()
        earlier = ids_before(name, fingerprints(own, name, plan), state).to_pylist()
        before: dict[str, set[str]] = defaultdict(set)
        after: dict[str, set[str]] = defaultdict(set)
        for then, now in zip(earlier, golden, strict=True):
            before[now] |= {then} if then else set()
            after[then or ""].add(now)
        for now in dict.fromkeys(golden):
            changes.append({"object": name, "golden": now, "change": _kind(before[now], after)})
    return changes


def unmerge(
    golden: str, crosswalk: pa.Table, records: dict[str, pa.Table], plan: Plan
) -> list[dict[str, str]]:
    """Decisions (`pairs`, different) that keep the records of a golden record apart for ever; the
    crosswalk says which codes they had. KeyError where nothing was merged into it."""
    part = crosswalk.filter(pc.equal(crosswalk["golden"], golden))
    if part.num_rows < 2:
        raise KeyError(golden)
    name = part["object"][0].as_py()
    own = records[name].combine_chunks()
    at = pc.index_in(part["record"], own["record"].combine_chunks())
    prints = fingerprints(own, name, plan).take(at.combine_chunks()).to_pylist()
    values = seen(own, name).take(at.combine_chunks()).to_pylist()
    return [
        {
            "object": name,
            "left": prints[one],
            "right": prints[two],
            "verdict": "different",
            "seen": f"{values[one]} {values[two]}",
        }
        for one, two in combinations(range(len(prints)), 2)
    ]


def _kind(before: set[str], after: dict[str, set[str]]) -> str:
    if not before:
        return "new"
    if len(before) > 1:
        return "merged"
    return "split" if len(after[next(iter(before))]) > 1 else "unchanged"
