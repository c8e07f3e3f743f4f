"""Registering somebody at the desk: what is asked, the badge at once, nothing lost."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from inser_events.accounts.models import User
from inser_events.badges.models import BadgeRun
from inser_events.clock import now
from inser_events.database import db
from inser_events.events.models import Event, TeamRole
from inser_events.mail import OutboxMail
from inser_events.registration import answers, form_operations, messages, operations, queries
from inser_events.registration.form_models import Question
from inser_events.registration.form_operations import QuestionData
from inser_events.registration.messages import MessageData
from inser_events.registration.models import Registration
from inser_events.registration.walk_in_views import desk_plan
from tests.factories import make_member, make_user
from tests.registration.factories import make_open_event, someone

PERSON = {
    "mode": "in_person",
    "category": "participant",
    "given_name": "Amina",
    "family_name": "Benali",
    "email": "amina@example.org",
    "language": "en",
}


@pytest.fixture
def event(app: Flask) -> Event:
    return make_open_event(in_person=2)


@pytest.fixture
def registrar(event: Event, sign_in: Callable[[User], FlaskClient]) -> FlaskClient:
    user = make_user()
    make_member(event, user, TeamRole.REGISTRAR)
    return sign_in(user)


def ask(event: Event, label: str, kind: str = "text", **values: Any) -> Question:
    return form_operations.add_question(event, QuestionData(kind=kind, label={"en": label}, **values), at=now())


def send(client: FlaskClient, event: Event, **values: str) -> TestResponse:
    return client.post(f"/manage/{event.slug}/registrations/new", data=PERSON | values)


def people() -> int:
    return db.session.scalar(select(func.count(Registration.id))) or 0


def test_the_badge_is_the_next_thing(event: Event, registrar: FlaskClient) -> None:
    page = registrar.get(send(registrar, event).location).get_data(as_text=True)
    badge = re.search(r'action="([^"]*/badges/person/[^"]*/now)".*?<button[^>]*autofocus', page, re.DOTALL)
    assert badge is not None
    assert "Amina Benali is registered." in page
    printed = registrar.post(badge[1], follow_redirects=True)
    assert printed.content_type == "application/pdf"
    assert [run.total for run in db.session.scalars(select(BadgeRun))] == [1]


def test_a_badge_that_was_printed_asks_why_again(event: Event, registrar: FlaskClient) -> None:
    send(registrar, event)
    address = f"/manage/{event.slug}/badges/person/{db.session.scalars(select(Registration.uid)).one()}"
    assert [registrar.post(f"{address}/now").location == address for _n in range(2)] == [False, True]


def test_a_name_is_enough(event: Event, registrar: FlaskClient) -> None:
    page = registrar.get(send(registrar, event, email=" ").location).get_data(as_text=True)
    mine = db.session.scalars(select(Registration)).one()
    assert (mine.name, mine.email, mine.state) == ("Amina Benali", "", "confirmed")
    assert re.search(r'/now".*?<button[^>]*autofocus', page, re.DOTALL) is not None
    assert db.session.scalars(select(OutboxMail)).all() == []


def test_two_people_without_an_address_are_two_people(event: Event, registrar: FlaskClient) -> None:
    for name in ("Benali", "Ould"):
        send(registrar, event, email="", family_name=name)
    active = db.session.scalars(select(Registration.active_email)).all()
    assert (len(set(active)), [key for key in active if "@" in (key or "")]) == (2, [])


@pytest.mark.parametrize("typed", ["amina", "a@b@c", "amina@", "=1+1"])
def test_an_address_that_is_none_is_no_missing_address(event: Event, registrar: FlaskClient, typed: str) -> None:
    answer = send(registrar, event, email=typed)
    assert (answer.status_code, people(), 'href="#email"' in answer.get_data(as_text=True)) == (422, 0, True)


def test_the_place_of_somebody_without_an_address_passes_on(event: Event, registrar: FlaskClient) -> None:
    send(registrar, event, email="")
    mine = db.session.scalars(select(Registration)).one()
    first, waiting = (operations.register(event, someone(), at=now()) for _n in range(2))
    registrar.post(f"/manage/{event.slug}/registrations/{mine.uid}/cancel")
    assert [mine.state, mine.active_email, first.state, waiting.state] == ["cancelled", None, "confirmed", "confirmed"]


def test_their_own_page_works_without_an_address(event: Event, registrar: FlaskClient, client: FlaskClient) -> None:
    send(registrar, event, email="")
    mine = db.session.scalars(select(Registration)).one()
    ticket = f"/tickets/{queries.link_of(mine)}"
    assert (client.get(ticket).status_code, client.get(f"{ticket}/data").status_code) == (200, 200)
    assert client.post(f"{ticket}/edit", data={"family_name": "Ould", "language": "en"}).status_code == 303
    assert (mine.family_name, mine.email) == ("Ould", "")


def test_an_address_that_comes_later_gets_the_link(event: Event, registrar: FlaskClient, client: FlaskClient) -> None:
    send(registrar, event, email="")
    mine = db.session.scalars(select(Registration)).one()
    edit = f"/tickets/{queries.link_of(mine)}/edit"
    client.post(edit, data={"family_name": "Ould", "email": "Ould@example.org", "language": "en"})
    assert (mine.email, mine.active_email) == ("Ould@example.org", "ould@example.org")
    assert [mail.recipient for mail in db.session.scalars(select(OutboxMail))] == ["Ould@example.org"]
    assert client.post(edit, data={"family_name": "Ould", "email": "", "language": "en"}).status_code == 422


def test_a_name_that_is_known_is_shown_first(event: Event, registrar: FlaskClient) -> None:
    known = operations.register(event, someone(given_name="BENALI", family_name="Amína"), at=now())
    answer = send(registrar, event, email="", organisation="Institute")
    page = answer.get_data(as_text=True)
    assert (answer.status_code, people(), 'value="Institute"' in page) == (422, 1, True)
    assert f"/manage/{event.slug}/registrations/{known.uid}" in page
    assert (send(registrar, event, email="", another="1").status_code, people()) == (303, 2)


def test_a_name_that_was_cancelled_is_free(event: Event, registrar: FlaskClient) -> None:
    known = operations.register(event, someone(given_name="Amina", family_name="Benali"), at=now())
    operations.cancel_registration(known, at=now())
    assert send(registrar, event).status_code == 303


def test_the_form_is_ready_for_the_next_one(event: Event, registrar: FlaskClient) -> None:
    page = registrar.get(send(registrar, event, mode="online", category="press").location).get_data(as_text=True)
    assert re.search(r'<option selected value="press">', page) is not None
    assert re.search(r'<input checked[^>]*value="online"', page) is not None
    assert 'value="amina@example.org"' not in page


def test_what_must_be_answered_is_asked_and_nothing_else(event: Event) -> None:
    steering = ask(event, "Diet?", "choice", options=[("", {"en": "Other"})])
    other = steering.wording.keys[0]
    which = ask(event, "Which?", required=True, depends_on=steering.uid, depends_values=[other])
    ask(event, "Remarks")
    ask(event, "Note verbale", "file", required=True)
    assert [question.uid for question in desk_plan(event).questions] == [steering.uid, which.uid]


def test_a_missing_answer_is_named_and_nothing_typed_is_lost(event: Event, registrar: FlaskClient) -> None:
    lunch = ask(event, "Lunch", required=True)
    answer = send(registrar, event, organisation="Institute <of> Soils")
    page = answer.get_data(as_text=True)
    assert (answer.status_code, people(), f'href="#{lunch.field}"' in page) == (422, 0, True)
    assert "Institute &lt;of&gt; Soils" in page
    assert send(registrar, event, **{lunch.field: "Fish"}).status_code == 303
    assert answers.values_of(db.session.scalars(select(Registration)).one()) == {lunch.uid: "Fish"}


def test_a_question_for_others_is_not_needed(event: Event, registrar: FlaskClient) -> None:
    ask(event, "Hotel", required=True, modes=["online"])
    assert send(registrar, event).status_code == 303


def test_sending_twice_registers_once(event: Event, registrar: FlaskClient) -> None:
    first, second = (send(registrar, event, form_key="the same").location for _n in range(2))
    assert (first, people()) == (second, 1)


def test_whoever_is_registered_already_is_one_step_away(event: Event, registrar: FlaskClient) -> None:
    known = operations.register(event, someone(email="amina@example.org", family_name="Ould"), at=now())
    answer = send(registrar, event)
    page = answer.get_data(as_text=True)
    assert (answer.status_code, people()) == (422, 1)
    assert f"/manage/{event.slug}/registrations/{known.uid}" in page


def test_who_has_to_wait_is_told_so(event: Event, registrar: FlaskClient) -> None:
    for _n in range(2):
        operations.register(event, someone(), at=now())
    page = registrar.get(send(registrar, event).location).get_data(as_text=True)
    assert ("notice--warn" in page, "Open the badge" in page) == (True, False)


def test_a_person_of_another_event_is_not_shown(event: Event, registrar: FlaskClient) -> None:
    stranger = operations.register(make_open_event(), someone(), at=now())
    answer = registrar.get(f"/manage/{event.slug}/registrations/new?done={stranger.uid}")
    assert answer.status_code == 404


@pytest.mark.parametrize("query", ["?mode=moon&category=emperor", "?done=nobody"])
def test_a_wrong_address_is_no_error(event: Event, registrar: FlaskClient, query: str) -> None:
    assert registrar.get(f"/manage/{event.slug}/registrations/new{query}").status_code in {200, 404}


def test_a_message_says_whom_it_does_not_reach(event: Event, registrar: FlaskClient) -> None:
    send(registrar, event, email="")
    data = MessageData(subject={"en": "News"}, body={"en": "Dear {{name}}"})
    message = messages.write_message(event, data, author="desk@example.org", at=now())
    page = registrar.get(f"/manage/{event.slug}/messages/{message.uid}").get_data(as_text=True)
    assert ("Goes to 0 people" in page, "One more person has no e-mail address." in page) == (True, True)
