"""Makes samples/legacy (the dirty files) and samples/truth (what is right), from one seed.

    python samples/make_samples.py            writes both folders again, bit for bit the same

README.md says what is in them, `score.py` measures a result against the truth.
"""

import argparse
import csv
import random
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

import files
import layouts
from dirt import Cell
from layouts import Row, Sheet
from spellings import spell
from traps import customers
from world import SALESPEOPLE, Customer

HERE = Path(__file__).parent
SEED = 20260701
#: file, sheet, layout, writer, headings
FILES: tuple[tuple[str, str, str, Callable, dict[str, str]], ...] = (
    ("客户名单_赵思远.xlsx", "客户", "formal", files.formal, layouts.FORMAL),
    ("客户名单_钱雨桐.xlsx", "客户", "people_first", files.merged, layouts.PEOPLE_FIRST),
    ("客户名单_孙浩然.xlsx", "Sheet1", "people_first", files.ditto, layouts.PEOPLE_FIRST),
    ("erp_customers.csv", "", "terse", files.gb18030_csv, layouts.TERSE),
    ("老CRM客户导出.xls", "", "overseas", files.html_xls, layouts.OVERSEAS),
)
LOST = ("翠屏岭", "金鳞湾", "白鹭滩", "石榴坡", "雾灵台", "牧云岗")  # in no source: orphans
Truth = dict[str, list[list[object]]]


def make(folder: Path, seed: int = SEED) -> None:
    """Write `folder`/legacy and `folder`/truth."""
    rng = random.Random(seed)
    everybody = customers(rng)
    (folder / "legacy").mkdir(parents=True, exist_ok=True)
    (folder / "truth").mkdir(exist_ok=True)
    truth: Truth = {"records": [], "cells": [], "follow_ups": [], "rows": []}
    seen: dict[str, Customer] = {}
    for number, (file, name, layout, writer, headings) in enumerate(FILES):
        sheet = Sheet(file, name, tuple(headings))
        for customer, owner in _appearances(rng, everybody, number):
            sheet.rows.extend(layouts.LAYOUTS[layout](rng, customer, owner))
            seen[customer.id] = customer
        if layout == "terse":
            _number_customers(sheet)
        _write(folder, sheet, writer, SALESPEOPLE[number % 6], truth)
    _write(folder, _follow_ups(rng, seen), files.one_header, "", truth)
    _write_truth(folder / "truth", truth)


def _appearances(
    rng: random.Random, everybody: list[Customer], source: int
) -> list[tuple[Customer, str]]:
    """Who stands in a source, and under which owner, in that source's order."""
    chosen: list[tuple[Customer, str]] = []
    for customer in everybody:
        if source < 3:
            mine = customer.owner == SALESPEOPLE[source] and rng.random() < 0.85
            poached = customer.other_owner == SALESPEOPLE[source]
            chosen += [(customer, SALESPEOPLE[source])] * (mine or poached)
        elif source == 3:
            chosen += [(customer, customer.owner)] * (rng.random() < 0.93)
            if rng.random() < 0.25:  # entered again by somebody
                chosen.append((customer, customer.other_owner or customer.owner))
        elif rng.random() < 0.36:
            chosen.append(
                (
                    customer,
                    customer.owner
                    if rng.random() < 0.97
                    else customer.other_owner or customer.owner,
                )
            )
    rng.shuffle(chosen)
    return chosen


def _number_customers(sheet: Sheet) -> None:
    """The old system's own customer numbers; three were given twice, to different customers."""
    given_again = {300: 12, 401: 77, 520: 130}
    for n, row in enumerate(sheet.rows, 1):
        known = given_again.get(n, n)
        number = f"C{2017 + known % 9}{known:04}"
        row.cells["cust_no"] = Cell(number, number, "clean")


def _follow_ups(rng: random.Random, seen: dict[str, Customer]) -> Sheet:
    """Follow-ups of the busier customers; ten rows speak of companies that no source knows."""
    sheet = Sheet("跟进记录.xlsx", "跟进记录", tuple(layouts.FOLLOW_UP))
    known = [c for c in seen.values() if c.trade]
    busy = rng.sample(known, 150)
    for _ in range(395):
        customer = rng.choice(busy)
        sheet.rows.append(layouts.follow_up(rng, customer, spell(rng, customer)))
    for brand in (*LOST, *LOST[:4]):
        stranger = replace(rng.choice(busy), id="", brand=brand, tail="", plain=True)
        name = spell(rng, stranger)
        sheet.rows.append(layouts.follow_up(rng, stranger, name))
    rng.shuffle(sheet.rows)
    return sheet


def _write(folder: Path, sheet: Sheet, writer: Callable, who: str, truth: Truth) -> None:
    written = writer(folder / "legacy" / sheet.file, sheet, who)
    place = [sheet.file, sheet.sheet]
    truth["rows"] += [[*place, n, kind] for n, kind in sorted(written.kinds.items())]
    for number, row in zip(written.rows, sheet.rows, strict=True):
        here = [*place, number]
        truth["cells"] += [[*here, *cell] for cell in _cells(row, sheet.file.endswith(".xlsx"))]
        if "follow_up.customer" in row.fields.values():
            truth["follow_ups"].append([*here, row.customer])
            continue
        truth["records"].append([*here, "customer", row.customer, ""])
        if _has_person(row):
            truth["records"].append([*here, "contact", row.customer, row.contact])


def _has_person(row: Row) -> bool:
    named = (h for h, f in row.fields.items() if f in ("contact.name", "contact.mobile"))
    return bool(row.contact) and any(_kept(row.cells.get(h)) for h in named)


def _kept(cell: Cell | None) -> bool:
    return cell is not None and cell.state != "empty" and cell.shown not in (None, "")


def _cells(row: Row, excel: bool) -> Iterable[list[str]]:
    """field, state, as typed, right: of every cell that holds something and has one truth."""
    for heading, field in row.fields.items():
        cell = row.cells.get(heading)
        if not field or cell is None or cell.shown in (None, ""):
            continue
        state = "fix" if heading in row.repeats else cell.state
        typed = str(cell.shown) if excel else files.as_text(cell.shown)
        yield [cell.field or field, state, typed, cell.right]
        if cell.second:
            yield ["contact.other_phones", "fix", "", cell.second]


HEADINGS = {
    "records": ["file", "sheet", "row", "object", "customer_id", "contact_id"],
    "cells": ["file", "sheet", "row", "field", "state", "as_typed", "right"],
    "follow_ups": ["file", "sheet", "row", "customer_id"],
    "rows": ["file", "sheet", "row", "kind"],
}


def _write_truth(folder: Path, truth: Truth) -> None:
    for name, lines in truth.items():
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(HEADINGS[name])
            writer.writerows(lines)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, nargs="?", default=HERE)
    parser.add_argument("--seed", type=int, default=SEED)
    arguments = parser.parse_args()
    make(arguments.folder, arguments.seed)
