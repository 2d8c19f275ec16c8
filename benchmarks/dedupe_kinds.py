"""How duplicates fare by kind: schools, shops, groups, former names, pinyin… Invented lists.

    python benchmarks/dedupe_kinds.py [--register cn_companies_200k.parquet] [--list]

Two lists of the same kinds (tests/dedupe/kinds*.csv): `kinds` was written down before it was run, and
then looked at pair by pair; `kinds_unseen` was written when that was mended, and run once. The
product's whole duplicate stage
runs with its own thresholds, on each list alone and, with a register, among 20,000 generated
companies, because rarity and prior are those of the list. Per kind: pairs that are one customer
merged / sent to a person / missed, pairs that are not wrongly merged / sent to a person. --list
prints what was wrong in `kinds`. The last line is one JSON object.
"""

import argparse
import csv
import json
import sys
import tempfile
from collections import Counter
from itertools import combinations
from pathlib import Path

import pyarrow as pa

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parent)]

import companies

from crmclean import dedupe, model, plan, project
from crmclean.decisions import State
from crmclean.tables import record_ids

LISTS = HERE.parent / "tests" / "dedupe"
AMONG = 20_000
WORDS = ("merged", "asked", "missed", "wrong", "asked_wrong")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--register", type=Path)
    parser.add_argument("--list", action="store_true")
    options = parser.parse_args()
    result = {}
    for path in sorted(LISTS.glob("kinds*.csv")):
        name, rows = path.stem, read(path)
        result[name] = _told(name, rows, rows, options.list and name == "kinds")
        if options.register:
            filler = companies.generate(options.register, AMONG, companies.TUNING_SEED)
            every = rows + filler.drop_columns(["cluster"]).to_pylist()
            result[f"{name}_among_20k"] = _told(
                f"{name} among 20k", rows, every, options.list and name == "kinds"
            )
    print(json.dumps(result))


def read(path: Path) -> list[dict[str, str]]:
    """The rows of a list of kinds."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def judged(rows: list[dict], every: list[dict]) -> list[tuple[str, str, dict, dict]]:
    """(kind, what happened, one, other) of each pair of `rows` that is one customer or was thought
    one; `every`: the whole list that is deduplicated, `rows` first."""
    ends, review = run(every)
    found = []
    for (m, one), (n, other) in combinations(enumerate(rows), 2):
        same = (one["kind"], one["customer"]) == (other["kind"], other["customer"])
        merged, asked = ends[m] == ends[n], (m, n) in review
        if same:
            found.append(
                (one["kind"], "merged" if merged else "asked" if asked else "missed", one, other)
            )
        elif merged or asked:
            found.append((one["kind"], "wrong" if merged else "asked_wrong", one, other))
    return found


def run(rows: list[dict]) -> tuple[list[str], set[tuple[int, int]]]:
    """The golden id of each row, and the pairs that a person is asked about."""
    objects = model.build()
    ids = record_ids(1, pa.array(range(2, len(rows) + 2), pa.int64()))
    records = {name: _table(one, ids.slice(0, 0), []) for name, one in objects.items()}
    records["customer"] = _table(objects["customer"], ids, rows)
    people = [{"name": row.get("contact")} for row in rows]
    records["contact"] = _table(objects["contact"], ids, people)
    source = plan.Source(1, 0, "a.csv", "", "ERP", "legacy", "customer", "", 0)
    migration = project.Project(sources=[{"path": "a.csv"}])
    with tempfile.TemporaryDirectory() as folder:
        found = dedupe.dedupe(
            records, plan.Plan((source,)), migration, objects, State(Path(folder))
        )
    number = {record: n for n, record in enumerate(ids.to_pylist())}
    ends = [""] * len(rows)
    for end in found.crosswalk.to_pylist():
        if end["object"] == "customer":
            ends[number[end["record"]]] = end["golden"]
    pairs = (p for p in found.pairs.to_pylist() if p["object"] == "customer")
    review = {(number[p["left"]], number[p["right"]]) for p in pairs if p["verdict"] == "review"}
    return ends, review


def _table(object_: model.Object, ids: pa.Array, rows: list[dict]) -> pa.Table:
    filled = {
        f: pa.array([row.get(f) or None for row in rows], pa.string()) for f in object_.fields
    }
    return pa.table({"record": ids, **filled})


def _told(title: str, rows: list[dict], every: list[dict], list_wrong: bool) -> dict[str, float]:
    """Print the counts per kind; precision, and recall with and without a person."""
    found = judged(rows, every)
    by_kind = Counter((kind, what) for kind, what, _, _ in found)
    print(f"{title:24}", *WORDS)
    for kind in dict.fromkeys(row["kind"] for row in rows):
        print(f"  {kind:22}", *(f"{by_kind[kind, what]:{len(what)}}" for what in WORDS))
    for kind, what, one, other in found if list_wrong else []:
        if what != "merged":
            print(
                f"  {what:12}{kind:10}",
                *("|".join(list(r.values())[2:]) for r in (one, other)),
                sep="  ",
            )
    total = Counter(what for _, what, _, _ in found)
    real = total["merged"] + total["asked"] + total["missed"]
    return {
        "precision": round(total["merged"] / max(total["merged"] + total["wrong"], 1), 4),
        "recall": round(total["merged"] / real, 4),
        "with_person": round((total["merged"] + total["asked"]) / real, 4),
        "asked_wrong": total["asked_wrong"],
    }


if __name__ == "__main__":
    main()
