"""One workbook per owner with exactly the cells to fill.

A row per record, what the owner recognises it by on the left (grey, locked), then the columns that
some record lacks: the cells to fill are yellow, a tick stands where nothing is missing, or the value
where the record is recognised by it. The columns HIDDEN are for `apply`: where a value belongs, which
fields were asked for, and what the row shows.
"""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from crmclean import tables, workbooks
from crmclean.gaps.fills import NAMED_BY, seen
from crmclean.gaps.find import filled, required
from crmclean.gaps.lists import lists
from crmclean.messages import say
from crmclean.model import Field, Object
from crmclean.plan import Plan
from crmclean.project import Project
from crmclean.run.numbers import distinct
from crmclean.workbooks.shown import HEADING as SHOWN
from crmclean.workbooks.shown import shown

NEEDED, WANTED, GREY = "#FFD966", "#FFF2CC", "#F2F2F2"
#: What a person recognises a record by, beside its place in the source.
CONTEXT = {
    "customer": ("name", "code"),
    "contact": ("customer", "name", "mobile"),
    "lead": ("name", "code", "customer"),
    "follow_up": ("customer", "at", "content"),
    "opportunity": ("name", "code", "customer"),
}
CONTEXT_WIDTH, NARROW = 28, {"code": 14, "mobile": 15, "at": 18}
HIDDEN = ("object", "golden", "seen", "asked", SHOWN)
YES_NO = {"zh": ("是", "否"), "en": ("yes", "no")}


def write(
    gaps: pa.Table,
    golden: dict[str, pa.Table],
    plan: Plan,
    project: Project,
    model: dict[str, Object],
    folder: Path,
    language: str,
) -> list[Path]:
    """Write the workbooks into `folder`; their paths, sorted by owner. Raises OutputRefused."""
    folder.mkdir(parents=True, exist_ok=True)
    golden = {name: _named(records.combine_chunks(), golden) for name, records in golden.items()}
    paths = []
    for _, path, mine, whole in lists(_placed(gaps, golden), language):
        sheets = [
            _sheet(mine, whole, name, golden, plan, model, language)
            for name in model
            if pc.any(pc.equal(mine["object"], name), min_count=0).as_py()
        ]
        workbooks.write(folder / path, sheets)
        paths.append(folder / path)
    return paths


def columns(owner: Object, there: list[str]) -> list[str]:
    """Those columns of golden records that the workbooks show or ask for."""
    shown = {*CONTEXT[owner.name], *NAMED_BY[owner.name], *(f.name for f in required(owner))}
    shown |= {"golden", "record", *(f"{name}_golden" for name in shown)}
    return [name for name in there if name in shown]


def _placed(gaps: pa.Table, golden: dict[str, pa.Table]) -> pa.Table:
    """The gaps with `at`, the place of the record among those of its object: looked up once."""
    at = np.zeros(gaps.num_rows, np.int64)
    for name, records in golden.items():
        rows = np.flatnonzero(pc.equal(gaps["object"], name).to_numpy())
        ids = gaps["record"].combine_chunks().take(pa.array(rows))
        at[rows] = pc.index_in(ids, value_set=records["record"].combine_chunks()).to_numpy()
    return gaps.append_column("at", pa.array(at))


