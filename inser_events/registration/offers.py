"""A seat offered for a while: accepted, given up, or passed on when nobody answered.

Who registered together and was offered seats together answers once for all of them, on anybody's link; somebody who
decides otherwise answers for themselves alone.
"""

from collections.abc import Sequence
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
from inser_events.registration.queries import offered_together
from inser_events.registration.seating import back_to_queue, lock, promote_waiting

EXPIRED_AT_ONCE = 500


def accept_offer(registration: Registration, *, at: datetime, together: bool = True) -> None:
    """Take the seat that was kept, with those who were offered theirs with it unless not *together*.

    Raises OfferOver.
    """
    for one in _held(registration, at, together=together):
        one.state, one.confirmed_at = State.CONFIRMED, at
        one.waiting_since = one.offer_expires_at = None
        record("accept offer", one, event_id=one.event_id, before={"state": State.WAITLISTED})
        notices.promoted(one)


def decline_offer(registration: Registration, *, at: datetime, together: bool = True) -> None:
    """Give the kept seat up: who can take part online does, for others the registration ends.

    *together* and raises as `accept_offer`. The seats of several are passed on at once: a party may have them.
    """
    event_id, mode = registration.event_id, registration.mode
    for one in _held(registration, at, together=together):
        record("decline offer", one, event_id=event_id)
        if mode == Mode.IN_PERSON and Mode.ONLINE in one.event.modes:
            switch_mode(one, Mode.ONLINE, at=at, pass_on=False)
        else:
            cancel_registration(one, at=at, pass_on=False)
    promote_waiting(event_id, mode, at=at)


def answer_offer(registration: Registration, answer: str, mode: str, *, at: datetime, together: bool = True) -> None:
    """Do what a button says that showed a seat kept in a *mode*: ``accept`` or ``decline``; another word does nothing.

    Nor does a second click, or one on a page from before somebody answered for all. Raises OfferOver.
    """
    if answer == "accept":
        if registration.state != State.CONFIRMED or registration.mode != mode:
            accept_offer(registration, at=at, together=together)
    elif answer == "decline" and registration.active and registration.mode == (mode or registration.mode):
        decline_offer(registration, at=at, together=together)


def _held(registration: Registration, at: datetime, *, together: bool) -> Sequence[Registration]:
    """Those whose seats are kept and about whom is decided, locked."""
    lock(registration)
    if not registration.offered or registration.offer_expires_at is None or registration.offer_expires_at <= at:
        raise OfferOver
    held = offered_together(registration) if together else [registration]
    for one in held:
        lock(one)
    return [one for one in held if one.offered]


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
    for first in db.session.scalars(over).all():
        lock(first)
        for registration in offered_together(first) if first.offered else []:
            lock(registration)
            back_to_queue(registration, at=moment)
            record("offer ran out", registration, event_id=registration.event_id)
            db.session.flush()  # the queue is read from the database
            notices.offer_over(registration, at=moment)
            gaps[registration.event_id, registration.mode] = None
    for event_id, mode in gaps:
        promote_waiting(event_id, mode, at=moment)
