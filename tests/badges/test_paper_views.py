"""The page of papers and the papers themselves, as an organiser asks for them."""

from collections.abc import Callable

import pypdfium2
import pytest
from flask import Flask
from flask.testing import FlaskClient

from inser_events.accounts.models import User
from inser_events.agenda.publishing import publish_agenda
from inser_events.badges.paper_views import MAKERS
from inser_events.clock import now
from inser_events.events.models import Event, TeamRole
from tests.checkin.factories import make_registration
from tests.factories import make_event, make_member, make_person, make_session, make_slot, make_user

SignIn = Callable[[User], FlaskClient]


@pytest.fixture
def owner(app: Flask) -> User:
    return make_user()


@pytest.fixture
def event(owner: User) -> Event:
    """A published event with a session, a speaker and two guests."""
    event = make_event(owner=owner, slug="launch", languages=["en", "fr"])
    make_slot(make_session(event), person=make_person(organisation="FAO"))
    make_registration(event, family_name="Benali", category="delegate", country="MA")
    make_registration(event, family_name="Roe", mode="online", country="IT")
    publish_agenda(event, at=now())
    return event


def test_page_offers_every_paper(event: Event, owner: User, sign_in: SignIn) -> None:
    page = sign_in(owner).get("/manage/launch/print").get_data(as_text=True)
    assert [name for name in MAKERS if f"/papers/{name}.pdf?lang=en" not in page] == []


def test_page_offers_papers_in_another_language(event: Event, owner: User, sign_in: SignIn) -> None:
    page = sign_in(owner).get("/manage/launch/print?papers=fr").get_data(as_text=True)
    assert ["programme.pdf?lang=fr&amp;paper=a5" in page, "lang=en" in page] == [True, False]


def test_page_warns_of_letters_without_a_font(event: Event, owner: User, sign_in: SignIn) -> None:
    client = sign_in(owner)
    assert "cannot be printed" not in client.get("/manage/launch/print").get_data(as_text=True)
    make_registration(event, family_name="\U000e1000\U00012345\U0001e900")
    assert "cannot be printed" in client.get("/manage/launch/print").get_data(as_text=True)


@pytest.mark.parametrize("name", list(MAKERS))
def test_a_paper_is_a_pdf_for_one_reader(name: str, event: Event, owner: User, sign_in: SignIn) -> None:
    answer = sign_in(owner).get(f"/manage/launch/papers/{name}.pdf?lang=fr")
    assert (answer.status_code, answer.content_type, answer.cache_control.private) == (200, "application/pdf", True)
    assert answer.headers["Content-Disposition"] == f'inline; filename="launch-{name}-fr.pdf"'


@pytest.mark.parametrize(
    ("who", "expected"),
    [("speakers", ["Lifeng Li"]), ("agenda", ["Lifeng Li"]), ("room", ["Amina Benali"]), ("countries", ["Morocco"])],
)
def test_name_plates_are_of_those_asked_for(
    who: str, expected: list[str], event: Event, owner: User, sign_in: SignIn
) -> None:
    document = pypdfium2.PdfDocument(sign_in(owner).get(f"/manage/launch/papers/name-plates.pdf?who={who}").data)
    first = [page.get_textpage().get_text_range().splitlines()[0] for page in document]
    assert first == expected


@pytest.mark.parametrize("path", ["nothing.pdf", "door-signs.pdf?day=soon", "signature-sheet.pdf?day=2025-02-30"])
def test_what_is_not_there_is_not_found(path: str, event: Event, owner: User, sign_in: SignIn) -> None:
    assert sign_in(owner).get(f"/manage/launch/papers/{path}").status_code == 404


def test_unpublished_event_has_no_papers(app: Flask, owner: User, sign_in: SignIn) -> None:
    make_event(owner=owner, slug="draft")
    client = sign_in(owner)
    assert client.get("/manage/draft/papers/door-signs.pdf").status_code == 404
    assert "Nothing to print yet" in client.get("/manage/draft/print").get_data(as_text=True)


def test_door_staff_and_strangers_get_no_lists(event: Event, sign_in: SignIn) -> None:
    colleague, stranger = make_user(), make_user()
    make_member(event, colleague, TeamRole.DOOR)
    address = "/manage/launch/papers/participants.pdf"
    assert [sign_in(user).get(address).status_code for user in (colleague, stranger)] == [403, 404]
