"""B1 of the catalogue, the file itself: one test per case, named after its id and symptom.

Each asserts the rows, their numbers, and what was noticed. Fixtures are made here, small, so that
a reader sees what is in them; names and phones are invented.
"""

import io
import json
import sqlite3
import struct
import zipfile
from pathlib import Path

import numpy as np
import pytest
import xlsxwriter
import xlwt

from crmclean import readers, scan
from crmclean.errors import InputRefused

HEADER, ROW = ["客户名称", "手机"], ["甲公司", "013812345678"]


def cells(path: Path, sheet: str | None = None, **reading: str) -> list[list[str | None]]:
    """All rows of a file's sheet as text; row numbers must run from 1."""
    file = readers.open_file(path, **reading)
    chosen = file.sheet(sheet) if sheet else file.sheets[0]
    rows, numbers = [], []
    for batch in chosen.batches(2):
        columns = [column.to_pylist() for column in batch.columns]
        numbers += columns[0]
        rows += [list(row) for row in zip(*columns[1:], strict=True)]
    assert numbers == list(range(1, len(numbers) + 1))
    width = max(map(len, rows), default=0)
    return [row + [None] * (width - len(row)) for row in rows]


def written(path: Path, content: str | bytes, encoding: str = "utf-8") -> Path:
    path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
    return path


def xlsx(path: Path, rows: list[list] | None = None, **options: object) -> Path:
    book = xlsxwriter.Workbook(str(path), options)
    sheet = book.add_worksheet("客户")
    for number, row in enumerate(rows or [HEADER, ROW]):
        for column, value in enumerate(row):
            sheet.write(number, column, value) if value is not None else None
    book.close()
    return path


def xls(path: Path) -> Path:
    book = xlwt.Workbook()
    sheet = book.add_sheet("客户")
    for number, row in enumerate([HEADER, ROW]):
        for column, value in enumerate(row):
            sheet.write(number, column, value)
    book.save(str(path))
    return path


def refused(path: Path, **reading: str) -> str:
    with pytest.raises(InputRefused) as error:
        for sheet in readers.open_file(path, **reading).sheets:
            list(sheet.batches())
    assert str(error.value) != error.value.code, "has no words in the catalogue"
    return error.value.code


def test_f01_xls_that_is_html(tmp_path):
    page = (
        '<html><head><meta charset="gb2312"></head><body><table border=1>'
        "<tr><th>客户名称</th><th>手机</th></tr>"
        "<tr><td>甲公司<br>北京</td><td style=\"mso-number-format:'\\@'\">013812345678</td></tr>"
        '<tr><td rowspan=2>乙&amp;丙</td><td x:num="13812345678">1.38E+10</td></tr>'
        "<tr><td>139&nbsp;1234</td></tr></table></body></html>"
    )
    path = written(tmp_path / "客户.xls", page, "gb18030")
    assert cells(path) == [
        HEADER,
        ["甲公司\n北京", "013812345678"],
        ["乙&丙", "13812345678"],
        [None, "139\xa01234"],
    ]
    file = readers.open_file(path)
    assert (file.container, file.encoding) == ("html", "gb18030")
    merge = file.sheets[0].merges[0]
    assert (merge.top, merge.left, merge.bottom, merge.right) == (3, 1, 4, 1)


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8", "utf-16"])
def test_f02_f03_xls_that_is_tab_separated_text(tmp_path, encoding):
    path = written(tmp_path / "客户.xls", "客户名称\t手机\r\n甲公司\t013812345678\r\n", encoding)
    assert cells(path) == [HEADER, ROW]


