"""The same thing for many registrations at once; whoever it does not fit is passed over and counted."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from inser_events.database import db
from inser_events.errors import Refused
from inser_events.events.models import Event
from inser_events.registration import approval, operations
from inser_events.registration.models import Registration


@dataclass(frozen=True)
class Done:
    """For how many it was done, and for how many it made no sense."""

    done: int
    passed_over: int


def chosen_people(event: Event, uids: Sequence[str]) -> Sequence[Registration]:
    """The event's registrations with these uids, first come first."""
    mine = select(Registration).where(Registration.event_id == event.id, Registration.uid.in_(list(uids)))
    return db.session.scalars(mine.order_by(Registration.created_at, Registration.id)).all()


def approve_many(people: Sequence[Registration], *, at: datetime) -> Done:
    """Say yes to those who wait for it, in the order they came; each is told."""
    return _each(people, lambda registration: approval.approve(registration, at=at))


def decline_many(people: Sequence[Registration], *, at: datetime) -> Done:
    """Say no to those who wait for an answer; each is told."""
    return _each(people, lambda registration: approval.decline(registration, at=at))


def cancel_many(people: Sequence[Registration], *, at: datetime) -> Done:
    """Cancel; each is told, and those who wait get the seats."""
    return _each(people, lambda registration: operations.cancel_registration(registration, at=at))


def _each(people: Sequence[Registration], act: Callable[[Registration], None]) -> Done:
    done = 0
    for registration in people:
        # Refusals come before the first write, so nothing of them stays.
        try:
            act(registration)
        except Refused:
            continue
        done += 1
    return Done(done, len(people) - done)
