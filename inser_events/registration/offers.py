"""A seat offered for a while: accepted, given up, or passed on when nobody answered."""

from datetime import datetime

from sqlalchemy import select

from inser_events.audit import record
from inser_events.clock import now
from inser_events.database import db
from inser_events.events.models import Mode
from inser_events.jobs import every
from inser_events.registration import notices
from inser_events.registration.errors import OfferOver
from inser_events.registration.models import Registration, State
from inser_events.registration.operations import cancel_registration, switch_mode
from inser_events.registration.seating import back_to_queue, lock, promote_waiting

EXPIRED_AT_ONCE = 500


def accept_offer(registration: Registration, *, at: datetime) -> None:
    """Take the seat that was kept. Raises OfferOver."""
    _check(registration, at)
    registration.state, registration.confirmed_at = State.CONFIRMED, at
    registration.waiting_since = registration.offer_expires_at = None
    record("accept offer", registration, event_id=registration.event_id, before={"state": State.WAITLISTED})
    notices.promoted(registration)


def decline_offer(registration: Registration, *, at: datetime) -> None:
    """Give the kept seat up: who can take part online does, for others the registration ends. Raises OfferOver."""
    _check(registration, at)
    record("decline offer", registration, event_id=registration.event_id)
    if registration.mode == Mode.IN_PERSON and Mode.ONLINE in registration.event.modes:
        switch_mode(registration, Mode.ONLINE, at=at)
    else:
        cancel_registration(registration, at=at)


def _check(registration: Registration, at: datetime) -> None:
    lock(registration)
    if not registration.offered or registration.offer_expires_at is None or registration.offer_expires_at <= at:
        raise OfferOver


@every(minutes=1)
def expire_offers() -> None:
    """Pass on the seats of offers that ran out; those who let them pass wait behind the others."""
    moment = now()
    over = (
        select(Registration)
        .where(Registration.state == State.WAITLISTED, Registration.offer_expires_at <= moment)
        .order_by(Registration.event_id, Registration.offer_expires_at, Registration.id)
        .limit(EXPIRED_AT_ONCE)
    )
    gaps: dict[tuple[int, str], None] = {}
    for registration in db.session.scalars(over).all():
        lock(registration)
        if not registration.offered:
            continue
        back_to_queue(registration, at=moment)
        record("offer ran out", registration, event_id=registration.event_id)
        db.session.flush()  # the queue is read from the database
        notices.offer_over(registration, at=moment)
        gaps[registration.event_id, registration.mode] = None
    for event_id, mode in gaps:
        promote_waiting(event_id, mode, at=moment)
