"""The seven laws of design.md 3, on the samples and on generated sources, from the tables.

`crmclean/laws.py` checks what it can at the end of every run; these tests count again by other
means (pandas over the published tables) and need the second runs that a run cannot make.
"""

import csv
import io
import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crmclean import job as jobs
from crmclean import laws, model, pipeline, plan, tables
from crmclean.project import Project

FIELDS = {
    "customer.code": "编号", "customer.name": "客户名称", "customer.uscc": "税号",
    "customer.phone": "座机", "customer.created_at": "日期", "customer.annual_purchase": "采购额",
    "customer.owner": "业务员", "contact.name": "联系人", "contact.mobile": "手机",
    "contact.email": "邮箱", "customer.remark": "备注",
}  # fmt: skip


def published(out: Path) -> dict[str, bytes]:
    files = (p for p in sorted(out.rglob("*")) if p.is_file())
    inside = ((p.relative_to(out).as_posix(), p) for p in files)
    return {name: p.read_bytes() for name, p in inside if not name.startswith((".work", ".lock"))}


def table(out: Path, name: str) -> pd.DataFrame:
    return pd.read_parquet(out / "tables" / f"{name}.parquet")


# ── on the samples ──────────────────────────────────────────────────────────────────────────


def test_rows_are_conserved(sample_run: Path) -> None:
    """Law 1: each data row has a record, each record exactly one end."""
    out = sample_run / "out"
    read = plan.Plan.from_json((out / "tables/sources.json").read_text(encoding="utf-8"))
    crosswalk = table(out, "crosswalk")
    assert not crosswalk.duplicated(["object", "record"]).any()
    assert set(crosswalk["end"]) <= set(tables.ENDS)
    reached = {tables.unpack(record)[:2] for record in crosswalk["record"]}
    for source in read.sources:
        rows = pd.read_feather(out / f".work/rows/{source.number}.arrow", columns=["row", "kind"])
        data = rows.loc[rows["kind"] == "data", "row"]
        assert {(source.number, row) for row in data} <= reached
        assert rows["kind"].value_counts().to_dict() == {
            k: n for k, n in source.counts.items() if n
        }
    for name in tables.OBJECTS:
        records = table(out, f"records_{name}")["record"]
        ends = crosswalk.loc[crosswalk["object"] == name, "record"]
        assert sorted(records) == sorted(ends)


def test_columns_are_conserved(sample_run: Path) -> None:
    """Law 2: every filled field of a golden record stands in an import file, or is listed as not
    migrated."""
    out = sample_run / "out"
    listed = (out / "not_migrated.csv").read_text(encoding="utf-8-sig")
    templates = Path(__file__).resolve().parent.parent / "templates" / "wukong-11"
    for name in ("customer", "contact", "follow_up"):
        fields = model.shipped_model()[name].fields
        golden = table(out, f"golden_{name}")
        placed = (templates / f"{name}.yaml").read_text(encoding="utf-8")
        filled = [known for field, known in fields.items() if golden[field].notna().any()]
        lost = [
            f for f in filled if f"field: {f.name}," not in placed and f.label["zh"] not in listed
        ]
        assert [field.path for field in lost] == []


def test_records_can_be_replayed(sample_run: Path) -> None:
    """Law 3: each change starts from the value that the one before left, and the last is the record."""
    out = sample_run / "out"
    changes = pd.read_feather(out / ".work/changes/clean.arrow")
    grouped = changes.groupby(["object", "record", "field"], sort=False)
    follows = grouped["after"].shift().where(grouped.cumcount() > 0)
    later = changes[grouped.cumcount() > 0]
    assert later["before"].fillna("").equals(follows[later.index].fillna(""))
    final = grouped["after"].last().fillna("")
    last = changes.drop_duplicates(["object", "record", "field"], keep="last")
    assert len(final) == len(last)
    for name in tables.OBJECTS:
        records = table(out, f"records_{name}").set_index("record")
        mine = last[last["object"] == name]
        for field, part in mine.groupby("field"):
            assert (
                records.loc[part["record"], field].fillna("").tolist()
                == part["after"].fillna("").tolist()
            )


