"""How many records held each value or key when the weights were learned.

Kept in the state, so that a common surname stays as common as it was until `dedupe --retrain`, and
next month's weights do not move under decisions of this month. Only what more than `few` records
held is listed, and only its hash; anything else counts as held by `few`, what is new too.
"""

import zlib
from base64 import b64decode, b64encode
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Held:
    """`hashes` (in order) and `counts` of what is listed; `total`: all records that held any."""

    few: int
    hashes: np.ndarray
    counts: np.ndarray
    total: int = 0

    @classmethod
    def of(cls, hashes: np.ndarray, counts: np.ndarray, few: int, total: int = 0) -> "Held":
        """From the hashes and counts of all; those of few are left out."""
        kept = np.flatnonzero(counts > few)
        hashes, first = np.unique(hashes[kept], return_index=True)
        return cls(few, hashes, counts[kept[first]].astype(np.int64), total)

    def counts_of(self, hashes: np.ndarray) -> np.ndarray:
        """How many records count as holding each."""
        if not len(self.hashes):
            return np.full(len(hashes), self.few)
        at = np.minimum(np.searchsorted(self.hashes, hashes), len(self.hashes) - 1)
        return np.where(self.hashes[at] == hashes, self.counts[at], self.few)

    def entry(self) -> dict:
        """As it stands in the state."""
        steps = np.diff(self.hashes, prepend=np.uint64(0)).astype("<u8")
        counts = self.counts.astype("<u4")
        return {
            "few": self.few,
            "total": self.total,
            "hashes": b64encode(zlib.compress(steps.tobytes())).decode("ascii"),
            "counts": b64encode(zlib.compress(counts.tobytes())).decode("ascii"),
        }

    @classmethod
    def from_entry(cls, entry: dict) -> "Held":
        steps, counts = (
            np.frombuffer(zlib.decompress(b64decode(entry[name])), kind)
            for name, kind in (("hashes", "<u8"), ("counts", "<u4"))
        )
        hashes = np.cumsum(steps, dtype=np.uint64)
        return cls(entry["few"], hashes, counts.astype(np.int64), entry["total"])
