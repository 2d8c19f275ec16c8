"""SARIF 2.1.0 (OASIS), one run, one result per finding, at most 5,000 (what GitHub shows).

Rules carry the words of the catalogue in both languages. A waived finding is a suppressed result.
"""

import hashlib
import json
from typing import Any
from urllib.parse import quote

from crmclean import __version__, messages
from crmclean.check.findings import Finding, Result

MOST = 5000
#: GitHub tells alerts of two months apart by the second name alone.
FINGERPRINTS = ("place/v1", "primaryLocationLineHash")
LEVELS = {"error": "error", "warn": "warning", "info": "note"}
SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)


def render(result: Result) -> str:
    """The log file."""
    shown = result.findings[:MOST]
    codes = sorted({finding.code for finding in shown})
    driver = {"name": "crmclean", "version": __version__, "rules": [_rule(c) for c in codes]}
    run = {
        "tool": {"driver": driver},
        "automationDetails": {"id": "crmclean/check/"},
        "columnKind": "unicodeCodePoints",
        "language": "zh-CN" if result.language == "zh" else "en",
        "invocations": [_invocation(result, len(result.findings) - len(shown))],
        "results": [_result(f, codes.index(f.code), result) for f in shown],
    }
    log = {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}
    return json.dumps(log, ensure_ascii=False, indent=1) + "\n"


def _invocation(result: Result, more: int) -> dict[str, Any]:
    told: dict[str, Any] = {"executionSuccessful": not result.stopped, "exitCode": result.exit_code}
    if more:
        text = messages.say("check.more", result.language, count=more)
        told["toolExecutionNotifications"] = [{"level": "warning", "message": {"text": text}}]
    return told


def _rule(code: str) -> dict[str, Any]:
    entry = messages.entries().get(code, {"zh": code, "en": code})
    rule: dict[str, Any] = {
        "id": code,
        "shortDescription": {"text": entry["en"]},
        "fullDescription": {"text": f"{entry['zh']}\n{entry['en']}"},
        "defaultConfiguration": {"level": LEVELS[messages.severity(code)]},
    }
    if "do_en" in entry:
        rule["help"] = {"text": f"{entry['do_zh']}\n{entry['do_en']}"}
    return rule


def _result(finding: Finding, rule: int, result: Result) -> dict[str, Any]:
    parts = (finding.place, finding.words(result.language), finding.counted(result.language))
    told: dict[str, Any] = {
        "ruleId": finding.code,
        "ruleIndex": rule,
        "level": LEVELS[finding.severity],
        "message": {"text": " · ".join(part for part in parts if part)},
        "locations": [_location(finding, result)],
        "partialFingerprints": dict.fromkeys(FINGERPRINTS, _fingerprint(finding)),
        "properties": {"count": finding.count, "firstRows": list(finding.rows)},
    }
    if finding.count:
        told["occurrenceCount"] = finding.count
    if finding.waived:
        told["suppressions"] = [{"kind": "external", "justification": finding.waived}]
    return told


def _location(finding: Finding, result: Result) -> dict[str, Any]:
    place: dict[str, Any] = {"artifactLocation": {"uri": quote(result.file(finding))}}
    if finding.rows:
        place["region"] = {"startLine": finding.rows[0]}
    return {"physicalLocation": place}


def _fingerprint(finding: Finding) -> str:
    """The same next month: place and code, not count or rows."""
    parts = (finding.path, finding.sheet, finding.column, finding.field, finding.code)
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:32]
