"""Correcting somebody's details, whatever they or the form leave out; and being asked for what is missing."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from inser_events.accounts.models import User
from inser_events.audit import AuditEntry
from inser_events.clock import fixed_at, now
from inser_events.database import db
from inser_events.events.models import Event, TeamRole
from inser_events.mail import OutboxMail
from inser_events.registration import form_operations, operations, parties, queries
from inser_events.registration.corrections import lacks_answers
from inser_events.registration.form_models import Question
from inser_events.registration.form_operations import QuestionData
from inser_events.registration.models import Registration
from inser_events.registration.parties import Entry
from tests.factories import make_member, make_user
from tests.registration.factories import make_open_event, someone


@pytest.fixture
def event(app: Flask) -> Event:
    return make_open_event(in_person=2)


@pytest.fixture
def registrar(event: Event, sign_in: Callable[[User], FlaskClient]) -> FlaskClient:
    user = make_user("registrar@example.org")
    make_member(event, user, TeamRole.REGISTRAR)
    return sign_in(user)


@pytest.fixture
def person(event: Event) -> Registration:
    return operations.register(event, someone(email="amina@example.org"), at=now(), notify=False)


def address(person: Registration) -> str:
    return f"/manage/{person.event.slug}/registrations/{person.uid}/edit"


def values(**changed: str) -> dict[str, str]:
    return {"family_name": "Benali", "email": "amina@example.org", "language": "en", **changed}


def mailed() -> list[str]:
    return [mail.recipient for mail in db.session.scalars(select(OutboxMail))]


def test_a_misspelt_name_is_corrected_by_the_registrar(registrar: FlaskClient, person: Registration) -> None:
    page = registrar.get(address(person)).get_data(as_text=True)
    assert 'value="amina@example.org"' in page
    assert registrar.post(address(person), data=values(family_name="Ben Ali")).status_code == 303
    last = db.session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
    assert last is not None
    assert (person.family_name, last.actor, mailed()) == ("Ben Ali", "registrar@example.org", [])


def test_a_corrected_address_gets_the_link(registrar: FlaskClient, person: Registration) -> None:
    registrar.post(address(person), data=values(email="amina@example.com"))
    assert (person.active_email, mailed()) == ("amina@example.com", ["amina@example.com"])


def test_an_address_of_somebody_else_is_refused_and_nothing_typed_is_lost(
    registrar: FlaskClient, person: Registration
) -> None:
    operations.register(person.event, someone(email="omar@example.org"), at=now(), notify=False)
    answer = registrar.post(address(person), data=values(email="omar@example.org", job_title="Head <of> soil"))
    page = answer.get_data(as_text=True)
    assert (answer.status_code, 'href="#email"' in page, "Head &lt;of&gt; soil" in page) == (422, True, True)
    assert (person.email, mailed()) == ("amina@example.org", [])


@pytest.mark.parametrize("wrong", [{"family_name": ""}, {"email": ""}, {"email": "nobody"}, {"family_name": "x" * 200}])
def test_what_is_wrong_is_named(registrar: FlaskClient, person: Registration, wrong: dict[str, str]) -> None:
    answer = registrar.post(address(person), data=values(**wrong))
    name = next(iter(wrong))
    assert (answer.status_code, f'href="#{name}"' in answer.get_data(as_text=True)) == (422, True)


def test_a_cancelled_registration_is_left_as_it_was(registrar: FlaskClient, person: Registration) -> None:
    operations.cancel_registration(person, at=now(), notify=False)
    assert [registrar.get(address(person)).status_code, registrar.post(address(person), data=values()).status_code] == [
        409,
        409,
    ]


def test_strangers_correct_nobody(client: FlaskClient, person: Registration) -> None:
    assert client.post(address(person), data=values(family_name="X")).status_code in {302, 403, 404}
    assert person.family_name != "X"


def test_the_page_of_somebody_without_an_address_promises_no_mail(registrar: FlaskClient, event: Event) -> None:
    registrar.post(
        f"/manage/{event.slug}/registrations/new",
        data={"mode": "in_person", "category": "participant", "family_name": "Benali", "language": "en"},
    )
    mine = db.session.scalars(select(Registration)).one()
    home = f"/manage/{event.slug}/registrations/{mine.uid}"
    assert "by mail" not in registrar.get(home).get_data(as_text=True)
    for act in ("reissue", "cancel"):
        page = registrar.post(f"{home}/{act}", follow_redirects=True).get_data(as_text=True)
        assert "by mail" not in page
    assert mailed() == []


ASKS = "Please complete your details"


def lunch(event: Event, **values: Any) -> Question:
    data: dict[str, Any] = {
        "kind": "text",
        "label": {"en": "Lunch"},
        "required": True,
        "modes": ["in_person"],
        **values,
    }
    return form_operations.add_question(event, QuestionData(**data), at=now())


def ticket_page(client: FlaskClient, registration: Registration) -> str:
    return client.get(f"/tickets/{queries.link_of(registration)}").get_data(as_text=True)


def test_who_comes_over_from_the_call_is_asked_what_the_room_is_asked(client: FlaskClient, event: Event) -> None:
    question = lunch(event)
    registration = operations.register(event, someone(mode="online"), at=now())
    before = ASKS in ticket_page(client, registration)
    client.post(f"/tickets/{queries.link_of(registration)}/mode")
    switched = ASKS in ticket_page(client, registration)
    details = {"family_name": "Benali", "email": registration.email, question.field: "Vegetarian"}
    client.post(f"/tickets/{queries.link_of(registration)}/edit", data=details)
    assert (before, switched, ASKS in ticket_page(client, registration)) == (False, True, False)


def test_a_colleague_who_was_only_named_is_asked_for_the_rest(client: FlaskClient, event: Event) -> None:
    form_operations.set_rules(event, "", {"phone": "required"})
    first, colleague = parties.register_together(
        event, [Entry(someone(phone="+212 537 00 00 00")), Entry(someone())], at=now()
    )
    assert (ASKS in ticket_page(client, first), ASKS in ticket_page(client, colleague)) == (False, True)


def test_what_does_not_apply_is_not_lacking(event: Event) -> None:
    parent = lunch(event, kind="consent", label={"en": "Dinner"}, required=False, modes=[])
    lunch(event, depends_on=parent.uid, depends_values=["yes"])
    lunch(event, categories=["press"])
    registration = operations.register(event, someone(), at=now())
    assert not lacks_answers(registration)
    operations.correct_details(registration, {}, answers={parent.uid: True})
    assert lacks_answers(registration)


def test_nobody_is_asked_once_it_no_longer_matters(client: FlaskClient, event: Event) -> None:
    registration = operations.register(event, someone(), at=now())
    lunch(event)
    asked = ASKS in ticket_page(client, registration)
    with fixed_at(now() + timedelta(days=60)):
        afterwards = ASKS in ticket_page(client, registration)
    assert (asked, afterwards) == (True, False)
