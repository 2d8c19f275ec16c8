"""Workbooks of every kind give the same rows (dirty-input.md F11), and say what they cannot give.

tests/data/workbooks holds one invented sheet, saved by an office program as .ods, .xlsm and .et: a
date, an error cell, a merge over two rows of which the second is hidden, and a hidden sheet.
"""

from pathlib import Path

import pytest
import xlwt

from crmclean import readers
from crmclean.readers import Merge, Note
from tests.old_workbooks import biff5, xlsb
from tests.test_readers_files import cells

SAVED = Path(__file__).parent / "data" / "workbooks"
ROWS = [["客户名称", "手机"], ["甲公司", 13812345678.0], ["乙（北京）公司", 1.5]]
TEXTS = [["客户名称", "手机"], ["甲公司", "13812345678"], ["乙（北京）公司", "1.5"]]


@pytest.mark.parametrize("name", ["客户.ods", "客户.xlsm", "客户.et"])
def test_f11_workbooks_of_office_programs(name):
    path = SAVED / name
    assert cells(path, "客户") == [
        ["客户名称", "手机", "建档日期", "金额", "成交"],
        ["甲公司", "13812345678", "2024-06-15", "1234.5", "1" if name.endswith("ods") else "TRUE"],
        ["乙（北京）公司", "013900000000", "2024-07-01", "#DIV/0!", None],
        ["丙公司", "010-12345678", None, None, None],
        [None, "x", None, None, None],
    ]
    file = readers.open_file(path)
    sheet, other = file.sheets
    list(sheet.batches())
    assert sheet.notes == [Note("CELL_ERROR", 3, 4, "#DIV/0!")]
    assert sheet.merges == (Merge(4, 1, 5, 1),)
    assert sheet.hidden_rows == {5}
    assert (other.name, other.visibility) == ("旧表", "hidden")


@pytest.mark.parametrize("make", [xlsb, biff5])
def test_f11_workbooks_that_no_library_writes(tmp_path, make):
    path = make(tmp_path / "客户.xls", ROWS)
    assert cells(path, "客户") == TEXTS


def test_v12_a_formula_of_an_old_xls_without_the_text_it_announces(tmp_path):
    book = xlwt.Workbook()
    sheet = book.add_sheet("客户")
    sheet.write(0, 0, "年采购额")
    sheet.write(1, 0, xlwt.Formula("1+1"))
    sheet.write(2, 0, 5)
    book.save(str(tmp_path / "a.xls"))
    empty, text = bytes.fromhex("030000000000ffff"), bytes.fromhex("000000000000ffff")
    content = (tmp_path / "a.xls").read_bytes()
    assert content.count(empty) == 1
    (tmp_path / "a.xls").write_bytes(content.replace(empty, text))
    assert cells(tmp_path / "a.xls") == [["年采购额"], ["=?"], ["5"]]
    file = readers.open_file(tmp_path / "a.xls")
    list(file.sheets[0].batches())
    assert file.sheets[0].notes == [Note("FORMULA_WITHOUT_VALUE", 2, 1, "=?")]


def test_rows_are_kept_between_the_two_passes(tmp_path):
    """The second pass gives the same rows from what the first one kept as from the file."""
    from crmclean import project, scan

    path = xlsb(tmp_path / "客户.xlsb", ROWS)
    settings = project.Project(sources=[{"path": path.name}])
    plan, _ = scan.scan(settings, tmp_path, tmp_path / "spool")
    (source,) = plan.sources
    parsed = list(readers.rows(source, tmp_path))
    assert list(readers.rows(source, tmp_path, tmp_path / "spool")) == parsed
    assert sum(1 for _ in (tmp_path / "spool").glob("*/*.arrow")) == 1
    path.write_bytes(bytes(path.stat().st_size))  # the file is gone: only what was kept is left
    assert list(readers.rows(source, tmp_path, tmp_path / "spool")) == parsed
