"""Reports of every platform, in the variants seen in the wild, become one shape."""

from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from inser_events.attendance.meetings.errors import UnknownColumns, UnreadableReport
from inser_events.attendance.meetings.intervals import merged_minutes
from inser_events.attendance.meetings.reading import read_report
from inser_events.attendance.meetings.report import MeetingReport, Platform
from inser_events.documents.sheets import Sheet, xlsx

DATA = Path(__file__).parents[4] / "shared" / "data" / "attendance"
needs_data = pytest.mark.skipif(not DATA.is_dir(), reason="needs ../shared/data")
DAY = date(2026, 5, 4)

ZOOM_OLD = """Meeting ID,Topic,Start Time,End Time,User Email,Duration (Minutes),Participants,
1,Soil,05/04/2026 09:00:00 AM,05/04/2026 10:00:00 AM,host@x.org,60,1,

Name (Original Name),User Email,Join Time,Leave Time,Duration (Minutes),Guest
Ana (Ana Silva),Ana@X.org,05/04/2026 09:00:00 AM,05/04/2026 10:00:00 AM,60,Yes
"""
ZOOM_NEW = """Topic,ID,Duration (minutes),Start time,End time,Participants
Soil,1,60,05/04/2026 09:00:00\u202fAM,05/04/2026 10:00:00\u202fAM,1

Name (original name),Email,Join time,Leave time,Duration (minutes),Guest,Recording disclaimer response,In waiting room
Ana Silva,ana@x.org,05/04/2026 09:00:00\u202fAM,05/04/2026 10:00:00\u202fAM,60,Yes,OK,No
"""
ZOOM_FLAT = """Topic,Meeting ID,User Name,User Email,Start Time,End Time,Duration,Participants,\
Name (Original Name),User Email,Join Time,Leave Time,Duration (Minutes),Guest
Soil,1,Host,h@x.org,2026-05-04 09:00,2026-05-04 10:30,90,1,Ana Silva,ana@x.org,2026-05-04 09:00,2026-05-04 10:00,60,
"""
TEAMS_2020 = """Full Name\tUser Action\tTimestamp
Ana Silva (Guest)\tJoined before\t5/4/2026, 9:00:00 AM
Ana Silva (Guest)\tLeft\t5/4/2026, 10:00:00 AM
"""
TEAMS_2021 = """Meeting Summary
Total Number of Participants\t1
Meeting Title\tSoil
Meeting Start Time\t5/4/2026, 9:00:00 AM

Full Name\tJoin Time\tLeave Time\tDuration\tEmail\tRole\tParticipant ID (UPN)
Silva, Ana\t5/4/2026, 9:00:00 AM\t5/4/2026, 10:00:00 AM\t1h\tana@x.org\tAttendee\tana@x.org
"""
TEAMS_UNKNOWN_LANGUAGE = """1. Yhteenveto
Otsikko\tMaaperä

2. Osallistujat
Nimi\tTulo\tLähtö\tKesto\tPosti\tTunnus\tRooli
Ana Silva\t4.5.2026 9.00.00\t4.5.2026 11.00.00\t1h\tana@x.org\tana@x.org\tx

3. Toiminta
Nimi\tTulo\tLähtö\tKesto\tPosti\tRooli
Ana Silva\t4.5.2026 9:00:00\t4.5.2026 10:00:00\t1h\tana@x.org\tx
"""
MEET = """First name,Last name,Email,Duration,Time joined,Time exited
Ana,Silva,ana@x.org,1 hr,9:00 AM,10:00 AM
"""
MEET_ADD_ON = """"Name","Joined at","Left at","Time in call","Status"
"Ana Silva","9:00 AM","10:00 AM","1 hr","Left"
"""
_CELL = '"=""2026-05-04 {}:00:00"""'
WEBEX = f"""Event Name\tEvent Start Time\tName\tAttendee Email\tJoin Time\tLeave Time\t\
Attendance Duration\tConnection Type
Soil\t{_CELL.format("09")}\tAna Silva\tana@x.org\t{_CELL.format("09")}\t{_CELL.format("10")}\t60 mins\tApp
"""
OTHER = """Left at;E-mail;Joined at;Name
2026-05-04 10:00;ana@x.org;2026-05-04 09:00;Ana Silva
"""
WEBINAR = """Attendee Report
Topic\tWebinar ID\tActual Start Time
Soil\t1\tMay 4, 2026 9:00 AM
Panelist Details
Attended\tUser Name (Original Name)\tEmail\tJoin Time\tLeave Time\tTime in Session (minutes)
Yes\tBo Li\tbo@x.org\tMay 4, 2026 09:00:00\tMay 4, 2026 10:00:00\t60
Attendee Details
Attended\tFirst Name\tLast Name\tEmail\tJoin Time\tLeave Time\tTime in Session (minutes)
No\tEva\tNo\teva@x.org\t--\t--\t--
Yes\tAna\tSilva\tana@x.org\tMay 4, 2026 09:00:00\tMay 4, 2026 10:00:00\t60
Other Attended
User Name\tJoin Time\tLeave Time\tTime in Session (minutes)
+39065705\tMay 4, 2026 9:00 AM\tMay 4, 2026 9:30 AM\t30
"""


