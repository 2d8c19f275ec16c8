"""How fast duplicates are found, beside Splink on the same generated companies.

    python benchmarks/dedupe_speed.py --register cn_companies_200k.parquet [--rows 100000 1000000] [--splink]

Our time is all-in: parsing names, keys, comparing, learning, clusters. Splink gets the raw columns.
Each run is a process of its own, so that peak memory is its own. CPU seconds stand beside the wall
clock, because a shared machine makes the latter lie. The last line is one JSON object.
"""

import argparse
import json
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parent)]
SEED = 404


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--register", type=Path, required=True)
    parser.add_argument("--rows", type=int, nargs="*", default=[100_000])
    parser.add_argument("--splink", action="store_true")
    parser.add_argument("--one", choices=["ours", "splink"], help="run one engine in this process")
    options = parser.parse_args()
    if options.one:
        print(json.dumps(_one(options.one, options.register)))
        return
    result: dict[str, float] = {}
    for rows in options.rows:
        result |= _size(options, rows)
    sizes = sorted(options.rows)
    if len(sizes) > 1:
        small, big = (result[f"seconds_{_short(n)}"] for n in (sizes[0], sizes[-1]))
        result[f"growth_{_short(sizes[0])}_{_short(sizes[-1])}"] = round(big / small, 2)
    print(json.dumps(result))


def _size(options: argparse.Namespace, rows: int) -> dict[str, float]:
    import companies

    table = Path(f"companies_{rows}.parquet")
    if not table.exists():
        pq.write_table(companies.generate(options.register, rows, SEED), table)
    name = _short(rows)
    ours = _process("ours", table)
    found = {f"{key}_{name}": value for key, value in ours.items()}
    if options.splink:
        theirs = _process("splink", table)
        found[f"splink_seconds_{name}"] = theirs["seconds"]
        found[f"speedup_vs_splink_{name}"] = round(theirs["seconds"] / ours["seconds"], 2)
    return found


def _process(engine: str, table: Path) -> dict[str, float]:
    command = [sys.executable, __file__, "--one", engine, "--register", str(table)]
    done = subprocess.run(command, check=True, capture_output=True, text=True, encoding="utf-8")
    found = json.loads(done.stdout.strip().splitlines()[-1])
    print(engine, table, found, flush=True)
    return found


def _one(engine: str, path: Path) -> dict[str, float]:
    import resource

    table = pq.read_table(path)
    began, worked = time.perf_counter(), time.process_time()
    if engine == "splink":
        import opponents

        opponents.companies_raw(table)
    else:
        _ours(table)
    return {
        "seconds": round(time.perf_counter() - began, 1),
        "cpu": round(time.process_time() - worked, 1),
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }


def _ours(table) -> None:
    from dedupe_accuracy import EMPTY, prepared

    from crmclean.dedupe import customers, engine
    from crmclean.dedupe.laws import laws_of

    fields = prepared(table)
    laws = laws_of(fields, EMPTY, EMPTY)
    scored = engine.score(fields, customers.SPEC, laws)
    label = engine.grouped(scored, customers.SPEC, laws, 0.0, table.num_rows)
    print("customers", len(np.unique(label)))


def _short(rows: int) -> str:
    return f"{rows // 1_000_000}m" if rows >= 1_000_000 else f"{rows // 1000}k"


if __name__ == "__main__":
    main()
