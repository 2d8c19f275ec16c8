"""`crmclean explain A B`: what speaks for and against two records being one, in words."""

from collections.abc import Callable
from pathlib import Path

import pyarrow.parquet as pq

from crmclean.plan import Plan


def rows_of(folder: Path, verdict: str) -> list[str]:
    """The two rows of the first pair of customers with this verdict, as people name them."""
    pairs = pq.read_table(folder / "out" / "tables" / "pairs.parquet").to_pylist()
    plan = Plan.from_json((folder / "out" / "tables" / "sources.json").read_text("utf-8"))
    pair = next(p for p in pairs if p["object"] == "customer" and p["verdict"] == verdict)
    return [plan.where(pair[side]) for side in ("left", "right")]


def test_a_pair_is_told_level_by_level_and_adds_up(sample_run: Path, cli: Callable) -> None:
    done = cli("explain", *rows_of(sample_run, "match"), "-o", "out", cwd=sample_run)
    lines = [line.split(maxsplit=1) for line in done.stdout.splitlines() if line.startswith("    ")]
    end = next(n for n, (_, words) in enumerate(lines) if words.startswith("合计"))
    *each, total = [float(bits) for bits, _ in lines[: end + 1]]
    assert abs(sum(each) - total) < 0.1 * len(each)
    assert any(words.startswith("名称: ") for _, words in lines)


def test_two_strangers_are_weighed_too(sample_run: Path, cli: Callable) -> None:
    one = rows_of(sample_run, "match")[0]
    other = rows_of(sample_run, "review")[0]
    done = cli("explain", one, other, "-o", "out", cwd=sample_run)
    assert done.returncode == 0
    assert "没有比较过" in done.stdout and "合计" in done.stdout


def test_a_record_is_named_by_its_code_or_by_its_golden_id(sample_run: Path, cli: Callable) -> None:
    tables = sample_run / "out" / "tables"
    plan = Plan.from_json((tables / "sources.json").read_text("utf-8"))
    records = pq.read_table(tables / "records_customer.parquet").to_pylist()
    coded = next(r for r in records if r["code"] and plan.where(r["record"]).startswith("erp"))
    by_code = cli("explain", f"ERP:{coded['code']}", "-o", "out", cwd=sample_run).stdout
    by_place = cli("explain", plan.where(coded["record"]), "-o", "out", cwd=sample_run).stdout
    assert by_code == by_place
    crosswalk = pq.read_table(tables / "crosswalk.parquet").to_pylist()
    merged = next(r for r in crosswalk if r["end"] == "merged")["golden"]
    told = cli("explain", merged, "-o", "out", cwd=sample_run).stdout.splitlines()
    rows = {plan.where(r["record"]) for r in crosswalk if r["golden"] == merged}
    assert rows == {line.rpartition(" (")[0] for line in told if line.endswith("(数据行)")}


def test_a_record_that_is_not_there_is_told(sample_run: Path, cli: Callable) -> None:
    for named in ("ERP:no such code", "erp_customers.csv!999999", "C0000000000000000"):
        done = cli("explain", named, "-o", "out", "--lang", "en", cwd=sample_run)
        assert done.returncode == 2
        assert "RECORD_UNKNOWN" in done.stderr
