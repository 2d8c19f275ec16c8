"""Canaries (canaries.py) through every command: nobody can be read who was not asked for.

Two sources hold 200 invented people, also in free text, in columns that no field claims, in wrong
columns and in values that every rule refuses. Everything that commands print, and every file that
is masked by design, is searched. Not masked by design, and left out: the workbooks and import files
for people, tables/*.parquet, and crmclean.state but for its history.
"""

import json
import re
import subprocess
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
import xlsxwriter
from canaries import MARKERS, canaries, found, unpacked

PEOPLE = canaries()
Run = Callable[..., subprocess.CompletedProcess[str]]
HEADINGS = [
    "客户编号", "客户名称", "联系人", "手机", "身份证号", "邮箱", "微信", "地址", "备注", "补充", "负责人",
]  # fmt: skip
FIELDS = """
      customer.code: 客户编号
      customer.name: 客户名称
      contact.name: 联系人
      contact.mobile: 手机
      contact.resident_id: 身份证号
      contact.email: 邮箱
      contact.wechat: 微信
      customer.address: 地址
      customer.remark: 备注
      customer.owner: 负责人"""
FORMATS = ("text", "json", "github", "junit", "markdown", "sarif")
REPORTS = ("report.html", "profile.html", "standard.html", "summary.json", "MANIFEST.json")


def row(n: int, second: bool) -> list[str]:
    """One canary as a line of a source; the second source spells some people otherwise, and every
    seventh person stands in the wrong columns or in a form that its rule refuses."""
    p = PEOPLE[n]
    company = (
        p["name"] if n % 5 == 0 else f"{p['name']}五金店" if n % 5 == 1 else f"青栎{n}机械有限公司"
    )
    mobile = f"{p['mobile'][:3]} {p['mobile'][3:7]} {p['mobile'][7:]}" if second else p["mobile"]
    cells = [p["name"], mobile, p["resident_id"], p["email"], p["wechat"], p["address"]]
    if n % 7 == 3:
        cells = [cells[-1], *cells[:-1]]
    if n % 7 == 5:
        cells = [f"{cell}o、{cell}?" for cell in cells]
    told = f"{p['name']} {p['mobile']}，{p['email']}，住{p['address']}"
    more = " / ".join(p.values())
    return [
        f"C{n:04d}" if not second else "",
        company,
        *cells,
        told,
        more,
        "张三" if n % 2 else "李四",
    ]


def write_sources(folder: Path) -> None:
    lines = [HEADINGS, *(row(n, second=False) for n in range(len(PEOPLE)))]
    text = "".join(",".join(f'"{cell}"' for cell in line) + "\n" for line in lines)
    (folder / "旧系统.csv").write_text(text, encoding="gb18030")
    (folder / "无表头.csv").write_text(text.split("\n", 1)[1], encoding="utf-8")
    with xlsxwriter.Workbook(str(folder / "名单.xlsx")) as book:
        page = book.add_worksheet("客户")
        for number, line in enumerate(
            [HEADINGS, *(row(n, second=True) for n in range(len(PEOPLE)))]
        ):
            page.write_row(number, 0, line)


def project(drop: str = "drop: [补充]", more: str = "") -> str:
    """Its comments carry nothing; `drop` decides on the column that no field claims."""
    entries = "".join(
        f"  - path: {path}\n    system: {path[:2]}\n    {drop}\n    fields:{FIELDS}\n"
        for path in ("旧系统.csv", "名单.xlsx")
    )
    asked = "unplaced: {contact.resident_id: custom_field}\n"
    return f"version: 1\nlanguage: zh\ntarget: generic\nsources:\n{entries}{asked}{more}"


