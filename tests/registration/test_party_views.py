"""Colleagues on the public form, and what the pages say of people who wait together."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from inser_events.clock import now
from inser_events.database import commit, db
from inser_events.events.models import Event
from inser_events.mail import OutboxMail, ready
from inser_events.registration import capacities, operations, queries
from inser_events.registration.capacities import Limits
from inser_events.registration.models import Registration
from inser_events.registration.privacy_texts import USUAL_VERSION
from tests.registration.factories import make_open_event, someone
from tests.registration.test_views import FORM

OMAR = {"colleague1-family_name": "Idrissi", "colleague1-email": "omar@example.org"}
SARA = {"colleague2-family_name": "Naji", "colleague2-email": "sara@example.org"}


@pytest.fixture
def event(app: Flask) -> Event:
    event = make_open_event(in_person=3)
    capacities.set_limits(event, Limits(party_size=3), at=now())
    commit()
    return event


def send(client: FlaskClient, event: Event, **more: str) -> TestResponse:
    return client.post(f"/events/{event.slug}/register", data=FORM | more)


def everyone() -> list[tuple[str, str]]:
    rows = db.session.scalars(select(Registration).order_by(Registration.id))
    return [(one.email, one.state) for one in rows]


def test_colleagues_are_offered_only_where_the_event_allows_it(client: FlaskClient, event: Event) -> None:
    path = f"/events/{event.slug}/register"
    assert client.get(path).get_data(as_text=True).count("colleague2-email") > 0
    capacities.set_limits(event, Limits(), at=now())
    assert client.get(path).get_data(as_text=True).count("colleague") == 0
    assert send(client, event, **OMAR).status_code == 303
    assert everyone() == [("amina@example.org", "confirmed")]


def test_a_party_registers_with_one_form_and_each_gets_a_ticket(client: FlaskClient, event: Event) -> None:
    answer = send(client, event, organisation="INRA", list_consent="y", **OMAR, **SARA)
    assert (answer.status_code, "ticket=" in answer.location) == (303, True)
    assert everyone() == [(f"{name}@example.org", "confirmed") for name in ("amina", "omar", "sara")]
    first, *others = db.session.scalars(select(Registration).order_by(Registration.id))
    assert [(one.party, one.organisation, one.listed, one.privacy_version) for one in others] == [
        (first.party, "INRA", False, USUAL_VERSION)
    ] * 2
    assert len(db.session.scalars(select(OutboxMail.cause)).all()) == 3


def test_a_party_waits_together_and_is_told_so(client: FlaskClient, event: Event) -> None:
    operations.register(event, someone(), at=now())
    send(client, event, **OMAR, **SARA)
    people = list(db.session.scalars(select(Registration).order_by(Registration.id)))[1:]
    words = "You wait together with 2 people who registered with you. You get your seats at once."
    assert [one.state for one in people] == ["waitlisted"] * 3
    page = client.get(f"/tickets/{queries.link_of(people[2])}").get_data(as_text=True)
    letter = ready(db.session.scalars(select(OutboxMail).where(OutboxMail.recipient == "sara@example.org")).one())
    assert letter is not None
    assert ("You are number 1 on the waiting list" in page, words in page) == (True, True)
    assert words in letter.message.decode().replace("=\r\n", "")


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"colleague1-given_name": "Omar"}, "Enter your colleague’s family name."),
        ({"colleague1-family_name": "Idrissi"}, "Enter your colleague’s own e-mail address"),
        (OMAR | {"colleague1-email": "nowhere"}, "it should look like name@example.org"),
        (OMAR | {"colleague1-email": "AMINA@example.org"}, "This address stands on the form already."),
    ],
)
def test_a_faulty_colleague_is_named_at_the_field_and_nothing_is_lost(
    client: FlaskClient, event: Event, more: dict[str, str], words: str
) -> None:
    answer = send(client, event, **more, **SARA)
    page = answer.get_data(as_text=True)
    assert (answer.status_code, words in page, 'value="Naji"' in page, everyone()) == (422, True, True, [])
    assert words in " ".join(re.findall(r'href="#colleague1-[a-z_]+">([^<]*)', page))
    assert "<title>Error: " in page


def test_faults_of_both_are_named_at_once(client: FlaskClient, event: Event) -> None:
    page = send(client, event, family_name="", **OMAR | {"colleague1-email": "nowhere"}).get_data(as_text=True)
    assert "Please check 2 answers" in page
    assert len(re.findall(r'href="#(?:family_name|colleague1-email)"', page)) == 2


def test_a_party_larger_than_the_room_is_told_how_many_fit(client: FlaskClient, event: Event) -> None:
    event.seats[0].capacity = 2
    answer = send(client, event, **OMAR, **SARA)
    page = answer.get_data(as_text=True)
    assert (answer.status_code, "At most 2 of these people" in page, 'value="Naji"' in page) == (422, True, True)
    assert everyone() == []


def test_a_colleague_registered_before_gets_the_link_and_nobody_learns_of_it(client: FlaskClient, event: Event) -> None:
    operations.register(event, someone(email="omar@example.org"), at=now(), notify=False)
    answer = send(client, event, **OMAR, **SARA)
    assert (answer.status_code, "ticket=" in answer.location) == (303, True)
    assert [email for email, _state in everyone()] == ["omar@example.org", "amina@example.org", "sara@example.org"]
    causes = db.session.scalars(select(OutboxMail.cause).where(OutboxMail.recipient == "omar@example.org")).all()
    assert [cause.split(":")[0] for cause in causes] == ["link-again"]


def test_whoever_was_registered_before_learns_nothing_and_their_colleagues_are_registered(
    client: FlaskClient, event: Event
) -> None:
    operations.register(event, someone(email="amina@example.org"), at=now())
    answer = send(client, event, **OMAR)
    assert ("ticket=" in answer.location, [email for email, _state in everyone()]) == (
        False,
        ["amina@example.org", "omar@example.org"],
    )


def test_a_double_click_registers_a_party_once(client: FlaskClient, event: Event) -> None:
    answers = [send(client, event, form_key="one form", **OMAR) for _ in range(2)]
    assert (answers[0].location, len(everyone())) == (answers[1].location, 2)
