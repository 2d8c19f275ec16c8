"""A finished run, invented: the tables that the report reads, of any size, without running one.

Shared by the tests of the report and by benchmarks/report_size.py. Names are drawn from
characters, so nobody in here exists. `spice` puts hostile texts into every kind of place.
"""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa

from crmclean import review, tables
from crmclean.model import build
from crmclean.plan import Column, Plan, Source
from crmclean.project import Project
from crmclean.run.work import Work

SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许"
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超霞平刚"
CITIES = ("北京", "上海", "杭州", "深圳", "成都", "武汉", "西安", "苏州")
WORDS = (
    "华远",
    "鼎盛",
    "恒信",
    "瑞达",
    "中科",
    "天元",
    "博雅",
    "云帆",
    "金石",
    "海润",
    "启明",
    "宏图",
)
TRADES = ("贸易", "科技", "机械", "电子", "建材", "食品", "物流", "医药")
OWNERS = ("张明华", "李晓燕", "王建国", "刘芳", "陈志强", None)
SOURCES = (
    ("销售部/客户名单_华东.xlsx", "客户", "销售部", 0.35),
    ("销售部/客户名单_华北.xlsx", "客户", "销售部", 0.25),
    ("老系统/customers.csv", "", "ERP", 0.40),
)
ISSUES = (
    ("PHONE_LOST_DIGITS", "error", "contact", "mobile", "1.38E+10"),
    ("PHONE_TOO_SHORT", "error", "contact", "mobile", "1381234567"),
    ("DATE_AMBIGUOUS", "warn", "customer", "created_at", "03/04/2021"),
    ("USCC_CHECK_DIGIT", "warn", "customer", "uscc", "91330100MA27XK1234"),
    ("PICKLIST_UNKNOWN", "warn", "customer", "source", "朋友介绍"),
    ("REFERENCE_UNKNOWN", "error", "contact", "customer", "杭州某某公司"),
    ("LEVEL_DIFFERS", "info", "customer", "value_level", "普通"),
)


def make(
    folder: Path,
    customers: int = 1200,
    issues: int = 900,
    clusters: int = 60,
    seed: int = 7,
    spice: tuple[str, ...] = (),
):
    """(work, project, model, plan) of a run with so many records, issues and merged clusters."""
    random = np.random.default_rng(seed)
    work, model = Work(folder), build()
    project = Project.model_validate(_project())
    plan, records = _sources(random, customers, model, spice)
    crosswalk, golden = _merge(random, records, model, clusters)
    for name in model:
        table = records.get(name, tables.records_schema(model[name].fields).empty_table())
        work.put(f"records/{name}", table)
        work.put(f"golden/{name}", golden.get(name, _golden_of(table.slice(0, 0), name, [])))
    work.put("crosswalk", crosswalk)
    work.put("crosswalk_final", crosswalk)
    work.put("pairs", _pairs(random, records["customer"], crosswalk, clusters))
    work.put("golden_cells", _cells(golden["customer"], crosswalk))
    work.put("gaps", _gaps(golden, model))
    work.put("completeness", _completeness(golden, model))
    work.put("changes/clean", _changes(random, records, customers))
    work.put("issues/clean", _issues(random, records, issues, spice))
    work.put("files", _files(golden))
    work.put("suggestions", review.find_suggestions(work, model))
    return work, project, model, plan


def _project() -> dict:
    fields = {"customer.name": "公司名称", "contact.name": "联系人", "contact.mobile": "联系电话"}
    fields |= {
        "customer.created_at": "建档日期",
        "customer.source": "来源",
        "customer.uscc": "税号",
    }
    return {
        "target": "wukong-11",
        "sources": [
            {"path": path, "system": system, "fields": fields} for path, _, system, _ in SOURCES
        ],
        "gates": {"completeness": {"warn": 0.95, "fail": 0.6}, "duplicates": {"fail": 0.05}},
    }


def _pick(random: np.random.Generator, choices, size: int) -> list:
    return [choices[at] for at in random.integers(0, len(choices), size)]


def _glued(*parts: list) -> list[str]:
    return ["".join(words) for words in zip(*parts, strict=True)]


