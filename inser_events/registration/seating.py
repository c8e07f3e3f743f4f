"""Seats taken, queued for, given back and passed on. Never oversold: see `_take_seat`.

A seat is held by those confirmed, and by those who were offered one and have not answered. Whoever changes a seat
holds the event's `Seats` rows first, then the registration, then shares and sessions: one order for all, so that
PostgreSQL cannot deadlock. On SQLite the writer is alone anyway.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Select, bindparam, case, or_, select, update

from inser_events.audit import record
from inser_events.clock import now
from inser_events.database import ask, db
from inser_events.events.models import Event, Mode, Seats
from inser_events.jobs import every
from inser_events.registration import notices, queries
from inser_events.registration.form_models import FormSettings
from inser_events.registration.models import Registration, State
from inser_events.registration.questions import settings_of
from inser_events.registration.shares import (
    Share,
    Shortage,
    full_categories,
    full_groups,
    full_organisations,
    give_shares,
    shares_needed,
    shortages,
    take_shares_anyway,
    take_shares_together,
)

PROMOTED_AT_ONCE = 500
MOST_OFFERS = 3
"""After so many offers that ran out unanswered nobody is asked again; the registrar still can seat them."""
SHORTEST_OFFER = timedelta(hours=1)
"""When the event begins sooner than this, there is no time to ask: the seat is given at once."""


def lock(registration: Registration) -> None:
    """Hold the event's seats, then the registration, and read its state anew.

    Two cancellations of one registration cannot give its seat back twice.
    """
    lock_seats(registration.event_id)
    db.session.execute(select(Registration.id).where(Registration.id == registration.id).with_for_update()).all()
    db.session.refresh(registration, ["state", "mode", "active_email", "waiting_since", "offer_expires_at"])


def lock_seats(event_id: int) -> None:
    """Hold the seats of every mode of an event."""
    db.session.execute(select(Seats.id).where(Seats.event_id == event_id).order_by(Seats.id).with_for_update()).all()


def place(registration: Registration, *, at: datetime) -> None:
    """Give someone without a place a seat, or a place in the queue. The registration need not be stored yet."""
    place_together([registration], at=at)


def place_together(party: Sequence[Registration], *, at: datetime) -> None:
    """Give people who come together, in one mode, a seat each, or all of them places in the queue."""
    first = party[0]
    seated = _take_seat(first.event_id, first.mode, len(party))
    if seated and not take_shares_together(party):
        # The room has seats, but not for these categories, organisations or delegations.
        _change(first, taken=-len(party), waiting=+len(party))
        seated = False
    for registration in party:
        registration.state = State.CONFIRMED if seated else State.WAITLISTED
        registration.confirmed_at = at if seated else None
        registration.waiting_since = None if seated else at
        registration.offer_expires_at = None


_counts: Any = Seats.__table__
_MINE = (_counts.c.event_id == bindparam("of_event"), _counts.c.mode == bindparam("of_mode"))
_FREE = or_(
    _counts.c.capacity.is_(None),
    (_counts.c.taken + bindparam("size") <= _counts.c.capacity) & (_counts.c.waiting == 0),
)
# Built once: a rush of people registers through these two.
_SEAT = (
    update(_counts)
    .where(*_MINE)
    .values(
        taken=_counts.c.taken + case((_FREE, bindparam("size")), else_=0),
        waiting=_counts.c.waiting + case((_FREE, 0), else_=bindparam("size")),
    )
    .returning(_counts.c.capacity, _counts.c.waiting)
)
_COUNTED = select(_counts.c.capacity, _counts.c.taken).where(*_MINE).with_for_update()


def _take_seat(event_id: int, mode: str, size: int = 1) -> bool:
    """Take seats for a party or join the queue by one conditional UPDATE; True when seated.

    The condition is checked by the database while it holds the row, so no two requests take the same seat. Nobody is
    seated while others wait, so where a limit holds the queue tells which of the two it was.
    """
    asked = {"of_event": event_id, "of_mode": mode, "size": size}
    capacity, waiting = db.session.connection().execute(_SEAT, asked).one()
    for counted in db.session.identity_map.values():
        if isinstance(counted, Seats):
            db.session.expire(counted, ["taken", "waiting"])
    return capacity is None or waiting == 0


def _change(registration: Registration, *, taken: int = 0, waiting: int = 0) -> None:
    db.session.execute(
        update(Seats)
        .where(
            Seats.event_id == registration.event_id,
            Seats.mode == registration.mode,
            Seats.taken + taken >= 0,
            Seats.waiting + waiting >= 0,
        )
        .values(taken=Seats.taken + taken, waiting=Seats.waiting + waiting)
    )


def release(registration: Registration) -> None:
    """Give back what a locked registration holds: its seat and shares, or its place in the queue."""
    if registration.holds_seat:
        _change(registration, taken=-1)
        give_shares(registration)
    elif registration.state == State.WAITLISTED:
        _change(registration, waiting=-1)
    registration.offer_expires_at = None


def seat_at_any_rate(registration: Registration) -> None:
    """Count a seat for a locked registration that has none, whatever the capacity."""
    _change(registration, taken=+1, waiting=-1 if registration.state == State.WAITLISTED else 0)


def take_over(successor: Registration) -> None:
    """Count for a successor the place that `release` gave back, while the event's seats have been held since."""
    if successor.holds_seat:
        _change(successor, taken=+1)
        take_shares_anyway(successor)
    elif successor.state == State.WAITLISTED:
        _change(successor, waiting=+1)


