"""The score: a weighted mean of what could be measured, and grades with a cap."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmclean import score
from crmclean.score import Dimension

dimensions = st.lists(
    st.tuples(st.sampled_from(score.DIMENSIONS), st.integers(0, 50), st.integers(0, 50)).map(
        lambda given: Dimension(given[0], min(given[1], given[2]), given[2])
    ),
    unique_by=lambda dimension: dimension.name,
)


def test_weights_add_up_to_a_hundred() -> None:
    assert sum(score.WEIGHTS.values()) == 100
    assert set(score.WEIGHTS) == set(score.DIMENSIONS)


@given(dimensions)
def test_a_score_lies_between_the_worst_and_the_best_dimension(measured: list[Dimension]) -> None:
    ratios = [100 * d.ratio for d in measured if d.ratio is not None]
    points = score.score(measured)
    if not ratios:
        assert points is None
    else:
        assert min(ratios) - 1e-9 <= points <= max(ratios) + 1e-9


def test_what_was_not_measured_does_not_count_as_perfect() -> None:
    measured = [Dimension("completeness", 50, 100), Dimension("accuracy", 0, 0)]
    assert score.score(measured) == 50.0


@pytest.mark.parametrize(
    ("points", "capped", "grade"),
    [
        (95.0, False, "excellent"),
        (94.999, False, "good"),
        (85.0, False, "good"),
        (75.0, False, "fair"),
        (60.0, False, "poor"),
        (59.9, False, "bad"),
        (99.0, True, "poor"),
        (10.0, True, "bad"),
        (None, False, None),
    ],
)
def test_grades(points: float | None, capped: bool, grade: str | None) -> None:
    assert score.grade(points, capped) == grade


@pytest.mark.parametrize(
    ("met", "limits", "verdict"),
    [
        (98, {"warn": 0.95, "fail": 0.90}, "pass"),
        (95, {"warn": 0.95, "fail": 0.90}, "pass"),
        (94, {"warn": 0.95, "fail": 0.90}, "warn"),
        (89, {"warn": 0.95, "fail": 0.90}, "fail"),
    ],
)
def test_a_gate_on_completeness(met: int, limits: dict, verdict: str) -> None:
    measured = [Dimension("completeness", met, 100)]
    assert score.gates(measured, {"completeness": limits}) == {"completeness": verdict}


def test_a_gate_that_nothing_measures_is_left_out() -> None:
    assert score.gates([], {"completeness": {"fail": 0.9}}) == {}


@pytest.mark.parametrize(
    ("code", "field", "dimension"),
    [
        ("PHONE_LOST_DIGITS", "mobile", "validity"),
        ("REQUIRED_BY_STANDARD", "industry", "completeness"),
        ("REFERENCE_UNKNOWN", "customer", "consistency"),
        ("PHONE_SHARED", "phone", "uniqueness"),
        ("HIDDEN_ROWS", None, None),
    ],
)
def test_an_issue_speaks_of_a_dimension(
    code: str, field: str | None, dimension: str | None
) -> None:
    assert score.dimension_of(code, field) == dimension