def _sheet(
    gaps: pa.Table, whole: pa.Table, name: str, golden: dict[str, pa.Table], plan: Plan,
    model: dict[str, Object], language: str,
) -> workbooks.Sheet:  # fmt: skip
    owner, mine = model[name], gaps.filter(pc.equal(gaps["object"], name))
    records = golden[name].take(pa.array(distinct(mine["at"].to_numpy())))
    lacking = set(mine["field"].unique().to_pylist())
    fields = [field for field in owner.fields.values() if field.name in lacking]
    context = [owner.fields[f] for f in CONTEXT[name] if f not in lacking]
    columns = [
        *(workbooks.Col(key, hidden=True, locked=True) for key in HIDDEN),
        *(_context(field, language) for field in context),
        *(_to_fill(field, language) for field in fields),
        workbooks.Col(say("gaps.place", language), locked=True, colour=GREY),
    ]
    to_fill = {field.name: _there(records, field) for field in fields}
    known = [f for f in CONTEXT[name] if f in lacking or f in NAMED_BY[name]]
    cells = [
        pa.repeat(name, records.num_rows),
        records["golden"],
        seen(records, name),
        _asked(records, fields),
        shown({owner.fields[f].label[language]: records[f].combine_chunks() for f in known}),
        *(records[field.name] for field in context),
        *to_fill.values(),
        _places(records["record"].combine_chunks(), plan),
    ]
    rows = pa.Table.from_arrays(cells, names=[str(n) for n in range(len(cells))])
    title = say("gaps.title", language, count=mine.num_rows).strip().splitlines()
    if later := pc.sum(pc.equal(whole["object"], name)).as_py() - mine.num_rows:
        title.append(say("gaps.later", language, listed=records.num_rows, count=later))
    label = workbooks.sheet_name(owner.label[language])
    marks = _marks(records, fields, language)
    return workbooks.Sheet(
        label, columns, rows, title=title, protect=True, printed=True, marks=marks,
        freeze_to=context[0].label[language] if context else "",
    )  # fmt: skip


def _context(field: Field, language: str) -> workbooks.Col:
    """What the owner recognises the record by; a long text does not push the cells out of sight."""
    width = NARROW.get(field.name, CONTEXT_WIDTH)
    return workbooks.Col(field.label[language], width, locked=True, colour=GREY, wrap=True)


def _there(records: pa.Table, field: Field) -> pa.Array:
    """What stands where a record has the value: the value if people know the record by it."""
    if field.name in CONTEXT[field.object]:
        return records[field.name]
    return pc.if_else(filled(records, field), say("gaps.there"), None)


def _asked(records: pa.Table, fields: list[Field]) -> pa.Array:
    """The names of the fields that each record lacks, with a space between."""
    names = [pc.if_else(filled(records, field), "", field.name) for field in fields]
    joined = pc.binary_join_element_wise(*names, " ")
    return pc.utf8_trim_whitespace(pc.replace_substring_regex(joined, " +", " "))


def _to_fill(field: Field, language: str) -> workbooks.Col:
    choices = YES_NO[language] if field.kind == "yes_no" else field.values
    note = say(f"gaps.required.{field.required}", language)
    return workbooks.Col(
        field.label[language], choices=choices, note=note, required=field.required == "target"
    )


def _named(records: pa.Table, golden: dict[str, pa.Table]) -> pa.Table:
    """Records whose resolved reference shows the name of the customer, for people to recognise."""
    if "customer_golden" not in records.column_names:
        return records
    customers = golden["customer"]
    keys = customers["golden"].combine_chunks()
    at = pc.index_in(records["customer_golden"].combine_chunks(), value_set=keys)
    name = customers["name"].combine_chunks().take(at)
    place = records.schema.get_field_index("customer")
    shown = pc.coalesce(name, records["customer"].combine_chunks())
    return records.set_column(place, records.schema.field(place), shown)


def _places(records: pa.Array, plan: Plan) -> pa.Array:
    """`file#sheet!row` of each record."""
    names = pa.array([None, *(source.name for source in plan.sources)], tables.TEXT)
    name = names.take(tables.sources_of(records))
    return pc.binary_join_element_wise(name, pc.cast(tables.rows_of(records), tables.TEXT), "!")


def _marks(records: pa.Table, fields: list[Field], language: str) -> pa.Table:
    parts = []
    for field in fields:
        rows = np.flatnonzero(~filled(records, field).to_numpy(zero_copy_only=False))
        colour = NEEDED if field.required == "target" else WANTED
        heading = field.label[language]
        parts.append(
            pa.table(
                {
                    "row": pa.array(rows, pa.int64()),
                    "column": pa.repeat(heading, len(rows)),
                    "colour": pa.repeat(colour, len(rows)),
                }
            )
        )
    return pa.concat_tables(parts)
