"""How well each column of a sheet suits each field: the heading, its samples, its neighbours.

A name of the field counts most, then the same in other words, pinyin initials, and likeness, which
alone is never sure. Samples confirm or contradict (content.py); what stands beside a column says
whose it is (persons.py). Steps 2 to 5 of dirty-input.md C3.
"""

from dataclasses import dataclass, replace

from crmclean.headings import plain
from crmclean.mapping import content, detectors, forms, names, persons, synonyms
from crmclean.messages import say
from crmclean.model import Field, Object
from crmclean.plan import Column, Source

AUTO, REVIEW = 0.90, 0.60
#: A score by likeness of the heading alone never reaches `auto`.
HEADING_ONLY = 0.75
#: Less alike than this, of 37 suggestions 32 were wrong (tests/mapping/headers.csv).
ALIKE = 0.7
#: The score of a name in other words, and of a column called 客户 that holds codes.
SYNONYM, ITSELF = 0.94, 0.95
#: Kinds that samples prove: only for these may likeness of the heading be enough.
TELLING = ("uscc", "email", "url", "resident_id")
#: So many samples of one kind leave no room for a second value: 统一社会信用代码/注册号.
PURE = 0.95


@dataclass(frozen=True)
class Scored:
    score: float
    reasons: tuple[str, ...]
    contradicted: bool = False
    exact: bool = False


NOTHING = Scored(0.0, ())
Table = list[dict[str, Scored]]


def table(source: Source, model: dict[str, Object]) -> Table:
    """How well each column suits each field of the model, by its path."""
    fields = [field for owner in model.values() for field in owner.fields.values()]
    meant = synonyms.index(model)
    table = []
    for column, heading in zip(source.columns, headings(source, model), strict=True):
        rates = detectors.detect(column.samples)
        numbering = content.numbers_rows(column, rates)
        scored = {field.path: _score(heading, column, field, rates, meant) for field in fields}
        if is_repeated(column, source):
            scored = {path: _doubted(cell) for path, cell in scored.items()}
        table.append({} if numbering else scored)
    return table


def headings(source: Source, model: dict[str, Object]) -> list[forms.Heading]:
    """The headings taken apart; what is about the customer's person says so."""
    prefix = forms.common_prefix([column.heading for column in source.columns])
    read = [forms.read(column.heading, prefix) for column in source.columns]
    contact = model["contact"]
    who = persons.called(source.columns, read, contact.fields[contact.name_field])
    if not who:
        return read
    return [
        replace(heading, who=who) if heading.forms and _is_about(heading.forms[0], who) else heading
        for heading in read
    ]


def _is_about(form: str, who: str) -> bool:
    return form.startswith(who) or (len(who) > 1 and form.endswith(who))


def is_repeated(column: Column, source: Source) -> bool:
    """Whether a heading stands a second time on its sheet: maybe another table beside the first."""
    first, _, number = column.heading.rpartition(".")
    return number.isdigit() and any(other.heading == first for other in source.columns)


def _doubted(cell: Scored) -> Scored:
    return replace(cell, score=min(cell.score, AUTO - 0.01)) if cell.exact else NOTHING


def _score(
    heading: forms.Heading,
    column: Column,
    field: Field,
    rates: dict[str, float],
    meant: dict[tuple[str, str], str],
) -> Scored:
    fit = content.fits(field, rates, column)
    score, reason, exact = _by_heading(heading, field, fit.worth, meant)
    if _is_code_of_itself(heading, field, rates):
        score, reason, exact = ITSELF, say("mapping.why.alias"), True
    if not score:
        return NOTHING
    reasons = [reason]
    if fit.share is not None:
        reasons.append(say("mapping.why.content", fact=f"{fit.share:.0%}"))
    if not fit.contradicted:
        return Scored(score, tuple(reasons), False, exact)
    reasons.append(say("mapping.why.contradicted"))
    return Scored(min(score, REVIEW + 0.01 * score) if exact else 0.0, tuple(reasons), True, exact)


def _is_code_of_itself(heading: forms.Heading, field: Field, rates: dict[str, float]) -> bool:
    """Whether a column called by the object alone (Customer, 客户) holds its codes."""
    called = [plain(word) for word in names.ABOUT["customer"]]
    code = "code" if field.object == "customer" else "customer_code"
    itself = bool(heading.forms) and heading.forms[0] in called
    return field.name == code and rates.get("code") == 1 and itself


def _by_heading(
    heading: forms.Heading, field: Field, fit: float | None, meant: dict[tuple[str, str], str]
) -> tuple[float, str, bool]:
    """The score of a heading with its samples, why, and whether it is a name of the field."""
    by_alias = names.alias(heading, field)
    if not by_alias and synonyms.means(heading, field, meant):
        by_alias = SYNONYM
    if by_alias:
        score = by_alias + 0.04 * ((0.5 if fit is None else fit) - 0.5)
        return score, say("mapping.why.alias"), True
    if initials := names.initials(heading, field):
        score = 0.74 + 0.24 * (0.7 if fit is None else fit)
        return score, say("mapping.why.initials", fact=initials), False
    alike = names.likeness(heading, field)
    if alike < ALIKE:
        return 0.0, "", False
    score = min(HEADING_ONLY, alike) if fit is None else 0.6 * alike + 0.4 * fit
    if field.kind not in TELLING or (names.is_composite(heading) and (fit or 0) < PURE):
        score = min(score, AUTO - 0.01)
    return score, say("mapping.why.like", fact=f"{alike:.0%}"), False
