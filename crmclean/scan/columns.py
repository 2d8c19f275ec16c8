"""What is counted per column: filled, distinct, samples, and the evidence for options of its rule.

Whether 3/4/2024 is in March or in April is a property of a column, not of a cell: decided from the
values that leave no choice, over all rows (dirty-input.md M08, V07, V08). Only counts are kept.
"""

import re
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from crmclean.plan import Column

SAMPLES = 100
EXACT_DISTINCT = 5_000  # beyond this, `distinct` is the largest count of one batch: "at least"

_DATE = r"^\s*(?P<a>\d{1,4})\s*[-/.]\s*(?P<b>\d{1,2})\s*[-/.]\s*(?P<c>\d{1,4})(?:\D.*)?$"
_DATED = re.compile(r"^\s*(\d{1,4}\s*[-/.]\s*\d{1,2}\s*[-/.]\s*\d{1,4}|\d{2,4}年|(19|20)\d{6}$)")
_SERIAL = r"^[2-5]\d{4}(\.\d+)?$"
_HEADING = re.compile(r"日期|时间|日$|年月|生日|date|time|birthday|_at$", re.I)


@dataclass
class Tally:
    """The counts of one column so far."""

    heading: str
    filled: int = 0
    distinct: int = 0
    seen: set[str] | None = field(default_factory=set)
    samples: list[str] = field(default_factory=list)
    dated: bool | None = None
    orders: dict[str, int] = field(default_factory=dict)
    serials: int = 0

    def take(self, values: pa.Array) -> None:
        """Count the data cells of one batch."""
        self.filled += len(values) - values.null_count
        unique = pc.unique(values).drop_null()
        self._distinct(unique)
        if len(self.samples) < SAMPLES:
            self._sample(unique)
        if self.dated is None and len(unique):
            shown = [bool(_DATED.match(value)) for value in self.samples]
            self.dated = sum(shown) >= max(1, len(shown) * 0.2) or bool(
                _HEADING.search(self.heading)
            )
        if self.dated:
            self._dates(values)

    def forget(self, value: str | None) -> None:
        """A cell that was counted and is no data after all."""
        if value is None:
            return
        self.filled -= 1
        if value in self.samples:
            self.samples.remove(value)
        if self.seen is not None:
            self.seen.discard(value)
            self.distinct = len(self.seen)

    def _distinct(self, unique: pa.Array) -> None:
        self.distinct = max(self.distinct, len(unique))
        if self.seen is None:
            return
        if len(unique) > EXACT_DISTINCT:
            self.seen = None
            return
        self.seen.update(unique.to_pylist())
        self.distinct = len(self.seen)
        if len(self.seen) > EXACT_DISTINCT:
            self.seen = None

    def _sample(self, unique: pa.Array) -> None:
        known = set(self.samples)
        first = unique[:5].to_pylist()
        step = max(1, len(unique) // SAMPLES)
        spread = unique.take(pa.array(range(0, len(unique), step), pa.int64())).to_pylist()
        fresh = [value for value in dict.fromkeys([*first, *spread]) if value not in known]
        self.samples.extend(fresh[: SAMPLES - len(self.samples)])

    def _dates(self, values: pa.Array) -> None:
        counted = pc.value_counts(values.drop_null())
        texts, counts = counted.field(0), counted.field(1)
        self.serials += pc.sum(counts.filter(pc.match_substring_regex(texts, _SERIAL))).as_py() or 0
        parts = pc.extract_regex(texts, _DATE)
        found = pc.is_valid(parts)
        if not pc.any(found).as_py():
            return
        parts, counts = parts.filter(found), counts.filter(found)
        for name, mask in _orders(parts).items():
            count = pc.sum(counts.filter(mask)).as_py() or 0
            self.orders[name] = self.orders.get(name, 0) + count

    def options(self, epoch: int, said: str | None) -> tuple[dict[str, Any], tuple[str, ...]]:
        """The options of the column's rule, and why."""
        options: dict[str, Any] = {}
        evidence: list[str] = []
        order, why = self.order()
        if said and self.dated:
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
        order, _ = self.order()
        return order is None and any(self.orders.get(name) for name in ("either", "dmy", "mdy"))


def _orders(parts: pa.Array) -> dict[str, pa.Array]:
    a, b, c = (pc.cast(parts.field(name), pa.int32()) for name in ("a", "b", "c"))
    year_last = pc.and_(pc.greater(c, 99), pc.less(a, 100))
    year_first = pc.invert(year_last)
    dmy = pc.and_(year_last, pc.and_(pc.greater(a, 12), pc.less_equal(b, 12)))
    mdy = pc.and_(year_last, pc.and_(pc.greater(b, 12), pc.less_equal(a, 12)))
    either = pc.and_(year_last, pc.and_(pc.less_equal(a, 12), pc.less_equal(b, 12)))
    return {"ymd": year_first, "dmy": dmy, "mdy": mdy, "either": either}
