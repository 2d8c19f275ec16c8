"""Where the result put whole records, against the truth: see `score.py`."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from outcome import Result, truth


@dataclass
class Pairs:
    """Pairs on final clusters, transitive ones too: found, true, both, and proposed for review."""

    found: int
    true: int
    both: int
    proposed: int
    unknown: int


def pairs(result: Result, name: str) -> Pairs:
    """Pairs of records of one object that the tool put under one golden record, against the truth.

    A cluster that is held only because its records have different owners counts as found: the tool
    has said that they are one, a person decides whose they are. A pair that waits for review counts
    neither as found nor as wrong; true ones among them are reported apart (`proposed`). Records that
    the truth does not know (a second person split off a cell) are left out and counted."""
    owner = {
        (line["file"], line["row"]): line["contact_id"] or line["customer_id"]
        for line in truth("records")
        if line["object"] == name
    }
    crosswalk = result.table("crosswalk")
    crosswalk = crosswalk[crosswalk["object"] == name]
    ends = [
        (record, golden if isinstance(golden, str) else f"#{record}")
        for record, golden in zip(crosswalk["record"], crosswalk["golden"], strict=True)
    ]
    known = {
        r: (owner[result.place(r)], g) for r, g in ends if result.place(r) in owner and r & 255 == 0
    }
    people, goldens = zip(*known.values(), strict=True)
    apart = result.table("pairs").query("object == @name and verdict == 'review'")
    proposed = sum(
        known[left][0] == known[right][0] and known[left][1] != known[right][1]
        for left, right in zip(apart["left"], apart["right"], strict=True)
        if left in known and right in known
    )
    return Pairs(
        _pairs(goldens), _pairs(people), _pairs(known.values()), proposed, len(ends) - len(known)
    )


def _pairs(labels: Iterable) -> int:
    return sum(count * (count - 1) // 2 for count in Counter(labels).values())


def unaccounted_rows(result: Result) -> int:
    """Physical rows of the files that have no kind, data rows that no record came from, and records
    that do not have exactly one end."""
    expected, kinds = Counter(), truth("rows")
    for line in kinds:
        expected[line["file"]] += 1
    counted: Counter[str] = Counter()
    for source in result.sources.values():
        file = Path(source["path"]).name
        if any(line["file"] == file and line["sheet"] in ("", source["sheet"]) for line in kinds):
            counted[file] += sum(source["counts"].values())
    crosswalk = result.table("crosswalk")
    reached = {result.place(record) for record in crosswalk["record"]}
    data = {(line["file"], line["row"]) for line in kinds if line["kind"] == "data"}
    doubled = int(crosswalk.duplicated(["object", "record"]).sum() + crosswalk["end"].isna().sum())
    return sum(abs(expected[f] - counted[f]) for f in expected) + len(data - reached) + doubled


def follow_ups(result: Result) -> dict[str, int]:
    """Follow-ups by what became of them: attached to the golden record of the right customer,
    listed (an issue on the reference: nobody, or several), attached to a wrong customer (whether
    listed or not), or gone: neither. The last two are the lost children."""
    crosswalk = result.table("crosswalk").query("object == 'customer'")
    whose = {
        (r["file"], r["row"]): r["customer_id"]
        for r in truth("records")
        if r["object"] == "customer"
    }
    owners: dict[str, set[str]] = defaultdict(set)
    for record, golden in zip(crosswalk["record"], crosswalk["golden"], strict=True):
        owners[golden].add(whose.get(result.place(record), ""))
    children = result.table("golden_follow_up").set_index("record")["customer_golden"].to_dict()
    parent = {result.place(record): golden for record, golden in children.items()}
    ends: Counter[str] = Counter()
    for line in truth("follow_ups"):
        place = line["file"], line["row"]
        golden = parent.get(place)
        if isinstance(golden, str):
            ends["attached" if line["customer_id"] in owners[golden] - {""} else "wrong"] += 1
        else:
            listed = {(place, "customer"), (place, "follow_up.customer")} & result.flagged
            ends["listed" if listed else "gone"] += 1
    return {end: ends[end] for end in ("attached", "listed", "wrong", "gone")}
