"""verify: a faithful export raises no alarm, 10,000 seeded corruptions are found."""

import random
from pathlib import Path

import pyarrow as pa
import pytest

from crmclean import templates
from crmclean.errors import InputRefused
from crmclean.export import files
from crmclean.export.compare import Verified, compare
from crmclean.export.parts import KEYS, Part
from crmclean.export.verify import verify
from crmclean.tables import table
from crmclean.workbooks import Col, Sheet, reread, write

SPEC = templates.load("wukong-11").objects["customer"]
HEADINGS = [column.heading for column in SPEC.columns]
ROWS = 12
#: Exports that are compared in one go; each carries one corruption.
WORLDS = 100
#: The ways in which imports go wrong (trust.md 2.3), each on a copy of a faithful export.
CORRUPTIONS = (
    "drop",
    "double",
    "drop_and_double",
    "swap",
    "shift",
    "truncate",
    "blank",
    "leading_zero",
    "scientific",
    "day_and_month",
    "retype",
)


def sent_rows(seed: int = 0, world: int = 0) -> list[list[str | None]]:
    """Invented customers as the import file holds them; `world` is in their names."""
    draw = random.Random(seed * 1000 + world)
    rows = []
    for n in range(ROWS):
        values = {
            "*客户名称": f"江海{world:03}第{n:03}设备公司",
            "*负责人": draw.choice(["张三", "李四", "王五"]),
            "客户来源": draw.choice(["转介绍", "广告", None]),
            "电话": f"0512-6{draw.randrange(10**7):07}",
            "网址": f"http://www.ex{n}.example.com",
            "邮箱": f"a{n}@example.com",
            "下次联系时间": f"2025-{draw.randrange(1, 13):02}-{draw.randrange(1, 13):02} 09:30:00",
            "备注": f"0{draw.randrange(10**10):010} 备注{n}",
            "省": "江苏省",
            "市": draw.choice(["苏州市", "南京市"]),
            "详细地址": f"东吴北路{n}号",
        }
        rows.append([values.get(heading) for heading in HEADINGS])
    return rows


def as_table(rows: list[list[str | None]]) -> pa.Table:
    columns = [pa.array(values, pa.string()) for values in zip(*rows, strict=True)]
    return pa.table(columns, names=HEADINGS)


