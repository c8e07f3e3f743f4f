"""Badges, plates and sheets for those who listen to them (PDF/UA-1)."""

import dataclasses
from io import BytesIO
from pathlib import Path

import msgspec
import pikepdf
import pytest

from inser_events.badges.designs import Field, Kind
from inser_events.badges.exports import Printing, badges_pdf, calibration_pdf
from inser_events.badges.layouts import LAYOUTS, Layout
from inser_events.badges.nameplates import Plate, nameplates_pdf
from inser_events.badges.self_print import DAY, Panel, self_print_pdf
from tests.badges.test_exports import WHEN, every_layout, face, logo_png, printed
from tests.documents.accessible import problems, structure

PEOPLE = [face("Amina El Idrissi"), face("عبد الرحمن المنصوري", 2), face("王伟", 3), face("Ольга Иванова", 4)]
PANELS = [
    Panel("Monday", [(DAY, "Monday 15 September"), ("09:00", "Opening"), ("09:30", "الكلمات الافتتاحية")], more="…"),
    Panel("To know", [("", "Bring this sheet."), ("", "Fold it twice.")]),
    Panel("Where", []),
]


def spoken(document: bytes) -> list[tuple[str, str, str]]:
    """Each element that holds content: its name, language and words for a picture."""
    with pikepdf.open(BytesIO(document)) as opened:
        return [
            (name, str(element.get("/Lang", "")), str(element.get("/Alt", "")))
            for name, element, _ in structure(opened)
            if "/Pg" in element
        ]


@every_layout
def test_nothing_is_wrong_with_badges(layout: Layout, tmp_path: Path) -> None:
    assert problems(printed(PEOPLE, layout), tmp_path, titles=len(PEOPLE)) == []


@every_layout
def test_nothing_is_wrong_with_a_sheet_to_hold_labels_against(layout: Layout, tmp_path: Path) -> None:
    assert problems(calibration_pdf(layout, when=WHEN), tmp_path, titles=0) == []


def test_nothing_is_wrong_with_a_moved_sheet_begun_in_the_middle(tmp_path: Path) -> None:
    document = badges_pdf(
        PEOPLE, LAYOUTS["a4-sheet"], title="Badges", when=WHEN, printing=Printing(start=2, shift=(2.5, -1))
    )
    assert problems(document, tmp_path, titles=len(PEOPLE)) == []


def test_nothing_is_wrong_with_no_badge_at_all(tmp_path: Path) -> None:
    assert problems(printed([]), tmp_path, titles=0) == []


def test_a_badge_says_the_event_the_person_the_code_and_the_category() -> None:
    person = face("Amina El Idrissi", job_title="", organisation="معهد التربة", alt="QR code of this badge")
    assert spoken(printed([person])) == [
        ("P", "", ""),
        ("P", "", ""),
        ("H1", "", ""),
        ("P", "ar", ""),
        ("P", "", ""),
        ("Figure", "", "QR code of this badge"),
        ("P", "", ""),
    ]


def test_a_picture_says_where_it_is_and_nothing_of_the_token() -> None:
    person = dataclasses.replace(face(), logo=logo_png())
    with pikepdf.open(BytesIO(printed([person], LAYOUTS["a4-sheet"]))) as opened:
        figures = [element for name, element, _ in structure(opened) if name == "Figure"]
        boxes = [[round(float(side) * 25.4 / 72) for side in figure["/A"]["/BBox"]] for figure in figures]
        words = [str(figure["/Alt"]) for figure in figures]
    assert (words, [right - left for left, _foot, right, _top in boxes]) == ([person.event_name, "QR code"], [33, 34])


def test_what_is_printed_twice_is_read_once() -> None:
    once, twice = (
        badges_pdf(PEOPLE, msgspec.structs.replace(LAYOUTS["a6-folded"], copies=copies), title="x", when=WHEN)
        for copies in (1, 2)
    )
    assert spoken(twice) == spoken(once)


def test_a_picture_of_a_layout_is_an_ornament_until_it_has_words() -> None:
    picture = Field(key="p", kind=Kind.PICTURE, left=1, top=1, width=20, height=20, picture="partner.png")
    told = msgspec.structs.replace(picture, words={"en": "Logo of the partner"})
    found = [
        badges_pdf(
            [face()], msgspec.structs.replace(LAYOUTS["a6"], front=(each,)), title="x", when=WHEN,
            printing=Printing(pictures={"partner.png": logo_png()}),
        )
        for each in (picture, told)
    ]  # fmt: skip
    assert [spoken(document) for document in found] == [[], [("Figure", "", "Logo of the partner")]]


def test_nothing_is_wrong_with_name_plates(tmp_path: Path) -> None:
    plates = [Plate("المنصوري", "Al-Mansouri", "Morocco"), Plate("王伟", "Wang Wei"), Plate("Li")]
    document = nameplates_pdf(plates, title="Name plates", when=WHEN, language="en")
    assert problems(document, tmp_path, titles=3) == []
    assert [language for _name, language, _alt in spoken(document)] == ["ar", "", "", "zh", "", ""]


def test_nothing_is_wrong_without_a_plate(tmp_path: Path) -> None:
    assert problems(nameplates_pdf([], title="x", when=WHEN, language="en"), tmp_path, titles=0) == []


@pytest.mark.parametrize("language", ["en", "ar"])
def test_nothing_is_wrong_with_a_ticket_to_fold(language: str, tmp_path: Path) -> None:
    document = self_print_pdf(face(), PANELS, title="Ticket", when=WHEN, language=language)
    assert problems(document, tmp_path) == []
    names = [name for name, _language, _alt in spoken(document)]
    assert names[6:] == ["H2", "H3", "P", "P", "P", "H2", "P", "P", "H2"]
