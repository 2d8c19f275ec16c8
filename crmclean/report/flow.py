"""Where every row went: the counts, and the flow diagram (Sankey) drawn from them.

The unit is the physical row of a file, all the way: a row goes to the end of its first record, the
customer's before the contact's, so that the figures add up to the rows of the files. Records are
counted apart, one row may give several.
"""

from itertools import accumulate
from typing import Any
from unicodedata import east_asian_width

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from crmclean.report.finished import Finished, codes, one, tally
from crmclean.tables import ENDS, OBJECTS, PART_BITS, ROW_BITS

#: Rows that hold no record: how they are grouped for a reader.
SKIPPED = {
    "header": "heading", "repeat_header": "heading", "title": "notes", "note": "notes",
    "footer": "notes", "blank": "blank", "bad": "bad",
}  # fmt: skip
PLACES = (*ENDS, "heading", "notes", "blank", "bad")
#: The diagram shows so many files one by one, the others as one.
MOST_FILES = 9
WIDTH, BAR, SLOT, LEFT, RIGHT = 940, 12, 32, 215, 175
#: Half-width characters that fit to the left of the bars.
NAME_WIDTH = 28


def facts(run: Finished) -> dict[str, Any]:
    """The table of files and ends, the table of objects and ends, reasons, and the diagram."""
    ended = _ends_of_rows(run.crosswalk)
    files = [_file(source, ended.get(source.number, {})) for source in run.plan.sources]
    total = {place: sum(file["places"][place] for file in files) for place in PLACES}
    return {
        "files": files,
        "total": total,
        "rows": sum(file["rows"] for file in files),
        "places": [place for place in PLACES if total[place] or place in ENDS[:1]],
        "objects": _objects(run.crosswalk),
        "reasons": _reasons(run.crosswalk),
        "diagram": diagram(files, total),
    }


