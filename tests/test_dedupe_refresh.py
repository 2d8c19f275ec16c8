"""A refresh compares new with old only, and comes to what a full run with the same state comes to."""

import random
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from test_dedupe import publish

from crmclean import decisions, dedupe, model, plan, project
from crmclean.dedupe import blocks, customer_fields, customers, held
from crmclean.run import Work
from crmclean.tables import record_ids

MODEL = model.build()
PLAN = plan.Plan((plan.Source(1, 0, "a.csv", "", "ERP", "legacy", "customer", "", 0),))
ROWS = 1_400


@pytest.fixture(scope="module")
def customers_of_last_month() -> list[dict]:
    """About one in four is there twice, in another spelling."""
    rng = random.Random(7)
    syllables = "恒宏瑞达佳创盛和润诚信华鼎博远嘉星海天龙"
    rows: list[dict] = []
    while len(rows) < ROWS:
        brand, city = "".join(rng.choices(syllables, k=3)), rng.choice(("上海", "杭州", "青岛"))
        trade = rng.choice(("电子", "贸易", "机械", "科技"))
        phone = f"138{rng.randrange(10**8):08}"
        rows.append({"name": f"{city}{brand}{trade}有限公司", "phone": phone})
        if rng.random() < 0.3:
            rows.append({"name": f"{brand}{trade}（{city}）有限公司", "phone": phone})
    return rows


def records(rows: list[dict]) -> dict[str, pa.Table]:
    ids = record_ids(1, pa.array(range(2, 2 + len(rows)), pa.int64()))
    found = {}
    for name, owner in MODEL.items():
        own = {"customer": rows, "contact": [people(n, row) for n, row in enumerate(rows)]}
        given = own.get(name, [])
        columns = {f: pa.array([r.get(f) for r in given], pa.string()) for f in owner.fields}
        found[name] = pa.table({"record": ids[: len(given)], **columns})
    return found


def people(number: int, row: dict) -> dict:
    surname = "王李张刘陈"[ord(row["phone"][-1]) % 5]
    return {"name": f"{surname}建{'国华明'[number % 3]}", "mobile": row["phone"]}


def run(rows: list[dict], state: decisions.State, work: Path, fresh: bool = False):
    migration = project.Project(sources=[{"path": "a.csv"}])
    given = records(rows), PLAN, migration, MODEL, state
    return dedupe.dedupe(*given, work=Work(work), fresh=fresh)


def same(one: dedupe.Deduped, two: dedupe.Deduped) -> bool:
    tables = ("pairs", "golden_cells", "crosswalk", "changes", "issues", "memory")
    equal = all(getattr(one, name) == getattr(two, name) for name in tables)
    return equal and one.golden == two.golden


def changed(rows: list[dict], seed: int) -> list[dict]:
    """Next month: some renamed, some gone, some new, everything in other rows than before."""
    rng = random.Random(seed)
    new = [dict(row) for row in rows if rng.random() > 0.01]
    for row in rng.sample(new, 12):
        row[rng.choice(("name", "phone"))] = rng.choice(rows)["name"][:6] + "厂"
    for row in rng.sample(rows, 12):
        new.insert(rng.randrange(len(new)), {**row, "name": "新" + row["name"]})
    return new


@pytest.mark.parametrize("seed", range(3))
def test_a_refresh_is_a_full_run(tmp_path: Path, customers_of_last_month, seed: int) -> None:
    state = decisions.State(tmp_path / "state")
    first = run(customers_of_last_month, state, tmp_path / "work")
    publish(first, state)
    now = changed(customers_of_last_month, seed)
    again = run(now, state, tmp_path / "work")
    assert same(again, run(now, state, tmp_path / "anew", fresh=True))
    assert again.memory["weights"] == []
    later = changed(now, seed + 10)
    assert same(run(later, state, tmp_path / "work"), run(later, state, tmp_path / "c", fresh=True))


def test_what_was_learned_says_the_same_next_time(tmp_path: Path, customers_of_last_month) -> None:
    state = decisions.State(tmp_path / "state")
    first = run(customers_of_last_month, state, tmp_path / "work")
    publish(first, state)
    again = run(customers_of_last_month, state, tmp_path / "other", fresh=True)
    assert again.pairs == first.pairs and again.crosswalk == first.crosswalk


def test_a_key_that_grew_common_is_braked(customers_of_last_month) -> None:
    before = customer_fields.prepare(records(customers_of_last_month)["customer"])
    sizes = blocks.candidates(before, customers.SPEC).sizes
    flood = [
        {"name": f"{'甲乙丙丁戊己庚辛'[n % 8]}{n}号厂", "phone": "13000000000"} for n in range(400)
    ]
    after = customer_fields.prepare(records(customers_of_last_month + flood)["customer"])
    found = blocks.candidates(after, customers.SPEC, sizes)
    assert found.grown and len(found.left) < 400 * 399 // 2


def test_counts_survive_the_state() -> None:
    hashes = np.array([3, 2**63 + 5, 17], np.uint64)
    one = held.Held.of(hashes, np.array([9, 40, 3]), few=4, total=52)
    two = held.Held.from_entry(one.entry())
    assert two.counts_of(np.append(hashes, np.uint64(1))).tolist() == [9, 40, 4, 4]
    assert (two.few, two.total) == (4, 52)
