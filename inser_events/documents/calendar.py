"""iCalendar files (RFC 5545 with RFC 6868, 7986 and 9253) and the body of invitations (RFC 5546).

The lines are written directly: a feed is asked for at every refresh of every subscriber, and building it with the
icalendar library takes ten times as long and gives Africa/Casablanca a wrong VTIMEZONE (Ramadan of 2027 is missing).
The tests read what is written here back with icalendar, vobject and dateutil. Reading calendars needs a tolerant
parser and is the importer's business.

The same entries always give the same bytes: nothing here asks for the time.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Literal, NamedTuple
from zoneinfo import ZoneInfo

from inser_events.documents.text import one_line, printable
from inser_events.documents.timezones import vtimezone

PRODID = "-//inser_events//EN"
MEDIA_TYPE = "text/calendar; charset=utf-8"
FOLD_AT = 75
"""Octets per line without CRLF (RFC 5545 section 3.1)."""
UTC_ZONES = frozenset({"UTC", "Etc/UTC", "Etc/UCT", "Etc/Zulu", "UCT", "Zulu", "Etc/Universal", "Universal"})

Status = Literal["CONFIRMED", "TENTATIVE", "CANCELLED"]
Method = Literal["PUBLISH", "REQUEST", "CANCEL"]
Answer = Literal["NEEDS-ACTION", "ACCEPTED", "DECLINED", "TENTATIVE"]

_NOT_IN_URI = re.compile(r"[\s\"<>\\^`{|}]")
_NOT_IN_TAG = re.compile(r"[^A-Za-z0-9-]")
_CONTINUATION = 0b1100_0000, 0b1000_0000
"""Mask and value of an octet that continues a UTF-8 sequence."""


class Contact(NamedTuple):
    """Somebody with a mailbox."""

    name: str
    email: str


class Attendee(NamedTuple):
    """The person an invitation is for. Ask for an answer only when somebody reads the organiser's mailbox."""

    name: str
    email: str
    answer: Answer = "NEEDS-ACTION"
    asked: bool = False
    """RSVP."""


class Conference(NamedTuple):
    """A way into the call (RFC 7986 section 5.11)."""

    uri: str
    label: str = ""
    features: Sequence[str] = ("AUDIO", "VIDEO")
    language: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarEntry:
    """One VEVENT. Datetimes are aware; plain dates make an all-day entry that includes the day of *ends_at*."""

    uid: str
    """Never changes, whatever else does."""
    stamp: datetime
    """When the entry last changed (or, in an invitation, when this message was made)."""
    starts_at: datetime | date
    ends_at: datetime | date
    zone: str
    """IANA name."""
    summary: str
    sequence: int = 0
    description: str = ""
    location: str = ""
    url: str = ""
    status: Status = "CONFIRMED"
    categories: Sequence[str] = ()
    organizer: Contact | None = None
    attendees: Sequence[Attendee] = ()
    contact: str = ""
    """Whom to ask, as text: unlike ORGANIZER it does not turn the entry into a meeting with invitations."""
    conference: Sequence[Conference] = ()
    geo: tuple[float, float] | None = None
    """Latitude and longitude."""
    created: datetime | None = None
    last_modified: datetime | None = None
    transparent: bool = False
    """True when it should not make people look busy."""
    related: str = ""
    """UID of the entry this one is part of."""
    refid: str = ""
    """A key shared by the entries of one event (RFC 9253 section 8.3)."""
    language: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """A VCALENDAR. Leave *method* out of files and feeds: CalDAV servers refuse it (RFC 4791 section 4.1)."""

    name: str = ""
    description: str = ""
    zone: str = "UTC"
    method: Method | None = None
    source: str = ""
    """Where a subscriber gets the newest version."""
    url: str = ""
    refresh: timedelta | None = None
    color: str = ""
    """A CSS colour name."""
    entries: Sequence[CalendarEntry] = ()


def write(calendar: Calendar) -> bytes:
    """Write a calendar. One without entries still holds its VTIMEZONE: an empty VCALENDAR is not valid.

    Raises zoneinfo.ZoneInfoNotFoundError for an unknown zone.
    """
    lines = [*_header(calendar), *_zones(calendar)]
    for entry in calendar.entries:
        lines += _event(entry, calendar.method)
    lines.append("END:VCALENDAR")
    return b"".join(map(_folded, lines))


