"""Spreadsheets and CSV files as agendas."""

import pytest

from inser_events.agenda.exports import agenda_xlsx
from inser_events.agenda.importing.report import Level, UnreadableSchedule
from inser_events.languages import INTERFACE
from tests.agenda.importing.files import clock, codes, only, read
from tests.agenda.importing.test_round_trip import as_stored
from tests.agenda.sample import launch

pytestmark = pytest.mark.usefixtures("app")
ZONE = "Africa/Casablanca"


def table(*rows: str, head: str = "Date;Start;End;Room;Title;Speakers") -> bytes:
    return "\n".join([head, *rows]).encode()


def test_a_row_becomes_a_session() -> None:
    reading = read(table("2025-09-15;09:00;10:30;Hall;Opening;Ada Lovelace, Analyst, FAO; Bob"), "launch.csv", ZONE)
    session = only(reading)
    assert (session.title, clock(session), session.room, codes(reading)) == ("Opening", "15 09:00-10:30", "Hall", [])
    assert [(person.name, person.job_title, person.organisation) for person in session.people] == [
        ("Ada Lovelace", "Analyst", "FAO")
    ]
    assert reading.tree.event.title == "launch"


def test_several_people_in_one_quoted_cell() -> None:
    session = only(read(table('2025-09-15;09:00;10:30;Hall;Opening;"Ada, FAO; Bob"'), "x.csv", ZONE))
    assert [(person.name, person.organisation) for person in session.people] == [("Ada", "FAO"), ("Bob", "")]


def test_the_day_may_stand_only_once_and_times_may_be_a_range() -> None:
    rows = ("15.09.2025;9h00 - 9h30;Ouverture", ";9h30-10h00;Pause", ";;")
    reading = read(table(*rows, head="Jour;Horaire;Titre"), "x.csv", ZONE)
    assert [clock(session) for session in reading.tree.sessions] == ["15 09:00-09:30", "15 09:30-10:00"]
    assert codes(reading) == []


def test_without_ends_a_session_lasts_to_the_next_of_its_room() -> None:
    reading = read(table("2025-09-15;09:00;;Hall;One;", "2025-09-15;09:20;;Hall;Two;"), "x.csv", ZONE)
    assert [session.minutes for session in reading.tree.sessions] == [20, 30]
    assert codes(reading) == ["length-missing", "length-missing"]


def test_a_row_after_midnight_is_on_the_next_date() -> None:
    reading = read(table("2025-09-15;23:00;01:00;Hall;One;", "2025-09-15;01:00;02:00;Hall;Two;"), "x.csv", ZONE)
    assert [clock(session) for session in reading.tree.sessions] == ["15 23:00-01:00", "16 01:00-02:00"]
    assert codes(reading) == ["after-midnight"]


def test_what_a_row_lacks_is_told_with_its_number() -> None:
    reading = read(
        table("2025-09-15;soon;;Hall;One;", "2025-09-15;10:00;11:00;Hall;;", "2025-09-15;11:00;12:00;Hall;Two;"),
        "x.csv",
        ZONE,
    )
    assert [(note.level, note.code, note.where) for note in reading.report.notes] == [
        (Level.ERROR, "start-missing", "row 2: One"),
        (Level.LEFT_OUT, "title-missing", "row 3"),
    ]
    assert [session.title for session in reading.tree.sessions] == ["Two"]


def test_rejected_rows_are_left_out() -> None:
    content = table("2025-09-15;09:00;One;rejected", "2025-09-15;09:00;Two;accepted", head="Date;Start;Title;State")
    reading = read(content, "x.csv", ZONE)
    assert ([session.title for session in reading.tree.sessions], codes(reading)[:1]) == (["Two"], ["not-confirmed"])


def test_numbered_columns_hold_a_speaker_each() -> None:
    content = table("2025-09-15;09:00;10:00;One;Ada;Bob, FAO", head="Datum;Uhrzeit;Ende;Titel;1;2")
    assert [(p.name, p.organisation) for p in only(read(content, "x.csv", ZONE)).people] == [
        ("Ada", ""),
        ("Bob", "FAO"),
    ]


def test_no_zone_is_an_error_until_one_is_chosen() -> None:
    assert codes(read(table("2025-09-15;09:00;10:00;Hall;One;"))) == ["zone-missing"]


def test_a_table_of_something_else_names_the_missing_columns() -> None:
    with pytest.raises(UnreadableSchedule, match="no column “Starts”"):
        read(b"Title;Price\nTea;3\n", "x.csv")


@pytest.mark.parametrize("language", INTERFACE)
def test_our_own_spreadsheet_comes_back_with_its_slots(language: str) -> None:
    before = as_stored(launch())
    reading = read(agenda_xlsx(before, language), "agenda.xlsx", ZONE)
    assert [session.title for session in reading.tree.sessions] == [
        session.title.get(language) or session.title["en"] for session in before.sessions
    ]
    opening = reading.tree.sessions[0]
    assert (opening.kind, opening.languages, opening.interpretation, opening.online) == (
        "opening",
        ("en", "fr"),
        ("ar",),
        True,
    )
    assert [(slot.title, slot.minutes, [person.name for person in slot.people]) for slot in opening.slots or ()] == [
        ("Opening remarks", 20, ["Lifeng Li"]),
        ("Welcome by the host", 15, ["Ghaouti Lamiae"]),
        ("Vision and goals", 25, ["Yuxin Tong"]),
    ]
    assert [(person.name, person.role, person.organisation) for person in opening.leads] == [
        ("Thorunn Wolfram Petursdottir", "chair", "Global Soil Partnership")
    ]
    assert [room.name for room in reading.tree.rooms] == (
        ["Grande salle", "Salle B"] if language == "fr" else ["Main hall", "Room B"]
    )


def test_a_withdrawn_session_of_our_own_spreadsheet_stays_out() -> None:
    reading = read(agenda_xlsx(launch(), "en"), "agenda.xlsx", ZONE)
    assert [(note.code, note.where) for note in reading.report.notes] == [("not-confirmed", "row 8: Field visit")]
