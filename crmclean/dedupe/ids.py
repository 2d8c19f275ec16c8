"""Golden ids that stay the same from run to run.

The id of a golden record is made from a fingerprint of one of its records: by itself the first one
in reading order. The state remembers which fingerprints stood behind which id; a cluster takes over
the id that most of its records had last time (each id once, the largest heir first), so that a new
row in front, a merge or a split does not rename what the CRM already knows.
"""

import binascii
from collections import Counter
from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from crmclean.decisions import State, hashed

LETTER = {"customer": "C", "contact": "P", "lead": "L", "follow_up": "F", "opportunity": "O"}


def golden_ids(object: str, prints: pa.Array, label: np.ndarray, state: State) -> pa.Array:
    """The id of each cluster, in order of its first record."""
    firsts = np.unique(label)
    own = _made(object, prints)
    known = known_ids(object, state)
    if not known:
        return own.take(pa.array(firsts))
    return _carried(own, prints.to_pylist(), label, firsts, known)


def entries(
    object: str, prints: pa.Array, label: np.ndarray, golden: pa.Array, state: State
) -> list[dict]:
    """What the state must remember of this run beyond what it knows."""
    known = known_ids(object, state)
    _, cluster, sizes = np.unique(label, return_inverse=True, return_counts=True)
    given = golden.take(pa.array(cluster))
    own = pc.equal(given, _made(object, prints)).to_numpy(zero_copy_only=False)
    derived = own & (sizes[cluster] == 1)
    fresh = [t for t, g in _both(prints, given, derived) if known.get(t) != g]
    merged: dict[str, list[str]] = {}
    for text, one in _both(prints, given, ~derived):
        if known.get(text) != one:
            merged.setdefault(one, []).append(text)
    found = [{"object": object, "golden": g, "records": rs} for g, rs in sorted(merged.items())]
    return ([{"object": object, "golden": None, "records": fresh}] if fresh else []) + found


def _both(prints: pa.Array, given: pa.Array, mask: np.ndarray) -> Iterator[tuple[str, str]]:
    """The fingerprint and the golden id of some records."""
    at = pa.array(np.flatnonzero(mask))
    return zip(prints.take(at).to_pylist(), given.take(at).to_pylist(), strict=True)


def _made(object: str, prints: pa.Array) -> pa.Array:
    """Letter and 16 hexadecimal digits from each fingerprint."""
    digits = binascii.hexlify(hashed(prints).astype(">u8").tobytes())
    texts = np.frombuffer(digits, "S16").astype("U16")
    return pa.array(np.char.add(LETTER[object], texts), pa.string())


def known_ids(object: str, state: State) -> dict[str, str]:
    """fingerprint → golden id of earlier runs, the last entry winning."""
    known: dict[str, str] = {}
    for entry in state.entries("golden"):
        if entry["object"] != object:
            continue
        texts = entry["records"]
        ids = [entry["golden"]] * len(texts)
        if entry["golden"] is None:
            ids = _made(object, pa.array(texts, pa.string())).to_pylist()
        known.update(zip(texts, ids, strict=True))
    return known


def _carried(
    own: pa.Array, prints: list[str], label: np.ndarray, firsts: np.ndarray, known: dict[str, str]
) -> pa.Array:
    place = {int(first): n for n, first in enumerate(firsts)}
    votes = Counter(
        (place[int(first)], known[text])
        for text, first in zip(prints, label, strict=True)
        if text in known
    )
    ids = own.take(pa.array(firsts)).to_pylist()
    given: set[int] = set()
    taken: set[str] = set()
    for (cluster, golden), _ in sorted(votes.items(), key=lambda vote: (-vote[1], vote[0])):
        if cluster not in given and golden not in taken:
            given.add(cluster)
            taken.add(golden)
            ids[cluster] = golden
    for cluster, golden in enumerate(ids):
        while cluster not in given and golden in taken:
            golden += "x"  # its own id went to another heir
        ids[cluster] = golden
        taken.add(golden)
    return pa.array(ids, pa.string())
