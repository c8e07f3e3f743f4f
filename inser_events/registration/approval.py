"""What a registrar decides about one registration: yes, no, or a seat although every one is taken."""

from collections.abc import Sequence
from datetime import datetime

from inser_events.audit import record
from inser_events.database import db
from inser_events.documents.text import one_line
from inser_events.registration import notices
from inser_events.registration.errors import AlreadySeated, NotActive, NotPending, ReasonNeeded
from inser_events.registration.models import Registration, State
from inser_events.registration.seating import lock, place_together, promote_waiting, seat_at_any_rate
from inser_events.registration.shares import take_shares_anyway

REASON_LENGTH = 500


def approve(registration: Registration, *, at: datetime) -> None:
    """Say yes: the person gets a seat, or a place in the waiting list behind those there already. Raises NotPending."""
    approve_together([registration], at=at)


def approve_together(party: Sequence[Registration], *, at: datetime) -> None:
    """Say yes to people who registered together: in each mode a seat each, or all of them places in the waiting list.

    Raises NotPending when one of them does not wait for an answer.
    """
    for registration in party:
        lock(registration)
        if registration.state != State.PENDING:
            raise NotPending
    for mode in dict.fromkeys(one.mode for one in party):
        same = [one for one in party if one.mode == mode]
        place_together(same, at=at)
        db.session.flush()  # the queue is read from the database
        if same[0].state == State.WAITLISTED:
            promote_waiting(same[0].event_id, mode, at=at, newcomers=same)
    for registration in party:
        record(
            "approve registration",
            registration,
            event_id=registration.event_id,
            before={"state": State.PENDING},
            after={"state": registration.state},
        )
        notices.registered(registration)


def decline(registration: Registration, reason: str = "", *, at: datetime) -> None:
    """Say no, with a reason for the person if there is one. Raises NotPending."""
    lock(registration)
    if registration.state != State.PENDING:
        raise NotPending
    said = one_line(reason)[:REASON_LENGTH]
    registration.state, registration.cancelled_at, registration.active_email = State.DECLINED, at, None
    record(
        "decline registration",
        registration,
        event_id=registration.event_id,
        before={"state": State.PENDING},
        after={"reason": said},
    )
    notices.declined(registration, said)


def seat_anyway(registration: Registration, reason: str, *, at: datetime) -> None:
    """Seat someone who waits or is not approved yet, whatever the capacity.

    The reason is kept in the history. Raises NotActive, AlreadySeated, ReasonNeeded.
    """
    said = one_line(reason)[:REASON_LENGTH]
    if not said:
        raise ReasonNeeded
    lock(registration)
    if not registration.active:
        raise NotActive
    if registration.state == State.CONFIRMED:
        raise AlreadySeated
    before = registration.state
    if not registration.offered:
        seat_at_any_rate(registration)
        take_shares_anyway(registration)
    registration.state, registration.confirmed_at = State.CONFIRMED, at
    registration.waiting_since = registration.offer_expires_at = None
    record(
        "seat over capacity",
        registration,
        event_id=registration.event_id,
        before={"state": before},
        after={"state": State.CONFIRMED, "reason": said},
    )
    notices.promoted(registration)
