"""Taking in answers to invitations."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import func, select

from inser_events.addresses import folded_email
from inser_events.audit import record
from inser_events.database import db
from inser_events.documents.calendar_reading import Reply
from inser_events.events.models import Event
from inser_events.languages import text_in
from inser_events.registration.models import Registration
from inser_events.registration.replies.errors import NotAReply, UnknownAttendee, UnknownInvitation
from inser_events.registration.replies.models import CalendarReply
from inser_events.registration.session_invitation_models import SessionInvitation

ANSWERS = frozenset({"ACCEPTED", "DECLINED", "TENTATIVE", "DELEGATED", "NEEDS-ACTION"})


class Outcome(StrEnum):
    """What became of an answer."""

    STORED = "stored"
    OUTDATED = "outdated"
    """It answers an earlier invitation, or came in after a later answer."""
    COUNTER = "counter"
    """It proposes another time (RFC 5546 section 3.2.7), which attendees of an event cannot; nothing changes."""


@dataclass(frozen=True)
class Received:
    """One answer and whose it is."""

    outcome: Outcome
    registration: Registration
    answer: str


def receive_reply(reply: Reply, *, at: datetime) -> Received:
    """Set the state of somebody's invitation to the event or to one of its sessions.

    Raises NotAReply, UnknownInvitation, UnknownAttendee.
    """
    if reply.method not in {"REPLY", "COUNTER"}:
        raise NotAReply(f"The calendar is no reply: its METHOD is {reply.method or 'missing'}.")
    registration, told = _invited(reply)
    answer = reply.answer if reply.answer in ANSWERS else "NEEDS-ACTION"
    if reply.method == "COUNTER":
        return Received(Outcome.COUNTER, registration, answer)
    known = db.session.scalar(
        select(CalendarReply)
        .where(CalendarReply.registration_id == registration.id, CalendarReply.uid == reply.uid)
        .with_for_update()
    )
    if _is_outdated(reply, told, known):
        return Received(Outcome.OUTDATED, registration, answer)
    if known is None:
        known = CalendarReply(registration_id=registration.id, uid=reply.uid, partstat="NEEDS-ACTION")
        db.session.add(known)
    before = known.partstat
    known.partstat, known.stamp, known.received_at = answer, reply.stamp, at
    known.sequence = reply.sequence if reply.sequence is not None else told
    db.session.flush()  # the audit entry needs the id
    record(
        "answer invitation",
        known,
        event_id=registration.event_id,
        before={"answer": before},
        after={"answer": answer, "registration": registration.uid},
    )
    return Received(Outcome.STORED, registration, answer)


def _is_outdated(reply: Reply, told: int, known: CalendarReply | None) -> bool:
    """By SEQUENCE, then by DTSTAMP (section 2.1.5). Some programs leave SEQUENCE out: then only the stamp tells.

    *told*: SEQUENCE of the last message about the entry.
    """
    if reply.sequence is not None and reply.sequence < told:
        return True
    if known is None:
        return False
    if reply.sequence is not None and reply.sequence != known.sequence:
        return reply.sequence < known.sequence
    return reply.stamp is not None and known.stamp is not None and reply.stamp < known.stamp


def _invited(reply: Reply) -> tuple[Registration, int]:
    """Whose entry the answer is about, and the SEQUENCE of the last message about it.

    The last registration of the attendee for the event: also a cancelled one may still be answered for.
    """
    event = db.session.scalar(select(Event).where(Event.uid == reply.uid))
    if event is None:
        return _invited_to_session(reply)
    wanted = folded_email(reply.attendee)
    mine = select(Registration).where(Registration.event_id == event.id, Registration.email != "")
    found = db.session.scalar(mine.where(Registration.active_email == wanted)) or db.session.scalar(
        mine.where(func.lower(Registration.email) == wanted).order_by(Registration.id.desc()).limit(1)
    )
    if found is None:
        raise UnknownAttendee(reply.attendee, text_in(event.name, event.languages).value)
    return found, found.invited_sequence or 0


def _invited_to_session(reply: Reply) -> tuple[Registration, int]:
    """The same for the entry of a session, which only those have who signed up."""
    entries = select(SessionInvitation).where(SessionInvitation.session_uid == reply.uid)
    anybody = db.session.scalar(entries.limit(1))
    if anybody is None:
        raise UnknownInvitation(reply.uid)
    mine = entries.join(Registration, SessionInvitation.registration_id == Registration.id).where(
        func.lower(Registration.email) == folded_email(reply.attendee), Registration.email != ""
    )
    found = db.session.scalar(mine.order_by(SessionInvitation.standing.desc(), SessionInvitation.id.desc()).limit(1))
    if found is None:
        event = anybody.registration.event
        raise UnknownAttendee(reply.attendee, text_in(event.name, event.languages).value)
    return found.registration, found.sequence
