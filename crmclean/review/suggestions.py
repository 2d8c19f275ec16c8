"""Values that a rule suggests in place of one that it refuses: accepted or rejected one by one.

The page of the report shows personal data masked, and nobody can accept what is not seen: here it
stands in full. Only what an acceptance would change is asked for: the golden record still holds the
refused value, or none (gaps/fills.py applies it under the same condition).
"""

from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from crmclean import decisions, tables, workbooks
from crmclean.messages import say
from crmclean.model import Object
from crmclean.plan import Plan
from crmclean.review.sheet import asked, grey, one, places, sheet

MOST = 20_000
SUGGESTIONS = pa.schema(
    [
        ("object", tables.TEXT),
        ("golden", tables.TEXT),
        ("seen", tables.TEXT),
        ("field", tables.TEXT),
        ("instead_of", tables.TEXT),
        ("suggested", tables.TEXT),
        ("code", tables.TEXT),
        ("name", tables.TEXT),
        ("record", pa.int64()),
    ]
)
#: What `apply` needs; hidden in the workbook.
KEYS = ("object", "golden", "seen", "field", "instead_of", "suggested")
SUBJECT = ["object", "golden", "field", "instead_of"]


def find(work: Any, model: dict[str, Object], decided: list[dict[str, Any]] = ()) -> pa.Table:
    """Every suggestion that can be accepted (SUGGESTIONS), once per golden record and field."""
    issues = work.issues()
    usable = pc.and_(pc.is_valid(issues["suggestion"]), pc.is_valid(issues["field"]))
    issues = issues.filter(pc.and_(usable, pc.is_valid(issues["record"])))
    crosswalk = work.get("crosswalk")
    parts = []
    for name, owner in model.items():
        mine = issues.filter(pc.equal(issues["object"], name))
        if mine.num_rows:
            cross = crosswalk.filter(pc.equal(crosswalk["object"], name))
            parts += _of_object(mine, cross, work.get(f"golden/{name}"), owner)
    found = tables.concat(SUGGESTIONS, parts)
    found = found.group_by(SUBJECT, use_threads=False).aggregate(
        [(name, "first") for name in SUGGESTIONS.names if name not in SUBJECT]
    )
    found = found.rename_columns([name.removesuffix("_first") for name in found.column_names])
    return _undecided(found.select(SUGGESTIONS.names), decided)


def _of_object(
    issues: pa.Table, cross: pa.Table, golden: pa.Table, owner: Object
) -> list[pa.Table]:
    """One part per field: the suggestions whose golden record holds the refused value, or none."""
    at = pc.index_in(issues["record"], one(cross["record"]))
    keys = one(cross["golden"]).take(one(at))
    place = pc.index_in(keys, one(golden["golden"]))
    seen = decisions.hashes(golden, (owner.name_field,))
    parts = []
    for name in pc.unique(issues["field"]).to_pylist():
        if name not in owner.fields or name not in golden.column_names:
            continue
        now = one(golden[name]).take(place)
        same = pc.or_(pc.is_null(now), pc.equal(now, one(issues["value"])))
        new = pc.fill_null(pc.not_equal(now, one(issues["suggestion"])), True)
        mine = pc.and_(pc.equal(one(issues["field"]), name), pc.and_(same, new))
        mine = pc.fill_null(pc.and_(mine, pc.is_valid(place)), False)
        columns = {
            "object": pa.repeat(owner.name, issues.num_rows),
            "golden": keys,
            "seen": seen.take(place),
            "field": issues["field"],
            "instead_of": now,
            "suggested": issues["suggestion"],
            "code": issues["code"],
            "name": one(golden[owner.name_field]).take(place),
            "record": issues["record"],
        }
        parts.append(pa.table(columns, SUGGESTIONS).filter(mine))
    return parts


def _undecided(found: pa.Table, decided: list[dict[str, Any]]) -> pa.Table:
    """Without what was accepted or rejected before; in the order of the sources."""
    known = {tuple(entry.get(key) for key in SUBJECT) for entry in decided}
    if known:
        subjects = zip(*(found[key].to_pylist() for key in SUBJECT), strict=True)
        found = found.filter(pa.array([subject not in known for subject in subjects], pa.bool_()))
    return found.sort_by([("record", "ascending"), ("field", "ascending")])


def sheets(work: Any, plan: Plan, model: dict[str, Object], language: str) -> list[workbooks.Sheet]:
    """One sheet per object with suggestions."""
    found = work.get("suggestions")
    parts = [
        (owner, found.filter(pc.equal(found["object"], name))) for name, owner in model.items()
    ]
    return [
        _sheet(mine.slice(0, MOST), plan, owner, language) for owner, mine in parts if len(mine)
    ]


def _sheet(found: pa.Table, plan: Plan, owner: Object, language: str) -> workbooks.Sheet:
    choices = [say(f"review.{word}", language) for word in ("accept", "reject")]
    columns = [
        *(workbooks.Col(key, hidden=True, locked=True) for key in KEYS),
        asked("accepted", choices, language),
        grey(owner.fields[owner.name_field].label[language], 30),
        grey(say("review.field", language), 16),
        grey(say("review.now", language), 26),
        grey(say("review.suggested", language), 26),
        grey(say("review.problem", language), 40),
        grey(say("review.place", language), 40),
    ]
    labels = {name: field.label[language] for name, field in owner.fields.items()}
    cells = [
        *(one(found[key]) for key in KEYS),
        pa.nulls(found.num_rows, pa.string()),
        one(found["name"]),
        _worded(found["field"], labels.__getitem__),
        one(found["instead_of"]),
        one(found["suggested"]),
        _worded(found["code"], lambda code: _problem(code, language)),
        places(one(found["record"]), plan),
    ]
    title = say("review.suggestions_title", language, count=found.num_rows)
    return sheet(owner.label[language], columns, cells, title, [])


def _worded(values: pa.ChunkedArray, words: Any) -> pa.Array:
    """Codes as words: looked up once per distinct code."""
    coded = one(values).dictionary_encode()
    return pa.array([words(code) for code in coded.dictionary.to_pylist()], pa.string()).take(
        coded.indices
    )


def _problem(code: str, language: str) -> str:
    """The words of a code without the facts that a single issue would fill in."""
    return say(code, language).split("{", 1)[0].rstrip("：: ，,（(“")
