"""Two summaries compared: what changed, from what to what, in which source.

Files are renamed every month and columns now and then. A source is recognised by its path, else by
system, object and headings; a column by its heading, else by its content (`content.py`). Shares are
compared, not counts, except for volumes.
"""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from crmclean import messages
from crmclean.check import content, values
from crmclean.check.findings import Finding, found
from crmclean.check.gates import over, percent, shown
from crmclean.gates import Drift, Limits
from crmclean.headings import plain

#: A column is retyped when most of its cells had one shape and most have another now.
MOST = 0.6
#: Powers of ten by which the typical number of a column moves when its unit changed, not its values.
ANOTHER_SIZE = 0.9
Entry = dict[str, Any]
NOTHING: Mapping[str, Collection[str]] = {}


def pairs(now: Entry, then: Entry) -> list[tuple[Entry | None, Entry | None]]:
    """Sources of both runs side by side: (now, then), with None for new and missing ones."""
    left = {(s["path"], s["sheet"]): s for s in now["sources"]}
    right = {(s["path"], s["sheet"]): s for s in then["sources"]}
    matched = [(left.pop(place), right.pop(place)) for place in sorted(left.keys() & right.keys())]
    for place in sorted(left):
        near = max(right, key=lambda other: _alike(left[place], right[other]), default=None)
        if near is not None and _alike(left[place], right[near]) >= 0.5:
            matched.append((left[place], right.pop(near)))
        else:
            matched.append((left[place], None))
    return [*matched, *((None, source) for _, source in sorted(right.items()))]


def _alike(one: Entry, other: Entry) -> float:
    """Share of headings in common; 0 for another system, object or role."""
    if any(one[key] != other[key] for key in ("system", "object", "role")):
        return 0.0
    left, right = ({plain(c["heading"]) for c in s["columns"]} for s in (one, other))
    return len(left & right) / max(1, len(left | right))


def compare(
    now: Entry, then: Entry, limits: Drift, standard: Mapping[str, Collection[str]] = NOTHING
) -> list[Finding]:
    """Every finding about layout, volumes, columns, duplicates and picklists. A value of the
    `standard` (by field) is never a new one."""
    findings: list[Finding] = []
    for new, old in pairs(now, then):
        if old is None:
            findings.append(_at(new, "DRIFT_SOURCE_NEW"))
        elif new is None:
            rows = old["rows"].get("data", 0)
            findings.append(_at(old, "DRIFT_SOURCE_MISSING", facts={"rows": f"{rows:,}"}))
        else:
            findings += [
                *_layout(new, old),
                *_columns(new, old, limits),
                *_volume(new, old, limits),
            ]
    if "objects" in now and "objects" in then:
        findings += values.duplicates(now, then, limits.duplicates)
        findings += values.picklists(now, then, limits.distribution, standard)
        return findings
    # a run that stopped knows a few samples of each column: too little to tell another type
    return [finding for finding in findings if finding.code != "DRIFT_COLUMN_TYPE"]


def _at(source: Entry, code: str, **known: Any) -> Finding:
    return found(code, path=source["path"], sheet=source["sheet"], **known)


def _changed(source: Entry, code: str, old: object, new: object, **known: Any) -> Finding:
    return _at(source, code, facts={"old": old, "new": new}, **known)


def _layout(new: Entry, old: Entry) -> Iterable[Finding]:
    if (new["path"], new["sheet"]) != (old["path"], old["sheet"]):
        yield _changed(new, "DRIFT_SOURCE_RENAMED", _name(old), _name(new))
    for key, code in (("encoding", "DRIFT_ENCODING"), ("container", "DRIFT_CONTAINER")):
        if new[key] != old[key] and new[key] and old[key]:
            yield _changed(new, code, old[key], new[key])
    if new["header_rows"] != old["header_rows"]:
        told = ["、".join(map(str, s["header_rows"])) or "-" for s in (old, new)]
        yield _changed(new, "DRIFT_HEADER_ROWS", *told)
    for path in sorted(new["mapping"].keys() | old["mapping"].keys()):
        told = [s["mapping"].get(path, "-") for s in (old, new)]
        if told[0] != told[1]:
            yield _changed(new, "DRIFT_MAPPING", *told, field=path)


def _name(source: Entry) -> str:
    return f"{source['path']}#{source['sheet']}" if source["sheet"] else source["path"]


def _columns(new: Entry, old: Entry, limits: Drift) -> Iterable[Finding]:
    same, renamed, left, right = _side_by_side(new, old)
    for column, before, why in renamed:
        same.append((column, before))
        facts = {"old": before["heading"], "new": column["heading"], "why": why}
        yield _at(new, "DRIFT_COLUMN_RENAMED", column=column["heading"], facts=facts)
    for column in right:
        # what nobody mapped is no loss, so only a warning
        severity = "error" if column["field"] else "warn"
        told = {"column": column["heading"], "field": column["field"] or ""}
        yield _at(
            new, "DRIFT_COLUMN_MISSING", severity=severity, facts={"old": told["column"]}, **told
        )
    for column in left:
        known = {"column": column["heading"], "count": column["filled"]}
        yield _at(new, "DRIFT_COLUMN_NEW", facts={"new": column["heading"]}, **known)
    for column, before in same:
        yield from _content(new, old, column, before, limits)


def renamed(new: Entry, old: Entry) -> dict[str, str]:
    """The headings that columns had then, with those that they have now, where they differ."""
    _, found, *_ = _side_by_side(new, old)
    return {before["heading"]: column["heading"] for column, before, _ in found}


