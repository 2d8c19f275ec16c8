"""What NumPy should know of this processor before it is loaded.

AMD's Zen 4 (family 25 with AVX-512: Ryzen 7000 and 8000, EPYC 9004) has the instruction by which
NumPy's fastest sort stores, but takes over a hundred cycles for each: whole numbers are sorted five
times slower than by AVX2 (measured; numpy/x86-simd-sort issue 6; AMD's Software Optimization Guide
for Zen 4, 2.11.2). Finding duplicates sorts all the time. OpenJDK makes the same exception. NumPy
that has none of these features, or other names for them, takes no notice.
"""

import os
from pathlib import Path

ASKED = "NPY_DISABLE_CPU_FEATURES"
SLOW = "X86_V4 AVX512_ICL"
#: Characters of /proc/cpuinfo: more than it says of one processor.
ENOUGH = 8_000


def sort_fast() -> None:
    """Keep NumPy from the slow instruction, here and in child processes; call it before NumPy is
    loaded. What somebody has set there stays."""
    if _is_zen4(_told()):
        os.environ.setdefault(ASKED, SLOW)


def _is_zen4(told: str) -> bool:
    """Of Zen 3, which is of the same family, Windows says nothing else; it has no such features."""
    words = " ".join(told.replace(":", " ").split()).lower()
    family = ("cpu family 25" in words and "avx512f" in words) or "amd64 family 25" in words
    return family and "authenticamd" in words


def _told() -> str:
    """What the system says of its first processor; "" where it says nothing."""
    try:
        with Path("/proc/cpuinfo").open(encoding="utf-8", errors="replace") as told:
            return told.read(ENOUGH).split("\n\n")[0]
    except OSError:
        return os.environ.get("PROCESSOR_IDENTIFIER", "")
