"""What a ticket holder takes along: the sheet to fold, the code full-screen, its picture."""

from datetime import timedelta
from io import BytesIO

import pypdfium2
import pytest
import zxingcpp
from flask.testing import FlaskClient
from PIL import Image

from inser_events.agenda.publishing import publish_agenda
from inser_events.clock import now
from inser_events.database import commit, db
from inser_events.events.models import Event
from inser_events.registration.models import Registration
from inser_events.registration.operations import cancel_registration, reissue_ticket
from inser_events.registration.queries import link_of
from tests.badges.test_exports import codes, letters_outside, pages
from tests.checkin.factories import code_of, make_registration
from tests.factories import NINE, make_session


@pytest.fixture
def guest(launch: Event) -> Registration:
    return make_registration(launch, family_name="Benali", language="en")


@pytest.fixture
def address(guest: Registration) -> str:
    """The ticket's own address."""
    commit()
    return f"/tickets/{link_of(guest)}"


def words(document: bytes) -> str:
    return " ".join(pypdfium2.PdfDocument(document)[0].get_textpage().get_text_range().split())


def test_sheet_has_badge_agenda_place_and_folding(client: FlaskClient, address: str, guest: Registration) -> None:
    document = client.get(f"{address}/ticket.pdf").data
    text = words(document)
    assert (pages(document), [code.endswith(code_of(guest)) for code in codes(document)]) == ([(210, 297)], [True])
    wanted = ("Amina Benali", "Opening", "Conference hall", "Fold the lower half", "09:00–10:00")
    assert [part for part in wanted if part not in text] == []


def test_sheet_is_the_same_each_time(client: FlaskClient, address: str) -> None:
    assert client.get(f"{address}/ticket.pdf").data == client.get(f"{address}/ticket.pdf").data


def test_long_agenda_stays_on_its_quarter(client: FlaskClient, address: str, launch: Event) -> None:
    for number in range(60):
        make_session(
            launch,
            title={"en": f"{number} " + "A very long title of a session " * 4},
            starts_at=NINE + timedelta(days=number // 20, hours=number % 9),
        )
    publish_agenda(launch, at=now())
    commit()
    document = client.get(f"{address}/ticket.pdf").data
    assert (letters_outside(document, 0, 0, 210, 297), "The latest agenda:" in words(document)) == ([], True)


@pytest.mark.parametrize("language", ["ar", "zh", "ru"])
def test_sheet_speaks_the_language_of_the_person(client: FlaskClient, launch: Event, language: str) -> None:
    guest = make_registration(launch, language=language)
    commit()
    assert "Agenda" not in words(client.get(f"/tickets/{link_of(guest)}/ticket.pdf").data)


def test_picture_is_read(client: FlaskClient, address: str, guest: Registration) -> None:
    with Image.open(BytesIO(client.get(f"{address}/qr.png").data)) as picture:
        [found] = zxingcpp.read_barcodes(picture.convert("L"))
        assert (found.text.endswith(code_of(guest)), picture.size[0] > 500) == (True, True)


def test_full_screen_page_shows_name_and_code(client: FlaskClient, address: str) -> None:
    answer = client.get(f"{address}/show")
    page = answer.get_data(as_text=True)
    assert [part in page for part in ("Amina Benali", "<svg", 'data-module="show"')] == [True] * 3
    assert (answer.headers["Cache-Control"], answer.headers["X-Robots-Tag"]) == ("private, no-cache", "noindex")


def test_cancelled_ticket_is_forgotten_by_the_phone(client: FlaskClient, address: str, guest: Registration) -> None:
    cancel_registration(db.session.get_one(Registration, guest.id), at=now())
    commit()
    page = client.get(f"{address}/show").get_data(as_text=True)
    assert (
        "data-forget" in page,
        "<svg" in page.partition("<main")[2].partition("qr")[0] and 'class="qr"' in page,
    ) == (
        True,
        False,
    )
    assert [client.get(f"{address}/{name}").status_code for name in ("ticket.pdf", "qr.png")] == [404, 404]


def test_replaced_link_opens_nothing(client: FlaskClient, address: str, guest: Registration) -> None:
    reissue_ticket(db.session.get_one(Registration, guest.id), at=now())
    commit()
    assert [client.get(f"{address}/{name}").status_code for name in ("show", "ticket.pdf", "qr.png")] == [404] * 3


@pytest.mark.parametrize("name", ["show", "ticket.pdf", "qr.png"])
def test_guessed_link_opens_nothing(launch: Event, client: FlaskClient, name: str) -> None:
    assert client.get(f"/tickets/{'C' * 30}/{name}").status_code == 404


def test_worker_keeps_only_full_screen_pages(client: FlaskClient, launch: Event) -> None:
    answer = client.get("/tickets/sw.js")
    assert (answer.mimetype, answer.headers["Service-Worker-Allowed"]) == ("text/javascript", "/tickets/")
    assert "/tickets/" not in answer.get_data(as_text=True).partition("\n")[2].partition("\n")[0]