@pytest.mark.slow
def test_same_input_same_bytes(sample_run: Path, tmp_path: Path, cli: Callable) -> None:
    """Law 5: another hash seed, time zone, locale and order of files change nothing."""
    folder = tmp_path / "项目"
    ignored = shutil.ignore_patterns("out", "crmclean.state", "legacy")
    shutil.copytree(sample_run, folder, ignore=ignored)
    (folder / "legacy").mkdir()
    for path in sorted((sample_run / "legacy").iterdir(), reverse=True):
        shutil.copyfile(path, folder / "legacy" / path.name)
        os.utime(folder / "legacy" / path.name, (0, 0))
    surroundings = {"PYTHONHASHSEED": "4711", "TZ": "America/New_York", "LC_ALL": "C.UTF-8"}
    done = cli("run", "-o", "out", "--no-input", cwd=folder, **surroundings)
    assert done.returncode == 0, done.stderr
    before, after = published(sample_run / "out"), published(folder / "out")
    assert sorted(before) == sorted(after)
    assert [name for name in before if before[name] != after[name]] == []


def test_sources_are_untouched(sample_run: Path) -> None:
    """Law 6: a run writes beside its sources, never into them."""
    original = Path(__file__).resolve().parent.parent / "samples/legacy"
    for path in original.iterdir():
        assert path.read_bytes() == (sample_run / "legacy" / path.name).read_bytes()


def test_every_merge_can_be_undone(sample_run: Path) -> None:
    """Law 6: the values of every merged record still stand, and what the golden record took is
    named with the record that it came from."""
    out = sample_run / "out"
    crosswalk, cells = table(out, "crosswalk"), table(out, "golden_cells")
    for name in ("customer", "contact"):
        mine = crosswalk[crosswalk["object"] == name]
        records = table(out, f"records_{name}").set_index("record")
        merged = mine[mine["end"] == "merged"]
        assert merged["golden"].notna().all()
        assert merged["record"].isin(records.index).all()
        taken = cells[(cells["object"] == name) & cells["from_record"].notna()]
        groups = mine.groupby("golden")["record"].agg(set)
        wrong = [
            (golden, record)
            for golden, record in zip(taken["golden"], taken["from_record"], strict=True)
            if int(record) not in groups[golden]
        ]
        assert wrong == []


def test_merges_are_safe(sample_run: Path) -> None:
    """Law 7: no golden customer joins two valid credit codes, two branches or two ordinals."""
    from stdnum.cn import uscc

    out = sample_run / "out"
    crosswalk = table(out, "crosswalk").query("object == 'customer'")
    records = table(out, "records_customer").merge(crosswalk[["record", "golden"]], on="record")
    valid = records[records["uscc"].map(lambda code: isinstance(code, str) and uscc.is_valid(code))]
    assert valid.groupby("golden")["uscc"].nunique().max() == 1
    tails = {
        "branch": r"(?:公司)(\w{2}(?:分公司|办事处))",
        "ordinal": r"(第?[一二三]厂)",
    }
    for pattern in tails.values():
        part = records["name"].str.extract(pattern)[0].fillna("")
        assert part.groupby(records["golden"]).nunique().max() == 1


# ── on generated sources ────────────────────────────────────────────────────────────────────

