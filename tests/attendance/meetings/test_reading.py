"""Reports of Zoom, Teams, Meet and Webex of several ages and languages, and files that are none."""

from collections.abc import Iterator
from datetime import date
from io import BytesIO
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from openpyxl import Workbook

from inser_events.attendance.meetings.errors import DayNeeded, UnknownColumns, UnreadableReport
from inser_events.attendance.meetings.reading import read_report
from inser_events.attendance.meetings.report import Connection, MeetingReport

RABAT = ZoneInfo("Africa/Casablanca")
LAUNCH = date(2025, 9, 15)
REAL = Path(__file__).parents[4] / "shared" / "data" / "attendance"
Seen = tuple[str, str, str, str, float | None]


@pytest.fixture(autouse=True)
def _words(app: Flask) -> Iterator[None]:
    with app.test_request_context():
        yield


def read(text: str | bytes, day: date | None = LAUNCH) -> MeetingReport:
    return read_report(text.encode() if isinstance(text, str) else text, zone=RABAT, day=day)


def seen(one: Connection) -> Seen:
    """Name, address, time of coming and going in UTC, minutes as declared."""
    joined, left = (f"{when:%H:%M}" if when else "" for when in (one.joined_at, one.left_at))
    return one.name, one.email, joined, left, one.minutes


def lines(text: str) -> str:
    """A report written with | between its cells, as the platforms do with tabs."""
    return text.replace("|", "\t").lstrip("\n")


