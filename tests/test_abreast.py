"""Works side by side: order, bounds, and what becomes of the others when one fails."""

from __future__ import annotations

from threading import Barrier, Event, get_ident

import pytest

from extractors.abreast import Abreast


def test_results_are_handed_over_in_order_by_the_thread_that_put_the_works() -> None:
    second = Event()
    taken: list[tuple[int, int]] = []

    def first_work() -> int:
        assert second.wait(60)
        return 1

    def second_work() -> int:
        second.set()
        return 2

    with Abreast(2) as works:
        for work in (first_work, second_work, lambda: 3):
            works.put(work, lambda number: taken.append((number, get_ident())))
    assert taken == [(number, get_ident()) for number in (1, 2, 3)]


def test_as_many_run_at_once_as_may_and_none_waits_for_long() -> None:
    together = Barrier(2, timeout=60)
    started: list[int] = []
    with Abreast(2) as works:
        for number in range(4):
            works.put(lambda number=number: (started.append(number), together.wait()), lambda _: None)  # type: ignore[misc]
            assert len(started) >= number - 1, "what was put before has begun, but for two"
    assert sorted(started) == [0, 1, 2, 3]


def test_one_at_a_time_is_done_at_once_and_without_a_thread() -> None:
    taken: list[int] = []
    with Abreast(1) as works:
        works.put(get_ident, taken.append)
        assert taken == [get_ident()]


@pytest.mark.parametrize("most", [1, 2])
def test_what_a_work_raises_is_raised_in_its_place(most: int) -> None:
    taken: list[int] = []
    with pytest.raises(ZeroDivisionError), Abreast(most) as works:
        works.put(lambda: 1, taken.append)
        works.put(lambda: 1 // 0, taken.append)
        works.put(lambda: 3, taken.append)
        works.put(lambda: 4, taken.append)
    assert taken == [1]


def test_nothing_runs_on_when_its_owner_is_interrupted() -> None:
    ended: list[bool] = []
    begun = Event()

    def work() -> None:
        begun.wait(60)
        ended.append(True)

    with pytest.raises(KeyboardInterrupt), Abreast(2) as works:
        works.put(work, lambda _: pytest.fail("nobody wants it any more"))
        begun.set()
        raise KeyboardInterrupt
    assert ended == [True]
