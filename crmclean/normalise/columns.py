"""Run the rules over the columns of records; write down every change and every issue.

For each column: values that match the rule's FORM and raise no doubt pass untouched; the others
are made distinct, stand-ins for "nothing" become missing, `clean` is called once per distinct
value, and the answers are spread over the rows again. A refused value stays as it was. What a
cell held beside its own value goes to other fields or records (`places.py`).

Pure: a batch of records, its source in the plan, the project and the model; nothing else. All
Python loops run over columns or over distinct values that are not clean, never over rows.
"""

import re
from collections.abc import Hashable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from crmclean import headings, messages, rules, tables
from crmclean.model import Field, Object
from crmclean.normalise import cells, places
from crmclean.plan import Source
from crmclean.project import Project
from crmclean.rules import Parts, placeholder


@dataclass(frozen=True)
class Normalised:
    """Clean records by object, the changes that made them, and what a person should look at."""

    tables: dict[str, pa.Table]
    changes: pa.Table
    issues: pa.Table


class Answer(NamedTuple):
    """What the rules say of one distinct value of a field."""

    after: str | None
    rule: str
    issues: list[tuple[str, str | None]]
    parts: dict[str, str]
    more: list[dict[str, str]]


_ANSWERS: dict[Hashable, dict[str, Answer]] = {}
_COLUMNS, _MOST = 64, 20_000


def normalise(
    records: dict[str, pa.Table], source: Source, project: Project, model: dict[str, Object]
) -> Normalised:
    """The records of one batch by the rules. Raises UsageError for a kind that does not exist."""
    desk = places.Desk({name: cells.Records.of(table) for name, table in records.items()}, model)
    issues, filled = [], _filled_fields(records, model)
    for field in filled:
        how, heading = _options(field, source, project), _heading(field, source, project)
        column = _clean_column(desk, field, heading, how, project)
        issues += _issues(column, desk, source) if column else []
    desk.place_parts()
    for field in _filled_fields({name: held.table() for name, held in desk.held.items()}, model):
        if hasattr(rules.rule(field.kind), "aside"):
            issues += _aside(desk, field, _heading(field, source, project), source)
    return Normalised(
        {name: held.table() for name, held in desk.held.items()},
        tables.concat(tables.CHANGES, desk.changes()),
        tables.concat(tables.ISSUES, issues),
    )


def _filled_fields(records: dict[str, pa.Table], model: dict[str, Object]) -> list[Field]:
    return [
        field
        for name, table in records.items()
        for field in model[name].fields.values()
        if field.name in table.column_names and table[field.name].null_count < table.num_rows
    ]


def _heading(field: Field, source: Source, project: Project) -> str | None:
    """The heading of the source column that fills a field; null for several or none."""
    how = project.sources[source.entry].fields.get(field.path)
    return how.column if how else None


def _options(field: Field, source: Source, project: Project) -> dict[str, Any]:
    """What the rule is told: the model, the picklist of the project, the plan of the column, the
    source's own word; the last wins."""
    how = project.sources[source.entry].fields.get(field.path)
    column = headings.find(source, how.column) if how and how.column else None
    entry = project.sources[source.entry]
    told = {
        **field.options,
        "values": field.values,
        "synonyms": {**field.synonyms, **project.picklists.get(field.path, {})},
        **(column.options if column else {}),
        "date_order": entry.date_order or (column and column.options.get("date_order")),
        "epoch": entry.epoch or (column and column.options.get("epoch")),
        "unit": (how.unit if how else None) or (column and column.options.get("unit")),
    }
    return {key: value for key, value in told.items() if value}


def _clean_column(
    desk: places.Desk, field: Field, heading: str | None, options: dict[str, Any], project: Project
) -> cells.Column | None:
    """Clean one column on the desk; the cells that were not clean, or None if all were."""
    values = desk.held[field.object].columns[field.name]
    words, given = project.placeholders, project.picklists.get(field.path, {})
    sound = _sound(values, field.kind, words, options)
    if given:
        sound = pc.and_not(sound, pc.is_in(values, value_set=pa.array(list(given), pa.string())))
    todo = np.flatnonzero(~sound.to_numpy(zero_copy_only=False))
    if not len(todo):
        return None
    before = values.take(pa.array(todo))
    after, rule = _quickly(before, field.kind, words, given, options)
    hard = np.flatnonzero(rule.is_null().to_numpy(zero_copy_only=False))
    distinct = before.take(pa.array(hard)).dictionary_encode()
    known = _known((field.path, field.kind, words, repr((field.parts, options, given))))
    answers = []
    for text in distinct.dictionary.to_pylist():
        if text not in known:
            known[text] = _answer(text, field, words, given, options)
        answers.append(known[text])
    which = distinct.indices
    told = pa.array([answer.after for answer in answers], pa.string()).take(which)
    by = pa.array([answer.rule for answer in answers], pa.string()).take(which)
    after, rule = cells.scattered(after, hard, told), cells.scattered(rule, hard, by)
    column = cells.Column(field, heading, todo, before, after, rule, hard, which, answers)
    desk.add(column)
    return column


