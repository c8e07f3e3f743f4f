"""Mails about a registration: one per cause, in the person's language, with their calendar entry.

The entry is an iTIP object (RFC 5546): REQUEST for those who have a place, CANCEL when it is given up. Its SEQUENCE
rises with every message, so that a phone's calendar follows a switch from the room to the call.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from email.utils import parseaddr
from typing import Any, Literal

from flask import current_app, g, render_template
from flask_babel import force_locale
from flask_babel import gettext as _

from inser_events import mail
from inser_events.agenda.exports import Placed, event_entry
from inser_events.agenda.queries import latest_snapshot
from inser_events.agenda.snapshot import Snapshot
from inser_events.config import Settings
from inser_events.documents.calendar import Attendee, CalendarEntry, Contact, invitation
from inser_events.languages import text_in
from inser_events.registration.models import Registration, State
from inser_events.registration.queries import ticket_url, waiting_position
from inser_events.web.languages import TRANSLATED


def registered(registration: Registration) -> None:
    """Welcome: the ticket link, the calendar entry; for those who wait, their place in the list."""
    kinds = {State.CONFIRMED: "registered", State.PENDING: "pending"}
    kind = kinds.get(State(registration.state), "waitlisted")
    cause = "pending" if kind == "pending" else "registered"
    _send(registration, kind, f"{cause}:{registration.id}")


def declined(registration: Registration, reason: str) -> None:
    """The organisers' answer is no; *reason* in their own words, or empty."""
    _send(registration, "declined", f"declined:{registration.id}", reason=reason)


def offered(registration: Registration) -> None:
    """A seat is kept for a while."""
    _send(registration, "offered", f"offered:{registration.id}:{_stamp(registration.offer_expires_at)}")


def offer_over(registration: Registration, *, at: datetime) -> None:
    """The offer ran out unanswered."""
    _send(registration, "offer_over", f"offer-over:{registration.id}:{_stamp(at)}")


def session_seat(registration: Registration, session_uid: str, *, at: datetime) -> None:
    """A seat in a session became free."""
    snapshot = latest_snapshot(registration.event)
    session = next((one for one in snapshot.sessions if one.uid == session_uid), None) if snapshot else None
    cause = f"session-seat:{registration.id}:{session_uid}:{_stamp(at)}"
    _send(registration, "session_seat", cause, session=session)


def promoted(registration: Registration) -> None:
    """A seat became free."""
    _send(registration, "promoted", f"promoted:{registration.id}:{_stamp(registration.confirmed_at)}")


def mode_switched(registration: Registration, *, at: datetime) -> None:
    """The other mode, the other place."""
    _send(registration, "switched", f"switched:{registration.id}:{_stamp(at)}")


def cancelled(registration: Registration) -> None:
    """Confirmation that the registration has ended."""
    _send(registration, "cancelled", f"cancelled:{registration.id}")


def released(registration: Registration, snapshot: Snapshot) -> None:
    """A release has changed the person's calendar entry, or called the event off."""
    kind = "called_off" if snapshot.event.status == "cancelled" else "changed"
    _send(registration, kind, f"release:{registration.id}:{snapshot.number}")


def reissued(registration: Registration) -> None:
    """A new ticket replaces the old one."""
    _send(registration, "reissued", f"reissued:{registration.tickets[-1].id}")


def link_again(registration: Registration, *, at: datetime) -> None:
    """The link once more; at most one such mail an hour."""
    _send(registration, "link_again", f"link-again:{registration.id}:{at:%Y%m%d%H}")


def _stamp(at: datetime | None) -> str:
    return at.isoformat() if at else ""


