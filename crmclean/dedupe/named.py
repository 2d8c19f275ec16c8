"""Pairs that a person named: in crmclean.yaml (`dedupe.never`, `always`) or by a stored decision.

In crmclean.yaml a record is `file#sheet!row`, or `system:code`, which holds when rows move.
"""

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from crmclean.decisions import State
from crmclean.dedupe.cluster import clusters, numbered
from crmclean.dedupe.engine import Laws
from crmclean.identity import seen
from crmclean.messages import severity
from crmclean.plan import Plan
from crmclean.project import Project
from crmclean.tables import ISSUES, concat, record_ids, rows_of, sources_of, table

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
            found[rule] = _of_project(getattr(project.dedupe, rule), ids, prints, plan, count)
    decided, _ = _decided(object, records, prints, state)
    for rule, verdict in (("decided_never", "different"), ("decided_always", "same")):
        chosen = sorted(pair for pair, said in decided.items() if said == verdict)
        found[rule] = np.array([low * count + high for low, high in chosen], np.int64)
    return found


def joined(label: np.ndarray, always: np.ndarray, laws: Laws) -> np.ndarray:
    """The clusters after people called records one (`always`): who says so of two says so of all
    records of their clusters. Where a law, or another word of people, keeps any of these apart, the
    clusters stay as they were, whole."""
    firsts, place = numbered(label)
    count = len(firsts)
    said, never = (_ends(pair, place, count) for pair in (always, laws.never))
    if not len(said):
        return label
    exclusive = tuple(_of_clusters(codes, place, count) for codes in laws.exclusive)
    left, right = np.divmod(np.union1d(said, never), count)
    banned = Laws(exclusive, never).forbidden(left, right, count)
    value = np.where(banned, -np.inf, np.inf)
    return firsts[clusters(count, left, right, value, exclusive)[place]]


def between_clusters(
    never: np.ndarray, left: np.ndarray, right: np.ndarray, label: np.ndarray
) -> np.ndarray:
    """Pairs that a person called different, with all others between the same two clusters: who says
    that two companies are two says so of every record of theirs, and is not asked again."""
    count = len(label)
    same = np.isin(_between(left, right, label, count), _ends(never, label, count))
    return np.union1d(never, left[same] * count + right[same])


def _ends(pair: np.ndarray, label: np.ndarray, count: int) -> np.ndarray:
    """The pairs of clusters (left * count + right) that pairs of records are between."""
    found = np.unique(_between(*np.divmod(pair, max(len(label), 1)), label, count))
    return found[found >= 0]


def _between(one: np.ndarray, two: np.ndarray, label: np.ndarray, count: int) -> np.ndarray:
    """The same for each pair of records, -1 within one cluster."""
    low, high = np.minimum(label[one], label[two]), np.maximum(label[one], label[two])
    return np.where(low < high, low * count + high, -1)


def _of_clusters(codes: np.ndarray, place: np.ndarray, count: int) -> np.ndarray:
    """The one number that records of each cluster have, or -1."""
    found = np.full(count, -1, codes.dtype)
    np.maximum.at(found, place, codes)
    return found


def lapsed(
    object: str, records: pa.Table, prints: pa.Array, plan: Plan, state: State, label: np.ndarray
) -> pa.Table:
    """An issue for each pair that came out otherwise than it was decided, because one of the two is
    called otherwise by now or has another credit code. `label`: the cluster of each record."""
    _, old = _decided(object, records, prints, state)
    pairs = [pair for pair, verdict in sorted(old.items()) if verdict != _now(pair, label)]
    places = np.array(pairs, np.int64).reshape(-1, 2)
    left, right = (records["record"].take(pa.array(side)) for side in places.T)
    ids = left.combine_chunks()
    columns = {
        "source": sources_of(ids),
        "row": rows_of(ids),
        "object": object,
        "record": ids,
        "code": "DECISION_LAPSED",
        "severity": severity("DECISION_LAPSED"),
        "value": pa.array([plan.where(one) for one in right.to_pylist()], pa.string()),
    }
    return table(ISSUES, columns)


def _now(pair: tuple[int, int], label: np.ndarray) -> str:
    return "same" if label[pair[0]] == label[pair[1]] else "different"


def _decided(
    object: str, records: pa.Table, prints: pa.Array, state: State
) -> tuple[dict[tuple[int, int], str], dict[tuple[int, int], str]]:
    """What is decided of pairs of records; and what was, of those where it lapsed."""
    entries = [e for e in state.entries("pairs") if e.get("object") == object]
    if not entries:
        return {}, {}
    place = _places(prints, [e[side] for e in entries for side in ("left", "right")])
    values = seen(records, object).to_pylist()
    decided: dict[tuple[int, int], str] = {}
    old: dict[tuple[int, int], str] = {}
    for entry in entries:
        one, two = place.get(entry["left"]), place.get(entry["right"])
        if one is None or two is None or one == two:
            continue
        now, pair = f"{values[one]} {values[two]}", (min(one, two), max(one, two))
        counts = entry.get("seen", now) in (now, None)
        (decided if counts else old)[pair] = entry["verdict"]
    return decided, {pair: verdict for pair, verdict in old.items() if pair not in decided}


def _places(prints: pa.Array, wanted: list[str]) -> dict[str, int]:
    texts = sorted(set(wanted))
    at = pc.index_in(pa.array(texts, pa.string()), prints)
    return {t: n for t, n in zip(texts, at.to_pylist(), strict=True) if n is not None}


def unknown(records: pa.Table, prints: pa.Array, plan: Plan, project: Project) -> pa.Table:
    """An issue for each record that crmclean.yaml names and that is not there, and for each pair that
    names one record twice."""
    ids, told = records["record"].combine_chunks(), (*project.dedupe.never, *project.dedupe.always)
    names = list(sum(told, ()))
    places = _named(names, ids, prints, plan)
    missing = sorted(name for name in set(names) if name not in places)
    twice = {pair for pair in told if len({places.get(name, name) for name in pair}) == 1}
    found = {"NAMED_UNKNOWN": missing, "NAMED_TWICE": sorted(map(" = ".join, twice))}
    return concat(ISSUES, (_about_names(code, values) for code, values in found.items()))


def _about_names(code: str, values: list[str]) -> pa.Table:
    columns = {"object": "customer", "code": code, "severity": severity(code)}
    return table(ISSUES, {**columns, "value": pa.array(values, pa.string())})


def _of_project(
    pairs: tuple[tuple[str, str], ...], ids: pa.Array, prints: pa.Array, plan: Plan, count: int
) -> np.ndarray:
    place = _named(sum(pairs, ()), ids, prints, plan)
    found = set()
    for pair in pairs:
        at = [place[name] for name in pair if name in place]
        if len(at) == 2 and at[0] != at[1]:
            found.add(min(at) * count + max(at))
    return np.array(sorted(found), np.int64)


def _named(names: Sequence[str], ids: pa.Array, prints: pa.Array, plan: Plan) -> dict[str, int]:
    """Where the records stand that are named as people write them."""
    if not names:
        return {}
    sources = {source.name: source.number for source in plan.sources}
    place = _places(prints, list(names))
    for name in names:
        file, _, row = name.rpartition("!")
        if file in sources and row.isdigit():
            at = pc.index(ids, record_ids(sources[file], pa.array([int(row)]))[0]).as_py()
            place |= {name: at} if at >= 0 else {}
    return place
