"""The draft as a grid of days and rooms: plain values for the page, times on the event's own clock.

The calendar in the browser knows no zones: it gets and gives times as the event's clock shows them, without any.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from flask_babel import gettext as _

from inser_events.agenda.conflicts import RANK, Conflict
from inser_events.agenda.models import Session
from inser_events.events.models import Event
from inser_events.web.filters import kind_label, plain, short_day

EARLIEST, LATEST = 8, 18
"""Hours that a day shows at least; an hour before and after what takes place is shown too, to drag to."""
LAST_HOUR = 24
NOWHERE = ""
"""The column of what has no room."""
MOST_COLUMNS = 6
"""Rooms times days that still fit side by side."""


class Day(NamedTuple):
    """A link to one day of the grid, or to all of them."""

    key: str
    label: str
    here: bool


def grid_of(event: Event, sessions: Sequence[Session], conflicts: Sequence[Conflict]) -> dict[str, Any]:
    """Rooms, entries and the hours that a day shows."""
    live = [session for session in sessions if session.withdrawn_at is None]
    marks = _marks(conflicts)
    zone = ZoneInfo(event.time_zone)
    rooms = [{"id": room.uid, "title": plain(room.name)} for room in event.rooms]
    if not rooms or any(session.room is None for session in live):
        rooms.insert(0, {"id": NOWHERE, "title": str(_("No room"))})
    entries = [_entry(session, zone, marks.get(session.uid, [])) for session in live]
    first, last = _hours([(session.starts_at.astimezone(zone), session.minutes) for session in live])
    begins = min((entry["start"][11:] for entry in entries), default=f"{first:02}:00")
    return {"rooms": rooms, "entries": entries, "first": first, "last": last, "begins": begins}


def _entry(session: Session, zone: ZoneInfo, marks: Sequence[Conflict]) -> dict[str, Any]:
    start = session.starts_at.astimezone(zone).replace(tzinfo=None)
    people = [speaker.person.name for voices in _voices(session) for speaker in voices]
    return {
        "id": session.uid,
        "room": session.room.uid if session.room else NOWHERE,
        "start": start.isoformat(timespec="minutes"),
        "minutes": session.minutes,
        "version": session.version,
        "title": plain(session.title),
        "kind": session.kind,
        "sort": str(_("Plenary session")) if session.kind == "plenary" else kind_label(session.kind),
        "people": ", ".join(dict.fromkeys(people)),
        "severity": marks[0].severity if marks else "",
        "marks": [mark.message for mark in marks],
    }


def _voices(session: Session) -> list[Any]:
    return [session.speakers, *(slot.speakers for slot in session.slots)]


def _marks(conflicts: Sequence[Conflict]) -> dict[str, list[Conflict]]:
    """What does not fit, by session, worst first. Notes are told in the list alone."""
    marks: dict[str, list[Conflict]] = defaultdict(list)
    for conflict in sorted(conflicts, key=lambda each: RANK[each.severity]):
        if conflict.severity != "info":
            for session in conflict.sessions:
                marks[session.uid].append(conflict)
    return marks


def _hours(times: Sequence[tuple[datetime, int]]) -> tuple[int, int]:
    """The first and last full hour that a day must show."""
    first, last = EARLIEST, LATEST
    for start, minutes in times:
        end = start.replace(tzinfo=None) + timedelta(minutes=minutes)
        first = min(first, max(0, start.hour - 1))
        last = max(last, LAST_HOUR if end.date() > start.date() else min(LAST_HOUR, end.hour + (end.minute > 0) + 1))
    return first, last


def days_of(event: Event, sessions: Sequence[Session], wanted: str) -> list[Day]:
    """The days of the event and of its sessions, and where there are several, all of them together.

    The one that is *wanted* is marked; else all of them if their columns fit, or the first.
    """
    zone = ZoneInfo(event.time_zone)
    within = {event.starts_on + timedelta(days=count) for count in range((event.ends_on - event.starts_on).days + 1)}
    days = sorted(within | {session.starts_at.astimezone(zone).date() for session in sessions})
    if len(days) == 1:
        return [Day(days[0].isoformat(), short_day(days[0]), here=True)]
    keys = [*(day.isoformat() for day in days), "all"]
    fits = len(days) * max(1, len(event.rooms)) <= MOST_COLUMNS and consecutive(days)
    here = wanted if wanted in keys else "all" if fits else keys[0]
    labels = [*(short_day(day) for day in days), str(_("All days"))]
    return [
        Day(key, label, key == here)
        for key, label in zip(keys, labels, strict=True)
        if key != "all" or consecutive(days)
    ]


def consecutive(days: Sequence[date]) -> bool:
    """Whether the days follow each other without a gap, so that they stand side by side."""
    return (days[-1] - days[0]).days < len(days)


def typed_start(text: object) -> tuple[date, time] | None:
    """Day and time from ``2025-09-15T09:00``, as the grid sends them; None for anything else."""
    if not isinstance(text, str):
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    if moment.tzinfo is not None:
        return None
    return moment.date(), moment.time().replace(second=0, microsecond=0)
