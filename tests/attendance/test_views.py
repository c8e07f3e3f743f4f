"""The certificate behind one's own link, and the page that verifies it."""

import pypdfium2
import pytest
import zxingcpp
from flask import Flask
from flask.testing import FlaskClient

from inser_events.attendance import queries
from inser_events.attendance.operations import issue_letters, withdraw_letter
from inser_events.clock import now
from inser_events.events.models import Event
from inser_events.registration.queries import link_of
from tests.attendance.factories import make_attendee, make_published, scan
from tests.checkin.factories import make_registration


@pytest.fixture
def event(app: Flask) -> Event:
    return make_published(slug="launch", languages=["en", "fr"])


def text(document: bytes) -> str:
    pages = (page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(document))
    return " ".join(" ".join(pages).split())


def test_attendee_downloads_a_certificate_again_and_again(event: Event, client: FlaskClient) -> None:
    person = make_attendee(event, honorific="Dr", given_name="Amina", family_name="Benali")
    scan(person, "out", 215)
    answers = [client.get(f"/tickets/{link_of(person)}/certificate.pdf") for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].data == answers[1].data
    words = text(answers[0].data)
    wanted = ["Dr Amina BENALI", "INSER launch", "Certificate no. 1", "15 September 2025", "3 h 35 min"]
    assert [word for word in wanted if word not in words] == []


def test_code_on_the_certificate_leads_to_its_verification(event: Event, client: FlaskClient) -> None:
    person = make_attendee(event)
    document = client.get(f"/tickets/{link_of(person)}/certificate.pdf").data
    picture = pypdfium2.PdfDocument(document)[0].render(scale=200 / 72).to_pil()
    address = zxingcpp.read_barcodes(picture)[0].text
    assert client.get(address.removeprefix("https://events.example.org")).status_code == 200


def test_certificate_is_in_the_language_of_the_person(event: Event, client: FlaskClient) -> None:
    person = make_attendee(event, language="fr")
    assert "15 septembre 2025" in text(client.get(f"/tickets/{link_of(person)}/certificate.pdf").data)


def test_nobody_gets_a_certificate_without_having_been_there(event: Event, client: FlaskClient) -> None:
    answer = client.get(f"/tickets/{link_of(make_registration(event))}/certificate.pdf")
    assert (answer.status_code, "issued to those who attended" in answer.get_data(as_text=True)) == (404, True)


def test_verification_tells_the_paper_and_nothing_of_the_person(event: Event, client: FlaskClient) -> None:
    person = make_attendee(event, family_name="Zanzibari", organisation="Secret institute")
    letter = issue_letters(event, [person], "certificate", at=now())[0]
    path = queries.verify_url(letter).removeprefix("https://events.example.org")
    page = client.get(path).get_data(as_text=True)
    assert ["This paper is genuine" in page, "Certificate no. 1" in page, "INSER launch" in page] == [True] * 3
    assert ["Zanzibari" in page, "Secret institute" in page, person.email in page] == [False] * 3


def test_withdrawn_paper_is_not_valid(event: Event, client: FlaskClient) -> None:
    letter = issue_letters(event, [make_attendee(event)], "certificate", at=now())[0]
    path = queries.verify_url(letter).removeprefix("https://events.example.org")
    withdraw_letter(letter, at=now())
    assert "no longer valid" in client.get(path).get_data(as_text=True)


@pytest.mark.parametrize("token", ["CBDEFGHIJKLNRTUVCBDEFGHIJKLNRT", "x", "%00", "a" * 3000])
def test_paper_nobody_issued_is_not_genuine(app: Flask, client: FlaskClient, token: str) -> None:
    answer = client.get(f"/verify/{token}")
    assert (answer.status_code, "No such paper was issued" in answer.get_data(as_text=True)) == (404, True)
