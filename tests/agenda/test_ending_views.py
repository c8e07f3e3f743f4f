"""Cancelling an event: whom it concerns is shown first, then one act cancels, publishes and writes the mails."""

from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from inser_events import jobs
from inser_events.accounts.models import User
from inser_events.agenda.models import Release, Session
from inser_events.agenda.publishing import publish_agenda
from inser_events.agenda.snapshot import Snapshot, load
from inser_events.clock import now
from inser_events.database import commit, db
from inser_events.events.models import Event, TeamRole
from inser_events.mail import OutboxMail
from inser_events.registration import operations
from tests.factories import make_event, make_member, make_session, make_user, soon
from tests.registration.factories import someone

SignIn = Callable[[User], FlaskClient]
HOME = "/manage/launch"


@pytest.fixture
def owner(app: Flask) -> User:
    return make_user("owner@example.org", name="Rosa")


@pytest.fixture
def event(owner: User) -> Event:
    """A public event with a person in the room and one online; the draft has moved on since."""
    event = make_event(slug="launch", owner=owner, starts_on=soon(), ends_on=soon(), online=10)
    make_session(event, title={"en": "Opening"})
    publish_agenda(event, at=now())
    for mode in ("in_person", "online"):
        operations.register(event, someone(mode=mode, email=f"{mode}@example.org"), at=now())
    db.session.scalars(select(Session)).one().title = {"en": "Not public yet"}
    return event


def text(answer: Any) -> str:
    return unescape(answer.get_data(as_text=True))


def releases() -> list[Snapshot]:
    return [load(one.snapshot) for one in db.session.scalars(select(Release).order_by(Release.number))]


def mails(app: Flask, kind: str) -> list[OutboxMail]:
    commit()
    jobs.run_waiting(app)
    db.session.expire_all()
    found = select(OutboxMail).where(OutboxMail.cause.like(f"{kind}:%")).order_by(OutboxMail.recipient)
    return list(db.session.scalars(found))


def cancel(client: FlaskClient, after: int = 1, **more: str) -> Any:
    return client.post(f"{HOME}/cancel", data={"after": str(after), **more})


def test_the_page_says_who_is_told_and_changes_nothing(sign_in: SignIn, owner: User, event: Event) -> None:
    page = text(sign_in(owner).get(f"{HOME}/cancel"))
    assert page.count("1 person is told by mail that the event is cancelled.") == 2
    assert (len(releases()), db.session.get_one(Event, event.id).cancelled_at) == (1, None)


def test_cancelling_publishes_and_writes_the_mails_in_one_act(
    app: Flask, sign_in: SignIn, owner: User, event: Event, client: FlaskClient
) -> None:
    answer = cancel(sign_in(owner), note="The hall is flooded.")
    assert (answer.status_code, answer.location) == (303, f"{HOME}/end")
    last = releases()[-1]
    assert (last.number, last.event.status, last.note) == (2, "cancelled", "The hall is flooded.")
    assert last.sessions[0].title == {"en": "Opening"}
    told = mails(app, "release")
    assert [mail.recipient for mail in told] == ["in_person@example.org", "online@example.org"]
    assert all(b"The hall is flooded." in (mail.message or b"") for mail in told)
    assert all(b"method=CANCEL" in (mail.message or b"").replace(b'"', b"") for mail in told)
    assert b"STATUS:CANCELLED" in client.get("/events/launch/agenda.ics").data


def test_taking_it_back_publishes_too(app: Flask, sign_in: SignIn, owner: User, event: Event) -> None:
    client = sign_in(owner)
    cancel(client)
    assert text(client.get(f"{HOME}/restore")).count("gets a mail with a new calendar entry") == 2
    client.post(f"{HOME}/restore", data={"after": "2"})
    assert [one.event.status for one in releases()] == ["confirmed", "cancelled", "confirmed"]
    assert len(mails(app, "release")) == 4
    sequences = [one.event.sequence for one in releases()]
    assert sequences == sorted(set(sequences))


def test_a_second_press_does_nothing_more(app: Flask, sign_in: SignIn, owner: User, event: Event) -> None:
    client = sign_in(owner)
    assert [cancel(client).status_code for _ in range(2)] == [303, 303]
    assert client.get(f"{HOME}/cancel").location == f"{HOME}/end"
    assert (len(releases()), len(mails(app, "release"))) == (2, 2)


def test_a_release_of_somebody_else_meanwhile_is_looked_at_first(sign_in: SignIn, owner: User, event: Event) -> None:
    client = sign_in(owner)
    publish_agenda(event, at=now())
    answer = cancel(client, after=1, note="Typed before")
    assert (answer.status_code, 'value="Typed before"' in text(answer)) == (409, True)
    assert db.session.get_one(Event, event.id).cancelled_at is None


def test_too_long_a_reason_is_refused_and_kept(sign_in: SignIn, owner: User, event: Event) -> None:
    reason = "x" * 5000
    answer = cancel(sign_in(owner), note=reason)
    assert (answer.status_code, reason in text(answer), len(releases())) == (422, True, 1)


def test_an_event_nobody_knows_of_is_cancelled_quietly(app: Flask, sign_in: SignIn, owner: User) -> None:
    make_event(slug="launch", owner=owner)
    client = sign_in(owner)
    assert text(client.get(f"{HOME}/cancel")).count("Nobody: nothing about this event is public yet.") == 1
    cancel(client, after=0)
    assert (db.session.scalars(select(Event)).one().cancelled_at is None, releases()) == (False, [])


def test_only_owners_cancel(sign_in: SignIn, event: Event) -> None:
    colleague = make_user("colleague@example.org")
    make_member(event, colleague, TeamRole.EDITOR)
    stranger = make_user("stranger@example.org")
    answers = [cancel(sign_in(one)).status_code for one in (colleague, stranger)]
    assert (answers, len(releases())) == ([403, 404], 1)
