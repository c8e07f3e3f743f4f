"""Reading other people's iCalendar files (RFC 5545). The only place that imports icalendar.

Calendars in the wild break the rules in many ways, and one broken line makes the library refuse a whole file. So its
lexer is used line by line and its time zones component by component: what cannot be read is named with its line, and
the rest is read all the same.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta, tzinfo
from email import message_from_bytes
from functools import lru_cache
from typing import NamedTuple, cast
from zoneinfo import ZoneInfo

from babel.core import get_global
from flask_babel import gettext as _

from inser_events.clock import zone_names
from inser_events.documents.text import printable
from inser_events.errors import Refused

MOST_BYTES = 20 * 1024 * 1024
_MOMENT = re.compile(r"(\d{4})(\d{2})(\d{2})(?:T(\d{2})(\d{2})(\d{2})?(Z)?)?")
_DURATION = re.compile(r"([+-]?)P(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?")
_MAIL = re.compile(rb"(?:From |[A-Za-z-]+: ?)")


class UnreadableCalendar(Refused):
    """The file is no calendar at all; the message says why."""

    status = 422
    title = "Not a calendar"


class Property(NamedTuple):
    """One content line. ``value`` is unescaped, ``values`` are its parts at the commas, unescaped too."""

    name: str
    parameters: Mapping[str, str]
    value: str
    values: tuple[str, ...]
    line: int


class Problem(NamedTuple):
    """A line that could not be read."""

    line: int
    text: str


@dataclass
class Component:
    """A VEVENT, VTODO or VALARM with its properties by name."""

    name: str
    line: int
    properties: dict[str, list[Property]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def first(self, name: str) -> Property | None:
        """The first property of this name."""
        found = self.properties.get(name)
        return found[0] if found else None

    def text(self, name: str) -> str:
        """The first property's value; empty when there is none."""
        found = self.first(name)
        return found.value.strip() if found else ""


@dataclass
class CalendarFile:
    """A VCALENDAR: its own properties, its events, and the zones its VTIMEZONEs describe."""

    properties: Component
    events: list[Component] = field(default_factory=list)
    zones: dict[str, "DescribedZone"] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)


@dataclass
class DescribedZone:
    """A VTIMEZONE. ``iana``: the zone its name means; ``rules``: what it says itself, None when that is unreadable."""

    tzid: str
    iana: str | None
    rules: tzinfo | None
    line: int
    problem: str = ""


class Moment(NamedTuple):
    """A DTSTART or DTEND: an instant, or a time on an unknown clock, or a whole day."""

    instant: datetime | None = None
    local: datetime | None = None
    day: date | None = None
    mended: str = ""
    """Which damage was repaired: ``tzid-swallowed-value`` or empty."""
    unknown_zone: str | None = None
    """A TZID that means nothing; empty for a blank one, None when all is well."""
    zone: str = ""
    """The IANA zone the moment was written in, when it names one."""


