"""Overlapping stays are counted once."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from inser_events.attendance.meetings.intervals import merge, merged_minutes
from inser_events.attendance.meetings.report import Connection

NINE = datetime(2026, 5, 4, 9, tzinfo=UTC)
INTERVALS = st.lists(
    st.tuples(st.integers(0, 500), st.integers(0, 500)).map(
        lambda pair: (NINE + timedelta(minutes=min(pair)), NINE + timedelta(minutes=max(pair)))
    )
)


def _stay(start: int, end: int | None) -> Connection:
    left = None if end is None else NINE + timedelta(minutes=end)
    return Connection(1, "Ana", "", NINE + timedelta(minutes=start), left, None)


@given(INTERVALS)
def test_merging_does_not_depend_on_order_nor_on_merging_twice(intervals: list[tuple[datetime, datetime]]) -> None:
    merged = merge(intervals)
    assert merge(reversed(intervals)) == merged
    assert merge(merged) == merged
    assert all(one[1] < other[0] for one, other in pairwise(merged))


@given(INTERVALS)
def test_merged_time_is_never_more_than_the_span(intervals: list[tuple[datetime, datetime]]) -> None:
    stays = [Connection(1, "Ana", "", start, end, None) for start, end in intervals]
    span = max((end for _start, end in intervals), default=NINE) - min((start for start, _ in intervals), default=NINE)
    assert merged_minutes(stays) <= span.total_seconds() / 60


def test_two_devices_count_once() -> None:
    assert merged_minutes([_stay(0, 60), _stay(10, 70), _stay(90, 100)]) == 80


def test_a_stay_without_an_end_does_not_count() -> None:
    assert merged_minutes([_stay(0, None), _stay(5, 10)]) == 5


@given(INTERVALS)
def test_every_minute_that_was_somebodys_stays_in_and_no_other(intervals: list[tuple[datetime, datetime]]) -> None:
    stays = [Connection(1, "Ana", "", start, end, None) for start, end in intervals]
    minutes = [NINE + timedelta(minutes=number) for number in range(500)]
    assert merged_minutes(stays) == sum(any(start <= one < end for start, end in intervals) for one in minutes)
