"""The report as a file: its figures add up, it hides persons, and nothing in it is alive."""

import base64
import hashlib
import json
import re
from collections.abc import Callable
from itertools import accumulate
from pathlib import Path

import pyarrow as pa
import pytest
import report_packs
import report_work

from crmclean import messages, report, tables
from crmclean.gates import Gates
from crmclean.report import flow, page
from crmclean.report.finished import Finished

PAGES = Path(report.__file__).parent / "page"
HOSTILE = (
    "<script>alert(1)</script>",
    "</script><img src=x onerror=alert(1)>",
    '"><svg onload=alert(1)>',
    "{{ 7*7 }}{% for x in y %}",
    "]]><!--",
    "张三\u202e\x1b[31m",
)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple:
    return report_work.make(tmp_path_factory.mktemp("work"), customers=300, issues=200, clusters=20)


@pytest.fixture(scope="module")
def html(made: tuple, tmp_path_factory: pytest.TempPathFactory) -> str:
    return written(made, tmp_path_factory.mktemp("out") / "report.html")


def written(made: tuple, path: Path, **how: object) -> str:
    work, project, model, plan = made
    report.write(work, project, model, plan, path, **how)
    return path.read_text(encoding="utf-8")


def test_the_same_run_gives_the_same_bytes(made: tuple, tmp_path: Path) -> None:
    assert written(made, tmp_path / "a.html") == written(made, tmp_path / "b.html")


def test_every_row_of_every_file_is_in_exactly_one_place(made: tuple) -> None:
    told = flow.facts(Finished(*made, unmask=""))
    for file, source in zip(told["files"], made[3].sources, strict=True):
        assert sum(file["places"].values()) == sum(source.counts.values()) == file["rows"]
    assert sum(told["total"].values()) == told["rows"]
    assert sum(row["records"] for row in told["objects"]) == made[0].get("crosswalk").num_rows
    assert sum(band["value"] for band in told["diagram"]["bands"]) == told["rows"]


def test_bars_of_the_flow_do_not_leave_the_picture_nor_each_other(made: tuple) -> None:
    drawing = flow.facts(Finished(*made, unmask=""))["diagram"]
    for bars in (drawing["left"], drawing["right"]):
        edges = [edge for bar in bars for edge in (bar["y"], bar["y"] + bar["h"])]
        assert edges == sorted(edges)
        assert edges[-1] <= drawing["height"]


def test_many_files_are_shown_as_nine_and_the_rest() -> None:
    files = [
        {"name": f"{n}.csv", "rows": n, "places": {**dict.fromkeys(flow.PLACES, 0), "loaded": n}}
        for n in range(1, 31)
    ]
    total = {**dict.fromkeys(flow.PLACES, 0), "loaded": sum(range(1, 31))}
    drawing = flow.diagram(files, total)
    assert len(drawing["left"]) == flow.MOST_FILES + 1
    assert sum(bar["value"] for bar in drawing["left"]) == total["loaded"]


def test_the_list_of_issues_is_whole(made: tuple, html: str) -> None:
    table = report_packs.table(html, "issues-table")
    issues = made[0].issues()
    assert len(table["columns"]["c"]) == issues.num_rows
    rows, sources = 0, []
    for step, source in zip(table["columns"]["r"], table["columns"]["s"], strict=True):
        rows += step
        sources.append((source + 1, rows))
    assert sorted(sources) == sorted(
        zip(issues["source"].to_pylist(), issues["row"].to_pylist(), strict=True)
    )


def test_no_person_is_readable_unless_unmasked(made: tuple, html: str, tmp_path: Path) -> None:
    contacts = made[0].get("records/contact")
    everything = html + "".join(
        json.dumps(report_packs.table(html, mark), ensure_ascii=False)
        for mark in ("issues-table", 'data-object="customer"', 'data-object="contact"')
    )
    for mobile in contacts["mobile"].drop_null().to_pylist():
        assert mobile not in everything
    open_page = written(made, tmp_path / "open.html", unmask="a test")
    assert any(name in open_page for name in contacts["mobile"].drop_null().to_pylist())


def test_the_page_says_when_it_is_unmasked(made: tuple, html: str, tmp_path: Path) -> None:
    said = messages.say("report.unmasked", "en", reason="a test")
    assert said not in html
    assert said in written(made, tmp_path / "open.html", unmask="a test")


