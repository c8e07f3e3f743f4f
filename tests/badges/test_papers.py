"""Papers for rooms and desks, read back."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import msgspec
import pikepdf
import pypdfium2
import pytest
from flask import Flask
from flask_babel import Babel
from PIL import Image

from inser_events.agenda.programme import Identity
from inser_events.agenda.snapshot import Appearance, Snapshot
from inser_events.agenda.snapshot import Person as Speaker
from inser_events.badges import papers
from inser_events.badges.guests import Guest
from tests.agenda.sample import BASE_URL, HALL, launch, plenary, session, slot, uid, with_event
from tests.documents.accessible import problems, structure

DAY = date(2025, 9, 15)
NINE = datetime(2025, 9, 15, 8, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def translations() -> Iterator[None]:
    """An application with translations and nothing else."""
    app = Flask("papers")
    Babel(app)
    with app.app_context():
        yield


def page_texts(document: bytes) -> list[str]:
    """Text of each page, blanks made one."""
    return [" ".join(page.get_textpage().get_text_range().split()) for page in pypdfium2.PdfDocument(document)]


def guest(family_name: str, **values: Any) -> Guest:
    return Guest(family_name=family_name, **values)


GUESTS = [
    guest("Benali", given_name="Amina", honorific="Ms", category="delegate", country="Morocco", email="a@example.org"),
    guest("Zhang", given_name="Li", category="delegate", country="Åland Islands", organisation="Soil board"),
    guest("王", given_name="伟", name_latin="Wei Wang", category="observer", country="China"),
    guest("Roe", given_name="Jo", category="caterer"),
    guest("Li", given_name="Li", category="organiser"),
]


def made(name: str, language: str = "en", snapshot: Snapshot | None = None, guests: list[Guest] | None = None) -> bytes:
    snapshot = snapshot or launch()
    people = GUESTS if guests is None else guests
    if name == "door":
        return papers.door_signs(snapshot, language=language, base_url=BASE_URL)
    if name == "run":
        return papers.run_sheet(snapshot, language=language)
    if name == "order":
        return papers.order_of_the_day(snapshot, language=language)
    if name == "signatures":
        return papers.signature_sheets(snapshot, people, language=language, on=DAY)
    return papers.participant_list(snapshot, people, language=language)


def text(document: bytes) -> str:
    pages = (page.get_textpage().get_text_range().replace("\ufffe", "") for page in pypdfium2.PdfDocument(document))
    return " ".join(" ".join(pages).split())


ALL = ["door", "run", "order", "signatures", "participants"]


@pytest.mark.parametrize("language", ["en", "ar", "zh"])
@pytest.mark.parametrize("name", ALL)
def test_nothing_is_wrong_with(name: str, language: str, tmp_path: Path) -> None:
    assert problems(made(name, language), tmp_path) == []


@pytest.mark.parametrize("name", ALL)
def test_nobody_and_nothing_still_gives_a_page(name: str) -> None:
    assert len(text(made(name, snapshot=launch(sessions=[], people={}), guests=[]))) > 20


@pytest.mark.parametrize("name", ALL)
def test_same_input_gives_the_same_bytes(name: str) -> None:
    assert made(name) == made(name)


@pytest.mark.parametrize("name", ALL)
def test_every_paper_says_which_release_it_is(name: str) -> None:
    assert "Release 3 · 10 Sept 2025 08:30 (Casablanca)" in text(made(name))


def test_door_has_a_sign_for_each_room_and_day() -> None:
    two_days = launch(sessions=[*launch().sessions, session("Second", NINE + timedelta(days=1), room=HALL.uid)])
    pages = [
        page.get_textpage().get_text_range().split("\r\n")
        for page in pypdfium2.PdfDocument(made("door", snapshot=two_days))
    ]
    assert [page[:2] for page in pages] == [
        ["Door signsMain hall", "Monday 15 September 2025"],
        ["Room B", "Monday 15 September 2025"],
        ["Main hall", "Tuesday 16 September 2025"],
    ]


def test_door_of_one_day_leaves_the_others_out() -> None:
    assert (
        len(pypdfium2.PdfDocument(papers.door_signs(launch(), language="en", base_url=BASE_URL, on=date(2025, 1, 1))))
        == 1
    )


@pytest.mark.parametrize("language", ["en", "ar", "ru"])
@pytest.mark.parametrize("count", [8, 12])
def test_a_full_day_stays_on_one_sign(count: int, language: str) -> None:
    spoken: dict[str, Any] = {"room": HALL.uid, "languages": ["en"], "interpretation": ["fr", "es"]}
    day = [session(f"Session {number} on soil", NINE + timedelta(hours=number), **spoken) for number in range(count)]
    assert len(pypdfium2.PdfDocument(made("door", language, launch(sessions=day)))) == 1


def test_a_break_has_no_language_on_paper() -> None:
    coffee = session("Coffee", NINE, kind="break", room=HALL.uid, languages=["en"])
    talk = session("Talk", NINE + timedelta(hours=1), room=HALL.uid, languages=["en"])
    said = text(made("order", snapshot=launch(sessions=[coffee, talk])))
    assert re.findall(r"(Coffee|Talk) (?:\S+ hall )?(Language)?", said) == [("Coffee", ""), ("Talk", "Language")]


def with_logo(name: str, folder: Path, language: str = "en") -> bytes:
    """A paper of an event with a logo and a colour."""
    Image.new("RGB", (300, 90), "green").save(folder / "logo.png")
    look = Identity(logo=(folder / "logo.png").as_uri(), primary="#1d5c2f", folder=folder)
    if name == "door":
        return papers.door_signs(launch(), language=language, base_url=BASE_URL, identity=look)
    if name == "run":
        return papers.run_sheet(launch(), language=language, identity=look)
    if name == "order":
        return papers.order_of_the_day(launch(), language=language, identity=look)
    if name == "signatures":
        return papers.signature_sheets(launch(), GUESTS, language=language, on=DAY, identity=look)
    return papers.participant_list(launch(), GUESTS, language=language, identity=look)


@pytest.mark.parametrize("name", ALL)
def test_papers_carry_the_event_s_logo(name: str, tmp_path: Path) -> None:
    document = with_logo(name, tmp_path)
    with pikepdf.open(BytesIO(document)) as opened:
        logos = {
            each.objgen for each in opened.objects if isinstance(each, pikepdf.Stream) and each.get("/Width") == 300
        }
        figures = [str(each["/Alt"]) for kind, each, _around in structure(opened) if kind == "Figure"]
    assert (len(logos), set(figures) - {"QR code of the agenda on the web"}) == (1, {"Logo of INSER launch"})
    assert problems(document, tmp_path) == []


def test_run_sheet_has_minutes_and_speakers() -> None:
    assert "09:00–09:20 20 Opening remarks Mr Lifeng Li, Director, Land and Water Division, FAO" in text(made("run"))


def test_run_sheet_keeps_a_session_s_name_with_its_first_slot() -> None:
    parts = [slot(f"Part {number}", NINE, 5) for number in range(5)]
    sessions = [session(f"Session {number}", NINE, slots=parts[: number % 5 + 1]) for number in range(40)]
    pages = page_texts(papers.run_sheet(launch(sessions=sessions), language="en"))
    assert [page for page in pages if re.search(r"Session \d+ \S+ · Online INSER launch", page)] == []


def test_times_on_an_arabic_run_sheet_run_from_left_to_right() -> None:
    letters = pypdfium2.PdfDocument(made("run", "ar"))[0].get_textpage()
    start, _count = letters.search("09:00–10:00").get_next()
    places = [letters.get_charbox(number)[0] for number in range(start, start + 11)]
    assert places == sorted(places)


def test_order_of_the_day_has_items_and_their_documents() -> None:
    assert "1 Adoption of the agenda (For decision) GSPPA XIII/2025/1: Provisional agenda" in text(
        made("order", snapshot=plenary())
    )


def test_list_begins_with_members_by_country_and_ends_with_the_secretariat() -> None:
    words = text(made("participants")).partition("5 people")[2]
    wanted = ["Members", "Åland Islands", "Li ZHANG", "Morocco", "Ms Amina BENALI", "Observers", "王伟 (Wei Wang)",
              "Participants", "Jo ROE", "Secretariat", "Li LI"]  # fmt: skip
    places = [words.index(word) for word in wanted]
    assert places == sorted(places)


@pytest.mark.parametrize(
    ("category", "kind", "part"),
    [
        ("delegate", "", "members"),
        ("delegate", "observer", "observers"),
        ("delegate", "un", "un"),
        ("participant", "partner", "partners"),
        ("staff", "", "secretariat"),
        ("caterer", "", "participants"),
        ("press", "unheard of", "press"),
    ],
)
def test_the_kind_of_a_delegation_decides_before_the_category(category: str, kind: str, part: str) -> None:
    assert papers.part_of(category, kind) == part


def test_organisations_follow_the_members_each_with_its_people() -> None:
    people = [
        guest("Roe", category="delegate", kind="un", organisation="UNEP", country="Kenya"),
        guest("Doe", category="delegate", kind="un", organisation="FAO"),
        guest("Abe", category="delegate", kind="partner", delegation="European Union", organisation="JRC"),
        guest("Zed", category="delegate", country="Zambia"),
    ]
    found = papers.groups(people, "en")
    assert [(group.heading, [name for name, _people in group.parts]) for group in found] == [
        ("Members", ["Zambia"]),
        ("United Nations", ["FAO", "UNEP"]),
        ("Partners", ["European Union"]),
    ]
    words = text(made("participants", guests=people))
    assert [words.count(name) for name in ("UNEP", "Kenya", "JRC", "Zambia")] == [1, 1, 1, 1]


def test_list_gives_the_addresses_it_was_given_and_no_other() -> None:
    assert text(made("participants")).count("@") == 1


def test_signature_sheet_numbers_everyone_with_the_family_name_in_capitals() -> None:
    assert "1 Ms Amina BENALI" in text(made("signatures"))


def test_signature_sheet_has_the_latin_name_beside_another_script() -> None:
    assert "王伟 (Wei Wang)" in text(made("signatures"))


@pytest.mark.parametrize("name", ALL)
def test_very_long_and_mixed_texts_stay_on_the_paper(name: str) -> None:
    long = ("Soil erosion and (محمد) 👩‍👩‍👧‍👦 " * 20)[:500]
    people = {
        uid(f"p{number}"): Speaker(uid(f"p{number}"), f"Person {number:02}", organisation=long[:253])
        for number in range(40)
    }
    talk = msgspec.structs.replace(slot(long, NINE, 10), speakers=[Appearance(key) for key in people])
    crowd = session(long, NINE, room=HALL.uid, speakers=[Appearance(key, "chair") for key in people], slots=[talk])
    snapshot = with_event(launch(sessions=[crowd], people=people), name={"en": long})
    document = made(name, snapshot=snapshot, guests=[guest("x" * 253, organisation=long[:253], country=long)])
    outside = []
    for page in pypdfium2.PdfDocument(document):
        width, height = page.get_size()
        letters = page.get_textpage()
        boxes = [letters.get_charbox(number) for number in range(letters.count_chars())]
        outside += [box for box in boxes if box[0] < -1 or box[1] < -1 or box[2] > width + 1 or box[3] > height + 1]
    assert outside == []
