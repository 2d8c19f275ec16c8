"""samples/score.py judges: the truth itself scores full marks, leaving all as it was does not, and
each kind of damage shows in its own figure."""

import csv
import json
import sys
from collections import defaultdict
from pathlib import Path

import pandas as pd
import pytest

SAMPLES = Path(__file__).resolve().parent.parent / "samples"
sys.path.insert(0, str(SAMPLES))

import score  # noqa: E402

Tables = dict[str, pd.DataFrame]


def lines(name: str) -> list[dict[str, str]]:
    with (SAMPLES / "truth" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


FILES = sorted({line["file"] for line in lines("rows")})


def record(line: dict[str, str]) -> int:
    return ((FILES.index(line["file"]) + 1) << 48) | (int(line["row"]) << 8)


def result(value: str) -> Tables:
    """The tables of a tool that knows the truth of records, and writes `value` of each cell."""
    cells: dict[str, dict[int, dict[str, str]]] = defaultdict(lambda: defaultdict(dict))
    issues = []
    for line in lines("cells"):
        name, field = line["field"].split(".")
        shown = line["as_typed"] if line["state"] == "keep" else line[value]
        if field == "phone" and cells[name][record(line)].get(field):
            name = "contact"  # a landline among the mobiles
        cells[name][record(line)][field] = shown or None
        if line["state"] == "keep":
            issues.append({"record": record(line), "row": None, "source": None, "field": field})
    ends = [
        {"object": line["object"], "record": record(line), "end": "loaded", "golden": line["contact_id"] or line["customer_id"]}
        for line in lines("records")
    ]  # fmt: skip
    children = [
        {"record": record(c), "customer_golden": c["customer_id"] or None}
        for c in lines("follow_ups")
    ]
    ends += [
        {"object": "follow_up", "record": c["record"], "end": "loaded", "golden": None}
        for c in children
    ]
    issues += [
        {"record": c["record"], "row": None, "source": None, "field": "customer"}
        for c in children
        if not c["customer_golden"]
    ]
    found = {
        f"records_{name}": pd.DataFrame.from_dict(rows, orient="index")
        .rename_axis("record")
        .reset_index()
        for name, rows in cells.items()
    }
    pairs = pd.DataFrame({"object": [], "left": [], "right": [], "verdict": []})
    return {
        **found,
        "crosswalk": pd.DataFrame(ends),
        "issues": pd.DataFrame(issues),
        "pairs": pairs,
        "golden_follow_up": pd.DataFrame(children),
    }


def figures(found: Tables, folder: Path) -> dict[str, float]:
    (folder / "tables").mkdir()
    for name, table in found.items():
        table.to_parquet(folder / "tables" / f"{name}.parquet")
    kinds = lines("rows")
    sources = [
        {
            "number": n,
            "path": f"legacy/{file}",
            "sheet": next(k["sheet"] for k in kinds if k["file"] == file),
            "counts": pd.Series([k["kind"] for k in kinds if k["file"] == file])
            .value_counts()
            .to_dict(),
        }
        for n, file in enumerate(FILES, 1)
    ]
    (folder / "tables" / "sources.json").write_text(
        json.dumps({"sources": sources}), encoding="utf-8"
    )
    return score.measure(folder, lambda _: None)


PERFECT = {
    "phone": 1.0, "date": 1.0, "wrong_values": 0, "pair_precision": 1.0, "pair_recall": 1.0,
    "unaccounted_rows": 0, "lost_children": 0,
}  # fmt: skip


def test_the_truth_is_perfect(tmp_path: Path) -> None:
    assert figures(result("right"), tmp_path) == PERFECT


def test_doing_nothing_is_harmless_and_useless(tmp_path: Path) -> None:
    found = figures(result("as_typed"), tmp_path)
    assert found["wrong_values"] == 0
    assert found["phone"] < 0.3  # numbers are right as soon as they are read
    assert found["date"] < 0.1


def test_one_invented_phone_is_a_wrong_value(tmp_path: Path) -> None:
    found = result("right")
    found["records_contact"].loc[7, "mobile"] = "13999999999"
    assert figures(found, tmp_path)["wrong_values"] >= 1


def test_a_wrong_merge_costs_precision(tmp_path: Path) -> None:
    found = result("right")
    ends = found["crosswalk"]
    customers = ends[ends["object"] == "customer"]["golden"]
    one, other = customers.value_counts().index[:2]
    merged = ends["golden"].replace({one: other})
    found["crosswalk"] = ends.assign(golden=merged)
    assert figures(found, tmp_path)["pair_precision"] < 1


def test_a_missed_merge_costs_recall(tmp_path: Path) -> None:
    found = result("right")
    ends = found["crosswalk"].copy()
    ends.loc[ends["object"] == "customer", "golden"] = [
        f"g{n}" for n in range(sum(ends["object"] == "customer"))
    ]
    found["crosswalk"] = ends
    assert figures(found, tmp_path)["pair_recall"] < 0.5


@pytest.mark.parametrize("object", ["customer", "follow_up"])
def test_a_lost_record_is_unaccounted(tmp_path: Path, object: str) -> None:
    found = result("right")
    ends = found["crosswalk"]
    only = ends[~ends.duplicated("record", keep=False) & (ends["object"] == object)]
    found["crosswalk"] = ends.drop(only.index[0])
    assert figures(found, tmp_path)["unaccounted_rows"] == 1


def test_a_follow_up_of_somebody_else_is_lost(tmp_path: Path) -> None:
    found = result("right")
    children = found["golden_follow_up"]
    customers = children["customer_golden"].dropna().unique()
    first = children.index[children["customer_golden"] == customers[0]][0]
    children.loc[first, "customer_golden"] = customers[1]
    assert figures(found, tmp_path)["lost_children"] == 1
