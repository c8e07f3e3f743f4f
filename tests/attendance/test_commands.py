"""``inser-events attendance import`` as on a terminal."""

from collections.abc import Callable
from pathlib import Path

import click
import pytest
from flask import Flask

from inser_events.attendance.errors import AlreadyImported, NoSuchSession
from inser_events.attendance.meeting_models import MeetingAttendee, MeetingImport
from inser_events.attendance.meeting_queries import sessions_of
from inser_events.attendance.meetings.errors import UnreadableReport
from inser_events.attendance.presence import attended_count
from inser_events.database import commit, db
from inser_events.events.errors import NoSuchEvent
from inser_events.events.models import Event
from tests.attendance.factories import make_published
from tests.attendance.test_import_views import report
from tests.checkin.factories import make_registration

Run = Callable[..., str]


@pytest.fixture
def event(app: Flask) -> Event:
    event = make_published(slug="launch")
    make_registration(event, email="a@example.org", active_email="a@example.org")
    make_registration(event, given_name="Zoë", family_name="Berg")
    commit()
    return event


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "zoom.csv"
    path.write_text(
        report(("Amina", "a@example.org"), ("Zoe Berg", ""), ("Else", "else@x.org"), ("+212 600000000", ""))
    )
    return path


@pytest.fixture
def run(app: Flask, event: Event) -> Run:
    """Run a command, let its error through, and return what it printed."""

    def run(*arguments: object) -> str:
        result = app.test_cli_runner().invoke(
            args=["attendance", "import", *map(str, arguments)], catch_exceptions=False, standalone_mode=False
        )
        db.session.expire_all()
        if result.exception:
            raise result.exception
        return result.output

    return run


TOLD = "4 people: 1 matched, 1 suggested by name, 1 unknown, 1 left out.\n"


def test_a_report_is_imported_and_told(run: Run, event: Event, file: Path) -> None:
    assert (run("launch", file), attended_count(event)) == (TOLD, 1)


def test_a_dry_run_tells_the_same_and_changes_nothing(run: Run, event: Event, file: Path) -> None:
    assert (run("launch", file, "--dry-run"), attended_count(event)) == (TOLD, 0)
    assert db.session.query(MeetingImport).count() == 0


def test_the_session_is_kept(run: Run, event: Event, file: Path) -> None:
    uid = sessions_of(event)[0].uid
    run("launch", file, "--session", uid, "--zone", "Africa/Casablanca", "--day", "2025-09-15")
    meeting = db.session.query(MeetingImport).one()
    assert (meeting.session_uid, meeting.zone, str(meeting.day)) == (uid, "Africa/Casablanca", "2025-09-15")


def test_the_same_file_is_refused_unless_it_replaces(run: Run, event: Event, file: Path) -> None:
    run("launch", file)
    with pytest.raises(AlreadyImported):
        run("launch", file)
    assert run("launch", file, "--replace") == TOLD
    assert db.session.query(MeetingAttendee).count() == 4


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        (("nowhere",), NoSuchEvent, ""),
        (("launch", "--session", "nothing"), NoSuchSession, "There is no such session."),
        (("launch", "--zone", "Mars/Base"), click.UsageError, "There is no time zone Mars/Base."),
        (("launch", "--day", "15.9."), click.BadParameter, "does not match"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_changes(
    run: Run, file: Path, arguments: tuple[str, ...], error: type[Exception], message: str
) -> None:
    with pytest.raises(error) as refused:
        run(arguments[0], file, *arguments[1:])
    assert message in getattr(refused.value, "message", "")
    assert db.session.query(MeetingImport).count() == 0


def test_a_file_that_is_not_there_or_no_report_is_refused(run: Run, tmp_path: Path) -> None:
    (tmp_path / "empty.csv").touch()
    for name in ("missing.csv", "empty.csv", ""):
        with pytest.raises(UnreadableReport):
            run("launch", tmp_path / name)
    assert db.session.query(MeetingImport).count() == 0
