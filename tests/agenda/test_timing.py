from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inser_events.agenda.errors import NoSuchTime, TimeTwice, UnusableMinutes
from inser_events.agenda.timing import LONGEST, checked_minutes, retimed, utc_of

START = datetime(2025, 9, 15, 8, 0, tzinfo=UTC)
lengths = st.lists(st.integers(1, LONGEST), max_size=30)


@pytest.mark.parametrize(
    ("day", "at", "hours"),
    [(date(2025, 9, 15), time(9), 8), (date(2025, 3, 10), time(9), 9), (date(2027, 2, 20), time(9), 9)],
    ids=["summer", "Ramadan 2025", "Ramadan 2027"],
)
def test_a_time_in_morocco_follows_ramadan(day: date, at: time, hours: int) -> None:
    assert utc_of(day, at, "Africa/Casablanca") == datetime(day.year, day.month, day.day, hours, tzinfo=UTC)


def test_a_time_the_clocks_skip_is_refused() -> None:
    with pytest.raises(NoSuchTime):
        utc_of(date(2025, 3, 30), time(2, 30), "Europe/Rome")


def test_a_time_shown_twice_asks_which_one() -> None:
    with pytest.raises(TimeTwice):
        utc_of(date(2025, 10, 26), time(2, 30), "Europe/Rome")


@pytest.mark.parametrize(("second", "hour"), [(False, 0), (True, 1)])
def test_a_time_shown_twice_can_be_told_apart(second: bool, hour: int) -> None:
    assert utc_of(date(2025, 10, 26), time(2, 30), "Europe/Rome", second=second).hour == hour


@pytest.mark.parametrize("minutes", [0, -5, LONGEST + 1])
def test_a_length_nothing_can_have_is_refused(minutes: int) -> None:
    with pytest.raises(UnusableMinutes):
        checked_minutes(minutes)


@given(lengths)
def test_slots_follow_each_other_without_a_gap(minutes: list[int]) -> None:
    spans = retimed(START, minutes)
    assert [START, *(span.ends_at for span in spans)][:-1] == [span.starts_at for span in spans]
    assert [span.ends_at - span.starts_at for span in spans] == [timedelta(minutes=length) for length in minutes]


@given(lengths, st.integers(-600, 600))
def test_a_session_that_moves_takes_its_slots_along(minutes: list[int], by: int) -> None:
    shift = timedelta(minutes=by)
    moved = [(span.starts_at + shift, span.ends_at + shift) for span in retimed(START, minutes)]
    assert retimed(START + shift, minutes) == moved


@given(lengths, st.data())
def test_a_longer_slot_moves_only_what_follows(minutes: list[int], data: st.DataObject) -> None:
    if not minutes:
        return
    place = data.draw(st.integers(0, len(minutes) - 1))
    longer = [length + (10 if number == place else 0) for number, length in enumerate(minutes)]
    before, after = retimed(START, minutes), retimed(START, longer)
    assert before[:place] == after[:place]
    moved = [span.starts_at + timedelta(minutes=10) for span in before[place + 1 :]]
    assert [span.starts_at for span in after[place + 1 :]] == moved
