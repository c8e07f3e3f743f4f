"""The calendars of a release, read back with icalendar."""

from dataclasses import replace
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import icalendar
import msgspec
import pytest

from inser_events.agenda.calendars import agenda_ics, event_entry, event_ics, session_entry, session_ics
from inser_events.agenda.snapshot import Snapshot
from inser_events.documents.calendar import Attendee, Contact, invitation
from inser_events.documents.text import one_line
from tests.agenda.sample import (
    BASE_URL,
    CHANGED,
    HOSTILE,
    JOIN_URL,
    PUBLISHED,
    launch,
    many,
    named,
    naughty_strings,
    plenary,
    ramadan,
    session,
    uid,
    with_event,
)
from tests.documents.test_calendar import assert_lines_are_right, content, instants

EN: dict[str, Any] = {"base_url": BASE_URL, "languages": ["en"]}
ONLINE: dict[str, Any] = {**EN, "placed": "online", "join_url": JOIN_URL}
IN_PERSON: dict[str, Any] = {**EN, "placed": "in_person"}


def events(written: bytes) -> dict[str, icalendar.Event]:
    """The entries of a calendar by uid; none may be unreadable."""
    assert_lines_are_right(written)
    found = icalendar.Calendar.from_ical(written).events
    assert [event.errors for event in found if event.errors] == []
    return {str(event["UID"]): event for event in found}


def of(snapshot: Snapshot, name: str, **reader: Any) -> icalendar.Event:
    return events(agenda_ics(snapshot, **(reader or EN)))[uid(name)]


@pytest.mark.parametrize("snapshot", [launch(), ramadan(), plenary(), many(20)])
def test_every_session_is_there_under_its_uid_at_its_instant(snapshot: Snapshot) -> None:
    found = events(agenda_ics(snapshot, **EN))
    assert {key: instants(event) for key, event in found.items()} == {
        each.uid: (each.starts_at, each.ends_at) for each in snapshot.sessions
    }


def test_nine_in_the_morning_is_nine_in_and_out_of_ramadan() -> None:
    lines = content(agenda_ics(ramadan(), **EN))
    assert [line for line in lines if line.startswith("DTSTART;")] == [
        "DTSTART;TZID=Africa/Casablanca:20260213T090000",
        "DTSTART;TZID=Africa/Casablanca:20260220T090000",
        "DTSTART;TZID=Africa/Casablanca:20260325T090000",
        "DTSTART;TZID=Africa/Casablanca:20270215T090000",
    ]


def test_header_names_the_calendar_and_where_it_comes_from() -> None:
    lines = content(agenda_ics(launch(), **EN))
    assert lines[: lines.index("BEGIN:VTIMEZONE")] == [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//inser_events//EN",
        "CALSCALE:GREGORIAN",
        "NAME:INSER launch",
        "X-WR-CALNAME:INSER launch",
        "X-WR-TIMEZONE:Africa/Casablanca",
        "DESCRIPTION:A network for soils that stay",
        "X-WR-CALDESC:A network for soils that stay",
        "REFRESH-INTERVAL;VALUE=DURATION:PT1H",
        "X-PUBLISHED-TTL:PT1H",
        "SOURCE;VALUE=URI:https://events.example.org/events/inser-launch/agenda.ics",
        "URL:https://events.example.org/events/inser-launch",
        "COLOR:sienna",
    ]


def test_personal_feed_names_its_own_source() -> None:
    lines = content(agenda_ics(launch(), **ONLINE, source="https://events.example.org/tickets/T/calendar.ics"))
    assert [line for line in lines if line.startswith("SOURCE")] == [
        "SOURCE;VALUE=URI:https://events.example.org/tickets/T/calendar.ics"
    ]
    assert [line for line in content(agenda_ics(launch(), **ONLINE)) if line.startswith("SOURCE")] == []


