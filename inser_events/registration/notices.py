"""Mails about a registration: one per cause, in the person's language, with their calendar entry.

The entry is an iTIP object (RFC 5546): REQUEST for those who have a place, CANCEL when it is given up. Its SEQUENCE
rises with every message, so that a phone's calendar follows a switch from the room to the call.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from email.utils import parseaddr
from functools import partial
from typing import Any, Literal

from flask import current_app, render_template
from flask_babel import lazy_gettext as _l
from sqlalchemy import bindparam, update
from sqlalchemy.orm.attributes import set_committed_value

from inser_events import mail
from inser_events.agenda.exports import Placed, event_entry, event_sequence, session_entry
from inser_events.agenda.queries import latest_snapshot
from inser_events.agenda.snapshot import Snapshot
from inser_events.config import Settings
from inser_events.database import ask, db
from inser_events.documents.calendar import Attendee, CalendarEntry, Contact, invitation
from inser_events.events.letterhead import letterhead_of
from inser_events.languages import text_in
from inser_events.registration.models import Registration, State
from inser_events.registration.queries import offered_together, ticket_url, waiting_position, waiting_together
from inser_events.web.languages import in_language


def registered(registration: Registration) -> None:
    """Welcome: the ticket link, the calendar entry; for those who wait, their place in the list."""
    kinds = {State.CONFIRMED: "registered", State.PENDING: "pending"}
    kind = kinds.get(State(registration.state), "waitlisted")
    cause = "pending" if kind == "pending" else "registered"
    _send(registration, kind, f"{cause}:{registration.id}")


def registered_again(registration: Registration, *, at: datetime) -> None:
    """Welcome back: the link of the ticket, and the calendar entry anew."""
    kind = "registered" if registration.state == State.CONFIRMED else "waitlisted"
    _send(registration, kind, f"registered-again:{registration.id}:{_stamp(at)}")


def declined(registration: Registration, reason: str) -> None:
    """The organisers' answer is no; *reason* in their own words, or empty."""
    _send(registration, "declined", f"declined:{registration.id}", reason=reason)


def offered(registration: Registration) -> None:
    """A seat is kept for a while."""
    _send(registration, "offered", f"offered:{registration.id}:{_stamp(registration.offer_expires_at)}")


def offer_over(registration: Registration, *, at: datetime) -> None:
    """The offer ran out unanswered."""
    _send(registration, "offer_over", f"offer-over:{registration.id}:{_stamp(at)}")


def about_session(registration: Registration, kind: str, session_uid: str, sequence: int | None, occasion: str) -> None:
    """A seat in a session, its loss, or a change of the session. *sequence*: of the entry that goes with the mail."""
    cause = cause_of(registration, kind, session_uid, occasion)
    _send(registration, kind, cause, session_uid=session_uid, sequence=sequence)


def cause_of(registration: Registration, kind: str, session_uid: str, occasion: str) -> str:
    """What makes a mail about a session the only one of its occasion."""
    return f"{kind.replace('_', '-')}:{registration.id}:{session_uid}:{occasion}"


def promoted(registration: Registration) -> None:
    """A seat became free."""
    _send(registration, "promoted", f"promoted:{registration.id}:{_stamp(registration.confirmed_at)}")


def mode_switched(registration: Registration, *, at: datetime) -> None:
    """The other mode, the other place."""
    _send(registration, "switched", f"switched:{registration.id}:{_stamp(at)}")


def cancelled(registration: Registration) -> None:
    """Confirmation that the registration has ended."""
    _send(registration, "cancelled", f"cancelled:{registration.id}:{_stamp(registration.cancelled_at)}")


def released(registration: Registration, snapshot: Snapshot) -> None:
    """A release has changed the person's calendar entry, or called the event off."""
    kind = "called_off" if snapshot.event.status == "cancelled" else "changed"
    _send(registration, kind, f"release:{registration.id}:{snapshot.number}")


