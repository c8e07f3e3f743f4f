"""schedule.json and schedule.xml, the formats conference apps read (frab, pentabarf, voc), from a Release.

Whatever an event contains, the result is valid against the official schemas of https://c3voc.de/schedule.
Only what takes place is in it. A session keeps its guid and its number for good.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from itertools import groupby
from typing import Any, NamedTuple
from uuid import NAMESPACE_URL, uuid5
from xml.etree import ElementTree as ET
from zoneinfo import ZoneInfo

import msgspec
from flask_babel import gettext as _

from inser_events.agenda.reading import (
    Wording,
    appearances,
    event_url,
    programme_days,
    session_url,
    setting,
    slot_lines,
    speaking,
)
from inser_events.agenda.snapshot import Session, Snapshot
from inser_events.documents.text import one_line, plain_text, printable

DAY_BEGINS = time(4)
SHORTEST_ACRONYM = 4
LARGEST_ID = 2**31 - 1
"""Apps keep the numbers of sessions in signed 32 bits."""
SLUG_TITLE = 60
MINUTES_PER_HOUR = 60
HOURS_PER_DAY = 24
LONGEST_HOURS = 99
"""More than this the XML schema takes only with days in front."""
SCHEMA = "https://c3voc.de/schedule/schema.json"
GENERATOR = "inser_events"
XML_DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n'

_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_ZONE_IN_SCHEMA = re.compile(r"^([A-Z][a-z]+/[A-Z][a-z]+)|UTC$")

Fields = dict[str, Any]
"""A JSON object of the schedule."""


class Hall(NamedTuple):
    """A column of the schedule: a room, the call, or the venue as a whole."""

    name: str
    """Unlike any other of the event, because schedule.json keys its rooms by name."""
    guid: str
    capacity: int | None = None


def schedule_json(snapshot: Snapshot, base_url: str, language: str) -> bytes:
    """The release as schedule.json, version 1 of the format."""
    with speaking(language):
        return msgspec.json.encode(_document(snapshot, base_url, language))


def schedule_xml(snapshot: Snapshot, base_url: str, language: str) -> bytes:
    """The release as schedule.xml."""
    with speaking(language):
        document = _document(snapshot, base_url, language)
    # Written as one string and encoded at once: half the time of ElementTree's own UTF-8 output.
    return f"{XML_DECLARATION}{ET.tostring(_tree(document), encoding='unicode')}\n".encode()


def _document(snapshot: Snapshot, base_url: str, language: str) -> Fields:
    page = event_url(base_url, snapshot.event.slug)
    return {
        "$schema": SCHEMA,
        "generator": {"name": GENERATOR, "url": base_url},
        "schedule": {
            "version": str(snapshot.number),
            "base_url": f"{page}/",
            "conference": _conference(snapshot, base_url, language),
        },
    }


def _conference(snapshot: Snapshot, base_url: str, language: str) -> Fields:
    event = snapshot.event
    wording = Wording(snapshot, [language])
    acronym = _acronym(event.slug)
    halls = _halls(snapshot, wording)
    events = _events(snapshot, base_url, wording, acronym, halls)
    days = _days(snapshot, events, halls)
    conference: Fields = {
        "acronym": acronym,
        "title": one_line(wording.text(event.name)) or acronym,
        "description": printable(plain_text(wording.text(event.description))),
        "start": min(days[0]["date"], event.starts_on.isoformat()),
        "end": max(days[-1]["date"], event.ends_on.isoformat()),
        "daysCount": len(days),
        "timeslot_duration": "00:05",
        "time_zone_name": event.time_zone,
        "url": event_url(base_url, event.slug),
        "tracks": [{"name": track} for track in dict.fromkeys(one_line(s.track) for s in snapshot.sessions) if track],
        "rooms": [{"name": hall.name, "guid": hall.guid, "capacity": hall.capacity} for hall in halls.values()],
        "days": days,
    }
    if not _ZONE_IN_SCHEMA.search(event.time_zone):
        # The JSON schema knows only names like Europe/Rome; the offsets of the times say the same.
        del conference["time_zone_name"]
    return conference


def _days(snapshot: Snapshot, events: Mapping[str, Fields], halls: Mapping[str, Hall]) -> list[Fields]:
    """Programme days with their rooms in order. An event without sessions still has its first day."""
    clock = ZoneInfo(snapshot.event.time_zone)
    order = {key: number for number, key in enumerate(halls)}
    days = programme_days(snapshot.live_sessions, snapshot.event.time_zone) or {snapshot.event.starts_on: []}
    return [
        {
            "index": index,
            "date": day.isoformat(),
            **_bounds(day, sessions, clock),
            "rooms": {
                halls[key].name: [events[session.uid] for session in together]
                for key, together in groupby(
                    sorted(sessions, key=lambda session: order[_hall_of(snapshot, session)]),
                    key=lambda session: _hall_of(snapshot, session),
                )
            },
        }
        for index, (day, sessions) in enumerate(days.items(), start=1)
    ]


def _bounds(day: date, sessions: Iterable[Session], clock: ZoneInfo) -> Fields:
    """From four to four, further where a session goes beyond: apps take the end's hour for the change of day."""
    first = datetime.combine(day, DAY_BEGINS, clock).astimezone(UTC)
    last = datetime.combine(day + timedelta(days=1), DAY_BEGINS, clock).astimezone(UTC) - timedelta(minutes=1)
    return {
        "day_start": _timestamp(min([first, *(session.starts_at for session in sessions)]), clock),
        "day_end": _timestamp(max([last, *(session.ends_at for session in sessions)]), clock),
    }