def _send(registration: Registration, kind: str, cause: str, **more: Any) -> None:
    event = registration.event
    snapshot = latest_snapshot(event)
    with _in_language(registration.language):
        name = text_in(event.name, [registration.language, *event.languages]).value
        context = {
            "registration": registration,
            "event": event,
            "event_name": name,
            "ticket_url": ticket_url(registration),
            "waiting_position": waiting_position(registration),
            "snapshot": snapshot,
            **more,
        }
        subject = _subjects()[kind] % {"event": name}
        text = render_template(f"emails/{kind}.txt", **context)
        paragraphs = [block.strip().splitlines() for block in text.split("\n\n") if block.strip()]
        html = render_template("emails/letter.html", subject=subject, paragraphs=paragraphs, **context)
    calendar, method = _calendar(registration, snapshot, kind)
    mail.send(
        cause,
        mail.Mail(
            to=registration.email,
            name=registration.name,
            subject=subject,
            text=text,
            html=html,
            invitation=calendar,
            invitation_method=method,
            attachments=[mail.Attachment("invite.ics", f"text/calendar; method={method}", calendar)]
            if calendar
            else [],
            reply_to=event.contact_email,
        ),
        event_id=event.id,
    )


def _subjects() -> dict[str, str]:
    return {
        "registered": _("You are registered: %(event)s", event="%(event)s"),
        "waitlisted": _("You are on the waiting list: %(event)s", event="%(event)s"),
        "pending": _("We have your registration: %(event)s", event="%(event)s"),
        "declined": _("About your registration: %(event)s", event="%(event)s"),
        "offered": _("A seat is kept for you: %(event)s", event="%(event)s"),
        "offer_over": _("The seat has gone to the next person: %(event)s", event="%(event)s"),
        "session_seat": _("You have a seat in a session: %(event)s", event="%(event)s"),
        "changed": _("Changed: %(event)s", event="%(event)s"),
        "called_off": _("Cancelled: %(event)s", event="%(event)s"),
        "promoted": _("You have a seat: %(event)s", event="%(event)s"),
        "switched": _("Your way of taking part has changed: %(event)s", event="%(event)s"),
        "cancelled": _("Your registration is cancelled: %(event)s", event="%(event)s"),
        "reissued": _("Your new ticket: %(event)s", event="%(event)s"),
        "link_again": _("Your ticket link: %(event)s", event="%(event)s"),
    }


@contextmanager
def _in_language(language: str) -> Iterator[None]:
    wanted = language if language in TRANSLATED else "en"
    before = g.get("language")
    g.language = wanted
    try:
        with force_locale(wanted):
            yield
    finally:
        g.language = before


def personal_entry(registration: Registration, snapshot: Snapshot) -> CalendarEntry:
    """The event as this person's calendar shows it: the room's place, or their own join link."""
    settings: Settings = current_app.extensions["settings"]
    online = registration.has_online_access
    placed: Placed = "online" if online else "in_person"
    can_join = online and registration.event.online_link
    entry = event_entry(
        snapshot,
        base_url=settings.base_url,
        languages=[registration.language, *snapshot.event.languages],
        placed=placed,
        join_url=f"{ticket_url(registration)}/join" if can_join else None,
    )
    sender = parseaddr(settings.mail_from)[1]
    name = text_in(snapshot.event.organiser, [registration.language]).value
    return replace(entry, organizer=Contact(name or "INSER events", sender))


def _calendar(registration: Registration, snapshot: Snapshot | None, kind: str) -> tuple[bytes, str]:
    """The invitation for this message, or nothing where none is due."""
    ends = kind in {"cancelled", "called_off"}
    wanted = ends or kind in {"registered", "waitlisted", "promoted", "switched", "changed"}
    told = registration.invited_sequence
    comes = registration.state == State.CONFIRMED or registration.has_online_access
    if snapshot is None or not wanted or (ends and told is None) or not (ends or comes):
        return b"", ""
    entry = personal_entry(registration, snapshot)
    sequence = entry.sequence if told is None else max(entry.sequence, told + 1)
    registration.invited_sequence = sequence
    method: Literal["REQUEST", "CANCEL"] = "CANCEL" if ends else "REQUEST"
    attendee = Attendee(registration.name, registration.email, "DECLINED" if ends else "ACCEPTED")
    return invitation(replace(entry, sequence=sequence), method, attendee), method
