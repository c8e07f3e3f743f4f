"""One's own agenda on paper."""

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import msgspec
import pikepdf
import pypdfium2
import pytest
from flask import Flask
from flask_babel import Babel

from inser_events.agenda.own_paper import own_agenda_pdf
from inser_events.agenda.snapshot import Snapshot
from tests.agenda.sample import BASE_URL, launch
from tests.documents.accessible import problems, structure


@pytest.fixture(autouse=True)
def translations() -> Iterator[None]:
    """An application with translations and nothing else."""
    app = Flask("programme")
    Babel(app)
    with app.app_context():
        yield


def made(own: Snapshot, language: str = "en", person: str = "Dr Amina Benali") -> bytes:
    return own_agenda_pdf(own, person=person, key="one", language=language, base_url=BASE_URL)


def headings(document: bytes) -> list[str]:
    with pikepdf.open(BytesIO(document)) as opened:
        return [name for name, _element, _around in structure(opened) if name in {"H1", "H2"}]


def test_it_begins_with_whose_it_is_and_has_no_other_pages() -> None:
    document = made(launch())
    pages = [page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(document)]
    assert (len(pages), headings(document)) == (1, ["H1", "H2"])
    lines = pages[0].splitlines()
    assert lines[lines.index("My agenda") :][:3] == ["My agenda", "Dr Amina Benali", "INSER launch"]


@pytest.mark.parametrize("language", ["en", "ar", "zh"])
def test_nothing_is_wrong_with_it_in(language: str, tmp_path: Path) -> None:
    assert problems(made(launch(), language, "عبد الرحمن المنصوري"), tmp_path) == []


def test_no_session_is_said() -> None:
    empty = msgspec.structs.replace(launch(), sessions=[])
    text = pypdfium2.PdfDocument(made(empty))[0].get_textpage().get_text_range()
    assert text.count("No sessions have been published yet.") == 1


def test_a_very_long_name_stays_on_the_paper() -> None:
    page = pypdfium2.PdfDocument(made(launch(), person="Wolfeschlegelsteinhausenbergerdorff" * 8))[0]
    letters = page.get_textpage()
    right = max(letters.get_charbox(number)[2] for number in range(letters.count_chars()))
    assert right <= page.get_width() - 18 / 25.4 * 72 + 1


def test_same_agenda_gives_the_same_bytes() -> None:
    assert made(launch()) == made(launch())
