"""Numbers that were counted a moment ago."""

from collections.abc import Callable
from datetime import timedelta

from inser_events.clock import now
from inser_events.lately import KEPT_FOR, Lately


def counting() -> tuple[list[int], Callable[[], int]]:
    """How often somebody counted, and what counts."""
    times: list[int] = []

    def count() -> int:
        times.append(1)
        return len(times)

    return times, count


def test_numbers_are_counted_once_in_a_moment() -> None:
    (times, count), kept, at = counting(), Lately[int](2), now()
    assert [kept.of("launch", 1, at, count) for _ in range(3)] == [1, 1, 1]
    assert len(times) == 1


def test_numbers_are_counted_again_when_something_happened_or_time_went_by() -> None:
    (_times, count), kept, at = counting(), Lately[int](2), now()
    assert kept.of("launch", 1, at, count) == 1
    assert kept.of("launch", 2, at, count) == 2
    assert kept.of("launch", 2, at + KEPT_FOR - timedelta(seconds=1), count) == 2
    assert kept.of("launch", 2, at + KEPT_FOR, count) == 3


def test_the_oldest_are_forgotten() -> None:
    (_times, count), kept, at = counting(), Lately[int](2), now()
    for key in ("one", "two", "three"):
        kept.of(key, 1, at, count)
    assert [kept.of(key, 1, at, count) for key in ("three", "two", "one")] == [3, 2, 4]
