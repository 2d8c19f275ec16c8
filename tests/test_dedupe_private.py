"""Private customers: people who are customers themselves, as shops and clinics keep them."""

from pathlib import Path

import pytest
from test_dedupe import clusters, run

HOME = "上海市浦东新区测试路1号2栋301室"
AWAY = "浙江省杭州市西湖区试验路88号"


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (("赵玉", HOME, "18447946593"), ("赵玉", AWAY, "13689657189"), False),
        (("赵玉", HOME, "18447946593"), ("赵玉", None, "13689657189"), False),
        (("欧阳玉兰", HOME, "18447946593"), ("欧阳玉兰", AWAY, "13689657189"), False),
        (("赵玉", HOME, "18447946593"), ("赵玉", AWAY, "18447946593"), True),
        (("赵玉", HOME, "18447946593"), ("赵玉女士", "浦东新区测试路1号2栋301室", None), True),
        (("赵玉", HOME, "18447946593"), ("赵强", HOME, "13689657189"), False),
    ],
)
def test_a_name_alone_is_no_person(tmp_path: Path, one: tuple, other: tuple, same: bool) -> None:
    customers = [{"name": name, "address": address} for name, address, _ in (one, other)]
    contacts = [{"name": name[:4].rstrip("女"), "mobile": m} for name, _, m in (one, other)]
    found = run(tmp_path, customers, contact=contacts)
    assert (len(set(clusters(found))) == 1) is same
