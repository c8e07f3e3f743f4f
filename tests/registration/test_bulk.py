"""The same thing for many people at once."""

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from inser_events.accounts.models import User
from inser_events.clock import now
from inser_events.database import db
from inser_events.events.models import Event, TeamRole
from inser_events.mail import OutboxMail
from inser_events.registration import bulk, operations, parties, queries
from inser_events.registration.form_models import FormSettings
from inser_events.registration.message_models import Message
from inser_events.registration.models import Registration
from inser_events.registration.parties import Entry
from tests.factories import make_member, make_user
from tests.registration.factories import make_open_event, someone


@pytest.fixture
def event(app: Flask) -> Event:
    event = make_open_event(in_person=2)
    db.session.add(FormSettings(event_id=event.id, approved_categories=["press"]))
    db.session.flush()
    return event


@pytest.fixture
def registrar(event: Event, sign_in: Callable[[User], FlaskClient]) -> FlaskClient:
    user = make_user()
    make_member(event, user, TeamRole.REGISTRAR)
    return sign_in(user)


def person(event: Event, **values: object) -> Registration:
    return operations.register(event, someone(**values), at=now(), notify=False)


def act(client: FlaskClient, event: Event, act: str, *people: Registration) -> int:
    data = {"act": act, "person": [one.uid for one in people]}
    return client.post(f"/manage/{event.slug}/bulk", data=data).status_code


def test_many_are_approved_in_the_order_they_came(event: Event, registrar: FlaskClient) -> None:
    people = [person(event, category="press") for _n in range(3)]
    act(registrar, event, "approve", *reversed(people))
    assert [one.state for one in people] == ["confirmed", "confirmed", "waitlisted"]


def test_a_party_that_is_approved_is_seated_together_or_waits_together(event: Event, registrar: FlaskClient) -> None:
    entries = [Entry(someone(category="press")) for _n in range(2)]
    first, party = person(event, category="press"), parties.register_together(event, entries, at=now())
    last = person(event, category="press")
    act(registrar, event, "approve", first, *party, last)
    assert [one.state for one in (first, *party, last)] == ["confirmed", "waitlisted", "waitlisted", "waitlisted"]


def test_seats_of_many_who_are_cancelled_go_to_a_party_at_once(event: Event, registrar: FlaskClient) -> None:
    db.session.get_one(FormSettings, event.id).parties_overtaken = True
    seated = [person(event) for _n in range(2)]
    party = parties.register_together(event, [Entry(someone()) for _n in range(2)], at=now())
    behind = person(event)
    act(registrar, event, "cancel", *seated)
    assert [one.state for one in (*party, behind)] == ["confirmed", "confirmed", "waitlisted"]


def test_everybody_who_is_found_is_meant_on_every_page(
    event: Event, registrar: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "PAGE", 1)
    press, others = [person(event, category="press") for _n in range(2)], person(event)
    address = f"/manage/{event.slug}/bulk"
    assert "All 2 found" in registrar.get(f"{address}?category=press").get_data(as_text=True)
    sent = {"everyone": "1", "filters": "category=press&state=pending"}
    assert registrar.post(address, data=sent | {"act": "export"}).location.endswith(f"export?{sent['filters']}")
    registrar.post(address, data=sent | {"act": "decline"})
    assert [one.state for one in (*press, others)] == ["declined", "declined", "confirmed"]


def test_too_many_are_not_chosen_at_once(event: Event, registrar: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "MOST_CHOSEN", 1)
    people = [person(event) for _n in range(2)]
    answer = registrar.post(
        f"/manage/{event.slug}/bulk", data={"everyone": "1", "act": "cancel"}, follow_redirects=True
    )
    assert "So many cannot be chosen at once" in answer.get_data(as_text=True)
    assert [one.state for one in people] == ["confirmed", "confirmed"]


def test_those_it_does_not_fit_are_counted(event: Event) -> None:
    people = [person(event, category="press"), person(event)]
    assert bulk.decline_many(people, at=now()) == bulk.Done(1, 1)
    assert [one.state for one in people] == ["declined", "confirmed"]


def test_many_are_cancelled_and_told(event: Event, registrar: FlaskClient) -> None:
    people = [person(event) for _n in range(2)]
    waiting = person(event)
    act(registrar, event, "cancel", *people)
    causes = [cause.partition(":")[0] for cause in db.session.scalars(select(OutboxMail.cause).order_by(OutboxMail.id))]
    assert ([one.state for one in people], waiting.state) == (["cancelled", "cancelled"], "confirmed")
    assert sorted(causes) == ["cancelled", "cancelled", "promoted"]


def test_a_message_to_the_chosen_goes_to_them_only(event: Event, registrar: FlaskClient) -> None:
    chosen, _other = person(event), person(event)
    assert act(registrar, event, "message", chosen) == 200
    form = {"subject-en": "Hello", "body-en": "Dear {{name}}", "when": "hand", "people": [chosen.uid]}
    answer = registrar.post(f"/manage/{event.slug}/messages/new", data=form, follow_redirects=True)
    assert "Goes to one person" in answer.get_data(as_text=True)
    assert db.session.scalars(select(Message)).one().audience["people"] == [chosen.uid]


@pytest.mark.parametrize(("act", "page"), [("badges", "badges/print"), ("export", "export")])
def test_badges_and_exports_are_for_the_ticked(event: Event, registrar: FlaskClient, act: str, page: str) -> None:
    people = [person(event) for _n in range(2)]
    data = {"act": act, "person": [one.uid for one in people]}
    answer = registrar.post(f"/manage/{event.slug}/bulk", data=data)
    uids = "&".join(f"uid={one.uid}" for one in people)
    assert answer.location == f"/manage/{event.slug}/{page}?{uids}"
    assert registrar.get(answer.location).status_code == 200


def test_people_of_another_event_are_never_touched(event: Event, registrar: FlaskClient) -> None:
    stranger = person(make_open_event())
    act(registrar, event, "cancel", stranger)
    assert stranger.state == "confirmed"


def test_the_list_can_be_filtered_and_nothing_ticked_is_said(event: Event, registrar: FlaskClient) -> None:
    person(event, family_name="Zoë")
    page = registrar.get(f"/manage/{event.slug}/bulk?q=zoe&state=confirmed").get_data(as_text=True)
    assert "Zoë" in page
    assert act(registrar, event, "cancel") == 303
