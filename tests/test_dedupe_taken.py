"""What is unchanged is taken over, and comes to what a whole run with the same state comes to."""

import json
import random
import shutil
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from test_dedupe import publish

from crmclean import decisions, dedupe, identity, model, plan, project
from crmclean.run import Work
from crmclean.run.kept import Kept
from crmclean.tables import PART_BITS, record_ids

MODEL = model.build()
SOURCES = (("ERP", "customer"), ("销售部", "customer"), ("ERP", "follow_up"))
PLAN = plan.Plan(
    tuple(
        plan.Source(n, n - 1, f"{n}.csv", "", system, "legacy", object, "", 0)
        for n, (system, object) in enumerate(SOURCES, 1)
    )
)
PROJECT = project.Project(sources=[{"path": f"{n}.csv"} for n in (1, 2, 3)])
TABLES = ("pairs", "golden_cells", "crosswalk", "changes", "issues", "memory", "delta")
CUSTOMERS = 900
Sheets = list[list[dict]]


def company(rng: random.Random, number: int) -> dict:
    brand = "".join(
        rng.choices("恒宏瑞达佳创盛和润诚信华鼎博远嘉星海天龙", k=rng.choice((2, 3, 3, 3)))
    )
    place = rng.choice(("上海", "杭州", "青岛", ""))
    row = {"name": f"{place}{brand}{rng.choice(('电子', '贸易', '机械'))}有限公司"}
    row["name"] += rng.choice(("", "", "", "杭州分公司"))
    given_: dict[str, tuple[float, str | dict]] = {
        "phone": (0.8, f"138{rng.randrange(10**8):08}"),
        "code": (0.5, f"K{number:05}"),
        "owner": (0.3, rng.choice(("张三", "李四"))),
        "short_name": (0.2, brand),
        "contact": (0.6, {"name": rng.choice("王李张") + rng.choice(("建国", "总"))}),
    }
    row |= {name: value for name, (share, value) in given_.items() if rng.random() < share}
    if "contact" in row and rng.random() < 0.6:
        row["contact"] |= {"mobile": f"139{rng.randrange(10**4):08}"}
    return row


