"""iCalendar files: the rules of RFC 5545 line by line, and what icalendar and vobject read in them."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import icalendar
import pytest
import vobject  # type: ignore[import-untyped] # it has no types
from hypothesis import example, given, settings
from hypothesis import strategies as st

from inser_events.documents.calendar import (
    Attendee,
    Calendar,
    CalendarEntry,
    Conference,
    Contact,
    invitation,
    write,
)
from inser_events.documents.text import one_line, printable

NINE = datetime(2025, 9, 15, 8, 0, tzinfo=UTC)
STAMP = datetime(2025, 9, 1, 12, 0, tzinfo=UTC)
ORGANISER = Contact("Global Soil Partnership", "gsp@example.org")
HOSTILE = st.text(st.characters(codec=None), max_size=200)


def entry(**values: Any) -> CalendarEntry:
    return CalendarEntry(
        **{
            "uid": "0b36d5f0-0a47-4c3c-8f0b-3a8a5e5f3c11",
            "stamp": STAMP,
            "starts_at": NINE,
            "ends_at": NINE + timedelta(hours=1),
            "zone": "Africa/Casablanca",
            "summary": "Opening",
            **values,
        }
    )


def content(written: bytes) -> list[str]:
    """The content lines, unfolded."""
    return written.decode().replace("\r\n ", "").split("\r\n")[:-1]


def line(written: bytes, name: str) -> str:
    """The one line of the events whose property is *name*, with parameters."""
    lines = content(written)
    event = lines[lines.index("BEGIN:VEVENT") :]
    [found] = [line for line in event if re.match(rf"{name}[;:]", line)]
    return found


def write_one(**values: Any) -> bytes:
    return write(Calendar(entries=[entry(**values)]))


def read(written: bytes) -> icalendar.Event:
    """The first event, as icalendar reads it; no property may be unreadable."""
    calendar = icalendar.Calendar.from_ical(written)
    [event] = calendar.walk("VEVENT")
    assert isinstance(event, icalendar.Event)
    assert event.errors == []
    return event


def instants(event: icalendar.Event) -> tuple[datetime, datetime]:
    """Start and end in UTC, as icalendar reads them."""
    assert isinstance(event.start, datetime)
    assert isinstance(event.end, datetime)
    return event.start.astimezone(UTC), event.end.astimezone(UTC)


def instants_by_vobject(written: bytes, zone: str) -> list[datetime]:
    """Start and end in UTC, as vobject reads them with the zone that the file itself describes.

    The zone gets a name of its own, because vobject knows the usual ones and keeps those it has once read. It leaves
    times naive whose zone had no other time than UTC from 2000 to 2020, although it reads that zone rightly.
    """
    name = uuid4().hex
    text = written.decode().replace(f"TZID={zone}", f"TZID={name}").replace(f"TZID:{zone}", f"TZID:{name}")
    calendar = vobject.readOne(text)
    values = [calendar.vevent.dtstart.value, calendar.vevent.dtend.value]
    return [
        (value if value.tzinfo else value.replace(tzinfo=calendar.vtimezone.gettzinfo())).astimezone(UTC)
        for value in values
    ]


def assert_lines_are_right(written: bytes) -> None:
    """RFC 5545 section 3.1: CRLF, 75 octets, and no character cut in two."""
    lines = written.split(b"\r\n")
    assert lines.pop() == b""
    assert max(map(len, lines)) <= 75
    assert [raw for raw in lines if not raw.strip()] == []
    assert not set(b"\r\n") & set(b"".join(lines))
    for raw in lines:
        raw.decode()


def test_whole_file() -> None:
    calendar = Calendar(
        name="INSER launch, Rabat",
        description="A network for soils",
        zone="UTC",
        source="https://events.example.org/events/inser/agenda.ics",
        url="https://events.example.org/events/inser",
        refresh=timedelta(hours=1),
        color="sienna",
        entries=[
            entry(
                zone="UTC",
                sequence=2,
                description="Welcome; all",
                location="Main hall, Rabat",
                url="https://events.example.org/events/inser/agenda#a,b;c",
                categories=["Opening", "Soil, water"],
                contact="GSP",
                geo=(34.0, -6.83),
                created=STAMP,
                last_modified=STAMP,
                related="parent",
                refid="event",
                language="en",
            )
        ],
    )
    assert content(write(calendar)) == [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//inser_events//EN",
        "CALSCALE:GREGORIAN",
        "NAME:INSER launch\\, Rabat",
        "X-WR-CALNAME:INSER launch\\, Rabat",
        "X-WR-TIMEZONE:UTC",
        "DESCRIPTION:A network for soils",
        "X-WR-CALDESC:A network for soils",
        "REFRESH-INTERVAL;VALUE=DURATION:PT1H",
        "X-PUBLISHED-TTL:PT1H",
        "SOURCE;VALUE=URI:https://events.example.org/events/inser/agenda.ics",
        "URL:https://events.example.org/events/inser",
        "COLOR:sienna",
        "BEGIN:VEVENT",
        "UID:0b36d5f0-0a47-4c3c-8f0b-3a8a5e5f3c11",
        "SEQUENCE:2",
        "DTSTAMP:20250901T120000Z",
        "CREATED:20250901T120000Z",
        "LAST-MODIFIED:20250901T120000Z",
        "DTSTART:20250915T080000Z",
        "DTEND:20250915T090000Z",
        "SUMMARY;LANGUAGE=en:Opening",
        "DESCRIPTION;LANGUAGE=en:Welcome\\; all",
        "CATEGORIES:Opening,Soil\\, water",
        "RELATED-TO;RELTYPE=PARENT:parent",
        "REFID:event",
        "LOCATION:Main hall\\, Rabat",
        "GEO:34.000000;-6.830000",
        "URL:https://events.example.org/events/inser/agenda#a,b;c",
        "STATUS:CONFIRMED",
        "TRANSP:OPAQUE",
        "CONTACT:GSP",
        "END:VEVENT",
        "END:VCALENDAR",
    ]


def test_local_times_come_with_their_zone_before_the_events() -> None:
    written = write_one()
    assert line(written, "DTSTART") == "DTSTART;TZID=Africa/Casablanca:20250915T090000"
    assert line(written, "DTEND") == "DTEND;TZID=Africa/Casablanca:20250915T100000"
    begins = [line for line in content(written) if line.startswith("BEGIN:V")]
    assert begins == ["BEGIN:VCALENDAR", "BEGIN:VTIMEZONE", "BEGIN:VEVENT"]


def test_one_zone_component_per_zone() -> None:
    entries = [entry(), entry(uid="b"), entry(uid="c", zone="Europe/Rome"), entry(uid="d", zone="UTC")]
    zones = [line for line in content(write(Calendar(entries=entries))) if line.startswith("TZID:")]
    assert zones == ["TZID:Africa/Casablanca", "TZID:Europe/Rome"]


def test_second_of_two_equal_clock_times_is_written_in_utc() -> None:
    second = datetime(2025, 10, 26, 1, 30, tzinfo=UTC)
    written = write_one(zone="Europe/Rome", starts_at=second, ends_at=second + timedelta(hours=2))
    assert line(written, "DTSTART") == "DTSTART:20251026T013000Z"
    assert line(written, "DTEND") == "DTEND:20251026T033000Z"


def test_all_day_entry_ends_after_its_last_day() -> None:
    written = write_one(starts_at=date(2025, 9, 15), ends_at=date(2025, 9, 16))
    assert line(written, "DTSTART") == "DTSTART;VALUE=DATE:20250915"
    assert line(written, "DTEND") == "DTEND;VALUE=DATE:20250917"


def test_entry_without_length_has_no_end() -> None:
    assert not [line for line in content(write_one(ends_at=NINE)) if line.startswith("DTEND")]


def test_calendar_without_entries_still_has_a_component() -> None:
    written = write(Calendar(name="Nothing yet", zone="Europe/Rome"))
    assert [part.name for part in icalendar.Calendar.from_ical(written).subcomponents] == ["VTIMEZONE"]
    assert_lines_are_right(written)


def test_names_in_parameters_follow_rfc_6868() -> None:
    written = write_one(organizer=Contact('Benali, "Dr" O^Neil: x;y\nz', "b@example.org"))
    assert line(written, "ORGANIZER") == "ORGANIZER;CN=\"Benali, ^'Dr^' O^^Neil: x;y z\":mailto:b@example.org"
    assert read(written)["ORGANIZER"].params["CN"] == 'Benali, "Dr" O^Neil: x;y z'


def test_ways_into_the_call() -> None:
    ways = [Conference("https://call.example.org/j/1?a=b,c", label="Zoom — English", language="en")]
    assert line(write_one(conference=ways), "CONFERENCE") == (
        'CONFERENCE;VALUE=URI;FEATURE=AUDIO,VIDEO;LABEL="Zoom — English";LANGUAGE=en:https://call.example.org/j/1?a=b,c'
    )
    assert [way.uri for way in read(write_one(conference=ways)).conferences] == ["https://call.example.org/j/1?a=b,c"]


@pytest.mark.parametrize("field", ["url", "summary", "description", "location", "uid", "contact", "refid", "related"])
def test_no_field_can_add_a_line(field: str) -> None:
    written = write_one(**{field: "x\r\nATTENDEE:mailto:a@b\nBEGIN:VALARM\x85\u2028STATUS:TENTATIVE"})
    names = [re.split("[;:]", line)[0] for line in content(written)]
    assert [name for name in names if name in {"ATTENDEE", "STATUS"}] == ["STATUS"]
    assert_lines_are_right(written)


@pytest.mark.parametrize("method", ["REQUEST", "CANCEL"])
def test_invitation_names_organiser_and_one_attendee(method: Any) -> None:
    guest = Attendee("Benali, Amina", "amina@example.org")
    written = invitation(entry(organizer=ORGANISER, attendees=[Attendee("Other", "o@example.org")]), method, guest)
    assert content(written)[4] == f"METHOD:{method}"
    assert line(written, "ORGANIZER") == 'ORGANIZER;CN="Global Soil Partnership":mailto:gsp@example.org'
    assert line(written, "ATTENDEE") == (
        'ATTENDEE;CN="Benali, Amina";CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT=NEEDS-ACTION;RSVP=FALSE'
        ":mailto:amina@example.org"
    )
    assert [name for name in content(written) if name.startswith(("NAME", "X-WR", "REFRESH"))] == []


@pytest.mark.parametrize(
    ("method", "status", "said"),
    [
        ("REQUEST", "CONFIRMED", ["STATUS:CONFIRMED"]),
        ("CANCEL", "CANCELLED", ["STATUS:CANCELLED"]),
        ("CANCEL", "CONFIRMED", []),
    ],
)
def test_status_is_said_unless_only_one_person_leaves(method: Any, status: Any, said: list[str]) -> None:
    written = invitation(entry(organizer=ORGANISER, status=status), method, Attendee("A", "a@example.org"))
    assert [line for line in content(written) if line.startswith("STATUS")] == said


def test_invitation_without_organiser_is_refused() -> None:
    with pytest.raises(ValueError, match="organiser"):
        invitation(entry(), "REQUEST", Attendee("A", "a@example.org"))


@settings(max_examples=60, deadline=None)
@given(HOSTILE, HOSTILE, HOSTILE)
@example("الشبكة الدولية المعنية بتآكل التربة " * 4, "国际土壤侵蚀网络" * 20, "👩‍👩‍👧‍👦" * 30)
@example("a\\", "\\n", "\\\\;,\n")
def test_any_text_is_read_back_as_cleaned(summary: str, description: str, location: str) -> None:
    written = write_one(summary=summary, description=description, location=location, categories=[summary])
    assert_lines_are_right(written)
    event = read(written)
    assert str(event["SUMMARY"]) == one_line(summary)
    assert str(event.get("DESCRIPTION", "")) == printable(description)
    assert str(event.get("LOCATION", "")) == one_line(location)
    assert event.categories == [one_line(summary)]


@settings(max_examples=60, deadline=None)
@given(HOSTILE)
def test_any_name_in_a_parameter_is_read_back_as_cleaned(name: str) -> None:
    written = write_one(organizer=Contact(name, "a@example.org"), attendees=[Attendee(name, "b@example.org")])
    assert_lines_are_right(written)
    assert read(written)["ATTENDEE"].params.get("CN", "") == one_line(name)


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(["Africa/Casablanca", "Europe/Rome", "Asia/Kathmandu", "America/St_Johns", "Pacific/Apia", "UTC"]),
    st.datetimes(datetime(2011, 1, 1), datetime(2036, 12, 1), timezones=st.just(UTC)),  # noqa: DTZ001 — hypothesis adds UTC
    st.integers(1, 60 * 30),
)
@example("Africa/Casablanca", datetime(2026, 2, 20, 9, tzinfo=UTC), 60)
@example("Africa/Casablanca", datetime(2027, 2, 15, 9, tzinfo=UTC), 60)
@example("Africa/Casablanca", datetime(2026, 2, 14, 23, tzinfo=UTC), 300)
@example("Europe/Rome", datetime(2025, 3, 30, 0, 30, tzinfo=UTC), 120)
@example("Europe/Rome", datetime(2025, 10, 26, 0, 30, tzinfo=UTC), 120)
@example("Europe/Rome", datetime(2025, 12, 31, 22, 30, tzinfo=UTC), 120)
def test_two_readers_find_the_same_instants(zone: str, start: datetime, minutes: int) -> None:
    start = start.replace(microsecond=0)
    end = start + timedelta(minutes=minutes)
    written = write_one(zone=zone, starts_at=start, ends_at=end)
    assert instants(read(written)) == (start, end)
    assert instants_by_vobject(written, zone) == [start, end]


def test_same_entries_give_the_same_bytes() -> None:
    assert write_one() == write_one()
    assert replace(entry(), sequence=1) != entry()


def test_zone_covers_an_entry_that_ends_before_it_starts() -> None:
    lines = content(write_one(starts_at=datetime(2027, 2, 15, 9, tzinfo=UTC)))
    assert [line for line in lines if line.startswith("DTSTART:2027")] == [
        "DTSTART:20270207T030000",
        "DTSTART:20270314T020000",
    ]
