"""Codes and fields that `gates` names exist: a gate with a slip of the pen would never fail.

A waiver for a code that does not exist is refused for the same reason. Files and columns are not
asked about: they come and go, and a waiver that covers nothing is told (`WAIVER_UNUSED`).
"""

import difflib
from collections.abc import Iterable

from crmclean import messages
from crmclean.errors import UsageError
from crmclean.gates import Gates
from crmclean.model import Object


def refuse_unknown(gates: Gates, model: dict[str, Object]) -> None:
    """Raises UsageError with the place, and what may have been meant."""
    codes = [code for code, entry in messages.entries().items() if "severity" in entry]
    fields = [field.path for owner in model.values() for field in owner.fields.values()]
    for place, name in _names(gates):
        known = fields if "." in name else codes
        if name not in known:
            near = difflib.get_close_matches(name, known, 1, 0.5)
            code = "GATES_UNKNOWN_NAME_NEAR" if near else "GATES_UNKNOWN_NAME"
            raise UsageError(code, place=place, name=name, near="".join(near))


def _names(gates: Gates) -> Iterable[tuple[str, str]]:
    """Every code and field of the section, with its place; `*` stands for all."""
    for rule in gates.issues:
        yield from (("gates.issues", name) for name in rule.split() if name != "*")
    yield from (("gates.severity", code) for code in gates.severity)
    yield from (("gates.completeness.fields", path) for path in gates.completeness.fields)
    yield from (("gates.freshness.fields", p) for p in getattr(gates.freshness, "fields", ()))
    yield "gates.status.field", gates.status.field
    for waiver in gates.waivers:
        names = (waiver.code, waiver.field or "*")
        yield from (("gates.waivers", name) for name in names if name != "*")
