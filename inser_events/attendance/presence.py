"""Who was there, and for how long, as far as the doors saw it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Select, func, select

from inser_events.checkin.models import VENUE, Direction, Presence, Scan
from inser_events.checkin.projection import Fact, passages
from inser_events.database import db
from inser_events.events.models import Event, Mode
from inser_events.registration.models import Registration, State

AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Attendance:
    """Days on which a person was seen, and minutes where every entry has its exit."""

    days: int
    minutes: int | None
    modes: frozenset[Mode] = frozenset({Mode.IN_PERSON})
    """Where: in the room, online, or both, which counts once."""


def attended(event: Event) -> Select[Registration]:
    """Everyone confirmed whom a door has let in at least once, by id."""
    inside = select(Presence.registration_id).where(Presence.event_id == event.id, Presence.first_at.is_not(None))
    return (
        select(Registration)
        .where(Registration.event_id == event.id, Registration.state == State.CONFIRMED, Registration.id.in_(inside))
        .order_by(Registration.id)
    )


def attended_count(event: Event) -> int:
    """How many that are."""
    return db.session.scalar(select(func.count()).select_from(attended(event).order_by(None).subquery())) or 0


def attendances(event: Event, registration_ids: Sequence[int]) -> dict[int, Attendance]:
    """What the doors say of some people; whoever was never let in is not in the answer."""
    scans = db.session.scalars(
        select(Scan).where(Scan.event_id == event.id, Scan.registration_id.in_(registration_ids))
    )
    walks: dict[int, list[Fact]] = {}
    for fact in passages(scans):
        if fact.registration_id is not None:
            walks.setdefault(fact.registration_id, []).append(fact)
    zone = ZoneInfo(event.time_zone)
    found = {person: _attendance(walk, zone) for person, walk in walks.items()}
    return {person: attendance for person, attendance in found.items() if attendance.days}


def _attendance(walk: Iterable[Fact], zone: ZoneInfo) -> Attendance:
    by_day: dict[date, list[Fact]] = {}
    for fact in walk:
        by_day.setdefault(fact.scanned_at.astimezone(zone).date(), []).append(fact)
    stays = [_stay(facts) for facts in by_day.values() if any(fact.direction == Direction.IN for fact in facts)]
    if None in stays:
        return Attendance(len(stays), None)
    return Attendance(len(stays), round(sum((stay for stay in stays if stay), timedelta()).total_seconds() / 60))


def _stay(facts: list[Fact]) -> timedelta | None:
    """How long somebody was inside on a day; None when an exit was not seen.

    The entrance of the venue counts where one was scanned; else the doors of the rooms, one after the other.
    """
    doors = [fact for fact in facts if fact.area == VENUE] or facts
    inside, total = None, timedelta()
    for fact in doors:
        if fact.direction == Direction.OUT:
            total += fact.scanned_at - inside if inside else timedelta()
            inside = None
        elif inside is None:
            inside = fact.scanned_at
    return None if inside else total
