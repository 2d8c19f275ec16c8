"""What people fill in comes back checked, once, and only where the sources stay empty."""

import json
from pathlib import Path

import openpyxl
import pytest
from golden_records import MODEL, PLAN, PROJECT, crosswalk, gaps_of, records

from crmclean import apply, gaps, workbooks
from crmclean.decisions import State
from crmclean.errors import InputRefused

CUSTOMERS = records(
    "customer",
    {"golden": "a", "name": "甲公司", "stage": "成交", "next_follow_up": "2027-01-01 09:00"},
    {"golden": "b", "name": "乙公司", "industry": "制造业", "next_follow_up": "2027-01-01 09:00"},
)
CONTACTS = records("contact", {"golden": "k", "name": "李四", "customer_golden": "a"})
GOLDEN = {"customer": CUSTOMERS, "contact": CONTACTS}
HEADER = 3


@pytest.fixture
def state(tmp_path: Path) -> State:
    return State(tmp_path / "crmclean.state")


@pytest.fixture
def sent(tmp_path: Path) -> Path:
    table = gaps_of(GOLDEN, crosswalk(GOLDEN), PLAN, PROJECT, MODEL)
    (path,) = gaps.write(table, GOLDEN, PLAN, PROJECT, MODEL, tmp_path / "gaps", "zh")
    return path


def fill(path: Path, sheet: str, row: int, heading: str, value: str | None) -> None:
    """Write one cell as a person would, in Excel. `row` counts the rows under the heading from 1."""
    book = openpyxl.load_workbook(path)
    columns = {cell.value: cell.column for cell in book[sheet][HEADER]}
    book[sheet].cell(HEADER + row, columns[heading]).value = value
    book.save(path)


def test_a_filled_gap_comes_back_clean_and_is_applied(sent: Path, state: State) -> None:
    fill(sent, "联系人", 1, "手机", "138 1234 0001")
    applied = apply.read(sent, state, MODEL)
    assert applied.taken == {"values": 1} and not applied.refused
    filled, changes = gaps.apply_fills(GOLDEN, state)
    assert filled["contact"]["mobile"].to_pylist() == ["13812340001"]
    (change,) = changes.to_pylist()
    assert (change["step"], change["rule"], change["before"]) == ("decision", "gap", None)


def test_applying_twice_adds_nothing(sent: Path, state: State) -> None:
    fill(sent, "联系人", 1, "职位", "采购经理")
    apply.read(sent, state, MODEL)
    again = apply.read(sent, state, MODEL)
    assert (again.taken, again.known) == ({}, 1)


def test_an_untouched_workbook_says_nothing(sent: Path, state: State) -> None:
    applied = apply.read(sent, state, MODEL)
    assert not applied.taken and not applied.refused and applied.empty == 4


@pytest.mark.parametrize(
    ("sheet", "heading", "value"),
    [
        ("联系人", "手机", "1.38E+10"),
        ("联系人", "手机", "13812340001/13812340002"),
        ("客户", "跟进状态", "随便"),
        ("联系人", "职位", "无"),
        ("联系人", "职位", "--"),
    ],
)
def test_a_value_that_its_rule_refuses_is_listed(
    sent: Path, state: State, sheet: str, heading: str, value: str
) -> None:
    row = 1 if sheet == "联系人" else 2
    fill(sent, sheet, row, heading, value)
    applied = apply.read(sent, state, MODEL)
    assert applied.taken == {}
    (refused,) = applied.refused
    assert (refused.sheet, refused.row, refused.column) == (sheet, HEADER + row, heading)


def test_what_the_project_says_of_words_holds_for_filled_cells(sent: Path, state: State) -> None:
    fill(sent, "客户", 2, "跟进状态", "谈妥了")
    fill(sent, "联系人", 1, "职位", "问过没说")
    said = {"picklists": {"customer.stage": {"谈妥了": "成交"}}, "placeholders": ("问过没说",)}
    told = apply.as_told(MODEL, PROJECT.model_copy(update=said))
    applied = apply.read(sent, state, told)
    assert [entry["value"] for entry in state.entries("values")] == ["成交"]
    assert [refused.code for refused in applied.refused] == ["APPLY_NO_VALUE"]


def test_a_cell_that_nobody_asked_for_is_listed(sent: Path, state: State) -> None:
    fill(sent, "客户", 1, "跟进状态", "报价")
    assert [refused.code for refused in apply.read(sent, state, MODEL).refused] == [
        "APPLY_NOT_ASKED"
    ]


