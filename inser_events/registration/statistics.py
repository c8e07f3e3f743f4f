"""Counting an event's registrations, by the database alone: one pass over one index, whatever there is to count.

What was counted is kept in memory until the event's history grows, and for no more than some seconds: a page that
twenty people watch while hundreds register counts once, and a hundred thousand registrations cost what a thousand do.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Index, func, select

from inser_events.audit import AuditEntry
from inser_events.database import db
from inser_events.events.models import Event, Mode
from inser_events.lately import Lately
from inser_events.registration.models import ACTIVE, Registration

MOST_COUNTRIES = 15
_COUNTED = (Registration.state, Registration.mode, Registration.category, Registration.country)
Index("ix_registration_statistics", Registration.event_id, *_COUNTED)
Index("ix_registration_days", Registration.event_id, Registration.mode, Registration.created_at)
Day = tuple[date, tuple[int, ...]]


@dataclass(frozen=True)
class Tally:
    """How many people there are. Those who *count* are pending, confirmed or waiting."""

    counted_at: datetime
    states: dict[tuple[str, str], int]
    """By (state, mode), everybody."""
    categories: dict[tuple[str, str], int]
    """By (category, mode), those who count."""
    countries: list[tuple[str, int]]
    """Those who count, most first; at the end ("", number) for those who named none."""
    days: list[Day]
    """How many registered on a day where the event is: a number for each of `Mode`, as they take part today."""

    @property
    def active(self) -> int:
        """Those who count."""
        return sum(self.categories.values())

    def top_countries(self) -> tuple[list[tuple[str, int]], int, int]:
        """The countries most people come from, how many other countries there are, how many people those are."""
        named = [(code, number) for code, number in self.countries if code]
        others = named[MOST_COUNTRIES:]
        return named[:MOST_COUNTRIES], len(others), sum(number for _code, number in others)

    @property
    def nowhere(self) -> int:
        """Those who named no country."""
        return dict(self.countries).get("", 0)


_lately: Lately[Tally] = Lately(128)


def tally(event: Event, *, at: datetime) -> Tally:
    """The event's numbers, counted now or kept from a moment ago when nothing has happened since."""
    newest = db.session.scalar(select(func.max(AuditEntry.at)).where(AuditEntry.event_id == event.id))
    return _lately.of(event.uid, newest, at, lambda: count(event, at=at))


def count(event: Event, *, at: datetime) -> Tally:
    """The event's numbers, counted now: two statements."""
    states: Counter[tuple[str, str]] = Counter()
    categories: Counter[tuple[str, str]] = Counter()
    countries: Counter[str] = Counter()
    every_kind = select(*_COUNTED, func.count()).where(Registration.event_id == event.id).group_by(*_COUNTED)
    for state, mode, category, country, number in db.session.execute(every_kind):
        states[state, mode] += number
        if state in ACTIVE:
            categories[category, mode] += number
            countries[country] += number
    in_order = sorted(countries.items(), key=lambda pair: (pair[0] == "", -pair[1], pair[0]))
    return Tally(at, dict(states), dict(categories), in_order, _days(event))


def _days(event: Event) -> list[Day]:
    day = _local_day(event).label("day")
    rows = db.session.execute(
        select(day, Registration.mode, func.count())
        .where(Registration.event_id == event.id)
        .group_by(Registration.mode, "day")
    )
    numbers: dict[date, list[int]] = {}
    places = [str(mode) for mode in Mode]
    for found, mode, number in rows:
        on = found if isinstance(found, date) else date.fromisoformat(found)
        numbers.setdefault(on, [0] * len(places))[places.index(mode)] += number
    return [(on, tuple(numbers[on])) for on in sorted(numbers)]


def _local_day(event: Event) -> Any:
    """The day of registration on the event's own calendar, by its distance from UTC when it begins."""
    noon = datetime.combine(event.starts_on, datetime.min.time().replace(hour=12), ZoneInfo(event.time_zone))
    offset = noon.utcoffset() or timedelta()
    if db.engine.dialect.name == "sqlite":
        return func.date(Registration.created_at, f"{int(offset.total_seconds() // 60):+d} minutes")
    return func.date(func.timezone("UTC", Registration.created_at) + offset)
