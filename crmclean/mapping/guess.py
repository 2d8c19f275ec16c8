"""Which field each column of a source holds, how sure, and why.

Alias, head noun and likeness of the heading (names.py) and the samples (content.py) give each pair
of column and field a score; the assignment of columns to fields with the greatest sum wins, one to
one (dirty-input.md C3). Three tiers: auto, review (a person should look), unmapped. The object of
the source (a customer list? a follow-up sheet?) is the one whose fields explain its columns best.
"""

from dataclasses import dataclass, replace

import numpy as np

from crmclean.mapping import forms, objects
from crmclean.mapping.further import Person, alone, further
from crmclean.mapping.halves import halves
from crmclean.mapping.only import by_elimination
from crmclean.mapping.scores import AUTO, NOTHING, REVIEW, Scored, Table, table
from crmclean.messages import say
from crmclean.model import Field, Object
from crmclean.plan import Column, Source

#: How far a field must be ahead of fields of other kinds, where no name of it stands there.
MARGIN = 0.15
#: What a name of the field is worth more: two columns that are only like it never outweigh one.
NAMED = 1.0
#: The field that two halves of a person's name make, by what a row is.
PERSON = {"customer": "contact.name", "contact": "contact.name", "lead": "lead.contact"}
#: A sheet of customers with a column 电话 means the customer's, where both have such a field; but an
#: address for mail and a mobile beside a person's name are the person's.
OWN = 0.02


@dataclass(frozen=True)
class Guess:
    """One column and the field it seems to hold: `object.field` or None, confidence 0 to 1, tier
    auto | review | unmapped, and the reasons in words. A field that two columns make together has
    their headings in `concat`, and what stands between them in `joint`; one of a further contact of
    the row (further.py) has his number in `contact`."""

    column: Column
    field: str | None
    confidence: float
    tier: str
    reasons: tuple[str, ...] = ()
    unit: str | None = None
    concat: tuple[str, ...] = ()
    joint: str = ""
    contact: int = 0


def guess(source: Source, model: dict[str, Object], object: str | None = None) -> list[Guess]:
    """One guess per column, in the order of the columns. `object`: what a row is, when known."""
    contact = model["contact"]
    others = further(source, contact.fields[contact.name_field])
    theirs = {column.number for person in others for column, _ in person}
    own = replace(source, columns=tuple(c for c in source.columns if c.number not in theirs))
    found = _guessed(own, model, object)
    if not (others and any(one.field == "contact.name" and one.tier == "auto" for one in found)):
        return _guessed(source, model, object) if others else found
    for number, person in enumerate(others, 1):
        found += _of_further(source, person, number, model)
    return sorted(found, key=lambda one: one.column.number)


def _of_further(
    source: Source, person: Person, number: int, model: dict[str, Object]
) -> list[Guess]:
    """The guesses for the columns of a further contact, each of which is certain or none."""
    only = alone(source, person)
    fields = [*model["contact"].fields.values()]
    guesses = _assigned(only, fields, table(only, model))
    sure = any(one.field == "contact.name" and one.tier == "auto" for one in guesses)
    whose, found = person[0][0].heading, []
    for (column, _), one in zip(person, guesses, strict=True):
        if sure and one.tier == "auto":
            found.append(replace(one, column=column, contact=number))
        else:
            why = (say("mapping.why.further", person=whose),)
            found.append(Guess(column, None, 0.0, "unmapped", why))
    return found


def _guessed(source: Source, model: dict[str, Object], object: str | None) -> list[Guess]:
    scored = table(source, model)
    mapped = {
        owner: by_elimination(_assigned(source, objects.fields_on(owner, model), scored), owner)
        for owner in ([object] if object else objects.TOGETHER)
    }
    owner = object or objects.decide(source, model, mapped)
    return _joined(mapped[owner], PERSON.get(owner))


def _joined(guesses: list[Guess], path: str | None) -> list[Guess]:
    """The two halves of a person's name as one field, where no other column holds it."""
    found = halves([guess.column for guess in guesses])
    if not (found and path):
        return guesses
    order, joint = found
    mine = [guess for guess in guesses if guess.column in order]
    if any(guess.field == path for guess in guesses if guess not in mine):
        return guesses
    concat, why = tuple(column.heading for column in order), (say("mapping.why.halves"),)
    return [
        Guess(g.column, path, 1.0, "auto", why, None, concat, joint) if g in mine else g
        for g in guesses
    ]


def _assigned(source: Source, fields: list[Field], table: Table) -> list[Guess]:
    from scipy.optimize import linear_sum_assignment

    if not source.columns:
        return []
    owner = fields[0].object
    person = any(_is_named(row.get("contact.name", NOTHING)) for row in table)
    whose = ["contact" if person and _is_personal(field) else owner for field in fields]
    cells = [
        [
            _owned(row.get(field.path, NOTHING), field.object == mine)
            for field, mine in zip(fields, whose, strict=True)
        ]
        for row in table
    ]
    scores = np.array([[cell.score for cell in row] for row in cells])
    worth = np.where(scores >= REVIEW, scores**3, 0)
    worth += [[NAMED * _is_named(cell) for cell in row] for row in cells]
    left, right = linear_sum_assignment(-worth)
    chosen = {int(c): int(f) for c, f in zip(left, right, strict=True) if scores[c, f] >= REVIEW}
    return [
        _judged(column, cells[n], scores, n, chosen, fields)
        for n, column in enumerate(source.columns)
    ]


def _is_personal(field: Field) -> bool:
    return field.kind == "email" or field.name == "mobile"


def _is_named(cell: Scored) -> bool:
    """Whether a column has a name of the field, and nothing speaks against it."""
    return cell.exact and cell.score >= AUTO


def _owned(cell: Scored, own: bool) -> Scored:
    return (
        replace(cell, score=cell.score + OWN)
        if own and cell.exact and not cell.contradicted
        else cell
    )


def _judged(
    column: Column,
    row: list[Scored],
    scores: np.ndarray,
    number: int,
    chosen: dict[int, int],
    fields: list[Field],
) -> Guess:
    if number not in chosen:
        return Guess(column, None, 0.0, "unmapped", _why_not(row, chosen, fields))
    place = chosen[number]
    cell, field = row[place], fields[place]
    if not cell.exact and not column.filled and not column.samples:
        return Guess(column, None, 0.0, "unmapped", (say("mapping.why.empty"),))
    taken = {f: scores[c, f] for c, f in chosen.items() if c != number}
    free = [
        score
        for f, score in enumerate(scores[number])
        if f != place and taken.get(f, -1) < score and fields[f].kind != field.kind
    ]
    margin = cell.score - max(free, default=0.0)
    sure = cell.score >= AUTO and not cell.contradicted and (cell.exact or margin >= MARGIN)
    unit = forms.read(column.heading).unit if field.kind == "amount" else None
    found = Guess(
        column, field.path, min(1.0, round(float(cell.score), 2)), "review", cell.reasons, unit
    )
    return replace(found, tier="auto") if sure else found


def _why_not(row: list[Scored], chosen: dict[int, int], fields: list[Field]) -> tuple[str, ...]:
    best = max(range(len(row)), key=lambda f: row[f].score, default=None)
    if best is None or row[best].score < REVIEW:
        return (say("mapping.why.unknown"),)
    return (say("mapping.why.taken", fact=fields[best].path),)
