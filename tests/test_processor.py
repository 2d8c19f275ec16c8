"""NumPy is kept from the instruction that is slow on some processors, and from nothing else."""

import pytest

from crmclean.processor import _is_zen4

ZEN4 = """processor\t: 0
vendor_id\t: AuthenticAMD
cpu family\t: 25
model\t\t: 17
flags\t\t: fpu sse2 avx2 avx512f avx512dq"""


@pytest.mark.parametrize(
    ("told", "slow"),
    [
        (ZEN4, True),
        (ZEN4.replace("avx512f avx512dq", "erms"), False),  # Zen 3
        (ZEN4.replace(": 25", ": 26"), False),  # Zen 5: it stores fast
        (ZEN4.replace("AuthenticAMD", "GenuineIntel"), False),
        ("AMD64 Family 25 Model 97 Stepping 2, AuthenticAMD", True),  # Windows
        ("Intel64 Family 6 Model 154 Stepping 3, GenuineIntel", False),
        ("ARMv8 (64-bit) Family 8 Model 1, Qualcomm", False),
        ("", False),
    ],
)
def test_only_zen_4_is_an_exception(told, slow):
    assert _is_zen4(told) == slow
