"""The name grammar, name by name (tests/dedupe/company_names.csv) and as properties."""

import csv
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmclean.dedupe import branches, concerns, names, offices, persons, text
from crmclean.dedupe.spans import Spans

HERE = Path(__file__).parent / "dedupe"


def rows(name: str) -> list[dict[str, str]]:
    with (HERE / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


ROWS = rows("company_names.csv")
#: Written down before the grammar had seen them; `open`: what it still gets wrong.
HARD = rows("hard_names.csv")
#: What names of offices are made of.
HEADS = [
    "工商银行",
    "信用社",
    "铁路局",
    "华星公司",
    "集团",
    "第一医院",
    "大学",
    "学校",
    "律师事务所",
    "华星",
]
ENDS = [
    "分行",
    "支行",
    "办事处",
    "分店",
    "店",
    "加油站",
    "东校区",
    "供电公司",
    "营业部",
    "南京",
    "路",
]


def plain(values: list[str]) -> list[str]:
    return text.plain(pa.array(values, pa.string())).to_pylist()


def sound(values: list[str]) -> list[str]:
    return text.sound(pa.array(values, pa.string())).to_pylist()


def parsed(name: str) -> names.Parts:
    return names.parts(plain([name])[0])


def test_the_table_is_long_enough() -> None:
    assert len(ROWS) >= 200


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["name"])
def test_parts(row: dict[str, str]) -> None:
    expected = {part: row[part] for part in names.Parts._fields}
    assert parsed(row["name"])._asdict() == expected


@pytest.mark.parametrize(
    "row",
    [
        pytest.param(
            row, marks=pytest.mark.xfail(strict=True, reason="open") if row["open"] else ()
        )
        for row in HARD
    ],
    ids=lambda row: row["name"],
)
def test_hard_names(row: dict[str, str]) -> None:
    found = parsed(row["name"])._asdict()
    wanted = {part: value for part, value in row.items() if part in found}
    assert {part: found[part] for part in wanted} == wanted
    assert found["core"] == row["brand"] + row["trade"]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("上海华星电子有限公司", "华星电子（上海）有限公司"),
        ("上海华星电子有限公司", "上海市华星电子有限责任公司"),
        ("上海華星電子有限公司", "上海华星电子有限公司（作废）"),
        ("ＡＢＣ科技有限公司", "abc科技有限公司"),
        ("Acme, Inc.", "ACME Incorporated"),
        ("Shanghai Acme Trading Co., Ltd.", "Acme (Shanghai) Trading Co Ltd"),
        ("3M中国有限公司", "3M（中国）有限公司"),
        ("上海机床一厂", "上海机床第1厂"),
        ("上海市浦东新区华星电子有限公司", "上海浦东华星电子（集团）有限公司"),
        ("宁安市第一中学", "宁安一中"),
        ("宁波市鄞县华星电子有限公司", "宁波市鄞州区华星电子有限公司"),
        ("绍兴医科大学附属第一医院", "绍兴医科大学附一院"),
        ("敦化市第三小学", "敦化市第三小学校"),
        ("临泽县中医院", "甘肃省临泽县中医医院"),
        ("宜良县税务局", "国家税务总局宜良县税务局"),
        ("蒙自市市场监督管理局", "云南省蒙自市场监督管理局"),
        ("浙江衡石律师事务所", "浙江衡石律所"),
        ("中国石油化工股份有限公司", "中石化"),
        ("台湾鸿旸精密股份有限公司", "台灣鴻暘精密(股)公司"),
        ("盐城亚太阀门有限公司", "盐城亚太阀门有限公司-崔亮"),
        ("盐城亚太阀门有限公司", "盐城亚太阀门有限公司 崔亮"),
        ("盐城亚太阀门有限公司", "【已签】盐城亚太阀门有限公司"),
        ("盐城亚太阀门有限公司", "老客户-盐城亚太阀门有限公司"),
        ("Hartmann & Vogel GmbH", "Hartmann and Vogel"),
        ("Tianyi Garments Imp. & Exp. Co., Ltd.", "Tianyi Garments Import and Export"),
        ("Ostrava Pumps s.r.o.", "Ostrava Pumps, SRO"),
        ("Pacific Trading Ltd (HK)", "Hong Kong Pacific Trading Limited"),
    ],
)
def test_spellings_of_one_company_have_one_core(one: str, other: str) -> None:
    assert parsed(one).core == parsed(other).core
    assert parsed(one).code == parsed(other).code


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("上海机床一厂", "上海机床二厂"),
        ("上海华星电子有限公司", "上海华星电子有限公司北京分公司"),
        ("华星电子北京分公司", "华星电子广州分公司"),
        ("红星1号店", "红星2号店"),
        ("中铁四局一公司", "中铁四局二公司"),
        ("上海市政工程一公司", "上海市政工程二公司"),
        ("四川路桥一处", "四川路桥二处"),
        ("永利化工一部", "永利化工二部"),
        ("长江纺织A厂", "长江纺织B厂"),
        ("东风配件东厂", "东风配件西厂"),
        ("常熟开关厂(南)", "常熟开关厂(北)"),
        ("西安A公司", "西安B公司"),
        ("第三人民医院", "第五人民医院"),
        ("全聚德（前门店）", "全聚德（王府井店）"),
        ("省电力公司济南市供电公司", "省电力公司青岛市供电公司"),
    ],
)
def test_different_plants_and_branches_differ(one: str, other: str) -> None:
    first, second = parsed(one), parsed(other)
    assert (first.branch, first.ordinal) != (second.branch, second.ordinal)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("工行舟山分行", "中国工商银行股份有限公司舟山分行"),
        ("江西远丰建材有限公司赣州分公司", "江西远丰建材有限公司（赣州）分公司"),
        ("江西远丰建材有限公司赣州分公司", "江西远丰建材有限公司（赣州分公司）"),
        ("浙江衡石律师事务所宁波分所", "浙江衡石（宁波）律师事务所"),
        ("昆明市公安局盘龙分局", "昆明市公安局盘龙区分局"),
    ],
)
def test_spellings_of_one_branch(one: str, other: str) -> None:
    first, second = parsed(one), parsed(other)
    assert (first.core, first.branch) == (second.core, second.branch)
    assert first.branch


