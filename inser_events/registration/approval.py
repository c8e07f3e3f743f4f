"""What a registrar decides about one registration: yes, no, or a seat although every one is taken."""

from collections.abc import Sequence
from datetime import datetime

from inser_events.addresses import folded_email
from inser_events.audit import record
from inser_events.database import db
from inser_events.documents.text import one_line
from inser_events.registration import notices, operations, queries
from inser_events.registration.errors import (
    AlreadyRegistered,
    AlreadySeated,
    NoSuchTicket,
    NotActive,
    NotPending,
    ReasonNeeded,
    StillActive,
)
from inser_events.registration.models import Registration, State, Ticket
from inser_events.registration.seating import lock, place_together, promote_waiting, seat_at_any_rate
from inser_events.registration.shares import take_shares_anyway
from inser_events.tokens import new_ticket_number

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


def register_again(registration: Registration, *, at: datetime) -> None:
    """Take back a cancellation or a refusal: a seat if there is one, else a place at the end of the queue.

    Answers, badge and link are those from before, unless somebody else has the place: then there is a new ticket.
    Raises StillActive, NoSuchTicket for somebody who was erased, AlreadyRegistered.
    """
    lock(registration)
    if registration.active:
        raise StillActive
    if not registration.search_text:
        raise NoSuchTicket
    address = "" if registration.through_focal_point else folded_email(registration.email)
    known = queries.active_for(registration.event_id, address) if address else None
    if known is not None:
        raise AlreadyRegistered(known.id)
    before, registration.cancelled_at, registration.offers_made = registration.state, None, 0
    registration.active_email = operations.active_key(
        registration.uid, registration.email, through_focal_point=registration.through_focal_point
    )
    if registration.tickets[-1].revoked_at is not None:
        registration.tickets.append(Ticket(number=new_ticket_number(), issued_at=at))
    place_together([registration], at=at)
    db.session.flush()  # the queue and the mail read it
    if registration.state == State.WAITLISTED:
        promote_waiting(registration.event_id, registration.mode, at=at, newcomers=[registration])
    after = {"state": registration.state}
    record("register again", registration, event_id=registration.event_id, before={"state": before}, after=after)
    notices.registered_again(registration, at=at)
