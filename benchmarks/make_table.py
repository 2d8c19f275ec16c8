"""One big customer table for the speed benchmarks: a CSV of 16 columns, seeded.

    python benchmarks/make_table.py OUT.csv --rows 100000

About 12 % of the rows repeat an earlier customer under another spelling, half of them with another
person. The dirt of single values is that of the samples (`samples/dirt.py`).
"""

import argparse
import csv
import random
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "samples"))

import dirt
import world

REPEATED = 0.12
HEADINGS = (
    "客户编号", "客户名称", "统一社会信用代码", "联系人", "职位", "手机", "公司电话", "邮箱",
    "所属行业", "客户来源", "客户等级", "年采购额", "地址", "负责人", "创建时间", "备注",
)  # fmt: skip
SYLLABLES = world.BRAND_HEADS + world.BRAND_TAILS + "恒宏瑞达佳创盛和润诚信华鼎博远嘉"


def write(path: Path, rows: int, seed: int = 1) -> None:
    """Write the table of `rows` data rows."""
    rng = random.Random(seed)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEADINGS)
        writer.writerows(_rows(rng, rows))


def _rows(rng: random.Random, count: int) -> Iterator[list[object]]:
    known: list[world.Customer] = []
    for number in range(1, count + 1):
        if known and rng.random() < REPEATED:
            customer = rng.choice(known[-20000:])
        else:
            customer = world.ordinary(rng, number, "".join(rng.choices(SYLLABLES, k=3)))
            known.append(customer)
        yield _row(rng, number, customer)


def _row(rng: random.Random, number: int, customer: world.Customer) -> list[object]:
    person = rng.choice(customer.people)
    phone = dirt.landline(rng, customer.phone, "8001")
    code = dirt.uscc(rng, customer.uscc) if rng.random() < 0.5 else dirt.plain("")
    cells = (
        dirt.plain(f"C{number:07}"), dirt.plain(_spelled(rng, customer)), code,
        dirt.person(rng, person.name), dirt.maybe(rng, 0.6, dirt.plain(person.title)),
        dirt.maybe(rng, 0.9, dirt.mobile(rng, person.mobile, person.second_mobile)),
        dirt.maybe(rng, 0.5, phone), dirt.maybe(rng, 0.4, dirt.email(rng, person.email)),
        dirt.plain(customer.industry), dirt.plain(customer.source),
        dirt.maybe(rng, 0.7, dirt.plain(rng.choice(("VIP", "重点", "普通客户")))),
        dirt.amount(rng, customer.purchases, "元"), dirt.plain(customer.address),
        dirt.plain(customer.owner), dirt.day(rng, customer.created), dirt.plain(""),
    )  # fmt: skip
    return [_text(cell.shown) for cell in cells]


def _spelled(rng: random.Random, customer: world.Customer) -> str:
    name = customer.name
    chance = rng.random()
    if chance < 0.04:
        return name.removeprefix(customer.region)
    if chance < 0.08:
        return name.replace("有限公司", "有限责任公司")
    if chance < 0.12:
        return name.replace("（", "(").replace("）", ")")
    return f" {name}" if chance < 0.15 else name


def _text(shown: object) -> str:
    if isinstance(shown, date):
        return f"{shown:%Y-%m-%d}"
    return "" if shown is None else str(shown)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("path", type=Path)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    write(arguments.path, arguments.rows, arguments.seed)
