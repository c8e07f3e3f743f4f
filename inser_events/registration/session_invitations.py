"""Entries of single sessions in people's calendars: for those who signed up for them.

Each message is about one session, under its own UID (RFC 5546 section 3.2.2): REQUEST with a seat and when a release
changes the entry, CANCEL when the seat is given up or the session withdrawn. SEQUENCE starts at the release's and
rises with every message.
"""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import ColumnElement, Select, exists, func, select

from inser_events.agenda.queries import latest_snapshot
from inser_events.agenda.snapshot import Session, Snapshot
from inser_events.database import db
from inser_events.events.models import Event
from inser_events.mail import OutboxMail
from inser_events.registration import notices
from inser_events.registration.capacity_models import SessionSeats, SignUp
from inser_events.registration.models import Registration, State
from inser_events.registration.session_invitation_models import SessionInvitation


def joined(
    registration: Registration, session_uid: str, *, at: datetime, promoted: bool = False, above: int = -1
) -> None:
    """A person has a seat in a session: mail the entry. *promoted*: they waited for it.

    *above*: SEQUENCE of what another registration of the same person was told.
    """
    kind = "session_seat" if promoted else "session_joined"
    sequence = _invite(registration, session_uid, above)
    if sequence is not None or promoted:
        notices.about_session(registration, kind, session_uid, sequence, at.isoformat())


def left(registration: Registration, session_uid: str, *, at: datetime, notify: bool = True) -> int:
    """A person's seat in a session is theirs no more: call the entry off where there is one. Return its SEQUENCE."""
    invitation = _standing(registration).get(session_uid)
    if invitation is None:
        return -1
    sequence = _call_off(invitation)
    if notify:
        notices.about_session(registration, "session_left", session_uid, sequence, at.isoformat())
    return sequence


def left_all(registration: Registration, *, at: datetime, notify: bool = True) -> None:
    """The person takes part no more: call off every session's entry that is left."""
    for session_uid in list(_standing(registration)):
        left(registration, session_uid, at=at, notify=notify)


def released(registration: Registration, session: Session, snapshot: Snapshot) -> None:
    """A release has changed a session's entry, or withdrawn the session; told once for each release."""
    about = f"release {snapshot.number}"
    off = "cancelled" in {session.status, snapshot.event.status}
    kind = "session_withdrawn" if off else "session_changed"
    cause = notices.cause_of(registration, kind, session.uid, about)
    if db.session.scalar(select(OutboxMail.id).where(OutboxMail.cause == cause)) is not None:
        return
    invitation = _standing(registration).get(session.uid)
    if off and invitation is None:
        return
    sequence = _call_off(invitation) if off and invitation else _invite(registration, session.uid)
    notices.about_session(registration, kind, session.uid, sequence, about)


def holders(event_id: int, session_uid: str, modes: Iterable[str], *, off: bool) -> Select[Registration]:
    """Who has the session in their calendar, or (unless it is *off*) a seat in it and no entry."""
    entry = exists().where(
        SessionInvitation.registration_id == Registration.id,
        SessionInvitation.session_uid == session_uid,
        SessionInvitation.standing,
    )
    return select(Registration).where(
        Registration.event_id == event_id,
        Registration.mode.in_(list(modes)),
        Registration.state == State.CONFIRMED,
        entry if off else entry | _seated(session_uid),
    )


def holder_count(event_id: int, session_uid: str, modes: Iterable[str], *, off: bool) -> int:
    """How many those are."""
    chosen = holders(event_id, session_uid, modes, off=off).with_only_columns(func.count())
    return db.session.scalar(chosen) or 0


def watched(event: Event) -> set[str]:
    """The ``uid`` of every session that stands in somebody's calendar or can be signed up for."""
    invited = (
        select(SessionInvitation.session_uid)
        .join(Registration, SessionInvitation.registration_id == Registration.id)
        .where(Registration.event_id == event.id, SessionInvitation.standing)
        .distinct()
    )
    seats = select(SessionSeats.session_uid).where(SessionSeats.event_id == event.id)
    return {*db.session.scalars(invited), *db.session.scalars(seats)}


def _seated(session_uid: str) -> ColumnElement[bool]:
    return exists().where(
        SignUp.registration_id == Registration.id,
        SignUp.state == State.CONFIRMED,
        SignUp.seats_id == SessionSeats.id,
        SessionSeats.session_uid == session_uid,
    )


def _standing(registration: Registration) -> dict[str, SessionInvitation]:
    mine = select(SessionInvitation).where(SessionInvitation.registration_id == registration.id)
    found = db.session.scalars(mine.where(SessionInvitation.standing).order_by(SessionInvitation.id))
    return {invitation.session_uid: invitation for invitation in found}


def _invite(registration: Registration, session_uid: str, above: int = -1) -> int | None:
    """The SEQUENCE of the REQUEST that goes out now; None while no release has the session taking place."""
    snapshot = latest_snapshot(registration.event)
    session = next((one for one in snapshot.sessions if one.uid == session_uid), None) if snapshot else None
    if snapshot is None or session is None or "cancelled" in {session.status, snapshot.event.status}:
        return None
    invitation = db.session.scalar(
        select(SessionInvitation).where(
            SessionInvitation.registration_id == registration.id, SessionInvitation.session_uid == session_uid
        )
    )
    if invitation is None:
        invitation = SessionInvitation(registration_id=registration.id, session_uid=session_uid, sequence=above)
        db.session.add(invitation)
    invitation.sequence, invitation.standing = max(session.sequence, invitation.sequence + 1), True
    db.session.flush()  # whoever calls it off next must find it
    return invitation.sequence


def _call_off(invitation: SessionInvitation) -> int:
    snapshot = latest_snapshot(invitation.registration.event)
    sessions = snapshot.sessions if snapshot else []
    released = next((one.sequence for one in sessions if one.uid == invitation.session_uid), 0)
    invitation.sequence, invitation.standing = max(released, invitation.sequence + 1), False
    db.session.flush()  # whoever is invited next must find it so
    return invitation.sequence
