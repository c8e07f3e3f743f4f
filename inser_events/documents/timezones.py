"""VTIMEZONE (RFC 5545 section 3.6.5) from the transitions zoneinfo itself follows.

Each observance is written out with its own onset instead of a recurrence rule: no rule can say when Morocco's
clocks change for Ramadan, and a list of onsets is right wherever zoneinfo is. A component covers whole years
around the times asked for, so it stays the same while an agenda is edited.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

STEP = timedelta(days=1)
"""How far apart we look for a change. Since 1970 no zone has kept an observance for less than six days."""
SECOND = timedelta(seconds=1)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
"""The first observance is written as old as this. Before the first onset programs guess, and vobject, for one,
takes a whole zone for UTC when the guess is +00."""
MARGIN = timedelta(days=2)
"""More than any distance from UTC, so that the local years at both ends are covered."""


class Observance(NamedTuple):
    """A stretch of time in which a zone keeps one distance from UTC."""

    onset: datetime
    """UTC. For the first one: 1970, or where the range begins if that is earlier."""
    before: timedelta
    after: timedelta
    saving: timedelta
    """zoneinfo's ``dst()``; negative where the tz database says that winter is the exception."""
    name: str


class _State(NamedTuple):
    offset: timedelta
    saving: timedelta
    name: str


def observances(zone: str, first: datetime, last: datetime) -> tuple[Observance, ...]:
    """The observances of an IANA zone over the local years that contain two aware datetimes, in order.

    Raises zoneinfo.ZoneInfoNotFoundError for an unknown zone.
    """
    clock = ZoneInfo(zone)
    return _of_years(zone, first.astimezone(clock).year, last.astimezone(clock).year)


def vtimezone(zone: str, first: datetime, last: datetime) -> list[str]:
    """The content lines of a VTIMEZONE that is right at every instant from *first* to *last* (aware)."""
    found = observances(zone, first, last)
    least = min(observance.saving for observance in found)
    lines = ["BEGIN:VTIMEZONE", f"TZID:{zone}"]
    for observance in found:
        # Calendar programs expect DAYLIGHT to be ahead of STANDARD, also in Morocco and Ireland,
        # where the tz database calls the later clock the standard and the earlier one a negative saving.
        kind = "DAYLIGHT" if observance.saving > least else "STANDARD"
        lines += _component(kind, observance)
    lines.append("END:VTIMEZONE")
    return lines


def _component(kind: str, observance: Observance) -> list[str]:
    onset = (observance.onset + observance.before).strftime("%Y%m%dT%H%M%S")
    return [
        f"BEGIN:{kind}",
        f"DTSTART:{onset}",
        f"TZOFFSETFROM:{_utc_offset(observance.before)}",
        f"TZOFFSETTO:{_utc_offset(observance.after)}",
        f"TZNAME:{observance.name}",
        f"END:{kind}",
    ]


def _utc_offset(offset: timedelta) -> str:
    """``+0100``, with seconds only for the local mean times of long ago."""
    sign = "-" if offset < timedelta(0) else "+"
    minutes, seconds = divmod(int(abs(offset).total_seconds()), 60)
    return f"{sign}{minutes // 60:02}{minutes % 60:02}" + (f"{seconds:02}" if seconds else "")


@lru_cache(maxsize=256)
def _of_years(zone: str, first: int, last: int) -> tuple[Observance, ...]:
    clock = ZoneInfo(zone)
    start = datetime(first, 1, 1, tzinfo=UTC) - MARGIN
    state = _state(clock, start)
    found = [Observance(min(start, EPOCH), state.offset, state.offset, state.saving, state.name)]
    for onset in _onsets(clock, start, datetime(last, 12, 31, tzinfo=UTC) + MARGIN):
        state = _state(clock, onset)
        found.append(Observance(onset, found[-1].after, state.offset, state.saving, state.name))
    return tuple(found)


def _onsets(clock: ZoneInfo, start: datetime, end: datetime) -> Iterator[datetime]:
    here = start
    while here < end:
        ahead = min(here + STEP, end)
        if _state(clock, ahead) != _state(clock, here):
            ahead = _first_change(clock, here, ahead)
            yield ahead
        here = ahead


def _first_change(clock: ZoneInfo, same: datetime, changed: datetime) -> datetime:
    """The second at which the state at *same* ends, found by halving the time up to *changed*."""
    state = _state(clock, same)
    while changed - same > SECOND:
        middle = same + timedelta(seconds=(changed - same) // SECOND // 2)
        if _state(clock, middle) == state:
            same = middle
        else:
            changed = middle
    return changed


def _state(clock: ZoneInfo, at: datetime) -> _State:
    local = at.astimezone(clock)
    none = timedelta(0)
    return _State(local.utcoffset() or none, local.dst() or none, local.tzname() or "")
