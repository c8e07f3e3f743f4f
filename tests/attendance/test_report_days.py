"""Who was there on each day: at a door, in a report of a meeting, by the link on the ticket."""

from datetime import date, timedelta

import pytest
from flask import Flask

from inser_events.attendance.meeting_models import WayIn
from inser_events.attendance.report_days import days
from inser_events.database import db
from inser_events.events.models import Event, Mode
from inser_events.registration.models import State
from tests.attendance.factories import EIGHT, make_attendee, scan
from tests.attendance.meetings_made import import_stays, stay
from tests.checkin.factories import make_registration
from tests.factories import LAUNCH_DAY, make_event

MINUTES_OF_A_DAY = 24 * 60


@pytest.fixture
def event(app: Flask) -> Event:
    """Three days in Rabat."""
    return make_event(starts_on=LAUNCH_DAY, ends_on=LAUNCH_DAY + timedelta(days=2))


def told(event: Event) -> list[tuple[int, int, int, int]]:
    """Day of the month, people, in the room, online."""
    return [(one.day.day, one.people, one.room, one.online) for one in days(event)]


def test_days_are_those_of_the_event_s_clock(app: Flask) -> None:
    event = make_event(time_zone="Asia/Tokyo")
    scan(make_registration(event), "in", 0)
    late = make_registration(event)
    scan(late, "in", 8 * 60)
    scan(late, "in", 9 * 60)
    assert [(one.day.day, one.people) for one in days(event)] == [(15, 1), (16, 1)]


def test_who_was_in_the_room_and_online_counts_once(event: Event) -> None:
    both, online = make_attendee(event), make_registration(event, mode=Mode.ONLINE)
    make_attendee(event)
    import_stays(event, stay(both.name, both.email), stay(online.name, online.email))
    assert told(event) == [(15, 3, 2, 2)]


def test_each_day_online_counts_by_itself(event: Event) -> None:
    there = make_registration(event, mode=Mode.ONLINE)
    next_day = stay(there.name, there.email, MINUTES_OF_A_DAY, MINUTES_OF_A_DAY + 60)
    import_stays(event, stay(there.name, there.email), next_day)
    assert told(event) == [(15, 1, 0, 1), (16, 1, 0, 1)]


def test_stay_without_times_is_of_the_meeting_s_day(event: Event) -> None:
    there = make_registration(event, mode=Mode.ONLINE)
    import_stays(event, stay(there.name, there.email, None, None, minutes=40))
    assert told(event) == [(15, 1, 0, 1)]


def test_the_link_on_the_ticket_counts_on_its_day(event: Event) -> None:
    there = make_registration(event, mode=Mode.ONLINE)
    day = date(2025, 9, 17)
    db.session.add(WayIn(event_id=event.id, registration_id=there.id, day=day, first_at=EIGHT, last_at=EIGHT, times=2))
    db.session.flush()
    assert told(event) == [(17, 1, 0, 1)]


def test_who_is_not_taking_part_or_was_left_out_does_not_count(event: Event) -> None:
    gone, waiting = make_registration(event), make_registration(event)
    meeting = import_stays(event, stay(gone.name, gone.email), stay(waiting.name, waiting.email), stay("Nobody", ""))
    gone.state, waiting.state = State.CANCELLED, State.WAITLISTED
    db.session.flush()
    assert (told(event), meeting.people) == ([(15, 1, 0, 1)], 3)


def test_stay_outside_the_event_is_of_none_of_its_days(event: Event) -> None:
    there = make_registration(event, mode=Mode.ONLINE)
    import_stays(event, stay(there.name, there.email, 9 * MINUTES_OF_A_DAY, 9 * MINUTES_OF_A_DAY + 5))
    assert told(event) == []
