"""One field's cells from the columns of a batch, and the changes that made them.

A field is one column, or a `concat` of several, with a `lookup` or a `constant` on top. Every cell
that is not simply copied is a change, so that replay (design.md 3, law 3) holds.
"""

import csv
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from crmclean import headings
from crmclean.errors import UsageError
from crmclean.plan import Source
from crmclean.project import FieldSource


@dataclass(frozen=True)
class Step:
    """Cells that a step changed: `mask` over the rows, the cells before and after."""

    step: str
    rule: str
    column: str | None
    mask: pa.Array
    before: pa.Array
    after: pa.Array


@dataclass(frozen=True)
class Cells:
    """A field's cells for every row, the steps that led there, and where a lookup knew no code."""

    values: pa.Array
    steps: tuple[Step, ...]
    unknown: pa.Array | None = None


@dataclass(frozen=True)
class Batch:
    """The data rows of a batch: as read, and with the plan's fills applied."""

    read: pa.Table
    filled: pa.Table
    rules: dict[str, pa.Array]  # for each filled column: the rule that filled a cell, or null


def fill(rows: pa.Table, source: Source) -> Batch:
    """The data rows of `rows`, with the values that the plan puts into merged and 同上 cells."""
    read = rows.filter(pc.equal(rows["kind"], "data")).combine_chunks()
    numbers = read["row"]
    by_column: dict[int, dict[int, tuple[str, str]]] = {}
    if read.num_rows:
        low, high = pc.min(numbers).as_py(), pc.max(numbers).as_py()
        for cell in source.fills:
            if low <= cell.row <= high:
                by_column.setdefault(cell.column, {})[cell.row] = (cell.value, cell.rule)
    filled, rules = read, {}
    for number, cells in by_column.items():
        known = pa.array(list(cells), pa.int64())
        place = pc.index_in(numbers, value_set=known).combine_chunks()
        values = pc.take(pa.array([value for value, _ in cells.values()], pa.string()), place)
        rules[f"c{number}"] = pc.take(pa.array([r for _, r in cells.values()], pa.string()), place)
        index = filled.schema.get_field_index(f"c{number}")
        filled = filled.set_column(
            index, f"c{number}", pc.coalesce(values, _flat(filled.column(index)))
        )
    return Batch(read, filled, rules)


def of_field(batch: Batch, source: Source, given: FieldSource, base: Path) -> Cells:
    """The cells of one field. A column that this source does not have gives nulls."""
    if given.concat:
        values, steps = _concat(batch, source, given)
    else:
        values, steps = _column(batch, source, given.column)
    unknown = None
    if given.lookup:
        codes = lookup_table(base / given.lookup)
        looked_up, unknown = _lookup(values, codes)
        steps += [_step("lookup", given.column, values, looked_up)]
        values = looked_up
    if given.constant:
        whole = pc.fill_null(values, given.constant)
        steps += [_step("constant", None, values, whole)]
        values = whole
    return Cells(values, tuple(step for step in steps if step.mask.true_count), unknown)


def _column(batch: Batch, source: Source, name: str | None) -> tuple[pa.Array, list[Step]]:
    found = headings.find(source, name) if name is not None else None
    if found is None:
        return pa.nulls(batch.read.num_rows, pa.string()), []
    cell = f"c{found.number}"
    before, after = _text(batch.read[cell]), _text(batch.filled[cell])
    steps = []
    for rule in ("merged", "ditto"):
        if cell in batch.rules:
            mask = pc.fill_null(pc.equal(batch.rules[cell], rule), False)
            mask = pc.and_(mask, _differ(before, after))
            steps.append(Step("fill", rule, found.heading, mask, before, after))
    return after, steps


def _concat(batch: Batch, source: Source, given: FieldSource) -> tuple[pa.Array, list[Step]]:
    columns = [_column(batch, source, name)[0] for name in given.concat or ()]
    values = pa.nulls(batch.read.num_rows, pa.string())
    for column in columns:
        piece = pc.if_else(is_filled(column), column, None)
        values = pc.coalesce(
            pc.binary_join_element_wise(values, piece, given.joined_with), values, piece
        )
    name = "+".join(given.concat or ())
    return values, [_step("concat", name, pa.nulls(len(values), pa.string()), values)]


def _lookup(values: pa.Array, codes: dict[str, str]) -> tuple[pa.Array, pa.Array]:
    """The new codes, and the mask of filled cells that are neither an old nor a new code."""
    plain = pc.utf8_trim_whitespace(values)
    place = pc.index_in(plain, value_set=pa.array(list(codes), pa.string()))
    new = pc.take(pa.array(list(codes.values()), pa.string()), place)
    current = pc.is_in(plain, value_set=pa.array(sorted(set(codes.values())), pa.string()))
    missing = pc.and_(pc.is_null(place), pc.and_(is_filled(values), pc.invert(current)))
    return pc.coalesce(new, values), missing


@lru_cache(maxsize=64)
def lookup_table(path: Path) -> dict[str, str]:
    """Old code to new code, from the first two columns of a CSV (UTF-8 or GB18030).

    Raises UsageError when the file is missing or names two new codes for one old code.
    """
    if not path.is_file():
        raise UsageError("MAPPING_LOOKUP_MISSING", file=path)
    content = path.read_bytes()
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("gb18030", errors="replace")
    codes: dict[str, str] = {}
    for cells in csv.reader(text.splitlines()):
        pair = [cell.strip() for cell in cells[:2]]
        if len(pair) == 2 and pair[0] and codes.setdefault(pair[0], pair[1]) != pair[1]:
            raise UsageError("MAPPING_LOOKUP_TWICE", file=path, old=pair[0])
    return codes


def is_filled(values: pa.Array) -> pa.Array:
    """Whether a cell holds more than white space."""
    return pc.fill_null(pc.not_equal(pc.utf8_trim_whitespace(values), ""), False)


def _step(rule: str, column: str | None, before: pa.Array, after: pa.Array) -> Step:
    return Step("map", rule, column, _differ(before, after), before, after)


def _differ(before: pa.Array, after: pa.Array) -> pa.Array:
    same = pc.fill_null(pc.equal(before, after), False)
    both_null = pc.and_(pc.is_null(before), pc.is_null(after))
    return pc.invert(pc.or_(same, both_null))


def _text(cells: pa.Array | pa.ChunkedArray) -> pa.Array:
    cells = _flat(cells)
    return pc.if_else(pc.equal(cells, ""), None, cells)


def _flat(cells: pa.Array | pa.ChunkedArray) -> pa.Array:
    return cells.combine_chunks() if isinstance(cells, pa.ChunkedArray) else cells
