"""Undoing a merge: the records stay apart from the next run on, and the CRM's part is listed."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from crmclean.plan import Plan
from crmclean.workbooks import reread


def test_an_unmerged_customer_stays_apart(sample_run: Path, tmp_path: Path, cli: Callable) -> None:
    folder = shutil.copytree(sample_run, tmp_path / "项目")
    crosswalk = pq.read_table(folder / "out" / "tables" / "crosswalk.parquet")
    merged = crosswalk.filter(
        pc.and_(pc.equal(crosswalk["object"], "customer"), pc.equal(crosswalk["end"], "merged"))
    )
    golden = merged["golden"][0].as_py()
    members = crosswalk.filter(pc.equal(crosswalk["golden"], golden))["record"].to_pylist()
    assert len(members) >= 2

    # the workbook speaks the language of the project, whatever the terminal does
    done = cli("unmerge", golden, "-o", "out", "--lang", "en", cwd=folder)
    assert done.returncode == 0, done.stderr
    rows = reread.cells(folder / "out" / f"unmerge-{golden}.xlsx")
    assert len(rows) > 2
    moved = [row for row in rows if row[0] == "移到"]
    assert moved and all(row[3] != row[4] or row[4] for row in moved)

    assert cli("run", "-o", "out", cwd=folder).returncode == 0
    after = pq.read_table(folder / "out" / "tables" / "crosswalk.parquet")
    mine = after.filter(pc.is_in(after["record"], pa.array(members)))
    mine = mine.filter(pc.equal(mine["object"], "customer"))
    assert len(set(mine["golden"].to_pylist())) == len(members)


def test_a_merge_is_named_by_one_of_its_rows(
    sample_run: Path, tmp_path: Path, cli: Callable
) -> None:
    folder = shutil.copytree(sample_run, tmp_path / "项目")
    crosswalk = pq.read_table(folder / "out" / "tables" / "crosswalk.parquet").to_pylist()
    merged = next(r for r in crosswalk if r["object"] == "customer" and r["end"] == "merged")
    plan = Plan.from_json((folder / "out" / "tables" / "sources.json").read_text("utf-8"))
    done = cli("unmerge", plan.where(merged["record"]), "-o", "out", cwd=folder)
    assert done.returncode == 0, done.stderr
    assert (folder / "out" / f"unmerge-{merged['golden']}.xlsx").is_file()


def test_what_was_never_merged_cannot_be_undone(sample_run: Path, cli: Callable) -> None:
    crosswalk = pq.read_table(sample_run / "out" / "tables" / "crosswalk.parquet").to_pylist()
    several = {r["golden"] for r in crosswalk if r["end"] == "merged"}
    alone = next(r["golden"] for r in crosswalk if r["golden"] not in several)
    for named, code in ((alone, "NOTHING_MERGED"), ("C0", "RECORD_UNKNOWN")):
        done = cli("unmerge", named, "-o", "out", cwd=sample_run)
        assert done.returncode == 2 and code in done.stderr
