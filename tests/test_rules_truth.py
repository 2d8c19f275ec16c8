"""No wrong value: columns of a run against values whose truth is known.

Cells go through `normalise`, the path that a run uses: placeholders, what is mended for whole
columns, single answers, parts, regions of addresses. Read back means that the truth stands in its
field; what was lost must stay as it was, with an issue; words beside a value must be somewhere.
Anything else is a wrong value or a silent loss, and there may be none. Of what can be read back,
99 in 100 must be.

`make soak` runs 100,000 cells per kind; without it a few per way. What the values are made of
stands in `tests/truth/`.
"""

import os
from collections.abc import Iterator
from random import Random
from typing import NamedTuple

import pyarrow as pa
import pytest
from truth import KINDS
from truth.ways import Kind, Way

from crmclean import normalise, plan, project, tables
from crmclean.model import build

CELLS = 100_000 if os.environ.get("CRMCLEAN_SOAK") else 3000
CLASSES = 30


class Cell(NamedTuple):
    """A cell of the column, what it should say, and the word beside it that must not be lost."""

    way: str
    truth: str
    text: str
    word: str


def written(kind: Kind, ways: dict[str, Way], cells: int, rng: Random) -> Iterator[Cell]:
    for name, way in ways.items():
        for _ in range(max(1, cells // max(1, len(ways)))):
            truth = kind.make(rng)
            text = way(truth, rng)
            yield Cell(name, truth, *(text if isinstance(text, tuple) else (text, "")))


def outcomes(kind: Kind, texts: list[str]) -> list[tuple[dict[str, str], bool]]:
    """What stands where in the record of each cell after the run of its column, and whether a
    person is told."""
    owner, _, name = kind.field.partition(".")
    own = {"customer.registration_no": {"label": "注册号", "kind": "registration_no"}}
    how = {"column": "栏", **({"unit": kind.unit} if kind.unit else {})}
    entry = {"path": "a.csv", "object": owner, "fields": {kind.field: how}}
    told = project.Project.model_validate({"sources": [entry], "fields": own})
    model = build(own)
    columns = (plan.Column(1, "栏", options=kind.options),)
    source = plan.Source(1, 0, "a.csv", "", "", "legacy", owner, "", 0, columns=columns)
    ids = tables.record_ids(1, pa.array(range(2, len(texts) + 2), pa.int64()))
    records = {}
    for held in {owner, "customer", "contact"}:
        fields = dict.fromkeys(model[held].fields, pa.nulls(len(texts), pa.string()))
        if held == owner:
            fields[name] = pa.array(texts, pa.string())
        records[held] = pa.table({"record": ids, **fields})
    result = normalise.normalise(records, source, told, model)
    return _gathered(result, len(texts))


def _gathered(result: normalise.Normalised, size: int) -> list[tuple[dict[str, str], bool]]:
    found: list[dict[str, str]] = [{} for _ in range(size)]
    flagged = [False] * size
    for name, table in result.tables.items():
        rows = tables.rows_of(table["record"].combine_chunks()).to_pylist()
        for column in set(table.column_names) - {"record"}:
            for row, text in zip(rows, table[column].to_pylist(), strict=True):
                if text is not None:
                    found[row - 2].setdefault(f"{name}.{column}", text)
    for row in result.issues["row"].to_pylist():
        flagged[row - 2] = True
    return list(zip(found, flagged, strict=True))


def verdict(kind: Kind, cell: Cell, found: dict[str, str], flagged: bool) -> str:
    """read, kept (as it was, and told), or wrong and silent."""
    expected = kind.expected(cell.truth)
    if cell.word and not flagged and not any(cell.word in text for text in found.values()):
        return "silent"
    if kind.beside:
        stands = {path: text for path, text in expected.items() if found.get(path)}
        if any(found[path] != text for path, text in stands.items()):
            return "wrong"
        return "read" if len(stands) == sum(map(bool, expected.values())) else "kept"
    after = found.get(kind.field)
    if after == expected[kind.field]:
        return "read"
    return "kept" if after == cell.text and flagged else "silent" if after == cell.text else "wrong"


def judged(
    name: str, ways: dict[str, Way], cells: int, seed: int
) -> list[tuple[str, Cell, str | None]]:
    kind = KINDS[name]
    all_cells = list(written(kind, ways, cells, Random(seed)))
    results = outcomes(kind, [cell.text for cell in all_cells])
    return [
        (verdict(kind, cell, found, flagged), cell, found.get(kind.field))
        for cell, (found, flagged) in zip(all_cells, results, strict=True)
    ]


@pytest.mark.parametrize("name", KINDS)
def test_no_wrong_value(name: str) -> None:
    results = judged(name, KINDS[name].ways, CELLS, 20240615)
    assert not [result for result in results if result[0] in ("wrong", "silent")][:10]
    missed = [result for result in results if result[0] == "kept"]
    assert len(missed) <= len(results) * 0.01, missed[:20]


@pytest.mark.parametrize("name", [name for name, kind in KINDS.items() if kind.lost])
def test_what_is_lost_stays_and_is_told(name: str) -> None:
    results = judged(name, KINDS[name].lost, CELLS // 4, 7)
    if KINDS[name].beside:  # nothing can be read from these
        found = outcomes(KINDS[name], [cell.text for _, cell, _ in results])
        wrong = [(cell, values) for (_, cell, _), (values, _) in zip(results, found, strict=True)
                 if any(path in values for path in KINDS[name].expected(cell.truth))]  # fmt: skip
        assert not wrong[:10]
    else:
        assert not [result for result in results if result[0] in ("wrong", "silent")][:10]


@pytest.mark.parametrize("name", KINDS)
def test_there_are_many_ways(name: str) -> None:
    assert len(KINDS[name].ways) + len(KINDS[name].lost) >= CLASSES
