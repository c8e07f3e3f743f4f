"""Seats in sessions that need sign-up, for people who have a seat in the room. Counted like those of the event."""

from collections.abc import Sequence
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import delete, or_, select, update

from inser_events.audit import record
from inser_events.database import db, find_or_raise
from inser_events.events.models import Event, Mode
from inser_events.registration import session_invitations
from inser_events.registration.capacity_models import SessionSeats, SignUp
from inser_events.registration.errors import NoSignUp, NoSuchSession, UnusableLimit
from inser_events.registration.models import Registration, State


def may_sign_up(registration: Registration) -> bool:
    """Whether a person may have seats in sessions."""
    return registration.state == State.CONFIRMED and registration.mode == Mode.IN_PERSON


def session_seats(event_id: int) -> Sequence[SessionSeats]:
    """The sessions of an event that need sign-up."""
    return db.session.scalars(
        select(SessionSeats).where(SessionSeats.event_id == event_id).order_by(SessionSeats.id)
    ).all()


def find_seats(event_id: int, session_uid: str) -> SessionSeats:
    """The seats of one session. Raises NoSuchSession."""
    return find_or_raise(
        select(SessionSeats).where(SessionSeats.event_id == event_id, SessionSeats.session_uid == session_uid),
        NoSuchSession,
    )


def signups_of(registration: Registration) -> dict[str, SignUp]:
    """What a person signed up for, by the ``uid`` of the session."""
    mine = db.session.scalars(select(SignUp).where(SignUp.registration_id == registration.id).order_by(SignUp.seats_id))
    return {signup.seats.session_uid: signup for signup in mine}


def sign_up(registration: Registration, session_uid: str, *, at: datetime) -> SignUp:
    """Take a seat in a session, or wait for one; a second time changes nothing. Raises NoSignUp, NoSuchSession."""
    _lock_person(registration)
    if not may_sign_up(registration):
        raise NoSignUp
    if (known := signups_of(registration).get(session_uid)) is not None:
        return known
    seats = find_seats(registration.event_id, session_uid)
    seated = _take_session_seat(seats.id)
    signup = SignUp(
        registration_id=registration.id,
        seats=seats,
        state=State.CONFIRMED if seated else State.WAITLISTED,
        since=at,
    )
    db.session.add(signup)
    db.session.flush()  # the page shows it at once
    db.session.refresh(seats)
    after = {"session": session_uid, "state": signup.state}
    record("sign up for session", registration, event_id=registration.event_id, after=after)
    if seated:
        session_invitations.joined(registration, session_uid, at=at)
    return signup


def give_up(registration: Registration, session_uid: str, *, at: datetime) -> None:
    """Give a session's seat back, or leave its waiting list; nothing happens when there is none."""
    _lock_person(registration)
    signup = signups_of(registration).get(session_uid)
    if signup is not None:
        _leave(registration, signup, at=at)


def leave_sessions(registration: Registration, *, at: datetime, notify: bool = True) -> None:
    """Give all of a locked person's seats in sessions back; their calendar is told unless *notify* is off."""
    for signup in signups_of(registration).values():
        _leave(registration, signup, at=at, notify=notify)
    session_invitations.left_all(registration, at=at, notify=notify)


def hand_over_signups(ended: Registration, kept: Registration, *, at: datetime) -> None:
    """Give a person's sign-ups to their other registration, where that has none for the session."""
    mine = signups_of(kept)
    for session_uid, signup in signups_of(ended).items():
        if session_uid not in mine:
            signup.registration_id = kept.id
            told = session_invitations.left(ended, session_uid, at=at)
            if signup.state == State.CONFIRMED:
                session_invitations.joined(kept, session_uid, at=at, above=told)
    db.session.flush()  # what is left is given back


def _lock_person(registration: Registration) -> None:
    db.session.execute(select(Registration.id).where(Registration.id == registration.id).with_for_update()).all()
    db.session.refresh(registration, ["state", "mode"])


def _take_session_seat(seats_id: int) -> bool:
    mine = SessionSeats.id == seats_id
    free = or_(
        SessionSeats.capacity.is_(None),
        (SessionSeats.taken < SessionSeats.capacity) & (SessionSeats.waiting == 0),
    )
    taking = update(SessionSeats).where(mine, free).values(taken=SessionSeats.taken + 1)
    if db.session.scalar(taking.returning(SessionSeats.id)) is not None:
        return True
    db.session.execute(update(SessionSeats).where(mine).values(waiting=SessionSeats.waiting + 1))
    return False


def _leave(registration: Registration, signup: SignUp, *, at: datetime, notify: bool = True) -> None:
    column = SessionSeats.taken if signup.state == State.CONFIRMED else SessionSeats.waiting
    seats = signup.seats
    db.session.execute(update(SessionSeats).where(SessionSeats.id == seats.id, column > 0).values({column: column - 1}))
    db.session.delete(signup)
    record("leave session", registration, event_id=registration.event_id, before={"session": seats.session_uid})
    session_invitations.left(registration, seats.session_uid, at=at, notify=notify)
    promote_for_session(seats, at=at)


def promote_for_session(seats: SessionSeats, *, at: datetime) -> int:
    """Give a session's free seats to those who wait for it, in order; return how many."""
    promoted = 0
    db.session.flush()  # who left decides who is first
    db.session.execute(select(SessionSeats.id).where(SessionSeats.id == seats.id).with_for_update()).all()
    first_waiting = (
        select(SignUp)
        .where(SignUp.seats_id == seats.id, SignUp.state == State.WAITLISTED)
        .order_by(SignUp.since, SignUp.id)
        .limit(1)
    )
    free = or_(SessionSeats.capacity.is_(None), SessionSeats.taken < SessionSeats.capacity)
    passing = (
        update(SessionSeats)
        .where(SessionSeats.id == seats.id, free, SessionSeats.waiting > 0)
        .values(taken=SessionSeats.taken + 1, waiting=SessionSeats.waiting - 1)
        .returning(SessionSeats.id)
    )
    while (first := db.session.scalar(first_waiting)) is not None and db.session.scalar(passing) is not None:
        first.state = State.CONFIRMED
        record("seat in session", first.registration, event_id=seats.event_id, after={"session": seats.session_uid})
        session_invitations.joined(first.registration, seats.session_uid, at=at, promoted=True)
        db.session.flush()  # the next one is found by the state in the database
        promoted += 1
    db.session.refresh(seats)
    return promoted


def set_session_capacity(event: Event, session_uid: str, *, needed: bool, capacity: int | None, at: datetime) -> None:
    """Say whether a session needs sign-up, and for how many. Without it everyone may come. Raises UnusableLimit."""
    if capacity is not None and capacity < 0:
        raise UnusableLimit(_("Enter a whole number, or nothing for no limit."))
    seats = db.session.scalar(select(SessionSeats).where(SessionSeats.session_uid == session_uid))
    if not needed:
        if seats is not None:
            record("end sign-up", event, event_id=event.id, before={"session": session_uid, "taken": seats.taken})
            db.session.execute(delete(SessionSeats).where(SessionSeats.id == seats.id))
        return
    if seats is None:
        seats = SessionSeats(event_id=event.id, session_uid=session_uid, capacity=capacity)
        db.session.add(seats)
        db.session.flush()  # promotion reads it
    elif seats.capacity == capacity:
        return
    before, seats.capacity = seats.capacity, capacity
    after = {"session": session_uid, "capacity": capacity}
    record("set session seats", event, event_id=event.id, before={"capacity": before}, after=after)
    promote_for_session(seats, at=at)