def test_the_policy_allows_this_script_and_this_style_and_nothing_else(html: str) -> None:
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', html)[1].replace("&#39;", "'")
    script = re.findall(r"<script>(.*?)</script>", html, re.S)
    assert len(script) == 1
    digest = base64.b64encode(hashlib.sha256(script[0].encode()).digest()).decode()
    assert f"script-src 'sha256-{digest}'" in policy
    assert "unsafe" not in policy and "default-src 'none'" in policy
    assert not re.search(r"<[^>]+\s(on\w+|style)=", html.replace(script[0], ""))
    assert not re.search(r"(src|href)=\"(?!#)", html)


def test_hostile_texts_stay_texts(tmp_path: Path) -> None:
    made = report_work.make(tmp_path / "w", customers=120, issues=60, clusters=10, spice=HOSTILE)
    html = written(made, tmp_path / "report.html", unmask="a test")
    body = re.sub(r"<script>.*?</script>", "", html, flags=re.S)
    assert "<script>alert" not in body and "<img" not in body and "<svg onload" not in body
    assert "\x1b" not in html and "\u202e" not in html


def test_an_empty_run_has_a_report_too(tmp_path: Path) -> None:
    work, project, model, plan = report_work.make(
        tmp_path / "w", customers=20, issues=5, clusters=2
    )
    for name in ("crosswalk", "crosswalk_final"):
        work.put(name, tables.CROSSWALK.empty_table())
    for name in model:
        for kind in ("records", "golden"):
            work.put(f"{kind}/{name}", work.get(f"{kind}/{name}").slice(0, 0))
    for name in ("issues/clean", "changes/clean", "pairs", "golden_cells", "gaps"):
        work.put(name, work.get(name).slice(0, 0))
    assert "<h1>" in written((work, project, model, plan), tmp_path / "report.html")


def test_one_row_of_two_records_counts_once(made: tuple, tmp_path: Path) -> None:
    work, project, model, plan = report_work.make(
        tmp_path / "w", customers=50, issues=5, clusters=2
    )
    told = flow.facts(Finished(work, project, model, plan, False))
    data = sum(source.counts["data"] for source in plan.sources)
    assert sum(told["total"][end] for end in tables.ENDS) == data == 50


def test_completeness_before_is_replayed_from_the_changes(tmp_path: Path) -> None:
    made = report_work.make(tmp_path / "w", customers=40, issues=5, clusters=2)
    work = made[0]
    record = work.get("records/customer")["record"]
    columns = {
        "object": "customer",
        "record": record,
        "field": "city",
        "step": "clean",
        "rule": "placeholder",
    }
    work.put(
        "changes/clean", tables.table(tables.CHANGES, {**columns, "before": "无", "after": None})
    )
    told = report.fields.facts(Finished(*made, unmask=""))[0]["fields"]
    city = next(entry for entry in told if entry["field"].name == "city")
    assert city["before"] == city["after"] + 40


def test_a_derived_field_is_told_with_its_golden_records(tmp_path: Path, cli: Callable) -> None:
    """No record has a value of it, so it has no before and no after; it is not without any value."""
    (tmp_path / "a.csv").write_text(
        "客户名称,年采购额\n青禾璟机械有限公司,60万\n", encoding="utf-8"
    )
    (tmp_path / "crmclean.yaml").write_text(
        "version: 1\ntarget: generic\nsources:\n  - {path: a.csv, fields: {customer.name: 客户名称, "
        "customer.annual_purchase: 年采购额}}\nlevels:\n  customer.value_level: "
        "{from: customer.annual_purchase, scale: {VIP: 500000, 普通: 0}}\n",
        encoding="utf-8",
    )
    assert cli("run", "-o", "out", cwd=tmp_path).returncode == 0
    html = (tmp_path / "out/report.html").read_text(encoding="utf-8")
    section = html[html.index('id="fields"') : html.index('class="muted unused"')]
    row = section[section.index(">客户等级") :]
    row = row[: row.index("</tr>")]
    assert "100%" in row and "0%" not in row.replace("100%", "")


def test_words_of_templates_and_script_stand_in_the_catalogue() -> None:
    used = set()
    for file in PAGES.glob("*.html"):
        used |= set(re.findall(r'(?:t|drawn)\("(report\.[\w.]+)"[,)]', file.read_text("utf-8")))
        used |= set(re.findall(r'attr\("[\w-]+", "(report\.[\w.]+)"\)', file.read_text("utf-8")))
    words = (PAGES / "words.html").read_text("utf-8")
    listed = set(re.findall(r'"([\w.]+)"', words[words.index("in [") : words.index("] %}")]))
    spoken = set(
        re.findall(r'\bword\("([\w.]+)"', "".join(p.read_text("utf-8") for p in PAGES.glob("*.js")))
    )
    assert spoken <= listed
    used |= {f"report.{name}" for name in listed}
    assert len(used) > 120
    assert used <= set(messages.entries())