def _read(content: str | bytes, day: date | None = DAY, labels: dict[str, str] | None = None) -> MeetingReport:
    raw = content.encode() if isinstance(content, str) else content
    return read_report(raw, zone=ZoneInfo("UTC"), day=day, labels=labels)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize(
    ("text", "platform", "email"),
    [
        (ZOOM_OLD, Platform.ZOOM, "ana@x.org"),
        (ZOOM_NEW, Platform.ZOOM, "ana@x.org"),
        (ZOOM_FLAT, Platform.ZOOM, "ana@x.org"),
        (TEAMS_2020, Platform.TEAMS, ""),
        (TEAMS_2021, Platform.TEAMS, "ana@x.org"),
        (MEET, Platform.MEET, "ana@x.org"),
        (MEET_ADD_ON, Platform.MEET, ""),
        (WEBEX, Platform.WEBEX, "ana@x.org"),
        (OTHER, Platform.OTHER, "ana@x.org"),
    ],
)
def test_one_hour_of_one_person_is_read_from_every_variant(
    text: str, platform: Platform, email: str, encoding: str
) -> None:
    report = _read(text.encode(encoding))
    assert (report.platform, report.warnings) == (platform, [])
    assert [(one.name, one.email) for one in report.connections] == [("Ana Silva", email)]
    assert report.connections[0].joined_at == datetime(2026, 5, 4, 9, tzinfo=UTC)
    assert merged_minutes(report.connections) == 60


def test_what_people_did_in_a_teams_meeting_is_found_by_position() -> None:
    report = _read(TEAMS_UNKNOWN_LANGUAGE)
    assert [(one.row, one.email) for one in report.connections] == [(10, "ana@x.org")]
    assert merged_minutes(report.connections) == 60


def test_stacked_tables_of_a_webinar_are_all_read_but_those_who_stayed_away() -> None:
    report = _read(WEBINAR)
    assert (report.platform, report.title) == (Platform.ZOOM, "Soil")
    assert [(one.name, one.email) for one in report.connections] == [
        ("Bo Li", "bo@x.org"),
        ("Ana Silva", "ana@x.org"),
        ("+39065705", ""),
    ]


def test_durations_alone_are_kept_without_times() -> None:
    report = _read("Name (Original Name),User Email,Total Duration (Minutes),Guest\nAna Silva,,75,Yes\n")
    assert [(one.joined_at, one.minutes) for one in report.connections] == [(None, 75)]


