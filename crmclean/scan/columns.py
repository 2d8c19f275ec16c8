"""What is counted per column: filled, distinct, samples, and the evidence for options of its rule.

Whether 3/4/2024 is in March or in April is a property of a column, not of a cell: decided from the
values that leave no choice, over all rows (dirty-input.md M08, V07, V08). Only counts are kept, and
none depends on where a batch ends: the counts of two parts of a table add up to those of the whole
(`refresh.py`). Samples are spread over the first batch; a column that has few values there shows
its first ones.
"""

import re
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from crmclean.plan import EXACT_DISTINCT, Column

SAMPLES = 100
KNOWN = 2 * EXACT_DISTINCT  # values that are counted one by one

_DATE = r"^\s*(?P<a>\d{1,4})\s*[-/.]\s*(?P<b>\d{1,2})\s*[-/.]\s*(?P<c>\d{1,4})(?:\D.*)?$"
_DATED = re.compile(r"^\s*(\d{1,4}\s*[-/.]\s*\d{1,2}\s*[-/.]\s*\d{1,4}|\d{2,4}年|(19|20)\d{6}$)")
_SERIAL = r"^[2-5]\d{4}(\.\d+)?$"
_HEADING = re.compile(r"日期|时间|日$|年月|生日|date|time|birthday|_at$", re.I)


@dataclass
class Tally:
    """The counts of one column so far.

    `values`: how often each value stands, None beyond KNOWN · `spread`: samples from the first
    rows, if they have SAMPLES values · `first`: else the first SAMPLES values and where they stand ·
    `dated`: whether dates are looked for; None where the first rows did not say."""

    heading: str
    filled: int = 0
    values: dict[str, int] | None = field(default_factory=dict)
    spread: list[str] = field(default_factory=list)
    first: dict[str, int] = field(default_factory=dict)
    dated: bool | None = None
    orders: dict[str, int] = field(default_factory=dict)
    serials: int = 0

    def begin(self, values: pa.Array) -> None:
        """See the first data cells, before they are counted."""
        unique = pc.unique(values).drop_null()
        if len(unique) >= SAMPLES:
            self.spread = _spread(unique)
        samples = self.spread or unique.to_pylist()
        if samples:
            self.dated = _is_dated(self.heading, samples)

    def begun(self) -> "Tally":
        """The same column with nothing counted yet."""
        return Tally(self.heading, spread=self.spread, dated=self.dated)

    def take(self, values: pa.Array, rows: pa.Array) -> None:
        """Count the data cells of one batch."""
        self.filled += len(values) - values.null_count
        counted = pc.value_counts(values.drop_null())
        texts, counts = counted.field(0), counted.field(1)
        self._count(texts, counts)
        if not self.spread and len(self.first) < SAMPLES:
            self._first(texts, values, rows)
        if self.dated is not False:
            self._dates(texts, counts)

    def forget(self, value: str | None) -> None:
        """A cell that was counted and is no data after all."""
        if value is None:
            return
        self.filled -= 1
        if self.values is not None:
            self.values[value] -= 1
        if self.values is None or not self.values[value]:
            self.spread = [sample for sample in self.spread if sample != value]
            self.first.pop(value, None)
            (self.values or {}).pop(value, None)

    def _count(self, texts: pa.Array, counts: pa.Array) -> None:
        if self.values is None or len(texts) > KNOWN:
            self.values = None
            return
        for text, count in zip(texts.to_pylist(), counts.to_pylist(), strict=True):
            self.values[text] = self.values.get(text, 0) + count
        if len(self.values) > KNOWN:
            self.values = None

    def _first(self, texts: pa.Array, values: pa.Array, rows: pa.Array) -> None:
        known = pa.array(list(self.first), pa.string())
        fresh = texts.filter(pc.invert(pc.is_in(texts, value_set=known)))
        fresh = fresh[: SAMPLES - len(self.first)]
        if len(fresh):
            at = rows.take(pc.index_in(fresh, value_set=values))
            self.first.update(zip(fresh.to_pylist(), at.to_pylist(), strict=True))

    def _dates(self, texts: pa.Array, counts: pa.Array) -> None:
        self.serials += pc.sum(counts.filter(pc.match_substring_regex(texts, _SERIAL))).as_py() or 0
        parts = pc.extract_regex(texts, _DATE)
        found = pc.is_valid(parts)
        if not pc.any(found).as_py():
            return
        parts, counts = parts.filter(found), counts.filter(found)
        for name, mask in _orders(parts).items():
            count = pc.sum(counts.filter(mask)).as_py() or 0
            self.orders[name] = self.orders.get(name, 0) + count

    @property
    def samples(self) -> list[str]:
        """Up to SAMPLES different values."""
        return self.spread or list(self.first)

    @property
    def distinct(self) -> int:
        """The number of different values, or EXACT_DISTINCT + 1."""
        known = EXACT_DISTINCT if self.values is None else len(self.values) - 1
        return min(known, EXACT_DISTINCT) + 1 if self.filled else 0

    @property
    def holds_dates(self) -> bool:
        """What the first rows did not say is told from the samples."""
        told = self.dated
        return told if told is not None else _is_dated(self.heading, self.samples)

    def options(self, epoch: int, said: str | None) -> tuple[dict[str, Any], tuple[str, ...]]:
        """The options of the column's rule, and why."""
        options: dict[str, Any] = {}
        evidence: list[str] = []
        if not self.holds_dates:
            return options, ()
        order, why = self.order()
        if said:
            options["date_order"] = said
            evidence.append(f"date order {said}: as told")
        elif why:
            options |= {"date_order": order} if order else {}
            evidence.append(why)
        if self.serials:
            options["epoch"] = epoch
            evidence.append(f"{self.serials} dates stand as serial numbers, epoch {epoch}")
        return options, tuple(evidence)

    def column(self, number: int, hidden: bool, epoch: int, said: str | None) -> Column:
        """The column as the plan keeps it."""
        options, evidence = self.options(epoch, said)
        samples = tuple(self.samples)
        counts = self.filled, self.distinct
        return Column(number, self.heading, *counts, hidden, samples, options, evidence)

    def order(self) -> tuple[str | None, str]:
        """ymd, dmy or mdy where the values leave no choice, else None; and the counts."""
        count = {name: self.orders.get(name, 0) for name in ("ymd", "dmy", "mdy", "either")}
        why = ", ".join(f"{n} {name}" for name, n in count.items() if n)
        if count["dmy"] and not count["mdy"]:
            return "dmy", f"date order dmy: {why}"
        if count["mdy"] and not count["dmy"]:
            return "mdy", f"date order mdy: {why}"
        if count["ymd"] and not count["either"] and not count["dmy"]:
            return "ymd", f"date order ymd: {why}"
        return None, f"date order undecided: {why}" if why else ""

    @property
    def undecided(self) -> bool:
        """Day and month cannot be told apart, or the values contradict one another."""
        order, _ = self.order() if self.holds_dates else ("", "")
        return order is None and any(self.orders.get(name) for name in ("either", "dmy", "mdy"))


