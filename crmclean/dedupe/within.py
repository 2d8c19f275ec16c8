"""What the places of a name say together: their region and its code, place by place.

Only what can lie in the places before it is one of them: after 宁波, 鄞州 is its district, and 江城
is none of 吉林's.
"""

from collections.abc import Iterable
from functools import cache, lru_cache
from operator import attrgetter
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from crmclean.dedupe import words

_CODES = words.table("places")
_MUNICIPALITIES = ("11", "12", "31", "50")


class Found(NamedTuple):
    """What the places read so far say: the region, its code, and the last of them."""

    region: str = ""
    code: str = ""
    last: str = ""


class Kinds:
    """The different `Found` of a column; a name holds the number of its own. 0: nothing yet."""

    def __init__(self) -> None:
        self.all = [Found()]
        self._numbers: dict[Found | None, int] = {None: -1, Found(): 0}

    def number(self, found: Found | None) -> int:
        """The number of this one, which may be new; -1 for None."""
        if found not in self._numbers:
            self._numbers[found] = len(self.all)
            self.all.append(found)
        return self._numbers[found]

    def numbers(self, found: Iterable[Found | None]) -> np.ndarray:
        return np.array([*map(self.number, found)], np.int64)

    def where(self, part: str) -> np.ndarray:
        """Which kinds have a region, a code, a last place."""
        return np.array([*map(bool, map(attrgetter(part), self.all))])

    def texts(self, part: str, kinds: np.ndarray) -> pa.Array:
        """One part of every name's `Found`."""
        return pa.array(map(attrgetter(part), self.all), pa.string()).take(pa.array(kinds))

    def said(self, region: pa.Array, code: pa.Array) -> np.ndarray:
        """The kinds of what was said elsewhere in the names."""
        kinds = np.zeros(len(region), np.int64)
        given = pc.not_equal(region, "")
        pairs = zip(region.filter(given).to_pylist(), code.filter(given).to_pylist(), strict=True)
        kinds[given.to_numpy(zero_copy_only=False)] = self.numbers(Found(*pair) for pair in pairs)
        return kinds

    def after(self, kinds: np.ndarray, places: np.ndarray) -> np.ndarray:
        """What each place (a number into `names`) makes of what stood before it; -1 where it does
        not lie there."""
        every, listed = names(), len(_CODES)
        pairs = pa.array(kinds * len(every) + places).dictionary_encode()
        both = (divmod(pair, len(every)) for pair in pairs.dictionary.to_pylist())
        made = self.numbers(_joined(self.all[kind], every[at], at < listed) for kind, at in both)
        return made[pairs.indices.to_numpy()]


@cache
def names() -> list[str]:
    """All places, then the `shorts`."""
    return [*_CODES, *shorts()]


@cache
def shorts() -> list[str]:
    """Names of districts, counties and cities without 区, 县, 市."""
    return sorted({short for known in _all_within().values() for short in known})


@lru_cache(1 << 16)
def _joined(before: Found, place: str, listed: bool) -> Found | None:
    """What a place adds, if it lies on one line with the code before it; a short name (not `listed`) counts only where it is known to."""
    near = within(before.code).get(place, "")
    if not (_on_one_line(before.code, _CODES[place]) if listed else near):
        return None
    own, region = _CODES.get(place) or near, before.region
    wider = 0 < len(own) < len(before.code)  # 上海 in front and 浦东 in brackets
    if not region.startswith(place):
        region = place + region if wider else region + place
    return Found(region, max(before.code, own, key=len), place)


def within(code: str) -> dict[str, str]:
    """Short names of the districts and counties of a city, or of the cities of a province, to their
    codes."""
    return _all_within().get(code, {})


@cache
def _all_within() -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for place, code in _CODES.items():
        if len(code) == 6 and len(place) > 2 and place[-1] in "区县市":
            found.setdefault(code[:4], {})[place[:-1]] = code
            if place[-1] == "市" or code.startswith(_MUNICIPALITIES):
                found.setdefault(code[:2], {})[place[:-1]] = code
    return found


def _on_one_line(code: str, other: str) -> bool:
    """Whether one place lies in the other; a name that several places carry may."""
    return code.startswith(other) or other.startswith(code)