def _events(
    snapshot: Snapshot, base_url: str, wording: Wording, acronym: str, halls: Mapping[str, Hall]
) -> dict[str, Fields]:
    clock = ZoneInfo(snapshot.event.time_zone)
    numbers = _numbers(session.uid for session in snapshot.sessions)
    return {
        session.uid: {
            "guid": _guid(session.uid),
            "id": numbers[session.uid],
            "date": _timestamp(session.starts_at, clock),
            "start": wording.clock_time(session.starts_at),
            "end": _timestamp(session.ends_at, clock),
            "duration": _duration(_minutes(session)),
            "room": halls[_hall_of(snapshot, session)].name,
            "slug": _slug(acronym, numbers[session.uid], wording.text(session.title)),
            "url": session_url(base_url, snapshot.event.slug, session.uid),
            "title": wording.title(session),
            "subtitle": "",
            "track": one_line(session.track),
            "type": one_line(session.kind),
            "language": one_line((session.languages or snapshot.event.languages or [""])[0]) or None,
            "abstract": printable(plain_text(wording.text(session.abstract))),
            "description": "\n".join(slot_lines(session, wording)),
            "do_not_record": None,
            "persons": _persons(snapshot, session, wording),
            "links": [],
            "attachments": [],
        }
        for session in snapshot.live_sessions
    }


def _persons(snapshot: Snapshot, session: Session, wording: Wording) -> list[Fields]:
    """Name and guid, no number: with both a name and an ``id`` old readers and new ones disagree about the kind."""
    people = dict.fromkeys(appearance.person for appearance in appearances(session))
    return [
        {
            "guid": _guid(uid),
            "name": one_line(person.name) or one_line(person.name_latin) or _("Speaker"),
            "biography": printable(wording.text(person.bio)) or None,
        }
        for uid in people
        if (person := snapshot.people.get(uid))
    ]


def _halls(snapshot: Snapshot, wording: Wording) -> dict[str, Hall]:
    """All rooms in their order, then what is not a room, if a session needs it; no two of one name."""
    event = snapshot.event
    wanted = {room.uid: (wording.text(room.name), room.uid, room.capacity) for room in snapshot.rooms}
    needed = {_hall_of(snapshot, session) for session in snapshot.live_sessions}
    if "everywhere" in needed:
        venue = wording.text(event.venue.name) if event.venue else ""
        wanted["everywhere"] = (venue or _("Everywhere"), f"{event.uid}/everywhere", None)
    if "online" in needed:
        wanted["online"] = (_("Online"), f"{event.uid}/online", None)
    taken: set[str] = set()
    return {key: Hall(_apart(name, taken), _guid(uid), capacity) for key, (name, uid, capacity) in wanted.items()}


def _hall_of(snapshot: Snapshot, session: Session) -> str:
    """The key of `_halls`: a room's uid, the call, or everywhere."""
    where = setting(snapshot, session)
    return session.room if where == "room" and session.room else where


def _apart(name: str, taken: set[str]) -> str:
    wanted = one_line(name) or _("Room")
    candidate, number = wanted, 1
    while candidate in taken:
        number += 1
        candidate = f"{wanted} ({number})"
    taken.add(candidate)
    return candidate


def _guid(uid: str) -> str:
    """The uid itself when it is a UUID, as ours are; else one made from it, the same every time."""
    return uid if _UUID.fullmatch(uid) else str(uuid5(NAMESPACE_URL, f"{GENERATOR}:{uid}"))