def _quickly(
    before: pa.Array,
    kind: str,
    words: tuple[str, ...],
    given: dict[str, str],
    options: dict[str, Any],
) -> tuple[pa.Array, pa.Array]:
    """(texts, rule) of the cells that need no answer of their own: common words for nothing and
    what the rule mends for whole columns. The rule is null for all others."""
    module, null = rules.rule(kind), pa.scalar(None, pa.string())
    blank = placeholder.nothing(before, kind, words)
    rule = pc.if_else(blank, "placeholder", null)
    after = pc.if_else(blank, null, before)
    if hasattr(module, "quick"):
        mended = module.quick(before, **options)
        good = pc.and_not(_sound(mended, kind, words, options), blank)
        good = pc.and_(good, pc.not_equal(mended, ""))
        rule, after = pc.if_else(good, kind, rule), pc.if_else(good, mended, after)
    if given:
        mapped = pc.is_in(before, value_set=pa.array(list(given), pa.string()))
        rule = pc.if_else(mapped, null, rule)
    return after, rule


def _sound(
    values: pa.Array, kind: str, words: tuple[str, ...], options: dict[str, Any]
) -> pa.Array:
    sound = rules.sound(values, kind, **options)
    if not _may_hold_words(kind, words):
        return sound
    return pc.and_not(sound, pc.fill_null(placeholder.doubt(values, kind=kind, words=words), False))


@cache
def _may_hold_words(kind: str, words: tuple[str, ...]) -> bool:
    """Could a word for "nothing" match the FORM of this kind?"""
    form = re.compile(rules.rule(kind).FORM)
    spelt = placeholder.spellings(kind, words)
    return any(form.fullmatch(word) for word in spelt.to_pylist())


def _known(asked: Hashable) -> dict[str, Answer]:
    """The answers that earlier batches of the same column were given: values come again. Only the
    columns of late are kept, and each forgets all it knows when that is much."""
    if asked not in _ANSWERS and len(_ANSWERS) >= _COLUMNS:
        _ANSWERS.pop(next(iter(_ANSWERS)))
    known = _ANSWERS.setdefault(asked, {})
    if len(known) > _MOST:
        known.clear()
    return known


def _answer(
    text: str,
    field: Field,
    words: tuple[str, ...],
    given: dict[str, str],
    options: dict[str, Any],
) -> Answer:
    if text in given:
        return Answer(given[text] or None, "picklist", [], {}, [])
    try:
        if _means_nothing(text, field.kind, words):
            return Answer(None, "placeholder", [], {}, [])
        said = rules.rule(field.kind).clean(text, **options)
        said = said if isinstance(said, Parts) else Parts({"": said})
        own, others = cells.own_part(said.values, field)
        if own and own != text and _means_nothing(own, field.kind, words):
            own = None
    except ValueError as refusal:
        code, *suggestion = refusal.args
        return Answer(text, field.kind, [(code, suggestion[0] if suggestion else None)], {}, [])
    return Answer(own or None, field.kind, said.issues, others, said.more)


def _means_nothing(text: str, kind: str, words: tuple[str, ...]) -> bool:
    return placeholder.clean(text, kind=kind, words=words) == ""


def _aside(
    desk: places.Desk, field: Field, heading: str | None, source: Source
) -> Iterator[pa.Table]:
    """What clean values say aside goes to blank fields; the issues of that."""
    values = desk.held[field.object].columns[field.name]
    said = rules.rule(field.kind).aside(values)
    clashing = desk.put_aside(field, heading, said)
    here = np.flatnonzero(said.codes.is_valid().to_numpy(zero_copy_only=False))
    for rows, codes, suggestions in (
        (here, said.codes.take(pa.array(here)), said.suggestions.take(pa.array(here))),
        (clashing, pa.repeat(said.clash, len(clashing)), pa.nulls(len(clashing), pa.string())),
    ):
        where = (source.number, field, heading, desk.held[field.object].records)
        yield _told(where, pa.array(rows), codes, values.take(pa.array(rows)), suggestions)


def _issues(column: cells.Column, desk: places.Desk, source: Source) -> Iterator[pa.Table]:
    """The issues of a column, one row per cell and issue."""
    where = (source.number, column.field, column.heading, desk.held[column.field.object].records)
    for n in range(max((len(answer.issues) for answer in column.answers), default=0)):
        said = [a.issues[n] if len(a.issues) > n else (None, None) for a in column.answers]
        codes = pa.array([code for code, _ in said], pa.string()).take(column.which)
        suggestions = pa.array([s for _, s in said], pa.string()).take(column.which)
        here = pc.indices_nonzero(pc.is_valid(codes))
        cells = pa.array(column.hard).take(here)
        rows, values = pa.array(column.rows).take(cells), column.before.take(cells)
        yield _told(where, rows, codes.take(here), values, suggestions.take(here))


def _told(
    where: tuple[int, Field, str | None, pa.Array],
    rows: pa.Array,
    codes: pa.Array,
    values: pa.Array,
    suggestions: pa.Array,
) -> pa.Table:
    number, field, heading, records = where
    ids, kinds = records.take(rows), codes.dictionary_encode()
    known = [messages.severity(code) for code in kinds.dictionary.to_pylist()]
    columns = {
        "source": number,
        "row": tables.rows_of(ids),
        "column": heading,
        "object": field.object,
        "record": ids,
        "field": field.name,
        "code": codes,
        "severity": pa.array(known, pa.string()).take(kinds.indices),
        "value": values,
        "suggestion": suggestions,
    }
    return tables.table(tables.ISSUES, columns, len(ids))
