"""How fast the rules are, against the libraries that one would otherwise call per value.

    python benchmarks/rules_speed.py [--values 1000000] [--peer 20000] [--rows 1000000]

Values are mostly distinct and a third of them is dirty, as in the files we know. Peers are called
on `--peer` of the same values, and their time is scaled; both sides of that use one core. The table
is 16 columns wide: all rules in batches of 65,536 rows, against pyarrow reading the same table from
CSV and writing it as Parquet; both sides may use all cores. Other work on the machine disturbs
walls more than it disturbs CPU time: the ratio of CPU times is printed, too.
The last line is JSON: phone_vs_phonenumbers and date_vs_dateutil (times faster),
table_vs_arrow_io (times as long), table_vs_arrow_io_cpu (the same in CPU time), cores, peak_mb.
"""

import argparse
import json
import random
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

sys.path.insert(0, str(Path(__file__).parents[1]))

from crmclean import normalise, plan, project, tables
from crmclean.model import build
from crmclean.rules import _checks
from crmclean.run.abreast import abreast

BATCH = 65_536
FIELDS = ["customer.code", "customer.name", "customer.uscc", "customer.industry", "customer.source",
          "customer.annual_purchase", "customer.address", "customer.owner", "customer.created_at",
          "customer.next_follow_up", "customer.remark", "contact.name", "contact.title", "contact.mobile",
          "contact.phone", "contact.email"]  # fmt: skip
HAN = "安博成达恒鸿嘉金凯隆铭诺瑞盛泰万祥鑫亿中"


def phone(rng: random.Random) -> str:
    number = f"1{rng.choice('356789')}{rng.randrange(10**9):09}"
    forms = ["{0}-{1}-{2}", "+86 {0}{1}{2}", "{0} {1} {2}", "86{0}{1}{2}", "{0}{1}{2}.0"]
    form = rng.choice(forms) if rng.random() < 1 / 3 else "{0}{1}{2}"
    return form.format(number[:3], number[3:7], number[7:])


def day(rng: random.Random) -> str:
    y, m, d = rng.randrange(1990, 2025), rng.randrange(1, 13), rng.randrange(1, 29)
    clock = f"{rng.randrange(24):02}:{rng.randrange(60):02}"
    if rng.random() >= 1 / 3:
        return f"{y}-{m:02}-{d:02} {clock}"
    return rng.choice(
        [f"{y}/{m}/{d} {clock}", f"{y}.{m}.{d} {clock}", f"{y}{m:02}{d:02}{clock.replace(':', '')}"]
    )


def uscc(n: int) -> str:
    body = f"91310115{n:09}"
    return next(body + check for check in _checks.USCC if _checks.uscc_holds(body + check))


def dirty(rng: random.Random, text: str, *others: str) -> str:
    return rng.choice(others) if rng.random() < 1 / 3 else text


def row(rng: random.Random, n: int) -> list[str]:
    name = "".join(rng.choices(HAN, k=4))
    wan = rng.randrange(1, 900)
    return [
        dirty(rng, f"C{n:08}", f" C{n:08}", f"Ｃ{n:08}"),
        dirty(rng, f"{name}（中国）有限公司", f"{name}(中国)有限公司", f"{name} 有限公司", f"{name}有限公司。"),
        dirty(rng, code := uscc(n), code.lower(), f"{code[:2]} {code[2:8]} {code[8:]}"),
        dirty(rng, "制造业", "软件", "餐饮", "IT"),
        dirty(rng, "行业展会", "展会", "百度"),
        dirty(rng, str(wan * 10_000), f"{wan}万", f"{wan * 10_000:,}.00"),
        dirty(rng, f"广东省深圳市南山区科技路{n}号", f"杭州市西湖区文三路{n}号 ", f"北京市朝阳区　建国路{n}号"),
        dirty(rng, rng.choice(["张三", "李四"]), "张 三"),
        day(rng).split(" ")[0], day(rng),
        dirty(rng, f"第{n}次拜访，已报价", f" 第{n}次拜访 ", "无"),
        dirty(rng, name[:3], f"{name[0]} {name[1]}", "王总"),
        dirty(rng, "经理", "经理 ", "-"),
        phone(rng), dirty(rng, line := f"0571-8{n % 10**7:07}", line.replace("-", ""), f"({line[:4]}){line[5:]}"),
        dirty(rng, f"user{n}@example.com", f"User{n}@Example.com", f"user{n}＠example.com"),
    ]  # fmt: skip


