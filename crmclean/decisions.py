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

A record is named by its **fingerprint**, never by its row, because next month's file has other
rows: the source system and the legacy code where that code is one record's in the system, else a hash
of what identifies the record and a counter for identical rows (design.md 4). The 64-bit hash is the
keyed SipHash of pandas (`pandas.util.hash_array`), which is fixed across platforms and releases.
"""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from crmclean.plan import Plan
from crmclean.tables import sources_of

if TYPE_CHECKING:
    from crmclean.run import Work

#: What identifies a record of each object, beside its code. The customer of a child is told by its
#: golden id (`under`): that stays when the customer gets another name.
IDENTITY = {
    "customer": ("name", "uscc", "phone", "address", "email"),
    "contact": ("name", "mobile", "phone", "email", "customer"),
    "lead": ("name", "customer", "contact", "mobile", "obtained_at"),
    "follow_up": ("customer", "by", "at", "content"),
    "opportunity": ("name", "customer", "amount", "expected_close"),
}
#: What a decision about two records rests on: with another address or telephone they are still the
#: ones that were decided on.
DECIDED_ON = {
    **IDENTITY,
    "customer": ("name", "uscc"),
    "contact": ("name", "mobile", "customer"),
}
_SEPARATOR = "\x1f"


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


def under(children: pa.Table, customers: pa.Array) -> pa.Table:
    """Children with the golden id of their customer in place of its name. `customers`: null where
    none was found, then it is told as the source does."""
    given = children["customer"].combine_chunks()
    place = children.column_names.index("customer")
    return children.set_column(place, "customer", pc.coalesce(customers, given))


def named(work: "Work", object: str) -> pa.Table:
    """The records of a run as fingerprints and `seen` are made of them."""
    records = work.get(f"records/{object}")
    if object == "customer" or not work.has(f"golden/{object}"):
        return records
    crosswalk = work.get("crosswalk", ["record", "golden"])
    golden = work.get(f"golden/{object}", ["golden", "customer_golden"])
    mine = _found(records["record"], crosswalk["record"], crosswalk["golden"])
    return under(records, _found(mine, golden["golden"], golden["customer_golden"]))


def _found(wanted: pa.ChunkedArray, keys: pa.ChunkedArray, values: pa.ChunkedArray) -> pa.Array:
    at = pc.index_in(wanted, keys.combine_chunks())
    found = values.combine_chunks().take(at)
    return found.combine_chunks() if isinstance(found, pa.ChunkedArray) else found


def fingerprints(records: pa.Table, object: str, plan: Plan) -> pa.Array:
    """One stable text per record: `system:code`, or `system#hash.n` where there is no code or several
    share it. Copies of a record (an export may hold every row twice) have `system:code#n`, so that the
    first is still who it was. `records`: children `under` their customers."""
    codes = coded(records, plan)
    rest = pa.array(_repeated(codes))
    if not pc.any(rest).as_py():
        return codes
    those = records.filter(rest)
    base, own = _hashed(those, object, plan), codes.filter(rest)
    counted = _numbered(base, _before(base), ".")
    copies = pa.array(_of_one(own, seen(those, object)))
    copied = pc.if_else(pa.array(_before(own) > 0), _numbered(own, _before(own), "#"), own)
    return pc.replace_with_mask(codes, rest, pc.if_else(copies, copied, counted))


def stems(records: pa.Table, object: str, plan: Plan) -> list[pa.Array]:
    """What the fingerprint of each record is, or begins with, whatever other records there are."""
    return [coded(records, plan), _hashed(records, object, plan)]


def coded(records: pa.Table, plan: Plan) -> pa.Array:
    """System and code of each record, null without a code."""
    return _joined([_systems(records["record"], plan), _column(records, "code")], ":")


def _hashed(records: pa.Table, object: str, plan: Plan) -> pa.Array:
    return _joined([_systems(records["record"], plan), hashes(records, IDENTITY[object])], "#")


def seen(records: pa.Table, object: str) -> pa.Array:
    """A hash of the values that a decision about each record was taken on."""
    return hashes(records, DECIDED_ON[object])


def hashes(records: pa.Table, fields: tuple[str, ...]) -> pa.Array:
    """A 64-bit hash, as decimal text, of some fields of each record; null counts as a value."""
    texts = [pc.fill_null(_column(records, field), "") for field in fields]
    return pc.cast(pa.array(hashed(_joined(texts, _SEPARATOR))), pa.string())


def hashed(values: pa.Array) -> np.ndarray:
    """A 64-bit hash of each text (null as ""), the same on every platform and in every run."""
    from pandas.util import hash_array

    # as bytes, which are hashed as they are
    texts = pc.fill_null(values, "").cast(pa.binary()).to_numpy(zero_copy_only=False)
    return hash_array(texts, categorize=False)


def _systems(records: pa.ChunkedArray, plan: Plan) -> pa.Array:
    """The source system of each record; a source without one is named by its project entry."""
    names = pa.array(
        [None, *(source.system or f"sources[{source.entry}]" for source in plan.sources)],
        pa.string(),
    )
    return names.take(sources_of(records.combine_chunks()))


def _column(records: pa.Table, field: str) -> pa.Array:
    if field not in records.column_names:
        return pa.nulls(records.num_rows, pa.string())
    return records[field].combine_chunks()


def _joined(texts: list[pa.Array], separator: str) -> pa.Array:
    return pc.binary_join_element_wise(*texts, separator)


def _codes(values: pa.Array) -> np.ndarray:
    return pc.fill_null(values.dictionary_encode().indices, -1).to_numpy(zero_copy_only=False)


def _repeated(values: pa.Array) -> np.ndarray:
    """Which values are null or stand more than once."""
    codes = _codes(values)
    counts = np.bincount(codes + 1, minlength=1)
    counts[0] = 2
    return counts[codes + 1] > 1


def _of_one(codes: pa.Array, records: pa.Array) -> np.ndarray:
    """Whether each code stands for one record only, though several times."""
    code, record = _codes(codes), _codes(records)
    first = np.zeros(code.max(initial=-1) + 2, np.int64)
    first[code] = record
    several = np.zeros(len(first), bool)
    several[code[record != first[code]]] = True
    return (code >= 0) & ~several[code]


def _numbered(texts: pa.Array, numbers: np.ndarray, separator: str) -> pa.Array:
    return _joined([texts, pc.cast(pa.array(numbers), pa.string())], separator)


def _before(values: pa.Array) -> np.ndarray:
    """For each value: how many equal ones stand before it."""
    codes = _codes(values)
    order = np.argsort(codes, kind="stable")
    starts = np.flatnonzero(np.diff(codes[order], prepend=-2))
    sizes = np.diff(starts, append=len(codes))
    before = np.empty(len(codes), np.int64)
    before[order] = np.arange(len(codes)) - np.repeat(starts, sizes)
    return before


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