def back_to_queue(registration: Registration, *, at: datetime) -> None:
    """Take an offered seat back; the one who let it pass waits behind the others. The registration is locked."""
    _change(registration, taken=-1, waiting=+1)
    give_shares(registration)
    registration.offer_expires_at, registration.waiting_since = None, at


def promote_waiting(event_id: int, mode: str, *, at: datetime, newcomers: Collection[Registration] = ()) -> int:
    """Give free seats to those who wait, in order; return how many.

    Someone whose category, organisation or delegation has its share already is passed over and keeps their place.
    People who wait together are seated together: while the free seats are too few for the first party, nobody behind
    it is seated, unless the organiser allowed that. A party larger than there are seats at all holds nobody up.

    With offers switched on the seat is kept for the person until they answer. *newcomers* register just now: seated
    without an offer and without a mail of its own.
    """
    promoted = 0
    # One promotion at a time, so that the order holds.
    capacity, taken = ask(_COUNTED, of_event=event_id, of_mode=mode).one()
    if capacity is not None and taken >= capacity:
        return 0
    settings, held = settings_of(event_id), Held()
    while promoted < PROMOTED_AT_ONCE and (capacity is None or taken + promoted < capacity):
        left = None if capacity is None else capacity - taken - promoted
        party = _first_to_seat(settings, mode, held, left if settings.parties_overtaken else capacity)
        if not party:
            break
        # For one person alone the query has looked already.
        lacking = list(shortages(party)) if len(party) > 1 else []
        if lacking or held.stops(party):
            held.pass_over(party, lacking, overtaken=settings.parties_overtaken)
            continue
        if (left is not None and len(party) > left) or not _pass_seats_to(party):
            break
        _seat(party, settings, newcomers, at)
        db.session.flush()  # the next ones are found by the state in the database
        promoted += len(party)
    return promoted


@dataclass
class Held:
    """Whom one promotion has passed over, and what it keeps for them from those behind."""

    waiting: set[int] = field(default_factory=set)
    shares: set[Share] = field(default_factory=set)

    def stops(self, party: Sequence[Registration]) -> bool:
        """Whether a party would take what is kept for one before it."""
        return not self.shares.isdisjoint(shares_needed(party))

    def pass_over(self, party: Sequence[Registration], lacking: Iterable[Shortage], *, overtaken: bool) -> None:
        """Go on behind a party. What it lacks is kept for it, unless that can never be enough or may be overtaken."""
        self.waiting |= {one.id for one in party}
        if len(party) > 1 and not overtaken:
            self.shares |= {short.share for short in lacking if not short.for_good}

    def of(self, kind: str) -> list[str]:
        """The keys of one kind of share that are kept."""
        return [share.key for share in self.shares if share.kind == kind]


