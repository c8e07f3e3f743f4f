"""A speaker registers by one tap: as speaker, once, with a seat that counts."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from inser_events.agenda.models import Speaker, SpeakerState
from inser_events.agenda.publishing import publish_agenda
from inser_events.agenda.speaker_invitations import link_for, token_of
from inser_events.clock import now
from inser_events.database import db
from inser_events.events.models import Event
from inser_events.mail import OutboxMail
from inser_events.people.models import Person
from inser_events.registration.models import Registration
from tests.factories import make_event, make_person, make_session, make_slot, soon


@pytest.fixture
def event(app: Flask) -> Event:
    return make_event(slug="launch", starts_on=soon(), ends_on=soon(), in_person=1)


@pytest.fixture
def person(event: Event) -> Person:
    person = make_person(email="li@example.org", name_latin="Li Lifeng", organisation="FAO", country="CN")
    make_slot(make_session(event), person=person)
    return person


@pytest.fixture
def home(event: Event, person: Person) -> str:
    return f"/slots/{token_of(link_for(event, person, at=now()))}"


def registrations() -> list[Registration]:
    return list(db.session.scalars(select(Registration).order_by(Registration.id)))


def causes() -> list[str]:
    return [cause.split(":")[0] for cause in db.session.scalars(select(OutboxMail.cause).order_by(OutboxMail.id))]


def test_one_tap_registers_as_speaker_and_leads_to_the_ticket(client: FlaskClient, home: str, event: Event) -> None:
    publish_agenda(event, at=now())
    assert client.get(home).get_data(as_text=True).count('name="mode"') == 2
    answer = client.post(f"{home}/register", data={"mode": "in_person"})
    (made,) = registrations()
    assert (answer.status_code, client.get(answer.location).status_code) == (303, 200)
    assert (made.category, made.state, made.mode, made.name_latin, made.organisation, made.country, made.email) == (
        *("speaker", "confirmed", "in_person", "Li Lifeng"),
        *("FAO", "CN", "li@example.org"),
    )


def test_a_second_tap_mails_the_link_and_makes_nothing(client: FlaskClient, home: str, event: Event) -> None:
    publish_agenda(event, at=now())
    client.post(f"{home}/register", data={"mode": "online"})
    answer = client.post(f"{home}/register", data={"mode": "in_person"})
    assert (answer.location, len(registrations()), causes()) == (
        f"{home}?done=registered",
        1,
        ["registered", "link-again"],
    )


def test_a_speaker_registers_after_registration_has_closed(client: FlaskClient, home: str, event: Event) -> None:
    publish_agenda(event, at=now())
    event.registration_closes_at = now()
    client.post(f"{home}/register", data={"mode": "online"})
    assert [made.state for made in registrations()] == ["confirmed"]


def test_the_room_is_not_oversold_for_speakers(client: FlaskClient, event: Event, home: str) -> None:
    publish_agenda(event, at=now())
    other = make_person("Ghaouti", "Lamiae", email="g@example.org")
    make_slot(make_session(event), person=other)
    for address in (home, f"/slots/{token_of(link_for(event, other, at=now()))}"):
        client.post(f"{address}/register", data={"mode": "in_person"})
    assert [made.state for made in registrations()] == ["confirmed", "waitlisted"]


def test_an_address_is_asked_for_where_there_is_none(
    client: FlaskClient, home: str, event: Event, person: Person
) -> None:
    person.email = ""
    publish_agenda(event, at=now())
    asked = client.get(home).get_data(as_text=True).count('type="email"')
    tried = [client.post(f"{home}/register", data={"mode": "online", "email": text}) for text in ("", "nobody")]
    client.post(f"{home}/register", data={"mode": "online", "email": "new@example.org"})
    assert (asked, [answer.status_code for answer in tried]) == (1, [422, 422])
    assert [made.email for made in registrations()] == ["new@example.org"]


def test_the_typed_address_does_not_replace_the_known_one(client: FlaskClient, home: str, event: Event) -> None:
    publish_agenda(event, at=now())
    client.post(f"{home}/register", data={"mode": "online", "email": "thief@example.org"})
    assert [made.email for made in registrations()] == ["li@example.org"]


@pytest.mark.parametrize("mode", ["", "by balloon", "in_person\x00"])
def test_a_mode_that_is_none_registers_nobody(client: FlaskClient, home: str, event: Event, mode: str) -> None:
    publish_agenda(event, at=now())
    answer = client.post(f"{home}/register", data={"mode": mode})
    assert (answer.status_code >= 400, answer.status_code < 500, registrations()) == (True, True, [])


def test_nobody_registers_before_the_first_release(client: FlaskClient, home: str) -> None:
    answer = client.post(f"{home}/register", data={"mode": "online"})
    assert (answer.status_code, registrations()) == (409, [])
    assert client.get(home).get_data(as_text=True).count('name="mode"') == 0


def test_who_declined_every_part_is_not_registered_as_speaker(
    client: FlaskClient, home: str, event: Event, person: Person
) -> None:
    publish_agenda(event, at=now())
    part = db.session.scalars(select(Speaker).where(Speaker.person_id == person.id)).one()
    part.state = SpeakerState.DECLINED
    answer = client.post(f"{home}/register", data={"mode": "online"})
    assert (answer.status_code, registrations()) == (409, [])


def test_another_site_cannot_register_a_speaker(client: FlaskClient, home: str, event: Event) -> None:
    publish_agenda(event, at=now())
    answer = client.post(f"{home}/register", data={"mode": "online"}, headers={"Origin": "https://evil.example"})
    assert (answer.status_code, registrations()) == (403, [])


def test_a_wrong_link_registers_nobody(client: FlaskClient) -> None:
    assert client.post(f"/slots/{'B' * 30}/register", data={"mode": "online"}).status_code == 404
