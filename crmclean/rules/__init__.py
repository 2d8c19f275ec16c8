"""The rules: one module per kind of value, and the folder is the registry.

A rule is a module of this folder (names with a leading underscore are what rules share):

    docstring   title, reason, source, doctests of good and bad values
    FORM        the whole-match form that every final value has; read alike by `re` and RE2
    doubt       optional: doubt(values, **options) -> mask of values that match FORM and still
                need a look. Vectorised. May be too wide, never too narrow
    clean       clean(text, **options) -> the clean text, "" for nothing, or Parts.
                Raises ValueError(code) or ValueError(code, suggestion) to refuse the whole cell
    sound       optional, in place of doubt: sound(values, **options) -> mask of values that match
                FORM and raise no doubt, where one look over the column can tell both
    quick       optional: quick(values) -> values: the commonest dirty forms, mended for whole
                columns. Counts only where the result is sound, and is then what `clean` gives
    aside       optional: aside(values) -> Aside: what clean values also say while they stay as
                they are (the province in an address). Vectorised; fills fields that are blank

A rule sees one value: never a table, a null or a log (`normalise/` does the rest for all of
them). It is strict: what is not certain is refused and stays as it was; a suggestion is shown to
a person, never applied. Forms that lose meaning (dropping 有限公司, pinyin) belong to dedupe.
Options that a rule does not know are ignored: they may speak to other stages (`past`, `want`).
"""

import pkgutil
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from types import ModuleType
from typing import NamedTuple

import pyarrow as pa
import pyarrow.compute as pc


@dataclass(frozen=True)
class Parts:
    """What one cell held when it was not simply one value.

    `values` maps part names to texts; "" is the field itself. `issues` are (code, suggestion)
    about the cell. `more` holds the parts of further persons in the same cell."""

    values: dict[str, str]
    issues: list[tuple[str, str | None]] = field(default_factory=list)
    more: list[dict[str, str]] = field(default_factory=list)


class Aside(NamedTuple):
    """What values say beside themselves, one row per value: parts by name, and maybe an issue
    with its suggestion. `clash` is the code of the issue where a field already says otherwise."""

    parts: dict[str, pa.Array]
    codes: pa.Array
    suggestions: pa.Array
    clash: str


class Entry(NamedTuple):
    """One rule for people: its name, title, what it says of itself, and its examples."""

    name: str
    title: str
    text: str
    examples: str


def kept(text: str, code: str, suggestion: str | None = None) -> Parts:
    """A value that is written as `text` and still needs a look."""
    return Parts({"": text}, [(code, suggestion)])


@cache
def names() -> tuple[str, ...]:
    """The kinds of value, sorted: the modules of this folder."""
    found = (module.name for module in pkgutil.iter_modules(__path__))
    return tuple(sorted(name for name in found if not name.startswith("_")))


@cache
def rule(kind: str) -> ModuleType:
    """The module of a kind. Raises UsageError for a kind that does not exist."""
    if kind not in names():
        from crmclean.errors import UsageError

        raise UsageError("KIND_UNKNOWN", kind=kind, kinds=", ".join(names()))
    return import_module(f"{__name__}.{kind}")


def sound(values: pa.Array, kind: str, /, **options: object) -> pa.Array:
    """Which values are final as they stand: they match FORM whole and raise no doubt.

    Nulls are sound. A mask without nulls, as long as `values`."""
    module = rule(kind)
    if hasattr(module, "sound"):
        final = module.sound(values, **options)
    else:
        final = pc.match_substring_regex(values, rf"\A(?:{module.FORM})\z")
    if hasattr(module, "doubt"):
        final = pc.and_not(final, module.doubt(values, **options))
    return pc.or_(pc.fill_null(final, False), pc.is_null(values))


def catalogue(name: str | None = None) -> list[Entry]:
    """All rules, or one, as their docstrings tell them. Raises UsageError for an unknown name."""
    return [_entry(rule(kind)) for kind in ((name,) if name else names())]


def _entry(module: ModuleType) -> Entry:
    title, _, body = module.__doc__.strip().partition("\n")
    prose, mark, examples = body.partition(">>>")
    return Entry(
        module.__name__.rpartition(".")[2],
        title,
        prose.strip("\n").rstrip(),
        (mark + examples).strip(),
    )