def test_f04_xls_that_is_spreadsheetml_2003(tmp_path):
    content = """<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?>
<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"
 xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet"><Worksheet ss:Name="客户"><Table>
<Row><Cell ss:MergeAcross="1"><Data ss:Type="String">客户名单</Data></Cell></Row>
<Row ss:Index="3"><Cell><Data ss:Type="String">客户名称</Data></Cell>
<Cell ss:Index="3"><Data ss:Type="String">手机</Data></Cell></Row>
<Row ss:Hidden="1"><Cell><Data ss:Type="String">甲公司</Data></Cell>
<Cell><Data ss:Type="DateTime">2024-06-15T00:00:00.000</Data></Cell>
<Cell><Data ss:Type="Number">13812345678</Data></Cell></Row>
<Row><Cell><Data ss:Type="Error">#N/A</Data></Cell></Row>
</Table></Worksheet></Workbook>"""
    path = written(tmp_path / "客户.xls", content)
    assert cells(path) == [
        ["客户名单", None, None],
        [None, None, None],
        ["客户名称", None, "手机"],
        ["甲公司", "2024-06-15", "13812345678"],
        ["#N/A", None, None],
    ]
    sheet = readers.open_file(path).sheets[0]
    assert sheet.hidden_rows == {4}
    assert [(n.code, n.row, n.column) for n in sheet.notes] == [("CELL_ERROR", 5, 1)]


@pytest.mark.parametrize(
    "row, code",
    [
        ('<Row ss:Index="2-1"/>', "FILE_DAMAGED"),
        ('<Row ss:Index="9999999"/>', "FILE_UNSAFE_SPARSE"),
        ('<Row><Cell ss:Index="16000"/></Row>' + "<Row/>" * 4000, "FILE_UNSAFE_SPARSE"),
    ],
)
def test_f04_spreadsheetml_that_is_damaged_or_absurd(tmp_path, row, code):
    page = (
        '<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" '
        'xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet"><Worksheet ss:Name="a"><Table>'
        f"{row}</Table></Worksheet></Workbook>"
    )
    assert refused(written(tmp_path / "a.xls", page)) == code


def test_f01_html_whose_cells_span_millions(tmp_path):
    row = "<tr>" + '<td colspan="1000">x</td>' * 60 + "</tr>"
    assert refused(written(tmp_path / "a.xls", f"<table>{row * 900}</table>")) == (
        "FILE_UNSAFE_MERGED"
    )


def test_f05_xls_that_is_mhtml(tmp_path):
    content = (
        'MIME-Version: 1.0\nContent-Type: multipart/related; boundary="b"\n\n--b\n'
        'Content-Type: text/html; charset="gb2312"\nContent-Transfer-Encoding: quoted-printable\n\n'
        "<html><table><tr><td>=BF=CD=BB=A7=C3=FB=B3=C6</td><td>=CA=D6=BB=FA</td></tr>"
        "<tr><td>=BC=D7=B9=AB=CB=BE</td><td>013812345678</td></tr></table></html>\n--b--\n"
    )
    assert cells(written(tmp_path / "客户.xls", content)) == [HEADER, ROW]


def test_f06_wrong_names_do_not_matter(tmp_path):
    assert cells(xlsx(tmp_path / "a.xlsx").rename(tmp_path / "a.xls")) == [HEADER, ROW]
    assert cells(xls(tmp_path / "b.xls").rename(tmp_path / "b.xlsx")) == [HEADER, ROW]
    assert cells(xlsx(tmp_path / "c.xlsx").rename(tmp_path / "c.csv")) == [HEADER, ROW]


def encrypted(path: Path, word: str) -> Path:
    import msoffcrypto.format.ooxml as ooxml

    plain = xlsx(path.with_name("plain.xlsx"))
    with plain.open("rb") as source, path.open("wb") as target:
        ooxml.OOXMLFile(source).encrypt(word, target)
    plain.unlink()
    return path


def test_f08_password(tmp_path, monkeypatch):
    path = encrypted(tmp_path / "密.xlsx", "天王盖地虎")
    assert refused(path) == "FILE_ENCRYPTED"
    assert refused(path, password_env="CRM_WORD") == "PASSWORD_NOT_SET"
    monkeypatch.setenv("CRM_WORD", "wrong")
    assert refused(path, password_env="CRM_WORD") == "PASSWORD_WRONG"
    monkeypatch.setenv("CRM_WORD", "天王盖地虎")
    assert cells(path, password_env="CRM_WORD") == [HEADER, ROW]
    assert readers.open_file(path, password_env="CRM_WORD").sheets[0].reading == {
        "container": "xlsx",
        "password_env": "CRM_WORD",
    }


