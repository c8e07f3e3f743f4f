"""Presence as the doors saw it."""

from flask import Flask

from inser_events.attendance.presence import Attendance, attendances, attended, attended_count
from inser_events.database import db
from inser_events.registration.models import Registration
from tests.attendance.factories import make_attendee, scan
from tests.checkin.factories import make_registration
from tests.factories import make_event


def of(registration: Registration) -> Attendance | None:
    return attendances(registration.event, [registration.id]).get(registration.id)


def test_minutes_are_counted_between_entry_and_exit(app: Flask) -> None:
    person = make_attendee(make_event())
    scan(person, "out", 60)
    scan(person, "in", 90)
    scan(person, "out", 150)
    assert of(person) == Attendance(1, 120)


def test_minutes_are_unknown_when_an_exit_was_not_seen(app: Flask) -> None:
    person = make_attendee(make_event())
    scan(person, "out", 60)
    scan(person, "in", 24 * 60)
    assert of(person) == Attendance(2, None)


def test_days_count_in_the_zone_of_the_event(app: Flask) -> None:
    person = make_attendee(make_event(time_zone="Asia/Tokyo"))
    scan(person, "out", 30)
    scan(person, "in", 8 * 60)
    scan(person, "out", 8 * 60 + 30)
    assert of(person) == Attendance(2, 60)


def test_rooms_count_where_the_entrance_saw_nobody(app: Flask) -> None:
    person = make_registration(make_event())
    scan(person, "in", 0, area="room:1")
    scan(person, "out", 45, area="room:1")
    assert of(person) == Attendance(1, 45)


def test_who_was_turned_away_was_not_there(app: Flask) -> None:
    person = make_registration(make_event())
    scan(person, "in", 0, outcome="wrong_mode")
    assert (of(person), attended_count(person.event)) == (None, 0)


def test_only_the_confirmed_who_were_let_in_attended(app: Flask) -> None:
    event = make_event()
    there = make_attendee(event)
    make_registration(event)
    make_attendee(event, state="cancelled")
    make_attendee(make_event())
    assert [one.id for one in db.session.scalars(attended(event))] == [there.id]
