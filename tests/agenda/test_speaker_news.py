"""Organisers are mailed what a speaker declines, changes or sends; a first yes is no news."""

import io
from datetime import timedelta
from email import message_from_bytes, policy
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import select

from inser_events import jobs
from inser_events.agenda.models import Speaker, SpeakerState
from inser_events.agenda.speaker_invitations import link_for, token_of
from inser_events.clock import fixed_at, now
from inser_events.database import commit, db
from inser_events.events.models import Event
from inser_events.mail import OutboxMail
from inser_events.people.models import Person
from tests.factories import make_event, make_person, make_session, make_slot, make_user, soon

DETAILS = {"given_name": "Lifeng", "family_name": "Li", "job_title": "Director", "organisation": "FAO"}


@pytest.fixture
def event(app: Flask) -> Event:
    owner = make_user("owner@example.org")
    return make_event(slug="launch", owner=owner, contact_email="desk@example.org", starts_on=soon(), ends_on=soon())


@pytest.fixture
def person(event: Event) -> Person:
    person = make_person(email="li@example.org", job_title="Director", organisation="FAO")
    slot = make_slot(make_session(event), person=person, title={"en": "Soil in danger"})
    slot.speakers[0].state = SpeakerState.INVITED
    db.session.flush()
    return person


@pytest.fixture
def home(event: Event, person: Person) -> str:
    return f"/slots/{token_of(link_for(event, person, at=now()))}"


def told(app: Flask) -> list[tuple[str, str]]:
    """Recipient and text of each mail to organisers."""
    commit()
    jobs.run_waiting(app)
    db.session.expire_all()
    found = select(OutboxMail).where(OutboxMail.cause.like("speaker-news:%")).order_by(OutboxMail.id)
    return [(mail.recipient, _text(mail)) for mail in db.session.scalars(found)]


def _text(mail: OutboxMail) -> str:
    message: Any = message_from_bytes(mail.message or b"", policy=policy.default)
    return str(message.get_body(("plain",)).get_content())


def answer(client: FlaskClient, home: str, person: Person, state: str) -> None:
    part = db.session.scalars(select(Speaker).where(Speaker.person_id == person.id)).one()
    assert client.post(f"{home}/answer", data={"speaker": part.uid, "answer": state}).status_code == 303


def test_a_decline_and_a_change_of_mind_are_told_and_a_yes_is_not(
    app: Flask, client: FlaskClient, person: Person, home: str
) -> None:
    answer(client, home, person, "confirmed")
    assert told(app) == []
    for state in ("declined", "declined", "confirmed"):
        answer(client, home, person, state)
    mails = told(app)
    assert [to for to, _words in mails] == ["desk@example.org"] * 2
    assert ["Lifeng Li cannot do this part:" in mails[0][1], "Soil in danger" in mails[0][1]] == [True, True]
    assert "Lifeng Li takes this part after all:" in mails[1][1]


def test_corrected_details_are_named_once_an_hour(app: Flask, client: FlaskClient, person: Person, home: str) -> None:
    def correct(**values: str) -> None:
        seen = client.get(home).get_data(as_text=True).split('name="seen"')[1].split('value="')[1].split('"')[0]
        assert client.post(f"{home}/details", data=DETAILS | values | {"seen": seen}).status_code == 303

    correct()
    assert told(app) == []
    correct(job_title="Chair")
    correct(job_title="Head")
    with fixed_at(now() + timedelta(hours=1)):
        correct(job_title="Chair of chairs")
    mails = told(app)
    assert ["Position: Head" in words or "Position: Chair" in words for _to, words in mails] == [True, True]
    assert mails[0][1].count("/manage/launch/speakers#person-") == 1


def test_a_position_in_another_language_is_kept_and_quoted(
    app: Flask, client: FlaskClient, event: Event, person: Person, home: str
) -> None:
    event.languages = ["en", "fr"]
    commit()
    page = client.get(home).get_data(as_text=True)
    seen = page.partition('name="seen"')[2].partition('value="')[2].partition('"')[0]
    answered = client.post(f"{home}/details", data={**DETAILS, "job_fr": "Directeur", "seen": seen})
    assert (answered.status_code, person.job_titles) == (303, {"fr": "Directeur"})
    assert [text.count("Position: Directeur") for _to, text in told(app)] == [1]


def test_a_photo_and_slides_are_told(app: Flask, client: FlaskClient, home: str) -> None:
    buffer = io.BytesIO()
    Image.new("RGB", (400, 300), "red").save(buffer, "JPEG")
    for path, field, content in (("photo", "photo", buffer.getvalue()), ("files", "file", b"%PDF-1.7")):
        form = {field: (io.BytesIO(content), "a.bin")}
        client.post(f"{home}/{path}", data=form, content_type="multipart/form-data")
    assert [words.splitlines()[2] for _to, words in told(app)] == [
        "Lifeng Li has sent a photo.",
        "Lifeng Li has sent slides or a paper.",
    ]


def test_without_a_contact_address_the_owners_are_told(
    app: Flask, client: FlaskClient, event: Event, person: Person, home: str
) -> None:
    event.contact_email = ""
    answer(client, home, person, "declined")
    assert [to for to, _words in told(app)] == ["owner@example.org"]


def test_names_cannot_add_lines_to_a_mail(app: Flask, client: FlaskClient, person: Person, home: str) -> None:
    person.family_name = "Li\r\nBcc: everyone@example.org"
    answer(client, home, person, "declined")
    mail = db.session.scalars(select(OutboxMail).where(OutboxMail.cause.like("speaker-news:%"))).one()
    told(app)
    assert message_from_bytes(mail.message or b"", policy=policy.default)["Bcc"] is None
