"""Our files in a real ERP: Tryton runs in this process on SQLite, imports them, and tells the same.

Its own importer (`import_data`) resolves the reference of a contact to its customer by name, as
the importers of the templates do. Needs the extra `tryton`; skipped without it.
"""

import csv
import os
from pathlib import Path

import pytest
from export_world import MODEL, crosswalk, golden, project

from crmclean import export, templates
from crmclean.export import files

TEMPLATE = Path(__file__).parent / "templates" / "tryton"
CUSTOMERS = [
    {"code": "C001", "name": "江海设备制造有限公司", "owner": "张三"},
    {"code": "0002", "name": "北辰（上海）科技有限公司", "owner": "李四"},
    {"code": "=1+1", "name": "“引号”, 逗号与 𠮷野家商贸", "owner": "张三"},
]
CONTACTS = [
    {"name": "李明", "of": 0, "mobile": "13800010001"},
    {"name": "欧阳 芳", "of": 0, "mobile": "13800010002"},
    {"name": "赵强", "of": 1, "mobile": "13800010003"},
    {"name": "没有手机", "of": 2, "mobile": None},
]


@pytest.fixture
def tryton():
    """The function that activates modules in an empty database, and the one that opens it."""
    os.environ.setdefault("DB_NAME", ":memory:")
    reason = "Tryton is not installed (pip install crmclean[tryton])"
    pytest.importorskip("trytond.modules.party", reason=reason)
    from trytond.config import config

    config.set("database", "uri", "sqlite://")
    from trytond.tests import test_tryton

    test_tryton.activate_module(["party"])
    return test_tryton.with_transaction()


def imported(folder: Path) -> dict[str, tuple[list[str], list[list[str]]]]:
    """Object → headings and rows of our import files."""
    tables = {
        "customer": golden("customer", CUSTOMERS),
        "contact": golden("contact", CONTACTS, part=1),
    }
    made = project(target=str(TEMPLATE), unplaced={"customer.owner": "drop"})
    template = templates.load(made.target)
    fitted = export.fit(tables, crosswalk(tables), made, MODEL, template)
    found = {}
    for file in files.planned(fitted.parts, folder, str):
        files.make(file)
        with file.path.open(encoding="utf-8", newline="") as lines:
            headings, *rows = csv.reader(lines)
        found[file.part.object] = (headings, rows)
    return found


def test_customers_and_contacts_come_back_as_they_were_sent(tryton, tmp_path: Path) -> None:
    sent = imported(tmp_path)
    assert {name: len(rows) for name, (_, rows) in sent.items()} == {"customer": 3, "contact": 3}

    def go() -> dict[str, list[list[str]]]:
        from trytond.pool import Pool

        held = {}
        for name, model in (("customer", "party.party"), ("contact", "party.contact_mechanism")):
            keeper = Pool().get(model)
            headings, rows = sent[name]
            assert keeper.import_data(headings, [list(row) for row in rows]) == len(rows)
            shown = ["party/name", *headings[1:]] if name == "contact" else headings
            held[name] = keeper.export_data(keeper.search([]), shown)
        return held

    held = tryton(go)()
    for name, (_, rows) in sent.items():
        assert sorted(held[name]) == sorted(rows)
