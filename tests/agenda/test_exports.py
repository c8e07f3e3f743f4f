"""The agenda as a workbook, and the one place that offers every format."""

from datetime import datetime, time
from io import BytesIO
from typing import Any

import pytest
from openpyxl import load_workbook

from inser_events.agenda.exports import agenda_xlsx
from inser_events.agenda.snapshot import Snapshot
from inser_events.documents.text import one_line
from tests.agenda.sample import HOSTILE, launch, named, naughty_strings, plenary, ramadan


def table(snapshot: Snapshot, sheet: int = 0, language: str = "en") -> list[dict[str, Any]]:
    """The rows of a sheet by the titles of their columns; empty cells are left out."""
    header, *rows = load_workbook(BytesIO(agenda_xlsx(snapshot, language))).worksheets[sheet].values
    return [{str(name): value for name, value in zip(header, row, strict=True) if value is not None} for row in rows]


def test_session_and_each_of_its_slots_have_a_row() -> None:
    session, first, *_ = table(launch())
    day = datetime(2025, 9, 15)  # noqa: DTZ001 — a date as openpyxl reads it
    shared = {
        "Day": day,
        "Starts": time(9),
        "Room": "Main hall",
        "Session": "Opening",
        "Languages": "English, French",
        "Interpretation": "Arabic",
        "Online": "Yes",
        "Status": "Confirmed",
    }
    assert session == {
        **shared,
        "Ends": time(10),
        "Kind": "Opening",
        "Speakers": "Chair: Ms Thorunn Wolfram Petursdottir (Global Soil Partnership)",
    }
    assert first == {
        **shared,
        "Ends": time(9, 20),
        "Slot": "Opening remarks",
        "Kind": "Remarks",
        "Speakers": "Mr Lifeng Li (FAO)",
    }


def test_withdrawn_session_is_marked() -> None:
    assert [row["Status"] for row in table(launch()) if row["Session"] == "Field visit"] == ["Cancelled"]


def test_times_are_those_of_the_clock_in_and_out_of_ramadan() -> None:
    assert [row["Starts"] for row in table(ramadan())] == [time(9)] * 4


def test_session_after_midnight_stands_under_its_programme_day() -> None:
    late = table(plenary())[-1]
    assert (late["Day"], late["Starts"]) == (datetime(2025, 6, 3), time(1, 30))  # noqa: DTZ001 — a date as openpyxl reads it


def test_items_of_a_plenary_are_numbered() -> None:
    assert [row.get("Items") for row in table(plenary())] == ["1", "1", None, None]


def test_speakers_have_their_own_sheet() -> None:
    assert table(launch(), sheet=1)[1] == {
        "Name": "Mr Lifeng Li",
        "Position": "Director, Land and Water Division",
        "Organisation": "FAO",
        "Sessions": "Opening",
    }


@pytest.mark.parametrize(("language", "mirrored"), [("en", False), ("ar", True)])
def test_arabic_workbook_reads_from_the_right(language: str, mirrored: bool) -> None:
    pages = load_workbook(BytesIO(agenda_xlsx(launch(), language))).worksheets
    assert [bool(page.sheet_view.rightToLeft) for page in pages] == [mirrored, mirrored]


@pytest.mark.parametrize("source", [lambda: HOSTILE, naughty_strings])
def test_hostile_names_come_out_right(source: Any) -> None:
    texts = source()
    rows = table(named(texts))
    assert [row["Session"] for row in rows] == [one_line(text) or "Plenary assembly" for text in texts]
    assert [row["Name"] for row in table(named(texts), sheet=1) if "Name" in row] == [
        one_line(text) for text in texts if one_line(text)
    ]


def test_same_release_gives_the_same_bytes() -> None:
    assert agenda_xlsx(launch(), "en") == agenda_xlsx(launch(), "en")
