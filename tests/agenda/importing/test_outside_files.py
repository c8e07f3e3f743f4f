"""Every schedule and calendar of the outside data."""

from collections import Counter

import pytest

from inser_events.agenda.importing.importing import prepare
from inser_events.agenda.importing.report import AnswerToInvitation, Level
from tests.agenda.importing.files import clock, codes, read
from tests.agenda.sample import outside_data

pytestmark = pytest.mark.usefixtures("app")


def test_democon() -> None:
    reading = read(outside_data("schedules/voc_example_pretalx-democon.json").read_bytes(), "democon.json")
    assert (len(reading.tree.sessions), [room.name for room in reading.tree.rooms]) == (36, ["Gray Room", "Tan Room"])
    assert codes(reading) == ["zone-differs", "room-guid-repeated"]
    assert clock(reading.tree.sessions[0], reading.tree.event.zone) == "14 09:00-09:30"


def test_the_invalid_example_is_reported_and_not_used() -> None:
    reading = read(outside_data("schedules/voc_example_invalid-example.json").read_bytes(), "invalid.json")
    assert reading.report.is_broken
    assert codes(reading) == ["rooms-misplaced", "days-count", "id-is-text", "person-id-unusual"]


def test_the_spreadsheet() -> None:
    content = outside_data("schedules/voc_schedule-example.xlsx").read_bytes()
    reading = read(content, "voc.xlsx", "Europe/Berlin")
    first = reading.tree.sessions[0]
    assert (len(reading.tree.sessions), [room.name for room in reading.tree.rooms]) == (
        13,
        ["Altes Rathaus", "Ratstrinkstube"],
    )
    assert (first.title, clock(first, "Europe/Berlin"), first.number) == (
        "Offenheit, Partizipation und Digitalisierung",
        "27 09:00-09:20",
        "1001",
    )
    assert [(person.name, person.organisation) for person in first.people] == [
        ("Peter Onderscheka", "Landeshauptstadt München")
    ]
    assert set(codes(reading)) == {"length-missing"}


def test_the_calendar_that_icalendar_refuses() -> None:
    reading = read(outside_data("ics/exchange2010_blank_tzid.ics").read_bytes(), "blank.ics")
    assert len(reading.tree.sessions) == 1
    assert codes(reading) == ["zone-blank", "zone-unknown", "zone-missing", "title-missing"]


def test_windows_zones_and_a_start_inside_its_zone() -> None:
    reading = read(outside_data("ics/exchange2010_ms_timezones.ics").read_bytes(), "windows.ics")
    assert (len(reading.tree.sessions), reading.tree.event.zone) == (4, "Europe/Berlin")
    assert Counter(codes(reading)) == {"zone-translated": 7, "time-mended": 1, "repeats": 2}
    mended = next(session for session in reading.tree.sessions if session.title.startswith("Log"))
    assert clock(mended, "Europe/Berlin") == "09 09:00-09:30"


def test_more_than_two_months_are_told() -> None:
    prepared = prepare(outside_data("ics/exchange2010_ms_timezones.ics").read_bytes(), "windows.ics", None)
    assert (prepared.plan.ends_on - prepared.plan.starts_on).days == 59
    outside = [note.where for note in prepared.report.notes if note.code == "outside-days"]
    assert outside == ["line 122: test", "line 170: Not the actual summary 1"]


def test_the_festival() -> None:
    reading = read(outside_data("ics/festival_128_events_multiday.ics").read_bytes(), "festival.ics", "Europe/Oslo")
    assert (len(reading.tree.sessions), len(reading.tree.rooms), reading.report.errors) == (128, 23, [])
    assert {note.code for note in reading.report.notes} == {"repeats", "length-missing", "too-long"}


def test_conferences_without_a_time_are_not_read() -> None:
    reading = read(outside_data("ics/rfc7986_conferences.ics").read_bytes(), "conferences.ics")
    assert [(note.level, note.code) for note in reading.report.notes] == [
        (Level.ERROR, "start-missing"),
        (Level.ERROR, "nothing-read"),
    ]


def test_a_reply_is_told_to_be_no_agenda() -> None:
    with pytest.raises(
        AnswerToInvitation, match=r"^reply.ics: this is a message about an invitation \(REPLY\), not an"
    ):
        read(outside_data("ics/korganizer_itip_reply_accepted.ics").read_bytes(), "reply.ics")
