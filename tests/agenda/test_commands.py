import json
from pathlib import Path

import pytest
from flask import Flask

from inser_events.agenda.publishing import publish_agenda
from inser_events.clock import now
from inser_events.database import commit
from inser_events.documents.engine import PdfUnavailable
from inser_events.events.models import Event
from tests.factories import make_event, make_session

NOWHERE = "There is no such event here. It may have been renamed or not be published yet."


@pytest.fixture
def event(app: Flask) -> Event:
    event = make_event(slug="launch")
    make_session(event)
    publish_agenda(event, at=now())
    commit()
    return event


@pytest.mark.parametrize(
    ("kind", "begins"),
    [("schedule.json", b"{"), ("schedule.xml", b"<?xml"), ("ics", b"BEGIN:VCALENDAR"), ("xlsx", b"PK")],
)
def test_a_release_is_written_as_a_file(app: Flask, event: Event, tmp_path: Path, kind: str, begins: bytes) -> None:
    path = tmp_path / "out"
    result = app.test_cli_runner().invoke(args=["event", "export", "launch", "--format", kind, "-o", str(path)])
    assert (result.exit_code, result.output) == (0, f"{path}\n")
    assert path.read_bytes().startswith(begins)


def test_the_file_has_a_name_of_its_own(
    app: Flask, event: Event, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    app.test_cli_runner().invoke(args=["event", "export", "launch", "--format", "schedule.json"])
    assert json.loads((tmp_path / "launch-schedule.json").read_text())["schedule"]


def test_a_programme_is_written(app: Flask, event: Event, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def programme(_snapshot: object, **how: object) -> bytes:
        asked.append((how["language"], how["paper"]))
        return b"%PDF"

    monkeypatch.setattr("inser_events.agenda.commands.programme_pdf", programme)
    path = tmp_path / "p.pdf"
    for more in ([], ["--lang", "fr", "--paper", "letter"]):
        app.test_cli_runner().invoke(args=["programme", "launch", "-o", str(path), *more])
    assert (asked, path.read_bytes()) == ([("en", "a4"), ("fr", "letter")], b"%PDF")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["event", "export", "nothing", "--format", "ics"], NOWHERE),
        (["programme", "nothing"], NOWHERE),
        (["programme", "launch", "-o", "/nowhere/at/all"], "There is no folder /nowhere/at."),
        (["event", "export", "launch", "--format", "ics", "-o", "/nowhere/at/all"], "There is no folder /nowhere/at."),
    ],
)
def test_what_cannot_be_done_is_refused(app: Flask, event: Event, arguments: list[str], message: str) -> None:
    result = app.test_cli_runner().invoke(args=arguments)
    assert (result.exit_code, result.stdout, result.stderr) == (2, "", f"Error: {message}\n")


def test_a_server_without_pango_says_so(app: Flask, event: Event, monkeypatch: pytest.MonkeyPatch) -> None:
    def programme(*_arguments: object, **_more: object) -> bytes:
        raise PdfUnavailable("Pango is missing")

    monkeypatch.setattr("inser_events.agenda.commands.programme_pdf", programme)
    result = app.test_cli_runner().invoke(args=["programme", "launch"])
    assert (result.exit_code, result.stderr) == (2, "Error: Pango is missing\n")


@pytest.mark.parametrize("arguments", [["event", "export", "launch"], ["event", "export", "launch", "--format", "doc"]])
def test_a_format_is_needed(app: Flask, event: Event, arguments: list[str]) -> None:
    assert app.test_cli_runner().invoke(args=arguments).exit_code == 2
