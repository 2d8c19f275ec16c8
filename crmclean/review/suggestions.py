"""Values that a rule suggests in place of one that it refuses: accepted or rejected one by one.

The page of the report shows personal data masked, and nobody can accept what is not seen: here it
stands in full. Only what an acceptance would change is asked for: the golden record still holds the
refused value, or none (gaps/fills.py applies it under the same condition).
"""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from crmclean import identity, tables, workbooks
from crmclean.messages import say
from crmclean.model import Object
from crmclean.plan import Plan
from crmclean.review.sheet import MOST, asked, grey, one, places, sheet, title
from crmclean.workbooks.shown import HEADING as SHOWN
from crmclean.workbooks.shown import shown

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
        ("issue", pa.int64()),  # its place among the issues of the run
    ]
)
#: What `apply` needs; hidden in the workbook.
KEYS = ("object", "golden", "seen", "field", "instead_of", "suggested")
SUBJECT = ["object", "golden", "field", "instead_of"]


def find(work: Any, model: dict[str, Object], decided: list[dict[str, Any]] = ()) -> pa.Table:
    """Every suggestion that can be accepted (SUGGESTIONS), once per golden record and field.
    `decided`: the values of the state, which are not asked for again."""
    issues = work.issues()
    issues = issues.append_column("issue", pa.array(np.arange(issues.num_rows)))
    usable = pc.and_(pc.is_valid(issues["suggestion"]), pc.is_valid(issues["field"]))
    issues = issues.filter(pc.and_(usable, pc.is_valid(issues["record"])))
    crosswalk = work.get("crosswalk", ["object", "record", "golden"])
    parts = []
    for name, owner in model.items():
        mine = issues.filter(pc.equal(issues["object"], name))
        fields = [field for field in pc.unique(mine["field"]).to_pylist() if field in owner.fields]
        if fields:
            cross = crosswalk.filter(pc.equal(crosswalk["object"], name))
            wanted = dict.fromkeys(["golden", owner.name_field, *fields])
            parts += _of_object(mine, cross, work.get(f"golden/{name}", [*wanted]), owner, fields)
    found = tables.concat(SUGGESTIONS, parts)
    found = found.group_by(SUBJECT, use_threads=False).aggregate(
        [(name, "first") for name in SUGGESTIONS.names if name not in SUBJECT]
    )
    found = found.rename_columns([name.removesuffix("_first") for name in found.column_names])
    return _undecided(found.select(SUGGESTIONS.names), decided)


def _of_object(
    issues: pa.Table, cross: pa.Table, golden: pa.Table, owner: Object, fields: list[str]
) -> Iterator[pa.Table]:
    """One part per field: the suggestions whose golden record holds the refused value, or none."""
    at = pc.index_in(one(issues["record"]), one(cross["record"]))
    keys = one(cross["golden"]).take(at)
    place = pc.index_in(keys, one(golden["golden"]))
    issues = issues.append_column("golden", keys).append_column("place", place)
    for name in fields:
        mine = issues.filter(pc.equal(issues["field"], name))
        now = one(golden[name]).take(one(mine["place"]))
        same = pc.or_kleene(pc.is_null(now), pc.equal(now, one(mine["value"])))
        new = pc.fill_null(pc.not_equal(now, one(mine["suggestion"])), True)
        asked = pc.and_(pc.fill_null(pc.and_(same, new), False), pc.is_valid(one(mine["place"])))
        mine, now = mine.filter(asked), now.filter(asked)
        subject = golden.take(one(mine["place"]))
        columns = {
            "seen": identity.hashes(subject, (owner.name_field,)),
            "instead_of": now,
            "suggested": mine["suggestion"],
            "name": subject[owner.name_field],
        }
        same_names = ("object", "golden", "field", "code", "record", "issue")
        yield tables.table(SUGGESTIONS, columns | {key: mine[key] for key in same_names})


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
    return [_sheet(mine, plan, owner, language) for owner, mine in parts if len(mine)]


def _sheet(whole: pa.Table, plan: Plan, owner: Object, language: str) -> workbooks.Sheet:
    found = whole.slice(0, MOST)
    choices = [say(f"review.{word}", language) for word in ("accept", "reject")]
    called, suggested = (
        owner.fields[owner.name_field].label[language],
        say("review.suggested", language),
    )
    columns = [
        *(workbooks.Col(key, hidden=True, locked=True) for key in (*KEYS, SHOWN)),
        asked("accepted", choices, language),
        grey(called, 30),
        grey(say("review.field", language), 16),
        grey(say("review.now", language), 26),
        grey(suggested, 26),
        grey(say("review.problem", language), 40),
        grey(say("review.place", language), 40),
    ]
    labels = {name: field.label[language] for name, field in owner.fields.items()}
    cells = [
        *(one(found[key]) for key in KEYS),
        shown({called: one(found["name"]), suggested: one(found["suggested"])}),
        pa.nulls(found.num_rows, pa.string()),
        one(found["name"]),
        _worded(found["field"], labels.__getitem__),
        one(found["instead_of"]),
        one(found["suggested"]),
        _worded(found["code"], lambda code: _problem(code, language)),
        places(one(found["record"]), plan),
    ]
    told = title("review.suggestions_title", whole.num_rows, language)
    return sheet(owner.label[language], columns, cells, told, [])


def _worded(values: pa.ChunkedArray, words: Any) -> pa.Array:
    """Codes as words: looked up once per distinct code."""
    coded = one(values).dictionary_encode()
    return pa.array([words(code) for code in coded.dictionary.to_pylist()], pa.string()).take(
        coded.indices
    )


def _problem(code: str, language: str) -> str:
    """The words of a code without the facts that a single issue would fill in."""
    return say(code, language).split("{", 1)[0].rstrip("：: ，,（(“")