def test_a_row_that_was_added_is_listed(sent: Path, state: State) -> None:
    fill(sent, "客户", 3, "客户名称", "丙公司")
    assert [r.code for r in apply.read(sent, state, MODEL).refused] == ["APPLY_ROW_UNKNOWN"]


def rename(path: Path, sheet: str, heading: str, other: str | None) -> None:
    book = openpyxl.load_workbook(path)
    cell = next(cell for cell in book[sheet][HEADER] if cell.value == heading)
    cell.value = other
    book.save(path)


@pytest.mark.parametrize("other", ["行业（请填）", None])
def test_a_changed_heading_is_told_and_the_other_columns_are_taken(
    sent: Path, state: State, other: str | None
) -> None:
    fill(sent, "客户", 1, "所属行业", "制造业")
    fill(sent, "联系人", 1, "手机", "13800010001")
    rename(sent, "客户", "所属行业", other)
    applied = apply.read(sent, state, MODEL)
    told = [(refused.row, refused.column, refused.code) for refused in applied.refused]
    assert told == [(HEADER, "所属行业", "APPLY_NO_COLUMN")]
    assert applied.taken == {"values": 1}


def test_merged_cells_give_their_value_to_the_first(sent: Path, state: State) -> None:
    book = openpyxl.load_workbook(sent)
    sheet = book["客户"]
    column = next(cell.column_letter for cell in sheet[HEADER] if cell.value == "所属行业")
    fill_row = f"{column}{HEADER + 1}"
    sheet[fill_row] = "制造业"
    sheet.merge_cells(f"{fill_row}:{column}{HEADER + 2}")
    book.save(sent)
    applied = apply.read(sent, state, MODEL)
    assert applied.taken == {"values": 1} and not applied.refused
    assert state.entries("values")[0]["golden"] == "a"


def test_rows_may_be_sorted_and_lines_put_above(sent: Path, state: State) -> None:
    fill(sent, "客户", 2, "跟进状态", "成交")
    book = openpyxl.load_workbook(sent)
    sheet = book["客户"]
    sheet.insert_rows(1, 2)
    rows = [[cell.value for cell in sheet[row]] for row in (6, 7)]
    for row, cells in zip((7, 6), rows, strict=True):
        for column, value in enumerate(cells, 1):
            sheet.cell(row, column).value = value
    book.save(sent)
    apply.read(sent, state, MODEL)
    assert [(e["golden"], e["value"]) for e in state.entries("values")] == [("b", "成交")]


def test_rows_of_which_only_a_part_was_sorted_are_not_taken(sent: Path, state: State) -> None:
    """Hidden columns stay behind where somebody sorts the columns in sight only."""
    fill(sent, "客户", 1, "所属行业", "制造业")
    book = openpyxl.load_workbook(sent)
    sheet = book["客户"]
    name = next(cell.column for cell in sheet[HEADER] if cell.value == "客户名称")
    one, two = sheet.cell(HEADER + 1, name), sheet.cell(HEADER + 2, name)
    one.value, two.value = two.value, one.value
    book.save(sent)
    applied = apply.read(sent, state, MODEL)
    assert not applied.taken and not state.entries("values")
    (told,) = applied.refused
    assert (told.code, told.row) == ("APPLY_ROW_MOVED", HEADER + 1)


def test_blanks_and_width_do_not_move_a_row(sent: Path, state: State) -> None:
    fill(sent, "客户", 1, "客户名称", " 甲 公司\u3000")
    fill(sent, "客户", 1, "所属行业", "制造业")
    assert apply.read(sent, state, MODEL).taken == {"values": 1}


def test_a_sheet_that_was_not_sent_is_told(sent: Path, state: State) -> None:
    book = openpyxl.load_workbook(sent)
    book.create_sheet("我的备注")["A1"] = "甲公司已倒闭"
    book.create_sheet("空的")
    book.save(sent)
    told = [(r.sheet, r.code) for r in apply.read(sent, state, MODEL).refused]
    assert told == [("我的备注", "APPLY_SHEET_UNREAD")]


def test_of_two_columns_with_one_heading_the_one_that_was_sent_is_read(
    sent: Path, state: State
) -> None:
    fill(sent, "客户", 1, "所属行业", "制造业")
    book = openpyxl.load_workbook(sent)
    book["客户"].cell(HEADER, book["客户"].max_column + 1).value = "所属行业"
    book.save(sent)
    assert apply.read(sent, state, MODEL).taken == {"values": 1}


