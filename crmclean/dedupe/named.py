"""Pairs that a person named: in crmclean.yaml (`dedupe.never`, `always`) or by a stored decision."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from crmclean.decisions import State, seen
from crmclean.plan import Plan
from crmclean.project import Project
from crmclean.tables import record_ids

_NONE = np.zeros(0, np.int64)


def pairs(
    object: str, records: pa.Table, prints: pa.Array, plan: Plan, project: Project, state: State
) -> dict[str, np.ndarray]:
    """never, always, decided_never, decided_always: pairs as left * n + right, left < right.

    A later decision on the same pair wins; one that was taken on other values does not count."""
    count = records.num_rows
    found = {"never": _NONE, "always": _NONE, "decided_never": _NONE, "decided_always": _NONE}
    if object == "customer":
        ids = records["record"].combine_chunks()
        for rule in ("never", "always"):
            found[rule] = _of_project(getattr(project.dedupe, rule), ids, plan, count)
    decided = _decided(object, records, prints, state)
    for rule, verdict in (("decided_never", "different"), ("decided_always", "same")):
        chosen = sorted(pair for pair, said in decided.items() if said == verdict)
        found[rule] = np.array([low * count + high for low, high in chosen], np.int64)
    return found


def _decided(
    object: str, records: pa.Table, prints: pa.Array, state: State
) -> dict[tuple[int, int], str]:
    entries = [e for e in state.entries("pairs") if e.get("object") == object]
    if not entries:
        return {}
    place = _places(prints, [e[side] for e in entries for side in ("left", "right")])
    values = seen(records, object).to_pylist()
    decided: dict[tuple[int, int], str] = {}
    for entry in entries:
        one, two = place.get(entry["left"]), place.get(entry["right"])
        if one is None or two is None or one == two:
            continue
        now = f"{values[one]} {values[two]}"
        if entry.get("seen", now) in (now, None):
            decided[min(one, two), max(one, two)] = entry["verdict"]
    return decided


def _places(prints: pa.Array, wanted: list[str]) -> dict[str, int]:
    texts = sorted(set(wanted))
    at = pc.index_in(pa.array(texts, pa.string()), prints)
    return {t: n for t, n in zip(texts, at.to_pylist(), strict=True) if n is not None}


def _of_project(named: tuple, ids: pa.Array, plan: Plan, count: int) -> np.ndarray:
    sources = {source.name: source.number for source in plan.sources}
    found = set()
    for pair in named:
        at = [_place(str(where), sources, ids) for where in pair]
        if len(at) == 2 and None not in at and at[0] != at[1]:
            found.add(min(at) * count + max(at))
    return np.array(sorted(found), np.int64)


def _place(where: str, sources: dict[str, int], ids: pa.Array) -> int | None:
    """The record number of `file#sheet!row`."""
    name, _, row = where.rpartition("!")
    if name not in sources or not row.isdigit():
        return None
    at = pc.index(ids, record_ids(sources[name], pa.array([int(row)]))[0]).as_py()
    return at if at >= 0 else None
