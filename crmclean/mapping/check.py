"""What crmclean.yaml says about columns, held against what the files really have.

A name that is not there is an error with "did you mean", never an empty field. A filled column that
nobody decided on is listed with its count (design.md 3, law 2): an issue, or a stop where the run is strict.
"""

import difflib
from collections.abc import Iterable

import pyarrow as pa

from crmclean import headings, messages, privacy, tables
from crmclean.errors import DecisionNeeded, UsageError
from crmclean.mapping.sequence import split
from crmclean.model import Object
from crmclean.plan import Plan
from crmclean.plan import Source as Planned
from crmclean.project import FieldSource, Project, Source

#: What a row may be that has further contacts.
WITH_CONTACTS = ("customer", "contact")
#: So alike are a name and what was meant by it.
NEAR = 0.5


def check(
    project: Project,
    plan: Plan,
    model: dict[str, Object],
    *,
    no_input: bool = False,
    strict: bool = False,
    frozen: bool = False,
) -> pa.Table:
    """Issues about columns: undecided, absent from one of several files, renamed since `init`.

    Raises UsageError for a field or column that does not exist or is ambiguous, and (frozen) for
    headings that changed; DecisionNeeded (no_input or strict) for a required field still under
    `review`, and (strict) for filled columns that are neither mapped nor dropped.
    """
    issues = []
    for number, entry in enumerate(project.sources):
        place = f"sources[{number + 1}] {entry.path}"
        planned = [source for source in plan.sources if source.entry == number]
        _check_fields(place, entry, model)
        if planned:
            _check_columns(place, entry, planned)
        if planned and (no_input or strict):
            _check_review(place, entry, model)
        for source in planned:
            issues += _absent(entry, source) + _drift(place, entry, source, frozen)
            issues += _undecided(entry, source)
    _check_dedupe(project, plan, model)
    if strict:
        _ask(issues, plan)
    severe = [{**issue, "severity": messages.severity(issue["code"])} for issue in issues]
    return pa.Table.from_pylist(severe, schema=tables.ISSUES)


def _check_dedupe(project: Project, plan: Plan, model: dict[str, Object]) -> None:
    """Systems that are given priority and fields that are given a strategy exist."""
    paths = [field.path for owner in model.values() for field in owner.fields.values()]
    for path in project.dedupe.survivorship:
        if path not in paths:
            raise _unknown("MAPPING_UNKNOWN_FIELD", "dedupe.survivorship", path, paths)
    systems = sorted({source.system for source in plan.sources})
    for system in project.dedupe.priority:
        if system not in systems:
            raise _unknown("DEDUPE_UNKNOWN_SYSTEM", "dedupe.priority", system, systems)


def _ask(issues: list[dict], plan: Plan) -> None:
    undecided = [issue for issue in issues if issue["code"] == "MAPPING_UNDECIDED"]
    if undecided:
        listed = "、".join(f"{plan.source(i['source']).name}: {i['column']}" for i in undecided)
        raise DecisionNeeded("MAPPING_UNDECIDED_COLUMNS", count=len(undecided), columns=listed)


def columns_named(given: FieldSource) -> tuple[str, ...]:
    """The source columns that one field is made from."""
    return (given.column,) if given.column is not None else given.concat or ()


def _check_fields(place: str, entry: Source, model: dict[str, Object]) -> None:
    paths = [field.path for owner in model.values() for field in owner.fields.values()]
    for path in (*entry.fields, *entry.review):
        if path not in paths:
            raise _unknown("MAPPING_UNKNOWN_FIELD", place, path, paths)
    if entry.contacts and (entry.object not in WITH_CONTACTS or entry.role == "authority"):
        raise UsageError("MAPPING_NO_CONTACTS", place=place, object=entry.object)
    persons = [field.path for field in model["contact"].fields.values()]
    for path in (path for contact in entry.contacts for path in contact):
        if path not in persons:
            raise _unknown("MAPPING_UNKNOWN_FIELD", f"{place} contacts", path, persons)
    for path, given in entry.given:
        sources = (given.column, given.concat, given.constant, given.sequence)
        if not any(part is not None for part in sources):
            raise UsageError("MAPPING_EMPTY", place=place, field=path)
        if given.column is not None and given.concat:
            raise UsageError("MAPPING_BOTH", place=place, field=path)
        if given.sequence is not None:
            split(given.sequence)
        if given.lookup and given.column is None:
            raise UsageError("MAPPING_LOOKUP_ALONE", place=place, field=path)


