"""Which source rows of a whole run hang together: by ties, by pairs, and by values of golden records.

What a change of one row may do to another goes from row to row along these, so it stays among the
rows that hang together. That is worked out once, when the run is kept (`taken.py`): a refresh looks
up who hangs together with the rows that changed, and follows nothing.
"""

from collections.abc import Iterator

import numpy as np

from crmclean.dedupe.blocks import RECORD_BITS
from crmclean.run import Work
from crmclean.run.components import components
from crmclean.tables import PART_BITS

Edges = tuple[np.ndarray, np.ndarray]


def together(work: Work, folder: str, rows: np.ndarray, shared: dict[str, list[str]]) -> np.ndarray:
    """For each row the number of those that it hangs together with. `shared`: fields of golden records,
    by object, whose value in one is judged by those of others; the `folder` holds what was kept."""
    edges = [
        _tied(work, folder),
        _paired(work, folder, rows),
        *_sharing(work, folder, rows, shared),
    ]
    left, right = (np.concatenate(ends) for ends in zip(*edges, strict=True))
    return components(len(rows), left, right)


def _tied(work: Work, folder: str) -> Edges:
    packed = work.get(f"{folder}/ties")["packed"].to_numpy()
    row = (packed & np.uint64((1 << RECORD_BITS) - 1)).astype(np.int32)
    return _alike(packed >> np.uint64(RECORD_BITS), row)


def _paired(work: Work, folder: str, rows: np.ndarray) -> Edges:
    pairs = work.get(f"{folder}/pairs", ["left", "right"])
    left, right = (pairs[side].to_numpy() >> PART_BITS for side in ("left", "right"))
    return np.searchsorted(rows, left), np.searchsorted(rows, right)


def _sharing(
    work: Work, folder: str, rows: np.ndarray, shared: dict[str, list[str]]
) -> Iterator[Edges]:
    for name, fields in shared.items():
        places = work.get(f"{folder}/at/golden/{name}")["place"].to_numpy()
        first = np.searchsorted(rows, places)
        for field in set(fields) & set(work.columns(f"{folder}/golden/{name}")):
            values = work.get(f"{folder}/golden/{name}", [field])[field].combine_chunks()
            codes = values.dictionary_encode().indices
            held = np.flatnonzero(codes.is_valid().to_numpy(zero_copy_only=False))
            code = codes.drop_null().to_numpy()
            order = np.argsort(code, kind="stable")
            yield _alike(code[order], first[held[order]])


def _alike(values: np.ndarray, rows: np.ndarray) -> Edges:
    """Each row with the first one of its value. `values`: in order."""
    starts = np.append(True, values[1:] != values[:-1])[: len(values)]
    first = np.flatnonzero(starts)[np.cumsum(starts) - 1]
    other = np.flatnonzero(~starts)
    return rows[first[other]], rows[other]
