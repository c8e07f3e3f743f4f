"""On which clock a file's times are: what it names, or what the distances from UTC in its times allow."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from babel.core import get_global
from flask_babel import gettext as _

from inser_events.agenda.importing.report import Report
from inser_events.clock import zone_names
from inser_events.documents.calendar_reading import zone_named

HOUR = timedelta(hours=1)
NONE = timedelta(0)
UTC_NAMES = frozenset({"UTC", "Etc/UTC", "Etc/GMT", "GMT", "Etc/UCT", "Etc/Zulu"})


def choose_zone(named: str, moments: Sequence[datetime], report: Report, *, floating: bool) -> tuple[str, bool]:
    """The zone of a file, and whether we can be sure of it.

    *moments*: aware, with the distances from UTC as written. *floating*: some times have none at all.
    """
    zone = zone_named(named)
    if named and zone is None:
        report.mended("zone-unknown", "", _("“%(zone)s” is not a time zone we know.", zone=named))
    offsets = {moment.utcoffset() or NONE for moment in moments}
    if zone is not None:
        return _checked(zone, moments, offsets, report), True
    if not moments and not floating:
        return "UTC", False
    if not moments:
        report.error(
            "zone-missing",
            "",
            _("The file does not say in which time zone its times are. They were taken as UTC: choose the zone."),
        )
        return "UTC", False
    guessed = _zone_with(moments)
    message = _("The file names no time zone. Its times fit %(zone)s: check that this is right.", zone=guessed)
    if floating:
        report.error("zone-guessed", "", message)
    else:
        # Each moment is certain all the same; only the clock that people read is a guess.
        report.mended("zone-guessed", "", message)
    return guessed, False


def _checked(zone: str, moments: Sequence[datetime], offsets: set[timedelta], report: Report) -> str:
    """The named zone, unless it is a mere UTC and all times carry another distance."""
    wrong = [moment for moment in moments if _offset(zone, moment) != moment.utcoffset()]
    if not wrong or offsets == {NONE}:
        return zone
    taken = _zone_with(moments) if zone in UTC_NAMES else zone
    report.mended(
        "zone-differs",
        "",
        _(
            "The file names the time zone %(zone)s, but %(count)s of its times are given on another clock. "
            "The moments were kept; they are shown in %(taken)s.",
            zone=zone,
            count=len(wrong),
            taken=taken,
        ),
    )
    return taken


def _zone_with(moments: Sequence[datetime]) -> str:
    """A zone whose clocks agree with all *moments*: UTC, a fixed whole hour, else the best known place."""
    offsets = {moment.utcoffset() or NONE for moment in moments}
    if offsets == {NONE}:
        return "UTC"
    if len(offsets) == 1 and not (only := next(iter(offsets))) % HOUR:
        hours = only // HOUR
        return f"Etc/GMT{-hours:+d}"
    return next((zone for zone in _candidates() if _agrees(zone, moments)), "UTC")


def _candidates() -> Iterable[str]:
    """Every zone, those the CLDR takes for the principal ones of their region first."""
    known = zone_names()
    principal = sorted({zone for zone in get_global("windows_zone_mapping").values() if zone in known})
    return dict.fromkeys([*principal, *sorted(known)])


def _agrees(zone: str, moments: Sequence[datetime]) -> bool:
    return all(_offset(zone, moment) == moment.utcoffset() for moment in moments)


def _offset(zone: str, at: datetime) -> timedelta | None:
    return at.astimezone(ZoneInfo(zone)).utcoffset()
