"""Imports point down, stages never import one another, and each third-party package has a home.

`cli → pipeline → stages → what the user wrote down → ground` (design.md 2). The folder is read, so
a new module must be given its layer here: that is the moment to think about where it belongs.
"""

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "crmclean"

LAYERS = {
    "cli": 4,
    "__main__": 5,
    "job": 3,
    "exporting": 3,
    "pipeline": 3,
    "cleaning": 3,
    "finishing": 3,
    "delivery": 3,
    **dict.fromkeys(
        [
            "readers",
            "scan",
            "mapping",
            "normalise",
            "derive",
            "schema",
            "dedupe",
            "gaps",
            "apply",
            "review",
            "export",
            "audit",
            "profile",
            "check",
            "report",
            "laws",
            "story",
            "undo",
        ],
        2,
    ),
    **dict.fromkeys(
        [
            "project",
            "gates",
            "model",
            "templates",
            "own_template",
            "template_files",
            "decisions",
            "identity",
            "headings",
            "locate",
            "plan",
            "measure",
        ],
        1,
    ),
    **dict.fromkeys(
        [
            "rules",
            "tables",
            "run",
            "messages",
            "privacy",
            "errors",
            "shipped",
            "workbooks",
            "score",
            "ends",
            "shapes",
            "draw",
        ],
        0,
    ),
}

#: A stage may use these rooms of its own layer: they are its lower floor.
FLOORS = {
    "delivery": {"pipeline", "exporting", "job"},
    "pipeline": {"cleaning", "exporting", "finishing", "job"},
    "finishing": {"job"},
    "exporting": {"job"},
    "scan": {"readers"},
}

HOMES = {
    "typer": {"cli"},
    "rich": {"cli"},
    "pandera": {"schema"},
    "xlsxwriter": {"workbooks"},
    "xlwt": {"workbooks"},
    "openpyxl": {"workbooks"},
    "rapidfuzz": {"dedupe", "mapping"},
    "pydantic": {"project", "gates"},
    "jinja2": {"report"},
    "phonenumbers": {"rules"},
    "opencc": {"dedupe", "mapping", "rules"},
    "pypinyin": {"dedupe", "mapping"},
    "lxml": {"readers"},
    "python_calamine": {"readers", "workbooks", "export"},
}

MODULES = sorted(PACKAGE.rglob("*.py"))


def room(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imports(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            if node.module == "crmclean":
                found.update(f"crmclean.{alias.name}" for alias in node.names)
            else:
                found.add(node.module)
    return found


@pytest.mark.parametrize("path", MODULES, ids=lambda p: p.relative_to(PACKAGE).as_posix())
def test_imports_point_down(path: Path) -> None:
    own = room(path)
    if own == "__init__":
        return
    for name in imports(path):
        if not name.startswith("crmclean."):
            continue
        other = name.split(".")[1]
        if other in (own, "__version__"):
            continue
        below = LAYERS[other] < LAYERS[own] or other in FLOORS.get(own, ())
        same_ground = LAYERS[other] == LAYERS[own] and LAYERS[own] < 2
        assert below or same_ground, f"{path.name} must not import crmclean.{other}"


@pytest.mark.parametrize("path", MODULES, ids=lambda p: p.relative_to(PACKAGE).as_posix())
def test_third_party_packages_stay_in_their_homes(path: Path) -> None:
    for name in imports(path):
        homes = HOMES.get(name.split(".")[0])
        assert homes is None or room(path) in homes, f"{path.name} must not import {name}"


@pytest.mark.parametrize("path", MODULES, ids=lambda p: p.relative_to(PACKAGE).as_posix())
def test_every_module_says_what_it_is_for(path: Path) -> None:
    assert ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
