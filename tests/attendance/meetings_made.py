"""Reports of meetings as the readers give them, and imports of them."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from inser_events.attendance.meeting_imports import Given, import_report, open_meeting
from inser_events.attendance.meeting_models import MeetingAttendee, MeetingImport
from inser_events.attendance.meetings.report import Connection, MeetingReport, Platform
from inser_events.clock import now
from inser_events.database import db
from inser_events.events.models import Event
from tests.attendance.factories import EIGHT


def stay(name: str, email: str = "", start: int | None = 0, end: int | None = 60, **values: Any) -> Connection:
    """Somebody online between two minutes after eight, on the launch day."""
    return Connection(
        row=values.get("row", 1),
        name=name,
        email=email,
        joined_at=_at(start),
        left_at=_at(end),
        minutes=values.get("minutes"),
    )


def _at(minutes: int | None) -> datetime | None:
    return None if minutes is None else EIGHT + timedelta(minutes=minutes)


def make_report(*stays: Connection, title: str = "Launch") -> MeetingReport:
    """A report of the launch."""
    return MeetingReport(Platform.ZOOM, title, EIGHT, EIGHT + timedelta(hours=3), list(stays))


def open_report(event: Event, report: MeetingReport, *, content: bytes = b"a file", **values: Any) -> MeetingImport:
    """The report, looked at."""
    given = Given("zoom.csv", content, "UTC", **values)
    return open_meeting(event, given, report, by="somebody@example.org", at=now())


def import_stays(event: Event, *stays: Connection, content: bytes = b"a file", **values: Any) -> MeetingImport:
    """A report with these stays, imported."""
    report = make_report(*stays)
    meeting = open_report(event, report, content=content)
    import_report(meeting, report, at=now(), **values)
    return meeting


def people(meeting: MeetingImport) -> list[MeetingAttendee]:
    """Everybody of an import, in its order."""
    db.session.expire_all()
    mine = select(MeetingAttendee).where(MeetingAttendee.import_id == meeting.id)
    return list(db.session.scalars(mine.order_by(MeetingAttendee.id)))
