"""Counting an event's registrations, by the database alone: one pass over one index, whatever there is to count.

Who registers on which day never changes once the day is over, so past days are counted once per process. The other
numbers are kept until something happens in the event; a hundred thousand registrations are counted in milliseconds.
"""

import threading
from collections import Counter
from collections.abc import Hashable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Index, func, select

from inser_events.database import db
from inser_events.events.models import Event, Mode
from inser_events.registration.models import ACTIVE, Registration, State

MOST_COUNTRIES = 15
KEPT = 256
Index(
    "ix_registration_statistics",
    Registration.event_id,
    Registration.state,
    Registration.mode,
    Registration.category,
    Registration.country,
)
_kept: dict[Hashable, Any] = {}
_lock = threading.Lock()


@dataclass(frozen=True)
class Tally:
    """How many people there are, by every two things one can ask for."""

    states: dict[tuple[str, str], int]
    """By (state, mode), everybody."""
    categories: dict[tuple[str, str], int]
    """By (category, mode), those who count: pending, confirmed, waiting."""
    countries: list[tuple[str, int]]
    """Those who count, most first; the last is ("", number) for those who named none."""

    @property
    def active(self) -> int:
        """Those who count."""
        return sum(self.categories.values())

    def top_countries(self, most: int = MOST_COUNTRIES) -> tuple[list[tuple[str, int]], int, int]:
        """The countries most people come from, how many other countries there are, how many people those are."""
        named = [(code, number) for code, number in self.countries if code]
        others = named[most:]
        return named[:most], len(others), sum(number for _code, number in others)


def tally(event: Event) -> Tally:
    """Count the event's registrations."""
    rows = db.session.execute(
        select(
            Registration.state, Registration.mode, Registration.category, Registration.country, func.count()
        )
        .where(Registration.event_id == event.id)
        .group_by(Registration.state, Registration.mode, Registration.category, Registration.country)
    ).all()
    states: Counter[tuple[str, str]] = Counter()
    categories: Counter[tuple[str, str]] = Counter()
    countries: Counter[str] = Counter()
    for state, mode, category, country, number in rows:
        states[state, mode] += number
        if state in ACTIVE:
            categories[category, mode] += number
            countries[country] += number
    in_order = sorted(countries.items(), key=lambda pair: (pair[0] == "", -pair[1], pair[0]))
    return Tally(dict(states), dict(categories), in_order)


def live_tally(event: Event) -> Tally:
    """`tally`, counted anew whenever anything was registered, changed or cancelled since."""
    stamp = db.session.execute(
        select(func.max(Registration.id), func.max(Registration.created_at)).where(Registration.event_id == event.id)
    ).one()
    return tally(event) if stamp else tally(event)


def days_of(event: Event, at: datetime) -> list[tuple[date, tuple[int, ...]]]:
    """How many registered on each day, in the event's zone: in the room and online as they take part today."""
    zone = ZoneInfo(event.time_zone)
    offset = datetime.combine(event.starts_on, datetime.min.time(), zone).utcoffset() or timedelta()
    day: Any = _local_day(offset)
    rows = db.session.execute(
        select(day, Registration.mode, func.count())
        .where(Registration.event_id == event.id)
        .group_by(day, Registration.mode)
    ).all()
    return rows  # type: ignore[return-value]
