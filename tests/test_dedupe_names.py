"""The name grammar, name by name (tests/dedupe/company_names.csv) and as properties."""

import csv
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmclean.dedupe import names, persons, text

TABLE = Path(__file__).parent / "dedupe" / "company_names.csv"
with TABLE.open(encoding="utf-8", newline="") as file:
    ROWS = list(csv.DictReader(file))


def parsed(name: str) -> names.Parts:
    return names.parse(text.plain([name])[0])


def test_the_table_is_long_enough() -> None:
    assert len(ROWS) >= 200


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["name"])
def test_parts(row: dict[str, str]) -> None:
    expected = {part: row[part] for part in names.Parts._fields}
    assert parsed(row["name"])._asdict() == expected


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("上海华星电子有限公司", "华星电子（上海）有限公司"),
        ("上海华星电子有限公司", "上海市华星电子有限责任公司"),
        ("上海華星電子有限公司", "上海华星电子有限公司（作废）"),
        ("ＡＢＣ科技有限公司", "abc科技有限公司"),
        ("Acme, Inc.", "ACME Incorporated"),
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
        ("第三人民医院", "第五人民医院"),
    ],
)
def test_different_plants_and_branches_differ(one: str, other: str) -> None:
    first, second = parsed(one), parsed(other)
    assert (first.branch, first.ordinal) != (second.branch, second.ordinal)


@pytest.mark.parametrize(
    ("one", "other"), [("华星", "华兴"), ("正泰", "振泰"), ("林氏", "琳氏"), ("李宁", "李林")]
)
def test_homophones_sound_alike(one: str, other: str) -> None:
    sounds = text.sound([one, other])
    assert sounds[0] == sounds[1]


def test_other_sounds_differ() -> None:
    assert len(set(text.sound(["华星", "大星", "华山"]))) == 3


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
    person = persons.parse(text.plain([name])[0])
    assert person[:3] == (surname, given, title)


@settings(deadline=None)
@given(st.text(max_size=40))
def test_any_text_has_parts_and_nothing_crashes(value: str) -> None:
    plain = text.plain([value, "x"])
    assert len(plain) == 2
    names.parse(plain[0])
    persons.parse(plain[0])
    assert len(text.sound(plain)) == 2


@settings(deadline=None)  # word lists are loaded on the way
@given(st.lists(st.text(alphabet="上海华星電子（）Ａ \n\0", max_size=8), max_size=6))
def test_a_column_is_read_as_its_values_are(values: list[str]) -> None:
    assert text.plain(values) == [text.plain([value])[0] for value in values]