def month(rng: random.Random) -> Sheets:
    """Two lists of customers, one in four in another spelling again, and their follow-ups."""
    rows: list[dict] = []
    for number in range(CUSTOMERS):
        rows.append(company(rng, number))
        if rng.random() < 0.25:
            name = rows[-1]["name"].replace("有限公司", rng.choice(("公司", "（中国）有限公司")))
            rows.append({**rows[-1], "name": name})
            rows[-1].pop("code", None)
    told = []
    for number in range(CUSTOMERS // 3):
        of = rng.choice(rows)
        name = rng.choice((of["name"], of["name"], of["name"][:-4], "无名氏"))
        by = {"customer_code": of["code"]} if "code" in of and number % 3 else {"customer": name}
        told.append({**by, "content": f"第{number}次", "at": "2024-01-02"})
    half = len(rows) * 2 // 3
    return [rows[:half], rows[half:], told]


def tables(sheets: Sheets) -> tuple[dict[str, pa.Table], list[tuple[int, str]]]:
    """The records of all objects, and the place and text of each row."""
    found: dict[str, list[dict]] = {name: [] for name in MODEL}
    rows = []
    for source, sheet in enumerate(sheets, 1):
        for number, row in enumerate(sheet, 2):
            record = record_ids(source, pa.array([number]))[0].as_py()
            rows.append((record >> PART_BITS, repr(sorted(row.items()))))
            if "contact" in row:
                found["contact"].append({"record": record + 1, **row["contact"]})
            found[SOURCES[source - 1][1]].append({"record": record, **row})
    records = {
        name: pa.table(
            {
                "record": pa.array([row["record"] for row in found[name]], pa.int64()),
                **{f: pa.array([r.get(f) for r in found[name]], pa.string()) for f in owner.fields},
            }
        )
        for name, owner in MODEL.items()
    }
    return records, rows


def changed_since(
    base: list[tuple[int, str]], rows: list[tuple[int, str]], records: dict[str, pa.Table]
) -> dedupe.Changed:
    """What is not as it was; of like rows the first is the first that there was."""
    known: dict[str, list[int]] = {}
    for place, text in reversed(base):
        known.setdefault(text, []).append(place)
    pairs = [(known[text].pop(), place) for place, text in rows if known.get(text)]
    then, now = np.array(pairs, np.int64).reshape(-1, 2).T
    new = {}
    for name, own in records.items():
        place = own["record"].to_numpy() >> PART_BITS
        new[name] = own.filter(pa.array(~np.isin(place, now)))
    return dedupe.Changed(Kept.of(then, now), new)


def run(sheets: Sheets, state: decisions.State, work: Path, fresh: bool = False) -> dedupe.Deduped:
    """The stage, as after cleaning: what has changed is told from the rows of the last whole run."""
    records, rows = tables(sheets)
    told = work / "rows.json"
    base = [] if fresh or not told.exists() else json.loads(told.read_text(encoding="utf-8"))
    changed = changed_since(base, rows, records) if base else None
    before = base_time(work) if base else 0
    given_ = records, PLAN, PROJECT, MODEL, state
    found = dedupe.dedupe(*given_, work=Work(work), fresh=fresh, changed=changed)
    if base_time(work) != before:
        told.write_text(json.dumps(rows), encoding="utf-8")
    return found


def edited(sheets: Sheets, edits: list[tuple[str, int, int, int]]) -> Sheets:
    """Sheets with rows taken out, put in, moved, and cells changed to those of other rows."""
    sheets = [[dict(row) for row in sheet] for sheet in sheets]
    for kind, which, one, two in edits:
        sheet = sheets[which]
        here, there = sheet[one % len(sheet)], sheet[two % len(sheet)]
        if kind == "gone":
            sheet.remove(here)
        elif kind == "twice":
            sheet.insert(two % len(sheet), dict(here))
        elif kind == "moved":
            sheet.remove(here)
            sheet.insert(one % len(sheet) + two % 9, here)
        elif kind == "new" and which < 2:
            sheet.insert(two % len(sheet), company(random.Random(one), one))
        elif kind in there:
            here[kind] = there[kind]
    return sheets


KINDS = ("gone", "twice", "moved", "new", "name", "phone", "code", "owner", "contact", "customer")
NUMBER = st.integers(0, 10_000)
EDITS = st.lists(
    st.tuples(st.sampled_from(KINDS), st.integers(0, 2), NUMBER, NUMBER), min_size=1, max_size=10
)


@pytest.fixture(scope="module")
def last_month(tmp_path_factory) -> tuple[Sheets, Path]:
    """A month that was published; the folder holds `work` and `state`."""
    folder = tmp_path_factory.mktemp("last")
    sheets, state = month(random.Random(5)), decisions.State(folder / "state")
    publish(run(sheets, state, folder / "work"), state)
    return sheets, folder


def copied(folder: Path, to: Path) -> tuple[decisions.State, Path]:
    shutil.rmtree(to, ignore_errors=True)
    shutil.copytree(folder, to)
    return decisions.State(to / "state"), to / "work"


def assert_same(one: dedupe.Deduped, two: dedupe.Deduped) -> None:
    for name in TABLES:
        assert getattr(one, name) == getattr(two, name), name
    assert one.golden == two.golden


def was_whole(work: Path, before: float) -> bool:
    return base_time(work) != before


def base_time(work: Path) -> float:
    return (work / "last/deduped/base.json").stat().st_mtime_ns


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(edits=EDITS, later=EDITS, published=st.booleans())
def test_a_refresh_is_a_whole_run(tmp_path, last_month, edits, later, published) -> None:
    sheets, folder = last_month
    state, work = copied(folder, tmp_path / "copy")
    sheets = edited(sheets, edits)
    found = run(sheets, state, work)
    assert_same(found, run(sheets, state, tmp_path / "copy/anew", fresh=True))
    if published:
        publish(found, state)
    sheets = edited(sheets, later)
    assert_same(run(sheets, state, work), run(sheets, state, tmp_path / "copy/anew", fresh=True))


def test_rows_that_no_change_reaches_are_not_done_again(tmp_path, last_month) -> None:
    sheets, folder = last_month
    state, work = copied(folder, tmp_path / "copy")
    before = base_time(work)
    run(edited(sheets, [("phone", 0, 3, 40)]), state, work)
    assert not was_whole(work, before)


def test_a_decision_of_a_person_is_honoured_in_a_refresh(tmp_path, last_month) -> None:
    sheets, folder = last_month
    state, work = copied(folder, tmp_path / "copy")
    found = run(sheets, state, work)
    pair = next(
        p for p in found.pairs.to_pylist() if (p["object"], p["verdict"]) == ("customer", "match")
    )
    own = tables(sheets)[0]["customer"]
    prints = identity.fingerprints(own, "customer", PLAN)
    sides = {
        side: prints[own["record"].to_pylist().index(pair[side])].as_py()
        for side in ("left", "right")
    }
    state.append("pairs", [{"object": "customer", **sides, "verdict": "different"}])
    sheets = edited(sheets, [("phone", 1, 3, 40)])
    again = run(sheets, state, work)
    assert_same(again, run(sheets, state, tmp_path / "anew", fresh=True))
    assert "DECIDED_DIFFERENT" in again.pairs["reason"].to_pylist()


def test_too_many_changes_are_done_anew(tmp_path, last_month) -> None:
    sheets, folder = last_month
    state, work = copied(folder, tmp_path / "copy")
    before = base_time(work)
    sheets = [[{**row, "remark": "新"} for row in sheet] for sheet in sheets]
    run(sheets, state, work)
    assert was_whole(work, before)
