"""A table that is kept as what is different from a former one reads as if it had been written whole."""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmclean import tables
from crmclean.check.issues import groups
from crmclean.run import Work, cache
from crmclean.run.grouped import grouped
from crmclean.run.kept import Kept
from crmclean.run.over import Over, woven

#: How many rows of the table come of each source row.
COUNTS = st.lists(st.integers(0, 3), min_size=1, max_size=12)
FATES = st.lists(st.sampled_from(["kept", "kept", "kept", "gone", "new before"]), min_size=12)


def issues(source: int, rows: list[int], counts: list[int], mark: str, bare: int = 1) -> pa.Table:
    """Issues of some rows; those of even numbers (`bare`: odd ones) have no record."""
    row = pa.array(np.repeat(rows, counts).astype(np.int64))
    record = tables.record_ids(source, row, part=1)
    record = pa.array(record.to_numpy(), mask=row.to_numpy() % 2 == bare)
    value = [f"{mark}{n}" for n in range(len(row))]
    columns = {"source": source, "row": row, "record": record, "value": value, "code": mark}
    return tables.table(tables.ISSUES, columns)


@pytest.fixture(scope="module")
def work(tmp_path_factory) -> Work:
    return Work(tmp_path_factory.mktemp("work"))


@settings(max_examples=60, deadline=None)
@given(counts=COUNTS, fates=FATES, source=st.integers(1, 3))
def test_a_table_of_slices_reads_as_a_whole_one(work: Work, counts, fates, source) -> None:
    before = issues(1, list(range(2, 2 + len(counts))), counts, "old")
    parts, pairs, new, at = [], [], [], 2
    for place, (count, fate) in enumerate(zip(counts, fates, strict=False)):
        if fate == "new before":
            new.append(issues(source, [at], [2], "new"))
            parts.append(new[-1])
            at += 1
        if fate != "gone":
            pairs.append((place + 2 | 1 << tables.ROW_BITS, at | source << tables.ROW_BITS))
            own = issues(source, [at], [count], "old", bare=(at + place + 1) % 2)
            first = sum(counts[:place])
            value = before["value"].slice(first, count)
            parts.append(own.set_column(8, "value", value))
            at += 1
    then, now = np.array(pairs, np.int64).reshape(-1, 2).T
    whole = pa.concat_tables([before.slice(0, 0), *parts])
    added = pa.concat_tables([before.slice(0, 0), *new])
    work.put("former", before)
    kept = Kept.of(then, now)
    slices = woven(kept, [(cache.places(before), 0, cache.places(added), 0)], len(before))
    work.put_over("now", "former", added, Over(kept, slices))
    assert work.get("now") == whole
    assert work.get("now", ["row"]) == whole.select(["row"])
    assert pa.concat_tables([before.slice(0, 0), *work.batches("now")]) == whole
    assert work.head("now", 3) == whole[:3]
    assert work.filled("now")[1]["record"] == len(whole) - whole["record"].null_count
    work.put_over("issues/clean", "former", added, Over(kept, slices))
    over = groups(grouped(work, keep=True))
    assert groups(grouped(work, keep=True)) == over  # by the numbers that were kept
    work.put("issues/clean", whole)
    assert groups(grouped(work, keep=True)) == over
    assert sum(entry["count"] for entry in over) == len(whole)
    work.link("now", "copy")
    work.put("former", added)
    assert work.get("now") == whole == work.get("copy")
    work.put("now", added)
    assert work.get("now") == added


def test_rows_keep_their_places_in_runs() -> None:
    kept = Kept.of(np.array([5, 6, 9, 10]), np.array([7, 8, 9, 10]))
    assert kept.count.tolist() == [2, 2]
    assert [one.tolist() for one in kept.rows()] == [[5, 6, 9, 10], [7, 8, 9, 10]]
    assert kept.moved(np.array([6, 9])).tolist() == [8, 9]
    assert kept.is_most_of(4) and not kept.is_most_of(6)
    again = Kept.of_growing(np.array([5, -1, 9, 6, 10]), np.array([2, 3, 4, 5, 6]))
    assert list(zip(*(one.tolist() for one in again.rows()), strict=True)) == [
        (5, 2),
        (6, 5),
        (10, 6),
    ]


def test_one_row_in_another_place_leaves_the_others_what_they_are() -> None:
    then = np.array([1, 2, 900, *range(3, 900), *range(901, 1000), 50])
    kept = Kept.of_growing(then, np.arange(len(then)))
    assert kept.rows()[0].tolist() == [*range(1, 900), *range(901, 1000)]
    swapped = np.array([*range(100, 300), *range(100)])
    assert Kept.of_growing(swapped, np.arange(300)).rows()[0].tolist() == [*range(100, 300)]


def test_rows_that_two_sources_share_are_not_told_by_runs() -> None:
    one, two = Kept.of(np.arange(5), np.arange(5)), Kept.of(np.arange(3), np.arange(10, 13))
    assert not Kept.together([one, two]).is_most_of(8)
