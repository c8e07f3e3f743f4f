"""The whole way from a file to a plan, for the command line and for the pages."""

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from sqlalchemy import select

from inser_events.agenda.importing.planning import Plan, plan_import
from inser_events.agenda.importing.reading import read_file
from inser_events.agenda.importing.report import Report, UnreadableSchedule
from inser_events.database import db
from inser_events.documents.calendar_reading import zone_named
from inser_events.errors import Refused
from inser_events.events.models import Event


class AnotherEvent(Refused):
    """The file suggests the address of an event it has nothing to do with."""

    title = "Address in use"

    def __init__(self, slug: str) -> None:
        super().__init__(
            _(
                "The event “%(slug)s” exists and shares nothing with this file. Name it with --slug to add to it, "
                "or give another address.",
                slug=slug,
            )
        )


class UnknownZone(Refused):
    """Not the name of a time zone."""

    status = 422
    title = "Unknown time zone"

    def __init__(self, zone: str) -> None:
        super().__init__(_("“%(zone)s” is not a time zone. Choose one such as Africa/Casablanca.", zone=zone))


@dataclass(frozen=True)
class Prepared:
    """A file that was read and compared."""

    plan: Plan
    report: Report


def prepare(content: bytes, name: str, event: Event | None, *, zone: str = "") -> Prepared:
    """Read a file and compare it with an event, or with nothing. Raises UnreadableSchedule, UnknownZone.

    *zone*: for times without one; an event's own zone comes first.
    """
    chosen = zone_named(zone)
    if zone and chosen is None:
        raise UnknownZone(zone)
    reading = read_file(content, name, zone=event.time_zone if event is not None else chosen)
    if not reading.tree.sessions:
        return Prepared(Plan.empty(reading.tree, event), reading.report)
    plan = plan_import(reading.tree, event, complete=not reading.report.errors)
    _tell_outside(plan, reading.report)
    return Prepared(plan, reading.report)


def _tell_outside(plan: Plan, report: Report) -> None:
    """Sessions that the longest possible event does not reach."""
    clock = ZoneInfo(plan.event.time_zone if plan.event is not None else plan.tree.event.zone)
    for session in plan.tree.sessions:
        day = session.starts_at.astimezone(clock).date()
        if not plan.starts_on <= day <= plan.ends_on:
            report.mended(
                "outside-days",
                session.where,
                _("It is outside the days of the event, which lasts two months at most."),
            )


def prepare_by_address(content: bytes, name: str, slug: str, *, zone: str = "") -> Prepared:
    """The same where only an address is given, or none: that of the file. Raises AnotherEvent too."""
    first = None if slug else prepare(content, name, None, zone=zone)
    wanted = slug or (first.plan.tree.event.slug if first else "")
    event = db.session.scalar(select(Event).where(Event.slug == wanted)) if wanted else None
    if event is None:
        return first or prepare(content, name, None, zone=zone)
    second = prepare(content, name, event)
    if not slug and not second.plan.is_related and not second.report.is_broken:
        raise AnotherEvent(wanted)
    return second


def check_usable(prepared: Prepared, *, to_publish: bool = False) -> None:
    """Refuse what must not be used. Raises UnreadableSchedule."""
    report = prepared.report
    if report.is_broken:
        raise UnreadableSchedule(
            _("%(name)s: this file cannot be used (see the report). Nothing was changed.", name=report.name)
        )
    if not prepared.plan.tree.sessions:
        raise UnreadableSchedule(
            _("%(name)s: no session could be read from this file. Nothing was changed.", name=report.name)
        )
    if to_publish and report.errors:
        raise UnreadableSchedule(
            _(
                "%(name)s: not published, because %(count)s things could not be read (see the report). "
                "Nothing was changed.",
                name=report.name,
                count=len(report.errors),
            )
        )
