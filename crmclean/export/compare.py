"""Rows that the CRM holds against rows that were sent: which cells differ, and how.

Equal rows are taken out first, as multisets over whole rows: counts, sums or single columns would
miss values that changed places. What is left is matched by key and reported as lost, extra,
doubled, changed, truncated, blanked or added.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from operator import eq
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from crmclean.export.cells import by_distinct
from crmclean.headings import plain
from crmclean.templates import ObjectTemplate

KINDS = ("lost", "extra", "doubled", "changed", "truncated", "blanked", "added")
Row = tuple[str | None, ...]
SEPARATOR, NULL = "\x1f", "\x00"
ISO = re.compile(r"\d{4}-\d{2}-\d{2} \d{2}:\d{2}(:\d{2})?")
DECIMAL = re.compile(r"\d+\.0+")


@dataclass(frozen=True)
class Difference:
    """One finding: `kind`, the key of the row, and for a cell its heading and both values."""

    kind: str
    key: str
    column: str = ""
    sent: str | None = None
    found: str | None = None


@dataclass
class Verified:
    """`rows`: how many the CRM's file has; `found`: of those that were sent, how many are in the CRM.
    `right`: nothing that was sent is lost, doubled or different (rows that the CRM had before
    are extra and do no harm). For an error file `failed` counts its rows and `retry` names the
    file to import again."""

    object: str
    sent: int
    rows: int
    differences: list[Difference] = field(default_factory=list)
    failed: int = 0
    reasons: dict[str, int] = field(default_factory=dict)
    retry: Path | None = None
    report: Path | None = None

    @property
    def counts(self) -> dict[str, int]:
        tally = Counter(each.kind for each in self.differences)
        return {kind: tally[kind] for kind in KINDS}

    @property
    def found(self) -> int:
        return self.sent - self.failed - self.counts["lost"]

    @property
    def right(self) -> bool:
        return not self.failed and all(each.kind == "extra" for each in self.differences)


def compare(
    headings: list[str], body: Sequence[Row], sent: pa.Table, spec: ObjectTemplate
) -> Verified:
    """The rows of an export against the sent table, on the columns that both have."""
    places = {plain(text): n for n, text in enumerate(headings) if text}
    shared = [h for h in sent.column_names if plain(h) in places]
    there = list(zip(*body, strict=True)) if body else [()] * len(headings)
    want = [neutral(sent[h].combine_chunks()) for h in shared]
    have = [neutral(pa.array(there[places[plain(h)]], pa.string())) for h in shared]
    result = Verified(spec.object, sent.num_rows, len(body))
    if not shared:
        return result
    missing, surplus = _unequal(joined(want), joined(have))
    key = key_of(shared, spec)
    known = _known(joined([pc.utf8_lower(want[n]) for n in key]), surplus, key)
    result.differences = list(_differences(missing, surplus, known, key, shared))
    return result


def _unequal(want: pa.Array, have: pa.Array) -> tuple[list[Row], list[Row]]:
    """What is left of both after equal rows are taken out, each as often as it stands there."""
    signs = np.concatenate([np.ones(len(want), np.int64), -np.ones(len(have), np.int64)])
    both = pa.table({"row": pa.concat_arrays([want, have]), "n": signs})
    left = both.group_by("row", use_threads=False).aggregate([("n", "sum")])
    left = left.filter(pc.not_equal(left["n_sum"], 0)).to_pylist()
    missing = [_row(each["row"]) for each in left for _ in range(each["n_sum"])]
    surplus = [_row(each["row"]) for each in left for _ in range(-each["n_sum"])]
    return missing, surplus


def _differences(
    missing: list[Row], surplus: list[Row], known: set[Row], key: list[int], shared: list[str]
) -> Iterator[Difference]:
    """Rows of one key are compared cell by cell, the most alike with one another."""
    expected, there = _by_key(missing, key), _by_key(surplus, key)
    for named in sorted(expected.keys() | there.keys(), key=str):
        gone, new = expected.get(named, []), there.get(named, [])
        shown = " · ".join(value or "" for value in named)
        while gone and new:
            row = gone.pop(0)
            other = max(new, key=lambda each: sum(map(eq, row, each)))
            new.remove(other)
            for heading, sent, found in zip(shared, row, other, strict=True):
                if sent != found:
                    yield Difference(_kind(sent, found), shown, heading, sent, found)
        yield from (Difference("lost", shown) for _ in gone)
        yield from (Difference("doubled" if named in known else "extra", shown) for _ in new)


def _known(keys: pa.Array, surplus: list[Row], key: list[int]) -> set[Row]:
    """Which of the surplus rows have a key that was sent."""
    asked = sorted({_named(row, key) for row in surplus}, key=str)
    texts = pa.array(
        [SEPARATOR.join(NULL if v is None else v for v in each) for each in asked], pa.string()
    )
    found = pc.is_in(texts, keys).to_pylist()
    return {each for each, is_there in zip(asked, found, strict=True) if is_there}


def _by_key(rows: list[Row], key: list[int]) -> dict[Row, list[Row]]:
    found: dict[Row, list[Row]] = defaultdict(list)
    for row in rows:
        found[_named(row, key)].append(row)
    return found


def _named(row: Row, key: list[int]) -> Row:
    return tuple(row[n] and row[n].lower() for n in key)


def joined(columns: list[pa.Array]) -> pa.Array:
    """Each row as one text."""
    return pc.binary_join_element_wise(*[pc.fill_null(c, NULL) for c in columns], SEPARATOR)


def _row(joined: str) -> Row:
    return tuple(None if cell == NULL else cell for cell in joined.split(SEPARATOR))


def _kind(sent: str | None, found: str | None) -> str:
    if sent is None:
        return "added"
    if found is None:
        return "blanked"
    return "truncated" if sent.startswith(found) else "changed"


def key_of(shared: list[str], spec: ObjectTemplate) -> list[int]:
    """The columns that name a row: our own id, else a code, else names and what they belong to."""
    by_field = {c.field or c.form: n for n, h in enumerate(shared) for c in spec.columns
                if plain(c.heading) == plain(h)}  # fmt: skip
    for choice in (("id",), ("name", "customer"), ("name",), ("customer", "at"), ("customer",)):
        if all(name in by_field for name in choice):
            return [by_field[name] for name in choice]
    return [0]


def neutral(values: pa.Array) -> pa.Array:
    """Values as what they mean, whatever form a CRM gives them."""
    return by_distinct(values, _meaning)


def _meaning(value: str) -> str | None:
    """A cell without what every CRM may write differently and means the same: line ends, a time
    of midnight, seconds of zero, zeros behind the decimal point.

    >>> _meaning("2025-03-01 00:00:00"), _meaning("500.00"), _meaning("0500")
    ('2025-03-01', '500', '0500')
    """
    if ISO.fullmatch(value):
        value = value.removesuffix(":00") if len(value) == 19 else value
        return value.removesuffix(" 00:00")
    if DECIMAL.fullmatch(value):
        return value.partition(".")[0]
    return value.replace("\r\n", "\n").replace("\r", "\n") or None
