"""How fast files are read, beside named peers, in one run: time ratios and peak memory.

    python benchmarks/read_speed.py [--rows-xlsx 100000] [--rows-csv 1000000] [--repeat 3]

Ours is `readers.open_file` and every batch of every sheet: looked through for danger, decided,
numbered, as text. Peers: python-calamine's own time for the rows (no checks, no text), openpyxl
read-only, and pandas' C engine with dtype=str. "Detailed" sheets hold an error cell, so that they
need the second pass. Files are made first, by seed, outside the clock; each reading is a process
of its own, its peak memory without that of the imports. Seconds are CPU seconds of all threads,
which counts against us where we use two cores and the peer one, but does not depend on what else
the machine is doing; the best of the repeats counts. The last line is one JSON object.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
COLUMNS = 16

OURS = """
from crmclean import readers
import pyarrow.csv, pyarrow.compute, crmclean.readers.workbook, crmclean.readers.delimited
import python_calamine, lxml.etree, msoffcrypto, pandas  # pyarrow imports it at first use
def read():
    return sum(batch.num_rows for s in readers.open_file(PATH).sheets for batch in s.batches())
"""
CALAMINE = """
import python_calamine
def read():
    with open(PATH, "rb") as file:
        book = python_calamine.CalamineWorkbook.from_filelike(file)
        return sum(1 for _ in book.get_sheet_by_index(0).iter_rows())
"""
OPENPYXL = """
import openpyxl
def read():
    book = openpyxl.load_workbook(PATH, read_only=True)
    return sum(1 for _ in book.active.iter_rows(values_only=True))
"""
PANDAS = """
import pandas
def read():
    return len(pandas.read_csv(PATH, dtype=str, encoding=ENCODING)) + 1
"""
CLOCK = """
import json, sys, time, resource
peak = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
idle, start = peak(), time.process_time()
rows = read()
print(json.dumps([rows, time.process_time() - start, peak() - idle]))
"""


def clocked(program: str, path: Path, encoding: str = "utf-8") -> tuple[int, float, float]:
    """(rows, seconds, MB above idle) of a program that reads a file, in a process of its own."""
    head = f"import sys; sys.path.insert(0, {str(ROOT)!r})\nPATH, ENCODING = {str(path)!r}, {encoding!r}\n"
    done = subprocess.run(
        [sys.executable, "-c", head + program + CLOCK], capture_output=True, text=True, check=True
    )
    rows, seconds, megabytes = json.loads(done.stdout)
    return rows, seconds, megabytes


def best(program: str, path: Path, rows: int, repeat: int, encoding: str = "utf-8"):
    found = [clocked(program, path, encoding) for _ in range(repeat)]
    assert all(read == rows + 1 for read, _, _ in found), "not every row was read"
    return min(seconds for _, seconds, _ in found), max(peak for _, _, peak in found)


def row(number: int) -> list[str | int | float]:
    return [
        f"北京第{number}贸易有限公司", 13_000_000_000 + number, f"张{number % 500}", "客户经理",
        f"朝阳区建设路{number % 1000}号", number * 1.25, f"2024-{number % 12 + 1:02}-15",
        f"u{number}@example.com", "VIP" if number % 9 == 0 else "普通", number, "展会",
        f"备注{number % 50}", "初步接洽", "王五", "", f"C{number:06}",
    ]  # fmt: skip


def make_xlsx(path: Path, rows: int, error: bool) -> Path:
    import xlsxwriter

    book = xlsxwriter.Workbook(str(path), {"constant_memory": True})
    sheet = book.add_worksheet("客户")
    sheet.write_row(0, 0, [f"列{n}" for n in range(COLUMNS)])
    for number in range(1, rows + 1):
        sheet.write_row(number, 0, row(number))
        if error and number == rows // 2:
            sheet.write_formula(number, COLUMNS, "=1/0", None, "#DIV/0!")
    book.close()
    return path


def make_csv(path: Path, rows: int, encoding: str) -> Path:
    with path.open("w", encoding=encoding, newline="") as file:
        file.write(",".join(f"列{n}" for n in range(COLUMNS)) + "\r\n")
        for number in range(1, rows + 1):
            file.write(",".join(map(str, row(number))) + "\r\n")
    return path


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows-xlsx", type=int, default=100_000)
    parser.add_argument("--rows-csv", type=int, default=1_000_000)
    parser.add_argument("--repeat", type=int, default=3)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        print(json.dumps(measure(Path(folder), asked.rows_xlsx, asked.rows_csv, asked.repeat)))


def measure(folder: Path, rows_xlsx: int, rows_csv: int, repeat: int) -> dict[str, float]:
    ratios: dict[str, float] = {}
    peaks: list[float] = []
    for suffix, error in (("", False), ("_detailed", True)):
        path = make_xlsx(folder / f"a{suffix}.xlsx", rows_xlsx, error)
        ours, peak = best(OURS, path, rows_xlsx, repeat)
        calamine, peer = best(CALAMINE, path, rows_xlsx, repeat)
        openpyxl, _ = best(OPENPYXL, path, rows_xlsx, 1)
        ratios[f"xlsx{suffix}_vs_calamine"] = round(ours / calamine, 2)
        ratios[f"xlsx{suffix}_vs_openpyxl"] = round(openpyxl / ours, 2)
        print(
            f"xlsx{suffix}: ours {ours:.2f} s, {peak:.0f} MB; calamine {calamine:.2f} s, "
            f"{peer:.0f} MB; openpyxl {openpyxl:.2f} s"
        )
    for name, encoding in (("utf8", "utf-8"), ("gb18030", "gb18030")):
        path = make_csv(folder / f"{name}.csv", rows_csv, encoding)
        ours, peak = best(OURS, path, rows_csv, repeat, encoding)
        pandas, _ = best(PANDAS, path, rows_csv, repeat, encoding)
        ratios[f"csv_{name}_vs_pandas"] = round(ours / pandas, 2)
        peaks.append(peak)
        print(f"csv {name}: ours {ours:.2f} s, {peak:.0f} MB; pandas {pandas:.2f} s")
    return {**ratios, "peak_mb": round(max(peaks))}


if __name__ == "__main__":
    main()
