"""Reading the report of a meeting. Stands in until the platforms' own readers are there."""

import csv
from collections.abc import Mapping
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from flask_babel import gettext as _

from inser_events.attendance.meetings.errors import UnknownColumns, UnreadableReport
from inser_events.attendance.meetings.report import Connection, MeetingReport, Platform

LABELS = {
    "name (original name)": "name", "user email": "email", "join time": "joined_at", "leave time": "left_at",
    "duration (minutes)": "minutes",
}  # fmt: skip


def read_report(
    content: bytes, *, zone: ZoneInfo, day: date | None = None, labels: Mapping[str, str] | None = None
) -> MeetingReport:
    """Read a report. Raises UnreadableReport, UnknownColumns."""
    try:
        table = list(csv.reader(content.decode("utf-8-sig").splitlines()))
    except (UnicodeDecodeError, csv.Error) as error:
        raise UnreadableReport(_("This file cannot be read as a report.")) from error
    if not table or day is date.min:
        raise UnreadableReport(_("This file is empty."))
    known = LABELS | {key.lower(): value for key, value in (labels or {}).items()}
    fields = [known.get(heading.lower(), "") for heading in table[0]]
    if "name" not in fields:
        raise UnknownColumns(table[0], table[1:4])
    found = [_read(number, dict(zip(fields, row, strict=False)), zone) for number, row in enumerate(table[1:], 2)]
    starts = [one.joined_at for one in found if one.joined_at]
    return MeetingReport(Platform.ZOOM, "", min(starts, default=None), None, found)


def _read(number: int, cells: dict[str, str], zone: ZoneInfo) -> Connection:
    joined, left = (_moment(cells.get(name, ""), zone) for name in ("joined_at", "left_at"))
    minutes = cells.get("minutes", "")
    return Connection(
        number, cells["name"], cells.get("email", "").lower(), joined, left, float(minutes) if minutes else None
    )


def _moment(text: str, zone: ZoneInfo) -> datetime | None:
    return datetime.strptime(text, "%m/%d/%Y %I:%M:%S %p").replace(tzinfo=zone).astimezone(UTC) if text else None
