"""The printed programme, read back: words, order, pages, tags, and the strings that break things."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from io import BytesIO
from itertools import pairwise
from typing import Any
from unicodedata import normalize

import msgspec
import pikepdf
import pypdfium2
import pytest
import zxingcpp
from flask import Flask
from flask_babel import Babel

from inser_events.agenda.printed import release_mark
from inser_events.agenda.programme import Paper, programme_pdf
from inser_events.agenda.snapshot import Appearance, Person, Snapshot
from inser_events.documents import fonts
from tests.agenda.sample import (
    BASE_URL,
    HOSTILE,
    JOIN_URL,
    PUBLISHED,
    launch,
    many,
    named,
    naughty_strings,
    paired,
    plenary,
    session,
    slot,
    uid,
    with_event,
)

MM = 72 / 25.4
NINE = datetime(2025, 9, 15, 8, 0, tzinfo=UTC)

needs_print_fonts = pytest.mark.skipif(fonts.fonts_problem() is not None, reason="the print fonts are not installed")


@pytest.fixture(autouse=True)
def translations() -> Iterator[None]:
    """An application with translations and nothing else."""
    app = Flask("programme")
    Babel(app)
    with app.app_context():
        yield


_printed: dict[tuple[str, str, str], bytes] = {}


def printed(snapshot: Snapshot, language: str = "en", paper: Paper = "a4") -> bytes:
    """The programme, made once for all tests that ask for the same."""
    key = (repr(snapshot), language, paper)
    if key not in _printed:
        _printed[key] = programme_pdf(snapshot, language=language, paper=paper, base_url=BASE_URL)
    return _printed[key]


def page_texts(document: bytes) -> list[str]:
    """Text of each page, blanks made one."""
    pages = pypdfium2.PdfDocument(document)
    return [" ".join(page.get_textpage().get_text_range().replace("\ufffe", "").split()) for page in pages]


def text(document: bytes) -> str:
    return " ".join(page_texts(document))


def tags(document: bytes) -> list[str]:
    """Names of the structure elements in reading order."""
    found: list[str] = []

    def walk(element: Any) -> None:
        if isinstance(element, pikepdf.Array):
            for child in element:
                walk(child)
        elif isinstance(element, pikepdf.Dictionary) and "/S" in element:
            found.append(str(element["/S"]))
            walk(element.get("/K"))

    with pikepdf.open(BytesIO(document)) as opened:
        walk(opened.Root["/StructTreeRoot"]["/K"])
    return found


def letters_outside(document: bytes) -> list[str]:
    found = []
    for page in pypdfium2.PdfDocument(document):
        width, height = page.get_size()
        letters = page.get_textpage()
        for number in range(letters.count_chars()):
            left, foot, right, top = letters.get_charbox(number)
            if left < -0.5 or foot < -0.5 or right > width + 0.5 or top > height + 0.5:
                found.append(letters.get_text_range(number, 1))
    return [letter for letter in found if letter.strip()]


def test_cover_says_what_when_where_and_which_release() -> None:
    assert page_texts(printed(launch()))[0] == (
        "International Network on Soil Erosion INSER launch A network for soils that stay 15 September 2025 "
        "Conference centre, Rabat, Morocco In person · Online Programme · Release 3 · 10 Sept 2025 08:30 (Casablanca)"
    )


def test_every_page_but_the_cover_has_its_number_and_the_release() -> None:
    pages = page_texts(printed(launch()))
    mark = "Release 3 · 10 Sept 2025 08:30 (Casablanca)"
    assert [f"{number} / {len(pages)}" in page and mark in page for number, page in enumerate(pages, 1)] == [
        number > 1 for number, _ in enumerate(pages, 1)
    ]


def test_agenda_stands_in_order_of_time_in_the_event_s_zone() -> None:
    agenda = text(printed(launch())).partition(" Agenda Monday ")[2]
    times = re.findall(r"\d\d:\d\d–\d\d:\d\d", agenda)
    assert times == [
        *("09:00–10:00", "09:00–09:20", "09:20–09:35", "09:35–10:00"),
        *("10:00–10:30", "10:00–11:30", "10:00–10:45", "10:30–11:15", "11:30–12:00"),
    ]


def test_slot_names_its_speaker_with_title_and_organisation() -> None:
    assert "09:00–09:20 Opening remarks Mr Lifeng Li, Director, Land and Water Division, FAO" in text(printed(launch()))


def test_chair_room_languages_and_abstract_stand_with_the_session() -> None:
    assert (
        "09:00–10:00 Opening Main hall · Language: English, French. Interpretation: Arabic "
        "Welcome; with remarks, by all hosts. Then questions. "
        "Chair: Ms Thorunn Wolfram Petursdottir, Secretary, Global Soil Partnership"
    ) in text(printed(launch()))


def test_withdrawn_session_is_marked_by_a_word() -> None:
    assert "10:00–10:45 Field visit (Cancelled)" in text(printed(launch()))


def test_speakers_are_listed_by_family_name_and_only_if_they_appear() -> None:
    people = {
        uid(key): Person(uid(key), name, family_name=family, bio={"en": f"Life of {name}."})
        for key, name, family in (("li", "Lifeng Li", "Li"), ("tong", "Yuxin Tong", "Tong"), ("a", "Ada Abel", "Abel"))
    }
    sessions = [session("One", NINE, slots=[slot("Talk", NINE, 10, "tong"), slot("More", NINE, 10, "li")])]
    pages = text(printed(launch(people=people, sessions=sessions)))
    assert re.findall(r"Life of [\w ]+", pages) == ["Life of Lifeng Li", "Life of Yuxin Tong"]


def test_plenary_prints_items_with_purpose_and_documents() -> None:
    pages = text(printed(plenary()))
    assert "09:30–10:00 1 Adoption of the agenda For decision GSPPA XIII/2025/1" in pages
    assert "Item Title Purpose Documents 1 Adoption of the agenda For decision GSPPA XIII/2025/1 2" in pages


def test_evening_that_runs_past_midnight_stays_one_day() -> None:
    assert "03 June" not in text(printed(plenary()))
    assert len(re.findall("Wednesday 4 June", text(printed(plenary())))) == 0


def test_code_leads_to_the_agenda_on_the_web() -> None:
    page = pypdfium2.PdfDocument(printed(launch()))[1].render(scale=200 / 72).to_pil()
    assert [found.text for found in zxingcpp.read_barcodes(page)] == [f"{BASE_URL}/events/inser-launch/agenda"]


@pytest.mark.parametrize("words", [60, 190, 260, 330])
@pytest.mark.parametrize("language", ["en", "ar"])
def test_code_stays_beside_its_words_wherever_the_page_ends(language: str, words: int) -> None:
    about = {language: "<p>" + " ".join(["soil"] * words) + "</p>"}
    for page in pypdfium2.PdfDocument(printed(with_event(many(9), description=about), language, "a5")):
        codes = zxingcpp.read_barcodes(page.render(scale=200 / 72).to_pil())
        if codes:
            searched = page.get_textpage().search("Always up to date")
            place, count = searched.get_next() or (0, 0)
            _left, foot, _right, top = page.get_textpage().get_charbox(place)
            height = page.get_height()
            code = codes[0].position
            spot = [height - corner.y * 72 / 200 for corner in (code.bottom_left, code.top_left)]
            assert (count > 0, spot[0] - 3 < foot, top < spot[1] + 3) == (True, True, True)


def test_documents_without_a_title_have_that_of_their_item() -> None:
    frozen = plenary()
    bare = [msgspec.structs.replace(document, title={}) for document in frozen.documents]
    words = text(printed(msgspec.structs.replace(frozen, documents=bare)))
    assert f"{bare[0].symbol} Adoption of the agenda" in words.rpartition("Symbol")[2]


def test_personal_join_link_is_never_printed() -> None:
    assert JOIN_URL not in text(printed(launch()))


def test_same_release_gives_the_same_bytes() -> None:
    again = programme_pdf(launch(), language="en", base_url=BASE_URL)
    assert printed(launch()) == again


def test_document_is_tagged_in_its_language_with_headings_in_order() -> None:
    document = printed(launch(), "fr")
    with pikepdf.open(BytesIO(document)) as opened:
        assert [str(opened.Root.Lang), str(opened.docinfo["/Title"])] == ["fr", "Lancement de l'INSER: programme"]
    levels = [int(tag[2]) for tag in tags(document) if re.fullmatch(r"/H\d", tag)]
    assert (levels[0], levels.count(1)) == (1, 1)
    assert [later for earlier, later in pairwise(levels) if later > earlier + 1] == []


def test_tables_have_captions_and_headers() -> None:
    names = tags(printed(launch()))
    assert [names.count("/Caption") > 0, names.count("/TH") > names.count("/Table")] == [True, True]


def test_content_falls_back_to_the_language_it_exists_in() -> None:
    pages = text(printed(launch(), "fr"))
    assert ["Ouverture" in pages, "Coffee" in pages, "Grande salle" in pages] == [True, True, True]


@needs_print_fonts
def test_arabic_programme_reads_in_its_own_order() -> None:
    snapshot = with_event(launch(), name={"ar": "إطلاق الشبكة الدولية لتعرية التربة"})
    document = printed(snapshot, "ar")
    assert "الشبكة الدولية لتعرية التربة" in normalize("NFKC", page_texts(document)[0])
    with pikepdf.open(BytesIO(document)) as opened:
        assert str(opened.Root.Lang) == "ar"


@needs_print_fonts
def test_arabic_programme_begins_at_the_right() -> None:
    page = pypdfium2.PdfDocument(printed(with_event(launch(), name={"ar": "إطلاق"}), "ar"))[0]
    letters = page.get_textpage()
    found = [letters.get_charbox(number) for number in range(letters.count_chars())
             if "\u0600" < letters.get_text_range(number, 1) < "\u0700"]  # fmt: skip
    assert max(box[2] for box in found) > page.get_size()[0] * 0.85


@needs_print_fonts
def test_name_in_another_script_does_not_disturb_its_line() -> None:
    people = {uid("li"): Person(uid("li"), "محمد بن يوسف", job_title="(Dr) Chair", organisation="INRA")}
    sessions = [session("One", NINE, slots=[slot("Talk", NINE, 10, "li")])]
    page = pypdfium2.PdfDocument(printed(launch(people=people, sessions=sessions)))[2]
    letters = page.get_textpage()
    boxes = [
        (letters.get_text_range(number, 1), letters.get_charbox(number)) for number in range(letters.count_chars())
    ]
    name = [box for letter, box in boxes if "\u0600" < letter < "\u0700"]
    places = {letter: box[0] for letter, box in boxes if abs(box[1] - name[0][1]) < 5}
    assert max(box[0] for box in name) < places["D"] < places[")"] < places["C"]


@pytest.mark.parametrize(("paper", "size"), [("a4", (210, 297)), ("a5", (148, 210)), ("letter", (216, 279))])
def test_every_page_has_the_size_of_the_paper(paper: Paper, size: tuple[int, int]) -> None:
    sizes = (page.get_size() for page in pypdfium2.PdfDocument(printed(launch(), paper=paper)))
    assert {(round(width / MM), round(height / MM)) for width, height in sizes} == {size}


def test_release_without_sessions_gives_a_readable_page() -> None:
    pages = page_texts(printed(launch(sessions=[], people={})))
    assert "Agenda No sessions have been published yet." in pages[-1]


def test_event_without_venue_tagline_or_network_is_printed() -> None:
    bare = with_event(launch(), venue=None, tagline={}, network=None, description={}, organiser={}, contact_email="")
    assert page_texts(printed(bare))[0].startswith("INSER launch 15 September 2025 In person")


def test_cancelled_event_says_so_on_the_cover() -> None:
    assert "This event is cancelled." in page_texts(printed(with_event(launch(), status="cancelled")))[0]


def test_title_of_500_letters_stays_on_the_cover() -> None:
    title = ("Soil erosion and " * 30)[:500].strip()
    document = printed(with_event(launch(), name={"en": title}))
    assert title in page_texts(document)[0]
    assert letters_outside(document) == []


def test_word_without_end_is_broken_rather_than_cut() -> None:
    document = printed(launch(sessions=[session("x" * 400, NINE, slots=[slot("y" * 400, NINE, 10, "li")])]))
    assert letters_outside(document) == []
    assert text(document).replace(" ", "").count("x") >= 400


def test_forty_speakers_fit_in_one_session() -> None:
    people = {uid(f"p{number}"): Person(uid(f"p{number}"), f"Person {number:02} Name") for number in range(40)}
    crowd = session("Panel", NINE, speakers=[Appearance(key, "panellist") for key in people])
    document = printed(launch(people=people, sessions=[crowd]))
    agenda = text(document).partition(" Agenda Monday ")[2].partition(" Speakers ")[0]
    assert len(re.findall(r"Panellist: Person \d\d Name", agenda)) == 40
    assert letters_outside(document) == []


@needs_print_fonts
def test_emoji_is_printed() -> None:
    assert "Join us 👉🌍" in text(printed(launch(sessions=[session("Join us 👉🌍", NINE)])))


def test_hostile_text_is_only_text() -> None:
    pages = text(printed(named(HOSTILE)))
    assert ["</script><script>alert(1)</script>" in pages, '=HYPERLINK("https://evil.example")' in pages] == [
        True,
        True,
    ]


@pytest.mark.slow
def test_any_string_can_stand_in_a_programme(caplog: pytest.LogCaptureFixture) -> None:
    strings = naughty_strings()
    document = printed(paired(strings))
    assert len(pypdfium2.PdfDocument(document)) > 10
    assert [record.getMessage() for record in caplog.records if "Failed to load" in record.getMessage()] == []


def test_picture_in_a_description_is_not_fetched(caplog: pytest.LogCaptureFixture) -> None:
    printed(
        with_event(launch(), description={"en": '<p>x<img src="file:///etc/passwd"><img src="http://127.0.0.1:9/">'})
    )
    assert [record for record in caplog.records if record.levelname == "ERROR"] == []


def test_hundred_sessions_spread_over_pages_with_the_head_repeated() -> None:
    pages = page_texts(printed(many(30)))
    agenda = [page for page in pages if "Opening remarks" in page]
    assert len(agenda) > 2
    assert [page for page in agenda if "Time Session" not in page] == []


def test_release_mark_uses_the_event_s_clock() -> None:
    winter = launch(published_at=PUBLISHED + timedelta(days=180))
    assert release_mark(with_event(winter, time_zone="America/New_York")) == "Release 3 · 28 Feb 2026 07:00 (New York)"


@pytest.mark.parametrize("count", [14, 17])
def test_heading_of_the_speakers_never_stands_alone_at_the_foot_of_a_page(count: int) -> None:
    people = {uid("li"): Person(uid("li"), "Ada Abel", family_name="Abel", bio={"en": "Life " * 60})}
    talks = [slot(f"Talk {number}", NINE, 10) for number in range(count)]
    sessions = [session("One", NINE, slots=[*talks, slot("Last", NINE, 10, "li")])]
    pages = page_texts(printed(launch(people=people, sessions=sessions), paper="a5"))
    heads = [page for page in pages if " Speakers By family name" in page]
    assert [page for page in heads if "Life Life" not in page] == []


def places_of(page: Any, words: str) -> tuple[float, float]:
    """How far from the left the first and the last letter of *words* stand, in shares of the page's width."""
    letters = page.get_textpage()
    start, count = letters.search(words).get_next()
    boxes = [letters.get_charbox(number) for number in range(start, start + count)]
    return min(box[0] for box in boxes) / page.get_width(), max(box[2] for box in boxes) / page.get_width()