def test_description_has_abstract_slots_languages_zone_and_page() -> None:
    course = [
        "Chair: Ms Thorunn Wolfram Petursdottir (Global Soil Partnership)",
        "09:00–09:20 Opening remarks — Mr Lifeng Li (FAO)",
        "09:20–09:35 Welcome by the host — Ms Ghaouti Lamiae (INRA)",
        "09:35–10:00 Vision and goals — Mr Yuxin Tong (FAO)",
    ]
    assert str(of(launch(), "Opening")["DESCRIPTION"]).split("\n\n") == [
        "Welcome; with remarks, by all hosts. Then questions.",
        "\n".join(course),
        "Language: English, French. Interpretation: Arabic",
        "Casablanca time, UTC+01:00",
        f"https://events.example.org/events/inser-launch/agenda#s-{uid('Opening')}",
    ]


def test_description_of_a_sitting_names_items_and_documents() -> None:
    lines = str(of(plenary(), "First sitting")["DESCRIPTION"]).split("\n")
    assert [line for line in lines if "GSPPA" in line] == ["1 Adoption of the agenda (GSPPA XIII/2025/1)"]


def test_version_of_an_entry_is_that_of_its_last_change() -> None:
    opening, closing = of(launch(), "Opening"), of(launch(), "Closing")
    assert [(event["SEQUENCE"], event.DTSTAMP, event.LAST_MODIFIED) for event in (opening, closing)] == [
        (2, CHANGED, CHANGED),
        (0, PUBLISHED, PUBLISHED),
    ]


def test_withdrawn_session_stays_as_cancelled() -> None:
    event = of(launch(), "Field visit")
    assert (event["STATUS"], event["TRANSP"], event["SUMMARY"], event["SEQUENCE"]) == (
        "CANCELLED",
        "TRANSPARENT",
        "Cancelled: Field visit",
        3,
    )


def test_cancelled_event_cancels_every_session() -> None:
    found = events(agenda_ics(with_event(launch(), status="cancelled"), **ONLINE))
    assert {event["STATUS"] for event in found.values()} == {"CANCELLED"}
    assert [event for event in found.values() if event.conferences] == []


@pytest.mark.parametrize(
    ("name", "public", "online"),
    [
        ("Opening", "Main hall, Conference centre, Rabat", "Online (Zoom)"),
        ("Coffee", "Conference centre, Rabat", "Online (Zoom)"),
        ("Posters", "Room B, Conference centre, Rabat", "Room B, Conference centre, Rabat"),
        ("Online questions", "Online (Zoom)", "Online (Zoom)"),
    ],
)
def test_place_follows_the_mode(name: str, public: str, online: str) -> None:
    assert of(launch(), name, **EN)["LOCATION"] == public
    assert of(launch(), name, **IN_PERSON)["LOCATION"] == public
    assert of(launch(), name, **ONLINE)["LOCATION"] == online


def test_online_person_gets_the_link_in_three_places() -> None:
    event = of(launch(), "Opening", **ONLINE)
    assert (str(event["DESCRIPTION"]).split("\n")[0], event["URL"]) == (f"Join online: {JOIN_URL}", JOIN_URL)
    assert [(way.uri, way.label) for way in event.conferences] == [(JOIN_URL, "Online (Zoom)")]


@pytest.mark.parametrize("name", ["Posters", "Field visit"])
def test_session_not_online_or_withdrawn_has_no_link(name: str) -> None:
    assert JOIN_URL.encode() not in session_ics(launch(), uid(name), **ONLINE).replace(b"\r\n ", b"")


@pytest.mark.parametrize("placed", ["public", "in_person", "online"])
def test_without_a_link_no_calendar_has_one(placed: Any) -> None:
    written = agenda_ics(launch(), **EN, placed=placed)
    assert b"CONFERENCE" not in written
    assert b"Join online" not in written


@pytest.mark.parametrize("write", [agenda_ics, event_ics])
def test_public_calendar_refuses_a_personal_link(write: Any) -> None:
    with pytest.raises(ValueError, match="public"):
        write(launch(), **EN, join_url=JOIN_URL)