def merged(registration: Registration) -> None:
    """This registration has ended because the same person has an earlier one."""
    _send(registration, "merged", f"merged:{registration.id}")


def reissued(registration: Registration) -> None:
    """A new ticket replaces the old one."""
    _send(registration, "reissued", f"reissued:{registration.tickets[-1].id}")


def link_again(registration: Registration, *, at: datetime) -> None:
    """The link once more; at most one such mail an hour."""
    _send(registration, "link_again", f"link-again:{registration.id}:{at:%Y%m%d%H}")


def new_address(registration: Registration, *, at: datetime) -> None:
    """The link, for an address that was corrected or comes only now."""
    _send(registration, "link_again", f"new-address:{registration.id}:{_stamp(at)}")


Listener = Callable[[Registration, str], None]
_listeners: list[Listener] = []


def tell_group_with(listener: Listener) -> None:
    """Let another domain hear what is told to people who come with a delegation: who, and the kind of mail."""
    if listener not in _listeners:
        _listeners.append(listener)


def _stamp(at: datetime | None) -> str:
    return at.isoformat() if at else ""


def _send(registration: Registration, kind: str, cause: str, **more: Any) -> None:
    """Enter a letter; its words and its calendar part are written when it is handed over.

    A focal point whose address stands for several people hears of them in one mail, which is not ours to write.
    """
    event = registration.event
    if registration.group_key:
        for listener in _listeners:
            listener(registration, kind)
    if not registration.email or (registration.through_focal_point and registration.group_key):
        return
    with in_language(registration.language):
        subject = str(SUBJECTS[kind]) % {"event": _name(registration)}
    told = {"registration_id": registration.id, "kind": kind, "sequence": _next_sequence(registration, kind), **more}
    mail.send_letter(cause, write_notice, told, to=registration.email, subject=subject, event_id=event.id)


@mail.writer
def write_notice(
    registration_id: int, kind: str, sequence: int | None, session_uid: str = "", **more: Any
) -> mail.Mail | None:
    """Write the mail of one kind to one person; None when their registration has been erased meanwhile."""
    registration = db.session.get(Registration, registration_id)
    if registration is None or not registration.email:
        return None
    snapshot = latest_snapshot(registration.event)
    sessions = {session.uid: session for session in snapshot.sessions} if snapshot else {}
    with in_language(registration.language):
        context = {
            "registration": registration,
            "event": registration.event,
            "event_name": _name(registration),
            "ticket_url": ticket_url(registration),
            "waiting_position": waiting_position(registration),
            "offered_together": len(offered_together(registration)),
            "waiting_together": len(waiting_together(registration)) if registration.party else 1,
            "snapshot": snapshot,
            "session": sessions.get(session_uid),
            **more,
        }
        subject = str(SUBJECTS[kind]) % {"event": context["event_name"]}
        text = render_template(f"emails/{kind}.txt", **context)
        paragraphs = [block.strip().splitlines() for block in text.split("\n\n") if block.strip()]
        head = letterhead_of(registration.event_id)
        html = render_template("emails/letter.html", subject=subject, paragraphs=paragraphs, head=head, **context)
    calendar, method = _calendar(registration, snapshot, kind, sequence, session_uid)
    attached = mail.Attachment("invite.ics", f"text/calendar; method={method}", calendar)
    return mail.Mail(
        to=registration.email,
        name=registration.name,
        subject=subject,
        text=text,
        html=html,
        pictures=head.pictures,
        invitation=calendar,
        invitation_method=method,
        attachments=[attached] if calendar else [],
        reply_to=registration.event.contact_email,
    )


def _name(registration: Registration) -> str:
    return text_in(registration.event.name, [registration.language, *registration.event.languages]).value


