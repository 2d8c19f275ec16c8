"""Every format is valid by its own schema, safe with hostile names, and says what it leaves out."""

import json
from datetime import date
from pathlib import Path

import jsonschema
import pytest
from check_summaries import summary
from lxml import etree

from crmclean.check import formats
from crmclean.check.findings import Finding, Result

SCHEMAS = Path(__file__).parent / "data" / "schemas"
OWN = Path(formats.__file__).parent.parent / "check.schema.json"
HOSTILE = "a,b:c%\n::error::x\x00\x1b[31m]]><&\"'|`[x](y)\ud83d\ude00".encode(
    "utf-16", "surrogatepass"
).decode("utf-16")


def finding(number: int = 0, **changes) -> Finding:
    known = {
        "code": "PHONE_LOST_DIGITS", "severity": "error", "path": f"销售部/客户 {number}.xlsx",
        "sheet": "客户", "column": "手机", "field": "contact.mobile", "count": 37, "rows": (5, 9),
    }  # fmt: skip
    return Finding(**{**known, **changes})


def result(*findings: Finding, **changes) -> Result:
    known = {
        "findings": findings, "summary": summary(), "fail_on": "error",
        "exit_code": int(bool(findings)), "language": "zh", "today": date(2026, 11, 21),
    }  # fmt: skip
    return Result(**{**known, **changes})


CASES = {
    "clean": result(),
    "usual": result(
        finding(),
        finding(1, severity="warn", code="DRIFT_COLUMN_NEW", facts={"new": "微信"}),
        finding(2, severity="info", waived="下月更新 (李雷, 2027-01-01)"),
        finding(3, path="", sheet="", column="", rows=(), code="GATE_SCORE"),
    ),
    "hostile": result(finding(path=HOSTILE, sheet=HOSTILE, column=HOSTILE, waived="")),
    "stopped": result(
        Finding("RUN_STOPPED", "error", facts={"reason": "FILE_MISSING", "words": HOSTILE}),
        summary={"sources": []}, exit_code=3, stopped="FILE_MISSING",
    ),
    "unknown code": result(finding(code="NO_SUCH_CODE")),
    "many": result(*(finding(n) for n in range(5200))),
}  # fmt: skip
each = pytest.mark.parametrize("case", CASES)


@each
def test_sarif_is_valid(case: str) -> None:
    told = json.loads(formats.render("sarif", CASES[case]))
    schema = json.loads((SCHEMAS / "sarif-2.1.0.json").read_text(encoding="utf-8"))
    jsonschema.Draft7Validator(schema).validate(told)
    assert len(told["runs"][0]["results"]) <= 5000


@each
def test_junit_is_valid(case: str) -> None:
    schema = etree.XMLSchema(etree.parse(SCHEMAS / "junit-10.xsd"))
    told = etree.fromstring(formats.render("junit", CASES[case]).encode())
    schema.assertValid(told)
    suites = told.findall("testsuite")
    assert sum(int(s.get("tests")) for s in suites) == len(told.findall(".//testcase"))
    assert sum(int(s.get("failures")) for s in suites) == len(told.findall(".//failure"))


@each
def test_json_is_as_documented(case: str) -> None:
    schema = json.loads(OWN.read_text(encoding="utf-8"))
    told = json.loads(formats.render("json", CASES[case]))
    jsonschema.Draft202012Validator(schema).validate(told)
    assert len(told["findings"]) == len(CASES[case].findings)


@each
@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("name", formats.names())
def test_every_format_speaks_of_every_case(case: str, name: str, language: str) -> None:
    from dataclasses import replace

    assert formats.render(name, replace(CASES[case], language=language)).endswith("\n")


def commands(text: str) -> list[str]:
    return [line for line in text.splitlines() if line.startswith("::")]


def test_github_keeps_within_its_limits_and_says_how_many_more() -> None:
    told = commands(formats.render("github", CASES["many"]))
    assert len(told) == 10
    assert "5191" in told[-1]


def test_github_is_not_steered_by_a_heading() -> None:
    told = commands(formats.render("github", CASES["hostile"]))
    assert len(told) == 1
    properties = told[0].removeprefix("::error ").split("::")[0]
    assert [part.split("=")[0] for part in properties.split(",")] == ["file", "title", "line"]


def test_github_names_files_as_seen_from_the_working_directory() -> None:
    told = commands(formats.render("github", result(finding(), base="crm")))
    assert "file=crm/销售部/客户 0.xlsx," in told[0]


def test_the_step_summary_stays_small_and_is_no_markup() -> None:
    assert len(formats.render("markdown", CASES["many"]).encode()) < 1 << 20
    table = formats.render("markdown", CASES["hostile"]).splitlines()[-1]
    assert "](y)" not in table.replace("\\]", "") and "<" not in table


def test_text_shows_the_gravest_and_how_many_more() -> None:
    text = formats.render("text", CASES["many"])
    assert text.count("PHONE_LOST_DIGITS") == 40 and "5160" in text


def test_warnings_fail_their_case_only_when_asked() -> None:
    warned = finding(severity="warn")
    for fail_on, failures in (("error", 0), ("warn", 1)):
        told = etree.fromstring(formats.render("junit", result(warned, fail_on=fail_on)).encode())
        assert len(told.findall(".//failure")) == failures


def test_a_finding_shows_no_value() -> None:
    assert "{" not in finding().words("zh") and "{" not in finding().words("en")