def corrupted(
    rows: list[list[str | None]], how: str, draw: random.Random
) -> list[list[str | None]]:
    """A copy with one corruption that really changes it."""
    rows = [list(row) for row in rows]
    here, there = draw.sample(range(len(rows)), 2)
    column = HEADINGS.index(draw.choice(["*负责人", "电话", "邮箱", "备注", "详细地址", "网址"]))
    phone, time = HEADINGS.index("备注"), HEADINGS.index("下次联系时间")
    value = rows[here][column]
    if how == "drop":
        del rows[here]
    elif how == "double":
        rows.insert(there, list(rows[here]))
    elif how == "drop_and_double":
        rows[here] = list(rows[there])
    elif how == "swap":
        column = HEADINGS.index("电话")
        rows[here][column], rows[there][column] = rows[there][column], rows[here][column]
    elif how == "shift":
        values = [row[column] for row in rows]
        for row, moved in zip(rows, [*values[1:], values[0]], strict=True):
            row[column] = moved
    elif how == "truncate":
        rows[here][column] = value[: max(1, len(value) // 2)]
    elif how == "blank":
        rows[here][column] = None
    elif how == "leading_zero":
        rows[here][phone] = rows[here][phone].lstrip("0")
    elif how == "scientific":
        rows[here][phone] = "1.23457E+10"
    elif how == "day_and_month":
        year, month, rest = rows[here][time].split("-")
        day, clock = rest.split(" ")
        rows[here][time] = f"{year}-{day}-{month} {clock}"
        if day == month:
            rows[here][time] = f"{year}-{month}-{day}T{clock}"
    else:
        rows[here][column] = value + "。"
    return rows


def check(rows: list[list[str | None]], against: list[list[str | None]]) -> Verified:
    return compare(HEADINGS, [tuple(row) for row in rows], as_table(against), SPEC)


@pytest.mark.parametrize("how", CORRUPTIONS)
def test_10000_seeded_corruptions_are_found(how: str) -> None:
    draw = random.Random(how)
    rounds = -(-10_000 // len(CORRUPTIONS) // WORLDS)
    missed = 0
    for number in range(rounds):
        worlds = [sent_rows(number, world) for world in range(WORLDS)]
        spoilt = [corrupted(world, how, draw) for world in worlds]
        found = check([r for w in spoilt for r in w], [r for w in worlds for r in w])
        missed += WORLDS - len({each.key[2:5] for each in found.differences})
    assert missed <= rounds * WORLDS // 1000


@pytest.mark.parametrize("seed", range(20))
def test_a_faithful_export_raises_no_alarm(seed: int) -> None:
    faithful = sent_rows(seed)
    shuffled = [list(row) for row in faithful]
    random.Random(seed).shuffle(shuffled)
    time = HEADINGS.index("下次联系时间")
    for row in shuffled[::2]:
        row[time] = row[time].removesuffix(":00")
    assert check(shuffled, faithful).right


@pytest.mark.parametrize(
    ("how", "kind"),
    [
        ("drop", "lost"),
        ("double", "doubled"),
        ("truncate", "truncated"),
        ("blank", "blanked"),
        ("retype", "changed"),
        ("swap", "changed"),
    ],
)
def test_a_corruption_has_its_name(how: str, kind: str) -> None:
    faithful = sent_rows()
    found = check(corrupted(faithful, how, random.Random(5)), faithful)
    assert found.counts[kind] >= 1
    assert {name for name, count in found.counts.items() if count} == {kind}


def test_customers_that_the_crm_had_before_do_no_harm() -> None:
    faithful = sent_rows()
    old = list(faithful[0])
    old[0] = "早就有的客户"
    found = check([*faithful, old], faithful)
    assert found.right and found.counts["extra"] == 1


def test_a_row_that_was_lost_is_not_found_though_the_crm_has_as_many() -> None:
    faithful = sent_rows()
    old = list(faithful[0])
    old[0] = "早就有的客户"
    found = check([*faithful[1:], old], faithful)
    assert (found.sent, found.found, found.rows) == (ROWS, ROWS - 1, ROWS)


@pytest.fixture
def out(tmp_path: Path) -> tuple[Path, pa.Table]:
    """An output folder with the import file of ROWS customers."""
    rows = as_table(sent_rows())
    ids = [f"cu{n}" for n in range(ROWS)]
    keys = table(KEYS, {"golden": ids, "record": list(range(ROWS))})
    part = Part("customer", SPEC, SPEC.columns, keys, rows)
    made = files.planned([part], tmp_path / "import", str)
    for file in made:
        files.make(file)
    return tmp_path, files.files_table(made, "import", tmp_path)


def test_an_export_of_the_crm_is_read_and_a_report_written(out: tuple[Path, pa.Table]) -> None:
    folder, made = out
    rows = sent_rows()
    rows[3][HEADINGS.index("电话")] = None
    bare = [heading.lstrip("*") for heading in HEADINGS]
    shown = pa.table(as_table(rows).columns, names=bare)
    write(folder / "crm.xlsx", [Sheet("客户", [Col(h) for h in bare], shown)])
    found = verify(folder / "crm.xlsx", made, folder, templates.load("wukong-11"))
    assert not found.right and found.counts["blanked"] == 1
    assert [(d.key, d.column) for d in found.differences] == [("江海000第003设备公司", "电话")]
    assert found.report and reread.columns(found.report)["kind"].to_pylist() == ["blanked"]


def test_an_error_file_becomes_a_retry_file(out: tuple[Path, pa.Table]) -> None:
    folder, made = out
    headings = ["错误原因", *HEADINGS]
    failed = [["负责人不存在", *row] for row in sent_rows()[:4]]
    columns = [pa.array(values, pa.string()) for values in zip(*failed, strict=True)]
    sheet = Sheet("客户", [Col(h) for h in headings], pa.table(columns, names=headings), ("注意",))
    write(folder / "错误.xlsx", [sheet])
    found = verify(folder / "错误.xlsx", made, folder, templates.load("wukong-11"))
    assert (found.failed, found.reasons, found.right) == (4, {"负责人不存在": 4}, False)
    again = reread.columns(found.retry, SPEC.header_row)
    assert again.column_names == HEADINGS and again.num_rows == 4
    assert again.to_pylist() == as_table(sent_rows()[:4]).to_pylist()


@pytest.mark.parametrize(
    ("name", "code"), [("x.xlsx", "VERIFY_UNREADABLE"), ("y.csv", "VERIFY_NO_MATCH")]
)
def test_a_file_that_is_no_export_is_refused(
    out: tuple[Path, pa.Table], name: str, code: str
) -> None:
    folder, made = out
    (folder / name).write_text("天气,温度\n晴,20\n", encoding="utf-8")
    with pytest.raises(InputRefused) as refused:
        verify(folder / name, made, folder, templates.load("wukong-11"))
    assert refused.value.code == code
