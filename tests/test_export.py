"""Export: records fitted to the target, ends that follow, pilot, quarantine, rollback."""

import csv
import json
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from export_world import MODEL, crosswalk, golden, plan, project, work

from crmclean import export, templates
from crmclean.errors import Broken
from crmclean.export import area, cells, files, pilot, proof
from crmclean.export.findings import Findings
from crmclean.export.proof import read_back
from crmclean.messages import LANGUAGES
from crmclean.workbooks import reread

CUSTOMERS = [
    {
        "name": "江海设备制造有限公司",
        "owner": "张三",
        "industry": "通用设备制造业",
        "requirement": "三台",
    },
    {"name": "北辰科技有限公司", "owner": None, "source": "行业展会"},
    {"name": "长" * 300, "owner": "张三"},
    {"name": "东篱商贸", "owner": "李四(离职)", "remark": "表情😀"},
    {"name": "北辰科技有限公司", "owner": "张三"},
    {"name": None, "owner": "张三"},
    {"name": "仙桃五金厂", "owner": "张三", "next_follow_up": "下周三"},
]
CONTACTS = [
    {"name": "李四", "of": 0, "mobile": "13800000000"},
    {"name": "王五", "of": 1, "mobile": "021-12345678-801"},
    {"name": "赵六", "of": 2},
    {"name": "孤儿", "of": None},
]
SETTINGS = {
    "target": "wukong-11",
    "owners": {"李四(离职)": "李四", "": "公海", "公海": "王经理"},
    "unplaced": {"customer.requirement": "remark"},
}


@pytest.fixture
def tables() -> dict[str, pa.Table]:
    return {
        "customer": golden("customer", CUSTOMERS),
        "contact": golden("contact", CONTACTS, part=1),
        "opportunity": golden("opportunity", [{"name": "商机", "of": 0}], part=2),
    }


#: The header of quarantine.xlsx stands under two lines that say what to do with it.
UNDER_TITLE = 3


def fit(tables: dict[str, pa.Table], **settings: object) -> export.Fitted:
    made = project(**{**SETTINGS, **settings})
    return export.fit(tables, crosswalk(tables), made, MODEL, templates.load(made.target))


def rows(fitted: export.Fitted, name: str) -> list[dict[str, str | None]]:
    return [row for part in fitted.parts if part.spec.name == name for row in part.rows.to_pylist()]


def test_every_record_has_the_end_it_deserves(tables: dict[str, pa.Table]) -> None:
    ends = {row["golden"]: (row["end"], row["reason"]) for row in fit(tables).crosswalk.to_pylist()}
    assert ends == {
        "cu0": ("loaded", None),
        "cu1": ("loaded", None),
        "cu2": ("rejected", "TARGET_TOO_LONG"),
        "cu3": ("loaded", None),
        "cu4": ("rejected", "TARGET_DUPLICATE"),
        "cu5": ("rejected", "REQUIRED_BY_TARGET"),
        "cu6": ("loaded", None),
        "co0": ("loaded", None),
        "co1": ("loaded", None),
        "co2": ("rejected", "parent"),
        "co3": ("rejected", "TARGET_ORPHAN"),
        "op0": ("rejected", "NO_IMPORT"),
    }


def test_owners_are_reassigned_and_nobody_goes_to_the_pool(tables: dict[str, pa.Table]) -> None:
    fitted = fit(tables)
    owners = {row["*客户名称"]: row["*负责人"] for row in rows(fitted, "客户导入模板")}
    assert owners == {"江海设备制造有限公司": "张三", "东篱商贸": "李四", "仙桃五金厂": "张三"}
    (pooled,) = rows(fitted, "公海客户导入模板")
    assert (pooled["*客户名称"], pooled["负责人"]) == ("北辰科技有限公司", None)
    contacts = {row["*姓名"]: row["*负责人"] for row in rows(fitted, "联系人导入模板")}
    assert contacts == {"李四": "张三", "王五": "王经理"}


def test_without_an_owner_a_customer_is_rejected(tables: dict[str, pa.Table]) -> None:
    ends = {row["golden"]: row["reason"] for row in fit(tables, owners={}).crosswalk.to_pylist()}
    assert ends["cu1"] == "TARGET_NO_OWNER" and ends["co1"] == "parent"


