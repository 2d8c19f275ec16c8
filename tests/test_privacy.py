"""Masks: what a reader may see, whatever stands in the cell."""

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmclean import privacy
from crmclean.report.differences import differences

SHOWN_AS = [
    ("phone", "13812348000", "138****8000"),
    ("phone", "139-1234-5678", "139-****-5678"),
    ("phone", "0571-65432109", "0571-****09"),
    ("phone", "021 65432109", "021 ****09"),
    ("phone", "张三13812345678", "**138******78"),
    ("phone", "13812345678/13912345678", "138********/*********78"),
    ("phone", "1.38E+10", "1.38E+10"),
    ("phone", "138 12 34 56 78", "138 ** ** ** 78"),
    ("phone", "12345", "*****"),
    ("person_name", "张三", "张*"),
    ("person_name", "张三丰", "张**"),
    ("person_name", "欧阳修", "欧阳**"),
    ("person_name", "John Smith", "J***"),
    ("person_name", "张", "*"),
    ("resident_id", "110105194912310021", "11****************"),
    ("birth_date", "1987-03-02", "1985–1989"),
    ("email", "zhangsan@example.com", "z***@example.com"),
    ("email", "zs@example.com", "***@example.com"),
    ("address", "浙江省杭州市西湖区文三路 1 号", "浙江省杭州市西湖区***"),
    ("address", "文三路 1 号", "***"),
    ("handle", "wxid_123456", "wx***"),
    ("long_text", "张三的电话是 13812345678", "▒▒▒ ×18"),
    ("company_name", "杭州远华科技有限公司", "杭州远华科技有限公司"),
    ("company_name", "张三", "张*"),
    ("company_name", "张三五金店", "张***店"),
    ("picklist", "行业展会", "行业展会"),
    ("text", "李经理 13812345678", "李经理 138****5678"),
    ("text", "身份证 110105194912310021", "身份证 11****************"),
    ("phone", "１３８１２３４５６７８", "138****5678"),
    ("text", "电话１３８１２３４５６７８", "电话138****5678"),
    ("uscc", "91330100MA27XK1234", "91330100MA27XK1234"),
    ("phone", "无", "无"),
    ("no such kind", "anything", "▒▒▒ ×8"),
]


@pytest.mark.parametrize(("kind", "value", "shown"), SHOWN_AS)
def test_a_value_is_shown_as(kind: str, value: str, shown: str) -> None:
    assert privacy.mask_text(kind, value) == shown


@pytest.mark.parametrize("kind", [*privacy.MASKS, *sorted(privacy.SHOWN)])
def test_null_stays_null_and_nothing_else_becomes_null(kind: str) -> None:
    masked = privacy.mask(kind, pa.array([None, "", "x", "张三 13812345678"]))
    assert [value is None for value in masked.to_pylist()] == [True, False, False, False]


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.one_of(st.none(), st.text()), max_size=6), st.sampled_from(sorted(privacy.MASKS))
)
def test_a_mask_takes_any_text(values: list, kind: str) -> None:
    values = [v if v is None else v.encode("utf-8", "replace").decode() for v in values]
    assert len(privacy.mask(kind, pa.array(values, pa.string()))) == len(values)


@settings(max_examples=200, deadline=None)
@given(
    st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True),
    st.sampled_from(["", " ", "-", "  "]),
    st.sampled_from(["{}", "张三{}", "{} 转 801", "tel:{}", "{}/13912345678"]),
)
def test_a_mobile_never_shows_its_middle_however_it_is_written(
    mobile: str, gap: str, around: str
) -> None:
    written = around.format(gap.join([mobile[:3], mobile[3:7], mobile[7:]]))
    for kind in ("phone", "text", "company_name", "long_text", "picklist"):
        shown = privacy.mask_text(kind, written)
        digits = "".join(c for c in shown if c.isdigit())
        assert mobile not in digits
        assert mobile[3:7] not in shown or mobile[3:7] in (mobile[:3] + mobile[7:]) * 2


@pytest.mark.parametrize(
    ("name", "kind", "sensitive", "mask"),
    [
        ("birthday", "date", True, "birth_date"),
        ("created_at", "date", False, "date"),
        ("owner", "person_name", False, "account"),
        ("name", "person_name", False, "person_name"),
        ("wechat", "text", False, "handle"),
        ("other_phones", "text", False, "phone"),
        ("customer", "reference", False, "company_name"),
        ("passport", "code", True, "hidden"),
    ],
)
def test_a_field_takes_the_mask(name: str, kind: str, sensitive: bool, mask: str) -> None:
    assert privacy.mask_kind(name, kind, sensitive) == mask


@pytest.mark.parametrize(
    ("left", "right", "differs"),
    [
        ("13812345678", "13812345678", 0),
        ("13812345678", "13812345679", 1),
        ("张三", "张三丰", -1),
        ("张三", None, -2),
        ("甲" * 70, "乙" * 70, -1),
    ],
)
def test_masked_pairs_say_how_they_differ(left: str, right: str | None, differs: int) -> None:
    found = differences(pa.array([left]), pa.array([right], pa.string()))
    assert found.tolist() == [differs]


@given(st.text())
def test_nothing_printable_moves_a_terminal(text: str) -> None:
    shown = privacy.printable(text)
    assert not any((ord(c) < 32 and c not in "\n\t") or 0x7F <= ord(c) < 0xA0 for c in shown)
    assert not set(shown) & set("\u202a\u202b\u202d\u202e\u2066\u2067\u2068\u200b\ufeff")


@given(st.lists(st.text(alphabet=st.characters(exclude_categories=["Cs"])), max_size=5))
def test_columns_and_single_texts_become_printable_alike(texts: list[str]) -> None:
    column = privacy.printable_column(pa.array(texts, pa.string())).to_pylist()
    for text, shown in zip(texts, column, strict=True):
        assert len(shown) == len(privacy.printable(text))
