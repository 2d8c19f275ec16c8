"""JUnit XML as Jenkins and GitLab read it: a suite per source, a case per column and rule.

Findings at or above `--fail-on` fail their case; others pass and stand in its output, because JUnit
knows no warning. A waived finding is a skipped case, an incomplete run an error.
"""

import re
from itertools import groupby
from xml.etree import ElementTree as Xml

from crmclean import messages
from crmclean.check.findings import FAIL_ON, Finding, Result

#: What XML 1.0 cannot hold.
_FORBIDDEN = re.compile(r"[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def render(result: Result) -> str:
    """One document; a suite `crmclean` without failures where nothing was found."""
    root = Xml.Element("testsuites", name="crmclean check")
    ordered = sorted(result.findings, key=lambda f: (f.path, f.sheet))
    for _, group in groupby(ordered, key=lambda f: (f.path, f.sheet)):
        _suite(root, list(group), result)
    if not result.findings:
        suite = Xml.SubElement(root, "testsuite", name="crmclean", tests="1", failures="0")
        suite.set("errors", "0")
        Xml.SubElement(suite, "testcase", name="check", classname="crmclean", time="0")
    Xml.indent(root, " ")
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + Xml.tostring(root, "unicode") + "\n"


def _suite(root: Xml.Element, findings: list[Finding], result: Result) -> None:
    cases = [_case(finding, result) for finding in findings]
    counts = {
        name: sum(case.find(tag) is not None for case in cases)
        for name, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped"))
    }
    suite = Xml.SubElement(root, "testsuite", name=_clean(findings[0].source or "crmclean"))
    suite.set("tests", str(len(cases)))
    for name, count in counts.items():
        suite.set(name, str(count))
    suite.extend(cases)


def _case(finding: Finding, result: Result) -> Xml.Element:
    where = finding.column or finding.field
    name = " · ".join(part for part in (where, finding.code) if part)
    case = Xml.Element("testcase", name=_clean(name), classname=_clean(finding.path or "crmclean"))
    case.set("time", "0")
    words = _clean(finding.words(result.language))
    if finding.waived:
        Xml.SubElement(case, "skipped", message=_clean(finding.waived))
    elif finding.code == "RUN_STOPPED":
        Xml.SubElement(case, "error", type=finding.code, message=words)
    elif finding.severity in FAIL_ON[result.fail_on]:
        failure = Xml.SubElement(case, "failure", type=finding.code, message=words)
        failure.text = _clean(_details(finding, result.language))
    else:
        Xml.SubElement(case, "system-out").text = f"{finding.severity}: {words}"
    return case


def _details(finding: Finding, language: str) -> str:
    advice = messages.advice(finding.code, language, **finding.facts)
    parts = (finding.place, finding.words(language), finding.counted(language), advice)
    return "\n".join(part for part in parts if part)


def _clean(text: str) -> str:
    return _FORBIDDEN.sub("�", text)
