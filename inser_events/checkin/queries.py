"""Reading checkpoints, devices, scans: who is inside, what happened lately, what contradicts itself."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, literal, or_, select, tuple_

from inser_events.accounts.models import User
from inser_events.agenda.models import Session
from inser_events.checkin.errors import NoSuchCheckpoint, NoSuchDevice
from inser_events.checkin.models import (
    COUNTED,
    VENUE,
    Checkpoint,
    ConflictDecision,
    Device,
    Direction,
    Outcome,
    Presence,
    Scan,
    ScanRepeat,
)
from inser_events.checkin.projection import Fact, stays
from inser_events.database import db
from inser_events.events.models import Event, Room, TeamRole
from inser_events.events.queries import events_of, of_event
from inser_events.people.search import fold
from inser_events.registration.capacity_models import SessionSeats
from inser_events.registration.models import Registration

REFUSED = "refused"
SCANNING_ROLES = frozenset({TeamRole.OWNER, TeamRole.EDITOR, TeamRole.REGISTRAR, TeamRole.DOOR})


def scannable_events(user: User, at: datetime) -> list[Event]:
    """Events the user may scan for: those under way first, then the coming ones, then the past."""
    mine = [event for event, role in events_of(user) if role in SCANNING_ROLES and event.cancelled_at is None]

    def distance(event: Event) -> tuple[int, int]:
        today = at.astimezone(ZoneInfo(event.time_zone)).date()
        if today > event.ends_on:
            return 2, (today - event.ends_on).days
        return (0, 0) if today >= event.starts_on else (1, (event.starts_on - today).days)

    return sorted(mine, key=distance)


def doors_of(event_ids: Sequence[int]) -> dict[int, list[Checkpoint]]:
    """The doors of several events."""
    found: dict[int, list[Checkpoint]] = {}
    for door in db.session.scalars(
        select(Checkpoint).where(Checkpoint.event_id.in_(event_ids)).order_by(Checkpoint.position, Checkpoint.id)
    ):
        found.setdefault(door.event_id, []).append(door)
    return found


def checkpoints_of(event: Event) -> Sequence[Checkpoint]:
    """The doors, in the organiser's order."""
    return db.session.scalars(
        select(Checkpoint).where(Checkpoint.event_id == event.id).order_by(Checkpoint.position, Checkpoint.id)
    ).all()


def find_checkpoint(event: Event, uid: str) -> Checkpoint:
    """One of the event's doors. Raises NoSuchCheckpoint."""
    return of_event(Checkpoint, event, uid, NoSuchCheckpoint)


def behind(door: Checkpoint) -> Room | Session | None:
    """The room or the session that a door leads to, if it is one of the event's."""
    if door.session_uid:
        return db.session.scalar(
            select(Session).where(Session.event_id == door.event_id, Session.uid == door.session_uid)
        )
    return door.room


def sessions_of(event: Event) -> Sequence[Session]:
    """The sessions of the draft, in time."""
    return db.session.scalars(
        select(Session)
        .where(Session.event_id == event.id, Session.withdrawn_at.is_(None))
        .order_by(Session.starts_at, Session.id)
    ).all()


def sessions_with_sign_up(event: Event) -> set[str]:
    """Those that people sign up for."""
    return set(db.session.scalars(select(SessionSeats.session_uid).where(SessionSeats.event_id == event.id)))


def devices_of(event: Event) -> Sequence[Device]:
    """Paired devices, those that may still scan first."""
    return db.session.scalars(
        select(Device)
        .where(Device.event_id == event.id)
        .order_by(Device.revoked_at.is_not(None), Device.last_seen_at.is_(None), Device.last_seen_at.desc(), Device.id)
    ).all()


def find_device(event: Event, uid: str) -> Device:
    """One of the event's devices. Raises NoSuchDevice."""
    return of_event(Device, event, uid, NoSuchDevice)


def local_day(event: Event, at: datetime) -> date:
    """The day of a moment where the event is."""
    return at.astimezone(ZoneInfo(event.time_zone)).date()


def board_day(event: Event, at: datetime) -> date:
    """The day the board shows: today while the event runs, else the day of the last passage."""
    today = local_day(event, at)
    if event.starts_on <= today <= event.ends_on:
        return today
    return db.session.scalar(select(func.max(Presence.day)).where(Presence.event_id == event.id)) or today


def inside(event: Event, day: date, area: str = VENUE) -> dict[str, int]:
    """How many people are inside an area at the end of what was scanned on *day*, per mode."""
    rows = db.session.execute(
        select(Registration.mode, func.count())
        .join(Presence, Presence.registration_id == Registration.id)
        .where(
            Presence.event_id == event.id,
            Presence.area == area,
            Presence.day == day,
            Presence.direction == Direction.IN,
        )
        .group_by(Registration.mode)
    )
    return {row[0]: row[1] for row in rows}


@dataclass(frozen=True)
class Chosen:
    """Which scans to show. Empty: all."""

    outcome: str = ""
    """An `Outcome`, or ``refused`` for all that let nobody pass."""
    door: str = ""
    device: str = ""
    query: str = ""
    before: tuple[datetime, str] | None = None
    """Where the page before ended: when the last one was received, and its id."""


