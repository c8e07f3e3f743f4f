"""The numbers of a report, counted once for a page and kept for some seconds.

With a hundred thousand people counting takes seconds, and whoever turns the pages of the list waits for none of it.
Files are always counted anew.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from inser_events.attendance import report_counts
from inser_events.attendance.meeting_models import WayIn
from inser_events.attendance.online import online_at
from inser_events.attendance.report_counts import Count, Figures
from inser_events.attendance.report_days import DayCount, days
from inser_events.attendance.report_sessions import SessionCount, sessions
from inser_events.audit import AuditEntry
from inser_events.checkin.models import Scan
from inser_events.database import db
from inser_events.events.models import Event
from inser_events.lately import Lately


@dataclass(frozen=True, slots=True)
class Numbers:
    """All that is counted for the page."""

    counted_at: datetime
    figures: Figures
    members: Count | None
    organisations: Sequence[tuple[str, Count]]
    days: Sequence[DayCount]
    sessions: Sequence[SessionCount]


_lately: Lately[Numbers] = Lately(32)


def numbers_of(event: Event, *, at: datetime) -> Numbers:
    """The event's numbers, counted now or kept from a moment ago when nothing has happened since."""
    scans = select(func.max(Scan.received_at), func.count()).where(Scan.event_id == event.id)
    newest = (
        tuple(db.session.execute(scans).one()),
        db.session.scalar(select(func.max(AuditEntry.at)).where(AuditEntry.event_id == event.id)),
        db.session.scalar(select(func.count()).select_from(online_at(event).subquery())),
        db.session.scalar(select(func.count()).where(WayIn.event_id == event.id)),
    )
    return _lately.of(event.uid, newest, at, lambda: count(event, at=at))


def count(event: Event, *, at: datetime) -> Numbers:
    """Count everything."""
    return Numbers(
        counted_at=at,
        figures=report_counts.figures(event),
        members=report_counts.members(event),
        organisations=report_counts.organisations(event),
        days=days(event),
        sessions=sessions(event),
    )
