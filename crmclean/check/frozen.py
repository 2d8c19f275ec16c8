"""`--frozen`: the layout of the files and the mapping must be those of the baseline.

A changed file is refused (exit 3), a changed crmclean.yaml is a matter of configuration (exit 2).
Both messages name the old and the new.
"""

from collections.abc import Iterable

from crmclean.check.findings import Finding
from crmclean.errors import CrmcleanError, InputRefused, UsageError

LAYOUT = frozenset(
    {
        "DRIFT_SOURCE_NEW",
        "DRIFT_SOURCE_MISSING",
        "DRIFT_ENCODING",
        "DRIFT_CONTAINER",
        "DRIFT_HEADER_ROWS",
        "DRIFT_COLUMN_RENAMED",
        "DRIFT_COLUMN_MISSING",
        "DRIFT_COLUMN_NEW",
        "DRIFT_COLUMN_TYPE",
        "DRIFT_COLUMN_OPTION",
    }
)
MAPPING = frozenset({"DRIFT_MAPPING"})
MOST = 10


def refusal(findings: Iterable[Finding], language: str) -> CrmcleanError | None:
    """The error that --frozen raises for these findings, or None."""
    findings = list(findings)
    layout = [f for f in findings if f.code in LAYOUT]
    mapping = [f for f in findings if f.code in MAPPING]
    if layout:
        return InputRefused("FROZEN_LAYOUT", changes=_told(layout, language), count=len(layout))
    if mapping:
        return UsageError("FROZEN_MAPPING", changes=_told(mapping, language), count=len(mapping))
    return None


def _told(findings: list[Finding], language: str) -> str:
    told = [f"{f.place}: {f.words(language)}" for f in findings[:MOST]]
    return "；".join(told) + ("…" if len(findings) > MOST else "")
