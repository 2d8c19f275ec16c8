"""A region is suggested from the credit code or the area code, and never written."""

import pyarrow as pa

from crmclean import derive

ROWS = [
    # record, province, city, uscc, phone
    (1, None, None, "91320594MA1MQ0CE4K", None),  # Suzhou by its code
    (2, None, None, None, "0755-26001234"),  # Shenzhen by its telephone
    (3, None, None, "91320594MA1MQ0CE4K", "0755-26001234"),  # they disagree
    (4, "江苏省", None, "91320594MA1MQ0CE4K", None),  # the city alone
    (5, "广东省", None, "91320594MA1MQ0CE4K", None),  # a city of elsewhere
    (6, "江苏省", "南京市", "91320594MA1MQ0CE4K", None),  # nothing is asked
    (7, None, None, "91310115MA1K3L6Q2N", "021-58881234"),  # a municipality
    (8, None, None, "无", "13812340001"),  # nothing is known
]


def test_where_code_and_telephone_agree_a_region_is_suggested() -> None:
    names = ("record", "province", "city", "uscc", "phone")
    kinds = (pa.int64(), *[pa.string()] * 4)
    columns = {
        n: pa.array(c, k) for n, c, k in zip(names, zip(*ROWS, strict=True), kinds, strict=True)
    }
    issues = derive.suggest({"customer": pa.table(columns)})
    found = issues.select(["record", "field", "suggestion"]).to_pylist()
    assert sorted(tuple(issue.values()) for issue in found) == [
        (1, "city", "苏州市"),
        (1, "province", "江苏省"),
        (2, "city", "深圳市"),
        (2, "province", "广东省"),
        (4, "city", "苏州市"),
        (7, "city", "上海市"),
        (7, "province", "上海市"),
    ]
    assert set(issues["severity"].to_pylist()) == {"info"}