def _spread(unique: pa.Array) -> list[str]:
    """SAMPLES values: the first ones, and others from all over."""
    step = max(1, len(unique) // SAMPLES)
    spread = unique.take(pa.array(range(0, len(unique), step), pa.int64())).to_pylist()
    return list(dict.fromkeys([*unique[:5].to_pylist(), *spread]))[:SAMPLES]


def _is_dated(heading: str, samples: list[str]) -> bool:
    shown = sum(bool(_DATED.match(value)) for value in samples)
    return shown >= max(1, len(samples) * 0.2) or bool(samples and _HEADING.search(heading))


def _orders(parts: pa.Array) -> dict[str, pa.Array]:
    a, b, c = (pc.cast(parts.field(name), pa.int32()) for name in ("a", "b", "c"))
    year_last = pc.and_(pc.greater(c, 99), pc.less(a, 100))
    year_first = pc.invert(year_last)
    dmy = pc.and_(year_last, pc.and_(pc.greater(a, 12), pc.less_equal(b, 12)))
    mdy = pc.and_(year_last, pc.and_(pc.greater(b, 12), pc.less_equal(a, 12)))
    either = pc.and_(year_last, pc.and_(pc.less_equal(a, 12), pc.less_equal(b, 12)))
    return {"ymd": year_first, "dmy": dmy, "mdy": mdy, "either": either}
