"""Duplicates kind by kind (tests/dedupe/kinds.csv): what is merged is right, what is missed is little."""

from collections import Counter
from pathlib import Path

import dedupe_kinds
import pytest

HERE = Path(__file__).parent


@pytest.fixture(scope="module")
def judged() -> list[tuple[str, str, dict, dict]]:
    rows = dedupe_kinds.read(HERE / "dedupe" / "kinds.csv")
    return dedupe_kinds.judged(rows, rows)


def test_nothing_is_merged_that_is_two_customers(judged: list) -> None:
    assert [(one["name"], other["name"]) for _, what, one, other in judged if what == "wrong"] == []


def test_nine_of_ten_are_merged_or_asked_about(judged: list) -> None:
    told = Counter(what for _, what, _, _ in judged)
    real = told["merged"] + told["asked"] + told["missed"]
    assert told["merged"] >= 0.88 * real
    assert told["merged"] + told["asked"] >= 0.95 * real
