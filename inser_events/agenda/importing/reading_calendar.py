"""An .ics file as an agenda: each VEVENT a session, its LOCATION the room."""

from collections import Counter
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from flask_babel import gettext as _

from inser_events.agenda.importing import own_calendar
from inser_events.agenda.importing.report import AnswerToInvitation, Report, UnreadableSchedule
from inser_events.agenda.importing.tree import MAIN, ReadEvent, ReadPerson, ReadRoom, ReadSession, Tree
from inser_events.agenda.importing.values import is_called_off, kind_of, language_of, line_of
from inser_events.agenda.importing.zones import choose_zone
from inser_events.documents.calendar import PRODID
from inser_events.documents.calendar_reading import (
    CalendarFile,
    Component,
    Moment,
    length_of,
    moment_of,
    read_calendar,
    zone_named,
)
from inser_events.documents.richtext import cleaned
from inser_events.events.operations import slug_from
from inser_events.languages import Localized

ANSWERS = frozenset({"REPLY", "COUNTER"})
ABOUT_INVITATIONS = frozenset({"CANCEL", "REFRESH", "DECLINECOUNTER"})
"""Methods of iTIP (RFC 5546 section 1.4) whose entry is somebody else's, sent back or taken back."""
NOT_CONFIRMED = frozenset({"CANCELLED", "TENTATIVE"})


def read(content: bytes, report: Report, zone: str | None) -> Tree:
    """The tree of a calendar. Raises UnreadableCalendar, UnreadableSchedule."""
    calendar = read_calendar(content, report.name)
    _check_method(calendar, report.name)
    _tell_problems(calendar, report)
    starts = [_start(event, calendar, report) for event in calendar.events]
    chosen, known = (zone, True) if zone else _zone(calendar, starts, report)
    clock = ZoneInfo(chosen)
    rooms: dict[str, ReadRoom] = {}
    sessions, gone = [], set()
    for event, start in zip(calendar.events, starts, strict=True):
        if why := _why_not(event):
            report.left_out("not-confirmed", _where(event), why)
            gone.add(event.text("UID"))
        elif session := _session(event, start, calendar, clock, report):
            if session.room:
                rooms.setdefault(session.room, ReadRoom(key=session.room, name=session.room))
            sessions.append(session)
    facts = calendar.properties
    title = line_of(facts.text("NAME") or facts.text("X-WR-CALNAME"))
    tree = Tree(
        source="calendar",
        event=ReadEvent(
            title=title,
            slug=slug_from(title),
            zone=chosen,
            zone_known=known,
            tagline=line_of(facts.text("DESCRIPTION") or facts.text("X-WR-CALDESC")),
        ),
        rooms=tuple(rooms.values()),
        sessions=tuple(sessions),
        gone=frozenset(gone - {""}),
    )
    return own_calendar.detailed(tree, calendar) if facts.text("PRODID") == PRODID else tree


def _check_method(calendar: CalendarFile, name: str) -> None:
    """Raise UnreadableSchedule for a message about an invitation: what it repeats of the entry is no agenda."""
    method = calendar.properties.text("METHOD").upper()
    if method in ANSWERS | ABOUT_INVITATIONS:
        told = _(
            "%(name)s: this is a message about an invitation (%(method)s), not an agenda.", name=name, method=method
        )
        raise AnswerToInvitation(told) if method in ANSWERS else UnreadableSchedule(told)


def _tell_problems(calendar: CalendarFile, report: Report) -> None:
    for problem in calendar.problems:
        report.mended("line-unreadable", _line(problem.line), _("Not readable: “%(text)s”.", text=problem.text))
    for event in calendar.events:
        for problem in event.problems:
            report.mended("line-unreadable", _line(problem.line), _("Not readable: “%(text)s”.", text=problem.text))
    for zone in calendar.zones.values():
        if not zone.tzid:
            report.mended("zone-blank", _line(zone.line), _("A time zone is described without a name."))
        elif zone.iana is None and zone.rules is None:
            report.mended(
                "zone-unreadable", _line(zone.line), _("The time zone “%(zone)s” cannot be read.", zone=zone.tzid)
            )
        elif zone.iana is not None and zone.iana != zone.tzid:
            report.info(
                "zone-translated",
                _line(zone.line),
                _("“%(name)s” is read as %(zone)s.", name=zone.tzid, zone=zone.iana),
            )


def _line(number: int) -> str:
    return f"line {number}"


def _where(event: Component) -> str:
    title = line_of(event.text("SUMMARY"))
    return f"{_line(event.line)}: {title}" if title else _line(event.line)


