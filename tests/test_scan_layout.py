"""B2 of the catalogue, the layout inside a sheet: one test per case, named after its id.

Each asserts the kinds of rows by their numbers in Excel, the headings, and the issues raised.
"""

from pathlib import Path

import pytest
import xlsxwriter

from crmclean import project, readers, scan
from crmclean.errors import InputRefused, UsageError
from crmclean.plan import Fill, Plan, Source

HEADER = ["客户名称", "联系人", "手机", "备注"]
DATA = [
    ["甲电子有限公司", "张三", "13812345678", "老客户"],
    ["乙机械有限公司", "李四", "13912345678", None],
    ["丙贸易有限公司", "王五", "13712345678", "展会认识"],
]


def workbook(path: Path, sheets: dict[str, list[list]], merges: dict[str, list[str]] | None = None):
    """A workbook with these sheets; `merges` by sheet, as Excel writes them (A1:C1)."""
    book = xlsxwriter.Workbook(str(path))
    for name, rows in sheets.items():
        sheet = book.add_worksheet(name)
        for number, row in enumerate(rows):
            for column, value in enumerate(row):
                if value is not None:
                    sheet.write(number, column, value)
        for place in (merges or {}).get(name, ()):
            left = place.split(":")[0]
            column, row = ord(left[0]) - 65, int(left[1:]) - 1
            value = rows[row][column] if row < len(rows) and column < len(rows[row]) else None
            sheet.merge_range(place, value or "")
    book.close()
    return path


def scanned(path: Path, **entry: object) -> tuple[Source, list[tuple]]:
    """The one source of a file, and its issues as (row, column, code, value)."""
    settings = project.Project(sources=[{"path": path.name, **entry}])
    plan, issues = scan.scan(settings, path.parent)
    assert Plan.from_json(plan.to_json()) == plan
    counted = sum(part.num_rows for part in readers.rows(plan.sources[0], path.parent))
    assert counted == sum(plan.sources[0].counts.values())
    found = issues.select(["row", "column", "code", "value"]).to_pylist()
    return plan.sources[0], [tuple(issue.values()) for issue in found]


def headings(source: Source) -> list[str]:
    return [column.heading for column in source.columns]


def test_l01_title_rows_above_the_header(tmp_path):
    rows = [["2024年客户名单"], ["导出时间：2024-06-15", None, "导出人：管理员"], [], HEADER, *DATA]
    source, issues = scanned(workbook(tmp_path / "a.xlsx", {"客户": rows}))
    assert source.header_rows == (4,)
    assert source.kinds == {1: "title", 2: "title", 4: "header"}
    assert source.counts == {"title": 2, "blank": 1, "header": 1, "data": 3}
    assert headings(source) == HEADER
    assert "4 of 4 cells are known headings" in source.evidence[0]
    assert issues == []


def test_l01_the_project_can_say_where_the_header_is(tmp_path):
    rows = [HEADER, ["name", "person", "mobile", "note"], *DATA]
    source, _ = scanned(workbook(tmp_path / "a.xlsx", {"客户": rows}), header_rows=[1, 2])
    assert headings(source) == ["客户名称/name", "联系人/person", "手机/mobile", "备注/note"]
    assert source.counts == {"header": 2, "data": 3}


def test_l02_two_row_header_with_merges(tmp_path):
    rows = [
        ["客户登记表"],
        ["客户名称", "联系方式", None, None, "年采购额"],
        [None, "联系人", "手机", "邮箱", None],
        ["甲电子有限公司", "张三", "13812345678", "a@b.cn", 100],
        ["乙机械有限公司", "李四", "13912345678", None, 200],
    ]
    merges = {"客户": ["A1:E1", "A2:A3", "B2:D2", "E2:E3"]}
    source, _ = scanned(workbook(tmp_path / "a.xlsx", {"客户": rows}, merges))
    assert source.header_rows == (2, 3)
    assert headings(source) == [
        "客户名称",
        "联系方式/联系人",
        "联系方式/手机",
        "联系方式/邮箱",
        "年采购额",
    ]
    assert source.counts == {"title": 1, "header": 2, "data": 2}


