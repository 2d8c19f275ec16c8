"""The report in a real browser: it loads from a file, asks for nothing, and does what it says."""

import json
from collections.abc import Iterator
from pathlib import Path

import chromium
import pytest
import report_work

from crmclean import apply, report
from crmclean.decisions import State

HERE = Path(__file__).parent

PAYLOADS = tuple(HERE.joinpath("payloads.txt").read_text(encoding="utf-8").splitlines())

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(chromium.executable() is None, reason="Chromium is not installed"),
]


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[chromium.Browser]:
    with chromium.Browser(tmp_path_factory.mktemp("profile")) as opened:
        yield opened


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple:
    return report_work.make(tmp_path_factory.mktemp("work"), customers=400, issues=300, clusters=30)


@pytest.fixture(scope="module")
def path(made: tuple, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("out") / "质量 报告.html"
    report.write(*made, path)
    return path


@pytest.fixture
def page(browser: chromium.Browser, path: Path) -> chromium.Page:
    page = browser.open(path)
    page.do("localStorage.clear()")
    return browser.open(path)


def found(page: chromium.Page, what: str = "issue") -> int:
    digits = "".join(c for c in page.text(f"#{what}-found") if c.isdigit())
    return int(digits or 0)


def choose(page: chromium.Page, name: str, option: int) -> None:
    page.do(
        f"(() => {{ const s = document.querySelector('[data-filter={name}]');"
        f" s.selectedIndex = {option}; s.dispatchEvent(new Event('change')); }})()"
    )


def test_it_loads_from_a_file_and_asks_for_nothing(page: chromium.Page) -> None:
    assert page.requests() == []
    assert page.complaints() == []
    assert found(page) == 300


def test_both_languages_are_in_the_file(page: chromium.Page) -> None:
    assert "总览" in page.text("#overview")
    page.click("[data-language=en]")
    assert "Overview" in page.text("#overview") and "总览" not in page.text("#overview")
    assert page.do("document.querySelector('#issue-search').placeholder").startswith("value")
    assert "Wrong" in page.text("#issue-table") or "the" in page.text("#issue-table")
    page.click("[data-language=zh-CN]")
    assert "总览" in page.text("#overview")


def test_issues_are_filtered_and_the_filters_add_up(page: chromium.Page) -> None:
    page.click("[data-severity=error]")
    rest = found(page)
    assert 0 < rest < 300
    page.click("[data-severity=error]")
    page.click("[data-severity=warn]")
    page.click("[data-severity=info]")
    assert found(page) + rest == 300
    page.click("[data-severity=warn]")
    page.click("[data-severity=info]")
    total = 0
    for option in range(1, page.count("[data-filter=c] option")):
        choose(page, "c", option)
        total += found(page)
    assert total == 300


def test_search_finds_values_and_rows(page: chromium.Page) -> None:
    page.do(
        "(() => { const s = document.querySelector('#issue-search'); s.value = '1.38E+10'; s.dispatchEvent(new Event('input')); })()"
    )
    assert 0 < found(page) < 300
    assert all(
        "1.38E+10" in text
        for text in page.do(
            "[...document.querySelectorAll('#issue-table tbody tr')].map(r => r.innerText)"
        )
    )


def test_pages_turn_and_columns_sort(page: chromium.Page) -> None:
    assert page.count("#issue-table tbody tr") == 25
    first = page.text("#issue-table tbody")
    page.click("#issue-pager button:last-of-type")
    assert page.text("#issue-table tbody") != first
    page.click("[data-sort=place]")
    places = page.do(
        "[...document.querySelectorAll('#issue-table tbody tr')].map(r => Number(r.cells[1].innerText.split('!')[1]))"
    )
    assert places == sorted(places)
    assert page.do(
        "document.querySelector('#issue-table th[aria-sort=ascending]').innerText"
    ).startswith("位置")


def test_the_selection_is_downloaded_as_csv_without_formulas(page: chromium.Page) -> None:
    page.do(
        "window.saved = []; URL.createObjectURL = (blob) => { blob.text().then((t) => window.saved.push(t)); return '#'; }"
    )
    page.click("[data-severity=warn]")
    page.click("[data-severity=info]")
    count = found(page)
    page.click("#issue-download")
    page.wait("window.saved.length === 1")
    lines = page.do("window.saved[0]").strip().split("\r\n")
    assert len(lines) == count + 1
    assert page.do("cell('=1+1')") == "'=1+1"
    assert page.do("cell('+86 138****5678')") == "+86 138****5678"


def test_decisions_are_kept_and_saved_for_apply(
    browser: chromium.Browser, page: chromium.Page, path: Path, made: tuple, tmp_path: Path
) -> None:
    page.click("[data-choice=same]")
    page.do("document.querySelectorAll('[data-choice=different]')[1].click()")
    page.do("document.querySelectorAll('[data-choice=unsure]')[2].click()")
    assert "3" in page.text("#basket-count")
    again = browser.open(path)
    assert again.count("[data-choice][aria-pressed=true]") == 3
    options = again.do("[...document.querySelectorAll('[data-filter=f] option')].map(o => o.text)")
    choose(again, "f", next(n for n, text in enumerate(options) if "客户来源" in text))
    again.click("[data-choice=accept]")
    again.do(
        "window.saved = []; URL.createObjectURL = (blob) => { blob.text().then((t) => window.saved.push(t)); return '#'; }"
    )
    again.click("#basket-save")
    again.wait("window.saved.length === 1")
    file = tmp_path / "decisions.json"
    file.write_text(again.do("window.saved[0]"), encoding="utf-8")
    state = State(tmp_path / "state")
    applied = apply.read(file, state, made[2])
    assert applied.taken == {"pairs": 2, "values": 1} and not applied.refused
    assert [entry["verdict"] for entry in state.entries("pairs")] == ["same", "different"]
    assert state.entries("values")[0]["value"] == "客户转介绍"


def test_the_same_choice_again_takes_the_decision_back(page: chromium.Page) -> None:
    page.click("[data-choice=same]")
    page.click("[data-choice=same]")
    assert page.count("[data-choice][aria-pressed=true]") == 0
    assert page.do("document.querySelector('#basket').hidden")


def test_a_held_customer_gets_an_owner(page: chromium.Page) -> None:
    page.click("[data-kind=review]")
    owner = page.text("#clusters .decide button")
    page.click("#clusters .decide button")
    kept = json.loads(page.do("localStorage.getItem(decisions.key)"))
    assert kept[0][1]["entries"][0]["owner"] == owner


def test_clusters_show_why_and_what_differs(page: chromium.Page) -> None:
    page.click("[data-kind=merged]")
    assert page.count("#clusters .cluster") == 8
    assert page.count("#clusters .waterfall rect.plus") > 0
    assert page.count("#clusters mark") > 0
    assert page.count("#clusters .tag") > 0
    page.click("[data-kind=review]"), page.click("[data-kind=held]")
    assert "合并结果" in page.text("#clusters")


def test_static_tables_sort(page: chromium.Page) -> None:
    page.click("table.sortable th:nth-child(7) button")
    changed = page.do(
        "[...document.querySelector('table.sortable tbody').rows].map(r => Number(r.cells[6].dataset.sort))"
    )
    assert changed == sorted(changed, reverse=True)


def test_it_works_from_the_keyboard(page: chromium.Page) -> None:
    page.press("Tab", 9)
    assert page.do("document.activeElement.className") == "skip"
    page.do("document.querySelector('#issue-pager button:last-of-type').focus()")
    page.press("Enter", 13)
    assert "2 /" in page.text("#issue-pager")
    reached = page.do(
        "[...document.querySelectorAll('a[href], button, select, input, summary')].every(n => n.tabIndex >= 0)"
    )
    assert reached


def test_nothing_is_wider_than_a_phone(browser: chromium.Browser, path: Path) -> None:
    page = browser.open(path, width=375)
    assert page.do("document.documentElement.scrollWidth") <= 375


def test_it_prints(page: chromium.Page) -> None:
    assert page.pdf().startswith(b"%PDF-")
    page.browser.send("Emulation.setEmulatedMedia", page.session, media="print")
    assert page.do("getComputedStyle(document.querySelector('.bar')).display") == "none"


def test_without_scripts_the_figures_can_still_be_read(
    browser: chromium.Browser, path: Path
) -> None:
    page = browser.open(path, scripts=False)
    browser.send("Emulation.setScriptExecutionDisabled", page.session, value=False)
    page.wait("document.readyState === 'complete'")
    assert "可直接导入" in page.text("#overview")
    assert page.count("#issues table.codes tbody tr") > 3


def test_hostile_texts_in_every_place_stay_texts(browser: chromium.Browser, tmp_path: Path) -> None:
    made = report_work.make(tmp_path / "w", customers=400, issues=300, clusters=30, spice=PAYLOADS)
    path = tmp_path / "report.html"
    report.write(*made, path, unmask="a test")
    page = browser.open(path)
    for _ in range(6):
        page.click("#issue-pager button:last-of-type")
    for kind in ("merged", "apart"):
        page.click(f"[data-kind={kind}]")
    for _ in range(6):
        page.do("document.querySelector('#cluster-pager button:last-of-type')?.click()")
    page.do("document.querySelectorAll('details').forEach((d) => { d.open = true; })")
    assert page.requests() == []
    assert page.complaints() == []
    assert page.count("img, iframe, object, embed, base, form[action], body > link") == 0
    shown = page.do("document.body.textContent")
    assert PAYLOADS[0] in shown


def test_every_text_is_the_same_on_the_page_as_in_the_table(
    browser: chromium.Browser, tmp_path: Path
) -> None:
    made = report_work.make(tmp_path / "w", customers=400, issues=300, clusters=30, spice=PAYLOADS)
    path = tmp_path / "report.html"
    report.write(*made, path, unmask="a test")
    page = browser.open(path)
    shown = set(page.do("unpacked(document.querySelector('#issues-table')).then((t) => t.words.v)"))
    assert set(PAYLOADS) <= shown


AXE = HERE.parent.parent / "node_modules" / "axe-core" / "axe.min.js"


@pytest.mark.skipif(not AXE.is_file(), reason="axe-core is not installed: npm install axe-core")
def test_axe_finds_no_serious_violation(page: chromium.Page) -> None:
    page.do(AXE.read_text(encoding="utf-8") + ";0")
    result = page.do(
        "axe.run(document, {resultTypes: ['violations']}).then((r) => r.violations.map((v) => [v.impact, v.id, v.nodes.length, v.nodes.slice(0, 3).map((n) => n.html.slice(0, 90)).join(' ')]))"
    )
    assert [v for v in result if v[0] in ("serious", "critical")] == []
