"""How much a monthly refresh saves: `check` with the caches of the last run, and without.

    python benchmarks/check_speed.py [--rows 1000000] [--changed 1000]

Makes a CSV of ROWS x 16 (`make_table.py`), checks it once, freezes in the state what publishing it
would freeze (weights, frequencies, ids), changes CHANGED rows (edited, deleted,
inserted: spread over the file), then checks the new file twice: in the same OUT, and in another one
with `--no-cache`. The tables of both must be the same, byte for byte; if not, the benchmark fails.
Figures are seconds of processor time of the whole process and its children, because the wall
clock of a shared machine tells little; wall time is printed beside them.
Last line: one JSON object {"incremental_speedup", "rows", "changed", "seconds": {…}}.
"""

import argparse
import csv
import hashlib
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import make_table
import pyarrow as pa
import pyarrow.parquet as pq
from run_speed import PROJECT

from crmclean.decisions import State
from crmclean.run import Work


def main(rows: int, changed: int, folder: Path) -> None:
    text = PROJECT.format(target="generic", unplaced="{}")
    (folder / "crmclean.yaml").write_text(text, encoding="utf-8")
    make_table.write(folder / "table.csv", rows)
    first = _check(folder, "out")
    _freeze(folder)
    _change(folder / "table.csv", rows, changed)
    again, anew = _check(folder, "out"), _check(folder, "anew", "--no-cache")
    for name, (cpu, wall) in {
        "first": first,
        "with caches": again,
        "without": anew,
    }.items():
        print(f"  {name:12} {cpu:8.2f} s of processor time, {wall:8.2f} s")
    different = sorted(_tables(folder / "out") ^ _tables(folder / "anew"))
    if different:
        sys.exit(f"the tables differ: {', '.join(name for name, _ in different)}")
    seconds = {"with": round(again[0], 2), "without": round(anew[0], 2)}
    speedup = round(anew[0] / again[0], 2)
    told = {"incremental_speedup": speedup, "rows": rows, "changed": changed, "seconds": seconds}
    print(json.dumps(told))


def _check(folder: Path, out: str, *options: str) -> tuple[float, float]:
    """Seconds of processor time and of the clock that `check` takes. Findings (exit 1) are fine."""
    command = [sys.executable, "-m", "crmclean", "check", "--no-input", "-o", out, *options]
    started, before = time.perf_counter(), os.times()
    done = subprocess.run(command, cwd=folder, stdout=subprocess.DEVNULL, check=False)
    if done.returncode > 1:
        sys.exit(f"{' '.join(command)} ended with {done.returncode}")
    after = os.times()
    cpu = after.children_user + after.children_system
    cpu -= before.children_user + before.children_system
    return cpu, time.perf_counter() - started


def _freeze(folder: Path) -> None:
    """What `crmclean export` would write down in the state once it has published."""
    memory = json.loads(Work(folder / "out" / ".work").get_text("memory.json") or "{}")
    for kind, lines in sorted(memory.items()):
        State(folder / "crmclean.state").write(kind, lines)


def _change(path: Path, rows: int, changed: int, seed: int = 2) -> None:
    """Three in five edited in one cell, one in five deleted, one in five inserted."""
    rng = random.Random(seed)
    touched = set(rng.sample(range(1, rows), changed))
    aside = path.with_suffix(".new")
    with (
        path.open(encoding="utf-8", newline="") as file,
        aside.open("w", encoding="utf-8", newline="") as new,
    ):
        writer = csv.writer(new)
        for number, cells in enumerate(csv.reader(file)):
            if number not in touched:
                writer.writerow(cells)
                continue
            kind = rng.randrange(5)
            if kind < 3:
                cells[rng.choice((3, 5, 7, 12, 15))] = f"新{number}"
            if kind != 3:
                writer.writerow(cells)
            if kind == 4:
                writer.writerow([f"N{number:07}", f"新增{number}商贸有限公司", *cells[2:]])
    aside.replace(path)


def _tables(out: Path) -> set[tuple[str, str]]:
    """Name and digest of every table that a check makes, as it would be published: in Parquet."""
    work, found = Work(out / ".work"), set()
    for path in sorted(work.root.rglob("*.arrow")):
        name = path.relative_to(work.root).with_suffix("").as_posix()
        if not name.startswith("last/"):
            pq.write_table(work.get(name).combine_chunks(), buffer := pa.BufferOutputStream())
            found.add((name, hashlib.sha256(buffer.getvalue()).hexdigest()))
    return found


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--changed", type=int, default=1_000)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        main(arguments.rows, arguments.changed, Path(scratch))
