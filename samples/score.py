"""Measures a result against the truth of the samples:  python samples/score.py OUT

Prints a short table and, as its last line, one JSON object. What each figure means stands in the
docstring of the function that computes it (score_cells.py, score_records.py). It reads only the
published tables (OUT/tables), so it judges what a user gets.
"""

import json
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

from outcome import Result
from score_cells import dates_right, kept_and_flagged, phones_right, wrong_values
from score_records import follow_ups, pairs, unaccounted_rows


def _share(outcomes: Iterable[tuple[dict, bool]], show: Callable[[str], None]) -> float:
    outcomes = list(outcomes)
    for cell, _ in [o for o in outcomes if not o[1]][:8]:
        show(
            f"    {cell['file']}!{cell['row']} {cell['field']}: {cell['as_typed']!r} → {cell['right']!r}"
        )
    return round(sum(good for _, good in outcomes) / max(len(outcomes), 1), 4)


def measure(folder: Path, show: Callable[[str], None] = print) -> dict[str, float]:
    """Every figure; `show` gets the lines of the table for people."""
    result = Result(folder)
    phone = _share(phones_right(result), show)
    date = _share(dates_right(result), show)
    show(f"phones right   {phone:.2%}\ndates right    {date:.2%}")
    show(f"left and flagged where nobody can know  {_share(kept_and_flagged(result), show):.2%}")
    wrong = list(wrong_values(result))
    for line in wrong[:12]:
        show("    " + " ".join(map(repr, line)))
    both = {name: pairs(result, name) for name in ("customer", "contact")}
    for name, p in both.items():
        show(
            f"{name:9} pairs true {p.true}, found {p.found}, right {p.both}, more true ones in review {p.proposed}, records unknown to the truth {p.unknown}"
        )
    children = follow_ups(result)
    show(f"wrong values   {len(wrong)}\nfollow-ups     {children}")
    found, true, good = (
        sum(getattr(p, k) for p in both.values()) for k in ("found", "true", "both")
    )
    return {
        "phone": phone,
        "date": date,
        "wrong_values": len(wrong),
        "pair_precision": round(good / max(found, 1), 4),
        "pair_recall": round(good / max(true, 1), 4),
        "unaccounted_rows": unaccounted_rows(result),
        "lost_children": children["wrong"] + children["gone"],
    }


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python samples/score.py OUT")
    print(json.dumps(measure(Path(sys.argv[1]))))
