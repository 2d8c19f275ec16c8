"""B3 of the catalogue, delimited text: encodings, dialects, broken quotes, ragged rows."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmclean import readers
from crmclean.readers import delimited
from tests.test_readers_files import HEADER, ROW, cells, written

TEXT = "客户名称,手机\n甲公司,013812345678\n"


def notes(path, **reading):
    """(code, row, count) of what a reading noticed."""
    sheet = readers.open_file(path, **reading).sheets[0]
    list(sheet.batches())
    return [(note.code, note.row, note.facts.get("count")) for note in sheet.notes]


@pytest.mark.parametrize(
    "encoding, found",
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8"),
        ("gb18030", "gb18030"),
        ("utf-16", "utf-16-le"),
        ("utf-16-be", "utf-16-be"),
    ],
)
def test_c01_encodings(tmp_path, encoding, found):
    path = written(tmp_path / "a.csv", TEXT, encoding)
    assert readers.open_file(path).encoding == found
    assert cells(path) == [HEADER, ROW]


def test_c01_rare_characters_of_names(tmp_path):
    path = written(tmp_path / "a.csv", "姓名,公司\n䶮㛃,甲\n𬱖,乙\n", "gb18030")
    assert cells(path) == [["姓名", "公司"], ["䶮㛃", "甲"], ["𬱖", "乙"]]


def test_c02_a_late_first_chinese_character(tmp_path):
    path = written(tmp_path / "a.csv", "name,phone\n" + "abc,1\n" * 50_000 + "张三,2\n", "gb18030")
    assert readers.open_file(path).encoding == "gb18030"
    assert cells(path)[-1] == ["张三", "2"]


def test_c03_big5_is_not_taken_for_gbk(tmp_path):
    path = written(tmp_path / "a.csv", "客戶名稱,電話\n臺北縣機械股份有限公司,02-1\n" * 3, "cp950")
    assert readers.open_file(path).encoding == "cp950"
    assert cells(path)[1][0] == "臺北縣機械股份有限公司"


def test_c04_gbk_that_is_valid_utf8(tmp_path):
    assert cells(written(tmp_path / "a.csv", "a,b\n联通,1\n", "gbk"))[1] == ["联通", "1"]


def test_c05_two_exports_in_one_file(tmp_path):
    lines = b"".join(f"张三{n},1\n".encode("utf-8" if n % 3 else "gbk") for n in range(60))
    path = written(tmp_path / "a.csv", "姓名,编号\n".encode() + lines)
    assert readers.open_file(path).encoding == "mixed"
    assert cells(path)[1:] == [[f"张三{n}", "1"] for n in range(60)]
    assert ("LINES_OF_OTHER_ENCODING", None, 20) in notes(path)


def test_c08_byte_order_marks_anywhere(tmp_path):
    path = written(tmp_path / "a.csv", "\ufeff\ufeff客户名称,手机\n\ufeff甲公司,013812345678\n")
    assert cells(path) == [HEADER, ROW]


@pytest.mark.parametrize("mark", [",", ";", "\t", "|", "，", "；", "$", "^", "~", "\x01", "||"])
def test_c09_delimiters(tmp_path, mark):
    rows = [
        ["客户名称", "手机", "地址"],
        ["甲公司", "0138-1", "北京市 路1号"],
        ["乙 公司", None, "上海"],
    ]
    content = "\n".join(mark.join(cell or "" for cell in row) for row in rows) + "\n"
    assert cells(written(tmp_path / "a.txt", content)) == rows


@pytest.mark.parametrize("mark", ["§", "%", "*", "#"])
def test_c09_delimiters_that_nobody_thought_of(tmp_path, mark):
    rows = [["客户名称", "手机", "地址"], ["甲公司", "138", "北京"], ["乙公司", None, "上海"]]
    content = "\n".join(mark.join(cell or "" for cell in row) for row in rows) + "\n"
    assert cells(written(tmp_path / "a.txt", content)) == rows


def test_c09_prose_is_one_column(tmp_path):
    lines = ["客户说。下周再联系。", "地址-北京。", "没有。"]
    assert cells(written(tmp_path / "a.txt", "\n".join(lines))) == [[line] for line in lines]


def test_c12_a_file_of_blank_lines_has_blank_rows(tmp_path):
    assert cells(written(tmp_path / "a.csv", "\n\n\n")) == [[None], [None], [None]]


def test_c10_sep_line(tmp_path):
    sheet = readers.open_file(
        written(tmp_path / "a.csv", "sep=;\n客户名称;手机\n甲,乙;1\n")
    ).sheets[0]
    batch = next(sheet.batches())
    assert batch.to_pydict() == {"row": [2, 3], "c1": ["客户名称", "甲,乙"], "c2": ["手机", "1"]}


def test_c11_line_breaks_in_quotes_do_not_begin_a_row(tmp_path):
    content = '名称,地址\n甲,"北京\r\n路""1""号"\n乙,上海\n'
    assert cells(written(tmp_path / "a.csv", content)) == [
        ["名称", "地址"],
        ["甲", '北京\n路"1"号'],
        ["乙", "上海"],
    ]


def test_c11_a_lost_quote_costs_one_row(tmp_path):
    rows = "".join(f"客户{n},电话{n},备注{n}\n" for n in range(3000))
    content = "名称,电话,备注\n" + rows + '坏公司,"138,没有关上\n' + rows + '5" 管,"a ""b""",c\n'
    path = written(tmp_path / "a.csv", content)
    found = cells(path)
    assert len(found) == 6003
    assert found[3001] == ['坏公司,"138,没有关上', None, None]
    assert found[3002] == ["客户0", "电话0", "备注0"]
    assert found[-1] == ['5" 管', 'a "b"', "c"]
    assert ("ROW_BAD_QUOTES", 3002, None) in notes(path)