SUBJECTS = {
    "registered": _l("You are registered: %(event)s"),
    "waitlisted": _l("You are on the waiting list: %(event)s"),
    "pending": _l("We have your registration: %(event)s"),
    "declined": _l("About your registration: %(event)s"),
    "offered": _l("A seat is kept for you: %(event)s"),
    "offer_over": _l("The seat has gone to the next person: %(event)s"),
    "session_seat": _l("You have a seat in a session: %(event)s"),
    "session_joined": _l("You have a seat in a session: %(event)s"),
    "session_left": _l("You have left a session: %(event)s"),
    "session_changed": _l("A session has changed: %(event)s"),
    "session_withdrawn": _l("A session is cancelled: %(event)s"),
    "merged": _l("You were registered twice: %(event)s"),
    "changed": _l("Changed: %(event)s"),
    "called_off": _l("Cancelled: %(event)s"),
    "promoted": _l("You have a seat: %(event)s"),
    "switched": _l("Your way of taking part has changed: %(event)s"),
    "cancelled": _l("Your registration is cancelled: %(event)s"),
    "reissued": _l("Your new ticket: %(event)s"),
    "link_again": _l("Your ticket link: %(event)s"),
}
"""Subject of each kind of mail; its text is ``emails/<kind>.txt``."""
INVITING = frozenset({"registered", "waitlisted", "promoted", "switched", "changed"})
ENDING = frozenset({"cancelled", "called_off", "merged"})
ENDING_SESSION = frozenset({"session_left", "session_withdrawn"})


def personal_entry(registration: Registration, snapshot: Snapshot, session_uid: str = "") -> CalendarEntry:
    """The event, or one session, as this person's calendar shows it: the room's place, or their own join link.

    Raises KeyError for a session that the release does not know.
    """
    settings: Settings = current_app.extensions["settings"]
    online = registration.has_online_access
    placed: Placed = "online" if online else "in_person"
    made = partial(session_entry, uid=session_uid) if session_uid else event_entry
    entry = made(
        snapshot,
        base_url=settings.base_url,
        languages=[registration.language, *snapshot.event.languages],
        placed=placed,
        join_url=f"{ticket_url(registration)}/join" if registration.can_join else None,
    )
    sender = parseaddr(settings.mail_from)[1]
    name = text_in(snapshot.event.organiser, [registration.language]).value
    return replace(entry, organizer=Contact(name or "INSER events", sender))


def _next_sequence(registration: Registration, kind: str) -> int | None:
    """The SEQUENCE of the invitation that goes with this mail, remembered as sent; None where none is due."""
    told = registration.invited_sequence
    comes = registration.state == State.CONFIRMED or registration.has_online_access
    due = told is not None if kind in ENDING else kind in INVITING and comes
    if not due:
        return None
    snapshot = latest_snapshot(registration.event)
    if snapshot is None:
        return None
    sequence: int = event_sequence(snapshot) if told is None else max(event_sequence(snapshot), told + 1)
    ask(_INVITED, who=registration.id, sequence=sequence)
    set_committed_value(registration, "invited_sequence", sequence)
    return sequence


# Past the session: a rush of people is told, and a flush would cost more than the rest of the mail.
_people: Any = Registration.__table__
_INVITED = update(_people).where(_people.c.id == bindparam("who")).values(invited_sequence=bindparam("sequence"))


def _calendar(
    registration: Registration, snapshot: Snapshot | None, kind: str, sequence: int | None, session_uid: str
) -> tuple[bytes, str]:
    """The invitation for this message, or nothing where none is due."""
    if snapshot is None or sequence is None:
        return b"", ""
    ends = kind in ENDING | ENDING_SESSION
    method: Literal["REQUEST", "CANCEL"] = "CANCEL" if ends else "REQUEST"
    attendee = Attendee(registration.name, registration.email, "DECLINED" if ends else "ACCEPTED")
    entry = replace(personal_entry(registration, snapshot, session_uid), sequence=sequence)
    return invitation(entry, method, attendee), method