def source_of(fields: list[str]) -> tuple[project.Project, plan.Source]:
    made = {"sources": [{"path": "a.csv", "fields": {field: field for field in fields}}]}
    columns = tuple(plan.Column(number, field) for number, field in enumerate(fields, 1))
    source = plan.Source(1, 0, "a.csv", "", "", "legacy", "customer", "", 0, columns=columns)
    return project.Project.model_validate(made), source


def normalised(table: pa.Table, batch: int = BATCH) -> int:
    """All rules over a table whose columns are named like fields; returns the changes made."""
    model, (made, source) = build(), source_of(table.column_names)

    def changes(first: int) -> int:
        rows = table.slice(first, batch).combine_chunks()  # the reader's own pieces are small
        ids = tables.record_ids(1, pa.array(range(first + 1, first + 1 + len(rows)), pa.int64()))
        records = {}
        for name in ("customer", "contact"):
            held = [c for c in rows.column_names if c.startswith(f"{name}.")]
            columns = {c.split(".")[1]: blank_to_null(rows.column(c)) for c in held}
            if columns:
                records[name] = pa.table({"record": ids, **columns})
        return normalise.normalise(records, source, made, model).changes.num_rows

    return sum(abreast(changes, range(0, table.num_rows, batch)))


def blank_to_null(values: pa.Array) -> pa.Array:
    import pyarrow.compute as pc

    return pc.if_else(pc.equal(values, ""), pa.scalar(None, pa.string()), values)


def timed(work: Callable[[], object]) -> tuple[float, float]:
    """Seconds of wall and of CPU."""
    start, spent = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - start, time.process_time() - spent


def against(
    values: list[str],
    field: str,
    peer: Callable[[str], object],
    refusals: type[Exception],
    sample: int,
) -> float:
    """How many times less CPU time one column takes than the peer for the same values."""

    def one_by_one() -> None:
        for text in values[:sample]:
            try:
                peer(text)
            except refusals:  # a peer may refuse what it cannot read
                continue

    normalised(pa.table({field: values[:1000]}))
    _, ours = timed(lambda: normalised(pa.table({field: values})))
    _, theirs = timed(one_by_one)
    return theirs / sample / (ours / len(values))


def table_ratio(rows: int, rng: random.Random) -> tuple[float, float]:
    """How many times as long all rules take as Arrow's reading and writing: wall and CPU time."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "table.csv"
        with path.open("w", encoding="utf-8", newline="\n") as lines:
            lines.write(",".join(FIELDS) + "\n")
            for n in range(rows):
                lines.write(",".join(f'"{cell}"' for cell in row(rng, n)) + "\n")
        text = pa_csv.ConvertOptions(column_types=dict.fromkeys(FIELDS, pa.string()))
        read = lambda: pa_csv.read_csv(path, convert_options=text)
        theirs = timed(lambda: pq.write_table(read(), Path(folder) / "table.parquet"))
        table = read()
        normalised(table.slice(0, 1000))
        ours = timed(lambda: normalised(table))
        return ours[0] / theirs[0], ours[1] / theirs[1]


def peak_mb() -> float:
    try:
        import resource
    except ImportError:  # Windows
        return 0.0
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 1024 if sys.platform != "darwin" else peak / 1024**2


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--values", type=int, default=1_000_000)
    arguments.add_argument("--peer", type=int, default=20_000)
    arguments.add_argument("--rows", type=int, default=1_000_000)
    told = arguments.parse_args()
    import phonenumbers
    from dateutil import parser

    def e164(text: str) -> str:
        number = phonenumbers.parse(text, "CN")
        return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)

    rng = random.Random(1)
    numbers = [phone(rng) for _ in range(told.values)]
    found = {
        "phone_vs_phonenumbers": against(
            numbers,
            "contact.mobile",
            e164,
            phonenumbers.NumberParseException,
            min(told.peer, told.values),
        )
    }
    days = [day(rng) for _ in range(told.values)]
    found["date_vs_dateutil"] = against(
        days,
        "customer.next_follow_up",
        parser.parse,
        parser.ParserError,
        min(told.peer, told.values),
    )
    found["table_vs_arrow_io"], found["table_vs_arrow_io_cpu"] = table_ratio(told.rows, rng)
    found["cores"] = pa.cpu_count()
    found["peak_mb"] = peak_mb()
    print(json.dumps({key: round(value, 2) for key, value in found.items()}))


if __name__ == "__main__":
    main()
