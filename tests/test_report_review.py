"""Review workbooks go out, come back with verdicts, and `apply` understands them."""

from pathlib import Path

import openpyxl
import pyarrow as pa
import pytest
import report_work

from crmclean import apply, gaps, review, tables
from crmclean.decisions import State
from crmclean.dedupe import contacts, customers
from crmclean.identity import fingerprints, hashes
from crmclean.messages import entries
from crmclean.model import build
from crmclean.report import overview
from crmclean.report.finished import Finished


@pytest.fixture
def made(tmp_path: Path) -> tuple:
    return report_work.make(tmp_path / "work", customers=200, issues=10, clusters=20)


def write(made: tuple, folder: Path) -> list[Path]:
    work, project, model, plan = made
    work.put("suggestions", review.find_suggestions(work, model))
    return review.write(work, plan, project, model, folder)


def rows_of(path: Path) -> tuple[list, list]:
    sheet = openpyxl.load_workbook(path).worksheets[0]
    lines = [[cell.value for cell in row] for row in sheet.iter_rows()]
    at = next(n for n, line in enumerate(lines) if "object" in line)
    return lines[at], lines[at + 1 :]


def test_one_row_per_open_pair_with_both_sides_unmasked(made: tuple, tmp_path: Path) -> None:
    duplicates, *_ = write(made, tmp_path / "review")
    heading, rows = rows_of(duplicates)
    assert duplicates.name == "duplicates.xlsx"
    assert len(rows) == 10
    assert heading[:4] == ["object", "left", "right", "seen"]
    assert {"A · 客户名称", "B · 客户名称", "判断"} <= set(heading)
    names = set(made[0].get("records/customer")["name"].to_pylist())
    assert {row[heading.index("A · 客户名称")] for row in rows} <= names


def test_two_customers_are_asked_about_once_by_their_heaviest_pair(
    made: tuple, tmp_path: Path
) -> None:
    work = made[0]
    before = rows_of(write(made, tmp_path / "before")[0])
    pairs, crosswalk = work.get("pairs"), work.get("crosswalk")
    open_ = pairs.filter(pa.compute.equal(pairs["verdict"], "review")).slice(0, 1)
    right, other = open_["right"][0].as_py(), pairs["right"][0].as_py()
    golden = crosswalk["golden"].to_pylist()
    records = crosswalk["record"].to_pylist()
    golden[records.index(other)] = golden[
        records.index(right)
    ]  # another record of the same customer
    at = crosswalk.column_names.index("golden")
    for name in ("crosswalk", "crosswalk_final"):
        work.put(name, crosswalk.set_column(at, "golden", pa.array(golden)))
    lighter = open_.set_column(2, "right", pa.array([other])).set_column(
        3, "weight", pa.array([1.0])
    )
    work.put("pairs", pa.concat_tables([lighter, pairs]))
    assert rows_of(write(made, tmp_path / "after")[0]) == before
    work, project, model, plan = made
    run = Finished(work, project, model, plan, unmask="")
    steps = overview.facts(run, {"total": 0})["actions"]
    assert next(one["count"] for one in steps if one["step"] == "review") == len(before[1])


def test_verdicts_come_back_with_the_fingerprints_of_the_records(
    made: tuple, tmp_path: Path
) -> None:
    work, _, model, plan = made
    path = write(made, tmp_path / "review")[0]
    book = openpyxl.load_workbook(path)
    sheet = book.worksheets[0]
    top = next(n for n, row in enumerate(sheet.iter_rows(values_only=True), 1) if "object" in row)
    column = [cell.value for cell in sheet[top]].index("判断") + 1
    sheet.cell(top + 1, column, "同一")
    sheet.cell(top + 2, column, "不同")
    book.save(path)
    state = State(tmp_path / "state")
    applied = apply.read(path, state, model)
    assert applied.taken == {"pairs": 2} and applied.empty == 8 and not applied.refused
    prints = set(fingerprints(work.get("records/customer"), "customer", plan).to_pylist())
    entries = state.entries("pairs")
    assert [entry["verdict"] for entry in entries] == ["same", "different"]
    assert all({entry["left"], entry["right"]} <= prints for entry in entries)


def test_one_answer_for_a_group_leaves_the_answers_of_its_rows(made: tuple, tmp_path: Path) -> None:
    work, _, model, _ = made
    pairs = work.get("pairs")
    ends = pairs.filter(pa.compute.equal(pairs["verdict"], "review"))["right"].to_pylist()[:4]
    chained = pairs.slice(0, 3).set_column(1, "left", pa.array(ends[:3]))
    chained = chained.set_column(2, "right", pa.array(ends[1:]))
    verdict = pairs.column_names.index("verdict")
    chained = chained.set_column(verdict, "verdict", pa.array(["review"] * 3))
    work.put("pairs", pa.concat_tables([chained, pairs]))
    path = write(made, tmp_path / "review")[0]
    heading, rows = rows_of(path)
    group, column = heading.index("组"), heading.index("判断")
    assert [row[group] for row in rows] == ["1"] * 7 + [str(n) for n in range(2, 8)]
    book = openpyxl.load_workbook(path)
    sheet = book.worksheets[0]
    top = next(n for n, row in enumerate(sheet.iter_rows(values_only=True), 1) if "object" in row)
    sheet.cell(top + 2, column + 1, "本组都不同")
    sheet.cell(top + 3, column + 1, "同一")
    book.save(path)
    state = State(tmp_path / "state")
    applied = apply.read(path, state, model)
    assert applied.taken == {"pairs": 7} and applied.empty == 6 and not applied.refused
    said = [entry["verdict"] for entry in state.entries("pairs")]
    assert said == ["different", "different", "same", *["different"] * 4]