def test_values_take_the_form_of_the_target(tables: dict[str, pa.Table]) -> None:
    made = {row["*客户名称"]: row for row in rows(fit(tables), "客户导入模板")}
    assert made["江海设备制造有限公司"]["客户行业"] == "生产"
    assert made["江海设备制造有限公司"]["备注"] == "需求描述：三台"
    assert made["东篱商贸"]["备注"] == "表情〓"
    assert made["仙桃五金厂"]["下次联系时间"] is None
    assert made["仙桃五金厂"]["备注"] == "下次联系时间：下周三"
    (_, second) = rows(fit(tables), "联系人导入模板")
    assert (second["手机"], second["备注"]) == (None, "手机：021-12345678-801")


def test_nothing_that_is_changed_or_left_out_is_silent(tables: dict[str, pa.Table]) -> None:
    found = fit(tables)
    said = {(row["field"], row["code"]) for row in found.issues.to_pylist()}
    assert {("remark", "TARGET_FOUR_BYTE"), ("next_follow_up", "TARGET_BAD_FORM")} <= said
    assert {("source", "TARGET_UNKNOWN_OPTION"), ("mobile", "TARGET_BAD_FORM")} <= said
    open_ones = fit(tables, unplaced={})
    assert open_ones.undecided == ["customer.requirement"]
    assert ("requirement", "UNPLACED_FIELD") in {
        (row["field"], row["code"]) for row in open_ones.issues.to_pylist()
    }


def test_a_merged_record_shares_the_rejection(tables: dict[str, pa.Table]) -> None:
    where = crosswalk(tables)
    one = where.slice(0, 1).to_pylist()[0]
    merged = pa.Table.from_pylist(
        [{**one, "record": 1, "golden": "cu2", "end": "merged"}], where.schema
    )
    made = project(**SETTINGS)
    both = pa.concat_tables([where, merged])
    fitted = export.fit(tables, both, made, MODEL, templates.load("wukong-11"))
    last = fitted.crosswalk.filter(pc.equal(fitted.crosswalk["record"], 1)).to_pylist()
    assert [(row["end"], row["reason"]) for row in last] == [("rejected", "TARGET_TOO_LONG")]


# province, city, district → what 悟空CRM 11.0 accepts, or None (crm-targets.md 1.6)
AREAS = [
    (("江苏省", "苏州市", "吴中区"), ("江苏省", "苏州市", "吴中区")),
    (("北京市", "北京市", "朝阳区"), ("北京市", "北京城区", "朝阳区")),
    (("上海市", None, None), ("上海市", None, None)),
    (("重庆市", "重庆市", "渝中区"), ("重庆市", "市辖区", "渝中区")),
    (("重庆市", "重庆市", "云阳县"), ("重庆市", "县", "云阳县")),
    (("湖北省", "仙桃市", None), ("湖北省", "省直辖县级行政区划", "仙桃市")),
    (("广东省", None, None), ("广东省", None, None)),
    (("浙江省", "苏州市", "吴中区"), ("浙江省", None, None)),
    (("江苏省", None, "吴中区"), ("江苏省", None, None)),
    (("广东省", "东莞市", "南城街道"), ("广东省", None, None)),
    ((None, "苏州市", None), (None, None, None)),
    ((None, None, None), (None, None, None)),
]


@pytest.mark.parametrize(("before", "after"), AREAS)
def test_areas(before: tuple, after: tuple) -> None:
    names = ("province", "city", "district")
    columns = {n: pa.array([v], pa.string()) for n, v in zip(names, before, strict=True)}
    columns["address"] = pa.array(["东吴北路1号"], pa.string())
    fitted = area.fit(columns, Findings("customer", pa.array([1], pa.int64())))
    assert tuple(fitted[name][0].as_py() for name in names) == after
    moved = any(before) and sum(map(bool, after)) < sum(map(bool, before))
    address = "".join(filter(None, before)) + "东吴北路1号" if moved else "东吴北路1号"
    assert fitted["address"][0].as_py() == address


