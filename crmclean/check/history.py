"""One line per run in `crmclean.state/history.jsonl`: counts and shares, no personal data.

The line is small so that years fit, and its date is the day that the run was asked about.
"""

from datetime import date
from typing import Any

from crmclean.decisions import State

KIND = "history"


def line(summary: dict[str, Any], today: date, verdict: str, findings: dict[str, int]) -> dict:
    """What is remembered of a run."""
    customers = summary["objects"].get("customer", {"records": 0, "ends": {}})
    severities = dict.fromkeys(("error", "warn", "info"), 0)
    for entry in summary["issues"]:
        severities[entry["severity"]] = severities.get(entry["severity"], 0) + entry["count"]
    dimensions = summary["score"]["dimensions"]
    return {
        "date": today.isoformat(),
        "rows": sum(source["rows"].get("data", 0) for source in summary["sources"]),
        "customers": customers["records"],
        "ends": customers["ends"],
        "issues": severities,
        "dimensions": {n: round(d["met"] / d["of"], 4) for n, d in dimensions.items() if d["of"]},
        "merged": summary["duplicates"].get("customer", {}).get("share"),
        "score": summary["score"]["points"],
        "findings": findings,
        "verdict": verdict,
    }


def remember(state: State, entry: dict[str, Any]) -> None:
    """Append a line, unless the last one says the same."""
    before = state.entries(KIND)
    if not before or before[-1] != entry:
        state.append(KIND, [entry])


def trend(state: State) -> list[dict[str, Any]]:
    """All lines, oldest first."""
    return state.entries(KIND)