def test_f09_default_password_is_tried(tmp_path):
    path = encrypted(tmp_path / "只读.xlsx", "VelvetSweatshop")
    assert cells(path) == [HEADER, ROW]
    assert [note.code for note in readers.open_file(path).notes] == ["FILE_DEFAULT_PASSWORD"]


def test_f10_nothing_half_or_an_error_page(tmp_path):
    assert refused(tmp_path / "nowhere.xlsx") == "FILE_MISSING"
    assert refused(written(tmp_path / "empty.xlsx", b"")) == "FILE_EMPTY"
    assert refused(tmp_path) == "FILE_IS_A_FOLDER"
    whole = xlsx(tmp_path / "a.xlsx").read_bytes()
    assert refused(written(tmp_path / "half.xlsx", whole[: len(whole) // 2])) == "FILE_TRUNCATED"
    page = "<!DOCTYPE html><html><title>用户登录</title><form>请登录</form></html>"
    assert refused(written(tmp_path / "客户.xls", page)) == "FILE_IS_A_WEB_PAGE"
    assert refused(written(tmp_path / "a.xls", "%PDF-1.7 ...")) == "FILE_KIND_UNKNOWN"
    noise = np.random.default_rng(1).integers(0, 256, 3000, np.uint8).tobytes()
    assert refused(written(tmp_path / "a.xlsx", noise)) == "FILE_KIND_UNKNOWN"


def dbf(path: Path, encoding: str, driver: int, memo: bool = False) -> Path:
    fields = [("NAME", "C", 20), ("TEL", "C", 14), ("BUY", "N", 10)] + (
        [("NOTE", "M", 10)] if memo else []
    )
    rows = [(" ", "甲公司", "013812345678", "12.50"), ("*", "乙公司", "139", "1")]
    size = 1 + sum(length for _, _, length in fields)
    head = struct.pack("<B3BIHH16xBBH", 0x83 if memo else 3, 124, 1, 2, len(rows),
                       33 + 32 * len(fields), size, 0, driver, 0)  # fmt: skip
    content = head
    for name, kind, length in fields:
        content += struct.pack("<11sc4xBB14x", name.encode(), kind.encode(), length, 0)
    content += b"\r"
    for flag, *values in rows:
        content += flag.encode()
        for (_, _, length), value in zip(fields, [*values, "         1"], strict=False):
            content += value.encode(encoding).ljust(length)[:length]
    return written(path, content + b"\x1a")


@pytest.mark.parametrize("encoding, driver", [("gb18030", 0), ("gb18030", 0x4D), ("cp950", 0)])
def test_f12_dbf(tmp_path, encoding, driver):
    path = dbf(tmp_path / "客户.DBF", encoding, driver)
    if encoding == "cp950":
        path = written(
            path, path.read_bytes().replace("乙公司".encode(encoding), "臺北縣".encode(encoding))
        )
    assert cells(path) == [["NAME", "TEL", "BUY"], ["甲公司", "013812345678", "12.50"]]
    file = readers.open_file(path)
    assert [(n.code, n.facts) for n in file.sheets[0].notes] == [("RECORDS_DELETED", {"count": 1})]


def test_f12_dbf_memo(tmp_path):
    path = dbf(tmp_path / "客户.dbf", "gb18030", 0, memo=True)
    assert next(n.code for n in readers.open_file(path).sheets[0].notes) == "MEMO_FILE_MISSING"
    assert cells(path)[1] == ["甲公司", "013812345678", "12.50", None]
    memo = b"\x02".ljust(512, b"\0") + "跟进三次".encode("gb18030") + b"\x1a\x1a"
    written(tmp_path / "客户.dbt", memo.ljust(1024, b"\0"))
    assert cells(path)[1] == ["甲公司", "013812345678", "12.50", "跟进三次"]


def test_f13_access_says_how_to_export(tmp_path):
    path = written(tmp_path / "客户.mdb", b"\0\1\0\0Standard Jet DB\0" + bytes(100))
    assert refused(path) == "FILE_ACCESS"


def test_f14_mysqldump(tmp_path):
    dump = (
        "-- MySQL dump 10.13\n/*!40101 SET NAMES gbk */;\nCREATE TABLE `cust` (\n"
        "  `name` varchar(50) DEFAULT NULL,\n  `tel` decimal(10,2),\n  `note` text,\n"
        "  PRIMARY KEY (`name`)\n);\n"
        "INSERT INTO `cust` VALUES ('侠洲公司','013812345678','它说\\'好\\'\\n''行'''),"
        "('乙;(公司)',NULL,'NULL'),('誠',1.5,'');\n"
        "INSERT INTO `log` (`id`, `what`) VALUES (1,'看'), (2,'听');\n"
    )
    path = written(tmp_path / "老系统.sql", dump, "gb18030")
    assert cells(path, "cust") == [
        ["name", "tel", "note"],
        ["侠洲公司", "013812345678", "它说'好'\n'行'"],
        ["乙;(公司)", None, "NULL"],
        ["誠", "1.5", None],
    ]
    assert cells(path, "log") == [["id", "what"], ["1", "看"], ["2", "听"]]


def test_f14_sql_server_script(tmp_path):
    script = (
        "USE [ERP]\nGO\nCREATE TABLE [dbo].[客户](\n\t[名称] [nvarchar](50) NOT NULL,\n\t[额] [decimal]"
        "(18, 2) NULL,\n\t[日期] [datetime] NULL,\n\t[路径] [nvarchar](max) NULL,\n CONSTRAINT [PK] "
        "PRIMARY KEY CLUSTERED ([名称] ASC)\n) ON [PRIMARY]\nGO\n"
        "INSERT [dbo].[客户] ([名称], [额], [日期], [路径]) VALUES (N'甲''公司', CAST(1.50 AS Decimal(18, 2)),"
        " CAST(N'2024-06-15T00:00:00.000' AS DateTime), N'D:\\客户\\')\nGO\n"
        "INSERT [dbo].[客户] VALUES (N'乙公司', NULL, NULL, N'')\nGO\n"
    )
    assert cells(written(tmp_path / "a.sql", script, "utf-16"), "客户") == [
        ["名称", "额", "日期", "路径"],
        ["甲'公司", "1.50", "2024-06-15T00:00:00.000", "D:\\客户\\"],
        ["乙公司", None, None, None],
    ]


def test_f14_oracle_export(tmp_path):
    script = (
        "REM INSERTING into KH\nSET DEFINE OFF;\n"
        "Insert into KH (MC,RQ,BZ) values ('甲公司',to_date('2024-06-15','YYYY-MM-DD'),'D:\\');\n"
        "Insert into SYS.KH (MC,RQ,BZ) values ('乙公司',null,TIMESTAMP '2024-06-16 09:30:00');\n"
    )
    assert cells(written(tmp_path / "a.sql", script, "gb18030"), "KH") == [
        ["MC", "RQ", "BZ"],
        ["甲公司", "2024-06-15", "D:\\"],
        ["乙公司", None, "2024-06-16 09:30:00"],
    ]


def test_f14_pg_dump_copies_lines(tmp_path):
    dump = (
        "--\n-- PostgreSQL database dump\n--\nSET standard_conforming_strings = on;\n"
        'CREATE TABLE public.kh (\n    id integer NOT NULL,\n    "名称" text\n);\n'
        'COPY public.kh (id, "名称") FROM stdin;\n1\t甲公司\\n二行\n2\t\\N\n\\.\n\n'
        "INSERT INTO public.log VALUES (1, 'D:\\');\n"
    )
    path = written(tmp_path / "a.sql", dump)
    assert cells(path, "kh") == [["id", "名称"], ["1", "甲公司\n二行"], ["2", None]]
    assert cells(path, "log") == [["c1", "c2"], ["1", "D:\\"]]


def test_f14_rows_of_no_columns_are_no_table(tmp_path):
    path = written(tmp_path / "a.sql", "INSERT INTO `c` () VALUES (),();\n")
    with pytest.raises(InputRefused):
        scan.scan_files([path], tmp_path)


def test_f14_commas_in_comments_are_no_columns(tmp_path):
    dump = (
        "CREATE TABLE `kh` (\n `a` varchar(9) COMMENT '名称, 全 称; (旧)',\n `b` enum('x','y'),\n"
        " KEY `a` (`a`)\n) ENGINE=InnoDB;\nINSERT INTO `kh` VALUES ('甲','x');\n"
    )
    assert cells(written(tmp_path / "a.sql", dump), "kh") == [["a", "b"], ["甲", "x"]]


def test_f14_sqlite(tmp_path):
    path = tmp_path / "crm.db"
    database = sqlite3.connect(path)
    database.execute("create table 客户 (客户名称 text, 手机 integer, x blob)")
    database.execute("insert into 客户 values ('甲公司', 13812345678, ?)", ["乙".encode("gbk")])
    database.commit()
    database.close()
    assert cells(path, "客户") == [["客户名称", "手机", "x"], ["甲公司", "13812345678", "乙"]]


def test_f15_vcard_from_phones(tmp_path):
    cards = (
        "BEGIN:VCARD\r\nVERSION:2.1\r\nN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:=E5=BC=A0;=E4=B8=\r\n"
        "=89;;;\r\nTEL;CELL:13812345678\r\nTEL;CELL:13912345678\r\nTEL;WORK;FAX:010-1\r\nEND:VCARD\r\n"
        "BEGIN:VCARD\r\nVERSION:3.0\r\nFN:李四\r\nORG:甲公司;销售部\r\nNOTE:第一行\\n第二\r\n  行\r\n"
        "item1.EMAIL;TYPE=WORK:a@b.cn\r\nX-QQ:10001\r\nEND:VCARD\r\n"
    )
    assert cells(written(tmp_path / "通讯录.vcf", cards)) == [
        ["姓名", "手机", "手机2", "传真", "公司名称", "部门", "备注", "邮箱", "X-QQ"],
        ["张三", "13812345678", "13912345678", "010-1", *[None] * 5],
        ["李四", None, None, None, "甲公司", "销售部", "第一行\n第二 行", "a@b.cn", "10001"],
    ]  # fmt: skip


def test_f16_json_keeps_long_numbers(tmp_path):
    tree = {"code": 0, "data": {"list": [
        {"id": 110101199001011234, "name": "甲公司", "owner": {"name": "张三"}, "tags": ["a", "b"]},
        {"id": 2, "name": None, "deep": {"x": {"y": 1}}},
    ], "short": [{"a": 1}]}}  # fmt: skip
    path = written(tmp_path / "导出.json", json.dumps(tree, ensure_ascii=False))
    assert cells(path) == [
        ["id", "name", "owner.name", "tags", "deep.x"],
        ["110101199001011234", "甲公司", "张三", "a；b", None],
        ["2", None, None, None, '{"y": "1"}'],
    ]
    lines = '{"name": "甲"}\n{"name": "乙", "tel": 138}\n'
    assert cells(written(tmp_path / "l.jsonl", lines)) == [
        ["name", "tel"],
        ["甲", None],
        ["乙", "138"],
    ]


def test_f16_xml_export(tmp_path):
    page = (
        '<?xml version="1.0" encoding="GBK"?><root><head a="1"/><list><row id="1"><name>甲公司</name>'
        "<tel>1</tel><tel>2</tel></row><row id='2'><name>乙</name></row></list></root>"
    )
    path = written(tmp_path / "导出.xml", page, "gbk")
    assert cells(path) == [["id", "name", "tel"], ["1", "甲公司", "1；2"], ["2", "乙", None]]
    bomb = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "b">]><x><r><a>&a;</a></r></x>'
    assert refused(written(tmp_path / "b.xml", bomb)) == "FILE_UNSAFE_ENTITIES"


def test_f17_zip_with_gbk_names(tmp_path):
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as package:
        package.writestr("a.csv", "客户名称,手机\n甲公司,013812345678\n")
        package.writestr("b.xlsx", xlsx(tmp_path / "b.xlsx").read_bytes())
        package.writestr("~$b.xlsx", "lock")
    name = "客户".encode("gbk")
    content = inner.getvalue().replace(b"a.csv", name + b".")  # 5 bytes for 5
    path = written(tmp_path / "导出.zip", content)
    file = readers.open_file(path)
    assert [sheet.name for sheet in file.sheets] == ["客户.", "b.xlsx/客户"]
    assert cells(path, "客户.") == cells(path, "b.xlsx/客户") == [HEADER, ROW]
