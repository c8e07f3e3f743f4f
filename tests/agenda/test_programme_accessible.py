"""The programme for those who listen to it (PDF/UA-1), and for the archive (PDF/A-3a)."""

from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import msgspec
import pikepdf
import pytest
from flask import Flask
from flask_babel import Babel

from inser_events.agenda import exports
from inser_events.agenda.programme import Paper, programme_pdf
from inser_events.agenda.snapshot import Person, Snapshot
from tests.agenda.sample import BASE_URL, launch, many, plenary, session, slot, uid
from tests.documents.accessible import problems, spoken

NINE = datetime(2025, 9, 15, 8, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def translations() -> Iterator[None]:
    """An application with translations and nothing else."""
    app = Flask("programme")
    Babel(app)
    with app.app_context():
        yield


def before() -> Snapshot:
    return msgspec.structs.replace(launch(), number=2, sessions=launch().sessions[1:])


@pytest.mark.parametrize("language", ["en", "fr", "ar", "zh"])
def test_nothing_is_wrong_with_the_launch_in(language: str, tmp_path: Path) -> None:
    document = programme_pdf(launch(), language=language, base_url=BASE_URL, previous=before())
    assert problems(document, tmp_path) == []


@pytest.mark.parametrize("paper", ["a5", "letter", "wall", "a5-booklet"])
def test_nothing_is_wrong_on_other_paper(paper: Paper, tmp_path: Path) -> None:
    assert problems(programme_pdf(launch(), language="en", paper=paper, base_url=BASE_URL), tmp_path) == []


def test_nothing_is_wrong_with_a_plenary_or_a_long_programme(tmp_path: Path) -> None:
    documents = (programme_pdf(each, language="en", base_url=BASE_URL) for each in (plenary(), many(12)))
    assert [problems(document, tmp_path) for document in documents] == [[], []]


def test_the_checks_find_what_is_wrong(tmp_path: Path) -> None:
    with pikepdf.open(BytesIO(programme_pdf(launch(), language="en", base_url=BASE_URL))) as opened:
        del opened.Root["/Lang"]
        opened.pages[0].contents_add(b"0 0 9 9 re f")
        broken = BytesIO()
        opened.save(broken)
    found = problems(broken.getvalue(), tmp_path)
    assert ["no language" in found, "page 1: f outside of any mark" in found] == [True, True]


def test_archive_carries_the_calendar_and_the_schedule() -> None:
    document = programme_pdf(launch(), language="en", base_url=BASE_URL, variant="archive")
    with pikepdf.open(BytesIO(document)) as opened:
        files = {
            name: (str(spec.relationship), spec.get_file().read_bytes()) for name, spec in opened.attachments.items()
        }
        listed = [str(spec["/F"]) for spec in opened.Root.AF]
        marks = opened.Root.Metadata.read_bytes()
    languages = ["en", *launch().event.languages]
    assert files == {
        "programme.ics": ("/Alternative", exports.agenda_ics(launch(), base_url=BASE_URL, languages=languages)),
        "schedule.json": ("/Data", exports.schedule_json(launch(), BASE_URL, "en")),
    }
    assert listed == ["programme.ics", "schedule.json"]
    assert [b'pdfaid:part="3"' in marks, b'pdfaid:conformance="A"' in marks] == [True, True]


def test_archive_has_every_font_and_a_colour_space_of_its_own() -> None:
    document = programme_pdf(launch(), language="ar", base_url=BASE_URL, variant="archive")
    with pikepdf.open(BytesIO(document)) as opened:
        assert [str(intent["/S"]) for intent in opened.Root.OutputIntents] == ["/GTS_PDFA1"]
        fonts = [font for page in opened.pages for font in page["/Resources"]["/Font"].values()]
        inner = [font["/DescendantFonts"][0]["/FontDescriptor"] for font in fonts]
        assert [descriptor for descriptor in inner if not {"/FontFile2", "/FontFile3"} & set(descriptor.keys())] == []
        assert "/StructTreeRoot" in opened.Root


@pytest.mark.parametrize("variant", ["", "archive"])
def test_same_release_gives_the_same_bytes(variant: str) -> None:
    twice = [
        programme_pdf(launch(), language="en", base_url=BASE_URL, previous=before(), variant=variant)  # type: ignore[arg-type] # from a parameter
        for _ in range(2)
    ]
    assert twice[0] == twice[1]


def test_what_is_not_in_the_language_of_the_programme_says_its_own(tmp_path: Path) -> None:
    people = {uid("li"): Person(uid("li"), "محمد بن يوسف", job_title="Director", organisation="معهد البحوث")}
    talk = session("Eröffnung", NINE, slots=[slot("Talk", NINE, 10, "li")])
    opening = msgspec.structs.replace(talk, title={"fr": "Ouverture"}, abstract={"fr": "<p>Bonjour.</p>"})
    document = programme_pdf(launch(people=people, sessions=[opening]), language="en", base_url=BASE_URL)
    with pikepdf.open(BytesIO(document)) as opened:
        assert [each for each in spoken(opened) if each[1] != "en"] == [
            *[("H4", "fr"), ("P", "fr")],
            *[("Span", "ar"), ("Span", "ar")],
            *[("Span", "ar"), ("Span", "ar")],
            *[("Span", "ar"), ("Link", "fr")],
        ]
    assert problems(document, tmp_path) == []
