"""Calendars as agendas."""

import pytest

from inser_events.agenda.importing.report import AnswerToInvitation, Level, UnreadableSchedule
from tests.agenda.importing.files import clock, codes, ics, only, read

pytestmark = pytest.mark.usefixtures("app")
NINE = "DTSTART;TZID=Africa/Casablanca:20250915T090000"
TEN = "DTEND;TZID=Africa/Casablanca:20250915T100000"


def test_an_entry_becomes_a_session() -> None:
    reading = read(
        ics(
            *(NINE, TEN, "SUMMARY;LANGUAGE=fr:Ouverture", "LOCATION:Hall\\, Rabat", "CATEGORIES:Workshop,x"),
            "DESCRIPTION:One\\n\\nTwo <b>bold</b><script>x</script>",
        )
    )
    session = only(reading)
    assert (session.title, clock(session), session.room, session.guid) == (
        "Ouverture",
        "15 09:00-10:00",
        "Hall, Rabat",
        "one@example.org",
    )
    assert (session.languages, session.kind, session.track) == (("fr",), "workshop", "Workshop")
    assert session.abstract == {"": "One\n\nTwo <b>bold</b>"}
    assert (reading.tree.event.zone, codes(reading)) == ("Africa/Casablanca", [])


@pytest.mark.parametrize("line", ["STATUS:CANCELLED", "STATUS:TENTATIVE", "SUMMARY:Cancelled: Opening"])
def test_what_is_cancelled_or_only_planned_is_left_out(line: str) -> None:
    reading = read(ics(NINE, TEN, line))
    assert reading.tree.sessions == ()
    assert [(note.level, note.code) for note in reading.report.notes] == [
        (Level.LEFT_OUT, "not-confirmed"),
        (Level.ERROR, "nothing-read"),
    ]
    assert reading.tree.gone == {"one@example.org"}


@pytest.mark.parametrize(
    ("method", "error"),
    [("Reply", AnswerToInvitation), ("COUNTER", AnswerToInvitation), ("CANCEL", UnreadableSchedule)],
)
def test_a_message_about_an_invitation_is_no_agenda(method: str, error: type[UnreadableSchedule]) -> None:
    said = rf"^file: this is a message about an invitation \({method.upper()}\), not an agenda\.$"
    with pytest.raises(UnreadableSchedule, match=said) as raised:
        read(ics(NINE, TEN, "SUMMARY:x", head=f"METHOD:{method}"))
    assert raised.type is error


@pytest.mark.parametrize("method", ["PUBLISH", "REQUEST"])
def test_a_calendar_that_is_sent_around_is_read(method: str) -> None:
    assert only(read(ics(NINE, TEN, "SUMMARY:x", head=f"METHOD:{method}"))).title == "x"


def test_an_entry_for_whole_days_is_left_out() -> None:
    assert codes(read(ics("DTSTART;VALUE=DATE:20250915", "SUMMARY:Travel"))) == ["whole-day", "nothing-read"]


def test_a_repeated_entry_is_taken_once_and_told() -> None:
    reading = read(ics(NINE, TEN, "SUMMARY:x", "RRULE:FREQ=DAILY"))
    assert (len(reading.tree.sessions), codes(reading)) == (1, ["repeats"])


def test_one_uid_with_an_exception_gives_two_sessions() -> None:
    content = ics(NINE, TEN, "SUMMARY:x").replace(
        b"END:VCALENDAR",
        b"BEGIN:VEVENT\r\nUID:one@example.org\r\nRECURRENCE-ID:20250916T080000Z\r\nSUMMARY:y\r\n"
        b"DTSTART:20250916T090000Z\r\nDURATION:PT20M\r\nEND:VEVENT\r\nEND:VCALENDAR",
    )
    assert [(each.guid, each.minutes) for each in read(content).tree.sessions] == [
        ("one@example.org", 60),
        ("one@example.org/20250916T080000Z", 20),
    ]


def test_a_time_without_a_zone_asks_for_one() -> None:
    reading = read(ics("DTSTART:20250915T090000", "SUMMARY:x"))
    assert [note.code for note in reading.report.errors] == ["zone-missing"]
    chosen = read(ics("DTSTART:20250915T090000", "DURATION:PT1H", "SUMMARY:x"), zone="Africa/Casablanca")
    assert (clock(only(chosen)), codes(chosen)) == ("15 09:00-10:00", [])


def test_the_zone_as_a_property_of_its_own_is_understood() -> None:
    reading = read(ics("DTSTART:20250915T090000", "TZID:Morocco Standard Time", "DURATION:PT1H", "SUMMARY:x"))
    assert (clock(only(reading)), reading.tree.event.zone) == ("15 09:00-10:00", "Africa/Casablanca")


def test_the_calendars_own_zone_and_name() -> None:
    reading = read(
        ics(
            "DTSTART:20250915T080000Z",
            "DURATION:PT1H",
            "SUMMARY:x",
            head="X-WR-TIMEZONE:Africa/Casablanca\r\nX-WR-CALNAME:Launch",
        )
    )
    assert (clock(only(reading)), reading.tree.event.title, reading.tree.event.slug) == (
        "15 09:00-10:00",
        "Launch",
        "launch",
    )


def test_a_windows_name_is_told_in_the_report() -> None:
    zone = (
        "BEGIN:VTIMEZONE\r\nTZID:Morocco Standard Time\r\nBEGIN:STANDARD\r\nDTSTART:16010101T000000\r\n"
        "TZOFFSETFROM:+0100\r\nTZOFFSETTO:+0100\r\nEND:STANDARD\r\nEND:VTIMEZONE"
    )
    reading = read(ics("DTSTART;TZID=Morocco Standard Time:20250915T090000", TEN, "SUMMARY:x", head=zone))
    assert [(note.code, note.message) for note in reading.report.notes] == [
        ("zone-translated", "“Morocco Standard Time” is read as Africa/Casablanca.")
    ]


def test_an_entry_without_a_title_is_called_after_its_place() -> None:
    reading = read(ics(NINE, TEN, "LOCATION:Hall"))
    assert (only(reading).title, codes(reading)) == ("Hall", ["title-missing"])
