"""The rules: each holds its contract, and each row of its table of evidence.

tests/rules/<rule>.csv, one line per value: before, options, after, parts, code, why. `after` is
what then stands in the field (a refused value stays as it was); "-" where the field gave its value
to others. Values that must not change are part of every table. `\\u200b` and the like are written
out, so that the tables can be read.
"""

import csv
import re
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from crmclean import messages, rules
from crmclean.rules import Parts, _characters, _checks, _tables, address, placeholder

EVIDENCE = Path(__file__).parent / "rules"
MOST_LINES = 40
#: Words and marks that cells of legacy customer tables are made of.
PIECES = [
"13812345678", "010-87654321", "8765", "4321", "+86", "0086", "400-800-1234", "转801",
"1.38E+10", "2024", "06", "15", "年", "月", "日", "-", "/", ".", ":", "上午", "45458", "民国113年",
"张三", "李四", "欧阳娜娜", "经理", "女士", "总", "某某", "有限公司", "（", "）", "(", ")", "（已注销）", "广东省", "深圳市",
"南山区", "朝阳", "科技园", "万", "元", "￥", "1,234", "约", "@", "example.com", "www.", "http://", "、",
"；", ",", "无", "N/A", "同上", "&nbsp;", "<br>", "_x000D_", "ÖÐ", "鍖椾含", "锟斤拷", "ÿ",
"91110000600037341L", "11010519491231002X", "软件", "制造业", "C39", "VIP", "是", "Y", "１２３", "ＡＢ",
]  # fmt: skip
PIECES += ["\u3000", "\u200b", "\ufeff", "\xa0", "\ue001", " ", "\n"]
CELLS = st.one_of(st.text(max_size=24), st.lists(st.sampled_from(PIECES), max_size=7).map("".join))


def lines(name: str) -> list[dict[str, str]]:
    with (EVIDENCE / f"{name}.csv").open(encoding="utf-8", newline="") as table:
        return list(csv.DictReader(table))


def shown(text: str) -> str:
    r"""A cell as the tables write it: \n, \t, \r, \\ and \uXXXX stand for the characters."""
    marks = {"n": "\n", "t": "\t", "r": "\r", "\\": "\\"}
    return re.sub(
        r"\\(u[0-9a-f]{4}|[ntr\\])", lambda hit: marks.get(hit[1]) or chr(int(hit[1][1:], 16)), text
    )


def options(text: str) -> dict[str, object]:
    told: dict[str, object] = {}
    for pair in filter(None, text.split("; ")):
        key, _, value = pair.partition("=")
        told[key] = value
        if key == "epoch":
            told[key] = int(value)
        elif key in ("values", "words"):
            told[key] = tuple(value.split(","))
        elif key == "synonyms":
            told[key] = dict(one.split(":") for one in value.split(","))
    return told


def answer(name: str, text: str, **told: object) -> tuple[str, str, str]:
    """(after, parts, codes) as the tables write them."""
    try:
        said = rules.rule(name).clean(text, **told)
    except ValueError as refusal:
        return text, "", refusal.args[0]
    if not isinstance(said, Parts):
        return said, "", ""
    parts = " | ".join(f"{part}: {value}" for part, value in said.values.items() if part)
    for more in said.more:
        parts += " + " + " | ".join(f"{part}: {value}" for part, value in more.items())
    return said.values.get("", "-"), parts, ",".join(code for code, _ in said.issues)


ALL = [(name, number, line) for name in rules.names() for number, line in enumerate(lines(name), 2)]


@pytest.mark.parametrize("name, number, line", ALL, ids=[f"{n}:{i}" for n, i, _ in ALL])
def test_evidence(name: str, number: int, line: dict[str, str]) -> None:
    found = answer(name, shown(line["before"]), **options(line["options"]))
    assert found == (shown(line["after"]), line["parts"], line["code"]), line["why"]


@pytest.mark.parametrize("name", rules.names())
class TestContract:
    def test_tells_what_it_is(self, name: str) -> None:
        entry = rules.catalogue(name)[0]
        assert entry.title and not entry.title.endswith(".")
        assert "Source" in entry.text and ">>> clean(" in entry.examples
        assert len(messages.entries()[f"rule.{name}"]["page_zh"]) > 20

    def test_has_evidence(self, name: str) -> None:
        table = lines(name)
        assert len(table) >= MOST_LINES
        assert any(line["before"] == line["after"] and not line["code"] for line in table)
        assert any(line["code"] for line in table) or name == "tags"

    def test_codes_are_in_the_catalogue(self, name: str) -> None:
        source = Path(rules.rule(name).__file__ or "").read_text(encoding="utf-8")
        for code in re.findall(r'"([A-Z]{2,}(?:_[A-Z]+)+)"', source):
            assert code in messages.entries(), code

    def test_column_and_value_agree(self, name: str) -> None:
        """What a column passes as sound, `clean` leaves as it is."""
        for line in lines(name):
            told, text = options(line["options"]), shown(line["before"])
            if name != "placeholder" and rules.sound(pa.array([text]), name, **told)[0].as_py():
                assert answer(name, text, **told) == (text, "", "")

    @given(text=CELLS)
    @example(text="")
    @settings(max_examples=150, deadline=None)
    def test_any_text(self, name: str, text: str) -> None:
        """Only ValueError with a known code; the result has the FORM; twice is once."""
        after, parts, code = answer(name, text)
        for one in filter(None, code.split(",")):
            assert one in messages.entries()
        if after in ("", "-") or (after == text and code and not parts):
            return
        assert re.fullmatch(rules.rule(name).FORM, after)
        assert answer(name, after)[0] == after

    @given(texts=st.lists(CELLS, max_size=6))
    @example(texts=["㐀.."])
    @settings(max_examples=40, deadline=None)
    def test_sound_is_as_strict_as_clean(self, name: str, texts: list[str]) -> None:
        if name == "placeholder":
            return
        cells = pa.array([*texts, None], pa.string())
        for text, sound in zip(texts, rules.sound(cells, name).to_pylist(), strict=False):
            if sound:
                assert answer(name, text) == (text, "", "")
        assert rules.sound(cells, name)[len(texts)].as_py()


