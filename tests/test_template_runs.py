"""Golden runs to the file: a slice of the samples in the form of every template, cell by cell.

The import files are read back by another library than the one that wrote them and than the one
that the program itself reads back with: openpyxl, xlrd, pandas. `runs/template_<name>/` holds what
must stand in them; `pytest tests/test_template_runs.py --record` writes it anew.
"""

import csv
import io
import shutil
import subprocess
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from crmclean import export, templates
from crmclean.export import files
from crmclean.model import build
from crmclean.project import Project, load
from crmclean.run import Work

RUNS = Path(__file__).parent / "runs"
CUSTOMERS = 15
OTHERS = 5
NAMES = [name for name in templates.names() if name != "standard"]
Slice = tuple[dict[str, pa.Table], pa.Table, Project]


@pytest.fixture(scope="module")
def samples(sample_run: Path) -> Slice:
    """The first customers of the samples that are loaded, with their children, and some others."""
    work = Work(sample_run / "out" / ".work")
    crosswalk = work.get("crosswalk")
    loaded = crosswalk.filter(pc.equal(crosswalk["end"], "loaded"))
    golden: dict[str, pa.Table] = {}
    for name in build():
        table = work.get(f"golden/{name}")
        mine = loaded.filter(pc.equal(loaded["object"], name))
        table = table.filter(pc.is_in(table["record"], mine["record"].combine_chunks()))
        if "customer_golden" in table.column_names:
            parents = golden["customer"]["golden"].combine_chunks()
            golden[name] = table.filter(pc.is_in(table["customer_golden"], parents))
        else:
            golden[name] = table.sort_by("record").slice(0, CUSTOMERS if not golden else OTHERS)
    kept = pa.concat_arrays([t["record"].combine_chunks() for t in golden.values()])
    return (
        golden,
        loaded.filter(pc.is_in(loaded["record"], kept)),
        load(sample_run / "crmclean.yaml"),
    )


def written(samples: Slice, name: str, folder: Path) -> list[files.File]:
    golden, crosswalk, project = samples
    template = templates.load(name)
    fitted = export.fit(golden, crosswalk, project, build(), template)
    made = files.planned(fitted.parts, folder, lambda name: build()[name].label["zh"])
    for file in made:
        files.make(file)
    return made


@pytest.mark.parametrize("name", NAMES)
def test_every_template_from_the_samples_to_the_file(
    samples: Slice, name: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    made = written(samples, name, tmp_path)
    assert made
    found = {file.path.name: as_text(file) for file in made}
    for file in made:
        headings, *rows = cells(file)[file.part.spec.header_row - 1 :]
        assert headings == file.part.rows.column_names
        assert rows == [list(row.values()) for row in file.part.rows.to_pylist()]
    expected = RUNS / f"template_{name}"
    if request.config.getoption("--record"):
        shutil.rmtree(expected, ignore_errors=True)
        expected.mkdir()
        for path, text in found.items():
            (expected / f"{path}.csv").write_text(text, encoding="utf-8", newline="\n")
    stored = sorted(expected.glob("*.csv"))
    assert found == {path.stem: path.read_bytes().decode() for path in stored}


def cells(file: files.File) -> list[list[str | None]]:
    """All rows of the first sheet; an empty cell is None, rows are as wide as the header."""
    read = {"xlsx": _openpyxl, "xls": _xlrd, "csv": _pandas}[file.part.spec.format]
    width = len(file.part.columns)
    rows = [[cell or None for cell in row][:width] for row in read(file)]
    return [row + [None] * (width - len(row)) for row in rows]


def _openpyxl(file: files.File) -> list[list[str | None]]:
    import openpyxl

    return [list(row) for row in openpyxl.load_workbook(file.path).worksheets[0].values]


def _xlrd(file: files.File) -> list[list[str | None]]:
    import xlrd

    sheet = xlrd.open_workbook(file.path).sheet_by_index(0)
    return [sheet.row_values(number) for number in range(sheet.nrows)]


def _pandas(file: files.File) -> list[list[str | None]]:
    import pandas as pd

    encoding = file.part.spec.encoding.replace("utf-8-sig", "utf-8")
    text = file.path.read_bytes().decode(encoding).removeprefix("\ufeff")
    read = pd.read_csv(io.StringIO(text), header=None, dtype=str, keep_default_na=False)
    return read.to_numpy().tolist()


def as_text(file: files.File) -> str:
    made = io.StringIO()
    csv.writer(made, lineterminator="\n").writerows(cells(file))
    return made.getvalue()


@pytest.mark.office
def test_an_xls_opens_in_libreoffice_with_text_in_every_cell(
    samples: Slice, tmp_path: Path
) -> None:
    office = shutil.which("soffice")
    if office is None:
        pytest.skip("LibreOffice is not installed (apt-get install libreoffice-calc)")
    from lxml import etree

    made = written(samples, "wukong-11", tmp_path)
    file = next(f for f in made if f.part.object == "contact")
    home = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    command = [office, home, "--headless", "--convert-to", "fods", "--outdir", str(tmp_path)]
    subprocess.run([*command, str(file.path)], check=True, capture_output=True, timeout=300)
    tree = etree.parse(str(tmp_path / f"{file.path.stem}.fods"))
    space = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
    typed = [cell for cell in tree.iter() if cell.get(f"{space}value-type")]
    shown = {"".join(cell.itertext()).strip() for cell in typed}
    assert {cell.get(f"{space}value-type") for cell in typed} == {"string"}
    for heading, column in zip(file.part.rows.column_names, file.part.rows.columns, strict=True):
        values = {value for value in column.to_pylist() if value and "\n" not in value}
        assert values <= shown, heading
