"""Values of two runs compared: duplicates, new values of picklists, distributions that moved."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from crmclean.check.findings import Finding, found
from crmclean.check.gates import percent
from crmclean.check.summary import REST
from crmclean.gates import Limits, Shares

#: Fewer merged records than this are no rate, fewer values no distribution.
FEW, FEWEST = 5, 100
Entry = dict[str, Any]


def duplicates(now: Entry, then: Entry, limits: Limits) -> Iterable[Finding]:
    """Objects whose share of duplicates grew by more than the limits."""
    for name in sorted(now["duplicates"].keys() & then["duplicates"].keys()):
        is_, was = now["duplicates"][name], then["duplicates"][name]
        if is_["merged"] < FEW:
            continue
        growth = is_["share"] / was["share"] - 1 if was["share"] else float("inf")
        for severity, limit in (("error", limits.fail), ("warn", limits.warn)):
            if limit is not None and growth > limit:
                facts = {"old": percent(was["share"]), "new": percent(is_["share"]), "object": name}
                yield found("DRIFT_DUPLICATES", severity=severity, count=is_["merged"], facts=facts)
                break


def picklists(
    now: Entry, then: Entry, limits: Shares, standard: Mapping[str, Collection[str]]
) -> Iterable[Finding]:
    """Values that no picklist had before, and values whose shares moved."""
    for path in sorted(now["picklists"].keys() & then["picklists"].keys()):
        is_, was = now["picklists"][path], then["picklists"][path]
        known = {REST, *was, *standard.get(path, ())}
        fresh = {value: is_[value] for value in is_ if value not in known}
        if fresh:
            told = "、".join(f"{value} ({count})" for value, count in list(fresh.items())[:10])
            count = sum(fresh.values())
            yield found("DRIFT_PICKLIST_NEW", field=path, count=count, facts={"values": told})
        yield from _distribution(path, is_, was, limits)


def _distribution(path: str, is_: dict, was: dict, limits: Shares) -> Iterable[Finding]:
    """A finding where the shares of a picklist's values moved, naming the value that moved most."""
    if min(sum(counts.values()) for counts in (was, is_)) < FEWEST:
        return
    shares = [{v: n / sum(counts.values()) for v, n in counts.items()} for counts in (was, is_)]
    moved = {v: shares[1].get(v, 0) - shares[0].get(v, 0) for v in sorted(is_.keys() | was.keys())}
    apart = sum(map(abs, moved.values())) / 2
    most = max(moved, key=lambda value: abs(moved[value]))
    for severity, limit in (("error", limits.fail), ("warn", limits.warn)):
        if limit is not None and apart > limit:
            told = {"old": percent(shares[0].get(most, 0)), "new": percent(shares[1].get(most, 0))}
            facts = {**told, "value": most, "moved": percent(apart), "limit": percent(limit)}
            yield found("DRIFT_DISTRIBUTION", severity=severity, field=path, facts=facts)
            return
