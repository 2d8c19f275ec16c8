"""How fast duplicates are found, beside Splink on the same generated companies.

    python benchmarks/dedupe_speed.py --register cn_companies_200k.parquet [--rows 100000 1000000] [--splink]

Ours is all-in: parsing names, keys, comparing, learning, clusters. Splink gets the raw columns, all-in
too; and the columns that crmclean read, where our parsing counts for neither side. Splink's own
clusters are counted, our laws and repair on its columns are not. Each run is a process of its own,
so that peak memory is its own, and those of one size follow each other. A ratio of wall clocks says
what a user waits; on a shared machine CPU seconds (user and system, all threads) are the truer word,
so every ratio is given in both. The last line is one JSON object.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parent)]
SEED = 404


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--register", type=Path, required=True)
    parser.add_argument("--rows", type=int, nargs="*", default=[100_000])
    parser.add_argument("--splink", action="store_true")
    parser.add_argument("--one", choices=list(ENGINES), help="run one engine in this process")
    options = parser.parse_args()
    if options.one:
        print(json.dumps(_one(options.one, options.register)))
        return
    result: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as scratch:
        for rows in options.rows:
            result |= _size(options, rows, Path(scratch))
    sizes = sorted(options.rows)
    if len(sizes) > 1:
        small, big = _short(sizes[0]), _short(sizes[-1])
        for clock, name in (("seconds", ""), ("cpu", "_cpu")):
            grown = result[f"{clock}_{big}"] / result[f"{clock}_{small}"]
            result[f"growth{name}_{small}_{big}"] = round(grown, 2)
    print(json.dumps(result))


def _size(options: argparse.Namespace, rows: int, scratch: Path) -> dict[str, float]:
    import companies

    table = scratch / f"companies_{rows}.parquet"
    pq.write_table(companies.generate(options.register, rows, SEED), table)
    name = _short(rows)
    ours = _process("ours", table)
    found = {f"{key}_{name}": value for key, value in ours.items()}
    if options.splink:
        raw, same_columns = _process("raw", table), _process("columns", table)
        for clock, mark in (("seconds", ""), ("cpu", "_cpu")):
            after_parsing = ours[clock] - ours[f"parse_{clock}"]
            found |= {
                f"splink_{clock}_{name}": raw[clock],
                f"splink_columns_{clock}_{name}": same_columns[clock],
                f"speedup_vs_splink_{name}{mark}": round(raw[clock] / ours[clock], 2),
                f"vs_splink_columns_{name}{mark}": round(same_columns[clock] / after_parsing, 2),
            }
    return found


def _process(engine: str, table: Path) -> dict[str, float]:
    from crmclean.processor import sort_fast

    sort_fast()  # as the product does before it loads NumPy
    command = [sys.executable, __file__, "--one", engine, "--register", str(table)]
    done = subprocess.run(command, check=True, capture_output=True, text=True, encoding="utf-8")
    found = json.loads(done.stdout.strip().splitlines()[-1])
    print(engine, table.name, found, flush=True)
    return found


def _one(engine: str, path: Path) -> dict[str, float]:
    import resource  # not on Windows

    clocks = ENGINES[engine](pq.read_table(path))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    return {name: round(value, 2) for name, value in clocks.items()} | {"peak_mb": peak}


def _ours(table: pa.Table) -> dict[str, float]:
    from dedupe_accuracy import EMPTY, prepared

    from crmclean.dedupe import customers, engine
    from crmclean.dedupe.laws import laws_of
    from crmclean.run.memory import keep_freed

    keep_freed()  # as the product does
    all_in = _Clocks()
    fields = prepared(table)
    parsed = all_in.read()
    laws = laws_of(fields, EMPTY, EMPTY)
    scored = engine.score(fields, customers.SPEC, laws)
    label = engine.grouped(scored, customers.SPEC, laws, 0.0, table.num_rows)
    print("customers", len(np.unique(label)))
    return all_in.read() | {f"parse_{name}": value for name, value in parsed.items()}


def _splink_raw(table: pa.Table) -> dict[str, float]:
    import opponents

    clocks = _Clocks()
    print("customers", opponents.clustered(opponents.companies_raw(table)))
    return clocks.read()


def _splink_columns(table: pa.Table) -> dict[str, float]:
    import opponents
    from dedupe_accuracy import columns, prepared

    ready = opponents.companies_parsed(columns(prepared(table)))
    del table
    clocks = _Clocks()
    print("customers", opponents.clustered(ready))
    return clocks.read()


class _Clocks:
    """Wall and CPU seconds since it was made."""

    def __init__(self) -> None:
        self.began = time.perf_counter(), time.process_time()

    def read(self) -> dict[str, float]:
        wall, cpu = self.began
        return {"seconds": time.perf_counter() - wall, "cpu": time.process_time() - cpu}


ENGINES = {"ours": _ours, "raw": _splink_raw, "columns": _splink_columns}


def _short(rows: int) -> str:
    return f"{rows // 1_000_000}m" if rows >= 1_000_000 else f"{rows // 1000}k"


if __name__ == "__main__":
    main()
