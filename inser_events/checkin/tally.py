"""Counting at the door, by the database alone: who is expected, who has arrived, who is inside, minute by minute.

What was counted is kept in memory until a scan or another act comes in, and for no more than some seconds: a board that
ten people watch counts once, and with a hundred thousand registrations it opens as fast as with a thousand.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Select, String, cast, func, select

from inser_events.audit import AuditEntry
from inser_events.checkin import inbox
from inser_events.checkin.models import COUNTED, VENUE, Direction, Presence, Scan
from inser_events.database import db
from inser_events.events.models import Event
from inser_events.lately import Lately
from inser_events.registration.models import Registration, State

WIDTHS = (1, 2, 5, 10, 15, 30, 60)
MOST_COLUMNS = 90
MINUTE = timedelta(minutes=1)
Counts = dict[tuple[str, str], int]
"""By mode and category."""


@dataclass(frozen=True)
class Tally:
    """The numbers of one day."""

    counted_at: datetime
    day: date
    expected: Counts
    """Confirmed registrations."""
    arrived: Counts
    """Who was ever admitted to the venue."""
    inside: Counts
    """Who is in the venue at the end of what was scanned on the day."""
    areas: dict[str, int]
    """Who is inside each area on the day."""
    passed: dict[int | None, int]
    """People let in on the day by each checkpoint."""
    arrivals: list[tuple[datetime, int, int]]
    """By the minute (UTC), who came into the venue for the first time that day: registered before, walk-ins."""
    to_look_at: int
    """Open matters of the inbox."""

    def expected_in(self, mode: str) -> int:
        """Confirmed registrations of one mode."""
        return of_mode(self.expected, mode)

    @property
    def walk_ins(self) -> int:
        """Who registered on the day and came in."""
        return sum(late for _minute, _early, late in self.arrivals)


def of_mode(counts: Counts, mode: str) -> int:
    """All categories of one mode."""
    return sum(number for (one, _category), number in counts.items() if one == mode)


def of_category(counts: Counts, category: str) -> int:
    """Both modes of one category."""
    return sum(number for (_mode, one), number in counts.items() if one == category)


_lately: Lately[Tally] = Lately(128)


def tally(event: Event, day: date, *, at: datetime) -> Tally:
    """The numbers of a day, counted now or kept from a moment ago when nothing has happened since."""
    newest = (
        day,
        db.session.scalar(select(func.max(Scan.received_at)).where(Scan.event_id == event.id)),
        db.session.scalar(select(func.max(AuditEntry.at)).where(AuditEntry.event_id == event.id)),
    )
    return _lately.of(event.uid, newest, at, lambda: count(event, day, at=at))


def count(event: Event, day: date, *, at: datetime) -> Tally:
    """Count everything."""
    people = select(Registration.mode, Registration.category, func.count()).group_by(
        Registration.mode, Registration.category
    )
    here = people.join(Presence, Presence.registration_id == Registration.id).where(
        Presence.event_id == event.id, Presence.area == VENUE
    )
    areas = db.session.execute(
        select(Presence.area, func.count())
        .where(Presence.event_id == event.id, Presence.day == day, Presence.direction == Direction.IN)
        .group_by(Presence.area)
    )
    begin, end = bounds(event, day)
    passed = db.session.execute(
        select(Scan.checkpoint_id, func.count(Scan.registration_id.distinct()))
        .where(*_let_in(event, begin, end))
        .group_by(Scan.checkpoint_id)
    )
    return Tally(
        counted_at=at,
        day=day,
        expected=_counts(people.where(Registration.event_id == event.id, Registration.state == State.CONFIRMED)),
        arrived=_counts(here.where(Presence.first_at.is_not(None))),
        inside=_counts(here.where(Presence.day == day, Presence.direction == Direction.IN)),
        areas={row[0]: row[1] for row in areas},
        passed={row[0]: row[1] for row in passed},
        arrivals=_arrivals(event, begin, end),
        to_look_at=inbox.counts(inbox.sightings(event))["open"],
    )


def bounds(event: Event, day: date) -> tuple[datetime, datetime]:
    """When a day begins and ends where the event is."""
    zone = ZoneInfo(event.time_zone)
    begin, end = (datetime.combine(one, time(), zone).astimezone(UTC) for one in (day, day + timedelta(days=1)))
    return begin, end


def _counts(query: Select[str, str, int]) -> Counts:
    return {(mode, category): number for mode, category, number in db.session.execute(query)}


def _let_in(event: Event, begin: datetime, end: datetime) -> tuple[Any, ...]:
    # Nothing is received before it was scanned, so the index over what was received leaves out the days before.
    return (
        Scan.event_id == event.id,
        Scan.received_at >= begin,
        Scan.scanned_at >= begin,
        Scan.scanned_at < end,
        Scan.direction == Direction.IN,
        Scan.outcome.in_(COUNTED),
        Scan.undoes.is_(None),
    )


def _arrivals(event: Event, begin: datetime, end: datetime) -> list[tuple[datetime, int, int]]:
    first = (
        select(Scan.registration_id, func.min(Scan.scanned_at).label("at"))
        .where(*_let_in(event, begin, end), Scan.area == VENUE)
        .group_by(Scan.registration_id)
        .subquery()
    )
    # Who was only ever scanned by mistake stands nowhere, see `models.Presence`.
    each = (
        select(_minute(first.c.at).label("minute"), (Registration.created_at >= begin).label("late"))
        .select_from(first)
        .join(Registration, Registration.id == first.c.registration_id)
        .join(Presence, (Presence.registration_id == first.c.registration_id) & (Presence.area == VENUE))
        .subquery()
    )
    # Grouped outside: PostgreSQL does not see that two expressions with the same parameters are one.
    rows = db.session.execute(select(each.c.minute, each.c.late, func.count()).group_by(each.c.minute, each.c.late))
    early: Counter[str] = Counter()
    late: Counter[str] = Counter()
    for text, is_late, number in rows:
        (late if is_late else early)[text] += number
    return [
        (datetime.fromisoformat(text).replace(tzinfo=UTC), early[text], late[text]) for text in sorted({*early, *late})
    ]


def _minute(moment: Any) -> Any:
    """``2025-09-15 08:31`` of a moment, in UTC."""
    if db.session.get_bind().dialect.name == "postgresql":
        return func.to_char(func.timezone("UTC", moment), "YYYY-MM-DD HH24:MI")
    return func.substr(cast(moment, String), 1, 16)


def in_columns(
    arrivals: list[tuple[datetime, int, int]], until: datetime
) -> tuple[int, list[tuple[datetime, int, int]]]:
    """Every minute from the first arrival to *until* (or the last), several to a column if need be; and how many."""
    if not arrivals:
        return 1, []
    first = arrivals[0][0]
    last = max(arrivals[-1][0], min(until, first + timedelta(hours=12)))
    span = int((last - first) / MINUTE) + 1
    width = next((width for width in WIDTHS if span <= width * MOST_COLUMNS), WIDTHS[-1])
    begin = first - timedelta(minutes=first.minute % width)
    columns = [(begin + n * width * MINUTE, 0, 0) for n in range(int((last - begin) / MINUTE) // width + 1)]
    for minute, early, late in arrivals:
        place = int((minute - begin) / MINUTE) // width
        at, before, after = columns[place]
        columns[place] = (at, before + early, after + late)
    return width, columns
