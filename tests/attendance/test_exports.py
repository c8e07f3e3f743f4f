"""Letters as paper: tagged, reproducible, in every language, whatever they are told."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from flask import Flask
from flask_babel import Babel

from inser_events.attendance.exports import Sheet, letters_pdf
from tests.documents.accessible import problems

WHEN = datetime(2025, 9, 16, 9, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def translations() -> Iterator[None]:
    """An application with translations and nothing else."""
    app = Flask("letters")
    Babel(app)
    with app.app_context():
        yield


def sheet(**values: Any) -> Sheet:
    filled = {
        "title": "Certificate of attendance",
        "paragraphs": ["This is to certify that", "Dr Amina BENALI\nINRA", "attended the launch."],
        "signatory": "A. Director\nINSER",
        "number": "Certificate no. 1",
        "issued_on": "16 September 2025",
        "verify_url": "https://events.example.org/verify/CBDEFGHIJKLNRTUVCBDEFGHIJKLNRT",
        "person": "Dr Amina BENALI",
        **values,
    }
    return Sheet(**filled)


def made(*sheets: Sheet, kind: str = "certificate", language: str = "en") -> bytes:
    return letters_pdf(sheets, kind, language=language, title="Certificates", identifier=b"x", when=WHEN)


@pytest.mark.parametrize("language", ["en", "ar", "zh"])
@pytest.mark.parametrize("kind", ["certificate", "invitation"])
def test_nothing_is_wrong_with(kind: str, language: str, tmp_path: Path) -> None:
    documents = (made(*sheets, kind=kind, language=language) for sheets in ([sheet()], [sheet(), sheet()]))
    assert [problems(document, tmp_path) for document in documents] == [[], []]


def test_each_certificate_is_a_page() -> None:
    assert len(pypdfium2.PdfDocument(made(*[sheet() for _ in range(7)]))) == 7


def test_same_letters_give_the_same_bytes() -> None:
    assert made(sheet()) == made(sheet())


LONG = ["The network thanks all who came. " * 20, "It will meet again next year in another country. " * 26]


@pytest.mark.parametrize("kind", ["certificate", "invitation"])
def test_nobody_signs_an_empty_page(kind: str) -> None:
    pages = 0
    for more in range(0, 14, 2):
        text = [*LONG, "And so on. " * 20 * more, "The last words stand above the hand that signs them. " * 4]
        document = made(sheet(paragraphs=text), kind=kind)
        texts = [page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(document)]
        pages += len(texts) - 1
        assert "signs them" in " ".join(texts[-1].split()).partition("A. Director")[0]
    assert pages > 3


def test_every_page_of_a_sample_says_so(tmp_path: Path) -> None:
    document = made(sheet(paragraphs=[*LONG, *LONG, *LONG], is_sample=True))
    pages = [page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(document)]
    assert (len(pages) > 1, [page.count("Sample") for page in pages]) == (True, [1] * len(pages))
    assert problems(document, tmp_path) == []


@pytest.mark.parametrize("text", ["x" * 500, "👩‍👩‍👧‍👦 محمد (mixed) 王", "</p><script>alert(1)</script>", "{{ name }}"])
def test_any_text_is_only_text_and_stays_on_the_paper(text: str) -> None:
    document = made(sheet(title=text, paragraphs=[text, text], signatory=text, person=text))
    outside = []
    for page in pypdfium2.PdfDocument(document):
        width = page.get_size()[0]
        letters = page.get_textpage()
        boxes = [letters.get_charbox(number) for number in range(letters.count_chars())]
        outside += [box for box in boxes if box[0] < -1 or box[2] > width + 1]
    assert outside == []


def test_nothing_outside_is_read_for_a_letter(caplog: pytest.LogCaptureFixture) -> None:
    made(sheet(paragraphs=['<img src="file:///etc/passwd">', '<link rel="attachment" href="http://127.0.0.1:9/">']))
    assert [record for record in caplog.records if record.levelname == "ERROR"] == []


@pytest.mark.parametrize("kind", ["certificate", "invitation"])
@pytest.mark.parametrize("language", ["en", "ar"])
def test_the_longest_names_stay_on_one_sheet_with_signature_and_code(kind: str, language: str) -> None:
    paragraphs = ["This is to certify that", f"Dr Amina BENALI\n{'organisation ' * 19}", "attended " + "launch " * 71]
    document = pypdfium2.PdfDocument(made(sheet(paragraphs=paragraphs), kind=kind, language=language))
    text = document[0].get_textpage().get_text_range()
    assert (len(document), text.count("A. Director"), text.count("/verify/")) == (1, 1, 1)


def test_a_text_for_two_sheets_goes_on_and_covers_nothing() -> None:
    document = pypdfium2.PdfDocument(
        made(sheet(paragraphs=["A sentence of this letter. " * 12] * 14), kind="invitation")
    )
    texts = [page.get_textpage().get_text_range() for page in document]
    assert [text.count("/verify/") for text in texts] == [0, 1]
