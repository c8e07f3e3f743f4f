"""Reading calendars that break the rules."""

from datetime import UTC, date, datetime, timedelta

import pytest

from inser_events.documents.calendar_reading import (
    CalendarFile,
    Moment,
    UnreadableCalendar,
    length_of,
    moment_of,
    read_calendar,
    read_replies,
    zone_named,
)
from tests.agenda.sample import outside_data

NINE = datetime(2025, 9, 15, 9, 0)  # noqa: DTZ001 — a clock without a zone
CUSTOM = """BEGIN:VTIMEZONE
TZID:Customized Time Zone
BEGIN:STANDARD
DTSTART:16010101T030000
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=10
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:16010101T020000
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=3
END:DAYLIGHT
END:VTIMEZONE"""


def calendar(*lines: str, head: str = "") -> CalendarFile:
    text = "\n".join(["BEGIN:VCALENDAR", *filter(None, [head]), "BEGIN:VEVENT", *lines, "END:VEVENT", "END:VCALENDAR"])
    return read_calendar(text.encode(), "x.ics")


def start(line: str, head: str = "") -> Moment | None:
    found = calendar(line, head=head)
    return moment_of(found.events[0].properties["DTSTART"][0], found)


@pytest.mark.parametrize(
    ("line", "moment"),
    [
        ("DTSTART:20250915T080000Z", Moment(instant=datetime(2025, 9, 15, 8, 0, tzinfo=UTC), zone="UTC")),
        (
            "DTSTART;TZID=Africa/Casablanca:20250915T090000",
            Moment(instant=datetime(2025, 9, 15, 8, 0, tzinfo=UTC), zone="Africa/Casablanca"),
        ),
        (
            'DTSTART;TZID="W. Europe Standard Time":20250915T090000',
            Moment(instant=datetime(2025, 9, 15, 7, 0, tzinfo=UTC), zone="Europe/Berlin"),
        ),
        (
            'DTSTART;TZID="W. Europe Standard Time:20250915T090000"',
            Moment(
                instant=datetime(2025, 9, 15, 7, 0, tzinfo=UTC), zone="Europe/Berlin", mended="tzid-swallowed-value"
            ),
        ),
        ("DTSTART:20250915T090000", Moment(local=NINE)),
        ("DTSTART;TZID=:20250915T090000", Moment(local=NINE, unknown_zone="")),
        ("DTSTART;TZID=Nowhere:20250915T090000", Moment(local=NINE, unknown_zone="Nowhere")),
        ("DTSTART;VALUE=DATE:20250915T090000", Moment(local=NINE)),
        ("DTSTART;VALUE=DATE:20250915", Moment(day=date(2025, 9, 15))),
        ("DTSTART:20251332T090000", None),
        ("DTSTART:soon", None),
    ],
)
def test_starts_in_all_their_forms(line: str, moment: Moment | None) -> None:
    assert start(line) == moment


def test_a_zone_that_only_its_vtimezone_explains() -> None:
    found = start("DTSTART;TZID=Customized Time Zone:20250715T090000", CUSTOM)
    assert found is not None
    assert found.instant == datetime(2025, 7, 15, 7, 0, tzinfo=UTC)


def test_casablanca_in_ramadan_goes_by_zoneinfo_whatever_the_vtimezone_says() -> None:
    found = start(
        "DTSTART;TZID=Morocco Standard Time:20260220T090000", CUSTOM.replace("Customized", "Morocco Standard")
    )
    assert found is not None
    assert found.instant == datetime(2026, 2, 20, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("name", "zone"),
    [
        ("Africa/Casablanca", "Africa/Casablanca"),
        ("africa/casablanca", "Africa/Casablanca"),
        ('"Europe/Rome"', "Europe/Rome"),
        ("Morocco Standard Time", "Africa/Casablanca"),
        ("/freeassociation.sourceforge.net/Europe/Berlin", "Europe/Berlin"),
        ("/mozilla.org/20050126_1/America/Argentina/Salta", "America/Argentina/Salta"),
        ("Customized Time Zone", None),
        ("", None),
    ],
)
def test_names_of_zones(name: str, zone: str | None) -> None:
    assert zone_named(name) == zone


