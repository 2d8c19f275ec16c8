"""The small tables that rules look things up in, loaded once and only when a rule needs them.

area_codes (landlines), divisions (GB/T 2260) with the renamed ones, industries (GB/T 4754-2017).
Sources and licences: NOTICE at the top of the repository.
"""

import csv
from functools import cache
from pathlib import Path

_HERE = Path(__file__).parent / "tables"


@cache
def table(name: str) -> list[dict[str, str]]:
    """The lines of `tables/<name>.csv`."""
    with (_HERE / f"{name}.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


@cache
def area_codes() -> frozenset[str]:
    """010, 021, 0755 …"""
    return frozenset(line["code"] for line in table("area_codes"))


@cache
def of_eight_digits() -> frozenset[str]:
    """The area codes of four digits whose numbers all have eight (libphonenumber's metadata)."""
    return frozenset(line["code"] for line in table("area_codes") if line["digits"] == "8")


@cache
def surnames() -> tuple[frozenset[str], frozenset[str]]:
    """Family names of one character and of two (复姓)."""
    lines = (_HERE / "surnames.txt").read_text(encoding="utf-8").split("\n")
    return frozenset(lines[0]), frozenset(lines[1].split())
