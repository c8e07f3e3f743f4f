"""Reading checkpoints, devices, scans: who is inside, what happened lately, what contradicts itself."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from inser_events.accounts.models import User
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
from inser_events.events.models import Event, TeamRole
from inser_events.events.queries import events_of
from inser_events.registration.models import Registration, State

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
    found = db.session.scalar(select(Checkpoint).where(Checkpoint.event_id == event.id, Checkpoint.uid == uid))
    if found is None:
        raise NoSuchCheckpoint
    return found


def devices_of(event: Event) -> Sequence[Device]:
    """Paired devices, those that may still scan first."""
    return db.session.scalars(
        select(Device)
        .where(Device.event_id == event.id)
        .order_by(Device.revoked_at.is_not(None), Device.last_seen_at.is_(None), Device.last_seen_at.desc(), Device.id)
    ).all()


def find_device(event: Event, uid: str) -> Device:
    """One of the event's devices. Raises NoSuchDevice."""
    found = db.session.scalar(select(Device).where(Device.event_id == event.id, Device.uid == uid))
    if found is None:
        raise NoSuchDevice
    return found


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


def arrived(event: Event, area: str = VENUE) -> dict[str, int]:
    """How many people have been admitted to an area at least once, per mode."""
    rows = db.session.execute(
        select(Registration.mode, func.count())
        .join(Presence, Presence.registration_id == Registration.id)
        .where(Presence.event_id == event.id, Presence.area == area, Presence.first_at.is_not(None))
        .group_by(Registration.mode)
    )
    return {row[0]: row[1] for row in rows}


def expected(event: Event) -> dict[str, int]:
    """Confirmed registrations per mode."""
    rows = db.session.execute(
        select(Registration.mode, func.count())
        .where(Registration.event_id == event.id, Registration.state == State.CONFIRMED)
        .group_by(Registration.mode)
    )
    return {row[0]: row[1] for row in rows}


def recent_scans(event: Event, limit: int = 50) -> Sequence[Any]:
    """The last scans, failed ones included, each with person, door and device (None where there is none)."""
    return db.session.execute(
        select(Scan, Registration, Checkpoint, Device)
        .outerjoin(Registration, Registration.id == Scan.registration_id)
        .outerjoin(Checkpoint, Checkpoint.id == Scan.checkpoint_id)
        .outerjoin(Device, Device.id == Scan.device_id)
        .where(Scan.event_id == event.id)
        .order_by(Scan.received_at.desc(), Scan.scanned_at.desc(), Scan.id)
        .limit(limit)
    ).all()


def repeats_of(event: Event, limit: int = 20) -> Sequence[ScanRepeat]:
    """Scan ids that came again with other content."""
    return db.session.scalars(
        select(ScanRepeat).where(ScanRepeat.event_id == event.id).order_by(ScanRepeat.id.desc()).limit(limit)
    ).all()


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
    decisions = {
        (decision.first_id, decision.second_id): decision
        for decision in db.session.scalars(select(ConflictDecision).where(ConflictDecision.event_id == event.id))
    }
    found = [
        Conflict(first, second, decisions.get((first.id, second.id)))  # type: ignore[arg-type] # the facts are scans
        for stay in stays(facts, ZoneInfo(event.time_zone)).values()
        for first, second in stay.doubles
    ]
    found.sort(key=lambda conflict: (conflict.second.scanned_at, conflict.second.id), reverse=True)
    return sorted(found, key=lambda conflict: conflict.decision is not None)


def let_in_by_mistake(event: Event, limit: int = 50) -> Sequence[Any]:
    """Scans whose device, alone, let somebody in whom the server would have refused."""
    return db.session.execute(
        select(Scan, Registration)
        .outerjoin(Registration, Registration.id == Scan.registration_id)
        .where(
            Scan.event_id == event.id,
            Scan.offline,
            Scan.shown == Outcome.ADMITTED,
            Scan.outcome.not_in(COUNTED),
        )
        .order_by(Scan.scanned_at.desc())
        .limit(limit)
    ).all()


def people_of(event: Event, ids: set[int | None]) -> dict[int, Registration]:
    """Some registrations by id."""
    rows = db.session.scalars(
        select(Registration).where(Registration.event_id == event.id, Registration.id.in_([i for i in ids if i]))
    )
    return {registration.id: registration for registration in rows}
