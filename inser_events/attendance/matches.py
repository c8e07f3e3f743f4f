"""Saying who somebody in a meeting's report is: confirming what the name suggests, by hand, or nobody of ours."""

from datetime import datetime

from sqlalchemy import update

from inser_events.addresses import UnusableEmail
from inser_events.attendance.errors import CannotRegister, MeetingChanged
from inser_events.attendance.meeting_models import Matched, MeetingAttendee, MeetingImport
from inser_events.attendance.meeting_queries import Standing, standing
from inser_events.audit import record
from inser_events.database import db
from inser_events.events.models import Event, Mode
from inser_events.people.names import name_parts
from inser_events.registration.errors import NotTheSame
from inser_events.registration.models import Registration
from inser_events.registration.operations import RegistrationData
from inser_events.registration.parties import Entry
from inser_events.registration.walk_ins import register_at_desk


def confirm(attendee: MeetingAttendee) -> None:
    """It is the suggested person. Raises MeetingChanged where nobody is suggested any more."""
    if attendee.registration_id is not None:
        return
    if attendee.suggested is None:
        raise MeetingChanged
    _settle(attendee, attendee.suggested, Matched.NAME)


def confirm_all(meeting: MeetingImport, *, up_to: int) -> int:
    """All whom a name suggests are the suggested people; how many. *up_to*: the last id that somebody has seen."""
    mine = MeetingAttendee.import_id == meeting.id, MeetingAttendee.id <= up_to
    confirmed = db.session.execute(
        update(MeetingAttendee)
        .where(*mine, standing(Standing.SUGGESTED))
        .values(registration_id=MeetingAttendee.suggested_id, matched=Matched.NAME)
        .execution_options(synchronize_session=False)
    )
    number = int(getattr(confirmed, "rowcount", 0))
    if number:
        record("confirm attendees", meeting, event_id=meeting.event_id, after={"people": number})
    db.session.expire_all()
    return number


def match_by_hand(attendee: MeetingAttendee, registration: Registration) -> None:
    """It is this person. Raises NotTheSame for somebody of another event."""
    if registration.event_id != attendee.event_id:
        raise NotTheSame
    _settle(attendee, registration, Matched.HAND)


def set_aside(attendee: MeetingAttendee) -> None:
    """It is nobody who attends: a machine of the organisers, a telephone line."""
    attendee.registration_id, attendee.matched, attendee.aside = None, "", True
    record("set attendee aside", attendee, event_id=attendee.event_id)
    db.session.flush()  # lists of attendance read the database


def undo(attendee: MeetingAttendee) -> None:
    """Nobody has said who it is."""
    before = attendee.registration
    attendee.registration_id, attendee.matched, attendee.aside = None, "", False
    facts = {"to": before.uid} if before else {}
    record("unmatch attendee", attendee, event_id=attendee.event_id, before=facts)
    db.session.flush()  # lists of attendance read the database


def register_attendee(attendee: MeetingAttendee, event: Event, *, at: datetime) -> Registration:
    """Register somebody who was online without a registration, and let it count.

    Raises CannotRegister, and what `register_at_desk` refuses.
    """
    parts = name_parts(attendee.name)
    if not attendee.email or not parts.family_name:
        raise CannotRegister
    data = RegistrationData(
        mode=Mode.ONLINE,
        email=attendee.email,
        honorific=parts.honorific,
        given_name=parts.given_name,
        family_name=parts.family_name,
        language=event.languages[0],
    )
    try:
        registration = register_at_desk(event, Entry(data), at=at)
    except UnusableEmail as error:
        raise CannotRegister from error
    _settle(attendee, registration, Matched.HAND)
    return registration


def _settle(attendee: MeetingAttendee, registration: Registration, how: Matched) -> None:
    attendee.registration_id, attendee.matched, attendee.aside = registration.id, how, False
    record("match attendee", attendee, event_id=attendee.event_id, after={"to": registration.uid, "how": str(how)})
    db.session.flush()  # lists of attendance read the database