def _check_columns(place: str, entry: Source, planned: list[Planned]) -> None:
    """Every column that the entry names is in at least one of its files, once. What it may have been
    called is looked for among those that nobody decided on."""
    known = list(dict.fromkeys(c.heading for source in planned for c in source.columns))
    named = [(path, name) for path, given in entry.given for name in columns_named(given)]
    for path, name in [*named, *(("drop", name) for name in entry.drop)]:
        found = [headings.candidates(source, name) for source in planned]
        if not any(found):
            names = (*(other for _, other in named), *entry.drop)
            taken = {heading for other in names for heading in _found(planned, other)}
            free = [heading for heading in known if heading not in taken]
            raise _unknown("MAPPING_UNKNOWN_COLUMN", place, name, known, free, field=path)
        several = next((columns for columns in found if len(columns) > 1), None)
        if several:
            listed = "、".join(column.heading for column in several)
            raise UsageError(
                "MAPPING_AMBIGUOUS_COLUMN", place=place, field=path, name=name, columns=listed
            )


def _found(planned: list[Planned], name: str) -> list[str]:
    """The headings that a name means in the files."""
    return [column.heading for s in planned for column in headings.candidates(s, name)]


def _unknown(
    code: str,
    place: str,
    name: str,
    known: Iterable[str],
    free: Iterable[str] | None = None,
    **facts: str,
) -> UsageError:
    """`free`: of those that there are, the ones that may be meant."""
    known = list(known)
    shown = dict(zip(known, privacy.headings(known), strict=True))
    plain = {headings.plain(one): shown[one] for one in (known if free is None else free)}
    near = difflib.get_close_matches(headings.plain(name), list(plain), 1, NEAR)
    if near:
        return UsageError(f"{code}_NEAR", place=place, name=name, near=plain[near[0]], **facts)
    return UsageError(
        code, place=place, name=name, known="、".join(list(shown.values())[:40]), **facts
    )


def _check_review(place: str, entry: Source, model: dict[str, Object]) -> None:
    unsure = [path for path in entry.review if _field(model, path).required != "no"]
    if unsure:
        raise DecisionNeeded("MAPPING_REVIEW", place=place, fields="、".join(unsure))


def _field(model: dict[str, Object], path: str):
    owner, _, name = path.partition(".")
    return model[owner].fields[name]


def _absent(entry: Source, source: Planned) -> list[dict]:
    names = dict.fromkeys(n for _, given in entry.given for n in columns_named(given))
    missing = [name for name in names if headings.find(source, name) is None]
    return [
        {"source": source.number, "column": name, "code": "MAPPING_COLUMN_ABSENT"}
        for name in missing
    ]


def _undecided(entry: Source, source: Planned) -> list[dict]:
    """Filled columns that no field takes and that are not dropped, with counts of filled cells."""
    named = [name for _, given in entry.given for name in columns_named(given)]
    found = (headings.find(source, name) for name in (*named, *entry.drop))
    decided = {column.number for column in found if column is not None}
    return [
        {
            "source": source.number,
            "column": column.heading,
            "code": "MAPPING_UNDECIDED",
            "value": str(column.filled),
        }
        for column in source.columns
        if column.filled and column.number not in decided
    ]


def _drift(place: str, entry: Source, source: Planned, frozen: bool) -> list[dict]:
    """Headings that changed since the mapping was saved, old → new where one resembles another."""
    now = [column.heading for column in source.columns]
    if entry.fingerprint is None or headings.fingerprint(now) == entry.fingerprint:
        return []
    named = [name for _, given in entry.given for name in columns_named(given)]
    gone = [name for name in (*named, *entry.drop) if headings.find(source, name) is None]
    found = (headings.find(source, name) for name in (*named, *entry.drop))
    seen = {column.number for column in found if column is not None}
    new = [column.heading for column in source.columns if column.number not in seen]
    told = _pairs(gone, new)
    if frozen:
        raise UsageError("MAPPING_DRIFT_FROZEN", place=place, file=source.name, changes=told)
    return [{"source": source.number, "code": "MAPPING_DRIFT", "value": told}]


def _pairs(gone: list[str], new: list[str]) -> str:
    """`手机 → 手机号码、- 传真、+ 微信`"""
    parts, left = [], list(new)
    for name in gone:
        near = difflib.get_close_matches(name, left, 1, 0.5)
        parts.append(f"{name} → {near[0]}" if near else f"- {name}")
        left = [other for other in left if other not in near]
    parts += [f"+ {name}" for name in left]
    return "、".join(parts) or "="
