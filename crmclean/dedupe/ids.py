"""Golden ids that stay the same from run to run.

The id of a golden record is made from a fingerprint of one of its records: by itself the first one
in reading order. The state remembers which fingerprints stood behind which id; a cluster takes over
the id that most of its records had last time (each id once, the largest heir first, then the one with the
best record), so that a new
row in front, a merge or a split does not rename what the CRM already knows.
"""

import binascii

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from crmclean.identity import hashed

LETTER = {"customer": "C", "contact": "P", "lead": "L", "follow_up": "F", "opportunity": "O"}


#: Which id stood for each fingerprint; the last row of a fingerprint holds.
KNOWN = pa.schema([("print", pa.string()), ("golden", pa.string())])


def golden_ids(
    object: str, prints: pa.Array, label: np.ndarray, before: pa.Array, rank: np.ndarray
) -> pa.Array:
    """The id of each cluster, in order of its first record. `before`: the id of each record in
    earlier runs (`ids_before`); `rank`: of each record, that of the master is the lowest."""
    firsts, cluster = np.unique(label, return_inverse=True)
    own = _made(object, prints.take(pa.array(firsts)))
    return own if before.null_count == len(before) else _carried(own, before, cluster, rank)


def entries(
    object: str, prints: pa.Array, label: np.ndarray, golden: pa.Array, before: pa.Array
) -> list[dict]:
    """What the state must remember of this run beyond what it knows (`before`)."""
    _, cluster, sizes = np.unique(label, return_inverse=True, return_counts=True)
    given = golden.take(pa.array(cluster))
    news = pc.invert(pc.fill_null(pc.equal(given, before), False))
    prints, given, sizes = prints.filter(news), given.filter(news), sizes[cluster][news]
    derived = pc.and_(pc.equal(given, _made(object, prints)), pa.array(sizes == 1))
    fresh = prints.filter(derived).to_pylist()
    others = pa.table({"golden": given, "records": prints}).filter(pc.invert(derived))
    grouped = others.group_by("golden", use_threads=False).aggregate([("records", "list")])
    merged = zip(*(grouped[name].to_pylist() for name in ("golden", "records_list")), strict=True)
    found = [{"object": object, "golden": g, "records": rs} for g, rs in sorted(merged)]
    return ([{"object": object, "golden": None, "records": fresh}] if fresh else []) + found


def known(object: str, entries: list[dict]) -> pa.Table:
    """KNOWN: what entries of the state say of one object."""
    own = [entry for entry in entries if entry["object"] == object]
    texts = [pa.array(entry["records"], pa.string()) for entry in own]
    ids = [
        pa.repeat(entry["golden"], len(one)) if entry["golden"] else _made(object, one)
        for entry, one in zip(own, texts, strict=True)
    ]
    if not own:
        return KNOWN.empty_table()
    return pa.table([pa.concat_arrays(texts), pa.concat_arrays(ids)], schema=KNOWN)


def ids_before(prints: pa.Array, known: pa.Table) -> pa.Array:
    """The golden id that each fingerprint had in earlier runs, else null."""
    if not known.num_rows:
        return pa.nulls(len(prints), pa.string())
    texts = known["print"].combine_chunks().dictionary_encode()
    last = np.empty(len(texts.dictionary), np.int64)
    last[texts.indices.to_numpy()] = np.arange(len(texts))
    at = pc.index_in(prints, texts.dictionary)
    return known["golden"].combine_chunks().take(pa.array(last).take(at))


def _made(object: str, prints: pa.Array) -> pa.Array:
    """Letter and 16 hexadecimal digits from each fingerprint."""
    digits = binascii.hexlify(hashed(prints).astype(">u8").tobytes())
    texts = (
        pa.array(np.frombuffer(digits, "S16"), pa.binary(16)).cast(pa.binary()).cast(pa.string())
    )
    return pc.binary_join_element_wise(LETTER[object], texts, "")


def _carried(own: pa.Array, before: pa.Array, cluster: np.ndarray, rank: np.ndarray) -> pa.Array:
    """The ids of clusters, from the `own` id of each and the ids that the records had `before`.
    Where one cluster and one id are each other's only heir and ancestor there is nothing to
    decide; the others are settled one by one, the largest heir first, of equal ones that with the
    best record: where a merge is undone, what the CRM shows is the master's (`undo.py`)."""
    known = before.dictionary_encode()
    names = known.dictionary
    code = pc.fill_null(known.indices, -1).to_numpy(zero_copy_only=False).astype(np.int64)
    votes, count = np.unique((cluster * len(names) + code)[code >= 0], return_counts=True)
    heir, golden = np.divmod(votes, len(names))
    given = np.full(len(own), -1)
    lone = (np.bincount(heir)[heir] == 1) & (np.bincount(golden)[golden] == 1)
    given[heir[lone]] = golden[lone]
    taken = set(golden[lone].tolist())
    heir, golden, count = heir[~lone], golden[~lone], count[~lone]
    best = np.full(len(own), len(rank))
    np.minimum.at(best, cluster, rank)
    for at in np.lexsort((pc.rank(names.take(pa.array(golden))).to_numpy(), best[heir], -count)):
        if given[heir[at]] < 0 and golden[at] not in taken:
            given[heir[at]] = golden[at]
            taken.add(golden[at])
    ids = pc.coalesce(names.take(pa.array(given, mask=given < 0)), own)
    return _apart(ids, given < 0)


def _apart(ids: pa.Array, free: np.ndarray) -> pa.Array:
    """No id twice: a `free` one that went to another heir is lengthened."""
    twice = pc.is_in(ids, ids.take(pa.array(_repeated(ids)))).to_numpy(zero_copy_only=False)
    at = np.flatnonzero(twice & free)
    if not len(at):
        return ids
    taken, new = set(ids.filter(pa.array(~(twice & free))).to_pylist()), []
    for golden in ids.take(pa.array(at)).to_pylist():
        while golden in taken:
            golden += "x"
        new.append(golden)
        taken.add(golden)
    return pc.replace_with_mask(ids, pa.array(twice & free), pa.array(new, pa.string()))


def _repeated(ids: pa.Array) -> np.ndarray:
    """Places of ids that stand further in front already."""
    codes = ids.dictionary_encode().indices.to_numpy()
    _, first = np.unique(codes, return_index=True)
    return np.setdiff1d(np.arange(len(codes)), first)