def test_texts_come_in_the_wanted_language_and_say_which() -> None:
    lines = content(agenda_ics(launch(), base_url=BASE_URL, languages=["fr", "en"]))
    summaries = [line for line in lines if line.startswith("SUMMARY")]
    assert summaries[:2] == ["SUMMARY;LANGUAGE=fr:Ouverture", "SUMMARY;LANGUAGE=en:Coffee"]


def test_release_without_sessions_shows_the_event_as_whole_days() -> None:
    snapshot = with_event(launch(sessions=[]), ends_on=date(2025, 9, 16))
    [event] = events(agenda_ics(snapshot, **EN)).values()
    assert (event["UID"], event.start, event.end, event["TRANSP"]) == (
        uid("inser-launch"),
        date(2025, 9, 15),
        date(2025, 9, 17),
        "TRANSPARENT",
    )


def test_whole_event_runs_from_first_start_to_last_end() -> None:
    [event] = events(event_ics(launch(), **IN_PERSON)).values()
    clock = ZoneInfo("Africa/Casablanca")
    assert (event.start, event.end) == (
        datetime(2025, 9, 15, 9, tzinfo=clock),
        datetime(2025, 9, 15, 12, tzinfo=clock),
    )
    assert (event["UID"], event["SUMMARY"], event["LOCATION"], event["SEQUENCE"], event["TRANSP"]) == (
        uid("inser-launch"),
        "INSER launch",
        "Conference centre, Rabat",
        3,
        "OPAQUE",
    )


def test_whole_event_for_somebody_online_has_the_link() -> None:
    [event] = events(event_ics(launch(), **ONLINE)).values()
    assert (event["LOCATION"], event["URL"]) == ("Online (Zoom)", JOIN_URL)


def test_event_of_many_days_does_not_make_people_busy() -> None:
    assert event_entry(ramadan(), **EN).transparent


def test_entry_of_the_event_becomes_an_invitation() -> None:
    entry = event_entry(launch(), **ONLINE)
    written = invitation(
        replace(entry, organizer=Contact("GSP", "gsp@example.org")), "REQUEST", Attendee("A", "a@example.org")
    )
    calendar = icalendar.Calendar.from_ical(written)
    assert (calendar["METHOD"], len(calendar.events)) == ("REQUEST", 1)


def test_one_session_alone_equals_its_entry_in_the_feed() -> None:
    [alone] = events(session_ics(launch(), uid("Opening"), **EN)).values()
    assert alone.to_ical() == of(launch(), "Opening").to_ical()


@pytest.mark.parametrize("read", [session_ics, session_entry])
def test_unknown_session_is_not_found(read: Any) -> None:
    with pytest.raises(KeyError):
        read(launch(), "unknown", **EN)


def test_same_release_gives_the_same_bytes() -> None:
    assert agenda_ics(launch(), **EN) == agenda_ics(launch(), **EN)


def test_moved_session_keeps_its_uid() -> None:
    before = launch()
    later = [msgspec.structs.replace(each, title={"en": "x"}, room=None) for each in reversed(before.sessions)]
    assert set(events(agenda_ics(launch(sessions=later), **EN))) == set(events(agenda_ics(before, **EN)))


def assert_names_survive(texts: list[str]) -> None:
    snapshot = named(texts)
    found = events(agenda_ics(snapshot, **EN))
    assert [str(found[each.uid]["SUMMARY"]) for each in snapshot.sessions] == [
        one_line(text) or "Plenary assembly" for text in texts
    ]
    for each, text in zip(snapshot.sessions, texts, strict=True):
        clean = one_line(text)
        lines = str(found[each.uid]["DESCRIPTION"]).split("\n")
        assert not clean or f"{clean} ({clean})" in lines


def test_hostile_names_come_out_right() -> None:
    assert_names_survive(HOSTILE)


def test_naughty_strings_come_out_right() -> None:
    assert_names_survive(naughty_strings())


def test_plain_session_of_an_event_without_a_venue_is_online() -> None:
    snapshot = with_event(launch(sessions=[session("x", CHANGED)]), venue=None, modes=["online"], online_platform="")
    assert (of(snapshot, "x")["LOCATION"], event_entry(snapshot, **EN).location) == ("Online", "Online")
