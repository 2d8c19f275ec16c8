"""Canaries: invented people who must not be found in anything that is masked.

Every canary has a name, mobile, identity number, mail, address and chat name that occur nowhere
else. The haystack is everything that a reader may open without asking for it: the report with its
packed tables, the profile, their file names. Each secret is sought plain and encoded.
"""

import base64
import gzip
import re
from pathlib import Path
from urllib.parse import quote

import pyarrow as pa
import pytest
import report_work

from crmclean import profile, report, tables

COUNT = 200
ROUNDS = "东南西北春夏秋冬"


def canaries(count: int = COUNT) -> list[dict[str, str]]:
    """Invented people; the syllables of their names stand together nowhere else."""
    return [
        {
            "name": f"阚{ROUNDS[n % 8]}龘{chr(0x9F00 + n)}",
            "mobile": f"1990{n:03d}{7919 * (n + 1) % 10000:04d}",
            "resident_id": f"11010519{60 + n % 40}0{1 + n % 9}1{n % 10}{n:03d}X",
            "email": f"canary.{n:03d}.zephyr@qq.com",
            "wechat": f"wx_canary_{n:03d}_quokka",
            "address": f"北京市海淀区鸫雀胡同{n}号院{n + 3}单元",
        }
        for n in range(count)
    ]


def encoded(secret: str) -> set[str]:
    """The secret as it may lie in a file: plain, percent, escaped, base64, hex, entities."""
    raw = secret.encode()
    forms = {secret, quote(secret), base64.b64encode(raw).decode().rstrip("="), raw.hex()}
    forms |= {secret.encode("unicode_escape").decode(), secret.encode("gb18030").hex()}
    return forms | {"".join(f"&#{ord(c)};" for c in secret)}


def unpacked(html: str) -> str:
    """A page with its packed tables opened."""
    packs = re.findall(r'type="application/octet-stream"[^>]*>([^<]+)<', html)
    return html + "".join(gzip.decompress(base64.b64decode(pack)).decode() for pack in packs)


def found(people: list[dict[str, str]], haystack: str) -> list[str]:
    digits = re.sub(r"\D", "", haystack)
    hits = [
        s for person in people for s in person.values() if any(f in haystack for f in encoded(s))
    ]
    return hits + [person["mobile"] for person in people if person["mobile"] in digits]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple:
    """A run whose first records, issues and changes are full of canaries."""
    made = report_work.make(tmp_path_factory.mktemp("w"), customers=500, issues=300, clusters=40)
    work, people = made[0], canaries()
    contacts = work.get("records/contact")
    for field in people[0]:
        values = [person[field] for person in people] + contacts[field].to_pylist()[COUNT:]
        at = contacts.column_names.index(field)
        contacts = contacts.set_column(at, field, pa.array(values, pa.string()))
    work.put("records/contact", contacts)
    golden = contacts.append_column("golden", pa.array([f"c{n}" for n in range(500)]))
    work.put("golden/contact", golden.append_column("customer_golden", pa.nulls(500, pa.string())))
    work.put("issues/dedupe", _issues(contacts, people))
    work.put("changes/dedupe", _changes(contacts, people))
    return made


def _issues(contacts: pa.Table, people: list[dict[str, str]]) -> pa.Table:
    parts = []
    for field in people[0]:
        values = [person[field] for person in people]
        columns = {
            "object": "contact",
            "record": contacts["record"].slice(0, COUNT),
            "field": field,
        }
        columns |= {"code": "PHONE_INVALID", "severity": "error", "value": values, "source": 1}
        parts.append(tables.table(tables.ISSUES, {**columns, "row": 7, "suggestion": values}))
        stray = {**columns, "field": None, "object": None, "column": "备注", "row": 9}
        parts.append(tables.table(tables.ISSUES, stray))
    return pa.concat_tables(parts)


def _changes(contacts: pa.Table, people: list[dict[str, str]]) -> pa.Table:
    parts = []
    for field in people[0]:
        values = [person[field] for person in people]
        columns = {
            "object": "contact",
            "record": contacts["record"].slice(0, COUNT),
            "field": field,
        }
        columns |= {"step": "clean", "rule": "text", "before": [f" {v} " for v in values]}
        parts.append(tables.table(tables.CHANGES, {**columns, "after": values}))
    return pa.concat_tables(parts)


def test_no_canary_is_in_the_report(made: tuple, tmp_path: Path) -> None:
    report.write(*made, tmp_path / "report.html")
    haystack = unpacked((tmp_path / "report.html").read_text(encoding="utf-8"))
    assert found(canaries(), haystack) == []


def test_the_search_would_find_them(made: tuple, tmp_path: Path) -> None:
    report.write(*made, tmp_path / "report.html", unmask="a test")
    haystack = unpacked((tmp_path / "report.html").read_text(encoding="utf-8"))
    assert len(set(found(canaries(), haystack))) > COUNT


def test_no_canary_is_in_the_profile(made: tuple, tmp_path: Path) -> None:
    _, project, model, plan = made
    people = canaries()
    cells = {f"c{n}": [person[field] for person in people] for n, field in enumerate(people[0], 1)}
    rows = {"row": list(range(COUNT)), "kind": "data", **cells}
    batch = tables.table(tables.rows_schema(6), rows)
    table = profile.profile(plan, lambda source: [batch])
    report.write_profile(
        table, tables.ISSUES.empty_table(), project, model, plan, tmp_path / "profile.html"
    )
    haystack = (tmp_path / "profile.html").read_text(encoding="utf-8")
    assert found(people, haystack) == []