def test_who_never_left_a_teams_meeting_stayed_until_its_last_moment() -> None:
    report = _read(TEAMS_2020 + "Bo Li\tJoined\t5/4/2026, 9:30:00 AM\n")
    assert report.connections[1].left_at == datetime(2026, 5, 4, 10, tzinfo=UTC)
    assert report.warnings == ["Row 4: Bo Li did not leave; counted to the end of the report."]


def test_a_stay_over_midnight_without_dates_ends_on_the_next_day() -> None:
    report = _read("Name,Joined at,Left at\nAna,11:30 PM,0:30 AM\n")
    assert merged_minutes(report.connections) == 60


def test_rows_that_cannot_be_right_are_told_with_their_numbers() -> None:
    report = _read(
        "Name,Joined at,Left at,Duration\n"
        "Ana,2026-05-04 10:00,2026-05-04 09:00,\n"
        "Bo,soon,,\n"
        "Eva,2026-05-04 09:00,2026-05-04 10:00,90\n"
        "Cut\n"
    )
    assert [(one.name, one.left_at is None) for one in report.connections] == [("Ana", True), ("Eva", False)]
    assert report.warnings == [
        "Row 3: no name or no time; left out.",
        "Row 5: no name or no time; left out.",
        "Row 2: Ana left before coming.",
        "Row 4: the report says 90 minutes for Eva, its times give 60.",
    ]


def test_unknown_columns_are_asked_for_and_then_known() -> None:
    content = "Wer,Rein,Raus\nAna,2026-05-04 09:00,2026-05-04 10:00\n"
    with pytest.raises(UnknownColumns) as unknown:
        _read(content)
    assert unknown.value.headings == ["Wer", "Rein", "Raus"]
    assert unknown.value.rows == [["Ana", "2026-05-04 09:00", "2026-05-04 10:00"]]
    report = _read(content, labels={"Wer": "name", "Rein": "joined_at", "Raus": "left_at"})
    assert merged_minutes(report.connections) == 60


def test_a_workbook_is_read_like_a_table() -> None:
    rows = [["Name", "E-mail", "Duration"], ["Ana Silva", "ana@x.org", "60"]]
    report = _read(xlsx([Sheet(name="People", header=rows[0], rows=rows[1:])]))
    assert [(one.name, one.minutes) for one in report.connections] == [("Ana Silva", 60)]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\n\n",
        b"<html><table></table></html>",
        b"\x89PNG\r\n\x1a\n\0\0",
        b"PK\x03\x04broken",
        b"Name,Duration\nA\0na,1\n",
        b"x" * (13 * 1024 * 1024),
        b'Name,Duration\n"Ana,60\n',
        b"hello",
    ],
    ids=["empty", "blank", "web page", "picture", "zip", "nul", "large", "quote", "one word"],
)
def test_what_is_no_report_is_refused_with_words(content: bytes) -> None:
    with pytest.raises(UnreadableReport) as refused:
        _read(content)
    assert refused.value.message.endswith(".")


@needs_data
def test_a_real_webinar() -> None:
    report = _read((DATA / "zoom_webinar_attendee_report_2020.csv").read_bytes(), day=None)
    assert len({one.email for one in report.connections if 83 < one.row < 1025}) == 455
    assert (report.title, report.warnings) == ("satRdays DC 2020", [])


@needs_data
def test_a_real_meeting_with_durations_alone() -> None:
    report = _read((DATA / "zoom_meeting_participants_groupstats001.csv").read_bytes(), day=None)
    assert [one.minutes for one in report.connections] == [75, 72, 70, 73, 53, 60, 58, 54, 57, 57]
    assert sum(not one.email for one in report.connections) == 4


@needs_data
def test_a_real_teams_meeting() -> None:
    report = _read((DATA / "teams_attendance_nl_IDL-14-11-22.csv").read_bytes(), day=None)
    assert len({one.email for one in report.connections}) == 7
    assert round(sum(merged_minutes([one]) for one in report.connections)) == 129