def test_l02_group_row_over_a_full_header(tmp_path):
    rows = [["基本信息", None, "联系信息", None], ["客户名称", "所属行业", "联系人", "手机"], *DATA]
    source, _ = scanned(workbook(tmp_path / "a.xlsx", {"客户": rows}, {"客户": ["A1:B1", "C1:D1"]}))
    assert headings(source) == [
        "基本信息/客户名称",
        "基本信息/所属行业",
        "联系信息/联系人",
        "联系信息/手机",
    ]


def test_l02_two_row_header_in_csv_has_no_merges(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("客户名称,联系方式,,备注\n,手机,邮箱,\n甲公司,138,a@b.cn,x\n", "utf-8")
    source, _ = scanned(path)
    assert headings(source) == ["客户名称", "联系方式/手机", "联系方式/邮箱", "备注"]


def test_l02_headings_in_two_languages_are_one_header(tmp_path):
    english = ["Company", "Contact", "Mobile", "Remark"]
    for first, second in ((english, HEADER), (HEADER, english)):
        path = workbook(tmp_path / "a.xlsx", {"客户": [first, second, *DATA]})
        source, _ = scanned(path)
        assert source.header_rows == (1, 2)
        assert headings(source)[0] == f"{first[0]}/{second[0]}"
        assert source.counts["data"] == 3


def test_l03_merged_body_is_filled_inside_the_merge_only(tmp_path):
    rows = [
        HEADER,
        ["甲电子有限公司", "张三", "13812345678", None],
        [None, "李四", "13912345678", None],
        [None, "王五", "13712345678", None],
        [None, "赵六", "13612345678", "没有公司"],
        ["乙机械有限公司", "钱七", "13512345678", None],
    ]
    source, _ = scanned(workbook(tmp_path / "a.xlsx", {"客户": rows}, {"客户": ["A2:A4"]}))
    assert source.fills == (
        Fill(3, 1, "甲电子有限公司", "merged"),
        Fill(4, 1, "甲电子有限公司", "merged"),
    )


def test_m07_ditto_takes_the_value_above(tmp_path):
    rows = [
        HEADER,
        DATA[0],
        ["同上", "李四", "13912345678", "〃"],
        ["同上", "王五", "13712345678", None],
    ]
    source, issues = scanned(workbook(tmp_path / "a.xlsx", {"客户": rows}))
    assert source.fills == (
        Fill(3, 1, "甲电子有限公司", "ditto"),
        Fill(3, 4, "老客户", "ditto"),
        Fill(4, 1, "甲电子有限公司", "ditto"),
    )
    _, issues = scanned(
        workbook(tmp_path / "b.xlsx", {"客户": [HEADER, ["同上", "李四", "139", None]]})
    )
    assert issues == [(2, "客户名称", "DITTO_WITHOUT_VALUE", "同上")]


def test_l04_header_repeated_mid_file(tmp_path):
    source, _ = scanned(workbook(tmp_path / "a.xlsx", {"客户": [HEADER, *DATA, HEADER, *DATA]}))
    assert source.kinds == {1: "header", 5: "repeat_header"}
    assert source.counts == {"header": 1, "repeat_header": 1, "data": 6}


def test_l05_totals_and_sign_off(tmp_path):
    rows = [
        HEADER,
        *DATA,
        ["小计", None, "3家", None],
        ["合计电子科技有限公司", "孙八", "13412345678", "真公司"],
        ["合计", None, "4家", None],
        ["制表人：张三", None, "审核：李四", None],
        [],
        ["注：以上数据截止到2024年6月30日，仅供内部使用。"],
    ]
    source, _ = scanned(workbook(tmp_path / "a.xlsx", {"客户": rows}))
    assert source.kinds[5] == source.kinds[7] == source.kinds[8] == "footer"
    assert source.kinds[10] in ("footer", "note")
    assert 6 not in source.kinds
    assert source.counts["data"] == 4


def test_l06_hidden_rows_are_read_and_told(tmp_path):
    book = xlsxwriter.Workbook(str(tmp_path / "a.xlsx"))
    sheet = book.add_worksheet("客户")
    for number, row in enumerate([HEADER, *DATA]):
        sheet.write_row(number, 0, [cell or "" for cell in row])
    sheet.set_row(2, None, None, {"hidden": True})
    sheet.set_column(3, 3, None, None, {"hidden": True})
    book.close()
    source, issues = scanned(tmp_path / "a.xlsx")
    assert source.counts["data"] == 3
    assert (None, None, "HIDDEN_ROWS", "1") in issues
    assert (None, None, "HIDDEN_COLUMNS", "备注") in issues
    assert [column.hidden for column in source.columns] == [False, False, False, True]
    source, _ = scanned(tmp_path / "a.xlsx", hidden_rows="skip")
    assert source.kinds[3] == "hidden"
    assert source.counts == {"header": 1, "data": 2, "hidden": 1}


def test_l07_hidden_sheets_are_told_not_read(tmp_path):
    book = xlsxwriter.Workbook(str(tmp_path / "a.xlsx"))
    for name in ("旧客户", "客户", "深藏"):
        sheet = book.add_worksheet(name)
        sheet.write_row(0, 0, HEADER)
        sheet.write_row(1, 0, [name, *DATA[0][1:]])
    book.get_worksheet_by_name("客户").activate()
    book.get_worksheet_by_name("旧客户").hide()
    book.get_worksheet_by_name("深藏").very_hidden()
    book.close()
    source, issues = scanned(tmp_path / "a.xlsx")
    assert source.sheet == "客户"
    assert [issue[2:] for issue in issues] == [
        ("SHEET_HIDDEN", "a.xlsx#旧客户"),
        ("SHEET_HIDDEN", "a.xlsx#深藏"),
    ]
    assert scanned(tmp_path / "a.xlsx", sheet="深藏")[0].sheet == "深藏"
    looked_at, _ = scan.scan_files([tmp_path / "a.xlsx"], tmp_path)
    assert [(s.sheet, s.hidden) for s in looked_at.sources] == [
        ("客户", False),
        ("旧客户", True),
        ("深藏", True),
    ]


ORDERS = [["订单编号", "下单日期", "金额", "负责人"], ["D01", "2024-06-15", 10, "张三"]]


def test_l08_several_tables_on_one_sheet_are_each_read(tmp_path):
    rows = [
        ["客户"],
        HEADER,
        *DATA,
        [],
        ["订单"],
        *ORDERS,
        [],
        [None, "姓名", "部门", "手机"],
        [None, "赵", "x", 1],
    ]
    path = workbook(tmp_path / "a.xlsx", {"客户": rows})
    plan, issues = scan.scan_files([path], tmp_path)
    told = [(s.sheet, s.page, s.rows, s.header_rows, s.counts.get("data")) for s in plan.sources]
    assert told == [
        ("客户@1", "客户", (1, 6), (2,), 3),
        ("客户@2", "客户", (7, 10), (8,), 1),
        ("客户@3", "客户", (11, 12), (11,), 1),
    ]
    read = [row for s in plan.sources for part in readers.rows(s, tmp_path) for row in part["row"]]
    assert [row.as_py() for row in read] == list(range(1, 13))
    found = issues.select(["source", "row", "code"]).to_pylist()
    assert [tuple(issue.values()) for issue in found if issue["code"] == "SEVERAL_TABLES"] == [
        (2, 7, "SEVERAL_TABLES"),
        (3, 11, "SEVERAL_TABLES"),
    ]


def test_l08_an_entry_says_which_table_it_means(tmp_path):
    path = workbook(tmp_path / "a.xlsx", {"客户": [HEADER, *DATA, [], [], *ORDERS]})
    source, issues = scanned(path)
    assert source.rows == (1, 6)
    assert issues == [(None, None, "SHEET_DIFFERENT_HEADER", "a.xlsx#客户@2")]
    assert scanned(path, sheet="客户@2")[0].rows == (7, 8)
    by_fields = {"fields": {"customer.code": "订单编号", "customer.owner": "负责人"}}
    assert scanned(path, **by_fields)[0].sheet == "客户@2"
    one, _ = scanned(path, layout="one_table")
    assert (one.rows, one.counts["data"]) == (None, 5)
    entries = [{"path": path.name}, {"path": path.name, "sheet": "客户@2"}]
    plan, issues = scan.scan(project.Project(sources=entries), tmp_path)
    assert [source.sheet for source in plan.sources] == ["客户@1", "客户@2"]
    assert issues["code"].to_pylist() == ["SEVERAL_TABLES"]
    with pytest.raises(InputRefused) as caught:
        scanned(path, sheet="客户@3")
    assert caught.value.code == "SHEET_MISSING"


def test_l08_an_unknown_first_table_is_not_taken_for_titles(tmp_path):
    odd = [["甲项", "乙项", "丙项"], ["1", "x", "y"], ["2", "x", "z"], ["3", "w", "z"]]
    plan, _ = scan.scan_files(
        [workbook(tmp_path / "a.xlsx", {"客户": [*odd, [], HEADER, *DATA]})], tmp_path
    )
    assert [(s.header_rows, s.counts["data"]) for s in plan.sources] == [((1,), 3), ((6,), 3)]


def test_l04_sections_with_their_titles_are_one_table(tmp_path):
    rows = [["销售一部"], HEADER, *DATA, ["小计"], [], ["销售二部"], HEADER, *DATA]
    source, _ = scanned(workbook(tmp_path / "a.xlsx", {"客户": rows}))
    assert source.kinds == {1: "title", 2: "header", 6: "footer", 8: "title", 9: "repeat_header"}
    assert source.counts["data"] == 6


def test_l11_exactly_at_a_limit_of_exports(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("客户名称,手机\n" + "".join(f"甲{n}公司,{n}\n" for n in range(5000)), "utf-8")
    _, issues = scanned(path)
    assert (None, None, "ROWS_MAYBE_CUT", "5000") in issues


def test_l12_blank_rows_and_columns_between(tmp_path):
    rows = [HEADER, DATA[0], [], ["  ", " ", None, None], *[[]] * 100, DATA[1]]
    source, _ = scanned(workbook(tmp_path / "a.xlsx", {"客户": rows}))
    assert source.counts == {"header": 1, "data": 2, "blank": 102}


def test_l13_blank_and_duplicate_headings(tmp_path):
    rows = [["客户名称", "电话", "电话", None, "备注"], ["甲公司", "1", "2", "3", None]]
    source, _ = scanned(workbook(tmp_path / "a.xlsx", {"客户": rows}))
    assert headings(source) == ["客户名称", "电话", "电话.2", "列D", "备注"]


def test_l14_decorated_headings(tmp_path):
    rows = [["*客户名称（必填）", "手机\n号码", "联系人："], ["甲公司", "138", "张三"]]
    source, _ = scanned(workbook(tmp_path / "a.xlsx", {"客户": rows}))
    assert headings(source) == ["*客户名称（必填）", "手机号码", "联系人："]


def test_l15_instruction_row_under_the_header(tmp_path):
    rows = [HEADER, ["必填，填写公司全称", "必填", "11位手机号，例如：13800000000", "选填"], *DATA]
    source, _ = scanned(workbook(tmp_path / "a.xlsx", {"客户": rows}))
    assert source.kinds == {1: "header", 2: "note"}
    assert source.counts["data"] == 3


def test_l16_one_form_per_customer(tmp_path):
    def form(name, person, phone):
        return [
            ["客户登记表"],
            ["客户名称：", name, "联系人：", person],
            ["手机：", phone],
            ["备注：", None],
        ]

    sheets = {name: form(f"{name}有限公司", "张三", "138") for name in ("甲", "乙")}
    path = workbook(tmp_path / "a.xlsx", sheets)
    settings = project.Project(sources=[{"path": "a.xlsx", "layout": "form"}])
    plan, _ = scan.scan(settings, tmp_path)
    source = plan.sources[0]
    assert headings(source) == ["客户名称", "联系人", "手机", "备注"]
    rows = [row for part in readers.rows(source, path.parent) for row in part.to_pylist()]
    assert [(row["kind"], row["c1"], row["c2"], row["c3"]) for row in rows] == [
        ("header", "客户名称", "联系人", "手机"),
        ("data", "甲有限公司", "张三", "138"),
        ("data", "乙有限公司", "张三", "138"),
    ]


def test_l16_forms_are_known_without_being_told(tmp_path):
    """What is the same on every form is a value all the same, where it stands beside a label."""

    def form(name, phone):
        return [
            ["客户信息登记表"],
            ["客户名称", name, "省份", "福建"],
            ["联系人", "林一", "手机", phone],
            ["地址", None, "邮编", "350001"],
            ["x", "y"],
        ]

    sheets = {str(n): form(f"福州{n}厂", f"1395000{n:04}") for n in range(3)}
    source, issues = scanned(workbook(tmp_path / "a.xlsx", sheets))
    assert headings(source) == ["客户名称", "省份", "联系人", "手机", "邮编", "x"]
    assert source.counts == {"header": 1, "data": 3}
    assert [column.filled for column in source.columns] == [3] * 6
    assert "FORM_CELLS_UNREAD" not in [issue[2] for issue in issues]
    assert scanned(tmp_path / "a.xlsx", layout="table")[0].sheet == "0"


def test_l16_a_table_on_its_side_is_a_form_per_column(tmp_path):
    rows = [
        ["客户名称", "甲", "乙"],
        ["联系人", "张三", "李四"],
        ["手机", "1", "2"],
        ["地址", "京", None],
    ]
    source, _ = scanned(workbook(tmp_path / "a.xlsx", {"横": rows}))
    (read,) = readers.rows(source, tmp_path)
    assert [row[2:] for row in zip(*read.to_pydict().values(), strict=True)] == [
        ("客户名称", "联系人", "手机", "地址"),
        ("甲", "张三", "1", "京"),
        ("乙", "李四", "2", None),
    ]


def test_l16_cells_that_no_label_takes_are_told(tmp_path):
    rows = [["客户名称", "甲", "改过", "x"], ["联系人", "张三"], ["手机", "1"], ["地址", "京"]]
    _, issues = scanned(workbook(tmp_path / "a.xlsx", {"表": rows}), layout="form")
    assert (None, None, "FORM_CELLS_UNREAD", "表 R1C3, R1C4") in issues


def test_l18_shifted_rows_are_told(tmp_path):
    rows = [[f"甲{n}公司", f"张{n}", f"138{n:08}", f"a{n}@b.cn"] for n in range(30)]
    rows[10] = [None, "甲10公司", "张十", "13800000010", "a10@b.cn"]
    path = workbook(tmp_path / "a.xlsx", {"客户": [["客户名称", "联系人", "手机", "邮箱"], *rows]})
    _, issues = scanned(path)
    assert [issue[0] for issue in issues if issue[2] == "ROW_SHIFTED"] == [12]


def test_f07_lock_files_are_left_out(tmp_path):
    workbook(tmp_path / "客户.xlsx", {"客户": [HEADER, *DATA]})
    (tmp_path / "~$客户.xlsx").write_bytes(b"\x05user" + bytes(160))
    settings = project.Project(sources=[{"path": "*.xlsx"}])
    plan, issues = scan.scan(settings, tmp_path)
    assert len(plan.sources) == 1
    assert issues["code"].to_pylist() == ["LOCK_FILE_SKIPPED"]


@pytest.mark.parametrize("name", ["~$客户.xlsx", ".~客户.xlsx", ".~lock.客户.xlsx#"])
def test_f07_locks_of_excel_wps_and_libreoffice(tmp_path, name):
    workbook(tmp_path / "客户.xlsx", {"客户": [HEADER, *DATA]})
    (tmp_path / name).write_bytes(b"\x05user" + bytes(160))
    for asked in (".", "*", "**/*"):
        plan, issues = scan.scan(project.Project(sources=[{"path": asked}]), tmp_path)
        assert [source.path for source in plan.sources] == ["客户.xlsx"]
        assert issues.select(["code", "value"]).to_pylist() == [
            {"code": "LOCK_FILE_SKIPPED", "value": name}
        ]
    with pytest.raises(InputRefused) as error:
        scan.scan(project.Project(sources=[{"path": name}]), tmp_path)
    assert error.value.code == "ONLY_LOCK_FILES"


@pytest.mark.parametrize(
    "name",
    [
        "Thumbs.db",
        "desktop.ini",
        ".DS_Store",
        "._客户.xlsx",
        "客户.xlsx.crdownload",
        "~WRL0001.tmp",
    ],
)
def test_f07_what_systems_leave_in_a_folder_is_no_source(tmp_path, name):
    workbook(tmp_path / "客户.xlsx", {"客户": [HEADER, *DATA]})
    (tmp_path / name).write_bytes(b"\0\x05\x16\x07" + bytes(range(200)))
    plan, issues = scan.scan(project.Project(sources=[{"path": "."}]), tmp_path)
    assert [source.path for source in plan.sources] == ["客户.xlsx"]
    assert issues.num_rows == 0


def test_f18_one_table_over_many_files_and_sheets(tmp_path):
    workbook(tmp_path / "b.xlsx", {"华东": [HEADER, *DATA], "说明": [["怎么填"], ["按表头"]]})
    workbook(tmp_path / "a.xlsx", {"华南": [HEADER, DATA[0]], "华北": [["名单"], HEADER, DATA[1]]})
    entry = {"path": "*.xlsx", "fields": {"customer.name": "客户名称"}}
    plan, issues = scan.scan(project.Project(sources=[entry]), tmp_path)
    assert [(s.number, s.path, s.sheet) for s in plan.sources] == [
        (1, "a.xlsx", "华北"),
        (2, "a.xlsx", "华南"),
        (3, "b.xlsx", "华东"),
    ]
    assert issues.select(["code", "value"]).to_pylist() == [
        {"code": "SHEET_DIFFERENT_HEADER", "value": "b.xlsx#说明"}
    ]


@pytest.mark.parametrize(
    "rows, code",
    [
        (
            [["张三", "13812345678", "北京"], ["李四", "13912345678", "上海"]],
            "SHEET_WITHOUT_HEADER",
        ),
        ([], "FILE_WITHOUT_ROWS"),
    ],
)
def test_a_sheet_without_a_header_or_rows_is_refused(tmp_path, rows, code):
    with pytest.raises(InputRefused) as error:
        scanned(workbook(tmp_path / "a.xlsx", {"客户": rows}))
    assert error.value.code == code


def test_two_entries_may_not_read_one_sheet(tmp_path):
    workbook(tmp_path / "a.xlsx", {"客户": [HEADER, *DATA]})
    settings = project.Project(sources=[{"path": "a.xlsx"}, {"path": "*.xlsx"}])
    with pytest.raises(UsageError) as error:
        scan.scan(settings, tmp_path)
    assert error.value.code == "SOURCE_TWICE"


def test_numbers_of_sources_do_not_depend_on_how_files_are_named(tmp_path):
    for name in ("乙.csv", "a.csv", "B.csv"):
        (tmp_path / name).write_text("客户名称,手机\n甲,1\n", "utf-8")
    by_glob, _ = scan.scan_files([tmp_path / "*.csv"], tmp_path)
    by_name, _ = scan.scan_files([tmp_path / n for n in ("乙.csv", "B.csv", "a.csv")], tmp_path)
    assert by_glob == by_name
    assert [source.path for source in by_glob.sources] == ["B.csv", "a.csv", "乙.csv"]


HALVES = ["客户名称", "手机"]


def test_l08_a_list_in_two_halves_is_one_table_after_another(tmp_path):
    rows = [
        ["客户通讯录"],
        [*HALVES, None, *HALVES],
        ["甲电子有限公司", "13812345678", None, "丁电子有限公司", "13412345678"],
        ["乙机械有限公司", "13912345678", None, "戊机械有限公司", None],
        ["丙贸易有限公司", "13712345678"],
    ]
    path = workbook(tmp_path / "a.xlsx", {"客户": rows})
    plan, issues = scan.scan(project.Project(sources=[{"path": path.name}]), tmp_path)
    told = [(s.sheet, s.page, s.span, s.counts) for s in plan.sources]
    assert told == [
        ("客户@1", "客户", (1, 2), {"data": 3, "header": 1, "title": 1}),
        ("客户@2", "客户", (4, 5), {"blank": 2, "data": 2, "header": 1}),
    ]
    assert [headings(source) for source in plan.sources] == [HALVES, HALVES]
    parts = readers.rows(plan.sources[1], tmp_path)
    names = {r["row"]: r["c1"] for part in parts for r in part.to_pylist() if r["kind"] == "data"}
    assert names == {3: "丁电子有限公司", 4: "戊机械有限公司"}
    assert issues.select(["row", "code"]).to_pylist() == [{"row": 1, "code": "TABLE_IN_HALVES"}]
    assert Plan.from_json(plan.to_json()) == plan


def test_l08_halves_without_a_blank_column_between(tmp_path):
    rows = [
        HALVES * 3,
        [f"{n}号机械有限公司" if n % 2 == 0 else f"1381234{n:04}" for n in range(6)],
    ]
    plan, _ = scan.scan_files([workbook(tmp_path / "a.xlsx", {"客户": rows})], tmp_path)
    assert [source.span for source in plan.sources] == [(1, 2), (3, 4), (5, 6)]


def test_l08_two_contacts_beside_their_customer_are_one_table(tmp_path):
    header = ["客户名称", "联系人", "手机", "联系人", "手机"]
    rows = [header, ["甲电子有限公司", "张三", "13812345678", "李四", "13912345678"]]
    source, issues = scanned(workbook(tmp_path / "a.xlsx", {"客户": rows}))
    assert source.span is None
    assert issues == []


def test_l08_different_blocks_that_live_apart_are_told(tmp_path):
    left = [[f"{n}号机械有限公司", f"1381234{n:04}"] for n in range(6)]
    right = [["华东", "12"], ["华南", "7"]]
    rows = [["客户名称", "手机", None, "大区", "户数"]]
    rows += [[*row, None, *(right[n] if n < len(right) else [])] for n, row in enumerate(left)]
    path = workbook(tmp_path / "a.xlsx", {"客户": rows})
    source, issues = scanned(path)
    assert source.span is None
    assert issues == [(None, None, "TABLES_SIDE_BY_SIDE", "A:B, D:E")]
    entries = [{"path": path.name, "layout": "side_by_side", "sheet": f"客户@{n}"} for n in (1, 2)]
    plan, issues = scan.scan(project.Project(sources=entries), tmp_path)
    assert [(s.span, s.counts["data"]) for s in plan.sources] == [((1, 2), 6), ((4, 5), 2)]
    assert scanned(path, layout="one_table")[1] == []


def test_l12_a_blank_column_for_looks_is_no_new_table(tmp_path):
    rows = [["客户名称", "手机", None, "备注", "来源"]]
    rows += [[f"{n}号机械有限公司", f"1381234{n:04}", None, "好", "展会"] for n in range(6)]
    source, issues = scanned(workbook(tmp_path / "a.xlsx", {"客户": rows}))
    assert (source.span, issues) == (None, [])


def test_a_sheet_without_a_header_does_not_stop_the_others(tmp_path):
    numbers = [[n, n * 2.5, n * 100] for n in range(5)]
    path = workbook(tmp_path / "a.xlsx", {"客户": [HEADER, *DATA], "图表": numbers})
    source, issues = scanned(path)
    assert source.sheet == "客户"
    assert issues == [(None, None, "SHEET_NO_TABLE", "a.xlsx#图表")]
    with pytest.raises(InputRefused) as caught:
        scanned(path, sheet="图表")
    assert caught.value.code == "SHEET_WITHOUT_HEADER"
    assert headings(scanned(path, sheet="图表", header_rows=[])[0]) == ["列A", "列B", "列C"]


def test_one_of_several_files_that_cannot_be_read_is_told(tmp_path):
    good = workbook(tmp_path / "a.xlsx", {"客户": [HEADER, *DATA]})
    (tmp_path / "b.xlsx").write_bytes(good.read_bytes()[:500])
    plan, issues = scan.scan_files([good, tmp_path / "b.xlsx"], tmp_path)
    assert [source.path for source in plan.sources] == ["a.xlsx"]
    assert issues["code"].to_pylist() == ["FILE_LEFT_OUT"]
    with pytest.raises(InputRefused):
        scan.scan_files([tmp_path / "b.xlsx"], tmp_path)


def test_the_header_of_a_database_is_certain(tmp_path):
    """Names that nobody knows, one row that looks more like a header, and a blank record."""
    rows = [("X1", "客户名称", "手机"), ("", "", ""), ("客户编码", "联系人", "电话")]
    lines = ",".join("(" + ",".join(f"'{cell}'" for cell in row) + ")" for row in rows)
    path = tmp_path / "a.sql"
    path.write_text(f"INSERT INTO t (QA, QB, QC) VALUES {lines};\n", "utf-8")
    source, issues = scanned(path)
    assert (source.header_rows, headings(source)) == ((1,), ["QA", "QB", "QC"])
    assert source.counts == {"blank": 1, "data": 2, "header": 1}
    assert issues == []


def test_what_a_star_of_the_shell_names_beside_sources_is_left(tmp_path):
    good = workbook(tmp_path / "a.xlsx", {"客户": [HEADER, *DATA]})
    (tmp_path / "b.DBF").write_bytes(good.read_bytes())
    for name in ("b.fpt", "~$a.xlsx", "Thumbs.db"):
        (tmp_path / name).write_bytes(b"\0\0\0\x08\0\0\0\x40" + bytes(504))
    plan, issues = scan.scan_files(sorted(tmp_path.iterdir()), tmp_path)
    assert [source.path for source in plan.sources] == ["a.xlsx", "b.DBF"]
    assert issues.num_rows == 0
