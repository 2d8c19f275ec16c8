"""A row of cells as 128 bits, to recognise it next month wherever it stands.

Two keyed SipHashes (those of `pandas.util.hash_array`, the same on every platform and in every
release): two different rows of a billion look alike with a chance of 1 in 10^20. Cells that are
null or empty, and missing cells at the end, are the same: mapping sees no difference either.
"""

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

DIGEST = pa.binary(16)
KEYS = ("crmclean row one", "crmclean row two")
_SEPARATOR = "\x1f"


def digests(columns: Sequence[pa.Array], count: int) -> pa.Array:
    """The digest of each of `count` rows. A cell that holds the separator itself could make two
    rows look alike: such a row has none (null)."""
    if not columns:
        return pa.nulls(count, DIGEST)
    joined = columns[0]
    if len(columns) > 1:
        joined = pc.binary_join_element_wise(
            *columns, _SEPARATOR, null_handling="replace", null_replacement=""
        )
    bare = pc.fill_null(pc.ascii_rtrim(joined, _SEPARATOR), "").cast(pa.binary())
    plain = _plain(joined, len(columns) - 1)
    return pa.Array.from_buffers(DIGEST, count, [plain, _packed(bare)])


def of_texts(texts: pa.Array) -> pa.Array:
    """The digest of each text (binary, none is null)."""
    return pa.Array.from_buffers(DIGEST, len(texts), [None, _packed(texts)])


def _packed(texts: pa.Array) -> pa.Buffer:
    from pandas.util import hash_array

    each = texts.to_numpy(zero_copy_only=False)
    both = [hash_array(each, hash_key=key, categorize=False) for key in KEYS]
    return pa.py_buffer(np.column_stack(both).tobytes())


def _plain(joined: pa.Array, separators: int) -> pa.Buffer | None:
    """A bitmap of the rows without a separator in a cell; None where that is all of them. The bytes
    of the whole batch are counted first: nearly always that is enough."""
    text = np.frombuffer(joined.buffers()[2] or b"", np.uint8)
    offsets = np.frombuffer(joined.buffers()[1], np.int32)[joined.offset :][: len(joined) + 1]
    if np.count_nonzero(text[offsets[0] : offsets[-1]] == ord(_SEPARATOR)) == (
        separators * len(joined)
    ):
        return None
    plain = pc.equal(pc.count_substring(joined, _SEPARATOR), separators)
    return pc.fill_null(plain, True).buffers()[1]


class Index:
    """Where each of some digests stands."""

    def __init__(self, known: pa.Array) -> None:
        self._pairs = _pairs(known)
        self._order = np.argsort(self._pairs[:, 0], kind="stable")
        self._sorted = self._pairs[self._order, 0]

    def find(self, wanted: pa.Array) -> np.ndarray:
        """For each digest the first place where it stands, -1 for none."""
        if not len(self._order):
            return np.full(len(wanted), -1)
        pairs = _pairs(wanted)
        at = np.searchsorted(self._sorted, pairs[:, 0])
        place = self._order[np.minimum(at, len(self._order) - 1)]
        same = (self._pairs[place] == pairs).all(axis=1)
        return np.where(same & wanted.is_valid().to_numpy(zero_copy_only=False), place, -1)


def _pairs(digest: pa.Array) -> np.ndarray:
    """Each digest as two numbers."""
    packed = digest.buffers()[1]
    whole = np.frombuffer(packed if packed is not None else b"", np.uint64).reshape(-1, 2)
    return whole[digest.offset :][: len(digest)]