def _ends_of_rows(crosswalk: pa.Table) -> dict[int, dict[str, int]]:
    """source: end: rows; each row counted once, by the end of its first record."""
    objects, names = codes(crosswalk["object"])
    ends, end_names = codes(crosswalk["end"])
    rank = np.array([OBJECTS.index(name) if name in OBJECTS else 9 for name in names] or [0])
    record = one(crosswalk["record"]).to_numpy(zero_copy_only=False)
    row = record >> PART_BITS
    order = np.lexsort((record, rank[objects], row))
    first = order[np.flatnonzero(np.diff(row[order], prepend=-1))]
    counted: dict[int, dict[str, int]] = {}
    mixed, counts = np.unique((row[first] >> ROW_BITS) * 16 + ends[first], return_counts=True)
    for key, count in zip(mixed.tolist(), counts.tolist(), strict=True):
        counted.setdefault(key // 16, {})[end_names[key % 16]] = count
    return counted


def _file(source: Any, ended: dict[str, int]) -> dict[str, Any]:
    places = dict.fromkeys(PLACES, 0)
    for kind, count in source.counts.items():
        if kind in SKIPPED:
            places[SKIPPED[kind]] += count
    places |= {end: ended.get(end, 0) for end in ENDS}
    places["excluded"] += source.counts.get("data", 0) - sum(ended.values())
    return {
        "name": source.name,
        "rows": sum(source.counts.values()),
        "data": source.counts.get("data", 0),
        "places": places,
        "source": source,
    }


def _objects(crosswalk: pa.Table) -> list[dict[str, Any]]:
    counted = tally(crosswalk, "object", "end")
    present = [name for name in OBJECTS if any(name == key[0] for key in counted)]
    rows = []
    for name in present:
        ends = {end: counted.get((name, end), 0) for end in ENDS}
        rows.append({"object": name, "ends": ends, "records": sum(ends.values())})
    return rows


def _reasons(crosswalk: pa.Table) -> list[dict[str, Any]]:
    """Why records were held, rejected or excluded, most frequent first."""
    kept = crosswalk.filter(pc.is_in(crosswalk["end"], pa.array(ENDS[2:])))
    counted = sorted(tally(kept, "end", "reason", "object").items(), key=lambda item: -item[1])
    return [
        {"end": end, "reason": reason or "", "object": name, "records": count}
        for (end, reason, name), count in counted
    ]


def diagram(files: list[dict[str, Any]], total: dict[str, int]) -> dict[str, Any]:
    """Bars and bands of the flow in user units of the SVG: files on the left, ends on the right."""
    most = MOST_FILES if len(files) > MOST_FILES + 1 else len(files)
    shown = sorted(files, key=lambda file: -file["rows"])[:most]
    shown = [file for file in files if file in shown]
    left = [
        {"name": file["name"], "label": shortened(file["name"]), "places": file["places"]}
        for file in shown
    ]
    others = [file["places"] for file in files if file not in shown]
    if others:
        rest = {place: sum(places[place] for places in others) for place in PLACES}
        left.append({"name": None, "places": rest, "others": len(others)})
    right = [{"place": place, "value": total[place]} for place in PLACES if total[place]]
    for bar in left:
        bar["value"] = sum(bar["places"].values())
    tall = max(len(left), len(right)) * SLOT + 240
    for bars in (left, right):
        _stack(bars, tall, sum(total.values()))
    return {
        "left": left, "right": right, "bands": _bands(left, right), "height": tall + 12,
        "width": WIDTH, "bar": BAR, "x1": LEFT, "x2": WIDTH - RIGHT - BAR,
    }  # fmt: skip


def shortened(name: str) -> str:
    """A name that fits beside its bar. The middle is left out: files differ at the end.

    >>> shortened("客户.xlsx#客户"), shortened("老CRM导出_2026年第三季度最终版(修改)(1).xlsx#客户")
    ('客户.xlsx#客户', '老CRM导出_202…(1).xlsx#客户')
    """
    if _width(name) <= NAME_WIDTH:
        return name
    half = NAME_WIDTH // 2 - 1
    return f"{_start(name, half)}…{_start(name[::-1], half)[::-1]}"


def _start(text: str, room: int) -> str:
    """As much of the beginning as fits."""
    return text[: sum(width <= room for width in accumulate(map(_width, text)))]


def _width(text: str) -> int:
    """In half-width characters, as fonts set Chinese and Latin."""
    return sum(2 if east_asian_width(sign) in "WFA" else 1 for sign in text)


def _stack(bars: list[dict[str, Any]], tall: int, whole: int) -> None:
    """Heights in proportion; each bar has a slot that is tall enough for its two lines of words."""
    room = tall - SLOT * len(bars)
    for bar in bars:
        bar["h"] = round(room * bar["value"] / whole, 2) if whole else 0
        bar["slot"] = max(bar["h"], SLOT)
    free = tall - sum(bar["slot"] for bar in bars)
    step, y = max(free, 0) / len(bars), 6.0
    for bar in bars:
        bar["y"] = bar["from"] = round(y + (bar["slot"] - bar["h"]) / 2 + step / 2, 2)
        y += bar["slot"] + step


def _bands(left: list[dict[str, Any]], right: list[dict[str, Any]]) -> list[dict[str, Any]]:
    x1, x2 = LEFT + BAR, WIDTH - RIGHT - BAR
    middle, bands = (x1 + x2) / 2, []
    for bar in left:
        for end in right:
            value = bar["places"][end["place"]]
            if not value:
                continue
            h1, h2 = bar["h"] * value / bar["value"], end["h"] * value / end["value"]
            y1, y2 = bar["from"], end["from"]
            bar["from"], end["from"] = y1 + h1, y2 + h2
            path = (
                f"M{x1} {y1:.2f}C{middle} {y1:.2f} {middle} {y2:.2f} {x2} {y2:.2f}"
                f"V{y2 + h2:.2f}C{middle} {y2 + h2:.2f} {middle} {y1 + h1:.2f} {x1} {y1 + h1:.2f}Z"
            )
            bands.append({"path": path, "place": end["place"], "value": value, "name": bar["name"]})
    return bands
