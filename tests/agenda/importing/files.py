"""Schedules for tests, made of as little as a case needs."""

import json
from typing import Any
from zoneinfo import ZoneInfo

from inser_events.agenda.importing.reading import Reading, read_file
from inser_events.agenda.importing.tree import ReadSession

DAY = "2025-09-15"


def talk(title: str = "Opening", **fields: Any) -> dict[str, Any]:
    """A talk of a schedule.json at nine on the day, for half an hour."""
    at = str(fields.get("date", f"{DAY}T09:00:00+01:00"))
    return {"title": title, "date": at, "start": at[11:16], "duration": "00:30", **fields}


def schedule(*talks: dict[str, Any], room: str = "Hall", **conference: Any) -> bytes:
    """A schedule.json with all talks in one room on one day. ``days=`` replaces them."""
    days = [{"index": 1, "date": DAY, "rooms": {room: list(talks)}}]
    facts = {"title": "Conference", "acronym": "conf", "time_zone_name": "Africa/Casablanca", "days": days}
    return json.dumps({"schedule": {"version": "1", "conference": {**facts, **conference}}}).encode()


def xml(day: str, *, zone: str = "Europe/Berlin", bounds: str = "", head: str = "") -> bytes:
    """A schedule.xml with one day."""
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n{head}<schedule><conference><title>Conference</title>'
        f"<acronym>conf</acronym><time_zone_name>{zone}</time_zone_name></conference>\n"
        f'<day index="1" date="{DAY}" {bounds}>{day}</day></schedule>'
    ).encode()


def event_xml(title: str, start: str, *more: str, attributes: str = "", duration: str = "00:30") -> str:
    """An <event> of a schedule.xml on its own line."""
    return (
        f"\n<event {attributes}><title>{title}</title><start>{start}</start><duration>{duration}</duration>"
        f"{''.join(more)}</event>"
    )


def ics(*lines: str, head: str = "") -> bytes:
    """A calendar with one VEVENT of these lines."""
    return "\r\n".join(
        [
            "BEGIN:VCALENDAR",
            *filter(None, [head]),
            "BEGIN:VEVENT",
            "UID:one@example.org",
            *lines,
            "END:VEVENT",
            "END:VCALENDAR",
            "",
        ]
    ).encode()


def read(content: bytes, name: str = "file", zone: str | None = None) -> Reading:
    """A file, read."""
    return read_file(content, name, zone=zone)


def only(reading: Reading) -> ReadSession:
    """The one session of a file."""
    [session] = reading.tree.sessions
    return session


def codes(reading: Reading) -> list[str]:
    """What the report says, by code."""
    return [note.code for note in reading.report.notes]


def clock(session: ReadSession, zone: str = "Africa/Casablanca") -> str:
    """When a session begins and ends on the clocks of a zone."""
    begins, ends = (at.astimezone(ZoneInfo(zone)) for at in (session.starts_at, session.ends_at))
    return f"{begins:%d %H:%M}-{ends:%H:%M}"
