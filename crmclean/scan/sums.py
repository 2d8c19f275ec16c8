"""The counts of a column added up: last month's, with the new rows and without those that are gone."""

import math

import numpy as np

from crmclean.scan.columns import SAMPLES, Tally
from crmclean.scan.matched import Matched


def summed(old: Tally, new: Tally, gone: Tally, rows: Matched) -> Tally | None:
    """The counts of a column: old and new ones without those that are gone."""
    values = _counted(old.values, new.values, gone.values)
    first = {} if new.spread else _first(old, new.first, values, rows)
    uncounted = old.filled and old.dated is False and new.dated is not False
    if uncounted or first is None or (values is None and old.values is not None):
        return None
    total = new.begun()
    total.filled = old.filled + new.filled - gone.filled
    total.serials = old.serials + new.serials - gone.serials
    total.values, total.first = values, first
    total.orders = _counted(old.orders, new.orders, gone.orders) or {}
    return total


def _counted(
    old: dict[str, int] | None, new: dict[str, int] | None, gone: dict[str, int] | None
) -> dict[str, int] | None:
    if old is None or new is None or gone is None:
        return None
    total = dict(old)
    for sign, counts in ((1, new), (-1, gone)):
        for text, count in counts.items():
            total[text] = total.get(text, 0) + sign * count
    return {text: count for text, count in total.items() if count}


def _first(
    old: Tally, new: dict[str, int], values: dict[str, int] | None, rows: Matched
) -> dict[str, int] | None:
    """The first values of a column and where they stand; None where the first row of a value is
    gone and nobody knows which is the first now."""
    if old.spread:  # they were not noted
        return None
    found = dict(new)
    moved = rows.moved(np.array([*old.first.values()], np.int64)).tolist()
    for (text, row), at in zip(old.first.items(), moved, strict=True):
        if at >= 0:
            found[text] = min(at, found.get(text, at))
        elif new.get(text, math.inf) < rows.next(row):
            continue  # the row was edited elsewhere, or another came in its place
        elif values is None or len(old.first) == SAMPLES or values.get(text):
            return None
    kept = sorted(found.items(), key=lambda one: one[1])[:SAMPLES]
    return dict(kept)
