"""Run the rules over the columns of records; write down every change and every issue.

For each column: values that match the rule's FORM and raise no doubt pass untouched (where a
column says the same few things over and over, each is looked at once: `repeated.py`); of the others, stand-ins for "nothing" become missing and the commonest dirt is mended for the whole
column; `clean` is called once per distinct value of the rest (`answers.py`). A refused value stays
as it was. What a cell held beside its own value goes to other fields or records (`places.py`).

Pure: a batch of records, its source in the plan, the project and the model; nothing else. All
Python loops run over columns or over distinct values that are not clean, never over rows.
"""

import re
from dataclasses import dataclass
from functools import cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from crmclean import headings, rules, tables
from crmclean.model import Field, Object
from crmclean.normalise import cells, issues, places, repeated
from crmclean.normalise.answers import Told, answers
from crmclean.normalise.desk import Desk
from crmclean.plan import Source
from crmclean.project import FieldSource, Project
from crmclean.rules import placeholder


@dataclass(frozen=True)
class Normalised:
    """Clean records by object, the changes that made them, and what a person should look at."""

    tables: dict[str, pa.Table]
    changes: pa.Table
    issues: pa.Table


def normalise(
    records: dict[str, pa.Table],
    source: Source,
    project: Project,
    model: dict[str, Object],
    given: dict[str, FieldSource] | None = None,
) -> Normalised:
    """The records of one batch by the rules. `given`: where each field comes from, if not as `fields`
    of the source says. Raises UsageError for a kind that does not exist."""
    given = project.sources[source.entry].fields if given is None else given
    desk = Desk({name: cells.Records.of(table) for name, table in records.items()}, model)
    found = []
    for field in _filled_fields(desk, model):
        heading = _heading(field, given)
        column = _clean_column(desk, field, heading, _told(field, source, project, given))
        found += issues.of_column(column, desk, source) if column else []
    places.place_parts(desk)
    for field in _filled_fields(desk, model):
        if hasattr(rules.rule(field.kind), "aside"):
            found += issues.of_aside(desk, field, _heading(field, given), source)
    return Normalised(
        {name: held.table() for name, held in desk.held.items()},
        tables.concat(tables.CHANGES, desk.changes()),
        tables.concat(tables.ISSUES, found),
    )


def _filled_fields(desk: Desk, model: dict[str, Object]) -> list[Field]:
    return [
        field
        for name, held in desk.held.items()
        for field in model[name].fields.values()
        if field.name in held.columns
        and held.columns[field.name].null_count < len(held.columns[field.name])
    ]


def _heading(field: Field, given: dict[str, FieldSource]) -> str | None:
    """The heading of the source column that fills a field; null for several or none."""
    how = given.get(field.path)
    return how.column if how else None


def _told(field: Field, source: Source, project: Project, fields: dict[str, FieldSource]) -> Told:
    """What the rule is told: the model, the picklist of the project, the plan of the column, the
    source's own word; the last wins."""
    entry, given = project.sources[source.entry], project.picklists.get(field.path, {})
    how = fields.get(field.path)
    column = headings.find(source, how.column) if how and how.column else None
    said = {
        **field.options,
        "values": field.values,
        "synonyms": {**field.synonyms, **given},
        **(column.options if column else {}),
        "date_order": entry.date_order or (column and column.options.get("date_order")),
        "epoch": entry.epoch or (column and column.options.get("epoch")),
        "unit": (how.unit if how else None) or (column and column.options.get("unit")),
    }
    options = {key: value for key, value in said.items() if value}
    return Told(project.placeholders, given, options)


def _clean_column(desk: Desk, field: Field, heading: str | None, told: Told) -> cells.Column | None:
    """Clean one column on the desk; the cells that were not clean, or None if all were."""
    values, whose = repeated.distinct(desk.held[field.object].columns[field.name])
    todo = np.flatnonzero(~_is_sound(values, field.kind, told) | _is_mapped(values, told))
    if not len(todo):
        return None
    column = _cleaned(values.take(pa.array(todo)), todo, field, heading, told)
    column = column if whose is None else column.spread(whose, len(values))
    desk.add(column)
    return column


def _cleaned(
    before: pa.Array, rows: np.ndarray, field: Field, heading: str | None, told: Told
) -> cells.Column:
    """Values that are not clean: whole columns first, then `clean` for each different one left."""
    blank, quick, mended = _quickly(before, field.kind, told)
    hard = np.flatnonzero(~(blank | quick))
    distinct = before.take(pa.array(hard)).dictionary_encode()
    which, said = distinct.indices.to_numpy(), answers(distinct.dictionary, field, told)
    source = np.arange(len(before))
    source[hard] = len(before) + which
    texts = pa.concat_arrays([mended, pa.array([answer.after for answer in said], pa.string())])
    after = texts.take(pa.array(source, mask=blank))
    names = ["placeholder", "picklist", field.kind]
    codes = np.where(blank, 0, 2).astype(np.int8)
    codes[hard] = np.array([names.index(answer.rule) for answer in said], np.int8)[which]
    rule = pa.DictionaryArray.from_arrays(codes, names)
    return cells.Column(field, heading, rows, before, after, rule, hard, which, said)


def _quickly(before: pa.Array, kind: str, told: Told) -> tuple[np.ndarray, np.ndarray, pa.Array]:
    """What needs no answer of its own: which values are common words for nothing, which ones the
    rule mends for whole columns, and the mended texts."""
    module, asked = rules.rule(kind), _is_mapped(before, told)
    blank = cells.mask(placeholder.nothing(before, kind, told.words)) & ~asked
    if not hasattr(module, "quick"):
        return blank, np.zeros(len(before), bool), before
    mended = module.quick(before, **told.options)
    good = _is_sound(mended, kind, told) & cells.mask(pc.not_equal(mended, ""))
    return blank, good & ~blank & ~asked, mended


def _is_mapped(values: pa.Array, told: Told) -> np.ndarray:
    """Which values the project's own map of the picklist has a word for."""
    if not told.given:
        return np.zeros(len(values), bool)
    return cells.mask(pc.is_in(values, value_set=pa.array(list(told.given), pa.string())))


def _is_sound(values: pa.Array, kind: str, told: Told) -> np.ndarray:
    sound = cells.mask(rules.sound(values, kind, **told.options))
    if not _may_hold_words(kind, told.words):
        return sound
    return sound & ~cells.mask(placeholder.doubt(values, kind=kind, words=told.words))


@cache
def _may_hold_words(kind: str, words: tuple[str, ...]) -> bool:
    """Could a word for "nothing" match the FORM of this kind?"""
    form = re.compile(rules.rule(kind).FORM)
    spelt = placeholder.spellings(kind, words)
    return any(form.fullmatch(word) for word in spelt.to_pylist())
