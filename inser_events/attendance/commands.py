"""``inser-events attendance``."""

from datetime import datetime
from pathlib import Path

import click
from flask import Flask
from flask.cli import AppGroup

from inser_events import terminal
from inser_events.attendance.errors import AlreadyImported
from inser_events.attendance.matching import Person
from inser_events.attendance.meeting_files import MOST_BYTES, read
from inser_events.attendance.meeting_imports import Given, import_report, matched_people, open_meeting
from inser_events.attendance.meeting_models import MeetingImport
from inser_events.attendance.meeting_queries import day_of, find_session, same_file, same_meeting, standings
from inser_events.attendance.meetings.errors import UnreadableReport
from inser_events.attendance.meetings.report import MeetingReport
from inser_events.clock import now, zone_names
from inser_events.database import commit, rollback
from inser_events.events.queries import find_event

MOST_TOLD = 20
group = AppGroup("attendance", help="Who was there.")


@group.command("import")
@click.argument("slug")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--session", default="", metavar="ID", help="The session the call was for (default: the whole event).")
@click.option("--zone", default="", help="Of times without one (default: that of the event).")
@click.option("--day", type=click.DateTime(["%Y-%m-%d"]), help="Of times without one, as 2025-09-15.")
@click.option("--replace", is_flag=True, help="In the place of an earlier report of this meeting.")
@click.option("--dry-run", is_flag=True, help="Say what would happen, change nothing.")
def import_command(
    slug: str, file: Path, *, session: str, zone: str, day: datetime | None, replace: bool, dry_run: bool
) -> None:
    """Count who was online at SLUG by FILE, a report of Zoom, Teams, Meet or Webex.

    People are known by their address. Whom only the name suggests counts once somebody confirms it on the event's page.
    """
    event = find_event(slug)
    of_session = find_session(event, session).uid if session else ""
    given = Given(
        filename=file.name,
        content=_content(file),
        zone=_zone(zone or event.time_zone),
        day=day.date() if day else day_of(event, of_session),
        session_uid=of_session,
    )
    report = read(given.content, zone=given.zone, day=given.day)
    meeting = open_meeting(event, given, report, by="command line", at=now())
    earlier = same_meeting(meeting)
    if same_file(event, meeting.sha256) is not None and not replace:
        rollback()
        raise AlreadyImported
    for warning in report.warnings[:MOST_TOLD]:
        click.echo(f"{file.name}: {warning}", err=True)
    if dry_run:
        told = _told_of(matched_people(event, report, earlier if replace else None))
        rollback()
    else:
        told = _imported(meeting, report, earlier if replace else None)
    click.echo(told)


def _imported(meeting: MeetingImport, report: MeetingReport, replacing: MeetingImport | None) -> str:
    with terminal.steps(meeting.people, "Importing") as bar:
        import_report(meeting, report, at=now(), replacing=replacing, progress=bar.update)
    found = standings([meeting.id])[meeting.id]
    told = _told(meeting.people, found["matched"], found["suggested"], found["unknown"], found["aside"])
    commit()
    return told


def _told_of(people: list[Person]) -> str:
    here = [one for one in people if not one.aside]
    matched = sum(one.registration_id is not None for one in here)
    suggested = sum(one.registration_id is None and one.suggested_id is not None for one in here)
    return _told(len(people), matched, suggested, len(here) - matched - suggested, len(people) - len(here))


def _told(people: int, matched: int, suggested: int, unknown: int, aside: int) -> str:
    return f"{people} people: {matched} matched, {suggested} suggested by name, {unknown} unknown, {aside} left out."


def _content(file: Path) -> bytes:
    try:
        with file.open("rb") as opened:
            return opened.read(MOST_BYTES + 1)
    except OSError as error:
        message = f"{file}: {error.strerror or error}."
        raise UnreadableReport(message) from error


def _zone(name: str) -> str:
    if name not in zone_names():
        message = f"There is no time zone {name}. Write it as Africa/Casablanca."
        raise click.UsageError(message)
    return name


def init_app(app: Flask) -> None:
    """Add the commands."""
    app.cli.add_command(group)