def read_calendar(content: bytes, name: str) -> CalendarFile:
    """Read a calendar file. Raises UnreadableCalendar when there is none in it; damage inside is told, not raised."""
    if len(content) > MOST_BYTES:
        raise UnreadableCalendar(_("%(name)s: larger than %(size)s MB.", name=name, size=MOST_BYTES // 1024 // 1024))
    lines = list(_unfolded(_decoded(content)))
    if not any(text.upper().startswith(("BEGIN:VCALENDAR", "BEGIN:VEVENT")) for _number, text in lines):
        raise UnreadableCalendar(_("%(name)s: there is no calendar in this file.", name=name))
    calendar = CalendarFile(Component("VCALENDAR", 1))
    open_components = [calendar.properties]
    for number, text in _without_zones(lines, calendar):
        upper = text.strip().upper()
        if upper.startswith("BEGIN:"):
            if upper != "BEGIN:VCALENDAR":
                open_components.append(Component(upper[6:], number))
        elif upper.startswith("END:"):
            _close(upper[4:], open_components, calendar)
        elif upper:
            _take_line(text, number, open_components[-1])
    if any(component.name == "VEVENT" for component in open_components):
        calendar.problems.append(Problem(open_components[-1].line, "VEVENT without its end"))
        _close("VEVENT", open_components, calendar)
    calendar.problems += calendar.properties.problems
    return calendar


def _without_zones(lines: list[tuple[int, str]], calendar: CalendarFile) -> Iterator[tuple[int, str]]:
    """The lines outside of VTIMEZONEs; those inside become the calendar's zones."""
    inside: list[str] = []
    begins = 0
    for number, text in lines:
        upper = text.strip().upper()
        if not inside and upper != "BEGIN:VTIMEZONE":
            yield number, text
            continue
        begins = begins if inside else number
        inside.append(text)
        if upper == "END:VTIMEZONE":
            zone = _described_zone(inside, begins)
            calendar.zones.setdefault(zone.tzid, zone)
            inside = []


def _close(name: str, open_components: list[Component], calendar: CalendarFile) -> None:
    """End the innermost component of this name, and with it whatever was left open inside."""
    if name in {component.name for component in open_components[1:]}:
        while (closed := open_components.pop()).name != name:
            pass
        if name == "VEVENT":
            calendar.events.append(closed)


def _decoded(content: bytes) -> str:
    for mark, encoding in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if content.startswith(mark):
            return content.decode(encoding, "replace")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")


def _unfolded(text: str) -> Iterator[tuple[int, str]]:
    """Logical lines with the number of their first physical line (section 3.1)."""
    whole, at = "", 0
    for number, line in enumerate(re.split("\r\n|\n|\r", text), start=1):
        if line[:1] in {" ", "\t"} and at:
            whole += line[1:]
            continue
        if at:
            yield at, whole
        whole, at = line, number
    if at:
        yield at, whole


def _take_line(text: str, number: int, component: Component) -> None:
    # Loaded when needed: it costs a tenth of a second and megabytes that the server rarely uses.
    from icalendar.parser import Contentline, split_on_unescaped_comma, unescape_backslash  # noqa: PLC0415 — see above

    try:
        name, parameters, raw = Contentline(text).raw_parts()  # type: ignore[no-untyped-call] # its constructor carries no types
    except ValueError:
        component.problems.append(Problem(number, printable(text)[:80]))
        return
    plain = {
        key.upper(): value if isinstance(value, str) else ",".join(map(str, value)) for key, value in parameters.items()
    }
    value = printable(unescape_backslash(raw))
    values = tuple(printable(part).strip() for part in split_on_unescaped_comma(raw))
    component.properties.setdefault(name.upper(), []).append(Property(name.upper(), plain, value, values, number))


def _described_zone(lines: list[str], at: int) -> DescribedZone:
    """What a VTIMEZONE says. Its rules are only asked when its name means nothing."""
    from icalendar import Timezone  # noqa: PLC0415 — see `_take_line`

    holder = Component("VTIMEZONE", at)
    for number, line in enumerate(lines, start=at):
        if line.upper().startswith(("TZID", "X-LIC-LOCATION")):
            _take_line(line, number, holder)
    tzid = holder.text("TZID").strip('"')
    iana = zone_named(tzid) or zone_named(holder.text("X-LIC-LOCATION"))
    if iana is not None:
        return DescribedZone(tzid, iana, None, at)
    try:
        component = cast("Timezone", Timezone.from_ical("\r\n".join(lines) + "\r\n"))
        rules = component.to_tz(lookup_tzid=False)
    except (ValueError, KeyError, TypeError, AttributeError, IndexError) as error:
        return DescribedZone(tzid, None, None, at, f"{error}"[:120] or type(error).__name__)
    return DescribedZone(tzid, None, rules, at)


def moment_of(found: Property, calendar: CalendarFile) -> Moment | None:
    """When a DTSTART or DTEND is; None when it cannot be read at all.

    ``TZID="Zone:20200609T090000"`` with the time inside the quotes (Exchange) is taken apart.
    """
    tzid = found.parameters.get("TZID")
    value, mended = found.value.strip(), ""
    if not value and tzid and ":" in tzid:
        tzid, _, value = tzid.rpartition(":")
        mended = "tzid-swallowed-value"
    match = _MOMENT.match(value)
    if match is None:
        return None
    try:
        day = date(int(match[1]), int(match[2]), int(match[3]))
        if match[4] is None:
            return Moment(day=day, mended=mended)
        seconds = min(int(match[6] or 0), 59)
        local = datetime(day.year, day.month, day.day, int(match[4]), int(match[5]), seconds)  # noqa: DTZ001 — on a clock still to be found
    except ValueError:
        return None
    if match[7]:
        return Moment(instant=local.replace(tzinfo=UTC), mended=mended, zone="UTC")
    if tzid is None:
        return Moment(local=local, mended=mended)
    return _on_clock(local, tzid.strip('" '), calendar)._replace(mended=mended)


def _on_clock(local: datetime, tzid: str, calendar: CalendarFile) -> Moment:
    described = calendar.zones.get(tzid)
    iana = (described.iana if described else None) or zone_named(tzid)
    if iana is not None:
        return Moment(instant=local.replace(tzinfo=ZoneInfo(iana)).astimezone(UTC), zone=iana)
    if tzid and described is not None and described.rules is not None:
        try:
            return Moment(instant=local.replace(tzinfo=described.rules).astimezone(UTC))
        except (ValueError, OverflowError):
            pass
    return Moment(local=local, unknown_zone=tzid)


def length_of(text: str) -> timedelta | None:
    """A DURATION (section 3.3.6); None when it is none."""
    match = _DURATION.fullmatch(text.strip())
    if match is None or not any(match.groups()[1:]):
        return None
    weeks, days, hours, minutes, seconds = (int(part or 0) for part in match.groups()[1:])
    length = timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds)
    return -length if match[1] == "-" else length


@lru_cache(maxsize=512)
def zone_named(text: str) -> str | None:
    """The IANA zone that a TZID means: its own name, a Windows name by the CLDR, or one behind a vendor's prefix."""
    wanted = text.strip().strip('"').strip()
    if not wanted:
        return None
    known = _zones_by_folded_name()
    if (found := known.get(wanted.casefold())) is not None:
        return found
    windows = get_global("windows_zone_mapping")
    for name, zone in windows.items():
        if name.casefold() == wanted.casefold() and zone in zone_names():
            return str(zone)
    # /freeassociation.sourceforge.net/Europe/Berlin, /mozilla.org/20050126_1/America/Argentina/Salta
    parts = wanted.split("/")
    for count in (3, 2):
        if len(parts) > count and (found := known.get("/".join(parts[-count:]).casefold())) is not None:
            return found
    return None


@lru_cache(maxsize=1)
def _zones_by_folded_name() -> dict[str, str]:
    return {name.casefold(): name for name in sorted(zone_names())}


@dataclass(frozen=True)
class Reply:
    """An answer to an invitation (RFC 5546 section 3.2.3). ``attendee`` is an address in small letters."""

    method: str
    uid: str
    attendee: str
    answer: str
    """PARTSTAT."""
    sequence: int | None
    """None where the program left it out."""
    stamp: datetime | None


def read_replies(content: bytes, name: str) -> list[Reply]:
    """The answers in a file, one for each attendee of each entry. Raises UnreadableCalendar.

    The file may also be the mail that brought the answer: its text/calendar part is read (RFC 6047 section 2.4).
    """
    calendar = read_calendar(_calendar_part(content), name)
    method = calendar.properties.text("METHOD").upper()
    replies: list[Reply] = []
    for event in calendar.events:
        stamp = event.first("DTSTAMP")
        moment = moment_of(stamp, calendar) if stamp else None
        sequence = event.text("SEQUENCE")
        replies += [
            Reply(
                method=method,
                uid=event.text("UID"),
                attendee=_mailbox(attendee),
                answer=attendee.parameters.get("PARTSTAT", "NEEDS-ACTION").upper(),
                sequence=int(sequence) if sequence.isdigit() else None,
                stamp=moment.instant if moment else None,
            )
            for attendee in event.properties.get("ATTENDEE", [])
        ]
    return replies


def _calendar_part(content: bytes) -> bytes:
    if b"BEGIN:VCALENDAR" in content[:200].upper() or not _MAIL.match(content[:2000]):
        return content
    for part in message_from_bytes(content).walk():
        if part.get_content_type() == "text/calendar":
            return bytes(part.get_payload(decode=True) or b"")
    return content


def _mailbox(attendee: Property) -> str:
    """The address, from ``mailto:`` in any case, from a bare address, or from the EMAIL parameter (RFC 7986)."""
    text = attendee.value.strip()
    if text.casefold().startswith("mailto:"):
        text = text[7:]
    return (text if "@" in text else attendee.parameters.get("EMAIL", "")).strip().casefold()