ZOOM_OLD = """Meeting ID,Topic,Start Time,End Time,User Email,Duration (Minutes),Participants,
0001,"Launch, plenary",09/15/2025 09:00:00 AM,09/15/2025 11:00:00 AM,host@example.org,120,2,

Name (Original Name),User Email,Join Time,Leave Time,Duration (Minutes),Guest,In Waiting Room
iPad (Lamiae Ghaouti),Lamiae@Example.org,09/15/2025 09:01:00 AM,09/15/2025 10:01:00 AM,60,Yes,No
Lamiae Ghaouti,,09/15/2025 08:59:00 AM,09/15/2025 09:01:00 AM,2,Yes,Yes
+212537,,09/15/2025 09:30:00 AM,09/15/2025 11:00:00 AM,90,Yes,No
"""
ZOOM_NEW = """\ufeffTopic,ID,Duration (minutes),Start time,End time,Participants
Launch,0001,120,"Sep 15, 2025 09:00:00 AM","Sep 15, 2025 11:00:00 AM",1

Name (original name),Email,Join time,Leave time,Duration (minutes),Guest,Recording disclaimer response,In waiting room
Lamiae Ghaouti,lamiae@example.org,"Sep 15, 2025 09:01:00\u202fAM","Sep 15, 2025 10:01:00\u202fAM",60,Yes,OK,No
"""
ZOOM_FLAT = """Topic,Meeting ID,User Name,User Email,Department,Creation Time,\
Start Time,End Time,Duration,Participants,\
Name (Original Name),Join Time,Leave Time,Duration (Minutes)
Launch,0001,Host,host@example.org,,09/15/2025 08:00,09/15/2025 09:00,09/15/2025 11:00,\
120,1,Lamiae Ghaouti,09/15/2025 09:01,09/15/2025 10:01,60
"""
WEBINAR = """
Attendee Report|
Report Generated:|Sep 16, 2025 8:50 PM
Topic|Webinar ID|Actual Start Time|Actual Duration (minutes)|# Registrants|# Cancelled registrants|Unique Viewers
Launch|328-972|Sep 15, 2025 9:00 AM|120|3|0|2
Host Details,|
Attended|User Name (Original Name)|Email|Join Time|Leave Time|Time in Session (minutes)|Is Guest|Country/Region Name
Yes|Host|host@example.org|Sep 15, 2025 08:55:00|Sep 15, 2025 11:00:00|125|No|Morocco
Attendee Details|
Attended|User Name (Original Name)|First Name|Last Name|Email|Registration Time|Approval Status|\
Join Time|Leave Time|Time in Session (minutes)|Is Guest|Your institution
Yes|Lamiae Ghaouti|Lamiae|Ghaouti|lamiae@example.org|Sep 1, 2025 10:00:00|approved|\
Sep 15, 2025 09:01:00|Sep 15, 2025 10:01:00|60|Yes|INRA
No|Élodie Roux|Élodie|Roux|elodie@example.org|Sep 1, 2025 10:00:00|approved|--|--|--|--|FAO
Other Attended|
User Name|Join Time|Leave Time|Time in Session (minutes)|Country/Region Name
+212537|Sep 15, 2025 09:30:00|Sep 15, 2025 09:40:00|10|Morocco
"""
TEAMS_2020 = """
Full Name|User Action|Timestamp
Lamiae Ghaouti|Joined|9/15/2025, 9:01:00 AM
Lamiae Ghaouti|Left|9/15/2025, 9:31:00 AM
Lamiae Ghaouti|Joined|9/15/2025, 9:41:00 AM
Élodie Roux|Joined before|9/15/2025, 9:00:00 AM
Élodie Roux|Left|9/15/2025, 10:01:00 AM
"""
TEAMS_2021 = """
Meeting Summary
Total Number of Participants|1
Meeting Title|Launch
Meeting Start Time|9/15/2025, 9:00:00 AM
Meeting End Time|9/15/2025, 11:00:00 AM
Meeting Id|abc

Full Name|Join Time|Leave Time|Duration|Email|Role|Participant ID (UPN)
Ghaouti, Lamiae (Guest)|9/15/2025, 9:01:00 AM|9/15/2025, 10:01:00 AM|1h|lamiae@example.org|Presenter|
"""
TEAMS_2022 = """
1. Summary
Meeting title|Launch, plenary, first part
Attended participants|1
Start time|9/15/25, 9:00:00 AM
End time|9/15/25, 11:00:00 AM

2. Participants
Name|First Join|Last Leave|In-Meeting Duration|Email|Participant ID (UPN)|Role
Lamiae Ghaouti (Unverified)|9/15/25, 9:01:00 AM|9/15/25, 10:31:00 AM|1h 20m||lamiae@example.org|Attendee

3. In-Meeting Activities
Name|Join Time|Leave Time|Duration|Email|Role
Lamiae Ghaouti (Unverified)|9/15/25, 9:01:00 AM|9/15/25, 9:31:00 AM|30m|lamiae@example.org|Attendee
Lamiae Ghaouti (Unverified)|9/15/25, 9:41:00 AM|9/15/25, 10:31:00 AM|50m|lamiae@example.org|Attendee
"""
TEAMS_FINNISH = """
1. Yhteenveto
Kokouksen otsikko|Launch

2. Osallistujat
Nimi|Ensimmäinen|Viimeinen|Kesto kokouksessa|Sähköposti|Osallistujan tunnus|Asema
Lamiae Ghaouti|15.9.2025, 9.01.00|15.9.2025, 10.01.00|60 min|lamiae@example.org||Esittäjä

3. Toiminta
Nimi|Tuloaika|Lähtöaika|Kesto|Sähköposti|Asema
Lamiae Ghaouti|15.9.2025, 9.01.00|15.9.2025, 10.01.00|60 min|lamiae@example.org|Esittäjä
"""
MEET = """First name,Last name,Email,Duration,Time joined,Time exited
Lamiae,Ghaouti,lamiae@example.org,1 hr,9:01 AM,10:01 AM
"""
MEET_ADDON = """"Name","Joined at","Left at","Time in call","Status"
"Lamiae Ghaouti","09:01","10:01","01:00:00","Left"
"""
WEBEX = lines(
    "Event Name|Event Start Time|Event End Time|Name|Attendee Email|Join Time|Leave Time|Attendance Duration|"
    "Connection Type\n"
    'Launch|"=""2025-09-15 09:00:00"""|"=""2025-09-15 11:00:00"""|Lamiae Ghaouti|lamiae@example.org|'
    '"=""2025-09-15 09:01:00"""|"=""2025-09-15 10:01:00"""|"60 mins"|Desktop app\n'
)
HAND = """Apellidos;Nombre;Correo electrónico;Hora de entrada;Hora de salida
Ghaouti;Lamiae;lamiae@example.org;15/09/2025 9:01;15/09/2025 10:01
"""
LAMIAE = ("Lamiae Ghaouti", "lamiae@example.org", "08:01", "09:01", 60.0)