def test_c11_a_quote_that_is_never_closed_costs_one_row_whatever_else_is_quoted(tmp_path):
    content = '名称\t规格\t备注\n甲\t3" 管\t"未闭合\n乙\t1\t正常\n'
    path = written(tmp_path / "a.tsv", content)
    assert cells(path)[1:] == [['甲\t3" 管\t"未闭合', None, None], ["乙", "1", "正常"]]
    assert ("ROW_BAD_QUOTES", 2, None) in notes(path)


@pytest.mark.parametrize("mark", ["||", "，"])
def test_c09_a_delimiter_of_several_bytes_may_stand_in_quotes(tmp_path, mark):
    lines = [["编号", "名称", "备注"], *([str(n), "甲", f'"x{mark}y"'] for n in range(9))]
    path = written(tmp_path / "a.txt", "".join(mark.join(line) + "\n" for line in lines))
    assert cells(path)[1] == ["0", "甲", f"x{mark}y"]


def test_c11_c12_where_a_file_is_odd_does_not_matter(tmp_path):
    """Blocks of a file with every oddity are read as its lines alone would be."""
    line = 'a{n},"x\ny{n}",c\n{n},5" 管,z\n{n},短\n{n},1,2,长\n' + 'r{n},"bad,q\n' * 2
    content = "名,b,c\n" + "".join(line.replace("{n}", str(n)) for n in range(3000))
    path = written(tmp_path / "a.csv", content)
    found = cells(path, encoding="utf-8", delimiter=",")
    assert len(found) == 1 + 6 * 3000
    want = [
        ["a7", "x\ny7", "c"], ["7", '5" 管', "z"], ["7", "短"], ["7", "1", "2", "长"],
        ['r7,"bad,q'], ['r7,"bad,q'],
    ]  # fmt: skip
    assert [[cell for cell in row if cell] for row in found[43:49]] == want


def test_c12_ragged_rows_are_padded_and_told(tmp_path):
    path = written(tmp_path / "a.csv", "a,b,c\n1,2,3,4\n1\n1,2,3\n\n4,5,6\n")
    assert cells(path) == [
        ["a", "b", "c", None],
        ["1", "2", "3", "4"],
        ["1", None, None, None],
        ["1", "2", "3", None],
        [None] * 4,
        ["4", "5", "6", None],
    ]
    assert notes(path) == [("ROW_LONG", 2, None), ("ROWS_SHORT", None, 1), ("ROWS_LONG", None, 1)]


def test_c13_backslash_escapes(tmp_path):
    path = written(tmp_path / "a.csv", 'a,b\n"say \\"hi\\", ok",1\n"\\"x\\"",2\n')
    assert cells(path) == [["a", "b"], ['say "hi", ok', "1"], ['"x"', "2"]]


def test_c14_text_marks_of_excel(tmp_path):
    path = written(tmp_path / "a.csv", '姓名,手机\n张三,="013812345678"\n李四,"=""0138"""\n')
    assert cells(path)[1:] == [["张三", "013812345678"], ["李四", "0138"]]
    assert notes(path) == [("TEXT_MARKS_UNWRAPPED", None, 2)]