@pytest.mark.parametrize(
    "name",
    [
        "祁东县双桥粮食购销有限责任公司姊妹岭粮点",
        "崇义县林业投资有限责任公司龙峰林场",
        "海拉尔贝尔饮食服务有限责任公司-红牡丹美发厅",
    ],
)
def test_a_part_of_a_company_is_not_taken_for_a_note(name: str) -> None:
    whole = name.split("公司")[0] + "公司"
    found, head = parsed(name), parsed(whole)
    assert (found.core, found.branch) != (head.core, head.branch)


@pytest.mark.parametrize(
    ("one", "other"),
    [("育才小学", "育才中学"), ("实验外国语学校", "实验外国语小学"), ("博爱医院", "博爱学校")],
)
def test_institutions_are_told_apart_by_what_they_are(one: str, other: str) -> None:
    assert parsed(one).core != parsed(other).core


def test_a_form_that_says_the_trade_stays_in_the_core() -> None:
    assert parsed("博爱医院").core == parsed("博爱医院有限公司").core
    assert parsed("招商银行").core == parsed("招商银行股份有限公司").core


@pytest.mark.parametrize(
    "name", ["上海二0三研究所", "第1二店", "○八一电子集团有限公司", "一百零5厂"]
)
def test_numerals_in_both_scripts_are_read(name: str) -> None:
    parsed(name)


@pytest.mark.parametrize(
    ("one", "other"), [("华星", "华兴"), ("正泰", "振泰"), ("林氏", "琳氏"), ("李宁", "李林")]
)
def test_homophones_sound_alike(one: str, other: str) -> None:
    sounds = sound([one, other])
    assert sounds[0] == sounds[1]


def test_typed_pinyin_sounds_like_the_name() -> None:
    han, typed, other = sound(["鼎力紧固件", "dingli jingujian", "acme fasteners"])
    assert han == typed
    assert other == "acme fasteners"


def test_other_sounds_differ() -> None:
    assert len(set(sound(["华星", "大星", "华山"]))) == 3


@pytest.mark.parametrize(
    ("name", "surname", "given", "title"),
    [
        ("王建国", "王", "建国", ""),
        ("欧阳娜", "欧阳", "娜", ""),
        ("王总", "王", "", "总"),
        ("李经理", "李", "", "经理"),
        ("张伟先生", "张", "伟", "先生"),
        ("老李", "李", "", "老"),
        ("王建工", "王", "建工", ""),
        ("Mr. John Smith", "smith", "john", ""),
        ("陈女士（采购）", "陈", "", "女士"),
        ("", "", "", ""),
    ],
)
def test_persons(name: str, surname: str, given: str, title: str) -> None:
    person = persons.parse(plain([name])[0])
    assert person[:3] == (surname, given, title)


@settings(deadline=None)
@given(st.text(max_size=40) | st.text(alphabet="华店厂公司()-旧第一号 ", max_size=9))
def test_any_text_has_parts_and_nothing_crashes(value: str) -> None:
    first, second = plain([value, "x"])
    names.parts(first)
    persons.parse(first)
    assert len(sound([first, second])) == 2


@settings(deadline=None)  # word lists are loaded on the way
@given(st.lists(st.text(alphabet="上海华星電子（）Ａ \n\0", max_size=8), max_size=6))
def test_a_column_is_read_as_its_values_are(values: list[str]) -> None:
    assert plain(values) == [plain([value])[0] for value in values]


@settings(deadline=None)
@given(
    st.lists(st.sampled_from(HEADS + ENDS), min_size=1, max_size=5).map("".join)
    | st.sampled_from([row["name"] for row in ROWS + HARD])
)
def test_every_office_that_can_be_split_is_looked_at(name: str) -> None:
    """A cheap test picks the names that are read one by one; it must leave none of them out."""
    name = plain([name])[0]
    _, branch = offices.split(name)
    assert not branch or branches._may_be_office(Spans.of(pa.array([name])))[0]


def test_a_name_is_read_alike_alone_and_in_a_column() -> None:
    every = plain([row["name"] for row in ROWS + HARD])
    columns = names.parse(pa.array(every))
    alone = [names.parts(name) for name in every]
    assert list(zip(*(column.to_pylist() for column in columns.values()), strict=True)) == alone


@pytest.mark.parametrize(
    "word", ["1", "第一", "集团", "控股", "(", "-华", "有限公司", "上海", "科技"]
)
@pytest.mark.parametrize("end", ["", "厂", "小学"])
def test_a_long_name_is_read_in_no_time(word: str, end: str) -> None:
    """Patterns that try every way to take digits apart never came back from forty of them."""
    values = pa.array([word * 100 + end])
    concerns.compared(values, names.parse(values))
