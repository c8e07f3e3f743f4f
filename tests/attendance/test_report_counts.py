"""Numbers that are told without pointing to anybody."""

import pytest
from flask import Flask

from inser_events.attendance.report_counts import figures, members, organisations, protected
from inser_events.attendance.report_sessions import sessions
from inser_events.clock import now
from inser_events.database import db
from inser_events.networks.models import Membership, Network
from tests.attendance.factories import make_attendee, make_published, scan
from tests.checkin.factories import make_registration
from tests.factories import make_event, make_person


@pytest.mark.parametrize(
    ("counts", "told"),
    [
        ({"woman": 12, "man": 9, "": 4}, {"woman": 12, "man": 9, "": 4}),
        ({"woman": 12, "man": 9, "other": 2}, {"woman": 12, "man": None, "other": None}),
        ({"woman": 12, "other": 2, "": 30}, {"woman": None, "other": None, "": 30}),
        ({"woman": 2, "": 30}, {"woman": None, "": None}),
        ({"woman": 1, "man": 1, "": 30}, {"woman": None, "man": None, "": None}),
        ({"woman": 4, "man": 4, "": 30}, {"woman": None, "man": None, "": 30}),
        ({"woman": 0, "man": 8}, {"man": 8}),
        ({}, {}),
    ],
)
def test_small_numbers_cannot_be_found_out(counts: dict[str, int], told: dict[str, int | None]) -> None:
    assert protected(counts) == told


def test_gender_counts_where_somebody_said(app: Flask) -> None:
    event = make_event()
    make_attendee(event, gender="undisclosed")
    make_registration(event, gender="woman")
    assert figures(event).asks_gender is False
    make_attendee(event, gender="woman")
    numbers = figures(event)
    assert (numbers.asks_gender, dict(numbers.genders)) == (True, {"": 1, "woman": 1})


def test_one_organisation_however_it_is_written(app: Flask) -> None:
    event = make_event()
    for name in ("INRA", "inra", "INRA", ""):
        make_attendee(event, organisation=name)
    assert [(name, count.attended) for name, count in organisations(event)] == [("INRA", 3), ("", 1)]


def test_members_of_the_network_are_a_number_of_their_own(app: Flask) -> None:
    network = Network(slug="inser", acronym="INSER", name={"en": "INSER"})
    event = make_event(network=network)
    for number in range(3):
        person = make_person(email=f"Member{number}@example.org")
        db.session.add(Membership(network=network, person=person, joined_at=now()))
    make_attendee(event, email="member0@example.org", active_email="member0@example.org")
    make_registration(event, email="member1@example.org", active_email="member1@example.org")
    make_attendee(event)
    count = members(event)
    assert count is not None
    assert (count.registered, count.attended) == (3, 1)
    assert members(make_event()) is None


def test_sessions_count_who_was_let_in_before_their_end_and_stayed_until_their_beginning(app: Flask) -> None:
    # The session lasts from eight to nine, the scans count minutes from eight.
    event = make_published()
    area = f"room:{event.rooms[0].id}"
    for passages in ([("in", -30)], [("in", -30), ("out", -10)], [("in", 59)], [("in", 60)], [("in", 5), ("out", 6)]):
        person = make_registration(event)
        for direction, minute in passages:
            scan(person, direction, minute, area=area)
    scan(make_registration(event), "in", 0)
    assert [one.in_room for one in sessions(event)] == [3]


def test_sessions_of_which_nothing_is_known_are_left_out(app: Flask) -> None:
    event = make_published()
    make_attendee(event)
    assert (sessions(event), sessions(make_event())) == ([], [])
