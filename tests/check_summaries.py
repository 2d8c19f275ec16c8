"""Summaries of small invented runs, for the tests of `check`: what a person would write down."""

from copy import deepcopy
from typing import Any

COLUMNS = (
    ("客户编号", "customer.code", {"code": 1.0}),
    ("公司名称", "customer.name", {"text": 1.0}),
    ("手机", "contact.mobile", {"phone": 0.97, "text": 0.03}),
    ("建档日期", "customer.created_at", {"date_ymd": 1.0}),
    ("备注", None, {"text": 1.0}),
)


def column(heading: str, field: str | None, shapes: dict[str, float]) -> dict[str, Any]:
    known = {"heading": heading, "field": field, "filled": 950, "distinct": 900}
    return {**known, "options": {}, "shapes": shapes, "size": None, "sketch": None}


def source(path: str = "老系统/customers.csv", **changes: Any) -> dict[str, Any]:
    told = {
        "path": path,
        "sheet": "",
        "system": "ERP",
        "role": "legacy",
        "object": "customer",
        "entry": 0,
        "sha256": "0" * 64,
        "container": "csv",
        "encoding": "gb18030",
        "header_rows": [1],
        "rows": {"header": 1, "data": 1000},
        "columns": [column(*each) for each in COLUMNS],
        "mapping": {field: heading for heading, field, _ in COLUMNS if field},
        "drop": ["备注"],
    }
    return deepcopy({**told, **changes})


def issue(code: str = "PHONE_LOST_DIGITS", count: int = 12, **changes: Any) -> dict[str, Any]:
    told = {
        "path": "老系统/customers.csv",
        "sheet": "",
        "column": "手机",
        "object": "contact",
        "field": "mobile",
        "code": code,
        "severity": "error",
        "count": count,
        "rows": [7, 9, 30, 31, 32][:count],
    }
    return {**told, **changes}


def summary(**changes: Any) -> dict[str, Any]:
    ends = {"loaded": 960, "merged": 40, "held": 0, "rejected": 0, "excluded": 0}
    dimensions = {
        "completeness": {"met": 930, "of": 1000},
        "validity": {"met": 4900, "of": 5000},
        "uniqueness": {"met": 950, "of": 960},
        "consistency": {"met": 1000, "of": 1000},
        "accuracy": {"met": 0, "of": 0},
        "timeliness": {"met": 0, "of": 0},
    }
    told = {
        "schema": "crmclean-summary/1",
        "sources": [source()],
        "objects": {"customer": {"records": 1000, "ends": ends}},
        "completeness": {"customer.uscc": {"filled": 700, "of": 1000, "required": "no"}},
        "picklists": {"customer.status": {"成交": 600, "意向": 300, "流失": 100}},
        "duplicates": {"customer": {"merged": 40, "of": 1000, "share": 0.04, "review": 3}},
        "issues": [],
        "score": {"points": 91.2, "dimensions": dimensions},
    }
    return deepcopy({**told, **changes})
