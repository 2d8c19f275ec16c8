"""How fast import files are written: 1,000,000 x 16 text cells to split .xlsx, beside openpyxl.

    python benchmarks/export_speed.py [rows]        default 1,000,000

Both sides write the same text cells with number format `@`. openpyxl (write-only mode) is timed on
at most 100,000 rows and scaled; ours is written in files of 50,000 rows, twice, and the bytes must
be the same. Peak memory is measured over and above the table itself. Reading the files back, which
every export does, is timed apart. The last line is one JSON object.
"""

import hashlib
import json
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa

sys.path.insert(0, str(Path(__file__).parent.parent))

from crmclean.workbooks import Col, Sheet, reread, write

HEADINGS = [
    "客户编号",
    "客户名称",
    "负责人",
    "手机",
    "电话",
    "网址",
    "邮箱",
    "客户行业",
    "客户级别",
    "下次联系时间",
    "备注",
    "省",
    "市",
    "区",
    "详细地址",
    "来源",
]
PER_FILE = 50_000
MOST_FOR_OPENPYXL = 100_000


def rows(start: int, count: int) -> pa.Table:
    """Invented customers `start` to `start + count`."""
    numbers = range(start, start + count)
    columns = [
        [f"C{n:09}" for n in numbers],
        [f"江海{n * 7919 % 9999991}设备制造有限公司" for n in numbers],
        [("张三", "李四", "王五")[n % 3] for n in numbers],
        [f"138{n * 7717 % 100000000:08}" for n in numbers],
        [f"0512-{n * 31337 % 100000000:08}" if n % 2 else None for n in numbers],
        [f"http://www.ex{n}.example.com" for n in numbers],
        [f"u{n}@example.com" for n in numbers],
        [("制造业", "金融业", "建筑业")[n % 3] for n in numbers],
        ["B（普通客户）" for _ in numbers],
        [f"2025-03-{n % 28 + 1:02} 09:30:00" for n in numbers],
        ["=1+1" if n % 1000 == 0 else f"备注第{n}条 & <说明>" for n in numbers],
        ["江苏省" for _ in numbers],
        ["苏州市" for _ in numbers],
        ["吴中区" for _ in numbers],
        [f"东吴北路{n % 999}号{n % 20}幢" for n in numbers],
        [("行业展会", None)[n % 2] for n in numbers],
    ]
    return pa.table([pa.array(c, pa.string()) for c in columns], names=HEADINGS)


def ours(tables: list[pa.Table], folder: Path) -> Iterator[Path]:
    columns = [Col(heading) for heading in HEADINGS]
    for number, table in enumerate(tables):
        path = folder / f"{number:03}.xlsx"
        write(path, [Sheet("客户", columns, table)])
        yield path


def openpyxl_write_only(table: pa.Table, path: Path) -> None:
    import openpyxl
    from openpyxl.cell import WriteOnlyCell

    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("客户")
    sheet.append(HEADINGS)
    for values in zip(*(c.to_pylist() for c in table.columns), strict=True):
        cells = []
        for value in values:
            cell = WriteOnlyCell(sheet, value)
            if value is not None:
                cell.data_type, cell.number_format = "s", "@"
            cells.append(cell)
        sheet.append(cells)
    book.save(path)


class Peak:
    """The most memory this process held while the block ran, over what it held before, in MB."""

    def __enter__(self) -> "Peak":
        self.before = self.most = resident()
        self.running = True
        self.watch = threading.Thread(target=self._watch)
        self.watch.start()
        return self

    def _watch(self) -> None:
        while self.running:
            self.most = max(self.most, resident())
            time.sleep(0.05)

    def __exit__(self, *_: object) -> None:
        self.running = False
        self.watch.join()
        self.mb = (self.most - self.before) / 2**20


def resident() -> int:
    pages = Path("/proc/self/statm")
    return int(pages.read_text().split()[1]) * 4096 if pages.exists() else 0


def main(count: int) -> None:
    tables = [rows(at, min(PER_FILE, count - at)) for at in range(0, count, PER_FILE)]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        digests, seconds = [], []
        with Peak() as peak:
            for _ in range(2):
                start = time.perf_counter()
                made = list(ours(tables, folder))
                seconds.append(time.perf_counter() - start)
                digests.append([hashlib.sha256(p.read_bytes()).hexdigest() for p in made])
        start = time.perf_counter()
        same = all(
            reread.columns(p).equals(t.combine_chunks()) for p, t in zip(made, tables, strict=True)
        )
        back = time.perf_counter() - start
        few = pa.concat_tables(tables).slice(0, MOST_FOR_OPENPYXL)
        start = time.perf_counter()
        openpyxl_write_only(few, folder / "openpyxl.xlsx")
        theirs = (time.perf_counter() - start) * count / few.num_rows
    best = min(seconds)
    print(f"{count:,} x {len(HEADINGS)} text cells")
    print(f"ours      {best:8.1f} s   read back {back:.1f} s, cell-exact: {same}")
    print(f"openpyxl  {theirs:8.1f} s   (scaled from {few.num_rows:,} rows)")
    print(f"same bytes twice: {digests[0] == digests[1]}")
    result = {
        "xlsx_vs_openpyxl": round(theirs / best, 1),
        "peak_mb": round(peak.mb),
        "seconds": {"write": round(best, 1), "read_back": round(back, 1)},
        "same_bytes": digests[0] == digests[1],
        "cell_exact": same,
    }
    print(json.dumps(result))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
