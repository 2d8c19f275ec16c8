"""crmclean.yaml: what it may say, and how clearly it says what is wrong."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmclean import project
from crmclean.errors import UsageError
from crmclean.mapping.write import scalar
from crmclean.model import build

ROOT = Path(__file__).parent.parent
SOURCES = "sources:\n  - path: 客户.xlsx\n    fields: {customer.name: 公司名称}\n"


def load(folder: Path, text: str) -> project.Project:
    path = folder / "crmclean.yaml"
    path.write_text(text, encoding="utf-8")
    return project.load(path)


def refused(folder: Path, text: str) -> UsageError:
    with pytest.raises(UsageError) as caught:
        load(folder, text)
    return caught.value


def test_the_example_of_every_section_validates() -> None:
    example = project.load(ROOT / "crmclean.example.yaml")
    assert example.sources[0].fields["customer.annual_purchase"].unit == "万"
    assert set(example.model_fields_set) == set(project.Project.model_fields)


def test_the_published_schema_is_the_one_of_the_program() -> None:
    published = json.loads((ROOT / "crmclean.schema.json").read_text(encoding="utf-8"))
    assert published == project.json_schema()


def test_the_smallest_project_has_sources_alone(tmp_path: Path) -> None:
    found = load(tmp_path, SOURCES)
    assert found.target == "generic"
    assert found.levels["customer.value_level"].scale == {"VIP": 500000, "重点": 100000, "普通": 0}


@pytest.mark.parametrize(
    ("text", "line", "near"),
    [
        (SOURCES + "taget: wukong-11\n", 4, "target"),
        ("sources:\n  - path: a.csv\n    feilds: {}\n", 3, "fields"),
        ("sources:\n  - path: a.csv\n    fields:\n      customer.name: {colum: x}\n", 4, "column"),
        (SOURCES + "fields:\n  contact.title: {requird: standard}\n", 5, "required"),
        (SOURCES + "dedupe:\n  match: 8\n  reveiw: 0\n", 6, "review"),
        (SOURCES + "pilot: {row: 10}\n", 4, "rows"),
        (SOURCES + "levels:\n  customer.value_level: {fro: a, scale: {}}\n", 5, "from"),
    ],
)
def test_an_unknown_key_has_its_line_and_the_nearest(
    tmp_path: Path, text: str, line: int, near: str
) -> None:
    error = refused(tmp_path, text)
    assert error.code == "PROJECT_UNKNOWN_KEY_NEAR"
    assert (error.facts["line"], error.facts["near"]) == (line, near)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("sources:\n  - path: a: b\n", "冒号"),
        ("sources: [\n  - path\n", "缩进"),
        ("a: 1\n\tb: 2\n", "制表符"),
        ('a: "1\n', "引号"),
        ("a: 1\na: 2\n", "两次"),
        (SOURCES + "language: de\n", "'zh' / 'en'"),
    ],
)
def test_what_is_wrong_is_said_in_chinese(tmp_path: Path, text: str, words: str) -> None:
    reason = str(refused(tmp_path, text).facts["reason"])
    assert words in reason and " or " not in reason


@pytest.mark.parametrize(
    ("text", "line", "key"),
    [
        (SOURCES + "language: de\n", 4, "language"),
        (SOURCES + "version: 2\n", 4, "version"),
        ("language: zh\nsources: []\n", 2, "sources"),
        (SOURCES + "pilot:\n  rows: 0\n", 5, "pilot.rows"),
        ("sources:\n  - path: a.csv\n    role: boss\n", 3, "sources.0.role"),
        ("sources:\n  - path: a.csv\n    header_rows: first\n", 3, "sources.0.header_rows"),
        (
            "sources:\n  - path: a.csv\n    fields:\n      customer.name: [a, b]\n",
            4,
            "customer.name",
        ),
        (SOURCES + "unplaced: {customer.org: away}\n", 4, "unplaced.customer.org"),
    ],
)
def test_a_wrong_value_has_its_line_and_key(tmp_path: Path, text: str, line: int, key: str) -> None:
    error = refused(tmp_path, text)
    assert error.code == "PROJECT_BAD_VALUE"
    assert error.facts["line"] == line
    assert key in str(error.facts["key"])


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "PROJECT_NOT_A_MAPPING"),
        ("- a\n- b\n", "PROJECT_NOT_A_MAPPING"),
        ("sources: [\n", "PROJECT_NOT_YAML"),
        ("a: &x 1\nb: *x\n", "PROJECT_NOT_YAML"),
        ("a: 1\na: 2\n", "PROJECT_NOT_YAML"),
        ("a: " + "[" * 300 + "]" * 300 + "\n", "PROJECT_NOT_YAML"),
    ],
)
def test_what_is_no_project_is_refused_with_a_code(tmp_path: Path, text: str, code: str) -> None:
    assert refused(tmp_path, text).code == code


WAIVER = "gates: {{waivers: [{{code: A_B, owner: {}, reason: r, until: {}}}]}}"


@pytest.mark.parametrize(
    ("section", "words"),
    [
        (WAIVER.format("李雷", "2027-13-01"), "要写成 2027-01-31 这样的日期"),
        (WAIVER.format('""', "2027-01-31"), "不能空着"),
        ("gates: {waivers: [{code: A_B}]}", "必须填写"),
        ("gates: {duplicates: {fail: 2}}", "不能大于 1"),
        ("gates: {score: {fail: much}}", "要写数字"),
        ("gates: {new_only: maybe}", "要写 true 或 false"),
        ("gates: {issues: {A_B: 3}}", "要写成 {键: 值}"),
        ("gates: {severity: {A_B: bad}}", "只能是"),
    ],
)
def test_a_wrong_value_is_told_in_the_language(tmp_path: Path, section: str, words: str) -> None:
    assert words in str(refused(tmp_path, f"{SOURCES}{section}\n"))


@pytest.mark.parametrize("rule", ["always", "never"])
@pytest.mark.parametrize(
    ("pairs", "line"),
    [
        ("[['k:F040', 'k:F041', 'k:F042']]", 5),
        ("[['k:F003'], []]", 5),
        ("\n    - [a, b]\n    - []", 7),
        ("[erp.csv!3, sales.csv!3]", 5),
        ("[12]", 5),
        ("[[a, a]]", 5),
        ("[[a, '']]", 5),
        ("[[a, [b]]]", 5),
        ("[{a: b}]", 5),
    ],
)
def test_a_pair_is_two_records(tmp_path: Path, rule: str, pairs: str, line: int) -> None:
    error = refused(tmp_path, f"{SOURCES}dedupe:\n  {rule}: {pairs}\n")
    assert (error.code, error.facts["line"]) == ("PROJECT_BAD_VALUE", line)
    assert "两条不同的记录" in str(error)


def test_records_of_a_pair_are_named_as_written(tmp_path: Path) -> None:
    found = load(tmp_path, SOURCES + "dedupe:\n  never: [[0138, k:1], [a, b]]\n")
    assert found.dedupe.never == (("0138", "k:1"), ("a", "b"))


@pytest.mark.parametrize(
    ("section", "line"), [("match: 0\n  review: 8", 6), ("match: -1", 4), ("match: .nan", 4)]
)
def test_nothing_is_asked_above_what_merges_by_itself(
    tmp_path: Path, section: str, line: int
) -> None:
    error = refused(tmp_path, f"{SOURCES}dedupe:\n  {section}\n")
    assert (error.code, error.facts["line"]) == ("PROJECT_BAD_VALUE", line)
    assert "不能大于 match" in str(error)


def test_a_file_in_another_encoding_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "crmclean.yaml"
    path.write_bytes(SOURCES.encode("gb18030"))
    with pytest.raises(UsageError) as caught:
        project.load(path)
    assert caught.value.code == "PROJECT_NOT_UTF8"


def test_a_missing_project_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as caught:
        project.load(tmp_path / "crmclean.yaml")
    assert caught.value.code == "PROJECT_MISSING"


def test_a_tag_runs_nothing(tmp_path: Path) -> None:
    text = SOURCES + "target: !!python/object/apply:pathlib.Path.mkdir [made]\n"
    assert refused(tmp_path, text).code.startswith("PROJECT_")
    assert not (tmp_path / "made").exists()


def test_words_stay_words(tmp_path: Path) -> None:
    """A cell `no`, `0138` or `2024-01-01` must not become False, 138 or a date."""
    text = SOURCES + "placeholders: [no, 0138, 1.10, 2024-01-01, 0x1F, on, 2024-01-01 10:00]\n"
    found = load(tmp_path, text).placeholders
    assert found == ("no", "0138", "1.10", "2024-01-01", "0x1F", "on", "2024-01-01 10:00")


@given(st.text(st.characters(codec="utf-8", exclude_characters="\x85\u2028\u2029"), max_size=30))
def test_any_heading_can_be_written_down(heading: str) -> None:
    """What `init` writes reads back as the same text, also inside a flow mapping."""
    from ruamel.yaml import YAML

    if any((ord(c) < 32 and c not in "\n\t") or 0x7F <= ord(c) < 0xA0 for c in heading):
        return
    text = f"a: {scalar(heading)}\nb: {{c: {scalar(heading)}, d: [{scalar(heading)}]}}\n"
    assert YAML(typ="safe", pure=True).load(text) == {
        "a": heading,
        "b": {"c": heading, "d": [heading]},
    }


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_label_in_one_language_does_for_both(language: str) -> None:
    other = {"zh": "en", "en": "zh"}[language]
    model = build(
        {
            "customer.credit": {"label": {language: "Limit"}},
            "customer.remark": {"label": {language: "Note"}},
        }
    )
    assert model["customer"].fields["credit"].label == {language: "Limit", other: "Limit"}
    known = build()["customer"].fields["remark"].label
    assert model["customer"].fields["remark"].label == {**known, language: "Note"}
