"""The audit form: records drawn at random, each result beside the source cells it came from.

Blind: the form shows neither rules nor confidence nor what was changed. The draw is a keyed
ranking over the loaded records (draw.py) under a seed mixed with the digests of the sources, so
that neither side can shop for a sample and anybody can draw it again (trust.md 3.6).
"""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from crmclean import draw, tables
from crmclean.messages import say
from crmclean.model import Object
from crmclean.plan import Plan
from crmclean.project import Project
from crmclean.run import Work
from crmclean.workbooks import Col, Sheet, write

VERDICTS = ("right", "wrong", "undecided")
FORM = "form.xlsx"
INPUT_COLOUR = "#FFF2CC"


def sample(
    work: Work,
    plan: Plan,
    project: Project,
    model: dict[str, Object],
    folder: Path,
    rows: int | None = None,
    seed: str | int | None = None,
) -> Path:
    """Draw loaded customers (other objects where there are none) and write `folder`/form.xlsx.
    Raises OutputRefused."""
    folder.mkdir(parents=True, exist_ok=True)
    crosswalk = work.get("crosswalk_final")
    name, records = _population(crosswalk)
    seed = project.audit.seed if seed is None else seed
    places = draw.first(records, rows or project.audit.rows, key(plan, seed))
    drawn = records.take(pa.array(places))
    sheet = _sheet(work, plan, model[name], crosswalk, drawn, project.language)
    facts = _facts(name, len(records), len(drawn), seed, project.language)
    write(folder / FORM, [sheet, facts])
    return folder / FORM


def key(plan: Plan, seed: str | int) -> str:
    """The seed of the draw: nobody can choose it after seeing the sources, anybody can redo it."""
    return "|".join([*(source.sha256 for source in plan.sources), str(seed)])


def _population(crosswalk: pa.Table) -> tuple[str, pa.Array]:
    loaded = crosswalk.filter(pc.equal(crosswalk["end"], "loaded"))
    for name in tables.OBJECTS:
        mine = loaded.filter(pc.equal(loaded["object"], name))
        if mine.num_rows:
            return name, mine["record"].combine_chunks()
    return "customer", pa.array([], pa.int64())


def _sheet(
    work: Work, plan: Plan, owner: Object, crosswalk: pa.Table, drawn: pa.Array, language: str
) -> Sheet:
    golden = work.get(f"golden/{owner.name}")
    golden = golden.take(pc.index_in(drawn, golden["record"].combine_chunks()))
    origins = _origins(golden["golden"].combine_chunks(), owner.name, crosswalk)
    cells = _source_cells(work, plan, sorted({record for each in origins for record in each}))
    results, counts = _results(golden, owner, language)
    sources = ["\n\n".join(cells[record] for record in each) for each in origins]
    verdicts = [say(f"audit.{verdict}", lang=language) for verdict in VERDICTS]
    labels = [known.label[language] for known in owner.fields.values()]
    head = lambda code: say(f"audit.{code}", lang=language)
    columns = [
        Col(head("number"), 6, locked=True),
        Col(head("source"), 55, locked=True),
        Col(head("result"), 55, locked=True),
        Col(head("verdict"), 12, choices=verdicts, colour=INPUT_COLOUR, note=head("verdict_note")),
        Col(head("field"), 16, choices=labels, colour=INPUT_COLOUR),
        Col(head("note"), 30, colour=INPUT_COLOUR),
        Col("golden", hidden=True, locked=True),
        Col("fields", hidden=True, locked=True),
    ]
    empty = pa.nulls(len(drawn), pa.string())
    numbers = [str(n) for n in range(1, len(drawn) + 1)]
    arrays = [numbers, sources, results, empty, empty, empty, golden["golden"], counts]
    rows = pa.table([pa.array(a, pa.string()) if isinstance(a, list) else a for a in arrays],
                    names=[str(n) for n in range(len(arrays))])  # fmt: skip
    return Sheet(head("sheet"), columns, rows, (head("title"),), protect=True)


def _facts(name: str, population: int, drawn: int, seed: str | int, language: str) -> Sheet:
    """What the draw was made from, so that the certificate can say so."""
    facts = {"object": name, "population": population, "drawn": drawn, "seed": seed}
    rows = pa.table({"k": list(facts), "v": [str(value) for value in facts.values()]})
    return Sheet("draw", [Col("fact", 14), Col("value", 20)], rows, protect=True, filter=False)


def _origins(golden: pa.Array, name: str, crosswalk: pa.Table) -> list[list[int]]:
    """For each golden record the records that went into it, in reading order."""
    mine = crosswalk.filter(pc.equal(crosswalk["object"], name))
    mine = mine.filter(pc.is_in(mine["golden"], golden))
    members: dict[str, list[int]] = {}
    for row in mine.select(["golden", "record"]).to_pylist():
        members.setdefault(row["golden"], []).append(row["record"])
    return [sorted(members[each]) for each in golden.to_pylist()]


def _source_cells(work: Work, plan: Plan, records: list[int]) -> dict[int, str]:
    """The source row of each record as `heading：value` lines, under its place."""
    ids = np.array(records, np.int64)
    numbers = np.asarray(tables.sources_of(pa.array(ids, pa.int64())))
    found: dict[int, str] = {}
    for number in np.unique(numbers):
        source = plan.source(int(number))
        rows = work.get(f"rows/{number}")
        own = ids[numbers == number]
        at = pc.index_in(tables.rows_of(pa.array(own)), rows["row"].combine_chunks())
        for record, row in zip(own.tolist(), rows.take(at).to_pylist(), strict=True):
            lines = [
                f"{c.heading}：{row[f'c{c.number}']}" for c in source.columns if row[f"c{c.number}"]
            ]
            found[record] = "\n".join([f"【{plan.where(record)}】", *lines])
    return found


def _results(golden: pa.Table, owner: Object, language: str) -> tuple[list[str], list[str]]:
    """The result of each record as `label：value` lines, and how many fields are filled."""
    texts, counts = [], []
    for row in golden.to_pylist():
        lines = [
            f"{known.label[language]}：{row[field]}"
            for field, known in owner.fields.items()
            if row.get(field)
        ]
        texts.append("\n".join(lines))
        counts.append(str(len(lines)))
    return texts, counts