def invitation(entry: CalendarEntry, method: Literal["REQUEST", "CANCEL"], attendee: Attendee) -> bytes:
    """The iTIP object for one person's mail (RFC 5546 sections 3.2.2 and 3.2.5): one entry, one attendee.

    A CANCEL of an entry with status CANCELLED calls the entry off; with any other status it only takes this person
    off the list, and says nothing about the others. *sequence* must be higher than in what was sent before.
    Raises ValueError for an entry without organiser.
    """
    if entry.organizer is None:
        raise ValueError("an invitation needs an organiser")
    return write(Calendar(zone=entry.zone, method=method, entries=[replace(entry, attendees=[attendee])]))


def _header(calendar: Calendar) -> list[str]:
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", f"PRODID:{PRODID}", "CALSCALE:GREGORIAN"]
    if calendar.method:
        lines.append(f"METHOD:{calendar.method}")
    if calendar.name:
        name = _text(one_line(calendar.name))
        lines += [f"NAME:{name}", f"X-WR-CALNAME:{name}", f"X-WR-TIMEZONE:{calendar.zone}"]
    if calendar.description:
        description = _text(printable(calendar.description))
        lines += [f"DESCRIPTION:{description}", f"X-WR-CALDESC:{description}"]
    if calendar.refresh:
        every = _duration(calendar.refresh)
        lines += [f"REFRESH-INTERVAL;VALUE=DURATION:{every}", f"X-PUBLISHED-TTL:{every}"]
    if calendar.source:
        lines.append(f"SOURCE;VALUE=URI:{_uri(calendar.source)}")
    if calendar.url:
        lines.append(f"URL:{_uri(calendar.url)}")
    if calendar.color:
        lines.append(f"COLOR:{_text(calendar.color)}")
    return lines


def _zones(calendar: Calendar) -> list[str]:
    """A VTIMEZONE for each zone in use, before the entries: old Outlook reads from top to bottom."""
    spans: dict[str, tuple[datetime, datetime]] = {}
    for entry in calendar.entries:
        if isinstance(entry.starts_at, datetime) and isinstance(entry.ends_at, datetime):
            first, last = spans.get(entry.zone, (entry.starts_at, entry.ends_at))
            spans[entry.zone] = min(first, entry.starts_at), max(last, entry.starts_at, entry.ends_at)
    if not calendar.entries:
        spans[calendar.zone] = datetime(2025, 1, 1, tzinfo=UTC), datetime(2025, 12, 31, tzinfo=UTC)
    return [
        line
        for zone, (first, last) in spans.items()
        if zone not in UTC_ZONES or not calendar.entries
        for line in vtimezone(zone, first, last)
    ]


def _event(entry: CalendarEntry, method: Method | None) -> list[str]:
    language = f";LANGUAGE={_NOT_IN_TAG.sub('', entry.language)}" if entry.language else ""
    return [
        "BEGIN:VEVENT",
        f"UID:{_text(one_line(entry.uid))}",
        f"SEQUENCE:{entry.sequence}",
        f"DTSTAMP:{_utc(entry.stamp)}",
        *_times(entry),
        f"SUMMARY{language}:{_text(one_line(entry.summary))}",
        *_words(entry, language),
        *_place(entry),
        # A CANCEL that only takes one person off the list must not speak about the entry itself.
        *([] if method == "CANCEL" and entry.status != "CANCELLED" else [f"STATUS:{entry.status}"]),
        f"TRANSP:{'TRANSPARENT' if entry.transparent else 'OPAQUE'}",
        *_people(entry),
        "END:VEVENT",
    ]


def _times(entry: CalendarEntry) -> list[str]:
    lines = []
    if entry.created:
        lines.append(f"CREATED:{_utc(entry.created)}")
    if entry.last_modified:
        lines.append(f"LAST-MODIFIED:{_utc(entry.last_modified)}")
    starts_at, ends_at = entry.starts_at, entry.ends_at
    if not isinstance(starts_at, datetime) or not isinstance(ends_at, datetime):
        after = ends_at + timedelta(days=1)
        return [*lines, f"DTSTART;VALUE=DATE:{starts_at:%Y%m%d}", f"DTEND;VALUE=DATE:{after:%Y%m%d}"]
    clock = ZoneInfo(entry.zone)
    start, end = starts_at.astimezone(clock), ends_at.astimezone(clock)
    # In the hour that a clock shows twice, a local time means the first one (RFC 5545 section 3.3.5): the second
    # can only be said in UTC.
    in_utc = entry.zone in UTC_ZONES or start.fold or end.fold
    lines.append(_moment("DTSTART", starts_at if in_utc else start, "" if in_utc else entry.zone))
    if ends_at > starts_at:
        lines.append(_moment("DTEND", ends_at if in_utc else end, "" if in_utc else entry.zone))
    return lines