def published(
    tmp_path: Path, tables: dict[str, pa.Table], **settings: object
) -> tuple[Path, list[dict]]:
    made = project(**{**SETTINGS, **settings})
    template = templates.load(made.target)
    fitted = export.fit(tables, crosswalk(tables), made, MODEL, template)
    out = tmp_path / "out"
    out.mkdir()
    store = work(tmp_path / "work", 400, tables)
    store.put("issues/export", fitted.issues)
    files_made = export.write(fitted, tables, store, plan(), made, MODEL, template, out)
    return out, files_made.to_pylist()


def test_the_output_folder(tmp_path: Path, tables: dict[str, pa.Table]) -> None:
    out, made = published(tmp_path, tables)
    imported = [(row["path"], row["rows"]) for row in made if row["kind"] == "import"]
    assert imported == [
        ("import/01_客户导入模板.xls", 3),
        ("import/02_公海客户导入模板.xls", 1),
        ("import/03_联系人导入模板.xls", 2),
    ]
    reasons = reread.columns(out / "quarantine.xlsx", UNDER_TITLE)
    assert reasons.num_rows == 6 and "列1" in reasons.column_names
    assert reasons["原因"].to_pylist()[0] == "“*客户名称”超过目标 CRM 的长度"
    assert reasons["列1"].to_pylist()[0] == "值1-3"
    guide = (out / "IMPORT.md").read_text(encoding="utf-8")
    assert guide.index("备份") < guide.index("import/01_客户导入模板.xls")
    lost = list(csv.reader((out / "not_migrated.csv").open(encoding="utf-8-sig", newline="")))
    assert ["客户", "需求描述", "1", "写入备注"] in lost
    for path, count in imported:
        listed = (out / "rollback" / f"{Path(path).stem}.csv").read_text(encoding="utf-8-sig")
        assert len(listed.splitlines()) == count + 1


def test_a_quarantine_longer_than_a_sheet_goes_on_in_the_next(
    tmp_path: Path, tables: dict[str, pa.Table], monkeypatch: pytest.MonkeyPatch
) -> None:
    from crmclean.export import quarantine

    monkeypatch.setattr(quarantine, "MOST", 4)
    out, _ = published(tmp_path, tables)
    sheets = [reread.columns(out / "quarantine.xlsx", UNDER_TITLE, sheet) for sheet in range(2)]
    assert [sheet.num_rows for sheet in sheets] == [4, 2]
    assert sheets[0].column_names == sheets[1].column_names