QUICK = [name for name in rules.names() if hasattr(rules.rule(name), "quick")]


@pytest.mark.parametrize("name", QUICK)
@given(texts=st.lists(CELLS, max_size=8))
@settings(max_examples=80, deadline=None)
def test_quick_is_what_clean_gives(name: str, texts: list[str]) -> None:
    texts += [shown(line["before"]) for line in lines(name)]
    mended = rules.rule(name).quick(pa.array(texts))
    sound = rules.sound(mended, name).to_pylist()
    for text, found, final in zip(texts, mended.to_pylist(), sound, strict=True):
        if final and found:
            assert answer(name, text) == (found, "", "")


def test_spellings_of_nothing_are_nothing() -> None:
    for kind in rules.names():
        spelt = placeholder.spellings(kind, ("待议",))
        for word in spelt.filter(placeholder.nothing(spelt, kind, ("待议",))).to_pylist():
            assert placeholder.clean(word, kind=kind, words=("待议",)) == "", (kind, word)


def test_address_regions() -> None:
    table = lines("_address_regions")
    said = address.aside(pa.array([line["before"] for line in table]))
    for number, line in enumerate(table):
        found = {level: said.parts[level][number].as_py() or "" for level in address.LEVELS}
        found["code"] = said.codes[number].as_py() or ""
        assert found == {key: line[key] for key in found}, line


def test_trailing_newline_is_not_sound() -> None:
    assert rules.sound(pa.array(["13812345678\n"]), "phone").to_pylist() == [False]


def test_forms_mean_the_same_to_re_and_re2() -> None:
    for name in rules.names():
        form = rules.rule(name).FORM
        texts = [shown(line[key]) for line in lines(name) for key in ("before", "after")]
        by_arrow = pc.match_substring_regex(pa.array(texts), rf"\A(?:{form})\z").to_pylist()
        assert by_arrow == [re.fullmatch(form, text) is not None for text in texts], name


@given(text=st.text(alphabet="ab 北\n\t\u3000\u200bＡ"))
def test_what_is_no_line_is_found(text: str) -> None:
    for form, broken in (
        (_characters.LINE, _characters._NO_LINE),
        (_characters.LINES, _characters._NO_LINES),
    ):
        whole = pc.match_substring_regex(pa.array([text]), rf"\A(?:{form})\z")
        assert whole != pc.match_substring_regex(pa.array([text]), broken)


class TestJudges:
    """Check digits against python-stdnum."""

    @given(st.text(alphabet=_checks.USCC, min_size=17, max_size=17))
    @settings(max_examples=200)
    def test_uscc(self, body: str) -> None:
        from stdnum.cn import uscc

        whole = body + uscc.calc_check_digit(body)
        assert _checks.uscc_holds(whole)
        assert _checks.uscc_column(pa.array([whole, None, body])).to_pylist() == [
            True,
            False,
            False,
        ]
        for wrong in _checks.USCC.replace(whole[17], ""):
            assert not _checks.uscc_holds(body + wrong)

    @given(st.text(alphabet="0123456789", min_size=17, max_size=17))
    @settings(max_examples=200)
    def test_resident_id(self, body: str) -> None:
        from stdnum.cn import ric

        whole = body + ric.calc_check_digit(body + "0")
        assert _checks.resident_id_holds(whole)
        assert _checks.resident_id_column(pa.array([whole, "1"])).to_pylist() == [True, False]
        for wrong in "0123456789X".replace(whole[17], ""):
            assert not _checks.resident_id_holds(body + wrong)


def test_tables_are_whole() -> None:
    assert len(_tables.area_codes()) > 300 and {"010", "0755"} <= _tables.area_codes()
    assert {len(code) for code in _tables.area_codes()} == {3, 4}
    assert len(_tables.table("divisions")) > 3000 and len(_tables.table("industries")) > 1700


def test_unknown_kind_is_told() -> None:
    from crmclean.errors import UsageError

    with pytest.raises(UsageError, match="telephone"):
        rules.rule("telephone")
