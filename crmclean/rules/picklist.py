"""Values of a picklist: the standard's own words, through synonyms and the project's value map

Case, width and spaces do not matter; nothing else is guessed. An unknown value stays and is
reported with the one it resembles, so that a person can add it to `picklists`. Value, intent and
type are different scales: there is no built-in map between them.

Source: model/*.toml (values, synonyms), crmclean.yaml (picklists).

>>> clean("vip ", values=("VIP", "重点")), clean("展会", values=("行业展会",), synonyms={"展会": "行业展会"})
('VIP', '行业展会')
>>> clean("anything")
'anything'
>>> clean("重点客户A", values=("VIP", "重点"))
Traceback (most recent call last):
ValueError: ('PICKLIST_UNKNOWN', '重点')
"""

from collections.abc import Mapping

import pyarrow as pa
import pyarrow.compute as pc

from crmclean.rules import _characters

FORM = _characters.LINE


def doubt(cells: pa.Array, /, values: tuple[str, ...] = (), **_: object) -> pa.Array:
    """Everything that is not a value of the list; nothing, where there is no list."""
    if not values:
        return pc.match_substring_regex(cells, _characters.SUSPECT)
    return pc.invert(pc.is_in(cells, value_set=pa.array(values, pa.string())))


def quick(values: pa.Array, /, **_: object) -> pa.Array:
    """Spaces."""
    return _characters.tidy_column(values)


def clean(text: str, values: tuple[str, ...] = (), synonyms: Mapping[str, str] | None = None,
          **_: object) -> str:  # fmt: skip
    """The value of the list. Raises ValueError PICKLIST_UNKNOWN with the nearest value."""
    plain = _characters.tidy(text)
    if not values:
        return plain
    plain = plain.strip("'\"`。;；,， ")
    if plain in values:
        return plain
    key = _key(plain)
    for known, value in (*((value, value) for value in values), *(synonyms or {}).items()):
        if _key(known) == key:
            return value
    raise ValueError("PICKLIST_UNKNOWN", _near(key, values, synonyms or {}))


def _key(text: str) -> str:
    return _characters.narrow(text).replace(" ", "").removesuffix(".0").casefold()


def _near(key: str, values: tuple[str, ...], synonyms: Mapping[str, str]) -> str | None:
    """The one value whose words stand in the text, or the text in its words."""
    found = {
        value
        for known, value in (*((value, value) for value in values), *synonyms.items())
        if len(known) > 1 and (_key(known) in key or (len(key) > 1 and key in _key(known)))
    }
    return found.pop() if len(found) == 1 else None
