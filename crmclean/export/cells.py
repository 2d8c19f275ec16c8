"""One column of an import file: values brought to the form that the target takes.

In this order: form (dates, mobiles), options (value map, list), characters, length, required. A
value is never cut: what the target would refuse or change either rejects the record (sure facts
only, templates.py) or leaves the cell empty and goes to the remark, always with an issue.
"""

import unicodedata
from collections.abc import Callable
from datetime import datetime
from functools import cache

import pyarrow as pa
import pyarrow.compute as pc

from crmclean.export.findings import Findings
from crmclean.rules import _tables as lookup
from crmclean.templates import Column, ObjectTemplate
from crmclean.workbooks import legal, text_units

#: What our own rules leave behind (rules/date.py, rules/datetime.py).
DATE = r"^\d{4}-\d{2}-\d{2}$"
MINUTE = r"^\d{4}-\d{2}-\d{2} \d{2}:\d{2}$"
SECOND = r"^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}$"
#: 悟空CRM 11.0 CrmVerify, the only target known to check mobiles.
MOBILE = r"^(\+?0?\d{2,4}-?)?\d{6,11}$"
#: What a mail server needs; 悟空CRM's PHP line refuses others.
EMAIL = r"^[^@\s]+@[^@\s]+\.[^@\s.]+$"
#: Id of a Salesforce user, 15 or 18 characters (developer.salesforce.com, Record Id).
OWNER_ID = r"^[A-Za-z0-9]{15}([A-Za-z0-9]{3})?$"
BEYOND_BMP = r"[\x{10000}-\x{10FFFF}]"
#: Stands for a character that cannot be printed: the geta of East Asian typesetting.
GETA = "〓"
NOTHING = pa.scalar(None, pa.string())
Form = Callable[[pa.Array, Column, Findings], pa.Array]


def fitted(
    column: Column,
    values: pa.Array,
    spec: ObjectTemplate,
    mapping: dict[str, str],
    found: Findings,
) -> tuple[pa.Array, pa.Array | None]:
    """The cells of `column`, and what was taken out of them and belongs into the remark."""
    name, moved, values = column.field or "", None, legal(values)
    if column.form in FORMS:
        formed = FORMS[column.form](values, column, found)
        lost = pc.and_(pc.is_valid(values), pc.is_null(formed))
        if pc.any(lost).as_py():
            found.note("TARGET_BAD_FORM", lost, name, column.heading, values)
            moved = pc.if_else(lost, values, NOTHING)
        values = formed
    values = _options(column, values, spec, mapping, found)
    values = _characters(column, values, spec, found)
    if column.max_length:
        over = pc.greater(_length(values, spec), column.max_length)
        sure = spec.rejects("max", column)
        code = "TARGET_TOO_LONG" if sure else "TARGET_MAYBE_TOO_LONG"
        found.note(code, over, name, column.heading, values, rejects=sure)
    return values, moved


def require(
    column: Column, values: pa.Array, sure: bool, found: Findings, listed: bool = False
) -> None:
    """An empty cell of a required column: out, where that is sure. `listed`: the model requires
    it too, so that the schema has written the issue."""
    codes = {"owner": "TARGET_NO_OWNER", "reference": "TARGET_ORPHAN"}
    code, empty = codes.get(column.form, "REQUIRED_BY_TARGET"), pc.is_null(values)
    if listed and column.form not in codes:
        found.reject(code, empty)
    else:
        found.note(code, empty, column.field or "", column.heading, rejects=sure)


def _date(values: pa.Array, column: Column, found: Findings) -> pa.Array:
    timed = pc.or_(_like(values, MINUTE), _like(values, SECOND))
    found.note("TARGET_TIME_OF_DAY", timed, column.field or "", column.heading, values)
    good = pc.or_(timed, _like(values, DATE))
    return _real(pc.if_else(good, pc.utf8_slice_codeunits(values, 0, 10), NOTHING))


def _datetime(values: pa.Array, column: Column, found: Findings) -> pa.Array:
    whole = pc.if_else(
        _like(values, DATE),
        pc.binary_join_element_wise(values, " 00:00:00", ""),
        pc.if_else(_like(values, MINUTE), pc.binary_join_element_wise(values, ":00", ""), values),
    )
    return _real(pc.if_else(_like(whole, SECOND), whole, NOTHING))


