"""Name plates: both sides, whole names, every script."""

from datetime import UTC, datetime

import pypdfium2
import pytest

from inser_events.badges.nameplates import Plate, nameplates_pdf
from inser_events.documents import fonts

WHEN = datetime(2025, 9, 14, 17, 0, tzinfo=UTC)
needs_print_fonts = pytest.mark.skipif(fonts.fonts_problem() is not None, reason="the print fonts are not installed")


def plates(*each: Plate) -> pypdfium2.PdfDocument:
    return pypdfium2.PdfDocument(nameplates_pdf(each, title="Name plates", when=WHEN, language="en"))


def words(document: pypdfium2.PdfDocument, page: int = 0) -> list[str]:
    return [line.strip() for line in document[page].get_textpage().get_text_range().splitlines() if line.strip()]


def outside(document: pypdfium2.PdfDocument) -> list[str]:
    """Letters that leave the sheet or cross the fold."""
    found = []
    for page in document:
        width, height = page.get_size()
        letters = page.get_textpage()
        for number in range(letters.count_chars()):
            left, foot, right, top = letters.get_charbox(number)
            crosses = foot < height / 2 - 1 and top > height / 2 + 1
            if left < 0 or foot < 0 or right > width or top > height or crosses:
                found.append(letters.get_text_range(number, 1))
    return [letter for letter in found if letter.strip()]


def test_name_stands_on_both_sides_of_the_fold() -> None:
    document = plates(Plate("Ms Amina Benali", "", "INRA, Morocco"))
    assert [line for line in words(document) if "Benali" in line] == ["Ms Amina Benali"] * 2
    width, height = document[0].get_size()
    letters = document[0].get_textpage()
    halves = [letters.get_text_bounded(0, foot, width, foot + height / 2) for foot in (0, height / 2)]
    assert ["Benali" in half for half in halves] == [True, True]


def test_sheet_is_a4_on_its_side() -> None:
    assert [round(side * 25.4 / 72) for side in plates(Plate("Li"))[0].get_size()] == [297, 210]


@needs_print_fonts
@pytest.mark.parametrize("name", ["محمد بن يوسف", "王伟", "Ðặng Thị Ngọc Thịnh", "ศิริพร", "Нина Иванова"])
def test_native_name_stands_above_the_latin_one(name: str) -> None:
    document = plates(Plate(name, "In Latin letters"))
    letters = document[0].get_textpage()
    height = document[0].get_size()[1]
    boxes = [
        (letters.get_text_range(number, 1), letters.get_charbox(number)) for number in range(letters.count_chars())
    ]
    lower = [(letter, box) for letter, box in boxes if letter.strip() and box[3] < height / 2]
    latin = [box[1] for letter, box in lower if letter in "Lrs"]
    native = [box[1] for letter, box in lower if letter in name and letter not in "In Latin letters"]
    assert (outside(document), min(native) > max(latin)) == ([], True)


@pytest.mark.parametrize(
    "text", ["x" * 253, "Soil and water " * 30, "👩‍👩‍👧‍👦 Emoji", "(محمد) Mixed [direction] 王", "", "\x00\u202e abc"]
)
def test_any_text_stays_on_its_half(text: str) -> None:
    assert outside(plates(Plate(text, text, text))) == []


def test_without_anybody_there_is_an_empty_sheet() -> None:
    assert len(plates()) == 1


def test_same_people_give_the_same_bytes() -> None:
    made = [nameplates_pdf([Plate("Li"), Plate("王")], title="x", when=WHEN, language="en") for _ in range(2)]
    assert made[0] == made[1]
