"""Which field each column of a source holds, how sure, and why.

Alias, head noun and likeness of the heading (names.py) and the samples (content.py) give each pair
of column and field a score; the assignment of columns to fields with the greatest sum wins, one to
one (dirty-input.md C3). Three tiers: auto, review (a person should look), unmapped. The object of
the source (a customer list? a follow-up sheet?) is the one whose fields explain its columns best.
"""

from dataclasses import dataclass, replace

import numpy as np

from crmclean.mapping import content, detectors, names, objects, synonyms
from crmclean.mapping.halves import halves
from crmclean.messages import say
from crmclean.model import Field, Object
from crmclean.plan import Column, Source

AUTO, REVIEW, MARGIN, CONTRADICTED = 0.90, 0.60, 0.15, 0.20
#: A score by likeness of the heading alone never reaches `auto`.
HEADING_ONLY = 0.75
#: Less alike than this, of 37 suggestions 32 were wrong (tests/mapping/headers.csv).
ALIKE = 0.7
#: The score of a name in other words.
SYNONYM = 0.94

#: Kinds that samples prove: only for these may likeness of the heading be enough.
TELLING = ("uscc", "email", "url", "resident_id")
#: The field that two halves of a person's name make, by what a row is.
PERSON = {"customer": "contact.name", "contact": "contact.name", "lead": "lead.contact"}
#: A sheet of customers with a column 电话 means the customer's, where both have such a field.
OWN = 0.02


@dataclass(frozen=True)
class Guess:
    """One column and the field it seems to hold: `object.field` or None, confidence 0 to 1, tier
    auto | review | unmapped, and the reasons in words. A field that two columns make together has
    their headings in `concat`, and what stands between them in `joint`."""

    column: Column
    field: str | None
    confidence: float
    tier: str
    reasons: tuple[str, ...] = ()
    unit: str | None = None
    concat: tuple[str, ...] = ()
    joint: str = ""


@dataclass(frozen=True)
class _Scored:
    score: float
    reasons: tuple[str, ...]
    contradicted: bool = False
    exact: bool = False


NOTHING = _Scored(0.0, ())
Table = list[dict[str, _Scored]]


def guess(source: Source, model: dict[str, Object], object: str | None = None) -> list[Guess]:
    """One guess per column, in the order of the columns. `object`: what a row is, when known."""
    table = _table(source, model)
    mapped = {
        owner: _assigned(source, objects.fields_on(owner, model), table)
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


def _table(source: Source, model: dict[str, Object]) -> Table:
    """How well each column suits each field of the model, by its path."""
    fields = [field for owner in model.values() for field in owner.fields.values()]
    meant = synonyms.index(model)
    prefix = names.common_prefix([column.heading for column in source.columns])
    table = []
    for column in source.columns:
        heading, rates = names.read(column.heading, prefix), detectors.detect(column.samples)
        numbering = content.is_numbering(column.heading) and rates.get("serial")
        scored = {field.path: _score(heading, column, field, rates, meant) for field in fields}
        if _is_repeated(column, source):
            scored = {path: _doubted(cell) for path, cell in scored.items()}
        table.append({} if numbering else scored)
    return table


def _is_repeated(column: Column, source: Source) -> bool:
    """Whether a heading stands a second time on its sheet: maybe another table beside the first."""
    first, _, number = column.heading.rpartition(".")
    return number.isdigit() and any(other.heading == first for other in source.columns)


def _doubted(cell: _Scored) -> _Scored:
    return replace(cell, score=min(cell.score, AUTO - 0.01)) if cell.exact else NOTHING


def _assigned(source: Source, fields: list[Field], table: Table) -> list[Guess]:
    from scipy.optimize import linear_sum_assignment

    if not source.columns:
        return []
    owner = fields[0].object
    cells = [
        [_owned(row.get(field.path, NOTHING), field, owner) for field in fields] for row in table
    ]
    scores = np.array([[cell.score for cell in row] for row in cells])
    left, right = linear_sum_assignment(-np.where(scores >= REVIEW, scores**3, 0))
    chosen = {int(c): int(f) for c, f in zip(left, right, strict=True) if scores[c, f] >= REVIEW}
    return [
        _judged(column, cells[n], scores, n, chosen, fields)
        for n, column in enumerate(source.columns)
    ]


def _owned(cell: _Scored, field: Field, owner: str) -> _Scored:
    if cell.exact and field.object == owner:
        return replace(cell, score=cell.score + OWN)
    return cell


def _score(
    heading: names.Heading,
    column: Column,
    field: Field,
    rates: dict[str, float],
    meant: dict[tuple[str, str], str],
) -> _Scored:
    fit = content.fits(field, rates, column)
    score, reason, exact = _by_heading(heading, field, fit, meant)
    if not score:
        return NOTHING
    reasons = [reason]
    if fit is not None:
        reasons.append(say("mapping.why.content", fact=f"{fit:.0%}"))
    if fit is None or fit >= CONTRADICTED:
        return _Scored(score, tuple(reasons), False, exact)
    reasons.append(say("mapping.why.contradicted"))
    return _Scored(min(score, REVIEW + 0.01) if exact else 0.0, tuple(reasons), True, exact)


def _by_heading(
    heading: names.Heading, field: Field, fit: float | None, meant: dict[tuple[str, str], str]
) -> tuple[float, str, bool]:
    """The score of a heading with its samples, why, and whether it is a name of the field."""
    by_alias = names.alias(heading, field)
    if not by_alias and synonyms.means(heading, field, meant):
        by_alias = SYNONYM
    if by_alias:
        score = by_alias + 0.04 * ((0.5 if fit is None else fit) - 0.5)
        return score, say("mapping.why.alias"), True
    if initials := names.initials(heading, field):
        score = 0.62 + 0.34 * (0.85 if fit is None else fit)
        return score, say("mapping.why.initials", fact=initials), False
    alike = names.likeness(heading, field)
    if alike < ALIKE:
        return 0.0, "", False
    score = min(HEADING_ONLY, alike) if fit is None else 0.6 * alike + 0.4 * fit
    if field.kind not in TELLING or names.is_composite(heading):
        score = min(score, AUTO - 0.01)
    return score, say("mapping.why.like", fact=f"{alike:.0%}"), False


def _judged(
    column: Column,
    row: list[_Scored],
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
    unit = names.read(column.heading).unit if field.kind == "amount" else None
    found = Guess(
        column, field.path, min(1.0, round(float(cell.score), 2)), "review", cell.reasons, unit
    )
    return replace(found, tier="auto") if sure else found


def _why_not(row: list[_Scored], chosen: dict[int, int], fields: list[Field]) -> tuple[str, ...]:
    best = max(range(len(row)), key=lambda f: row[f].score, default=None)
    if best is None or row[best].score < REVIEW:
        return (say("mapping.why.unknown"),)
    return (say("mapping.why.taken", fact=fields[best].path),)