def many(count: int) -> dict[str, pa.Table]:
    """Customers of which few are special, with two contacts each."""
    rows = [
        {
            "name": f"江海第{n}设备公司",
            "owner": ["张三", "李四"][n % 2],
            "source": ["广告", "转介绍", "陌拜", "促销"][n % 4] if n % 50 else "线上询价",
            "website": "http://www.example.com" if n == 137 else None,
            "remark": "很长" * 40 if n == 211 else "短",
        }
        for n in range(count)
    ]
    people = [{"name": f"人{n}", "of": n // 2, "mobile": None} for n in range(2 * count)]
    return {"customer": golden("customer", rows), "contact": golden("contact", people, part=1)}


def test_the_pilot_shows_everything_with_all_children(tmp_path: Path) -> None:
    out, made = published(tmp_path, many(300), pilot={"rows": 20})
    chosen = reread.columns(out / "pilot" / "01_客户导入模板.xls", 2).to_pylist()
    assert len(chosen) == 20
    assert {row["客户来源"] for row in chosen} == {"广告", "转介绍", "陌拜", "促销", "线上询价"}
    assert any(row["网址"] for row in chosen) and any(len(row["备注"]) > 50 for row in chosen)
    people = reread.columns(out / "pilot" / "02_联系人导入模板.xls", 2).to_pylist()
    names = [row["*客户名称"] for row in chosen]
    assert sorted(row["*客户名称"] for row in people) == sorted(names * 2)
    expected = json.loads((out / "pilot" / "expected.json").read_text(encoding="utf-8"))
    assert {name: entry["rows"] for name, entry in expected.items()} == {
        "customer": 20,
        "contact": 40,
    }
    assert sum(row["rows"] for row in made if row["kind"] == "import") == 900


def test_a_production_pilot_is_not_in_the_main_files(tmp_path: Path) -> None:
    out, made = published(tmp_path, many(60), pilot={"rows": 20, "mode": "production"})
    counts = {row["path"]: row["rows"] for row in made}
    assert counts["import/01_客户导入模板.xls"] == 40 and counts["pilot/01_客户导入模板.xls"] == 20
    main = reread.columns(out / "import/01_客户导入模板.xls", 2)["*客户名称"].to_pylist()
    tried = reread.columns(out / "pilot/01_客户导入模板.xls", 2)["*客户名称"].to_pylist()
    assert len({*main, *tried}) == 60


def test_the_pilot_is_the_same_for_the_same_seed() -> None:
    fitted = fit(many(200))
    none = pa.table(
        {
            "object": pa.array([], pa.string()),
            "record": pa.array([], pa.int64()),
            "rule": pa.array([], pa.string()),
        }
    )
    drawn = [
        pilot.choose(fitted.parts, 20, seed, fitted.crosswalk, none).to_pylist()
        for seed in (1, 1, 2)
    ]
    assert drawn[0] == drawn[1] != drawn[2]


@pytest.mark.parametrize(("limit", "files_made"), [(299, 2), (300, 1), (100, 3)])
def test_files_are_split_by_rows(tmp_path: Path, limit: int, files_made: int) -> None:
    part = fit(many(300)).parts[0]
    part = replace(part, spec=replace(part.spec, max_rows=limit))
    made = files.planned([part], tmp_path, str)
    assert len(made) == files_made and sum(file.rows for file in made) == 300
    assert max(file.rows for file in made) <= limit


@pytest.mark.parametrize("form", ["xls", "xlsx", "csv"])
def test_files_are_split_by_bytes(tmp_path: Path, form: str) -> None:
    part = fit(many(600)).parts[0]
    part = replace(part, spec=replace(part.spec, format=form, max_bytes=24_000))
    made = files.planned([part], tmp_path, str)
    for file in made:
        files.make(file)
    assert all(file.path.stat().st_size <= 24_000 for file in made)
    assert [row for file in made for row in read_back(file.path, part.spec).to_pylist()] == (
        part.rows.to_pylist()
    )


@pytest.mark.parametrize("count", [10, proof.WHOLE + 10])
@pytest.mark.parametrize("harm", ["row lost", "cell lost", "cell changed", "rows swapped"])
def test_a_file_that_holds_something_else_is_never_published(
    tmp_path: Path, count: int, harm: str
) -> None:
    """Small files are read whole; of big ones the rows with more than plain text, among others."""
    part = fit(many(count), target="generic").parts[0]
    at = part.columns.index(next(c for c in part.columns if c.field == "name"))
    names = part.rows.column(at).to_pylist()
    names[7] = "甲 & 乙"
    rows = part.rows.set_column(at, part.columns[at].heading, pa.array(names))
    part = replace(part, rows=rows)
    (file,) = files.planned([part], tmp_path, str)
    harmed = {
        "row lost": rows.slice(0, count - 1),
        "cell lost": _with(rows, at, {7: None}),
        "cell changed": _with(rows, at, {7: "甲 &amp; 乙"}),
        "rows swapped": _with(rows, at, {7: names[8], 8: names[7]}),
    }[harm]
    files.make(file)
    files.make(replace(file, path=tmp_path / "other.xlsx", part=replace(part, rows=harmed)))
    with pytest.raises(Broken) as broken:
        proof.prove(tmp_path / "other.xlsx", part)
    assert broken.value.code == "EXPORT_DIFFERS"


def test_text_that_a_writer_must_treat_is_always_read_back() -> None:
    plain = ["江海设备 有限公司"] * 30_000
    treated = ["a&b", "<b>", " x", "x ", "a\nb", "a\tb", "a  b", "_x0041_", "𠮷"]
    for place, text in enumerate(treated, 20_001):
        plain[place] = text
    found = proof.telling(pa.table({"a": plain}))
    assert set(range(20_001, 20_001 + len(treated))) <= set(found.tolist())
    assert len(found) < 300


def _with(rows: pa.Table, at: int, cells: dict[int, str | None]) -> pa.Table:
    values = rows.column(at).to_pylist()
    for place, value in cells.items():
        values[place] = value
    return rows.set_column(at, rows.column_names[at], pa.array(values, pa.string()))


def test_the_same_records_give_the_same_bytes(tmp_path: Path) -> None:
    digests = []
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        _, made = published(tmp_path / name, many(50), target="generic")
        digests.append([row["sha256"] for row in made])
    assert digests[0] == digests[1]


def test_new_records_and_updates_go_into_files_apart(tmp_path: Path) -> None:
    """A golden record with a member from a source with role: target is already in the CRM."""
    tables = many(4)
    made = project(**SETTINGS)
    template = templates.load("wukong-11")
    both = replace(plan().sources[0], number=2, role="target")
    with_crm = replace(plan(), sources=(*plan().sources, both))
    known = tables_of_crm(tables, crosswalk(tables))
    fitted = export.fit(tables, known, made, MODEL, template)
    out = tmp_path / "out"
    out.mkdir()
    store = work(tmp_path / "work", 20, tables)
    files_made = export.write(fitted, tables, store, with_crm, made, MODEL, template, out)
    counts = {r["path"]: r["rows"] for r in files_made.to_pylist() if r["object"] == "customer"}
    assert counts["import/01_客户导入模板_更新.xls"] == 1
    assert counts["import/01_客户导入模板_新增.xls"] == 3


def tables_of_crm(tables: dict[str, pa.Table], where: pa.Table) -> pa.Table:
    from export_world import records

    entry = {"object": "customer", "record": records([2], source=2)[0].as_py()}
    member = {**entry, "golden": tables["customer"]["golden"][1].as_py(), "end": "merged"}
    return pa.concat_tables([where, pa.Table.from_pylist([member], where.schema)])


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_guide_says_what_must_be_in_the_crm_before(
    tmp_path: Path, tables: dict[str, pa.Table], language: str
) -> None:
    settings = {"unplaced": {"customer.requirement": "custom_field"}, "language": language}
    tables["customer"] = golden("customer", [*CUSTOMERS, {"name": "甲厂", "source": "拜访得来"}])
    out, made = published(tmp_path, tables, **settings)
    text = (out / "IMPORT.md").read_text(encoding="utf-8")
    steps = [line[:5] for line in text.splitlines() if line.startswith("## ")]
    assert steps == [f"## {n}." for n in range(1, 7)]
    assert f"`{MODEL['customer'].fields['requirement'].label[language]}`" in text
    owners = {"张三", "李四", "王经理"}
    assert {name for name in owners if f"* {name} · " in text} == owners
    assert '  customer.source:\n    "拜访得来": ""  # 1\n' in text
    assert '"行业展会": ""' in text and "--pilot" in text
    refused = [line for line in text.splitlines() if "quarantine.xlsx" in line]
    assert any(MODEL["opportunity"].label[language] in line and "1" in line for line in refused)
    assert all(row["path"] in text for row in made)


def test_the_guide_asks_for_the_ids_of_owners_and_says_where_files_were_split(
    tmp_path: Path,
) -> None:
    (tmp_path / "a").mkdir()
    out, _ = published(tmp_path / "a", many(10), target="salesforce", owners={"张三": "0" * 15})
    text = (out / "IMPORT.md").read_text(encoding="utf-8")
    assert 'owners:\n  "李四": ""' in text and '"张三": ""' not in text
    (tmp_path / "b").mkdir()
    out, _ = published(tmp_path / "b", many(250), target="wukong-11-php")
    text = (out / "IMPORT.md").read_text(encoding="utf-8")
    assert text.count("100 行，已按此拆分") == 2
    assert "拆分" not in (tmp_path / "a/out/IMPORT.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("value", "option"),
    [("广告", "广告"), ("ｗｅｂ", "Web"), ("phone  inquiry", "Phone Inquiry"), ("展览", "展览")],
)
def test_an_option_is_known_whatever_its_width_spaces_and_capitals(value: str, option: str) -> None:
    column = templates.Column("来源", "source", picklist=("Web", "Phone Inquiry", "广告"))
    spec = templates.load("salesforce", Path(), MODEL).objects["customer"]
    found = Findings("customer", pa.array([1, 2], pa.int64()))
    made, _ = cells.fitted(column, pa.array([value, None]), spec, {}, found)
    assert made.to_pylist() == [option, None]
