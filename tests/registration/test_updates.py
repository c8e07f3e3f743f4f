"""What a release tells registered people: an update where their entry changed, and nothing otherwise."""

from datetime import timedelta
from email import message_from_bytes, policy

import pytest
from flask import Flask
from icalendar import Calendar
from icalendar.cal import Component
from sqlalchemy import select

from inser_events import jobs
from inser_events.agenda.models import Session
from inser_events.agenda.publishing import pending_changes, publish_agenda
from inser_events.clock import now
from inser_events.database import commit, db
from inser_events.events.models import Event
from inser_events.mail import OutboxMail
from inser_events.registration import operations, updates
from tests.factories import make_event, make_session, soon
from tests.registration.factories import someone

pytestmark = pytest.mark.usefixtures("app")


@pytest.fixture
def event(app: Flask) -> Event:
    """A published event with a session, one person in the room and one online."""
    event = make_event(starts_on=soon(), ends_on=soon(), online=10)
    make_session(event, starts_at=now() + timedelta(days=30), minutes=60)
    publish_agenda(event, at=now())
    for mode in ("in_person", "online"):
        operations.register(event, someone(mode=mode, email=f"{mode}@example.org"), at=now())
    commit()
    jobs.run_waiting(app)
    return event


def only_session(event: Event) -> Session:
    return db.session.scalars(select(Session).where(Session.event_id == event.id)).one()


def told(app: Flask) -> dict[str, Component]:
    """The invitations mailed since the event was first published, by recipient."""
    commit()
    jobs.run_waiting(app)
    mails = db.session.scalars(select(OutboxMail).where(OutboxMail.cause.like("release:%")).order_by(OutboxMail.id))
    return {mail.recipient: invitation_in(mail) for mail in mails}


def invitation_in(mail: OutboxMail) -> Component:
    message = message_from_bytes(mail.message or b"", policy=policy.default)
    part = next(part for part in message.walk() if part.get_content_type() == "text/calendar")
    return Calendar.from_ical(part.get_content())


def test_a_release_that_changes_no_entry_sends_nothing(app: Flask, event: Event) -> None:
    only_session(event).abstract = {"en": "More words"}
    publish_agenda(event, at=now())
    assert told(app) == {}


def test_a_new_time_reaches_everyone_with_a_higher_sequence(app: Flask, event: Event) -> None:
    only_session(event).starts_at += timedelta(hours=1)
    publish_agenda(event, at=now())
    found = told(app)
    assert sorted(found) == ["in_person@example.org", "online@example.org"]
    entries = [calendar.walk("VEVENT")[0] for calendar in found.values()]
    assert {str(calendar["METHOD"]) for calendar in found.values()} == {"REQUEST"}
    assert all(int(str(entry["SEQUENCE"])) >= 1 for entry in entries)


def test_a_new_room_reaches_only_those_who_come_to_it(app: Flask, event: Event) -> None:
    event.venue_name = {"en": "Another hall"}
    publish_agenda(event, at=now())
    assert list(told(app)) == ["in_person@example.org"]


def test_calling_the_event_off_cancels_everyones_entry(app: Flask, event: Event) -> None:
    event.cancelled_at = now()
    publish_agenda(event, at=now())
    found = told(app)
    assert len(found) == 2
    assert {(str(c["METHOD"]), str(c.walk("VEVENT")[0]["STATUS"])) for c in found.values()} == {("CANCEL", "CANCELLED")}


def test_a_job_that_runs_twice_writes_each_mail_once(app: Flask, event: Event) -> None:
    event.cancelled_at = now()
    release = publish_agenda(event, at=now())
    for _ in range(2):
        updates.tell_registered(event.id, release.number, 0)
    assert len(told(app)) == 2


def test_those_who_cancelled_are_left_alone(app: Flask, event: Event) -> None:
    gone = operations.register(event, someone(email="gone@example.org"), at=now())
    operations.cancel_registration(gone, at=now())
    event.cancelled_at = now()
    publish_agenda(event, at=now())
    assert "gone@example.org" not in told(app)


def test_the_preview_counts_the_mails(app: Flask, event: Event) -> None:
    event.venue_name = {"en": "Another hall"}
    old, new, _ = pending_changes(event, at=now())
    assert updates.Updates().preview(event, old, new) == ["In person: 1 person gets a mail with a new calendar entry."]
