"""What a whole run keeps of itself, so that a refresh can take over what a change does not reach.

Kept in OUT/.work/last/deduped: the source rows, which keys and ties they have
(sorted, so that who shares one is found by binary search), and the tables that came of them. It is
a cache: made from the program, the project and the state, valid only while those are as they were
or have grown by what this very run wrote down in the state. A refresh leaves it as it is: next
month's rows are compared with it again, until so many have changed that all is done anew.
"""

import hashlib
import json
import zlib
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from crmclean.decisions import as_lines
from crmclean.dedupe import ids
from crmclean.dedupe.blocks import RECORD_BITS
from crmclean.dedupe.job import Job
from crmclean.run import Work
from crmclean.run.cache import known_keys
from crmclean.run.gather import some
from crmclean.run.keys import key
from crmclean.run.numbers import distinct, ranges
from crmclean.tables import PART_BITS

FOLDER = "last/deduped"
#: What the state says that a run depends on, beside weights: entries are only ever added.
SAID = ("golden", "pairs", "owners", "values")


@dataclass(frozen=True)
class Base:
    """`places`: every source row with records; `moved`: how far decisions moved the
    weights; `published`: whether the state holds what publishing that run wrote down; `later`: its
    entries on golden ids since then; `filled`: those on values; `today`: the day of today then."""

    work: Work
    places: np.ndarray
    moved: float
    published: bool
    later: list[dict]
    filled: list[dict]
    today: str | None

    def table(self, name: str) -> pa.Table:
        return self.work.get(f"{FOLDER}/{name}")

    @property
    def said(self) -> list[dict]:
        """What the state may say otherwise of golden ids than when the tables were made."""
        own = "" if self.published else self.work.get_text(f"{FOLDER}/golden.jsonl") or ""
        return [*_entries(own.encode()), *self.later]

    def known(self, object: str, prints: pa.Array) -> pa.Table:
        """What the state knows of the golden ids of some fingerprints (`ids.KNOWN`)."""
        kept = [self.table(f"known/{object}")]
        kept += [self.table(f"given/{object}")] if self.published else []
        found = (one.filter(pc.is_in(one["print"], value_set=prints)) for one in kept)
        return pa.concat_tables([*found, ids.known(object, self.later)])

    def records(self, objects: list[str], rows: np.ndarray) -> dict[str, pa.Table]:
        """The records of some of its rows, in their order."""
        found = {}
        for name in objects:
            with self.work.mapped(f"{FOLDER}/records/{name}") as own:
                found[name] = of_rows(own, rows)
        return found

    def having(self, name: str, hashes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """(which of the hashes, who) for everybody who has one of them."""
        place = f"{FOLDER}/{name}"
        if not len(hashes):
            return np.zeros(0, np.int64), np.zeros(0, np.int64)
        wanted = packed(hashes, np.uint64(0))
        with self.work.mapped(place) as table:
            held = table["packed"].combine_chunks().to_numpy()
            start = np.searchsorted(held, wanted)
            count = (
                np.searchsorted(held, wanted + np.uint64((1 << RECORD_BITS) - 1), "right") - start
            )
            at = np.repeat(start - np.cumsum(count) + count, count) + np.arange(count.sum())
            who = (held[at] & np.uint64((1 << RECORD_BITS) - 1)).astype(np.int64)
        return np.repeat(np.arange(len(hashes)), count), who


def key_file(kind: str) -> str:
    """Where the keys of a kind are kept."""
    return f"keys/{zlib.crc32(kind.encode()):08x}"


def packed(hashes: np.ndarray, who: np.ndarray | np.uint64) -> np.ndarray:
    """Hash and number in one number."""
    return hashes << np.uint64(RECORD_BITS) | who


def finish(
    work: Work, job: Job, weights: dict, golden: list[dict], moved: float, today: str | None
) -> None:
    """All else is kept. `weights`: the entry that is frozen; `golden`: those that publishing will
    write down; `moved`: how far decisions moved the weights; `today`: the day of today."""
    text = as_lines(golden)
    work.put_text(f"{FOLDER}/golden.jsonl", text)
    told = {
        "made_from": _made_from(work, job),
        "weights": _digest(as_lines([weights]).encode()),
        "moved": moved,
        "today": today,
        "published": _stamp(_bytes(job, "golden") + text.encode()),
        **{kind: _stamp(_bytes(job, kind)) for kind in SAID},
    }
    work.put_text(f"{FOLDER}/base.json", json.dumps(told, indent=1))


def read(work: Work, job: Job) -> Base | None:
    """What the last whole run kept, where it still holds."""
    told = json.loads(work.get_text(f"{FOLDER}/base.json") or "{}")
    weights = _digest(as_lines(job.state.entries("weights")[-1:]).encode())
    named = job.project.dedupe.never or job.project.dedupe.always  # by numbers of rows
    if job.retrain or named or told.get("made_from") != _made_from(work, job):
        return None
    data = {kind: _bytes(job, kind) for kind in SAID}
    later = {kind: _after(data[kind], told[kind]) for kind in SAID}
    if told["weights"] != weights or None in later.values():
        return None
    since = _after(data["golden"], told["published"])
    places = work.get(f"{FOLDER}/rows")["place"].to_numpy()
    at_last = later["golden"] if since is None else since
    kept = told["moved"], since is not None, _entries(at_last), _entries(later["values"])
    return Base(work, places, *kept, told["today"])


def _made_from(work: Work, job: Job) -> str:
    """All that the stage depends on beside rows and state."""
    sources = [(s.number, s.entry, s.system, s.role, s.object) for s in job.plan.sources]
    registers = [s.sha256 for s in job.plan.sources if s.role == "authority"]
    cleaned = sorted(known_keys(work).items())
    texts = [
        job.project.model_dump_json(exclude={"gates"}),
        json.dumps([sources, registers, cleaned]),
    ]
    return key([*texts, job.made_from], [])


def _stamp(data: bytes) -> list:
    return [len(data), _digest(data)]


def _after(data: bytes, stamp: list) -> bytes | None:
    """What was written behind the data of a stamp; None where other data stands in their place."""
    size, digest = stamp
    return data[size:] if len(data) >= size and _digest(data[:size]) == digest else None


def rows_of(records: dict[str, pa.Table]) -> np.ndarray:
    """The source rows that records come from, in order."""
    places = [own["record"].to_numpy() >> PART_BITS for own in records.values() if own.num_rows]
    return distinct(np.concatenate(places)) if places else np.zeros(0, np.int64)


def of_rows(own: pa.Table, rows: np.ndarray) -> pa.Table:
    """The records of some source rows; both are in order."""
    record = own["record"].to_numpy()
    first = np.searchsorted(record, rows << PART_BITS)
    count = np.searchsorted(record, (rows + 1) << PART_BITS) - first
    return some(own, ranges(first, count))


def _entries(lines: bytes) -> list[dict]:
    return [json.loads(line) for line in lines.decode().splitlines()]


def _bytes(job: Job, kind: str) -> bytes:
    path = job.state.folder / f"{kind}.jsonl"
    return path.read_bytes() if path.is_file() else b""


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