def test_c15_line_ends_and_padding(tmp_path):
    content = "客户名称,手机\r甲公司,013812345678\r\x1a".encode()
    assert cells(written(tmp_path / "mac.csv", content)) == [HEADER, ROW]
    content = "客户名称,手机\r\n甲公司\0\0,013812345678\r\n\x1a".encode()
    path = written(tmp_path / "dos.csv", content)
    assert cells(path) == [HEADER, ROW]
    assert notes(path) == [("NUL_BYTES_DROPPED", None, 2)]


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8"])
def test_c17_fixed_width_in_bytes(tmp_path, encoding):
    def line(name, phone, city):
        return b"".join(
            part.encode(encoding).ljust(n) for part, n in [(name, 16), (phone, 13), (city, 9)]
        )

    rows = [("客户名称", "手机", "城市"), ("甲公司", "013812345678", "北京"), ("乙", "", "上海")]
    content = b"".join(line(*row) + b"\r\n" for row in rows * 3)
    found = cells(written(tmp_path / "old.txt", content))
    assert found[:3] == [list(rows[0]), list(rows[1]), ["乙", None, "上海"]]


@pytest.mark.parametrize(
    "cell", ["上海市\n新路1号", "一\n\n三", '说\n"好"，\n', "\n", "甲,乙\n丙,丁"]
)
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_cell_of_several_lines_in_every_row(tmp_path, cell, delimiter):
    """Such a file has more lines of two cells than of three: its width is that of its records."""
    import csv
    import io

    rows = [[f"公司{n}", cell, "老客户"] for n in range(250)]
    page = io.StringIO()
    csv.writer(page, delimiter=delimiter).writerows([["客户名称", "地址", "备注"], *rows])
    found = cells(written(tmp_path / "a.csv", page.getvalue()))
    assert found[1:] == [[name, meant(text), last] for name, text, last in rows]
    assert notes(tmp_path / "a.csv") == []


def test_a_lost_quote_in_the_head_joins_no_lines(tmp_path):
    lines = ["a,b,c", '1,"2,3', *["1,2,3"] * 5, '4,"5\n6",7', *['1,2,"3"'] * 20]
    path = written(tmp_path / "a.csv", "\n".join(lines) + "\n")
    assert len(cells(path)) == 28 and cells(path)[7] == ["4", "5\n6", "7"]


def test_c18_trailing_delimiter(tmp_path):
    path = written(tmp_path / "a.csv", "a,b\n1,2,\n3,4,\n")
    assert [row[:2] for row in cells(path)] == [["a", "b"], ["1", "2"], ["3", "4"]]
    assert notes(path) in ([], [("ROWS_SHORT", None, 1)])


def test_c11_an_absurdly_long_row_beside_a_lost_quote_is_told_as_long(tmp_path):
    rows = ["a,b,c", '1,"2,3', ",".join(["x"] * 400), *["1,2,3"] * 20]
    path = written(tmp_path / "a.csv", "\n".join(rows) + "\n")
    assert cells(path)[2] == [",".join(["x"] * 400), None, None]
    assert ("ROWS_LONG", None, 1) in notes(path)
    assert ("ROWS_BAD_QUOTES", None, 1) in notes(path)


CELL = st.text(
    st.characters(exclude_categories=["Cs", "Cc"], include_characters="\n\t"), max_size=8
)


#: Line ends and tabs as Excel escapes them, and texts that exports wrap for it.
MARKED = st.sampled_from(
    ["_x0009_", "_x000D_\n", "_x000a_", "_x00", '="0138"', '=""', '="', "\ufeff"]
)


def meant(cell: str) -> str | None:
    """A cell as a person meant it."""
    cell = cell.replace("\ufeff", "")
    if len(cell) > 2 and cell.startswith('="') and cell.endswith('"'):
        cell = cell[2:-1]
    return readers.cells.clean_text(cell) or None


@settings(deadline=None, max_examples=150)
@given(
    st.lists(st.tuples(CELL | MARKED, CELL | MARKED, CELL), min_size=1, max_size=30),
    st.integers(20, 200),
)
def test_both_parsers_read_the_same(tmp_path_factory, rows, block):
    """What Python's csv wrote is read back, whichever parser a block goes through; what Excel and
    exports write for something else is that in both."""
    import csv
    import io

    page = io.StringIO()
    writer = csv.writer(page, quoting=csv.QUOTE_ALL, lineterminator="\n")
    writer.writerows([("名", "b", "c"), ("1", "2", "3"), *rows])
    path = written(tmp_path_factory.mktemp("csv") / "a.csv", page.getvalue())
    plain = [[meant(cell) for cell in row] for row in rows]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(delimited.text, "FIRST", block)
        patch.setattr(delimited.text, "NEXT", block)
        found = cells(path, encoding="utf-8", delimiter=",")
    kept = [row for row in found[2:] if any(row)]
    assert kept == [row for row in plain if any(row)]
