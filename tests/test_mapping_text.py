"""The crmclean.yaml that init writes: it loads, it is masked, and it hides no column."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmclean import mapping, plan, project
from crmclean.mapping.entries import grouped
from crmclean.model import build

MODEL = build()
COLUMNS = {
    "序号": ["1", "2", "3"],
    "公司名称": ["甲机械有限公司", "乙贸易有限公司"],
    "联系人": ["张三丰", "李四光"],
    "手机": ["13812340001", "13812340002"],
    "年采购额（万元）": ["12", "30.5"],
    "内部暗号": ["天王盖地虎", "宝塔镇河妖"],
    "备用": [],
}


def source(number: int, path: str, headings: dict[str, list[str]] | None = None) -> plan.Source:
    columns = tuple(
        plan.Column(n, heading, len(samples), len(set(samples)), samples=tuple(samples))
        for n, (heading, samples) in enumerate((headings or COLUMNS).items(), 1)
    )
    return plan.Source(number, 0, path, "", "", "legacy", "customer", "", 0, columns=columns,
                       header_rows=(1,), counts={"data": 2})  # fmt: skip


def written(*sources: plan.Source, language: str = "zh") -> str:
    made = plan.Plan(sources)
    guesses = [mapping.guess(one, MODEL) for one in sources]
    return mapping.project_text(made, guesses, MODEL, language, "wukong-11")


def loaded(text: str, folder: Path) -> project.Project:
    path = folder / "crmclean.yaml"
    path.write_text(text, encoding="utf-8")
    return project.load(path)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_it_loads_and_passes_the_check(tmp_path: Path, language: str) -> None:
    one = source(1, "客户.csv")
    found = loaded(written(one, language=language), tmp_path)
    issues = mapping.check(found, plan.Plan((one,)), MODEL, no_input=True, frozen=True)
    assert issues["column"].to_pylist() == ["内部暗号"]
    assert found.target == "wukong-11" and found.language == language


def test_evidence_stands_as_comments_and_people_are_masked() -> None:
    text = written(source(1, "客户.csv"))
    line = next(line for line in text.splitlines() if "contact.mobile" in line)
    assert "可信" in line and "138****0001" in line
    assert "13812340001" not in text and "张三丰" not in text


def test_units_are_taken_from_the_heading(tmp_path: Path) -> None:
    fields = loaded(written(source(1, "客户.csv")), tmp_path).sources[0].fields
    assert fields["customer.annual_purchase"].unit == "万"


def test_only_empty_columns_and_numbering_are_dropped(tmp_path: Path) -> None:
    text = written(source(1, "客户.csv"))
    assert loaded(text, tmp_path).sources[0].drop == ("序号", "备用")
    assert any(
        "?: 内部暗号" in line and line.lstrip().startswith("#") for line in text.splitlines()
    )


def test_a_required_field_without_a_column_is_named() -> None:
    headings = {name: COLUMNS[name] for name in ("手机", "年采购额（万元）")}
    assert "# customer.name: ?" in written(source(1, "客户.csv", headings))


def test_customers_without_companies_are_persons(tmp_path: Path) -> None:
    headings = {name: samples for name, samples in COLUMNS.items() if name != "公司名称"}
    entry = loaded(written(source(1, "客户.csv", headings)), tmp_path).sources[0]
    assert entry.object == "customer"
    assert entry.fields["customer.name"].column == entry.fields["contact.name"].column == "联系人"
    assert entry.review == ("customer.name",)


def test_unsure_fields_stand_under_review(tmp_path: Path) -> None:
    text = written(
        source(1, "客户.csv", {"公司名称": ["甲有限公司"], "手机": ["见备注", "无此人", "x"]})
    )
    assert "待确认" in text
    assert loaded(text, tmp_path).sources[0].review == ("contact.mobile",)


def test_files_of_one_kind_become_one_entry() -> None:
    paths = ["旧/客户_张三.csv", "旧/客户_李四.csv"]
    entries = grouped(plan.Plan(tuple(source(n, path) for n, path in enumerate(paths, 1))))
    assert [entry.path for entry in entries] == ["旧/客户_*.csv"]


@pytest.mark.parametrize(
    "paths",
    [
        ["旧/张三.csv", "旧/李四.csv"],  # nothing in common
        ["旧/客户_1.csv", "新/客户_2.csv"],  # other folders
        ["旧/客户_1.csv", "旧/客户_2.xlsx"],  # other formats
    ],
)
def test_files_without_a_pattern_stay_apart(paths: list[str]) -> None:
    sources = tuple(source(n, path) for n, path in enumerate(paths, 1))
    assert [entry.path for entry in grouped(plan.Plan(sources))] == paths


def test_a_pattern_never_catches_a_file_of_another_kind() -> None:
    other = source(3, "旧/客户_旧版.csv", {"名称": ["x"]})
    sources = (source(1, "旧/客户_张三.csv"), source(2, "旧/客户_李四.csv"), other)
    assert len(grouped(plan.Plan(sources))) == 3


def test_a_sheet_of_notes_is_left_out_as_a_comment(tmp_path: Path) -> None:
    notes = replace(source(2, "客户.xlsx", {"填写说明": ["请勿改动表头"]}), sheet="说明")
    one = replace(source(1, "客户.xlsx"), sheet="客户")
    found = loaded(written(one, notes), tmp_path)
    assert [entry.sheet for entry in found.sources] == ["客户"]


texts = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), min_size=1, max_size=12
)


@settings(max_examples=60, deadline=None)
@given(
    headings=st.lists(texts, min_size=1, max_size=5, unique=True),
    samples=st.lists(texts, max_size=4),
)
def test_any_headings_and_samples_give_a_file_that_loads(
    headings: list[str], samples: list[str]
) -> None:
    import tempfile

    one = source(1, "客户.csv", dict.fromkeys(headings, samples))
    with tempfile.TemporaryDirectory() as folder:
        found = loaded(written(one), Path(folder))
    named = {given.column for given in found.sources[0].fields.values()}
    assert named | set(found.sources[0].drop) <= set(headings)


@pytest.mark.parametrize(
    ("headings", "concat", "joint"),
    [
        ({"First Name": ["John"], "Last Name": ["Smith"]}, ["First Name", "Last Name"], " "),
        ({"名字": ["建国"], "姓": ["欧阳"]}, ["姓", "名字"], ""),
    ],
)
def test_names_in_two_columns_are_joined(
    tmp_path: Path, headings: dict, concat: list[str], joint: str
) -> None:
    one = source(1, "会员.csv", {**headings, "Mobile": ["13812340001"]})
    fields = loaded(written(one), tmp_path).sources[0].fields
    for path in ("contact.name", "customer.name"):
        assert (list(fields[path].concat), fields[path].joined_with) == (concat, joint)


KINGDEE = {
    "FNumber": ["01.001", "01.002"],
    "FName": ["苏州恒瑞达精密机械有限公司", "宁波鸿运石化仓储有限公司"],
    "FContact": ["王建国", "郑伟"],
    "FMobilePhone": ["13812340001", "13906000006"],
    "F_101业务员": ["李敏", "陈涛"],
    "币别": ["人民币", "美元"],
}


def test_what_all_headings_begin_with_says_nothing(tmp_path: Path) -> None:
    fields = loaded(written(source(1, "K3.csv", KINGDEE)), tmp_path).sources[0].fields
    assert {path: found.column for path, found in fields.items()} == {
        "customer.code": "FNumber",
        "customer.name": "FName",
        "contact.name": "FContact",
        "contact.mobile": "FMobilePhone",
        "customer.owner": "F_101业务员",
    }


def test_half_the_headings_alike_make_a_sheet_of_records() -> None:
    odd = {"甲": ["1"], "乙": ["2"], "客户名城": ["苏州恒瑞达精密机械有限公司"]}
    odd |= {"手机号吗": ["13812340001"], "单位地止": ["苏州市星湖街328号"]}
    text = written(source(1, "旧.csv", odd), source(2, "客户.csv", KINGDEE))
    assert "\n  - path: 旧.csv" in text


def test_a_hidden_sheet_is_left_out_as_a_comment() -> None:
    hidden = replace(source(2, "旧客户.xlsx", KINGDEE), hidden=True)
    text = written(source(1, "客户.csv", KINGDEE), hidden)
    assert "\n  # - path: 旧客户.xlsx" in text and "隐藏" in text


def test_an_address_for_mail_beside_a_person_is_the_persons() -> None:
    company = {"company": ["宁波鸿运石化仓储有限公司"], "email": ["a@b.example"]}
    beside = {**company, "contact_person": ["郑伟"]}
    for headings, field in ((company, "customer.email"), (beside, "contact.email")):
        found = mapping.guess(source(1, "a.csv", headings), build())
        assert field in {guess.field for guess in found}


def test_a_list_in_two_halves_is_one_entry(tmp_path: Path) -> None:
    columns = (
        plan.Column(1, "客户名称", 3, 3, samples=("甲机械有限公司",)),
        plan.Column(2, "手机", 3, 3),
    )
    halves = tuple(
        plan.Source(n, 0, "通讯录.xlsx", f"表@{n}", "", "legacy", "customer", "", 0, columns=columns,
               header_rows=(1,), rows=(1, 4), span=span)
        for n, span in ((1, (1, 2)), (2, (4, 5)))
    )  # fmt: skip
    text = mapping.project_text(
        plan.Plan(halves), [mapping.guess(s, build()) for s in halves], build(), "zh"
    )
    assert text.count("- path:") == 1
    assert "sheet:" not in text
