"""Programme days, settings, words and addresses of a release."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from inser_events.agenda.reading import Wording, event_url, programme_days, session_url, setting, slot_lines, span
from inser_events.agenda.snapshot import Session
from tests.agenda.sample import HALL, launch, plenary, session, uid, with_event

EVENING = datetime(2025, 6, 3, 20, 0, tzinfo=UTC)
"""22:00 in Rome."""


def days_of(*sessions: Session, zone: str = "Europe/Rome") -> dict[date, list[str]]:
    return {day: [each.title["en"] for each in found] for day, found in programme_days(sessions, zone).items()}


def test_session_after_midnight_belongs_to_the_evening_it_goes_on_from() -> None:
    assert list(programme_days(plenary().sessions, "Europe/Rome")) == [date(2025, 6, 3)]


def test_night_of_sessions_stays_together() -> None:
    parts = [session(f"part {number}", EVENING + timedelta(hours=number)) for number in range(6)]
    assert days_of(*parts) == {date(2025, 6, 3): [f"part {number}" for number in range(6)]}


def test_session_at_four_begins_a_day() -> None:
    parts = [session(f"part {number}", EVENING + timedelta(hours=number)) for number in range(7)]
    assert days_of(*parts)[date(2025, 6, 4)] == ["part 6"]


def test_session_at_night_without_an_evening_stands_for_itself() -> None:
    webinar = session("webinar for the other side", EVENING + timedelta(hours=5))
    assert days_of(webinar) == {date(2025, 6, 4): ["webinar for the other side"]}


def test_session_long_after_the_evening_stands_for_itself() -> None:
    dinner = session("dinner", EVENING, 30)
    webinar = session("webinar", EVENING + timedelta(hours=3))
    assert days_of(dinner, webinar) == {date(2025, 6, 3): ["dinner"], date(2025, 6, 4): ["webinar"]}


def test_days_follow_the_zone_of_the_event() -> None:
    late = session("late", datetime(2025, 9, 15, 20, 0, tzinfo=UTC))
    assert list(days_of(late, zone="Pacific/Auckland")) == [date(2025, 9, 16)]


@pytest.mark.parametrize(
    ("values", "modes", "expected"),
    [
        ({"room": HALL.uid}, ["in_person", "online"], "room"),
        ({"room": "unknown"}, ["in_person", "online"], "online"),
        ({}, ["in_person", "online"], "online"),
        ({}, ["online"], "online"),
        ({"kind": "break"}, ["in_person", "online"], "everywhere"),
        ({"kind": "break"}, ["online"], "online"),
        ({"online": False}, ["in_person", "online"], "everywhere"),
        ({}, ["in_person"], "everywhere"),
    ],
)
def test_setting_of_a_session(values: dict[str, Any], modes: list[str], expected: str) -> None:
    snapshot = with_event(launch(), modes=modes)
    assert setting(snapshot, session("x", EVENING, **values)) == expected


def test_span_leaves_out_what_was_withdrawn() -> None:
    assert span(launch()) == (datetime(2025, 9, 15, 8, tzinfo=UTC), datetime(2025, 9, 15, 11, tzinfo=UTC))
    assert span(launch(sessions=[session("x", EVENING, status="cancelled")])) is None


def test_slot_lines_say_who_speaks_when_on_the_clock_of_the_event() -> None:
    snapshot = launch()
    assert slot_lines(snapshot.sessions[0], Wording(snapshot, ["en"])) == [
        "Chair: Ms Thorunn Wolfram Petursdottir (Global Soil Partnership)",
        "09:00–09:20 Opening remarks — Mr Lifeng Li (FAO)",
        "09:20–09:35 Welcome by the host — Ms Ghaouti Lamiae (INRA)",
        "09:35–10:00 Vision and goals — Mr Yuxin Tong (FAO)",
    ]


def test_slot_lines_number_the_items() -> None:
    snapshot = plenary()
    assert slot_lines(snapshot.sessions[0], Wording(snapshot, ["en"])) == [
        "09:30–10:00 1 Adoption of the agenda — Ms Thorunn Wolfram Petursdottir (Global Soil Partnership)"
    ]


def test_words_come_in_the_wanted_language_or_the_main_one() -> None:
    snapshot = launch()
    assert Wording(snapshot, ["fr"]).title(snapshot.sessions[0]) == "Ouverture"
    assert Wording(snapshot, ["zh"]).title(snapshot.sessions[0]) == "Opening"


def test_session_without_a_title_is_named_after_its_kind() -> None:
    snapshot = launch(sessions=[session("x", EVENING, title={"en": "\x00"}, kind="break")])
    assert Wording(snapshot, ["en"]).title(snapshot.sessions[0]) == "Break"


def test_addresses_are_absolute_and_quoted() -> None:
    assert (
        event_url("https://events.example.org/", "inser launch") == "https://events.example.org/events/inser%20launch"
    )
    assert session_url("https://events.example.org", "inser", uid("a")) == (
        f"https://events.example.org/events/inser/agenda#s-{uid('a')}"
    )
