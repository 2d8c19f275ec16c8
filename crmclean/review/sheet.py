"""What the workbooks for decisions share: a yellow column to fill, grey ones to read, and places."""

import pyarrow as pa
import pyarrow.compute as pc

from crmclean import tables, workbooks
from crmclean.messages import say
from crmclean.plan import Plan

#: Rows of one sheet: more than that nobody decides in one go.
MOST = 5_000
GREY, ASKED = "#F2F2F2", "#FFF2CC"


def sheet(
    name: str,
    columns: list[workbooks.Col],
    cells: list[pa.Array],
    title: list[str],
    marks: list[pa.Table],
) -> workbooks.Sheet:
    rows = pa.Table.from_arrays(cells, names=[str(n) for n in range(len(cells))])
    marked = pa.concat_tables(marks) if marks else None
    asked = next(column.heading for column in columns if not column.locked)
    return workbooks.Sheet(
        workbooks.sheet_name(name), columns, rows, title=title, protect=True, freeze_to=asked,
        printed=True, marks=marked,
    )  # fmt: skip


def title(code: str, count: int, language: str) -> list[str]:
    """What is to be done, and how many rows wait for the next run where a sheet holds not all."""
    lines = say(code, language, count=min(count, MOST)).strip().splitlines()
    if count > MOST:
        lines.append(say("review.later", language, count=count - MOST))
    return lines


def asked(what: str, choices: list[str], language: str) -> workbooks.Col:
    """The yellow column to fill; `apply` knows its heading in both languages."""
    heading, note = (say(f"review.{name}", language) for name in (what, f"{what}_note"))
    return workbooks.Col(heading, 14, choices=choices, note=note, required=True, colour=ASKED)


def grey(heading: str, width: float = 22) -> workbooks.Col:
    return workbooks.Col(heading, width, locked=True, colour=GREY, wrap=True)


def places(record: pa.Array, plan: Plan) -> pa.Array:
    """file#sheet!row of each record."""
    names = pa.array([None, *(source.name for source in plan.sources)], pa.string())
    row = pc.cast(tables.rows_of(record), pa.string())
    return pc.binary_join_element_wise(names.take(tables.sources_of(record)), row, "!")


def one(values: pa.Array | pa.ChunkedArray) -> pa.Array:
    return values.combine_chunks() if isinstance(values, pa.ChunkedArray) else values