@pytest.fixture(scope="module")
def told(cli: Run, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What every command printed, and every masked file, by name."""
    folder = tmp_path_factory.mktemp("金丝雀")
    write_sources(folder)
    told: dict[str, str] = {}

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        done = cli(*arguments, cwd=folder)
        told[" ".join(arguments)] = done.stdout + done.stderr
        assert "INTERNAL_FAULT" not in done.stderr, done.stderr
        return done

    _look(run)
    (folder / "crmclean.yaml").write_text(project(), encoding="utf-8")
    assert run("profile").returncode == 0
    assert run("run", "--no-input").returncode == 0
    run("run", "--no-input", "--json", "--lang", "en")
    _check(run)
    _explain(run)
    _come_back(run, folder)
    _fail(run, folder)
    told |= _files(folder)
    return told


def _look(run: Run) -> None:
    run("inspect", "名单.xlsx")
    for file in ("旧系统.csv", "无表头.csv"):
        run("inspect", file)
        run("inspect", file, "--json", "--lang", "en")
    run("inspect", "旧系统.csv", "--delimiter", ";")
    run("init", "旧系统.csv", "名单.xlsx", "-c", "first.yaml")
    # its columns bear the names of people: the project has to name them, the terminal need not
    run("init", "旧系统.csv", "无表头.csv", "-c", "second.txt")


def _check(run: Run) -> None:
    run("check", "--summary", "before.json", "--today", "2026-01-01")
    reports = [part for name in FORMATS for part in ("--report", f"{name}=check.{name}.out")]
    run("check", "--fail-on", "warn", "--min-score", "99", "--baseline", "before.json", *reports)
    run("check", "--history")


def _explain(run: Run) -> None:
    for number in (5, 7):
        run("explain", f"旧系统.csv!{number}")
        run("explain", f"旧系统.csv!{number}", f"名单.xlsx#客户!{number}")
    run("explain", "PHONE_INVALID")


def _come_back(run: Run, folder: Path) -> None:
    """verify, audit, apply: what comes back from people and from the CRM, changed and broken."""
    sent = sorted((folder / "out" / "import").iterdir())
    run("verify", str(sent[0]), "--json")
    run("verify", "旧系统.csv")
    run("audit", "sample", "--rows", "20", "--seed", "2")
    run("audit", "score", str(folder / "out" / "audit-2" / "form.xlsx"))
    run("audit", "score", "名单.xlsx")
    run("unmerge", "C0000000000000000")
    wrong = [{"kind": "values", "object": "contact", **PEOPLE[n]} for n in range(9)]
    (folder / "decisions.json").write_text(json.dumps(wrong), encoding="utf-8")
    (folder / "broken.json").write_text(str(wrong), encoding="utf-8")
    run("apply", "decisions.json", "--json")
    for file in ("broken.json", "名单.xlsx", "旧系统.csv", "gone.xlsx"):
        run("apply", file)
    with xlsxwriter.Workbook(str(folder / "filled.xlsx")) as book:
        page = book.add_worksheet("联系人")
        page.write_row(0, 0, ["object", "golden", "seen", "asked", "手机", "姓名"])
        for n in range(9):
            filled = ["contact", f"c{n}", "1", "mobile", PEOPLE[n]["email"], PEOPLE[n]["name"]]
            page.write_row(n + 1, 0, filled)
    run("apply", "filled.xlsx")
    run("apply", "filled.xlsx", "--json")


def _fail(run: Run, folder: Path) -> None:
    """Projects that are wrong, and sources that cannot be read as they are."""
    wrong = {
        "undecided": project(drop="drop: []"),
        "unknown": project().replace("微信", "微信号码"),
        "twice": project().replace("contact.wechat: 微信", "contact.wechat: 邮箱"),
        "nobody": project().replace("旧系统.csv", "没有.csv"),
        "headless": project().replace("旧系统.csv", "无表头.csv"),
        "latin": project().replace("system: 旧系", "encoding: ascii"),
        "syntax": project() + "\n  : [",
        "select": project(more="select: customer.code > \n"),
        "target": project().replace("generic", "名单.xlsx"),
    }
    for name, text in wrong.items():
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
        run("run", "--no-input", "-c", f"{name}.yaml", "-o", f"out-{name}")
    for name in ("undecided", "headless"):
        run("check", "-c", f"{name}.yaml", "-o", f"out-{name}", "--format", "json")
    run("run", "--unmask")
    run("explain", "旧系统.csv!99999")


def _files(folder: Path) -> dict[str, str]:
    """Every file that is masked by design, and the names and properties of all others."""
    written = [path for path in sorted(folder.rglob("*")) if ".work" not in path.parts]
    read = {"names": "\n".join(path.relative_to(folder).as_posix() for path in written)}
    for path in written:
        ours = path.parent == folder and path.suffix in (".yaml", ".out")
        masked = ours or path.name in REPORTS
        if masked or path.name in ("history.jsonl", "before.json", "IMPORT.md"):
            read[path.relative_to(folder).as_posix()] = unpacked(path.read_text(encoding="utf-8"))
        if path.suffix == ".xlsx":
            with zipfile.ZipFile(path) as book:
                parts = [n for n in book.namelist() if n.startswith(("docProps/", "xl/workbook"))]
                read[f"{path.name} properties"] = "".join(book.read(n).decode() for n in parts)
    return read


def test_every_command_was_run(told: dict[str, str]) -> None:
    """So that nothing is clean because it said nothing."""
    commands = {name.split()[0] for name in told}
    assert commands >= {
        "init", "inspect", "profile", "run", "check", "explain", "verify", "audit", "apply", "unmerge",
    }  # fmt: skip
    assert {f"out/{name}" for name in REPORTS} <= set(told)
    silent = [name for name, text in told.items() if not text.strip()]
    assert silent == []


def test_nobody_can_be_read(told: dict[str, str]) -> None:
    leaks = {name: sorted(set(found(PEOPLE, text)))[:5] for name, text in told.items()}
    assert {name: hits for name, hits in leaks.items() if hits} == {}


def test_the_search_knows_every_encoding() -> None:
    """A haystack in each form gives the marker of its kind."""
    from canaries import forms

    for kind, marker in MARKERS.items():
        for form in forms(marker):
            assert kind in found([], b"before " + form + b" after"), (kind, form)


def test_shown_when_asked_for(cli: Run, told: dict[str, str], tmp_path: Path) -> None:
    """--unmask with a reason shows people, says why in the report, and notes it in the state."""
    write_sources(tmp_path)
    (tmp_path / "crmclean.yaml").write_text(project(), encoding="utf-8")
    refused = cli("run", "--unmask", cwd=tmp_path)
    assert refused.returncode == 2 and "UNMASK_NEEDS_REASON" in refused.stderr
    assert not (tmp_path / "out").exists()
    done = cli("run", "--no-input", "--unmask", "--reason", "电话回访", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    html = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert re.search(r'class="unmasked">.*电话回访', html) and found(PEOPLE, unpacked(html))
    noted = (tmp_path / "crmclean.state" / "unmasked.jsonl").read_text(encoding="utf-8")
    assert json.loads(noted)["reason"] == "电话回访"