def _start(event: Component, calendar: CalendarFile, report: Report) -> Moment | None:
    found = event.first("DTSTART")
    moment = moment_of(found, calendar) if found else None
    if moment and moment.mended:
        report.mended("time-mended", _where(event), _("Its start is written in a broken way, but it can be read."))
    if moment and moment.unknown_zone is not None:
        what = _("“%(zone)s” is not a time zone we know.", zone=moment.unknown_zone)
        blank = _("Its start names a time zone without a name.")
        report.mended("zone-unknown", _where(event), what if moment.unknown_zone else blank)
    if moment and moment.local is not None and (own := zone_named(event.text("TZID"))):
        # Some programs write the zone as a property of its own.
        return Moment(instant=moment.local.replace(tzinfo=ZoneInfo(own)).astimezone(UTC), zone=own)
    return moment


def _zone(calendar: CalendarFile, starts: list[Moment | None], report: Report) -> tuple[str, bool]:
    """What the calendar says, else the zone of most of its events, else UTC."""
    named = calendar.properties.text("X-WR-TIMEZONE")
    used = Counter(start.zone for start in starts if start and start.zone and start.zone != "UTC")
    if zone_named(named) is None and used:
        return used.most_common(1)[0][0], True
    moments = [start.instant for start in starts if start and start.instant]
    floating = any(start is not None and start.local is not None for start in starts)
    return choose_zone(named, moments, report, floating=floating)


def _why_not(event: Component) -> str:
    status = event.text("STATUS").upper()
    if status in NOT_CONFIRMED:
        return str(_("Its state is “%(state)s”; only confirmed talks are taken.", state=status.capitalize()))
    return str(_("Its title says that it is cancelled.")) if is_called_off(event.text("SUMMARY")) else ""


def _session(
    event: Component, start: Moment | None, calendar: CalendarFile, clock: ZoneInfo, report: Report
) -> ReadSession | None:
    where = _where(event)
    if start is None:
        report.error("start-missing", where, _("It is not said when this begins."))
        return None
    if start.day is not None:
        report.left_out("whole-day", where, _("It is an entry for whole days, without a time."))
        return None
    for name in ("RRULE", "RDATE"):
        if event.first(name):
            report.mended("repeats", where, _("It is repeated; only its first date was taken."))
            break
    starts_at = instant_of(start, clock)
    again = event.text("RECURRENCE-ID")
    uid = event.text("UID")
    summary = event.first("SUMMARY")
    title = line_of(summary.value if summary else "")
    if not title:
        title = line_of(event.text("LOCATION")) or "–"
        report.mended("title-missing", where, _("It has no title; “%(title)s” was taken.", title=title))
    categories = [part for found in event.properties.get("CATEGORIES", []) for part in found.values if part]
    language = language_of(summary.parameters.get("LANGUAGE", "")) if summary else ""
    return ReadSession(
        where=where,
        title=title,
        starts_at=starts_at,
        minutes=_minutes(event, starts_at, calendar, clock),
        guid=f"{uid}/{again}" if again else uid,
        room=line_of(event.text("LOCATION")),
        kind=kind_of(categories[0]) if categories else None,
        track=categories[0] if categories else None,
        languages=(language,) if language else None,
        abstract=_abstract(event),
        people=tuple(_people(event)),
    )


def instant_of(moment: Moment, clock: ZoneInfo) -> datetime:
    """A moment in UTC; one without a zone is on *clock*, a whole day begins at midnight there."""
    if moment.instant is not None:
        return moment.instant
    local = moment.local or datetime.combine(moment.day or datetime.min.date(), time(0))  # noqa: DTZ901 — one of the three is there
    return local.replace(tzinfo=clock).astimezone(UTC)


def _minutes(event: Component, starts_at: datetime, calendar: CalendarFile, clock: ZoneInfo) -> int:
    end = event.first("DTEND")
    until = moment_of(end, calendar) if end else None
    length = instant_of(until, clock) - starts_at if until else length_of(event.text("DURATION")) or timedelta()
    return max(0, int(length.total_seconds()) // 60)


def _abstract(event: Component) -> Localized | None:
    text = cleaned(event.text("DESCRIPTION"))
    return {MAIN: text} if text else None


def _people(event: Component) -> list[ReadPerson]:
    """Speakers by RFC 9073's PARTICIPANT are rare; the CONTACT and ORGANIZER are not on the programme."""
    chairs = [each for each in event.properties.get("ATTENDEE", []) if each.parameters.get("ROLE") == "CHAIR"]
    return [ReadPerson(name=name, role="chair") for each in chairs if (name := line_of(each.parameters.get("CN")))]
