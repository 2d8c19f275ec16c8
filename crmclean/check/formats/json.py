"""Everything, for scripts. Documented by `../check.schema.json`; the fields of version 1 stay."""

import json
from typing import Any

from crmclean import messages
from crmclean.check.findings import Finding, Result

SCHEMA = "crmclean-check/1"


def render(result: Result) -> str:
    """One JSON object: verdict, counts, every finding, and the summary of the run."""
    told = {
        "schema": SCHEMA,
        "verdict": result.verdict,
        "exit_code": result.exit_code,
        "stopped": result.stopped or None,
        "fail_on": result.fail_on,
        "today": result.today.isoformat(),
        "baseline": result.baseline or None,
        "counts": {
            **{severity: result.count(severity) for severity in ("error", "warn", "info")},
            "waived": result.waived,
        },
        "findings": [_finding(finding, result.language) for finding in result.findings],
        "summary": result.summary,
    }
    return json.dumps(told, ensure_ascii=False, indent=1) + "\n"


def _finding(finding: Finding, language: str) -> dict[str, Any]:
    return {
        "code": finding.code,
        "severity": finding.severity,
        "path": finding.path,
        "sheet": finding.sheet,
        "column": finding.column,
        "field": finding.field,
        "count": finding.count,
        "before": finding.before,
        "first_rows": list(finding.rows),
        "facts": finding.facts,
        "customers": list(finding.customers),
        "waived": finding.waived or None,
        "message": finding.words(language),
        "advice": messages.advice(finding.code, language, **finding.facts) or None,
    }
