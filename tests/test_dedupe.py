"""The duplicate stage: laws, bands, owners, survivorship, references, identity over time."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crmclean import decisions, dedupe, identity, messages, model, plan, project
from crmclean.dedupe import compare, customer_fields, fields
from crmclean.dedupe.blocks import refuse_too_many
from crmclean.dedupe.customers import ADDRESS
from crmclean.errors import InputRefused
from crmclean.tables import record_ids

MODEL = model.build()
PLAN = plan.Plan(
    tuple(
        plan.Source(n, n - 1, f"{system}.csv", "", system, "legacy", "customer", "", 0)
        for n, system in enumerate(("ERP", "销售部"), 1)
    )
)


def uscc(body: str) -> str:
    """A valid invented credit code from eight characters."""
    alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"
    code = f"91310000X{body}"
    return code + alphabet[-sum(alphabet.index(c) * pow(3, n, 31) for n, c in enumerate(code)) % 31]


ONE, TWO = uscc("A1234567"), uscc("B7654321")


def table(name: str, rows: list[dict], source: int = 1, first: int = 2) -> pa.Table:
    ids = record_ids(source, pa.array(range(first, first + len(rows)), pa.int64()))
    columns = {f: pa.array([r.get(f) for r in rows], pa.string()) for f in MODEL[name].fields}
    return pa.table({"record": ids, **columns})


def run(folder: Path, customers=(), settings=None, state=None, **others):
    records = {name: table(name, []) for name in MODEL}
    if isinstance(customers, pa.Table):
        records["customer"] = customers
    else:
        records["customer"] = table("customer", list(customers))
    records |= {n: t if isinstance(t, pa.Table) else table(n, t) for n, t in others.items()}
    migration = project.Project(sources=[{"path": "a.csv"}], dedupe=settings or {})
    return dedupe.dedupe(records, PLAN, migration, MODEL, state or decisions.State(folder))


def publish(found, state: decisions.State) -> None:
    """What the pipeline does once a run is published."""
    for kind, entries in sorted(found.memory.items()):
        state.append(kind, entries)


def clusters(found, name: str = "customer") -> list[str]:
    rows = [r for r in found.crosswalk.to_pylist() if r["object"] == name]
    return [r["golden"] for r in sorted(rows, key=lambda r: r["record"])]


def ends(found, name: str = "customer") -> list[tuple[str, str | None]]:
    rows = [r for r in found.crosswalk.to_pylist() if r["object"] == name]
    return [(r["end"], r["reason"]) for r in sorted(rows, key=lambda r: r["record"])]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"name": "上海华星电子有限公司"}, {"name": "华星电子（上海）有限责任公司"}),
        ({"name": "上海華星電子有限公司"}, {"name": "上海市华星电子有限公司"}),
        ({"name": "红星电子有限公司", "uscc": ONE}, {"name": "红星电子厂", "uscc": ONE}),
        (
            {"name": "华星电子", "phone": "021-55501234", "address": "上海市测试路1号"},
            {"name": "上海华星电子有限公司", "phone": "021-55501234", "address": "上海市测试路1号"},
        ),
    ],
)
def test_one_customer(tmp_path: Path, one: dict, other: dict) -> None:
    assert len(set(clusters(run(tmp_path, [one, other])))) == 1


SAME = {"phone": "021-55501234", "address": "上海市测试路1号", "email": "a@example.com"}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (
            {"name": "上海华星电子有限公司", "uscc": ONE},
            {"name": "上海华星电子有限公司", "uscc": TWO},
        ),
        ({"name": "上海机床一厂"}, {"name": "上海机床二厂"}),
        ({"name": "华星电子有限公司北京分公司"}, {"name": "华星电子有限公司广州分公司"}),
        ({"name": "华星电子有限公司北京分公司"}, {"name": "华星电子有限公司"}),
        ({"name": "北京华星电子有限公司"}, {"name": "北京华星食品有限公司"}),
        ({"name": "上海宏达食品有限公司"}, {"name": "南京宏达食品有限公司"}),
        ({"name": "天岳集团有限公司"}, {"name": "天岳置业有限公司"}),
        ({"name": "天岳集团有限公司"}, {"name": "天岳控股有限公司"}),
        ({"name": "天岳食品集团有限公司"}, {"name": "天岳食品集团水产养殖有限公司"}),
        ({"name": "郑州市人民医院"}, {"name": "郑州市金水区人民医院"}),
        ({"name": "凯瑞橡塑（高密）有限公司"}, {"name": "凯瑞橡塑（诸城）有限公司"}),
        ({"name": "上海华星电子有限公司"}, {"name": "上海金鹿酒店管理有限公司"}),
        ({"name": None}, {"name": None}),
    ],
)
def test_two_customers_whatever_they_share(tmp_path: Path, one: dict, other: dict) -> None:
    found = run(tmp_path, [{**SAME, **one}, {**SAME, **other}])
    assert len(set(clusters(found))) == 2


@pytest.mark.parametrize(
    ("one", "other", "level"),
    [
        ("上海市中山路1号", "上海市中山路9号", "other"),
        ("上海市闵行区剑川路951号5幢1层", "上海市闵行区剑川路951号3幢1层", "alike"),
    ],
)
def test_another_house_of_a_street_is_another_address(one: str, other: str, level: str) -> None:
    fields = customer_fields.prepare(table("customer", [{"address": one}, {"address": other}]))
    (reached,) = compare.levels(ADDRESS, fields, np.array([0]), np.array([1]))
    assert ADDRESS.levels[reached - 1].name == level


def test_project_rules_beat_the_weight(tmp_path: Path) -> None:
    twins = [{"name": "上海华星电子有限公司"}] * 2
    never = {"never": [["ERP.csv!2", "ERP.csv!3"]]}
    assert len(set(clusters(run(tmp_path, twins, never)))) == 2
    strangers = [{"name": "上海华星电子有限公司"}, {"name": "北京宏达食品厂"}]
    always = {"always": [["ERP.csv!2", "ERP.csv!3"]]}
    assert len(set(clusters(run(tmp_path, strangers, always)))) == 1


def test_project_rules_name_records_by_row_or_by_code(tmp_path: Path) -> None:
    twins = [{"name": "上海华星电子有限公司", "code": code} for code in ("C1", "C2")]
    found = run(tmp_path, twins, {"never": [["ERP:C1", "ERP.csv!3"]]})
    assert len(set(clusters(found))) == 2
    assert found.issues.num_rows == 0


def test_a_named_record_that_is_not_there_is_told(tmp_path: Path) -> None:
    twins = [{"name": "上海华星电子有限公司"}] * 2
    found = run(tmp_path, twins, {"never": [["ERP.csv!2", "ERP.csv!99"]]})
    told = [(i["code"], i["value"]) for i in found.issues.to_pylist()]
    assert told == [("NAMED_UNKNOWN", "ERP.csv!99")]


def test_a_record_that_is_named_twice_is_told(tmp_path: Path) -> None:
    twins = [{"name": "上海华星电子有限公司", "code": code} for code in ("C1", "C2")]
    found = run(tmp_path, twins, {"never": [["ERP:C1", "ERP.csv!2"]]})
    told = [(i["code"], i["value"]) for i in found.issues.to_pylist()]
    assert told == [("NAMED_TWICE", "ERP:C1 = ERP.csv!2")]


def test_decisions_hold_and_are_asked_again_when_names_changed(tmp_path: Path) -> None:
    rows = [
        {"name": "上海华星电子有限公司", "code": "1"},
        {"name": "上海华星电子有限公司", "code": "2"},
    ]
    own = table("customer", rows)
    left, right = identity.fingerprints(own, "customer", PLAN).to_pylist()
    seen = " ".join(identity.seen(own, "customer").to_pylist())
    state = decisions.State(tmp_path)
    state.append(
        "pairs",
        [
            {
                "object": "customer",
                "left": left,
                "right": right,
                "verdict": "different",
                "seen": seen,
            }
        ],
    )
    assert len(set(clusters(run(tmp_path, own, state=state)))) == 2
    rows[0]["phone"] = "021-55509999"
    assert len(set(clusters(run(tmp_path, rows, state=state)))) == 2
    rows[0]["name"] = "上海华星电子股份有限公司"
    found = run(tmp_path, rows, state=state)
    assert len(set(clusters(found))) == 1
    lapsed = [i for i in found.issues.to_pylist() if i["code"] == "DECISION_LAPSED"]
    assert [(i["row"], i["value"]) for i in lapsed] == [(2, "ERP.csv!3")]


def test_a_decision_that_lapsed_and_came_true_all_the_same_says_nothing(tmp_path: Path) -> None:
    rows = [
        {"name": "上海华星电子有限公司", "code": "1"},
        {"name": "上海华星电子有限公司", "code": "2"},
    ]
    own, state = table("customer", rows), decisions.State(tmp_path)
    left, right = identity.fingerprints(own, "customer", PLAN).to_pylist()
    entry = {"object": "customer", "left": left, "right": right, "verdict": "same", "seen": "1 2"}
    state.append("pairs", [entry])
    found = run(tmp_path, own, state=state)
    assert len(set(clusters(found))) == 1
    assert "DECISION_LAPSED" not in found.issues["code"].to_pylist()


def test_a_decision_holds_for_every_record_of_both_customers(tmp_path: Path) -> None:
    phone = "028-55595767"
    rows = [
        {"name": f"成都璟桥{n}有限公司", "phone": phone} for n in ("电子科技", "电子科技", "食品")
    ]
    own = table("customer", [{**row, "code": str(n)} for n, row in enumerate(rows)])
    assert [p["verdict"] for p in run(tmp_path, own).pairs.to_pylist()] == ["match"] + [
        "review"
    ] * 2
    prints = identity.fingerprints(own, "customer", PLAN).to_pylist()
    state = decisions.State(tmp_path)
    said = {"object": "customer", "left": prints[0], "right": prints[2], "verdict": "different"}
    state.append("pairs", [said])
    found = run(tmp_path, own, state=state)
    told = [(p["verdict"], p["reason"]) for p in found.pairs.to_pylist()]
    assert told == [("match", "")] + [("different", "DECIDED_DIFFERENT")] * 2
    assert "held" not in [end for end, _ in ends(found)]


#: Two customers of several records each; only the two with a telephone are asked about.
SISTERS = [
    {"name": "成都璟桥电子科技有限责任公司", "code": "A1", "phone": "028-55595767"},
    {"name": "成都璟桥食品有限责任公司", "code": "B1", "phone": "028-55595767"},
    *({"name": "成都璟桥电子科技有限责任公司", "code": code} for code in ("A2", "A3", "A4")),
    *({"name": "成都璟桥食品有限责任公司", "code": code} for code in ("B2", "B3", "B4")),
]


def said_same(state: decisions.State, *pairs: tuple[str, str]) -> None:
    state.append(
        "pairs",
        [
            {"object": "customer", "left": f"ERP:{one}", "right": f"ERP:{two}", "verdict": "same"}
            for one, two in pairs
        ],
    )


def test_who_says_that_two_customers_are_one_says_so_of_all_their_records(tmp_path: Path) -> None:
    state = decisions.State(tmp_path)
    first = run(tmp_path, SISTERS, state=state)
    publish(first, state)
    assert len(set(clusters(first))) == 2
    said_same(state, ("A1", "B1"))
    found = run(tmp_path, SISTERS, state=state)
    assert len(set(clusters(found))) == 1
    assert set(clusters(found)) < set(clusters(first)), "one of the two ids, no third one"
    assert "review" not in found.pairs["verdict"].to_pylist()


def test_customers_that_a_law_keeps_apart_stay_whole_whatever_is_said(tmp_path: Path) -> None:
    rows = [dict(row) for row in SISTERS]
    rows[2]["uscc"], rows[5]["uscc"] = ONE, TWO
    state = decisions.State(tmp_path)
    before = clusters(run(tmp_path, rows, state=state))
    said_same(state, ("A1", "B1"))
    found = run(tmp_path, rows, state=state)
    assert len(set(before)) == 2 and clusters(found) == before
    told = [i["value"] for i in found.issues.to_pylist() if i["code"] == "ALWAYS_IMPOSSIBLE"]
    assert told == [rows[0]["name"], rows[1]["name"]]


def test_owner_conflict_is_held_until_somebody_decides(tmp_path: Path) -> None:
    rows = [{"name": "上海华星电子有限公司", "owner": o, "code": o} for o in ("张三", "李四")]
    found = run(tmp_path, rows)
    assert ends(found) == [("held", "OWNER_CONFLICT")] * 2
    state = decisions.State(tmp_path)
    state.append("owners", [{"object": "customer", "record": "ERP:张三", "owner": "李四"}])
    found = run(tmp_path, rows, state=state)
    assert [end for end, _ in ends(found)] == ["loaded", "merged"]
    golden = found.golden["customer"].to_pylist()[0]
    assert golden["owner"] == "李四"
    assert golden["remark"] == "协作人：张三"
    changed = [(c["field"], c["before"], c["after"]) for c in found.changes.to_pylist()]
    assert ("owner", "张三", "李四") in changed


def test_first_owner_wins_by_project_and_the_other_is_kept(tmp_path: Path) -> None:
    rows = [{"name": "上海华星电子有限公司", "owner": o} for o in ("张三", "李四")]
    golden = run(tmp_path, rows, {"owner_conflict": "first"}).golden["customer"].to_pylist()
    assert golden[0]["owner"] == "张三"
    assert "李四" in golden[0]["remark"]


def test_losing_telephones_live_on(tmp_path: Path) -> None:
    rows = [{"name": "上海华星电子有限公司", "phone": p} for p in ("021-55501111", "021-55502222")]
    found = run(tmp_path, rows)
    golden = found.golden["customer"].to_pylist()
    assert golden[0]["phone"] == "021-55501111"
    assert golden[0]["other_phones"] == "021-55502222"
    changed = [(c["field"], c["before"], c["after"]) for c in found.changes.to_pylist()]
    assert ("other_phones", None, "021-55502222") in changed


@pytest.mark.parametrize(("spoken", "written"), [("zh", "en"), ("en", "zh")])
def test_a_kept_value_has_its_label_in_the_language_of_the_project(
    tmp_path: Path, spoken: str, written: str
) -> None:
    rows = [{"name": "上海华星电子有限公司", "address": f"上海市测试路{n}号"} for n in "12"]
    records = {name: table(name, rows if name == "customer" else []) for name in MODEL}
    migration = project.Project(sources=[{"path": "a.csv"}], language=written)
    before = messages.language()
    messages.set_language(spoken)
    try:
        found = dedupe.dedupe(records, PLAN, migration, MODEL, decisions.State(tmp_path))
    finally:
        messages.set_language(before)
    label = {"zh": "其他详细地址：", "en": "other Address: "}[written]
    assert found.golden["customer"]["remark"].to_pylist() == [f"{label}上海市测试路2号"]


def test_a_golden_cell_is_told_once(tmp_path: Path) -> None:
    rows = [
        {"name": "上海华星电子有限公司", "phone": f"021-5550{n}", "other_phones": f"021-5551{n}"}
        for n in ("1111", "2222")
    ]
    cells = run(tmp_path, rows).golden_cells.to_pylist()
    told = [(c["golden"], c["field"]) for c in cells]
    assert len(told) == len(set(told))
    assert {c["field"]: c["strategy"] for c in cells}["other_phones"] == "keep_both"


def test_golden_is_the_master_record_and_its_changes(tmp_path: Path) -> None:
    rows = [
        {"name": "华星电子", "phone": "021-55501234", "address": "上海市测试路1号"},
        {
            "name": "上海华星电子有限公司",
            "phone": "021-55501234",
            "address": "上海市测试路1号",
            "fax": "1",
        },
    ]
    own = table("customer", rows)
    found = run(tmp_path, own)
    golden = found.golden["customer"].to_pylist()[0]
    replayed = next(r for r in own.to_pylist() if r["record"] == golden["record"])
    for change in found.changes.to_pylist():
        assert replayed[change["field"]] == change["before"]
        replayed[change["field"]] = change["after"]
    assert replayed == {k: v for k, v in golden.items() if k != "golden"}


def test_priority_of_systems(tmp_path: Path) -> None:
    rows = pa.concat_tables(
        [
            table("customer", [{"name": "上海华星电子有限公司", "industry": "A"}]),
            table("customer", [{"name": "上海华星电子有限公司", "industry": "B"}], source=2),
        ]
    )
    for priority, expected in ((["ERP"], "A"), (["销售部"], "B")):
        golden = run(tmp_path, rows, {"priority": priority}).golden["customer"]
        assert golden["industry"].to_pylist() == [expected]


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({}, "上海华星电子有限公司"),
        ({"priority": ["销售部"]}, "华星电子（上海）"),
        (
            {"priority": ["销售部"], "survivorship": {"customer.name": "fullest"}},
            "上海华星电子有限公司",
        ),
    ],
)
def test_a_stated_priority_beats_the_fullest_name(
    tmp_path: Path, settings: dict, expected: str
) -> None:
    both = {"phone": "021-55501234", "address": "上海市测试路1号"}
    rows = pa.concat_tables(
        [
            table("customer", [{"name": "上海华星电子有限公司", **both}]),
            table("customer", [{"name": "华星电子（上海）", **both}], source=2),
        ]
    )
    golden = run(tmp_path, rows, settings).golden["customer"]
    assert golden["name"].to_pylist() == [expected]


STRATEGIES = [
    ("priority", "A"), ("most_recent", "C"), ("most_complete", "BBB"), ("most_frequent", "D"),
    ("longest", "BBB"), ("earliest", "A"), ("latest", "D"), ("union", "A；C；D；BBB"),
    ("keep_both", "A"),
]  # fmt: skip


@pytest.mark.parametrize(("strategy", "expected"), STRATEGIES)
def test_strategies(tmp_path: Path, strategy: str, expected: str) -> None:
    values, dates = ("A", "BBB", "C", "D", "D"), ("01", "02", "09", "03", "04")
    rows = [
        {"name": "上海华星电子有限公司", "requirement": v, "updated_at": f"2024-01-{d}"}
        for v, d in zip(values, dates, strict=True)
    ]
    rows[0]["fax"] = rows[0]["website"] = "x"  # the fullest record leads
    named = {"survivorship": {"customer.requirement": strategy}}
    golden = run(tmp_path, rows, named).golden["customer"].to_pylist()[0]
    assert golden["requirement"] == expected
    if strategy == "keep_both":
        assert "BBB" in golden["remark"] and "D" in golden["remark"]


@pytest.mark.parametrize("strategy", ["union", "keep_both"])
def test_one_telephone_holds_one_number_and_a_remark_holds_both(
    tmp_path: Path, strategy: str
) -> None:
    rows = [
        {"name": "上海华星电子有限公司", "phone": "021-55501234", "remark": "老客户"},
        {"name": "上海华星电子有限公司", "phone": "021-55509999", "remark": "月结"},
    ]
    how = {"survivorship": {"customer.phone": strategy, "customer.remark": strategy}}
    (golden,) = run(tmp_path, rows, how).golden["customer"].to_pylist()
    assert golden["phone"] == "021-55501234"
    assert golden["other_phones"] == "021-55509999"
    assert golden["remark"] == "老客户；月结"


def test_a_sound_value_beats_a_newer_refused_one(tmp_path: Path) -> None:
    rows = [
        {"name": "上海华星电子有限公司", "uscc": "91310000BAD", "updated_at": "2024-06-01"},
        {"name": "上海华星电子有限公司", "uscc": ONE, "updated_at": "2020-01-01"},
    ]
    for strategy in ("most_recent", "longest", "priority"):
        named = {"survivorship": {"customer.uscc": strategy}}
        assert run(tmp_path, rows, named).golden["customer"]["uscc"].to_pylist() == [ONE]


def test_only_numbers_become_other_phones(tmp_path: Path) -> None:
    rows = [
        {"name": "上海华星电子有限公司", "phone": p, "fax": f}
        for p, f in (("021-55501111", "x"), ("1.39E+10", None), ("8765 4321", None))
    ]
    golden = run(tmp_path, rows).golden["customer"].to_pylist()[0]
    assert golden["other_phones"] is None
    assert golden["remark"] == "其他公司电话：8765 4321"


def test_two_people_of_one_company_are_two_contacts(tmp_path: Path) -> None:
    customers = [{"name": "上海华星电子有限公司"}] * 3
    contacts = [
        {"name": "王建国", "mobile": "13900000001"},
        {"name": "李秀英", "mobile": "13900000002"},
        {"name": "王总", "mobile": "13900000001"},
    ]
    found = run(tmp_path, customers, contact=contacts)
    assert len(set(clusters(found))) == 1
    goldens = clusters(found, "contact")
    assert goldens[0] == goldens[2] != goldens[1]
    assert found.golden["contact"]["name"].to_pylist() == ["王建国", "李秀英"]


def test_a_mobile_at_two_customers_merges_nobody(tmp_path: Path) -> None:
    customers = [{"name": "上海华星电子有限公司"}, {"name": "北京宏达食品厂"}]
    contacts = [{"name": "王建国", "mobile": "13900000001"}] * 2
    found = run(tmp_path, customers, contact=contacts)
    assert len(set(clusters(found, "contact"))) == 2


def test_children_follow_and_orphans_are_listed(tmp_path: Path) -> None:
    customers = [{"name": "上海华星电子有限公司", "code": "K1"}, {"name": "上海市华星电子有限公司"}]
    said = [
        {"customer": "上海市华星电子有限公司", "content": "a"},
        {"customer": None, "customer_code": "K1", "content": "b"},
        {"customer": "华星电子(上海)有限公司", "content": "c"},
        {"customer": "无此公司", "content": "d"},
    ]
    found = run(tmp_path, customers, follow_up=table("follow_up", said, source=2))
    golden = found.golden["follow_up"].to_pylist()
    customer = found.golden["customer"].to_pylist()[0]
    assert [g["customer_golden"] for g in golden] == [customer["golden"]] * 3 + [None]
    assert {g["customer"] for g in golden[:3]} == {customer["name"]}
    assert ends(found, "follow_up") == [("loaded", None)] * 3 + [("held", "ORPHAN")]
    assert "ORPHAN" in found.issues["code"].to_pylist()


def test_children_of_a_held_customer_wait_with_it(tmp_path: Path) -> None:
    rows = [{"name": "上海华星电子有限公司", "owner": o} for o in ("张三", "李四")]
    found = run(tmp_path, rows, contact=[{"name": "王建国"}])
    assert ends(found, "contact") == [("held", "parent")]


def test_a_branch_hangs_from_its_head_office(tmp_path: Path) -> None:
    names = [
        "华星电子有限公司", "华星电子有限公司北京分公司", "华星电子广州办事处", "上海宏达食品有限公司",
        "南京宏达食品有限公司", "宏达食品有限公司苏州分公司", "南京宏达食品有限公司无锡分公司",
    ]  # fmt: skip
    rows = [{"name": name} for name in names]
    rows[2]["parent"] = "某集团"
    rows[3]["uscc"], rows[4]["uscc"] = ONE, TWO
    found = run(tmp_path, rows)
    assert found.golden["customer"]["parent"].to_pylist() == [
        None, "华星电子有限公司", "某集团", None, None, None, "南京宏达食品有限公司",
    ]  # fmt: skip
    told = [
        (i["value"], i["suggestion"]) for i in found.issues.to_pylist() if i["code"] == "BRANCH_OF"
    ]
    assert ("华星电子广州办事处", "华星电子有限公司") in told and len(told) == 3
    changed = [
        (c["before"], c["after"]) for c in found.changes.to_pylist() if c["step"] == "parent"
    ]
    assert changed == [(None, "华星电子有限公司"), (None, "南京宏达食品有限公司")]


def test_ids_survive_a_new_row_in_front(tmp_path: Path) -> None:
    old = [{"name": "上海华星电子有限公司", "code": "K1"}, {"name": "北京宏达食品厂", "code": "K2"}]
    state = decisions.State(tmp_path)
    first = run(tmp_path, old, state=state)
    publish(first, state)
    second = run(tmp_path, [{"name": "华星电子（上海）有限公司", "code": "K0"}, *old], state=state)
    assert clusters(second)[1:] == clusters(first)
    assert clusters(second)[0] == clusters(first)[0]


NAMES = st.sampled_from(
    ["上海华星电子有限公司", "华星电子（上海）有限公司", "上海华星", "上海华星一厂", "上海华星二厂",
     "上海华星电子有限公司北京分公司", "上海华星电子有限公司广州分公司", "上海華星電子有限公司", None]
)  # fmt: skip
ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "name": NAMES,
            "uscc": st.sampled_from([ONE, TWO, "91310000BAD", None]),
            "phone": st.sampled_from(["021-55501234", None]),
            "address": st.sampled_from(["上海市测试路1号", None]),
        }
    ),
    min_size=1,
    max_size=9,
)
FEW = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@FEW
@given(rows=ROWS, match=st.sampled_from([-50.0, 0.0, 8.0]))
def test_a_merge_never_breaks_a_law(tmp_path: Path, rows: list[dict], match: float) -> None:
    from crmclean.dedupe import names, text

    found = run(tmp_path, rows, {"match": match, "review": match})
    for golden in set(clusters(found)):
        own = [r for r, g in zip(rows, clusters(found), strict=True) if g == golden]
        plain = text.plain(pa.array([r["name"] or "" for r in own], pa.string()))
        parts = [names.parts(name) for name in plain.to_pylist()]
        assert len({r["uscc"] for r in own} & {ONE, TWO}) <= 1
        assert len({(p.branch, p.ordinal) for p in parts}) == 1


@FEW
@given(rows=ROWS)
def test_every_record_ends_once_and_runs_are_equal(tmp_path: Path, rows: list[dict]) -> None:
    one, two = (run(tmp_path, rows) for _ in range(2))
    assert len(ends(one)) == len(rows)
    assert one.crosswalk.equals(two.crosswalk)
    assert one.pairs.equals(two.pairs)
    assert one.golden["customer"].equals(two.golden["customer"])


@pytest.mark.parametrize("order", [(ONE, None, TWO), (None, ONE, TWO), (ONE, TWO, None)])
def test_a_record_as_near_to_each_of_two_customers_joins_neither(
    tmp_path: Path, order: tuple
) -> None:
    rows = [{**SAME, "name": "上海华星电子有限公司", "uscc": u} for u in order]
    found = run(tmp_path, rows)
    assert len(set(clusters(found))) == 3
    verdicts = [p["verdict"] for p in found.pairs.to_pylist()]
    assert sorted(verdicts) == ["different", "review", "review"]
    held = [end for end, _ in ends(found)]
    assert held[order.index(None)] == "held" and held.count("held") == 1


def test_a_record_nearer_to_one_of_two_customers_joins_it(tmp_path: Path) -> None:
    rows = [{"name": "上海华星电子有限公司", "uscc": u} for u in (ONE, TWO, None)]
    rows[1]["phone"] = rows[2]["phone"] = "021-55501234"
    one, two, third = clusters(run(tmp_path, rows))
    assert one != two == third


@FEW
@given(
    rows=ROWS.filter(lambda rows: not {ONE, TWO} <= {r["uscc"] for r in rows}),
    seed=st.integers(0, 5),
)
def test_the_order_of_rows_does_not_matter(tmp_path: Path, rows: list[dict], seed: int) -> None:
    order = np.random.default_rng(seed).permutation(len(rows))
    straight = clusters(run(tmp_path, rows))
    turned = clusters(run(tmp_path, [rows[n] for n in order]))
    groups = [straight[n] for n in order]
    assert len(set(zip(groups, turned, strict=True))) == len(set(groups)) == len(set(turned))


def test_explain_adds_up(tmp_path: Path) -> None:
    rows = table("customer", [{"name": "上海华星电子有限公司"}, {"name": "上海华星電子有限公司"}])
    found = run(tmp_path, rows)
    left, right = rows["record"].to_pylist()
    lines = dedupe.explain({"customer": rows}, found.pairs, "customer", right, left)
    assert lines[-1][2] == pytest.approx(sum(bits for _, _, bits in lines[:-1]), abs=0.5)
    with pytest.raises(KeyError):
        dedupe.explain({"customer": rows}, found.pairs, "customer", left, 7)


def test_delta_and_unmerge(tmp_path: Path) -> None:
    state = decisions.State(tmp_path)
    old = [{"name": "上海华星电子有限公司", "code": "K1"}, {"name": "北京宏达食品厂", "code": "K2"}]
    publish(run(tmp_path, old, state=state), state)
    rows = [
        *old,
        {"name": "华星电子（上海）有限公司", "code": "K3"},
        {"name": "广州利民药店", "code": "K4"},
    ]
    own = table("customer", rows)
    found = run(tmp_path, own, state=state)
    assert found.delta["change"].to_pylist() == ["unchanged", "unchanged", "new"]
    golden = clusters(found)[0]
    state.append("pairs", dedupe.unmerge(golden, found.crosswalk, {"customer": own}, PLAN))
    publish(found, state)
    again = run(tmp_path, own, state=state)
    assert clusters(again)[0] == golden != clusters(again)[2]
    assert again.delta["change"].to_pylist() == ["split", "unchanged", "split", "unchanged"]
    with pytest.raises(KeyError):
        dedupe.unmerge(clusters(found)[1], found.crosswalk, {"customer": own}, PLAN)


def test_enough_decisions_move_the_weights(tmp_path: Path) -> None:
    """Sixty pairs that nobody would have asked about are said to differ: the next one is asked."""
    names = [f"上海{a}{b}华星电子有限公司" for a in "东西南北中上" for b in "甲乙丙丁戊己庚辛壬癸"]
    own = table("customer", [{"name": name, "code": f"K{n}"} for n, name in enumerate(names * 2)])
    before = run(tmp_path, own)
    prints = identity.fingerprints(own, "customer", PLAN).to_pylist()
    seen = identity.seen(own, "customer").to_pylist()
    state = decisions.State(tmp_path / "state")
    entries = [
        {
            "object": "customer", "left": prints[n], "right": prints[n + len(names)],
            "verdict": "different", "seen": f"{seen[n]} {seen[n + len(names)]}",
        }
        for n in range(len(names))
    ]  # fmt: skip
    state.append("pairs", entries[:-1])
    after = run(tmp_path, own, state=state)
    pair = (own["record"][len(names) - 1].as_py(), own["record"][2 * len(names) - 1].as_py())
    old, new = (
        next(p["weight"] for p in one.pairs.to_pylist() if (p["left"], p["right"]) == pair)
        for one in (before, after)
    )
    assert new < old - 2


def test_weights_stay_frozen_until_retrained(tmp_path: Path) -> None:
    rows = [
        {"name": f"上海{a}{b}电子有限公司"}
        for a in "甲乙丙丁戊己庚辛壬癸"
        for b in "一二三四五六七八九十"
    ] * 10
    state = decisions.State(tmp_path)
    first = run(tmp_path, rows, state=state)
    publish(first, state)
    again = run(tmp_path, rows, state=state)
    assert again.pairs.equals(first.pairs)
    assert again.memory["weights"] == []
    assert len(state.entries("weights")) == 1


def test_a_snowball_is_cut_and_comes_to_an_end() -> None:
    """A chain of 2,000 records: longer than what is repaired at once."""
    from crmclean.dedupe.cluster import clusters

    count = 2_000
    left = np.arange(count - 1)
    value = np.where(left % 4 == 3, 1.0, 9.0)
    label = clusters(count, left, left + 1, value)
    assert np.bincount(label).max() <= 4
    assert (label[left[left % 4 == 3]] != label[left[left % 4 == 3] + 1]).all()


def test_a_person_without_a_name_is_who_has_the_mobile(tmp_path: Path) -> None:
    customers = [{"name": "上海华星电子有限公司"}] * 3
    people = [
        {"name": "王建国", "mobile": "13812345678"},
        {"mobile": "13812345678", "email": "wang@example.com"},
        {"name": "李娜", "mobile": "13912345678"},
    ]
    found = run(tmp_path, customers, contact=people)
    first, nameless, other = clusters(found, "contact")
    assert first == nameless != other


@pytest.mark.parametrize("name", ["customer", "contact"])
def test_more_records_than_can_be_numbered_are_refused(tmp_path: Path, name: str) -> None:
    most = 1 << 24
    many = pa.table({"record": record_ids(1, pa.array(np.arange(most + 1)))})
    with pytest.raises(InputRefused) as refused:
        run(tmp_path, **{"customers" if name == "customer" else name: many})
    assert refused.value.code == "TOO_MANY_TO_COMPARE"
    for lang, label in (("zh", MODEL[name].label["zh"]), ("en", "16,777,217")):
        assert label in messages.say(refused.value.code, lang, **refused.value.facts)
    assert str(refused.value.facts["rows"]) == "16,777,217"


def test_as_many_records_as_can_be_numbered_are_taken() -> None:
    refuse_too_many("客户", 1 << 24)


def test_numbers_that_lost_digits_are_no_evidence() -> None:
    values = ["13812340001", "1.39E+10", "138****0001", "0512-62881234", "95588", None, "62881234"]
    kept = ["13812340001", None, None, "0512-62881234", None, None, "62881234"]
    assert fields.numbers(pa.array(values)).texts.to_pylist() == kept


def test_children_keep_their_ids_when_their_customer_is_renamed(tmp_path: Path) -> None:
    state = decisions.State(tmp_path)
    children = {
        "contact": [{"customer_code": "K1", "name": "王建国", "mobile": "13900000001"}],
        "follow_up": [{"customer_code": "K1", "at": "2025-03-04", "content": "电话沟通"}],
    }
    first = run(tmp_path, [{"name": "昆明博泰贸易有限公司", "code": "K1"}], state=state, **children)
    publish(first, state)
    renamed = [{"name": "大连华源装备有限公司", "code": "K1"}]
    again = run(tmp_path, renamed, state=state, **children)
    for name in ("customer", *children):
        assert clusters(again, name) == clusters(first, name)


def test_the_master_keeps_the_id_when_a_merge_is_undone(tmp_path: Path) -> None:
    state = decisions.State(tmp_path)
    whole = {
        "name": "上海华星电子有限公司",
        "phone": "021-58881234",
        "address": "浦东新区张江路1号",
    }
    own = table("customer", [{"name": "华星电子（上海）有限公司"}, whole])
    found = run(tmp_path, own, state=state)
    publish(found, state)
    golden, master = (found.golden["customer"][name][0].as_py() for name in ("golden", "record"))
    assert master == own["record"][1].as_py()
    state.append("pairs", dedupe.unmerge(golden, found.crosswalk, {"customer": own}, PLAN))
    again = clusters(run(tmp_path, own, state=state))
    assert again[1] == golden != again[0]
