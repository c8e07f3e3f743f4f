"""The raw file of a report while it is looked at: beside the uploads, gone once imported, dropped or a day old."""

from datetime import date
from zoneinfo import ZoneInfo

from flask import current_app
from flask_babel import gettext as _

from inser_events.attendance.meeting_models import MeetingImport
from inser_events.attendance.meetings.errors import UnreadableReport
from inser_events.attendance.meetings.reading import read_report
from inser_events.attendance.meetings.report import MeetingReport
from inser_events.config import Settings
from inser_events.registration.import_files import folder_of

MOST_BYTES = 12 * 1024 * 1024


def keep_file(meeting: MeetingImport, content: bytes) -> None:
    """Keep a file until its report counts; what nobody comes back for is deleted with other such files."""
    path = folder_of(_settings())
    path.mkdir(parents=True, exist_ok=True)
    (path / f"{meeting.uid}.report").write_bytes(content)


def drop_file(meeting: MeetingImport) -> None:
    """Delete it."""
    (folder_of(_settings()) / f"{meeting.uid}.report").unlink(missing_ok=True)


def kept_report(meeting: MeetingImport) -> MeetingReport:
    """The report in a kept file, as its columns are read now. Raises UnreadableReport, also when it is gone."""
    try:
        content = (folder_of(_settings()) / f"{meeting.uid}.report").read_bytes()
    except OSError as error:
        raise UnreadableReport(_("This file is not here any more. Choose it once again.")) from error
    return read(content, zone=meeting.zone, day=meeting.day, labels=meeting.labels)


def read(content: bytes, *, zone: str, day: date | None, labels: dict[str, str] | None = None) -> MeetingReport:
    """A report. Raises UnreadableReport."""
    if len(content) > MOST_BYTES:
        raise UnreadableReport(_("This file is larger than 12 MB. Reports of meetings are smaller."))
    return read_report(content, zone=ZoneInfo(zone), day=day, labels=labels or None)


def _settings() -> Settings:
    settings: Settings = current_app.extensions["settings"]
    return settings