def test_a_place_is_told_as_spreadsheets_call_it(sent: Path, state: State) -> None:
    fill(sent, "客户", 2, "跟进状态", "随便")
    (told,) = apply.read(sent, state, MODEL).refused
    book = openpyxl.load_workbook(sent)
    assert book["客户"][told.cell].value == "随便"


def test_a_filled_gap_gives_way_to_the_source(sent: Path, state: State) -> None:
    fill(sent, "联系人", 1, "职位", "采购经理")
    apply.read(sent, state, MODEL)
    known = records("contact", {"golden": "k", "name": "李四", "title": "总经理"})
    filled, changes = gaps.apply_fills({"contact": known}, state)
    assert filled["contact"]["title"].to_pylist() == ["总经理"] and not changes.num_rows


def test_a_filled_gap_is_asked_again_when_the_record_is_another(sent: Path, state: State) -> None:
    fill(sent, "联系人", 1, "职位", "采购经理")
    apply.read(sent, state, MODEL)
    other = records("contact", {"golden": "k", "name": "王五"})
    assert gaps.apply_fills({"contact": other}, state)[1].num_rows == 0


def test_a_filled_name_does_not_hide_the_other_filled_values(tmp_path: Path, state: State) -> None:
    """The record was nameless when it was sent; with its name filled in it is still the same."""
    golden = {"contact": records("contact", {"golden": "k", "mobile": "13812340001"})}
    table = gaps_of(golden, crosswalk(golden), PLAN, PROJECT, MODEL)
    (path,) = gaps.write(table, golden, PLAN, PROJECT, MODEL, tmp_path / "gaps", "zh")
    fill(path, "联系人", 1, "姓名", "李四")
    fill(path, "联系人", 1, "职位", "经理")
    apply.read(path, state, MODEL)
    filled, _ = gaps.apply_fills(golden, state)
    record = filled["contact"].to_pylist()[0]
    assert (record["name"], record["title"]) == ("李四", "经理")


def test_the_last_word_wins_and_a_changed_answer_is_told(sent: Path, state: State) -> None:
    for title, codes in (("采购经理", []), ("总经理", ["APPLY_CHANGED"])):
        fill(sent, "联系人", 1, "职位", title)
        applied = apply.read(sent, state, MODEL)
        assert applied.taken == {"values": 1} and [n.code for n in applied.notes] == codes
    assert gaps.apply_fills(GOLDEN, state)[0]["contact"]["title"].to_pylist() == ["总经理"]


def reviewed(path: Path, columns: dict[str, list[str]]) -> Path:
    import pyarrow as pa

    sheet = workbooks.Sheet("客户", [workbooks.Col(name) for name in columns], pa.table(columns))
    workbooks.write(path, [sheet], path.suffix[1:])
    return path


@pytest.mark.parametrize(
    ("word", "verdict"),
    [
        ("同一客户", "same"),
        ("不同", "different"),
        ("Same", "same"),
        ("否", "different"),
        ("√", "same"),
        ("×", "different"),
        ("ＹＥＳ", "same"),
        ("相同。", "same"),
        ("不是同一个", "different"),
    ],
)
def test_a_verdict_is_read_in_the_words_of_people(
    tmp_path: Path, state: State, word: str, verdict: str
) -> None:
    columns = {"object": ["customer"], "left": ["ERP:1"], "right": ["ERP:2"], "seen": ["1 2"]}
    apply.read(reviewed(tmp_path / "r.xlsx", {**columns, "结论": [word]}), state, MODEL)
    assert state.entries("pairs") == [
        {"object": "customer", "left": "ERP:1", "right": "ERP:2", "seen": "1 2", "verdict": verdict}
    ]


PAIR = {"object": ["customer"] * 2, "left": ["ERP:1"] * 2, "right": ["ERP:2"] * 2}


@pytest.mark.parametrize(
    ("words", "taken", "codes"),
    [
        (["同一", "不同"], {}, ["APPLY_CONTRADICTS"] * 2),
        (["不同", "否"], {"pairs": 1}, []),
        (["", "同一"], {"pairs": 1}, []),
    ],
)
def test_a_question_that_is_answered_in_two_ways_is_not_taken(
    tmp_path: Path, state: State, words: list[str], taken: dict, codes: list[str]
) -> None:
    applied = apply.read(reviewed(tmp_path / "r.xlsx", {**PAIR, "结论": words}), state, MODEL)
    assert applied.taken == taken and [r.code for r in applied.refused] == codes