@pytest.mark.parametrize(
    ("written", "length"),
    [("PT45M", timedelta(minutes=45)), ("P1DT2H", timedelta(hours=26)), ("-P1W", -timedelta(weeks=1)), ("P", None)],
)
def test_durations(written: str, length: timedelta | None) -> None:
    assert length_of(written) == length


def test_lines_are_unfolded_and_unescaped() -> None:
    found = calendar("SUMMARY:One\\, two\\; \\\\n th", " ree\\nfour", "CATEGORIES:a\\,b,c").events[0]
    assert found.text("SUMMARY") == "One, two; \\n three\nfour"
    assert found.properties["CATEGORIES"][0].values == ("a,b", "c")


def test_a_line_that_is_none_is_named_and_the_rest_is_read() -> None:
    found = calendar("SUMMARY:One", "this is no line", "LOCATION:Rabat").events[0]
    assert [(problem.line, problem.text) for problem in found.problems] == [(4, "this is no line")]
    assert found.text("LOCATION") == "Rabat"


def test_an_alarm_inside_does_not_change_its_event() -> None:
    found = calendar("SUMMARY:One", "BEGIN:VALARM", "SUMMARY:Alarm", "END:VALARM").events
    assert [event.text("SUMMARY") for event in found] == ["One"]


def test_an_event_that_breaks_off_is_kept_and_named() -> None:
    found = read_calendar(b"BEGIN:VCALENDAR\nBEGIN:VEVENT\nSUMMARY:One\n", "x.ics")
    assert [event.text("SUMMARY") for event in found.events] == ["One"]
    assert [problem.text for problem in found.problems] == ["VEVENT without its end"]


def test_something_else_is_refused() -> None:
    with pytest.raises(UnreadableCalendar, match=r"x\.ics: there is no calendar"):
        read_calendar(b"Dear all,", "x.ics")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_encodings(encoding: str) -> None:
    content = "BEGIN:VCALENDAR\nBEGIN:VEVENT\nSUMMARY:Café\nEND:VEVENT\nEND:VCALENDAR".encode(encoding)
    assert read_calendar(content, "x.ics").events[0].text("SUMMARY") == "Café"


def test_the_file_that_icalendar_refuses_is_read() -> None:
    found = read_calendar(outside_data("ics/exchange2010_blank_tzid.ics").read_bytes(), "x.ics")
    assert [(zone.tzid, zone.iana, zone.problem) for zone in found.zones.values()] == [
        ("", None, "mandatory TZID not found")
    ]
    assert len(found.events) == 1


def test_an_answer_from_korganizer() -> None:
    [reply] = read_replies(outside_data("ics/korganizer_itip_reply_accepted.ics").read_bytes(), "x.ics")
    assert (reply.method, reply.uid, reply.attendee, reply.answer, reply.sequence, reply.stamp) == (
        "REPLY",
        "libkcal-1387792342.429",
        "testuserb@example.com",
        "ACCEPTED",
        None,
        datetime(2014, 11, 4, 7, 55, 4, tzinfo=UTC),
    )


def test_an_answer_inside_a_mail() -> None:
    mail = (
        b"From: a@example.org\nMIME-Version: 1.0\nContent-Type: multipart/alternative; boundary=x\n\n--x\n"
        b"Content-Type: text/plain\n\nYes\n--x\nContent-Type: text/calendar; method=REPLY\n"
        b"Content-Transfer-Encoding: base64\n\n"
        b"QkVHSU46VkNBTEVOREFSCk1FVEhPRDpSRVBMWQpCRUdJTjpWRVZFTlQKVUlEOnUKQVRURU5ERUU7UEFSVFNUQVQ9REVDTElORUQ6YUBl\n"
        b"eGFtcGxlLm9yZwpFTkQ6VkVWRU5UCkVORDpWQ0FMRU5EQVIK\n--x--\n"
    )
    [reply] = read_replies(mail, "x.eml")
    assert (reply.uid, reply.attendee, reply.answer) == ("u", "a@example.org", "DECLINED")