def test_owners_come_back(made: tuple, tmp_path: Path) -> None:
    _, _, model, _ = made
    path = write(made, tmp_path / "review")[1]
    heading, rows = rows_of(path)
    book = openpyxl.load_workbook(path)
    sheet = book.worksheets[0]
    top = next(n for n, row in enumerate(sheet.iter_rows(values_only=True), 1) if "object" in row)
    sheet.cell(top + 1, heading.index("新负责人") + 1, "李四")
    book.save(path)
    state = State(tmp_path / "state")
    assert apply.read(path, state, model).taken == {"owners": 1}
    assert state.entries("owners")[0]["owner"] == "李四"
    assert len({row[1] for row in rows}) == len(rows)


def test_nothing_to_decide_gives_no_workbook(made: tuple, tmp_path: Path) -> None:
    work = made[0]
    work.put("pairs", work.get("pairs").slice(0, 0))
    work.put("crosswalk", work.get("crosswalk").slice(0, 0))
    assert write(made, tmp_path / "review") == []


def test_the_same_pairs_give_the_same_bytes(made: tuple, tmp_path: Path) -> None:
    first, again = write(made, tmp_path / "a")[0], write(made, tmp_path / "b")[0]
    assert first.read_bytes() == again.read_bytes()


@pytest.mark.parametrize(
    ("now", "after"), [("朋友介绍", "客户转介绍"), ("广告", "广告"), (None, "客户转介绍")]
)
def test_an_accepted_suggestion_replaces_only_the_value_it_was_made_for(
    made: tuple, tmp_path: Path, now: str | None, after: str
) -> None:
    golden = made[0].get("golden/customer").slice(0, 1)
    at = golden.column_names.index("source")
    golden = golden.set_column(at, "source", pa.array([now], pa.string()))
    entry = {"object": "customer", "golden": golden["golden"][0].as_py(), "field": "source"}
    entry |= {"value": "客户转介绍", "instead_of": "朋友介绍"}
    state = State(tmp_path / "state")
    state.append("values", [{**entry, "seen": hashes(golden, ("name",))[0].as_py()}])
    filled, changes = gaps.apply_fills({"customer": golden}, state)
    assert filled["customer"]["source"].to_pylist() == [after]
    assert changes.num_rows == (now != after)
    assert changes["before"].to_pylist() == [now] * changes.num_rows


def suggested(made: tuple) -> tuple:
    """The golden contact of a record with a refused mobile, and the issue with its suggestion."""
    work = made[0]
    contacts = work.get("golden/contact")
    record, key = contacts["record"][0].as_py(), contacts["golden"][0].as_py()
    mobile = pa.array(["1380001O234", *contacts["mobile"].to_pylist()[1:]], pa.string())
    at = contacts.column_names.index("mobile")
    work.put("golden/contact", contacts.set_column(at, "mobile", mobile))
    columns = {"object": "contact", "record": [record], "field": "mobile", "source": 1, "row": 2}
    columns |= {"code": "PHONE_LETTERS", "severity": "error", "value": "1380001O234"}
    work.put("issues/dedupe", tables.table(tables.ISSUES, {**columns, "suggestion": "13800010234"}))
    return key, work


@pytest.mark.parametrize(("word", "value"), [("采用", "13800010234"), ("不采用", None)])
def test_a_suggestion_is_accepted_or_rejected_in_the_workbook(
    made: tuple, tmp_path: Path, word: str, value: str | None
) -> None:
    key, work = suggested(made)
    model = made[2]
    path = write(made, tmp_path / "review")[-1]
    assert path.name == "suggestions.xlsx"
    book = openpyxl.load_workbook(path)
    sheet = book["联系人"]
    top = next(n for n, row in enumerate(sheet.iter_rows(values_only=True), 1) if "object" in row)
    heading = [cell.value for cell in sheet[top]]
    shown = dict(zip(heading, [cell.value for cell in sheet[top + 1]], strict=True))
    assert (shown["现在的值"], shown["建议值"]) == ("1380001O234", "13800010234")
    sheet.cell(top + 1, heading.index("是否采用") + 1, word)
    book.save(path)
    state = State(tmp_path / "state")
    applied = apply.read(path, state, model)
    assert applied.taken == {"values": 1} and not applied.refused
    golden, changes = gaps.apply_fills({"contact": work.get("golden/contact")}, state)
    mobiles = dict(
        zip(*(golden["contact"][k].to_pylist() for k in ("golden", "mobile")), strict=True)
    )
    assert mobiles[key] == (value or "1380001O234") and changes.num_rows == bool(value)
    assert (
        key
        not in review.find_suggestions(work, model, state.entries("values"))["golden"].to_pylist()
    )


def test_every_comparison_has_words() -> None:
    model = build()
    for owner, spec in (("customer", customers.SPEC), ("contact", contacts.SPEC)):
        for comparison in spec.comparisons:
            known = comparison.name in model[owner].fields
            assert known or f"report.compare.{comparison.name}" in entries(), comparison.name


def test_the_reasons_of_a_pair_add_up_to_its_weight(made: tuple, tmp_path: Path) -> None:
    heading, rows = rows_of(write(made, tmp_path / "review")[0])
    for row in rows:
        total, parts = row[heading.index("依据（比特）")].split(" = ")
        told = sum(float(part.rsplit(" ", 1)[1]) for part in parts.split(" · "))
        assert abs(told - float(total)) < 0.06 * len(parts.split(" · "))