def _side_by_side(
    new: Entry, old: Entry
) -> tuple[list[tuple], list[tuple], list[Entry], list[Entry]]:
    """Columns of both runs: under the same heading, renamed (now, then, why), new, and missing."""
    left = {plain(c["heading"]): c for c in new["columns"]}
    right = {plain(c["heading"]): c for c in old["columns"]}
    same = [(left.pop(key), right.pop(key)) for key in list(left) if key in right]
    found = _renamed(left, right, new, old)
    return same, found, [*left.values()], [*right.values()]


def _renamed(left: dict, right: dict, new: Entry, old: Entry) -> list[tuple[Entry, Entry, str]]:
    """New columns that hold what a missing one held: best first, each used once."""
    ranked = sorted(
        ((*_same_content(left[a], right[b], new, old), a, b) for a in left for b in right),
        key=lambda entry: (-entry[0], entry[2], entry[3]),
    )
    found_ = []
    for share, why, a, b in ranked:
        if share >= 0.5 and a in left and b in right:
            found_.append((left.pop(a), right.pop(b), why))
    return found_


def _same_content(one: Entry, other: Entry, new: Entry, old: Entry) -> tuple[float, str]:
    """How sure it is that two columns hold the same, and the reason in words."""
    if one["field"] and one["field"] == other["field"]:
        return 1.0, messages.say("check.why_field", field=one["field"])
    if one["sketch"] and other["sketch"]:
        share = content.overlap(one["sketch"], other["sketch"])
        return share, messages.say("check.why_content", share=percent(round(share, 2)))
    shapes = one["shapes"].keys() | other["shapes"].keys()
    apart = sum(abs(one["shapes"].get(s, 0) - other["shapes"].get(s, 0)) for s in shapes) / 2
    filled = abs(_filled(one, new) - _filled(other, old))
    distinct = _ratio(one["distinct"], other["distinct"])
    place = [c["heading"] for c in new["columns"]].index(one["heading"])
    there = place == [c["heading"] for c in old["columns"]].index(other["heading"])
    alike = there and shapes and apart <= 0.15 and filled <= 0.15 and distinct >= 0.5
    return (0.6 if alike else 0.0), messages.say("check.why_shape")


def _filled(column: Entry, source: Entry) -> float:
    return column["filled"] / max(1, source["rows"].get("data", 0))


def _ratio(one: int, other: int) -> float:
    return (min(one, other) + 1) / (max(one, other) + 1)


def _content(
    new: Entry, old: Entry, column: Entry, before: Entry, limits: Drift
) -> Iterable[Finding]:
    """One column of both runs: its type, the order of its dates, the size of its numbers, how much
    of it is filled."""
    known = {"column": column["heading"], "field": column["field"] or ""}
    orders = [c["options"].get("date_order") for c in (before, column)]
    told = [_type(c["shapes"]) for c in (before, column)]
    if all(told) and told[0] != told[1] and not (all(orders) and orders[0] != orders[1]):
        names = [messages.say(f"check.shape.{shape}") for shape in told]
        yield _changed(new, "DRIFT_COLUMN_TYPE", *names, **known)
    for option in sorted(before["options"].keys() & column["options"].keys()):
        if before["options"][option] != column["options"][option]:
            read = [f"{option} {c['options'][option]}" for c in (before, column)]
            yield _changed(new, "DRIFT_COLUMN_OPTION", *read, **known)
    sizes = [c.get("size") for c in (before, column)]
    if None not in sizes and abs(sizes[1] - sizes[0]) >= ANOTHER_SIZE:
        numbers = [f"{float(f'{10**size:.1g}'):,.12g}" for size in sizes]
        yield _changed(new, "DRIFT_COLUMN_SIZE", *numbers, **known)
    if not new["rows"].get("data"):
        return
    was, is_ = _filled(before, old), _filled(column, new)
    for severity, limit in (
        ("error", limits.completeness.fail),
        ("warn", limits.completeness.warn),
    ):
        if limit is not None and was - is_ > limit:
            facts = {"old": percent(was), "new": percent(is_), "limit": percent(limit)}
            yield _at(new, "DRIFT_FILLED", severity=severity, facts=facts, **known)
            return


def _type(shapes: dict[str, float]) -> str | None:
    """The shape that most cells have, or None where there is none."""
    return next((name for name, share in shapes.items() if share >= MOST), None)


def _volume(new: Entry, old: Entry, limits: Drift) -> Iterable[Finding]:
    was, is_ = (source["rows"].get("data", 0) for source in (old, new))
    change = (is_ - was) / max(1, was)
    code, limit = ("DRIFT_VOLUME", limits.volume) if change < 0 else ("DRIFT_GROWTH", limits.growth)
    yield from _passed(new, code, (was, is_), change, limit)


def _passed(
    source: Entry, code: str, counts: tuple[int, int], change: float, limits: Limits, **known: Any
) -> Iterable[Finding]:
    for severity, limit in (("error", limits.fail), ("warn", limits.warn)):
        if limit is not None and over(abs(counts[1] - counts[0]), abs(change), limit):
            told = {"old": f"{counts[0]:,}", "new": f"{counts[1]:,}", "limit": shown(limit)}
            facts = {**told, "change": f"{100 * change:+.0f} %"}
            yield _at(source, code, severity=severity, facts=facts, **known)
            return
