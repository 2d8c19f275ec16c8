"""The language of `select:` in crmclean.yaml: which customers are migrated.

    customer.last_follow_up_at >= 2024-01-01 or customer.status == 成交
    customer.value_level in (VIP, 重点) and not customer.name is blank

Fields of the customer, values (bare words, "quoted", numbers, dates), == != < <= > >=, in, is
blank, is not blank, and, or, not, brackets. It is parsed, never evaluated as Python. What is
compared depends on the field: amounts and counts as numbers, dates as dates, all else as text by
equality alone. A blank value is smaller, larger and equal to nothing, and differs from everything.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from crmclean.errors import UsageError
from crmclean.model import Field, Object

Condition = Callable[[pa.Table], pa.Array]

_TOKEN = re.compile(
    r"\s*(?:(?P<quoted>\"[^\"]*\"|'[^']*')|(?P<sign>==|!=|<=|>=|<|>|\(|\)|,)"
    r"|(?P<word>[^\s()<>=!,\"']+))"
)
_SIGNS = {"==": pc.equal, "!=": pc.not_equal, "<": pc.less, "<=": pc.less_equal,
          ">": pc.greater, ">=": pc.greater_equal}  # fmt: skip
NUMBERS = ("amount", "integer")
DATES = ("date", "datetime")
_NUMBER = r"\A-?[0-9]+(?:\.[0-9]+)?\z"
_DATE = r"\A[0-9]{4}-[0-9]{2}"


class _Token(NamedTuple):
    kind: str
    text: str
    place: int


def parse(text: str, owner: Object) -> Condition:
    """The condition `text` over the fields of one object, as a function of its golden table.

    Raises UsageError CONDITION_BAD (what was expected, at which character), CONDITION_FIELD (no
    such field), CONDITION_VALUE (not a number or date, or < on text)."""
    reader = _Reader(text, _tokens(text), owner)
    condition = reader.either()
    if reader.at < len(reader.tokens):
        raise reader.expected("and, or")
    return condition


def _tokens(text: str) -> list[_Token]:
    tokens, place = [], 0
    while text[place:].strip():
        hit = _TOKEN.match(text, place)
        if hit is None:
            place = len(text) - len(text[place:].lstrip())
            raise UsageError("CONDITION_BAD", condition=text, place=place + 1, expected='"…" ==')
        kind = hit.lastgroup or ""
        tokens.append(_Token(kind, hit[kind], hit.start(kind) + 1))
        place = hit.end()
    return tokens


@dataclass
class _Reader:
    """Reads tokens from the left; each method reads one form of the language."""

    text: str
    tokens: list[_Token]
    owner: Object
    at: int = 0

    def either(self) -> Condition:
        found = [self.both()]
        while self.takes("or"):
            found.append(self.both())
        return _joined(pc.or_, found)

    def both(self) -> Condition:
        found = [self.opposite()]
        while self.takes("and"):
            found.append(self.opposite())
        return _joined(pc.and_, found)

    def opposite(self) -> Condition:
        if self.takes("not"):
            inner = self.opposite()
            return lambda table: pc.invert(inner(table))
        if self.takes("("):
            inner = self.either()
            self.needs(")")
            return inner
        return self.comparison()

    def comparison(self) -> Condition:
        field = self.field()
        if self.takes("is"):
            negated = self.takes("not")
            self.needs("blank")
            return lambda table: pc.xor(pc.is_null(table[field.name].combine_chunks()), negated)
        if self.takes("in"):
            self.needs("(")
            values = [self.value(field, "==")]
            while self.takes(","):
                values.append(self.value(field, "=="))
            self.needs(")")
            return _joined(pc.or_, [_compared(field, "==", value) for value in values])
        token = self.next("==, !=, <, <=, >, >=, in, is")
        if token.text not in _SIGNS or token.kind != "sign":
            raise self.expected("==, !=, <, <=, >, >=, in, is", token)
        return _compared(field, token.text, self.value(field, token.text))

    def field(self) -> Field:
        token = self.next(f"{self.owner.name}.…")
        name = token.text.removeprefix(f"{self.owner.name}.")
        if token.kind != "word" or name not in self.owner.fields:
            raise UsageError(
                "CONDITION_FIELD", condition=self.text, place=token.place, field=token.text
            )
        return self.owner.fields[name]

    def value(self, field: Field, sign: str) -> str:
        token = self.next("a value")
        if token.kind == "sign":
            raise self.expected("a value", token)
        text = token.text[1:-1] if token.kind == "quoted" else token.text
        wanted = _NUMBER if field.kind in NUMBERS else _DATE if field.kind in DATES else ""
        ordered = sign in ("==", "!=") or field.kind in (*NUMBERS, *DATES)
        if not ordered or not re.match(wanted.replace(r"\z", r"\Z"), text):
            raise UsageError(
                "CONDITION_VALUE",
                condition=self.text,
                place=token.place,
                field=field.path,
                sign=sign,
            )
        return text

    def next(self, expected: str) -> _Token:
        if self.at >= len(self.tokens):
            raise self.expected(expected)
        self.at += 1
        return self.tokens[self.at - 1]

    def takes(self, text: str) -> bool:
        here = self.at < len(self.tokens) and self.tokens[self.at]
        if here and here.kind != "quoted" and here.text.lower() == text:
            self.at += 1
            return True
        return False

    def needs(self, text: str) -> None:
        if not self.takes(text):
            raise self.expected(text)

    def expected(self, what: str, token: _Token | None = None) -> UsageError:
        here = token or (self.tokens[self.at] if self.at < len(self.tokens) else None)
        place = here.place if here else len(self.text) + 1
        return UsageError("CONDITION_BAD", condition=self.text, place=place, expected=what)


def _joined(join: Callable[..., pa.Array], found: list[Condition]) -> Condition:
    if len(found) == 1:
        return found[0]
    first, *others = found

    def condition(table: pa.Table) -> pa.Array:
        mask = first(table)
        for other in others:
            mask = join(mask, other(table))
        return mask

    return condition


def _compared(field: Field, sign: str, value: str) -> Condition:
    blank = sign == "!="

    def condition(table: pa.Table) -> pa.Array:
        cells, known = readable(table[field.name], field.kind), pa.scalar(value)
        if field.kind in NUMBERS:
            known = pa.scalar(float(value))
        return pc.fill_null(_SIGNS[sign](cells, known), blank)

    return condition


def readable(values: pa.ChunkedArray, kind: str) -> pa.Array:
    """The values as their kind compares them: numbers, dates in ISO; refused values are null."""
    whole = values.combine_chunks()
    form = _NUMBER if kind in NUMBERS else _DATE if kind in DATES else None
    if form is None:
        return whole
    reads = pc.fill_null(pc.match_substring_regex(whole, form), False)
    kept = pc.if_else(reads, whole, pa.scalar(None, pa.string()))
    return pc.cast(kept, pa.float64()) if kind in NUMBERS else kept
