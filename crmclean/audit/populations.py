"""What a sample can be drawn from: a verdict holds for its population and for nothing else.

loaded      what the CRM gets · merges  records that were joined from several · rejects  what was
held back or refused, and why · changes:RULE  what one rule did to single cells (trust.md 3.6).
A record that was wrongly refused, or a wrong merge, is hardly ever met in a draw over everything.
"""

from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from crmclean import tables
from crmclean.errors import UsageError
from crmclean.identity import hashed
from crmclean.messages import say
from crmclean.model import Object
from crmclean.run import Work

LOADED, MERGES, REJECTS, CHANGES = "loaded", "merges", "rejects", "changes"
#: The columns of a change that show what was done.
CELL = ("before", "after")
#: Stands for a fact of a reason that the crosswalk does not keep.
UNKNOWN = "—"


@dataclass(frozen=True)
class Population:
    """`units`: what can be drawn, as a table of key (what the draw goes by), record, golden and
    result; where result is null, the golden record itself is judged."""

    name: str
    object: str
    units: pa.Table


def find(name: str, work: Work, model: dict[str, Object], language: str) -> Population:
    """The population of that name, of the first object that has any. Raises UsageError."""
    kind, _, rule = name.partition(":")
    crosswalk = work.get("crosswalk_final")
    if kind == CHANGES and rule:
        return _changes(name, rule, work.changes(), model, language)
    if name == LOADED:
        return _of_ends(name, crosswalk, ("loaded",))
    if name == MERGES:
        merged = crosswalk.filter(pc.equal(crosswalk["end"], "merged"))
        mine = pc.is_in(_keys(crosswalk), _keys(merged))
        return _of_ends(name, crosswalk.filter(mine), ("loaded",))
    if name == REJECTS:
        return _of_ends(name, crosswalk, ("held", "rejected"), language)
    rules = sorted(r for r in pc.unique(work.changes()["rule"]).to_pylist() if r)
    known = [LOADED, MERGES, REJECTS, *(f"{CHANGES}:{each}" for each in rules)]
    raise UsageError("AUDIT_POPULATION", value=name, known=" · ".join(known))


def _of_ends(
    name: str, crosswalk: pa.Table, ends: tuple[str, ...], language: str | None = None
) -> Population:
    """Records with these ends; with a language, their end and reason is the result."""
    there = crosswalk.filter(pc.is_in(crosswalk["end"], pa.array(ends)))
    owner = _first_object(there)
    mine = there.filter(pc.equal(there["object"], owner))
    result = pa.nulls(mine.num_rows, pa.string())
    if language:
        words = {pair: _why(*pair, language) for pair in _pairs(mine)}
        result = pa.array([words[pair] for pair in _pairs(mine)], pa.string())
    return Population(name, owner, _units(mine["record"], mine["record"], mine["golden"], result))


def _changes(
    name: str, rule: str, changes: pa.Table, model: dict[str, Object], language: str
) -> Population:
    fired = changes.filter(pc.equal(changes["rule"], rule))
    if not fired.num_rows:
        raise UsageError("AUDIT_POPULATION", value=name, known=f"{CHANGES}:RULE")
    owner = _first_object(fired)
    fired = fired.filter(pc.equal(fired["object"], owner))
    labels = {path: field.label[language] for path, field in model[owner].fields.items()}
    coded = fired["field"].combine_chunks().dictionary_encode()
    named = pa.array([labels.get(each, each) for each in coded.dictionary.to_pylist()])
    before, after = (pc.fill_null(fired[side].combine_chunks(), UNKNOWN) for side in CELL)
    result = pc.binary_join_element_wise(named.take(coded.indices), "：", before, " → ", after, "")
    cell = pc.binary_join_element_wise(
        pc.cast(fired["record"].combine_chunks(), pa.string()), fired["field"].combine_chunks(), "."
    )
    key = pa.array(hashed(cell).view("int64"))
    return Population(name, owner, _units(key, fired["record"], None, result))


def _units(key: object, record: object, golden: object, result: pa.Array) -> pa.Table:
    size = len(result)
    golden = pa.nulls(size, pa.string()) if golden is None else golden
    return pa.table({"key": key, "record": record, "golden": golden, "result": result})


def _first_object(rows: pa.Table) -> str:
    there = set(pc.unique(rows["object"]).to_pylist())
    return next((name for name in tables.OBJECTS if name in there), "customer")


def _pairs(rows: pa.Table) -> list[tuple[str, str | None]]:
    return list(zip(rows["end"].to_pylist(), rows["reason"].to_pylist(), strict=True))


def _why(end: str, reason: str | None, language: str) -> str:
    code = f"reason.{reason}" if reason and not reason.isupper() else reason
    said = say(code, lang=language, column=UNKNOWN, value=UNKNOWN) if code else ""
    return "：".join(filter(None, [say(f"end.{end}", lang=language), said]))


def _keys(rows: pa.Table) -> pa.Array:
    both = pc.binary_join_element_wise(rows["object"], rows["golden"], "\x1f")
    return both.combine_chunks() if isinstance(both, pa.ChunkedArray) else both