@needs_print_fonts
def test_feet_of_an_arabic_page_are_mirrored() -> None:
    pages = [pypdfium2.PdfDocument(printed(launch(), language))[2] for language in ("en", "ar")]
    release = [places_of(page, "2025 08:30") for page in pages]
    number = [places_of(page, " / ") for page in pages]
    assert [release[0][0] < 0.5 < number[0][0], number[1][1] < 0.5 < release[1][0]] == [True, True]


@needs_print_fonts
@pytest.mark.parametrize(
    ("language", "name", "expected"),
    [
        ("en", "Ada Abel", "Ada Abel, Chair"),
        ("en", "王伟", "王伟, Chair"),
        ("zh", "王伟", "王伟，Chair"),
        ("zh", "Ada Abel", "Ada Abel, Chair"),
    ],
)
def test_comma_after_a_name_is_of_the_language_and_its_script(language: str, name: str, expected: str) -> None:
    people = {uid("li"): Person(uid("li"), name, job_title="Chair")}
    sessions = [session("One", NINE, slots=[slot("Talk", NINE, 10, "li")])]
    assert expected in text(printed(launch(people=people, sessions=sessions), language))


def test_day_at_the_head_of_a_table_begins_with_a_capital() -> None:
    assert "Agenda Lundi 15 septembre 2025" in text(printed(launch(), "fr"))
