"""Batches that are worked abreast: in their order, a few at a time, and every error is raised."""

import threading
import time

import pyarrow as pa
import pytest

from crmclean.run.abreast import abreast


def test_results_come_in_the_order_of_the_batches():
    def work(number: int) -> int:
        time.sleep(0.002 * (number % 3))
        return number * number

    assert list(abreast(work, range(50))) == [number * number for number in range(50)]


def test_only_a_few_batches_are_held():
    taken = []

    def batches():
        for number in range(100):
            taken.append(number)
            yield number

    made = abreast(lambda number: number, batches())
    assert next(made) == 0
    assert len(taken) <= pa.cpu_count() + 1
    made.close()


def test_what_a_batch_raises_is_raised_at_its_turn():
    def work(number: int) -> int:
        if number == 3:
            raise ValueError(number)
        return number

    made = abreast(work, range(10))
    assert [next(made) for _ in range(3)] == [0, 1, 2]
    with pytest.raises(ValueError, match="3"):
        next(made)


def test_work_is_done_by_several_threads():
    if pa.cpu_count() < 2:
        pytest.skip("one core")
    both = threading.Barrier(2, timeout=10)
    list(abreast(lambda _: both.wait(), range(4)))
