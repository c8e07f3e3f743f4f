"""Times of the agenda: from an event's clock to UTC, and the times of slots from the lengths before them."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from inser_events.agenda.errors import NoSuchTime, TimeTwice, UnusableMinutes

LONGEST = 24 * 60
"""Minutes of the longest session or slot."""


class Span(NamedTuple):
    """From one moment to another."""

    starts_at: datetime
    ends_at: datetime


def utc_of(day: date, at: time, zone: str, *, second: bool | None = None) -> datetime:
    """The moment when clocks in *zone* show this time on this day.

    When they show it twice, *second* says which one is meant. Raises NoSuchTime for a time the clocks skip, TimeTwice
    when they show it twice and *second* is None.
    """
    clock = ZoneInfo(zone)
    local = datetime.combine(day, at).replace(tzinfo=clock, fold=1 if second else 0)
    moment = local.astimezone(UTC)
    if moment.astimezone(clock).replace(tzinfo=None) != local.replace(tzinfo=None):
        raise NoSuchTime(zone)
    if second is None and local.replace(fold=1).utcoffset() != local.utcoffset():
        raise TimeTwice(zone)
    return moment


def checked_minutes(minutes: int) -> int:
    """The length, when something can have it. Raises UnusableMinutes."""
    if not 0 < minutes <= LONGEST:
        raise UnusableMinutes(LONGEST)
    return minutes


def retimed(starts_at: datetime, minutes: Iterable[int]) -> list[Span]:
    """The times of slots that follow each other from *starts_at*, each as long as *minutes* says."""
    spans = []
    for length in minutes:
        ends_at = starts_at + timedelta(minutes=length)
        spans.append(Span(starts_at, ends_at))
        starts_at = ends_at
    return spans