def _sources(random: np.random.Generator, customers: int, model, spice: tuple[str, ...]):
    names = _glued(
        _pick(random, CITIES, customers),
        _pick(random, WORDS, customers),
        _pick(random, SURNAMES, customers),
        _pick(random, GIVEN, customers),
        _pick(random, TRADES, customers),
        ["有限公司"] * customers,
    )
    plans, ids, start = [], [], 0
    for number, (path, sheet, system, share) in enumerate(SOURCES, 1):
        size = int(customers * share) if number < len(SOURCES) else customers - start
        ids.append(tables.record_ids(number, pa.array(np.arange(4, size + 4))))
        plans.append(_plan_source(number, path, sheet, system, size, spice))
        start += size
    record = pa.concat_arrays(ids)
    return Plan(tuple(plans)), _records(random, record, names, model, spice)


def _plan_source(number: int, path: str, sheet: str, system: str, size: int, spice) -> Source:
    headings = ("公司名称", "联系人", "联系电话", "建档日期", "来源", "税号")
    columns = tuple(
        Column(at, heading, filled=size - at * size // 20, distinct=size // at, samples=("样例",))
        for at, heading in enumerate(headings, 1)
    )
    source = Source(
        number, number - 1, path, sheet, system, "legacy", "customer", f"{number:x}" * 64,
        size * 130, {"encoding": "gb18030"} if not sheet else {}, (3,), columns,
        {1: "title", 2: "note", 3: "header", size + 4: "footer"}, (),
        {"header": 1, "title": 1, "note": 1, "footer": 1, "data": size, "blank": size // 90},
    )  # fmt: skip
    return replace(source, path=f"{spice[0]}/{path}", sheet=spice[0]) if spice else source


def _records(random, record: pa.Array, names: list[str], model, spice) -> dict[str, pa.Table]:
    size = len(record)
    mobiles = [f"1{n}" for n in random.integers(3_000_000_000, 9_999_999_999, size)]
    people = _glued(_pick(random, SURNAMES, size), _pick(random, GIVEN, size))
    days = np.datetime64("2016-01-01") + random.integers(0, 3200, size)
    customer = {
        "record": record,
        "name": names,
        "uscc": _holes(random, [f"91330100MA{n:08d}" for n in range(size)], 0.4),
        "phone": _holes(
            random, [f"0571-{n}" for n in random.integers(80000000, 89999999, size)], 0.5
        ),
        "industry": _holes(
            random, _pick(random, ("制造业", "批发和零售业", "信息技术"), size), 0.45
        ),
        "source": _holes(random, _pick(random, ("行业展会", "客户转介绍", "电话拜访"), size), 0.2),
        "value_level": _holes(random, _pick(random, ("VIP", "重点", "普通"), size), 0.3),
        "city": _holes(random, _pick(random, CITIES, size), 0.3),
        "address": _holes(
            random,
            [f"{c}市滨江区长河路{n % 900}号" for n, c in enumerate(_pick(random, CITIES, size))],
            0.3,
        ),
        "owner": _pick(random, OWNERS, size),
        "created_at": [str(day) for day in days],
        "last_follow_up_at": _holes(random, [str(day + 400) for day in days], 0.35),
        "remark": _holes(random, ["老客户，重点维护"] * size, 0.7),
    }
    contact = {
        "record": pa.compute.add(record, 1),
        "customer": names,
        "name": people,
        "mobile": _holes(random, mobiles, 0.1),
        "title": _holes(random, _pick(random, ("采购经理", "总经理", "工程师"), size), 0.6),
        "email": _holes(random, [f"user{n}@example.com" for n in range(size)], 0.5),
        "owner": customer["owner"],
    }
    for at, text in enumerate(spice):
        for columns in (customer, contact):
            for field in columns.keys() - {"record"}:
                columns[field] = [*columns[field][:at], text, *columns[field][at + 1 :]]
    return {
        name: tables.table(tables.records_schema(model[name].fields), columns)
        for name, columns in (("customer", customer), ("contact", contact))
    }


def _holes(random, values: list, share: float) -> list:
    return [
        None if empty else v
        for empty, v in zip(random.random(len(values)) < share, values, strict=True)
    ]


def _golden_of(table: pa.Table, name: str, ids: list[str]) -> pa.Table:
    columns = {"golden": pa.array(ids, pa.string()), **{c: table[c] for c in table.column_names}}
    return pa.table({**columns, "customer_golden": pa.nulls(len(ids), pa.string())})


def _merge(random, records: dict[str, pa.Table], model, clusters: int):
    """The first 2 * clusters customers become pairs; a few of the rest are held or rejected."""
    size = records["customer"].num_rows
    owner_of = np.arange(size)
    owner_of[1 : 2 * clusters : 2] = np.arange(0, 2 * clusters, 2)
    is_master = owner_of == np.arange(size)
    draw = random.random(size)
    end = np.where(is_master, "loaded", "merged").astype(object)
    reason = np.full(size, None, object)
    for name, code, low, high in (
        ("held", "OWNER_CONFLICT", 0.90, 0.93),
        ("rejected", "REQUIRED_BY_TARGET", 0.93, 0.95),
        ("excluded", "NOT_SELECTED", 0.95, 1.0),
    ):
        chosen = (draw >= low) & (draw < high) & (np.arange(size) >= 2 * clusters)
        end[chosen], reason[chosen] = name, code
    conflict = slice(2 * clusters - 2 * (clusters // 10), 2 * clusters)
    end[conflict], reason[conflict] = "held", "OWNER_CONFLICT"
    parts, golden = [], {}
    for name, table in records.items():
        own = owner_of if name == "customer" else np.arange(size)
        ends = end if name == "customer" else np.where(end == "merged", "loaded", end)
        why = [r and ("parent" if name == "contact" else r) for r in reason]
        columns = {
            "object": name,
            "record": table["record"],
            "golden": [f"{name[0]}{n:06d}" for n in own],
        }
        columns |= {"end": list(ends), "reason": why}
        parts.append(tables.table(tables.CROSSWALK, columns))
        masters = np.flatnonzero(own == np.arange(size))
        golden[name] = _golden_of(
            table.take(pa.array(masters)), name, [f"{name[0]}{n:06d}" for n in masters]
        )
    return pa.concat_tables(parts), golden


def _pairs(random, customers: pa.Table, crosswalk: pa.Table, clusters: int) -> pa.Table:
    record = customers["record"].to_pylist()
    left = [*record[0 : 2 * clusters : 2], *record[2 * clusters : 2 * clusters + 40 : 2]]
    right = [*record[1 : 2 * clusters : 2], *record[2 * clusters + 1 : 2 * clusters + 40 : 2]]
    size = len(left)
    parts = [("name", 9.5), ("uscc", 0.0), ("phone", 6.25), ("address", -1.5), ("city", 1.25)]
    verdict = ["match"] * clusters + ["review", "different"] * (size - clusters)
    columns = {"object": "customer", "left": left, "right": right}
    columns["weight"] = [
        15.5 if v == "match" else 4.0 if v == "review" else 7.5 for v in verdict[:size]
    ]
    columns["weights"] = [parts] * size
    columns["verdict"] = verdict[:size]
    columns["reason"] = ["" if v != "different" else "NEVER_BRANCH" for v in verdict[:size]]
    return tables.table(tables.PAIRS, columns)


def _cells(golden: pa.Table, crosswalk: pa.Table) -> pa.Table:
    merged = crosswalk.filter(pa.compute.equal(crosswalk["end"], "merged"))
    chosen = golden.filter(pa.compute.is_in(golden["golden"], merged["golden"].combine_chunks()))
    parts = []
    for field in ("name", "uscc", "phone", "address", "owner", "created_at"):
        columns = {"object": "customer", "golden": chosen["golden"], "field": field}
        columns |= {"value": chosen[field], "from_record": chosen["record"], "strategy": "priority"}
        parts.append(tables.table(tables.GOLDEN, columns))
    return pa.concat_tables(parts)


def _gaps(golden: dict[str, pa.Table], model) -> pa.Table:
    schema = pa.schema(
        [("object", pa.string()), ("golden", pa.string()), ("record", pa.int64()), ("field", pa.string()),
         ("required", pa.string()), ("owner", pa.string()), ("source", pa.int32()), ("row", pa.int64())]
    )  # fmt: skip
    parts = []
    for name, table in golden.items():
        for field in model[name].fields.values():
            if field.required != "no":
                empty = table.filter(pa.compute.is_null(table[field.name]))
                columns = {"object": name, "field": field.name, "required": field.required}
                columns |= {c: empty[c] for c in ("golden", "record", "owner")}
                columns |= {
                    "source": tables.sources_of(empty["record"]),
                    "row": tables.rows_of(empty["record"]),
                }
                parts.append(tables.table(schema, columns))
    return pa.concat_tables(parts)


def _completeness(golden: dict[str, pa.Table], model) -> pa.Table:
    rows = []
    for name, table in golden.items():
        systems = [SOURCES[n - 1][2] for n in tables.sources_of(table["record"]).to_pylist()]
        for kind, heads in (("source", systems), ("owner", table["owner"].to_pylist())):
            for field in (f for f in model[name].fields.values() if f.required != "no"):
                filled = table[field.name].is_valid().to_pylist()
                for head in sorted(set(heads), key=str):
                    of = [full for full, other in zip(filled, heads, strict=True) if other == head]
                    rows.append(
                        {"dimension": kind, "name": head or "", "object": name, "field": field.name,
                         "required": field.required, "filled": sum(of), "total": len(of)}
                    )  # fmt: skip
    return pa.Table.from_pylist(rows)


def _changes(random, records: dict[str, pa.Table], customers: int) -> pa.Table:
    parts = []
    for name, field, rule, before in (
        ("contact", "mobile", "phone", "{0:.3}-{0:.7}"),
        ("customer", "created_at", "date", "{0:.4}年"),
        ("customer", "name", "company_name", " {0} "),
        ("customer", "value_level", "picklist", "{0}客户"),
    ):
        table = (
            records[name].filter(pa.compute.is_valid(records[name][field])).slice(0, customers // 2)
        )
        columns = {"object": name, "record": table["record"], "field": field, "step": "clean"}
        columns |= {"rule": rule, "column": "联系电话", "after": table[field]}
        columns["before"] = [before.format(value) for value in table[field].to_pylist()]
        parts.append(tables.table(tables.CHANGES, columns))
    return pa.concat_tables(parts)


def _issues(random, records: dict[str, pa.Table], size: int, spice) -> pa.Table:
    kinds = random.choice(len(ISSUES), size, p=(0.2, 0.15, 0.2, 0.1, 0.2, 0.05, 0.1))
    at = random.integers(0, records["customer"].num_rows, size)
    base = records["customer"]["record"].to_numpy()[at]
    chosen = [ISSUES[kind] for kind in kinds]
    names = ("code", "severity", "object", "field", "value")
    columns = {name: [entry[n] for entry in chosen] for n, name in enumerate(names)}
    columns["value"] = [
        f"{v}{'' if v[0] == '1' else n % 97}" for n, v in enumerate(columns["value"])
    ]
    columns["value"][: len(spice)] = spice
    columns["record"] = list(base)
    columns["source"] = list(base >> (tables.ROW_BITS + tables.PART_BITS))
    columns["row"] = list((base >> tables.PART_BITS) & ((1 << tables.ROW_BITS) - 1))
    columns["column"] = ["联系电话" if o == "contact" else "建档日期" for o in columns["object"]]
    hints = [
        {"PICKLIST_UNKNOWN": "客户转介绍", "PHONE_TOO_SHORT": "13812345678"}.get(c)
        for c in columns["code"]
    ]
    columns["suggestion"] = [spice[n] if n < len(spice) else hints[n] for n in range(size)]
    return tables.table(tables.ISSUES, columns)


def _files(golden: dict[str, pa.Table]) -> pa.Table:
    return pa.table(
        {
            "path": [
                "import/customer_1.xls",
                "import/contact_1.xls",
                "pilot/customer.xls",
                "quarantine.xlsx",
            ],
            "object": ["customer", "contact", "customer", None],
            "rows": [golden["customer"].num_rows, golden["contact"].num_rows, 100, 61],
        }
    )