def _first_to_seat(settings: FormSettings, mode: str, held: Held, largest: int | None) -> Sequence[Registration]:
    """The first who could sit down, with everybody who waits together with them; of at most *largest* people."""
    waiting = _to_seat(settings, mode).where(
        Registration.id.not_in(held.waiting),
        Registration.category.not_in(held.of("category")),
        Registration.group_key.not_in(held.of("group")),
        or_(Registration.group_key != "", Registration.organisation_key.not_in(held.of("organisation"))),
    )
    if largest is not None:
        waiting = waiting.where(or_(Registration.party.is_(None), queries.party_size() <= largest))
    first = db.session.scalar(waiting.limit(1))
    return queries.waiting_together(first) if first else []


def _to_seat(settings: FormSettings, mode: str) -> Select[Registration]:
    """Those who wait and could sit down, first come first."""
    waiting = queries.waiting_in_order(settings.event_id, mode).where(
        Registration.offers_made < MOST_OFFERS,
        Registration.category.not_in(full_categories(settings.event_id, mode)),
        Registration.group_key.not_in(full_groups(settings.event_id, mode)),
    )
    if settings.organisation_cap is None or mode != Mode.IN_PERSON:
        return waiting
    full = full_organisations(settings.event_id, settings.organisation_cap)
    return waiting.where(or_(Registration.group_key != "", Registration.organisation_key.not_in(full)))


def _pass_seats_to(party: Sequence[Registration]) -> bool:
    first, size = party[0], len(party)
    seat = Seats.event_id == first.event_id, Seats.mode == first.mode
    free = or_(Seats.capacity.is_(None), Seats.taken + size <= Seats.capacity)
    seated = db.session.execute(
        update(Seats)
        .where(*seat, free, Seats.waiting >= size)
        .values(taken=Seats.taken + size, waiting=Seats.waiting - size)
        .returning(Seats.id)
    )
    if seated.scalar() is None:
        return False
    if take_shares_together(party):
        return True
    _change(first, taken=-size, waiting=+size)
    return False


def _seat(
    party: Sequence[Registration], settings: FormSettings, newcomers: Collection[Registration], at: datetime
) -> None:
    for one in party:
        is_new = one in newcomers
        until = None if is_new else _offered_until(one.event, settings, at)
        if until is None:
            _confirm(one, at=at, told=not is_new)
        else:
            _offer(one, until)


def _offered_until(event: Event, settings: FormSettings, at: datetime) -> datetime | None:
    if settings.offer_hours is None:
        return None
    begins = datetime.combine(event.starts_on, time(), ZoneInfo(event.time_zone))
    until = min(at + timedelta(hours=settings.offer_hours), begins)
    return until if until - at >= SHORTEST_OFFER else None


def _confirm(first: Registration, *, at: datetime, told: bool) -> None:
    first.state, first.confirmed_at, first.waiting_since = State.CONFIRMED, at, None
    if told:
        record("promote", first, event_id=first.event_id, before={"state": State.WAITLISTED})
        notices.promoted(first)


def _offer(first: Registration, until: datetime) -> None:
    first.offer_expires_at = until
    first.offers_made += 1
    record("offer seat", first, event_id=first.event_id, after={"until": until.isoformat()})
    notices.offered(first)


@every(minutes=1)
def fill_free_seats() -> None:
    """Seat those who wait wherever an organiser has raised a capacity."""
    moment = now()
    gaps = select(Seats.event_id, Seats.mode).where(
        Seats.waiting > 0, or_(Seats.capacity.is_(None), Seats.taken < Seats.capacity)
    )
    for event_id, mode in db.session.execute(gaps).all():
        promote_waiting(event_id, mode, at=moment)
