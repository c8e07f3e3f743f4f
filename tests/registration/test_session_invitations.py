"""Sessions in people's calendars: REQUEST with a seat, updates only where the entry changed, CANCEL when it is over."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from email.message import EmailMessage
from typing import NamedTuple

import pytest
from aiosmtpd.controller import Controller
from flask import Flask
from icalendar import Calendar
from sqlalchemy import select

from inser_events import jobs
from inser_events.agenda.models import Session
from inser_events.agenda.publishing import pending_changes, publish_agenda
from inser_events.clock import now
from inser_events.database import commit, db
from inser_events.documents.calendar_reading import Reply
from inser_events.events.models import Event
from inser_events.registration import operations, signups, updates
from inser_events.registration.duplicates import merge
from inser_events.registration.models import Registration
from inser_events.registration.personal_data import erase_person
from inser_events.registration.replies.errors import UnknownAttendee, UnknownInvitation
from inser_events.registration.replies.models import CalendarReply
from inser_events.registration.replies.operations import Outcome, receive_reply
from inser_events.registration.session_invitation_models import SessionInvitation
from tests.factories import make_event, make_session, soon
from tests.mailbox import Inbox
from tests.registration.factories import someone
from tests.servers import free_port

STARTS = now().replace(minute=0, second=0, microsecond=0) + timedelta(days=30)


class Told(NamedTuple):
    """One message about a session, as a calendar program reads it."""

    to: str
    method: str
    sequence: int
    status: str
    starts_at: datetime


class Post:
    """A real SMTP server, and what came in since it was last looked at."""

    def __init__(self, app: Flask, inbox: Inbox) -> None:
        self.app, self.inbox = app, inbox

    def mails(self) -> list[EmailMessage]:
        commit()
        jobs.run_waiting(self.app)
        db.session.expire_all()
        mails = list(self.inbox.received)
        self.inbox.received.clear()
        return mails

    def about(self, uid: str) -> list[Told]:
        """The messages about one session."""
        return [told for mail in self.mails() if (told := _told(mail, uid))]


def _told(mail: EmailMessage, uid: str) -> Told | None:
    parts = [part for part in mail.walk() if part.get_content_type() == "text/calendar"]
    if not parts:
        return None
    calendar = Calendar.from_ical(parts[0].get_content())
    (entry,) = calendar.walk("VEVENT")
    if str(entry["UID"]) != uid:
        return None
    status, sequence = str(entry.get("STATUS", "")), int(str(entry["SEQUENCE"]))
    return Told(str(mail["To"]), str(calendar["METHOD"]), sequence, status, entry.decoded("DTSTART"))


@pytest.fixture
def post(app: Flask) -> Iterator[Post]:
    inbox, port = Inbox(), free_port()
    controller = Controller(inbox, hostname="127.0.0.1", port=port)
    controller.start()
    app.extensions["settings"] = replace(app.extensions["settings"], smtp_url=f"smtp://127.0.0.1:{port}")
    yield Post(app, inbox)
    controller.stop()


@pytest.fixture
def event(app: Flask) -> Event:
    """A published event with an opening and a visit with one seat that needs signing up."""
    event = make_event(starts_on=soon(), ends_on=soon(), online=10, contact_email="desk@example.org")
    make_session(event, starts_at=STARTS, minutes=600, title={"en": "Opening"})
    make_session(event, starts_at=STARTS + timedelta(hours=2), title={"en": "Visit"})
    publish_agenda(event, at=now())
    signups.set_session_capacity(event, visit().uid, needed=True, capacity=1, at=now())
    return event


def visit() -> Session:
    return next(one for one in db.session.scalars(select(Session)) if one.title["en"] == "Visit")


def registered(event: Event, email: str = "amina@example.org") -> Registration:
    return operations.register(event, someone(email=email, given_name="", family_name="Amina"), at=now())


def seated(event: Event, post: Post, email: str = "amina@example.org") -> Registration:
    """Somebody with the seat, all mails read."""
    registration = registered(event, email)
    signups.sign_up(registration, visit().uid, at=now())
    post.mails()
    return registration


def to(name: str) -> str:
    return f"Amina <{name}@example.org>"


def test_signing_up_mails_an_invitation_of_its_own(event: Event, post: Post) -> None:
    registration = registered(event)
    post.mails()
    signups.sign_up(registration, visit().uid, at=now())
    (mail,) = post.mails()
    kinds = [part.get_content_type() for part in mail.walk()]
    assert kinds == [
        *("multipart/mixed", "multipart/alternative", "text/plain", "text/html", "text/calendar"),
        "text/calendar",
    ]
    inline, attached = (part for part in mail.walk() if part.get_content_type() == "text/calendar")
    assert [part.get_param("method") for part in (inline, attached)] == ["REQUEST", "REQUEST"]
    assert (inline.get_filename(), attached.get_filename(), attached.get_content_disposition()) == (
        *(None, "invite.ics"),
        "attachment",
    )
    assert inline.get_content() == attached.get_content()
    calendar = Calendar.from_ical(inline.get_content())
    (entry,) = calendar.walk("VEVENT")
    assert (str(entry["UID"]), str(entry["SEQUENCE"]), entry.decoded("DTSTART"), str(entry["LOCATION"])) == (
        *(visit().uid, "0"),
        *(STARTS + timedelta(hours=2), "Plenary hall, Conference hall, Rabat"),
    )
    assert (str(entry["ATTENDEE"]), str(entry["ORGANIZER"])) == (
        *("mailto:amina@example.org",),
        "mailto:events@example.org",
    )


def test_waiting_for_a_seat_invites_nobody_and_getting_it_does(event: Event, post: Post) -> None:
    first, second = seated(event, post), registered(event, "second@example.org")
    signups.sign_up(second, visit().uid, at=now())
    assert post.about(visit().uid) == []
    signups.give_up(first, visit().uid, at=now())
    told = post.about(visit().uid)
    assert sorted((one.to, one.method, one.sequence, one.status) for one in told) == [
        (to("amina"), "CANCEL", 1, ""),
        (to("second"), "REQUEST", 0, "CONFIRMED"),
    ]


def test_coming_back_raises_the_sequence_again(event: Event, post: Post) -> None:
    registration = seated(event, post)
    signups.give_up(registration, visit().uid, at=now())
    signups.sign_up(registration, visit().uid, at=now())
    assert sorted((one.method, one.sequence) for one in post.about(visit().uid)) == [("CANCEL", 1), ("REQUEST", 2)]


def test_a_new_time_updates_the_entry_once(event: Event, post: Post) -> None:
    seated(event, post)
    visit().starts_at += timedelta(hours=1)
    old, new, _ = pending_changes(event, at=now())
    assert updates.Updates().preview(event, old, new) == ["Sign-ups: 1 mail with a new calendar entry for a session."]
    release = publish_agenda(event, at=now())
    (told,) = post.about(visit().uid)
    assert told == Told(to("amina"), "REQUEST", 1, "CONFIRMED", STARTS + timedelta(hours=3))
    updates.tell_signed_up(event.id, release.number, visit().uid, 0)
    assert post.mails() == []


def test_a_release_that_leaves_the_entry_alone_sends_nothing(event: Event, post: Post) -> None:
    seated(event, post)
    visit().abstract = {"en": "More words"}
    event.tagline = {"en": "Another"}
    publish_agenda(event, at=now())
    assert post.mails() == []


def test_a_withdrawn_session_is_called_off_and_comes_back(event: Event, post: Post) -> None:
    seated(event, post)
    visit().withdrawn_at = now()
    old, new, _ = pending_changes(event, at=now())
    assert updates.Updates().preview(event, old, new) == ["Sign-ups: 1 mail says that a session is cancelled."]
    publish_agenda(event, at=now())
    assert [(one.method, one.sequence, one.status) for one in post.about(visit().uid)] == [("CANCEL", 1, "CANCELLED")]
    visit().withdrawn_at = None
    publish_agenda(event, at=now())
    assert [(one.method, one.sequence, one.status) for one in post.about(visit().uid)] == [("REQUEST", 2, "CONFIRMED")]


def test_cancelling_the_event_calls_off_event_and_sessions(event: Event, post: Post) -> None:
    seated(event, post)
    event.cancelled_at = now()
    publish_agenda(event, at=now())
    mails = post.mails()
    found = [_told(mail, event.uid) or _told(mail, visit().uid) for mail in mails]
    assert [(one.method, one.status) for one in found if one] == [("CANCEL", "CANCELLED")] * 2


@pytest.mark.parametrize("leave", ["cancel", "switch"])
def test_who_leaves_the_room_has_every_entry_called_off(event: Event, post: Post, leave: str) -> None:
    registration = seated(event, post)
    if leave == "cancel":
        operations.cancel_registration(registration, at=now())
    else:
        operations.switch_mode(registration, "online", at=now())
    assert [(one.method, one.sequence) for one in post.about(visit().uid)] == [("CANCEL", 1)]


def test_the_end_of_sign_up_leaves_entries_that_still_follow(event: Event, post: Post) -> None:
    registration = seated(event, post)
    signups.set_session_capacity(event, visit().uid, needed=False, capacity=None, at=now())
    visit().starts_at += timedelta(hours=1)
    publish_agenda(event, at=now())
    assert [one.sequence for one in post.about(visit().uid)] == [1]
    operations.cancel_registration(registration, at=now())
    assert [(one.method, one.sequence) for one in post.about(visit().uid)] == [("CANCEL", 2)]


def test_a_merged_registration_hands_the_entry_over(event: Event, post: Post) -> None:
    kept, ended = registered(event), seated(event, post, "amina.b@example.org")
    post.mails()
    merge(kept, ended, at=now())
    told = [(one.to, one.method, one.sequence) for one in post.about(visit().uid)]
    assert sorted(told) == [(to("amina.b"), "CANCEL", 1), (to("amina"), "REQUEST", 2)]


def test_an_erased_person_is_written_to_no_more(event: Event, post: Post) -> None:
    erase_person(seated(event, post), at=now())
    assert (post.mails(), [one.standing for one in db.session.scalars(select(SessionInvitation))]) == ([], [False])


def test_a_session_that_is_not_public_yet_invites_nobody(event: Event, post: Post) -> None:
    late = make_session(event, starts_at=STARTS, title={"en": "Late"})
    signups.set_session_capacity(event, late.uid, needed=True, capacity=None, at=now())
    registration = registered(event)
    post.mails()
    signups.sign_up(registration, late.uid, at=now())
    assert post.mails() == []
    publish_agenda(event, at=now())
    late.starts_at += timedelta(hours=1)
    publish_agenda(event, at=now())
    assert [one.method for one in post.about(late.uid)] == ["REQUEST"]


def test_an_answer_to_a_session_reaches_its_invitation(event: Event, post: Post) -> None:
    registration, uid = seated(event, post), visit().uid
    reply = Reply("REPLY", uid, "Amina@example.org", "DECLINED", 0, now())
    received = receive_reply(reply, at=now())
    assert (received.outcome, received.registration) == (Outcome.STORED, registration)
    assert [(one.uid, one.partstat) for one in db.session.scalars(select(CalendarReply))] == [(uid, "DECLINED")]
    visit().starts_at += timedelta(hours=1)
    publish_agenda(event, at=now())
    post.mails()
    assert receive_reply(reply, at=now()).outcome is Outcome.OUTDATED


def test_answers_from_strangers_to_a_session_are_refused(event: Event, post: Post) -> None:
    with pytest.raises(UnknownInvitation):
        receive_reply(Reply("REPLY", visit().uid, "amina@example.org", "ACCEPTED", 0, None), at=now())
    registration = seated(event, post)
    with pytest.raises(UnknownAttendee):
        receive_reply(Reply("REPLY", visit().uid, "nobody@example.org", "ACCEPTED", 0, None), at=now())
    erase_person(registration, at=now())
    with pytest.raises(UnknownAttendee):
        receive_reply(Reply("REPLY", visit().uid, "", "ACCEPTED", 0, None), at=now())


def test_many_are_told_in_slices(event: Event, post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(updates, "SLICE", 1)
    signups.set_session_capacity(event, visit().uid, needed=True, capacity=5, at=now())
    for number in range(3):
        seated(event, post, f"p{number}@example.org")
    visit().starts_at += timedelta(hours=1)
    publish_agenda(event, at=now())
    assert sorted(one.to for one in post.about(visit().uid)) == [to(f"p{number}") for number in range(3)]