OWNERS = [
    ("吴若兰", "吴若兰", None),
    (" 李知远　", "李知远", None),
    ("林一新", "林一新", "APPLY_NEW_OWNER"),
    ("吴若兰；李知远", None, "APPLY_BAD_OWNER"),
    ("张三,李四", None, "APPLY_BAD_OWNER"),
    ("待定", None, "APPLY_BAD_OWNER"),
    ("-", None, "APPLY_BAD_OWNER"),
    ("12345", None, "APPLY_BAD_OWNER"),
    ("同一", None, "APPLY_BAD_OWNER"),
]


@pytest.mark.parametrize(("word", "owner", "code"), OWNERS)
def test_one_person_keeps_a_customer(
    tmp_path: Path, state: State, word: str, owner: str | None, code: str | None
) -> None:
    columns = {"object": ["customer"], "record": ["ERP:1"], "新负责人": [word]}
    path = reviewed(tmp_path / "r.xlsx", {**columns, "目前的负责人": ["吴若兰；李知远"]})
    applied = apply.read(path, state, MODEL)
    assert [entry["owner"] for entry in state.entries("owners")] == ([owner] if owner else [])
    assert [told.code for told in (*applied.refused, *applied.notes)] == ([code] if code else [])


@pytest.mark.parametrize("form", ["xlsx", "xls"])
def test_a_verdict_column_under_another_heading_is_told(
    tmp_path: Path, state: State, form: str
) -> None:
    columns = {"object": ["customer"], "left": ["1"], "right": ["2"], "老板的意见": ["同一"]}
    path = reviewed(tmp_path / f"r.{form}", columns)
    applied = apply.read(path, state, MODEL)
    assert [(r.code, r.column) for r in applied.refused] == [("APPLY_NO_COLUMN", "判断")]
    assert not applied.taken


def test_an_answer_to_a_suggestion_is_told_in_its_own_words(tmp_path: Path, state: State) -> None:
    keys = {"object": ["customer"], "golden": ["a"], "field": ["stage"], "seen": ["1"]}
    path = reviewed(tmp_path / "r.xlsx", {**keys, "suggested": ["成交"], "是否采用": ["也许"]})
    assert [r.code for r in apply.read(path, state, MODEL).refused] == ["APPLY_BAD_ANSWER"]


def test_a_verdict_that_is_not_understood_is_listed(tmp_path: Path, state: State) -> None:
    columns = {"object": ["customer"], "left": ["1"], "right": ["2"], "结论": ["也许"]}
    applied = apply.read(reviewed(tmp_path / "r.xlsx", columns), state, MODEL)
    assert [refused.code for refused in applied.refused] == ["APPLY_BAD_VERDICT"]


def test_decisions_of_the_report_are_taken_and_bad_ones_listed(
    tmp_path: Path, state: State
) -> None:
    pair = {"object": "customer", "left": "ERP:1", "right": "ERP:2", "verdict": "same"}
    path = tmp_path / "decisions.json"
    listed = [pair, {**pair, "verdict": "maybe"}, {"left": "x"}, {**pair, "object": "dog"}]
    path.write_text(json.dumps({"decisions": listed}), encoding="utf-8")
    applied = apply.read(path, state, MODEL)
    assert state.entries("pairs") == [pair]
    assert [(r.row, r.code) for r in applied.refused] == [(n, "APPLY_BAD_ENTRY") for n in (2, 3, 4)]


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("x.xlsx", None, "APPLY_MISSING"),
        ("x.xlsx", b"not a workbook", "APPLY_UNREADABLE"),
        ("x.csv", b"object,left", "APPLY_TEXT"),
        ("x.json", b"{", "APPLY_NOT_OURS"),
        ("x.json", b"[1, 2]", "APPLY_NOT_OURS"),
        ("x.json", b'{"other": []}', "APPLY_NOT_OURS"),
    ],
)
def test_a_file_that_is_not_ours_is_refused(
    tmp_path: Path, state: State, name: str, content: bytes | None, code: str
) -> None:
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(InputRefused) as caught:
        apply.read(path, state, MODEL)
    assert caught.value.code == code


def test_a_workbook_without_our_columns_is_refused(tmp_path: Path, state: State) -> None:
    with pytest.raises(InputRefused):
        apply.read(reviewed(tmp_path / "r.xlsx", {"客户名称": ["甲"]}), state, MODEL)