def _real(values: pa.Array) -> pa.Array:
    """Without what no calendar holds: one such date makes some importers drop a whole file."""
    return by_distinct(values, lambda value: value if _is_real(value) else None)


def _is_real(value: str) -> bool:
    try:
        return bool(datetime.fromisoformat(value))
    except ValueError:
        return False


def _matching(pattern: str) -> Form:
    """A form that a pattern describes: what does not match is left out of the cell."""
    return lambda values, column, found: pc.if_else(_like(values, pattern), values, NOTHING)


def _industry(values: pa.Array, column: Column, found: Findings) -> pa.Array:
    """A class of GB/T 4754 as its section, where the section is what the target's list maps."""
    return by_distinct(values, lambda value: _section(value, column))


def _section(value: str, column: Column) -> str:
    if value in column.picklist or value in column.value_map:
        return value
    section = _sections().get(value)
    return section if section and section in column.value_map else value


@cache
def _sections() -> dict[str, str]:
    """Every name of the national classification → the name of its section (门类)."""
    found: dict[str, str] = {}
    section = ""
    for line in lookup.table("industries"):
        section = line["name"] if line["level"] == "1" else section
        found.setdefault(line["name"], section)
    return found


FORMS: dict[str, Form] = {
    "date": _date,
    "datetime": _datetime,
    "mobile": _matching(MOBILE),
    "email": _matching(EMAIL),
    "owner_id": _matching(OWNER_ID),
    "industry": _industry,
}


def _options(
    column: Column,
    values: pa.Array,
    spec: ObjectTemplate,
    mapping: dict[str, str],
    found: Findings,
) -> pa.Array:
    """Values of the standard as options of the target: the template's map, then the project's,
    then the option that differs in width, spaces or capitals alone."""
    if not column.picklist and not column.value_map:
        return values
    known = frozenset(column.picklist)
    both = {**column.value_map, **mapping}
    mapped = {old: new for old, new in both.items() if new in known or not known}
    alike = {_bare(option): option for option in reversed(column.picklist)}
    values = by_distinct(
        values,
        lambda value: (
            value if value in known else mapped.get(value, alike.get(_bare(value), value))
        ),
    )
    if known:
        foreign = pc.invert(pc.is_in(values, pa.array(column.picklist)))
        foreign = pc.and_(foreign, pc.is_valid(values))
        sure = spec.rejects("picklist", column)
        code = "TARGET_NOT_IN_LIST" if sure else "TARGET_UNKNOWN_OPTION"
        found.note(code, foreign, column.field or "", column.heading, values, rejects=sure)
    return values


def _bare(option: str) -> str:
    return "".join(unicodedata.normalize("NFKC", option).casefold().split())


def _characters(
    column: Column, values: pa.Array, spec: ObjectTemplate, found: Findings
) -> pa.Array:
    """Characters of four bytes, which utf8mb3 tables store as question marks."""
    if spec.four_byte == "keep":
        return values
    rare = pc.match_substring_regex(values, BEYOND_BMP)
    if not pc.any(rare).as_py():
        return values
    name, sure = column.field or "", spec.rejects("four_byte", column)
    if column.required and sure:
        found.note("TARGET_FOUR_BYTE_KEY", rare, name, column.heading, values, rejects=True)
        return values
    found.note("TARGET_FOUR_BYTE", rare, name, column.heading, values)
    return pc.replace_substring_regex(values, BEYOND_BMP, GETA) if not column.required else values


def by_distinct(values: pa.Array, change: Callable[[str], str | None]) -> pa.Array:
    """Each distinct value changed once; null stays null."""
    coded = pc.dictionary_encode(values)
    changed = pa.array([change(value) for value in coded.dictionary.to_pylist()], pa.string())
    return changed.take(coded.indices)


def _like(values: pa.Array, pattern: str) -> pa.Array:
    return pc.fill_null(pc.match_substring_regex(values, pattern), False)


def _length(values: pa.Array, spec: ObjectTemplate) -> pa.Array:
    return text_units(values) if spec.unit == "utf16" else pc.utf8_length(values)