@pytest.mark.parametrize(
    ("text", "platform", "title", "people"),
    [
        (ZOOM_OLD, "zoom", "Launch, plenary", [LAMIAE, ("+212537", "", "08:30", "10:00", 90.0)]),
        (ZOOM_NEW, "zoom", "Launch", [LAMIAE]),
        (ZOOM_FLAT, "zoom", "Launch", [("Lamiae Ghaouti", "", "08:01", "09:01", 60.0)]),
        (
            lines(WEBINAR),
            "zoom",
            "Launch",
            [
                ("Host", "host@example.org", "07:55", "10:00", 125.0),
                LAMIAE,
                ("+212537", "", "08:30", "08:40", 10.0),
            ],
        ),
        (
            lines(TEAMS_2020),
            "teams",
            "",
            [
                ("Lamiae Ghaouti", "", "08:01", "08:31", None),
                ("Lamiae Ghaouti", "", "08:41", "09:01", None),
                ("Élodie Roux", "", "08:00", "09:01", None),
            ],
        ),
        (lines(TEAMS_2021), "teams", "Launch", [LAMIAE]),
        (
            lines(TEAMS_2022),
            "teams",
            "Launch, plenary, first part",
            [
                ("Lamiae Ghaouti", "lamiae@example.org", "08:01", "08:31", 30.0),
                ("Lamiae Ghaouti", "lamiae@example.org", "08:41", "09:31", 50.0),
            ],
        ),
        (lines(TEAMS_FINNISH), "teams", "", [LAMIAE]),
        (MEET, "meet", "", [LAMIAE]),
        (MEET_ADDON, "meet", "", [("Lamiae Ghaouti", "", "08:01", "09:01", 60.0)]),
        (WEBEX, "webex", "Launch", [LAMIAE]),
        (HAND, "other", "", [(*LAMIAE[:4], None)]),
    ],
    ids=[
        *(
            "zoom",
            "zoom today",
            "zoom administrator",
            "zoom webinar",
            "teams 2020",
            "teams 2021",
            "teams",
            "teams finnish",
        ),
        *("meet", "meet add-on", "webex", "by hand"),
    ],
)
def test_report_is_read(text: str, platform: str, title: str, people: list[Seen]) -> None:
    report = read(text)
    assert (report.platform, report.title, [seen(one) for one in report.connections]) == (platform, title, people)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
def test_encoding_does_not_matter(encoding: str) -> None:
    found = read(lines(TEAMS_2020).encode(encoding)).connections
    assert [one.name for one in found][-1] == "Élodie Roux"


def test_workbook_is_read() -> None:
    book = Workbook()
    sheet = book.create_sheet(index=0)
    for line in MEET.splitlines():
        sheet.append(line.split(","))
    kept = BytesIO()
    book.save(kept)
    assert [seen(one) for one in read(kept.getvalue()).connections] == [LAMIAE]


def test_rows_are_those_of_the_file() -> None:
    assert [one.row for one in read(ZOOM_OLD).connections] == [5, 7]


def test_report_of_durations_alone() -> None:
    report = read("Name (original name),Email,Total duration (minutes),Guest\nLamiae Ghaouti,,62,Yes\n")
    assert ([seen(one) for one in report.connections], report.started_at) == (
        [("Lamiae Ghaouti", "", "", "", 62.0)],
        None,
    )


def test_stay_over_midnight() -> None:
    report = read("Name,Joined at,Left at\nAmina,23:30,00:30\n")
    assert [(str(one.joined_at), str(one.left_at)) for one in report.connections] == [
        ("2025-09-15 22:30:00+00:00", "2025-09-15 23:30:00+00:00")
    ]


def test_what_does_not_agree_is_told_with_its_row() -> None:
    report = read(
        "Name,Join time,Leave time,Duration\n"
        "Amina,2025-09-15 10:00,2025-09-15 09:00,60\n"
        "Brahim,2025-09-15 10:00,2025-09-15 11:00,20\n"
        "Chaima,soon,2025-09-15 11:00,20\n"
    )
    assert report.warnings == [
        "Row 4: no time we can read in “soon”.",
        "Row 2: Amina left before coming.",
        "Row 3: the report says 20 minutes for Brahim, its times give 60.",
    ]
    assert [(one.name, one.left_at is None) for one in report.connections] == [
        ("Amina", True), ("Brahim", False), ("Chaima", False),
    ]  # fmt: skip


