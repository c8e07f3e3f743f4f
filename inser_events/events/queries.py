"""Finding events."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from sqlalchemy import Row, Select, bindparam, func, select
from sqlalchemy.orm import selectinload
from sqlalchemy.orm.attributes import set_committed_value

from inser_events.accounts.models import User
from inser_events.audit import AuditEntry
from inser_events.database import Model, db, find_or_raise
from inser_events.errors import Refused
from inser_events.events import cards
from inser_events.events.cards import EventCard
from inser_events.events.errors import NoSuchEvent, NoSuchMember, NoSuchRoom
from inser_events.events.models import Event, Room, Seats, TeamMember, TeamRole

Found = TypeVar("Found", bound=Model)

# Built once: nearly every request begins with it, and building costs more than asking.
_BY_SLUG = select(Event).where(Event.slug == bindparam("slug"))


def find_event(slug: str) -> Event:
    """The event at this address, published or not. Raises NoSuchEvent."""
    event = db.session.scalar(_BY_SLUG, {"slug": slug})
    if event is None:
        raise NoSuchEvent
    return event


_SEATS = select(Seats).where(Seats.event_id == bindparam("event_id"))


def read_seats(event: Event) -> None:
    """Read the event's seats now, by a statement built once, instead of when they are first asked for."""
    set_committed_value(event, "seats", list(db.session.scalars(_SEATS, {"event_id": event.id})))


def of_event(model: type[Found], event: Event, uid: str, missing: Refused | type[Refused]) -> Found:
    """What *event* has of this kind under the uid. Raises *missing*."""
    table: Any = model
    wanted: Select[Found] = select(table).where(table.event_id == event.id, table.uid == uid)
    return find_or_raise(wanted, missing if isinstance(missing, type) else lambda: missing)


def find_room(event: Event, uid: str) -> Room:
    """One of the event's rooms. Raises NoSuchRoom."""
    return of_event(Room, event, uid, NoSuchRoom)


def find_team_member(event: Event, user_id: int) -> TeamMember:
    """A user's place on the team. Raises NoSuchMember."""
    return find_or_raise(
        select(TeamMember).where(TeamMember.event_id == event.id, TeamMember.user_id == user_id), NoSuchMember
    )


def published_events() -> Sequence[Event]:
    """Every event that has a release, soonest first."""
    return db.session.scalars(select(Event).where(Event.published_at.is_not(None)).order_by(Event.starts_on)).all()


def today_in(event: Event, at: datetime) -> date:
    """The event's own date at an aware moment."""
    return at.astimezone(ZoneInfo(event.time_zone)).date()


def registration_state(event: Event, at: datetime) -> str:
    """``open``, ``not_yet``, ``closed``, ``past`` or ``cancelled``. The period ends just before its closing time."""
    if event.cancelled_at:
        return "cancelled"
    if event.ends_on < today_in(event, at):
        return "past"
    if event.registration_opens_at and at < event.registration_opens_at:
        return "not_yet"
    if event.registration_closes_at and at >= event.registration_closes_at:
        return "closed"
    return "open" if event.modes else "closed"


def event_cards(at: datetime, *, network: str = "") -> list[EventCard]:
    """Every published event as of *at*, soonest first; only those of one network when its slug is given."""
    published = select(Event).where(Event.published_at.is_not(None)).options(selectinload(Event.seats))
    every = (_card_of(event, at) for event in db.session.scalars(published))
    chosen = (card for card in every if not network or card.network_slug == network)
    return sorted(chosen, key=lambda card: (card.starts_on, card.ends_on, card.slug))


def _card_of(event: Event, at: datetime) -> EventCard:
    card = cards.load(event.published_card)
    return EventCard(
        slug=event.slug,
        name=card.name,
        tagline=card.tagline,
        kind=card.kind,
        starts_on=card.starts_on,
        ends_on=card.ends_on,
        city=card.city,
        country=card.country,
        modes=card.modes,
        network_slug=card.network_slug,
        network_acronym=card.network_acronym,
        is_sample=card.is_sample,
        cancelled=card.cancelled or event.cancelled_at is not None,
        past=card.ends_on < today_in(event, at),
        registration_open=not card.cancelled and registration_state(event, at) == "open",
    )


def events_of(user: User) -> Sequence[Row[Event, str]]:
    """Events on whose team the user is, each with the user's role; all, as owner, for administrators."""
    if user.is_administrator:
        mine_too = (TeamMember.event_id == Event.id) & (TeamMember.user_id == user.id)
        everything = (
            select(Event, func.coalesce(TeamMember.role, TeamRole.OWNER))
            .outerjoin(TeamMember, mine_too)
            .options(selectinload(Event.seats))
        )
        return db.session.execute(everything.order_by(Event.starts_on.desc(), Event.id)).all()
    mine = select(Event, TeamMember.role).join(TeamMember).where(TeamMember.user_id == user.id)
    in_order = mine.options(selectinload(Event.seats)).order_by(Event.starts_on.desc(), Event.id)
    return db.session.execute(in_order).all()


def team_of(event: Event) -> Sequence[TeamMember]:
    """The team, in the order people joined it."""
    return db.session.scalars(select(TeamMember).where(TeamMember.event_id == event.id).order_by(TeamMember.id)).all()


def seats_of(event_id: int) -> Sequence[Seats]:
    """Capacity and seats taken per offered mode, in person first."""
    return db.session.scalars(select(Seats).where(Seats.event_id == event_id, Seats.offered).order_by(Seats.mode)).all()


def history_of(
    event: Event, *, page: int = 1, size: int = 50, team_only: bool = False
) -> tuple[Sequence[AuditEntry], int]:
    """One page of what was done in the event, newest first, and how many pages there are.

    *team_only* leaves out what visitors did, such as registering.
    """
    mine = AuditEntry.event_id == event.id
    if team_only:
        mine &= AuditEntry.user_id.is_not(None)
    total = db.session.scalar(select(func.count()).select_from(AuditEntry).where(mine)) or 0
    pages = max(1, -(-total // size))
    first = (min(max(1, page), pages) - 1) * size
    entries = select(AuditEntry).where(mine).order_by(AuditEntry.at.desc(), AuditEntry.id.desc())
    return db.session.scalars(entries.limit(size).offset(first)).all(), pages
