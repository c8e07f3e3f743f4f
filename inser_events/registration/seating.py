"""Seats taken, queued for, given back and passed on. Never oversold: see `_take_seat`.

A seat is held by those confirmed, and by those who were offered one and have not answered. Whoever changes a seat
holds the event's `Seats` rows first, then the registration, then shares and sessions: one order for all, so that
PostgreSQL cannot deadlock. On SQLite the writer is alone anyway.
"""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Select, or_, select, update

from inser_events.audit import record
from inser_events.clock import now
from inser_events.database import db
from inser_events.events.models import Event, Mode, Seats
from inser_events.jobs import every
from inser_events.registration import notices, queries
from inser_events.registration.form_models import FormSettings
from inser_events.registration.models import Registration, State
from inser_events.registration.questions import settings_of
from inser_events.registration.shares import full_categories, full_organisations, give_shares, take_shares

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
    seated = _take_seat(registration.event_id, registration.mode)
    if seated and not take_shares(registration):
        # The room has a seat, but not for this category or organisation.
        _change(registration, taken=-1, waiting=+1)
        seated = False
    registration.state = State.CONFIRMED if seated else State.WAITLISTED
    registration.confirmed_at = at if seated else None
    registration.waiting_since = None if seated else at
    registration.offer_expires_at = None


def _take_seat(event_id: int, mode: str) -> bool:
    """Take a seat or join the queue, each by one conditional UPDATE; True when seated.

    The condition is checked by the database while it holds the row, so no two requests take the same seat.
    """
    seat = Seats.event_id == event_id, Seats.mode == mode
    free = or_(Seats.capacity.is_(None), (Seats.taken < Seats.capacity) & (Seats.waiting == 0))
    taken = db.session.execute(update(Seats).where(*seat, free).values(taken=Seats.taken + 1).returning(Seats.id))
    if taken.scalar() is not None:
        return True
    db.session.execute(update(Seats).where(*seat).values(waiting=Seats.waiting + 1))
    return False


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


def back_to_queue(registration: Registration, *, at: datetime) -> None:
    """Take an offered seat back; the one who let it pass waits behind the others. The registration is locked."""
    _change(registration, taken=-1, waiting=+1)
    give_shares(registration)
    registration.offer_expires_at, registration.waiting_since = None, at


def promote_waiting(event_id: int, mode: str, *, at: datetime, newcomer: Registration | None = None) -> int:
    """Give free seats to those who wait, in order; return how many.

    Someone whose category or organisation has its share already is passed over and keeps their place. With offers
    switched on the seat is kept for the person until they answer. *newcomer* registers just now: seated without an
    offer and without a mail of its own.
    """
    promoted = 0
    db.session.flush()  # states changed so far decide who waits
    queue = select(Seats.capacity, Seats.taken).where(Seats.event_id == event_id, Seats.mode == mode)
    row = db.session.execute(queue.with_for_update()).one()  # one promotion at a time, so that the order holds
    if row.capacity is not None and row.taken >= row.capacity:
        return 0
    settings = settings_of(event_id)
    while promoted < PROMOTED_AT_ONCE and (first := _first_to_seat(settings, mode)) is not None:
        if not _pass_seat_to(first):
            break
        until = None if first is newcomer else _offered_until(first.event, settings, at)
        if until is None:
            _confirm(first, at=at, told=first is not newcomer)
        else:
            _offer(first, until)
        db.session.flush()  # the next one is found by the state in the database
        promoted += 1
    return promoted


def _first_to_seat(settings: FormSettings, mode: str) -> Registration | None:
    return db.session.scalar(_to_seat(settings, mode).limit(1))


def _to_seat(settings: FormSettings, mode: str) -> Select[Registration]:
    """Those who wait and could sit down, first come first."""
    waiting = queries.waiting_in_order(settings.event_id, mode).where(
        Registration.offers_made < MOST_OFFERS,
        Registration.category.not_in(full_categories(settings.event_id, mode)),
    )
    if settings.organisation_cap is None or mode != Mode.IN_PERSON:
        return waiting
    return waiting.where(
        Registration.organisation_key.not_in(full_organisations(settings.event_id, settings.organisation_cap))
    )


def _pass_seat_to(first: Registration) -> bool:
    seat = Seats.event_id == first.event_id, Seats.mode == first.mode
    free = or_(Seats.capacity.is_(None), Seats.taken < Seats.capacity)
    seated = db.session.execute(
        update(Seats)
        .where(*seat, free, Seats.waiting > 0)
        .values(taken=Seats.taken + 1, waiting=Seats.waiting - 1)
        .returning(Seats.id)
    )
    if seated.scalar() is None:
        return False
    if take_shares(first):
        return True
    _change(first, taken=-1, waiting=+1)
    return False


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