def test_somebody_who_never_left_is_counted_to_the_end() -> None:
    assert read(lines(TEAMS_2020)).warnings == [
        "Row 4: Lamiae Ghaouti did not leave; counted to the end of the report."
    ]


def test_many_warnings_are_summed_up() -> None:
    rows = "".join("Amina,soon,later,5\n" for _ in range(90))
    report = read(f"Name,Join time,Leave time,Duration\n{rows}")
    assert (len(report.warnings), report.warnings[-1]) == (101, "And 80 more like these.")


def test_day_is_asked_for_where_hours_stand_alone() -> None:
    with pytest.raises(DayNeeded) as refusal:
        read(MEET, day=None)
    assert refusal.value.message == (
        "The dates in this file can be read in two ways. Say on which day the meeting was."
    )


def test_unknown_columns_are_handed_back_and_read_once_they_are_told() -> None:
    text = "Kuka,Osoite,Saapui,Lähti\nLamiae Ghaouti,lamiae@example.org,2025-09-15 09:01,2025-09-15 10:01\n"
    with pytest.raises(UnknownColumns) as refusal:
        read(text)
    assert (refusal.value.headings, refusal.value.rows[0][0]) == (
        ["Kuka", "Osoite", "Saapui", "Lähti"],
        "Lamiae Ghaouti",
    )
    told = {"Kuka": "name", "Osoite": "email", "Saapui": "joined_at", "Lähti": "left_at"}
    report = read_report(text.encode(), zone=RABAT, labels=told)
    assert [seen(one) for one in report.connections] == [(*LAMIAE[:4], None)]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "This file: the file is empty."),
        (b"   \n\n", "This file: the file is empty."),
        (b"%PDF-1.7", "This file: not a CSV or XLSX file."),
        (b"<html><table>", "This file: a web page, whatever its name says. Open it in Excel and save it as .xlsx."),
        (b"PK\x03\x04broken", "This file: not a readable XLSX file."),
        (b"Name,Join time\nA\0mina,9\n\0\0", "This file: not a CSV or XLSX file, or not saved as UTF-8."),
        (b"x" * (13 * 1024 * 1024), "This file: larger than 12 MB."),
        (b"Hello", "None of the columns is known. Say which column holds what."),
    ],
    ids=["empty", "blank", "pdf", "web page", "broken workbook", "nul", "large", "a word"],
)
def test_file_that_is_no_report(content: bytes, message: str) -> None:
    with pytest.raises(UnreadableReport) as refusal:
        read(content)
    assert refusal.value.message == message


def test_headings_without_rows_are_a_meeting_without_anybody() -> None:
    assert read("Name,Email,Join time,Leave time\n").connections == []


def test_hostile_names_are_kept_as_text() -> None:
    names = [
        "<script>alert(1)</script>",
        "=1+1",
        "Robert'); DROP TABLE",
        'Ann "Bob" Lee',
        "{{ 7*7 }}",
        "1. Ann",
        "Zoë🔑",
    ]
    rows = "".join(f"{name}\t2025-09-15 09:00\t2025-09-15 10:00\n" for name in names)
    assert [one.name for one in read(f"Name\tJoin time\tLeave time\n{rows}").connections] == names


def test_row_with_a_name_alone_does_not_end_the_table() -> None:
    report = read("Name,Join time,Leave time\nAmina,,\nBrahim,9:00,10:00\n")
    assert ([one.name for one in report.connections], report.warnings) == (
        ["Brahim"],
        ["Row 2: no name or no time; left out."],
    )


@pytest.mark.skipif(not REAL.is_dir(), reason="needs ../shared/data")
@pytest.mark.parametrize(
    ("name", "platform", "stays", "addresses"),
    [
        ("zoom_meeting_participants_groupstats001.csv", "zoom", 10, 6),
        ("zoom_webinar_attendee_report_2020.csv", "zoom", 1002, 477),
        ("teams_attendance_nl_IDL-14-11-22.csv", "teams", 7, 7),
    ],
)
def test_real_reports(name: str, platform: str, stays: int, addresses: int) -> None:
    report = read((REAL / name).read_bytes(), day=None)
    found = {one.email for one in report.connections} - {""}
    assert (report.platform, len(report.connections), len(found), report.warnings) == (platform, stays, addresses, [])
