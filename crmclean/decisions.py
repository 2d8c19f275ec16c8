"""crmclean.state/: what people decided and what must stay the same from month to month.

The folder stands beside the project, outside OUT, and is append-only: one file of JSON lines per
kind, so that it can be read, diffed and kept in version control. The last entry on a subject wins.

Kinds and what an entry holds:

    pairs     object, left, right (fingerprints), verdict same | different, seen (hash, see `seen`)
    owners    object, record (fingerprint), owner: who keeps a customer that several people claim
    values    object, golden, field, value, seen: filled gaps (`seen`: a hash of the record's name)
    codes     object, golden, field, value: codes given by a `sequence`, given again next month
    golden    object, golden, records (fingerprints): ids of golden records of published runs
    pilots    object, pilot: a digest of pilot files that were found right in the CRM
    weights   object, frozen weights and frequencies of duplicate detection

A record is named by its fingerprint (`identity.py`), never by its row.
"""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc


class State:
    """The state folder of a project; it need not exist before the first `append`."""

    def __init__(self, folder: Path) -> None:
        self.folder = Path(folder)
        self._read: dict[str, tuple[tuple[int, int], list[dict[str, Any]]]] = {}

    def __reduce__(self) -> tuple:
        return State, (self.folder,)

    def entries(self, kind: str) -> list[dict[str, Any]]:
        """All entries of a kind, oldest first. ValueError where a line is not a JSON object. A file
        that did not change is read once: every object asks for the ids of a million records."""
        path = self.folder / f"{kind}.jsonl"
        if not path.is_file():
            return []
        stamp = path.stat().st_mtime_ns, path.stat().st_size
        if self._read.get(kind, (None, None))[0] != stamp:
            lines = path.read_text(encoding="utf-8").splitlines()
            found = [_entry(one, path, n) for n, one in enumerate(lines, 1) if one.strip()]
            self._read[kind] = stamp, found
        return list(self._read[kind][1])

    def append(self, kind: str, entries: list[dict[str, Any]]) -> None:
        """Write entries at the end of a kind's file, all in one write."""
        self.write(kind, as_lines(entries))

    def write(self, kind: str, lines: str) -> None:
        """The same of entries that are lines already."""
        if not lines:
            return
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with (self.folder / f"{kind}.jsonl").open("a", encoding="utf-8", newline="\n") as file:
            file.write(lines)


def as_lines(entries: list[dict[str, Any]]) -> str:
    """Entries as they stand in the file of their kind."""
    encode = json.JSONEncoder(ensure_ascii=False, sort_keys=True).encode
    return "".join(encode(one) + "\n" for one in entries)


def _entry(line: str, path: Path, number: int) -> dict[str, Any]:
    try:
        entry = json.loads(line)
    except json.JSONDecodeError as error:
        raise ValueError(f"{path.name}, line {number}: {error.msg}") from error
    if not isinstance(entry, dict):
        raise ValueError(f"{path.name}, line {number}: not an object")
    return entry


def asked(pairs: pa.Table, crosswalk: pa.Table) -> tuple[pa.Table, np.ndarray]:
    """The pairs that a person is asked about, and the numbers of the two golden records of each: the
    first of the pairs between the same two, which stands for the others. `pairs`: those of one
    object that are open; `crosswalk`: that of the object."""
    golden = crosswalk["golden"].combine_chunks().dictionary_encode().indices
    records = crosswalk["record"].combine_chunks()
    at = [pc.index_in(pairs[side].combine_chunks(), records) for side in ("left", "right")]
    ends = np.sort(np.column_stack([golden.take(rows).to_numpy() for rows in at]), axis=1)
    first = np.sort(np.unique(ends, axis=0, return_index=True)[1])
    return pairs.take(pa.array(first)), ends[first]
