"""What the rules say of distinct values that a whole column could not mend: asked once, remembered.

Values come again, from batch to batch: the answers of a column are kept while it is worked on.
Threads share them; an answer that two of them work out at once is the same answer.
"""

from collections.abc import Hashable
from functools import lru_cache
from typing import Any, NamedTuple

import pyarrow as pa

from crmclean import rules
from crmclean.model import Field
from crmclean.normalise import cells
from crmclean.rules import Parts, placeholder


class Answer(NamedTuple):
    """What the rules say of one distinct value of a field."""

    after: str | None
    rule: str
    issues: list[tuple[str, str | None]]
    parts: dict[str, str]
    more: list[dict[str, str]]


class Told(NamedTuple):
    """What a field's rule is told: the project's words for nothing, its map for the picklist, and
    the rule's options."""

    words: tuple[str, ...]
    given: dict[str, str]
    options: dict[str, Any]


#: Columns whose answers are kept, and the answers that are kept for each.
_COLUMNS, _MOST = 64, 50_000


def answers(values: pa.Array, field: Field, told: Told) -> list[Answer]:
    """The answers to distinct values of a field."""
    known = _known((field.path, field.kind, told.words, repr((field.parts, told))))
    if len(known) > _MOST:
        known.clear()
    found = []
    for text in values.to_pylist():
        answer = known.get(text)
        if answer is None:
            answer = known[text] = _answer(text, field, told)
        found.append(answer)
    return found


@lru_cache(_COLUMNS)
def _known(asked: Hashable) -> dict[str, Answer]:
    """The answers that a column was given so far."""
    return {}


def _answer(text: str, field: Field, told: Told) -> Answer:
    if text in told.given:
        return Answer(told.given[text] or None, "picklist", [], {}, [])
    try:
        if _means_nothing(text, field, told):
            return Answer(None, "placeholder", [], {}, [])
        said = rules.rule(field.kind).clean(text, **told.options)
        said = said if isinstance(said, Parts) else Parts({"": said})
        own, others = cells.own_part(said.values, field)
        if own and own != text and _means_nothing(own, field, told):
            own = None
    except ValueError as refusal:
        code, *suggestion = refusal.args
        return Answer(text, field.kind, [(code, suggestion[0] if suggestion else None)], {}, [])
    return Answer(own or None, field.kind, said.issues, others, said.more)


def _means_nothing(text: str, field: Field, told: Told) -> bool:
    return placeholder.clean(text, kind=field.kind, words=told.words) == ""
