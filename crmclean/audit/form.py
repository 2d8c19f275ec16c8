"""The audit form: records drawn at random, each result beside the source cells it came from.

Blind: the form shows neither rules nor confidence nor what was changed. The draw is a keyed
ranking over the population (draw.py) under a seed mixed with the digests of the sources, so
that neither side can shop for a sample and anybody can draw it again (trust.md 3.6).
"""

import hashlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from crmclean import draw, tables
from crmclean.audit.populations import LOADED, find
from crmclean.messages import say
from crmclean.model import Object
from crmclean.plan import Plan
from crmclean.project import Project
from crmclean.run import Work
from crmclean.workbooks import Col, Sheet, write

VERDICTS = ("right", "wrong", "undecided")
FORM = "form.xlsx"
INPUT_COLOUR = "#FFF2CC"
#: What the CRM holds of a golden record, as lines; None where it holds nothing.
Held = Callable[[str], str | None]


def sample(
    work: Work,
    plan: Plan,
    project: Project,
    model: dict[str, Object],
    folder: Path,
    rows: int | None = None,
    seed: str | int | None = None,
    population: str = LOADED,
    held: Held | None = None,
) -> Path:
    """Draw from a population (populations.py) and write `folder`/form.xlsx. `held`: what the CRM
    holds of a golden record, to be judged instead of what was sent. Raises OutputRefused,
    UsageError (AUDIT_POPULATION)."""
    folder.mkdir(parents=True, exist_ok=True)
    language = project.language
    drawn_from = find(population, work, model, language)
    units = drawn_from.units
    seed = project.audit.seed if seed is None else seed
    places = draw.first(units["key"].combine_chunks(), rows or project.audit.rows, key(plan, seed))
    drawn = units.take(pa.array(places))
    sheet = _sheet(work, plan, model[drawn_from.object], drawn, held, language)
    facts = {"object": drawn_from.object, "population": units.num_rows, "drawn": drawn.num_rows}
    facts |= {"seed": seed, "of": "crm" if held else population, "project": named(project)}
    write(folder / FORM, [sheet, _facts(facts)])
    return folder / FORM


def named(project: Project) -> str:
    """What tells a project from another one, this month and next: its target and its sources."""
    told = "\n".join([project.target, *(source.path for source in project.sources)])
    return hashlib.sha256(told.encode()).hexdigest()[:16]


def key(plan: Plan, seed: str | int) -> str:
    """The seed of the draw: nobody can choose it after seeing the sources, anybody can redo it."""
    return "|".join([*(source.sha256 for source in plan.sources), str(seed)])


def _sheet(
    work: Work, plan: Plan, owner: Object, drawn: pa.Table, held: Held | None, language: str
) -> Sheet:
    records = drawn["record"].to_pylist()
    origins, results, counts = [[each] for each in records], drawn["result"].to_pylist(), None
    if drawn["result"].null_count:
        golden = work.get(f"golden/{owner.name}")
        golden = golden.take(pc.index_in(drawn["golden"], golden["golden"].combine_chunks()))
        origins = _origins(
            golden["golden"].combine_chunks(), owner.name, work.get("crosswalk_final")
        )
        results, counts = _results(golden, owner, language)
    if held:
        missing = say("audit.not_in_crm", lang=language)
        results = [held(each) or missing for each in drawn["golden"].to_pylist()]
    cells = _source_cells(work, plan, sorted({record for each in origins for record in each}))
    sources = ["\n\n".join(cells[record] for record in each) for each in origins]
    verdicts = [say(f"audit.{verdict}", lang=language) for verdict in VERDICTS]
    labels = [known.label[language] for known in owner.fields.values()]
    head = lambda code: say(f"audit.{code}", lang=language)
    columns = [
        Col(head("number"), 6, locked=True),
        Col(head("source"), 55, locked=True, wrap=True),
        Col(head("result"), 55, locked=True, wrap=True),
        Col(head("verdict"), 12, choices=verdicts, colour=INPUT_COLOUR, note=head("verdict_note")),
        Col(head("field"), 16, choices=labels, colour=INPUT_COLOUR),
        Col(head("note"), 30, colour=INPUT_COLOUR, wrap=True),
        Col("golden", hidden=True, locked=True),
        Col("fields", hidden=True, locked=True),
    ]
    empty = [None] * drawn.num_rows
    numbers = [str(n) for n in range(1, drawn.num_rows + 1)]
    ids = [g or str(r) for g, r in zip(drawn["golden"].to_pylist(), records, strict=True)]
    counts = counts or ["1"] * drawn.num_rows
    cells_of = [numbers, sources, results, empty, empty, empty, ids, counts]
    rows = pa.table({str(n): pa.array(a, pa.string()) for n, a in enumerate(cells_of)})
    return Sheet(head("sheet"), columns, rows, (head("title"),), protect=True, printed=True)


def _facts(facts: dict[str, object]) -> Sheet:
    """What the draw was made from, so that the certificate can say so."""
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