SMALL = st.sampled_from(["", "无", " ", "同上", "N/A", "-"])
TEXT = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), max_size=12)
NAME = st.sampled_from(
    ["杭州青栎机械有限公司", "青栎机械有限公司", "杭州青栎机械有限责任公司", "杭州青栎机械(集团)有限公司",
     "杭州青栎机械有限公司上海分公司", "青栎（杭州）机械有限公司", "宁波朔川一厂", "宁波朔川二厂", "陈志强"]
)  # fmt: skip
PHONE = st.sampled_from(
    ["13800012345", "138-0001-2345", "+86 13800012345", "1.38E+10", "13800138000", "0571-55512345",
     "(0571)55512345", "13800012345/13900016789", "13800012345 张三", "5551234", "4000001234"]
)  # fmt: skip
DAY = st.sampled_from(
    ["2024-06-15", "2024年6月15日", "15/06/2024", "06/15/2024", "3/4/2024", "2024-02-30", "45458",
     "24.6.15", "2024年6月", "昨天", "20240615"]
)  # fmt: skip
CODE = st.sampled_from(["91330106XY0WTCDKQE", "91330106MA2XXXXX0X", "913301", "C001", "C002"])
OWNER = st.sampled_from(["赵思远", "钱雨桐", ""])
COLUMNS = {
    "编号": CODE, "客户名称": NAME, "税号": CODE, "座机": PHONE, "日期": DAY, "业务员": OWNER,
    "采购额": st.sampled_from(["12万", "￥1,200.50", "100000", "-5", "面议"]),
    "联系人": st.sampled_from(["陈志强", "陈 志强", "陈经理", "李娜"]), "手机": PHONE,
    "邮箱": st.sampled_from(["a@example.com", "A＠EXAMPLE.COM ", "a@", "x@example.com;y@example.com"]),
    "备注": TEXT,
}  # fmt: skip
ROWS = st.lists(
    st.tuples(*(st.one_of(cell, cell, cell, SMALL, TEXT) for cell in COLUMNS.values())),
    min_size=1,
    max_size=12,
)
HYPOTHESIS = settings(
    max_examples=6, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True
)


def _write(folder: Path, rows: list[tuple[str, ...]]) -> None:
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    writer.writerows(rows)
    (folder / "a.csv").write_text(text.getvalue(), encoding="utf-8", newline="")


def _project(**more: object) -> Project:
    source = {"path": "a.csv", "encoding": "utf-8", "delimiter": ",", "fields": FIELDS, **more}
    return Project.model_validate({"target": "generic-csv", "sources": [source]})


def _run(folder: Path, out: str, last: str = "dedupe", **more: object) -> jobs.Job:
    with jobs.opened(_project(**more), folder, folder / out, lambda *_: None) as job:
        pipeline.run(job, last)
    return job


@HYPOTHESIS
@given(rows=ROWS)
def test_laws_hold_whatever_the_cells_hold(rows: list[tuple[str, ...]]) -> None:
    """Laws 1, 3, 6 and 7, by the program's own check at the end of a run."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        _write(folder, rows)
        job = _run(folder, "out")
        counted = sum(job.plan.sources[0].counts.values())
        assert counted >= len([row for row in rows if any(cell.strip() for cell in row)])
        laws.check(job.work, job.plan, job.project, job.model, folder)


@HYPOTHESIS
@given(rows=ROWS)
def test_cleaning_clean_values_changes_nothing(rows: list[tuple[str, ...]]) -> None:
    """Law 4: the records, written out and cleaned again, stay as they are."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        _write(folder, rows)
        first = _run(folder, "one", "clean", date_order="ymd")
        once = _joined(first)
        _write(folder, [tuple(row) for row in once])
        second = _run(folder, "two", "clean", date_order="ymd")
        assert _joined(second) == once


def _joined(job: jobs.Job) -> list[list[str]]:
    """The fields of FIELDS of each row, from the records of its customer and first contact."""
    found: dict[int, dict[str, str]] = {}
    for name in ("customer", "contact"):
        for line in job.work.get(f"records/{name}").to_pylist():
            _, row, part = tables.unpack(line.pop("record"))
            if part == 0:
                values = {f"{name}.{field}": value for field, value in line.items()}
                found.setdefault(row, {}).update(values)
    order = {heading: path for path, heading in FIELDS.items()}
    return [[found[row].get(order[h]) or "" for h in COLUMNS] for row in sorted(found)]