def _words(entry: CalendarEntry, language: str) -> list[str]:
    lines = []
    if entry.description:
        lines.append(f"DESCRIPTION{language}:{_text(printable(entry.description))}")
    if entry.categories:
        lines.append("CATEGORIES:" + ",".join(_text(one_line(category)) for category in entry.categories))
    if entry.related:
        lines.append(f"RELATED-TO;RELTYPE=PARENT:{_text(one_line(entry.related))}")
    if entry.refid:
        lines.append(f"REFID:{_text(one_line(entry.refid))}")
    return lines


def _place(entry: CalendarEntry) -> list[str]:
    lines = []
    if entry.location:
        lines.append(f"LOCATION:{_text(one_line(entry.location))}")
    if entry.geo:
        lines.append(f"GEO:{entry.geo[0]:.6f};{entry.geo[1]:.6f}")
    if entry.url:
        lines.append(f"URL:{_uri(entry.url)}")
    for way in entry.conference:
        features = f";FEATURE={','.join(way.features)}" if way.features else ""
        label = f";LABEL={_parameter(way.label)}" if way.label else ""
        language = f";LANGUAGE={_NOT_IN_TAG.sub('', way.language)}" if way.language else ""
        lines.append(f"CONFERENCE;VALUE=URI{features}{label}{language}:{_uri(way.uri)}")
    return lines


def _people(entry: CalendarEntry) -> list[str]:
    lines = []
    if entry.organizer:
        lines.append(f"ORGANIZER{_named(entry.organizer.name)}:mailto:{_uri(entry.organizer.email)}")
    for person in entry.attendees:
        asked = "TRUE" if person.asked else "FALSE"
        lines.append(
            f"ATTENDEE{_named(person.name)};CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT={person.answer};RSVP={asked}"
            f":mailto:{_uri(person.email)}"
        )
    if entry.contact:
        lines.append(f"CONTACT:{_text(one_line(entry.contact))}")
    return lines


def _named(name: str) -> str:
    return f";CN={_parameter(name)}" if name else ""


def _moment(name: str, at: datetime, zone: str) -> str:
    return f"{name};TZID={zone}:{_compact(at)}" if zone else f"{name}:{_utc(at)}"


def _utc(at: datetime) -> str:
    return f"{_compact(at.astimezone(UTC))}Z"


def _compact(at: datetime) -> str:
    """``20250915T090000``, several times as fast as strftime; a feed writes it a thousand times."""
    return at.isoformat()[:19].replace("-", "").replace(":", "")


def _text(value: str) -> str:
    """TEXT (RFC 5545 section 3.3.11): the backslash first, so that nothing is escaped twice."""
    return value.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")


def _parameter(value: str) -> str:
    """A parameter's value in quotes, with what may not stand there as RFC 6868 says."""
    return '"' + one_line(value).replace("^", "^^").replace('"', "^'") + '"'


def _uri(value: str) -> str:
    """A URI is not TEXT and is not escaped; what may not stand in one is dropped, line breaks first of all."""
    return _NOT_IN_URI.sub("", printable(value))


def _duration(length: timedelta) -> str:
    hours, rest = divmod(int(length.total_seconds()), 3600)
    minutes, seconds = divmod(rest, 60)
    parts = ((hours, "H"), (minutes, "M"), (seconds, "S"))
    return "PT" + ("".join(f"{count}{unit}" for count, unit in parts if count) or "0S")


def _folded(line: str) -> bytes:
    """The line as octets, broken so that no part is longer than 75 and no character is cut."""
    raw = line.encode()
    if len(raw) <= FOLD_AT:
        return raw + b"\r\n"
    mask, continued = _CONTINUATION
    parts = []
    start, room = 0, FOLD_AT
    while len(raw) - start > room:
        cut = start + room
        while raw[cut] & mask == continued:
            cut -= 1
        parts.append(raw[start:cut])
        start, room = cut, FOLD_AT - 1
    parts.append(raw[start:])
    return b"\r\n ".join(parts) + b"\r\n"