def scans_of(event: Event, chosen: Chosen | None = None, limit: int = 50) -> Sequence[Any]:
    """Scans as they came in, the last first: each with person, door and device (None where there is none)."""
    chosen = chosen or Chosen()
    query = (
        select(Scan, Registration, Checkpoint, Device)
        .outerjoin(Registration, Registration.id == Scan.registration_id)
        .outerjoin(Checkpoint, Checkpoint.id == Scan.checkpoint_id)
        .outerjoin(Device, Device.id == Scan.device_id)
        .where(Scan.event_id == event.id)
    )
    if chosen.outcome == REFUSED:
        query = query.where(Scan.outcome.not_in(COUNTED))
    elif chosen.outcome in set(Outcome):
        query = query.where(Scan.outcome == chosen.outcome)
    if chosen.door:
        query = query.where(Checkpoint.uid == chosen.door)
    if chosen.device:
        query = query.where(Device.uid == chosen.device)
    for word in fold(chosen.query).split():
        known = Registration.search_text.contains(word, autoescape=True)
        query = query.where(or_(known, func.lower(Scan.ticket_text).contains(word, autoescape=True)))
    if chosen.before is not None:
        received, last_id = chosen.before
        end = tuple_(literal(received, Scan.received_at.type), literal(last_id))
        query = query.where(tuple_(Scan.received_at, Scan.id) < end)
    return db.session.execute(query.order_by(Scan.received_at.desc(), Scan.id.desc()).limit(limit)).all()


def repeats_of(event: Event) -> Sequence[Any]:
    """Scan ids that came again with other content: the number of the repeat, the scan's id, and when it came."""
    return db.session.execute(
        select(ScanRepeat.id, Scan.id, ScanRepeat.received_at)
        .join(Scan, (Scan.event_id == ScanRepeat.event_id) & (Scan.id == ScanRepeat.scan_id))
        .where(ScanRepeat.event_id == event.id)
    ).all()


def scans_by_id(event: Event, ids: Collection[str]) -> dict[str, Scan]:
    """Some scans of an event."""
    mine = select(Scan).where(Scan.event_id == event.id, Scan.id.in_(ids))
    return {scan.id: scan for scan in db.session.scalars(mine)}


def repeats_by_id(event: Event, ids: Collection[int]) -> dict[int, ScanRepeat]:
    """Some repeats of an event."""
    mine = select(ScanRepeat).where(ScanRepeat.event_id == event.id, ScanRepeat.id.in_(ids))
    return {repeat.id: repeat for repeat in db.session.scalars(mine)}


def decisions_of(event: Event) -> dict[tuple[str, str], ConflictDecision]:
    """What was decided, by the pair of ids it is about."""
    return {
        (decision.first_id, decision.second_id): decision
        for decision in db.session.scalars(select(ConflictDecision).where(ConflictDecision.event_id == event.id))
    }


@dataclass(frozen=True)
class Conflict:
    """Two scans by which two devices let one ticket in."""

    first: Scan
    second: Scan
    decision: ConflictDecision | None

    @property
    def minutes_apart(self) -> int:
        """Whole minutes between the two."""
        return int((self.second.scanned_at - self.first.scanned_at).total_seconds() // 60)


def conflicts(event: Event) -> list[Conflict]:
    """All of them, those still to be settled first, newest first."""
    suspects = (
        select(Scan.registration_id)
        .where(Scan.event_id == event.id, Scan.outcome.in_(COUNTED), Scan.direction == Direction.IN)
        .group_by(Scan.registration_id)
        .having(func.count(Scan.device_id.distinct()) > 1)
    )
    facts: Sequence[Fact] = db.session.scalars(
        select(Scan).where(Scan.event_id == event.id, Scan.registration_id.in_(suspects))
    ).all()
    decisions = decisions_of(event)
    found = [
        Conflict(first, second, decisions.get((first.id, second.id)))  # type: ignore[arg-type] # the facts are scans
        for stay in stays(facts, ZoneInfo(event.time_zone)).values()
        for first, second in stay.doubles
    ]
    found.sort(key=lambda conflict: (conflict.second.scanned_at, conflict.second.id), reverse=True)
    return sorted(found, key=lambda conflict: conflict.decision is not None)


def let_in_by_mistake(event: Event) -> Sequence[Any]:
    """Id and time of the scans whose device, alone, let somebody in whom the server would have refused."""
    return db.session.execute(
        select(Scan.id, Scan.scanned_at).where(
            Scan.event_id == event.id,
            Scan.offline,
            Scan.shown == Outcome.ADMITTED,
            Scan.outcome.not_in(COUNTED),
        )
    ).all()


def people_of(event: Event, ids: set[int | None]) -> dict[int, Registration]:
    """Some registrations by id."""
    rows = db.session.scalars(
        select(Registration).where(Registration.event_id == event.id, Registration.id.in_([i for i in ids if i]))
    )
    return {registration.id: registration for registration in rows}
