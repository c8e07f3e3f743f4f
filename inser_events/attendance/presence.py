"""Who was there, and for how long: as the doors saw it, as reports of meetings tell, and by the way into the call.

Somebody in the room and online at the same time counts once; what is known of either is kept.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from zoneinfo import ZoneInfo

from sqlalchemy import Select, func, or_, select

from inser_events.attendance.meetings.intervals import merge
from inser_events.attendance.online import Interval, Online, length, online_at, online_of
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


@dataclass(slots=True)
class _Day:
    """All that is known of a person on a day."""

    in_room: bool = False
    open: bool = False
    """Somebody was let in and nobody saw them leave."""
    online: bool = False
    intervals: list[Interval] = field(default_factory=list)
    untimed: float = 0.0
    """Minutes online that a report does not place."""

    def minutes(self) -> float | None:
        """How long they were there; None when that is not known."""
        if self.open or not (self.in_room or self.intervals or self.untimed):
            return None
        timed = length(merge(self.intervals)).total_seconds() / 60
        # Minutes without times may be the very minutes in the room: nobody gets them twice.
        return max(timed, self.untimed) if self.in_room else timed + self.untimed


def attended(event: Event) -> Select[Registration]:
    """Everyone with a place whom a door has let in or who was online, by id.

    Who waits for a seat in the room has online access meanwhile: what they saw online counts.
    """
    inside = select(Presence.registration_id).where(Presence.event_id == event.id, Presence.first_at.is_not(None))
    online = Registration.id.in_(online_at(event))
    return (
        select(Registration)
        .where(
            Registration.event_id == event.id,
            or_(
                (Registration.state == State.CONFIRMED) & or_(Registration.id.in_(inside), online),
                (Registration.state == State.WAITLISTED) & online,
            ),
        )
        .order_by(Registration.id)
    )


def attended_count(event: Event) -> int:
    """How many that are."""
    return db.session.scalar(select(func.count()).select_from(attended(event).order_by(None).subquery())) or 0


def attendances(event: Event, registration_ids: Sequence[int]) -> dict[int, Attendance]:
    """What is known of some people; whoever was never let in nor online is not in the answer."""
    scans = db.session.scalars(
        select(Scan).where(Scan.event_id == event.id, Scan.registration_id.in_(registration_ids))
    )
    walks: dict[int, list[Fact]] = {}
    for fact in passages(scans):
        if fact.registration_id is not None:
            walks.setdefault(fact.registration_id, []).append(fact)
    online, zone = online_of(event, registration_ids), ZoneInfo(event.time_zone)
    found = {
        person: _attendance(walks.get(person, ()), online.get(person), zone)
        for person in dict.fromkeys([*walks, *online])
    }
    return {person: attendance for person, attendance in found.items() if attendance.days}


def _attendance(walk: Iterable[Fact], online: Online | None, zone: ZoneInfo) -> Attendance:
    days = _in_room(walk, zone)
    if online:
        _add_online(days, online, zone)
    minutes = [day.minutes() for day in days.values()]
    known = [one for one in minutes if one is not None]
    modes = {Mode.IN_PERSON for day in days.values() if day.in_room} | {
        Mode.ONLINE for day in days.values() if day.online
    }
    return Attendance(len(days), round(sum(known)) if len(known) == len(minutes) else None, frozenset(modes))


def _in_room(walk: Iterable[Fact], zone: ZoneInfo) -> dict[date, _Day]:
    by_day: dict[date, list[Fact]] = {}
    for fact in walk:
        by_day.setdefault(fact.scanned_at.astimezone(zone).date(), []).append(fact)
    return {day: _stay(facts) for day, facts in by_day.items() if any(fact.direction == Direction.IN for fact in facts)}


def _stay(facts: list[Fact]) -> _Day:
    """When somebody was inside on a day.

    The entrance of the venue counts where one was scanned; else the doors of the rooms, one after the other.
    """
    doors = [fact for fact in facts if fact.area == VENUE] or facts
    inside, intervals = None, []
    for fact in doors:
        if fact.direction == Direction.OUT:
            if inside:
                intervals.append((inside, fact.scanned_at))
            inside = None
        elif inside is None:
            inside = fact.scanned_at
    return _Day(in_room=True, open=inside is not None, intervals=intervals)


def _add_online(days: dict[date, _Day], online: Online, zone: ZoneInfo) -> None:
    """Put what is known of online beside the room; a stay over midnight counts for the day on which it began."""

    def on(day: date) -> _Day:
        found = days.setdefault(day, _Day())
        found.online = True
        return found

    for start, end in merge(online.intervals):
        on(start.astimezone(zone).date()).intervals.append((start, end))
    for day, minutes in online.untimed.items():
        on(day).untimed = sum(minutes.values())
    for day in online.days:
        on(day)