def _numbers(uids: Iterable[str]) -> dict[str, int]:
    """A number for each session: the last 31 bits of its uid, the next free one where two meet.

    Withdrawn sessions keep their number, so that it never passes to another.
    """
    numbers: dict[str, int] = {}
    taken: set[int] = set()
    for uid in sorted(uids):
        number = int(_guid(uid).replace("-", ""), 16) % LARGEST_ID + 1
        while number in taken:
            number = number % LARGEST_ID + 1
        taken.add(number)
        numbers[uid] = number
    return numbers


def _acronym(slug: str) -> str:
    """What both schemas accept: at least four of ``a-z0-9_``, with no hyphen."""
    return re.sub(r"[^a-z0-9]+", "_", slug.lower()).strip("_").ljust(SHORTEST_ACRONYM, "_")


def _slug(acronym: str, number: int, title: str) -> str:
    latin = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    words = re.sub(r"[^a-z0-9]+", "-", latin).strip("-")[:SLUG_TITLE].strip("-")
    return f"{acronym}-{number:010}-{words}".rstrip("-")


def _minutes(session: Session) -> int:
    return max(0, int((session.ends_at - session.starts_at).total_seconds()) // 60)


def _duration(minutes: int) -> str:
    return f"{minutes // MINUTES_PER_HOUR:02}:{minutes % MINUTES_PER_HOUR:02}"


def _duration_in_xml(duration: str) -> str:
    """Hours have two digits there; a longer time is written as days, hours and minutes."""
    hours, minutes = duration.split(":")
    if int(hours) <= LONGEST_HOURS:
        return duration
    days, rest = divmod(int(hours), HOURS_PER_DAY)
    return f"{min(days, LONGEST_HOURS)}:{rest:02}:{minutes}"


def _timestamp(at: datetime, clock: ZoneInfo) -> str:
    """With the zone's distance from UTC; in UTC where that has seconds, as before standard time."""
    local = at.astimezone(clock)
    offset = local.utcoffset() or timedelta()
    if offset % timedelta(minutes=1):
        local = at.astimezone(UTC)
    return local.isoformat(timespec="seconds")


def _tree(document: Fields) -> ET.Element:
    schedule, generator = document["schedule"], document["generator"]
    conference = schedule["conference"]
    root = ET.Element("schedule")
    ET.SubElement(root, "generator", name=generator["name"], system=generator["url"])
    _add(root, "url", f"{conference['url']}/schedule.xml")
    _add(root, "version", schedule["version"])
    facts = ET.SubElement(root, "conference")
    for name in ("acronym", "title", "start", "end"):
        _add(facts, name, conference[name])
    _add(facts, "days", str(conference["daysCount"]))
    _add(facts, "timeslot_duration", conference["timeslot_duration"])
    _add(facts, "base_url", schedule["base_url"])
    _add(facts, "url", conference["url"])
    if "time_zone_name" in conference:
        _add(facts, "time_zone_name", conference["time_zone_name"])
    for track in conference["tracks"]:
        ET.SubElement(facts, "track", name=track["name"])
    guids = {room["name"]: room["guid"] for room in conference["rooms"]}
    for day in conference["days"]:
        _add_day(root, day, guids)
    return root


def _add_day(root: ET.Element, day: Fields, guids: Mapping[str, str]) -> None:
    element = ET.SubElement(
        root, "day", index=str(day["index"]), date=day["date"], start=day["day_start"], end=day["day_end"]
    )
    for name, events in day["rooms"].items():
        room = ET.SubElement(element, "room", name=name, guid=guids[name])
        for event in events:
            _add_event(room, event)


def _add_event(room: ET.Element, event: Fields) -> None:
    element = ET.SubElement(room, "event", guid=event["guid"], id=str(event["id"]))
    for name in ("room", "title", "subtitle", "type", "date", "start"):
        _add(element, name, event[name])
    _add(element, "duration", _duration_in_xml(event["duration"]))
    for name in ("abstract", "slug", "track"):
        _add(element, name, event[name])
    persons = ET.SubElement(element, "persons")
    for person in event["persons"]:
        ET.SubElement(persons, "person", guid=person["guid"]).text = person["name"]
    if event["language"]:
        _add(element, "language", event["language"])
    _add(element, "description", event["description"])
    ET.SubElement(element, "links")
    ET.SubElement(element, "attachments")
    _add(element, "url", event["url"])


def _add(parent: ET.Element, name: str, text: str) -> None:
    ET.SubElement(parent, name).text = text
