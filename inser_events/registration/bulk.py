"""The same thing for many registrations at once; whoever it does not fit is passed over and counted."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from inser_events.database import db
from inser_events.errors import Refused
from inser_events.events.models import Event
from inser_events.registration import approval, operations
from inser_events.registration.models import Registration, State
from inser_events.registration.seating import promote_waiting


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
    """Say yes to those who wait for it, in the order they came; those who registered together, together."""
    pending = [one for one in people if one.state == State.PENDING]
    parties: dict[str, list[Registration]] = {}
    for one in pending:
        parties.setdefault(one.party or one.uid, []).append(one)
    done = sum(_each(parties.values(), lambda party: approval.approve_together(party, at=at)))
    return Done(done, len(people) - done)


def decline_many(people: Sequence[Registration], *, at: datetime) -> Done:
    """Say no to those who wait for an answer; each is told."""
    return _one_by_one(people, lambda registration: approval.decline(registration, at=at))


def cancel_many(people: Sequence[Registration], *, at: datetime) -> Done:
    """Cancel; each is told, and those who wait get the seats, which are passed on at once: a party may have them."""
    done = _one_by_one(people, lambda one: operations.cancel_registration(one, at=at, pass_on=False))
    for event_id, mode in dict.fromkeys((one.event_id, one.mode) for one in people):
        promote_waiting(event_id, mode, at=at)
    return done


def _one_by_one(people: Sequence[Registration], act: Callable[[Registration], None]) -> Done:
    done = sum(_each([[one] for one in people], lambda alone: act(alone[0])))
    return Done(done, len(people) - done)


def _each(parties: Iterable[Sequence[Registration]], act: Callable[[Sequence[Registration]], None]) -> Iterator[int]:
    """For how many of each it was done."""
    for party in parties:
        # Refusals come before the first write, so nothing of them stays.
        try:
            act(party)
        except Refused:
            continue
        yield len(party)
