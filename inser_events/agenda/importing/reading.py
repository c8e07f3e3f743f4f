"""A file of unknown kind, read into a tree: the kind is found by looking inside, never by the name."""

from dataclasses import dataclass, replace
from pathlib import PurePath

from flask_babel import gettext as _

from inser_events.agenda.importing import reading_calendar, reading_json, reading_table, reading_talks, reading_xml
from inser_events.agenda.importing.report import Report, UnreadableSchedule
from inser_events.agenda.importing.settling import settle
from inser_events.agenda.importing.tree import ReadEvent, Tree
from inser_events.documents.calendar_reading import UnreadableCalendar
from inser_events.documents.tables import UnreadableTable
from inser_events.events.operations import slug_from

MOST_BYTES = 30 * 1024 * 1024
_MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))


@dataclass(frozen=True)
class Reading:
    """What was read, and what there is to know about it."""

    tree: Tree
    report: Report


def read_file(content: bytes, name: str, *, zone: str | None = None) -> Reading:
    """Read an agenda in any of the formats. Raises UnreadableSchedule.

    *zone*: the IANA zone that counts for times without one: that of the event it is for, or one that a person chose.
    """
    if len(content) > MOST_BYTES:
        raise UnreadableSchedule(_("%(name)s: larger than %(most)s MB.", name=name, most=MOST_BYTES // 2**20))
    report = Report(name)
    try:
        tree = _tree(content, report, zone)
    except (UnreadableCalendar, UnreadableTable) as error:
        raise UnreadableSchedule(error.message) from error
    tree = settle(tree, report)
    if not tree.sessions and not report.is_broken:
        report.error("nothing-read", "", _("No session could be read from this file."))
    event = tree.event if tree.event.title else _named_after(tree.event, name)
    if zone is not None:
        event = replace(event, zone=zone, zone_known=True)
    return Reading(replace(tree, event=event), report)


def named(name: str) -> str:
    """A title out of the name of a file."""
    return PurePath(name).stem.replace("_", " ").replace("-", " ").strip() or name


def _named_after(event: ReadEvent, name: str) -> ReadEvent:
    return replace(event, title=named(name), slug=event.slug or slug_from(named(name)))


def _tree(content: bytes, report: Report, zone: str | None) -> Tree:
    begin = _text(content[:4096]).lstrip()
    if content.startswith(b"PK\x03\x04"):
        return reading_table.read(content, report, zone)
    if begin.startswith(("{", "[")):
        return reading_talks.build(reading_json.take_apart(_text(content), report), report, zone)
    if begin.startswith("<"):
        return reading_talks.build(reading_xml.take_apart(content.lstrip(), report), report, zone)
    if begin[:40].upper().startswith(("BEGIN:VCALENDAR", "BEGIN:VEVENT")):
        return reading_calendar.read(content, report, zone)
    if not begin:
        raise UnreadableSchedule(_("%(name)s: the file is empty.", name=report.name))
    return reading_table.read(content, report, zone)


def _text(content: bytes) -> str:
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return content.decode(encoding, "replace")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")