def test_a_percentage_never_hides_a_single_gap() -> None:
    assert [page._percent(r) for r in (1.0, 0.99999, 0.5, 0.00001, 0.0, None)] == [
        "100%", "99.9%", "50.0%", "0.1%", "0%", "–",
    ]  # fmt: skip


def test_the_standard_lists_fields_forms_and_owners(made: tuple, tmp_path: Path) -> None:
    _, project, model, _ = made
    report.write_standard(project, model, tmp_path / "standard.html")
    html = (tmp_path / "standard.html").read_text(encoding="utf-8")
    for text in ("统一社会信用代码", "GB 32100-2015", "客户转介绍", "Unified social credit code"):
        assert text in html


def test_earlier_runs_are_shown_as_a_trend(made: tuple, tmp_path: Path) -> None:
    line = {"rows": 10, "customers": 9, "issues": {"error": 1, "warn": 2}, "score": 81.5}
    history = [{"date": "2026-09-01", **line}, {"date": "2026-10-01", **line, "score": None}]
    html = written(made, tmp_path / "r.html", history=history)
    assert "2026-09-01" in html and "81.5" in html


def test_waivers_and_the_export_before_are_told(made: tuple, tmp_path: Path, html: str) -> None:
    work, project, model, plan = made
    waiver = {
        "code": "PHONE_LOST_DIGITS",
        "owner": "李雷",
        "reason": "下月<补>",
        "until": "2027-01-31",
    }
    gates = Gates.model_validate({"waivers": [{**waiver, "source": "erp*.csv"}]})
    waived = work, project.model_copy(update={"gates": gates}), model, plan
    told = written(waived, tmp_path / "r.html", since=Path("/private/2026-10"))
    for text in ("李雷", "下月&lt;补&gt;", "2027-01-31", "erp*.csv", "只导出 2026-10 之后"):
        assert text in told and text not in html
    assert "/private" not in told


def test_a_flood_of_one_code_hides_no_other(tmp_path: Path) -> None:
    made = report_work.make(tmp_path / "w", customers=60, issues=40, clusters=5)
    flood = {"code": "REQUIRED_BY_STANDARD", "severity": "warn", "object": "customer"}
    size = report.issues.MOST + 10
    table = tables.table(tables.ISSUES, {**flood, "row": list(range(size)), "source": 1})
    made[0].put("issues/dedupe", table)
    told = report.issues.facts(Finished(*made, unmask=""))
    assert told["total"] == size + 40 and told["shown"] == report.issues.MOST
    assert told["most"] == report.issues.MOST - 40
    assert {e["code"]: e["count"] for e in told["codes"]}["REQUIRED_BY_STANDARD"] == size


def test_a_record_of_several_open_pairs_says_why_in_each(tmp_path: Path) -> None:
    made = report_work.make(tmp_path / "w", customers=60, issues=5, clusters=5)
    pairs = made[0].get("pairs").to_pylist()
    open_pair = next(pair for pair in pairs if pair["verdict"] == "review")
    one, two = [pair["left"] for pair in pairs if pair["verdict"] == "match"][:2]
    for other, weight in ((one, 5.5), (two, 6.5)):
        pairs.append({**open_pair, "left": other, "right": open_pair["right"], "weight": weight})
    made[0].put("pairs", pa.Table.from_pylist(pairs, tables.PAIRS))
    html = written(made, tmp_path / "r.html")
    pack = report_packs.table(html, 'data-object="customer"')
    kinds = [report.duplicates.KINDS[at] for at in pack["kind"]]
    explained = set(accumulate(pack["pairs"]["cluster"]))
    waiting = {at for at, kind in enumerate(kinds) if kind == "review"}
    assert len(waiting) == len([pair for pair in pairs if pair["verdict"] == "review"])
    assert waiting <= explained
    # a golden record that is compared with a third one still knows where its values came from
    whole = next(at for at, kind in enumerate(kinds) if kind in ("merged", "held"))
    assert pack["golden"]["name"]["from"][whole] >= 0


def test_a_suggestion_can_be_accepted_only_where_it_is_shown_in_full(
    made: tuple, html: str
) -> None:
    table = report_packs.table(html, "issues-table")
    offered = {table["fields"][table["columns"]["f"][at]]["path"] for at in table["accept"]["at"]}
    assert offered == {"customer.source"}
    hidden = [v for v in table["words"]["g"] if v.startswith("138")]
    assert hidden == ["138****5678"]
    assert pa.array(table["accept"]["golden"]).null_count == 0
