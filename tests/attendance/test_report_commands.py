"""``inser-events attendance report`` as on a terminal."""

import csv
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from openpyxl import load_workbook

from inser_events.database import commit
from inser_events.events.errors import NoSuchEvent
from inser_events.terminal import CannotWrite
from tests.attendance.factories import make_attendee, make_published
from tests.checkin.factories import make_registration

Run = Callable[..., str]


@pytest.fixture
def run(app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run the command in a folder of its own, let its error through, and return what it printed."""
    event = make_published(slug="launch", languages=["fr", "en"])
    make_attendee(event, family_name="Présente", country="MA")
    make_registration(event, family_name="Absente")
    commit()
    monkeypatch.chdir(tmp_path)

    def run(*arguments: object) -> str:
        result = app.test_cli_runner().invoke(
            args=["attendance", "report", *map(str, arguments)], catch_exceptions=False, standalone_mode=False
        )
        if result.exception:
            raise result.exception
        return result.output

    return run


def table(path: Path) -> list[list[str]]:
    return list(csv.reader(path.read_text(encoding="utf-8-sig").splitlines()))


def test_it_is_named_after_the_event(run: Run, tmp_path: Path) -> None:
    assert run("launch") == "launch-attendance.xlsx\n"
    assert len(load_workbook(tmp_path / "launch-attendance.xlsx").worksheets) == 5


def test_csv_holds_the_people_in_the_language_asked_for(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "list.CSV"
    run("launch", "-o", path)
    assert [(row[4], row[8]) for row in table(path)[1:]] == [("Présente", "Maroc")]
    run("launch", "-o", path, "--lang", "en", "--everyone", "--contacts")
    assert [row[4] for row in table(path)[1:]] == ["Absente", "Présente"]
    assert [table(path)[0][-2:], table(path)[1][-2:]] == [["E-mail", "Phone"], ["", ""]]


def test_bad_places_and_events_are_refused_before_anything_is_written(run: Run, tmp_path: Path) -> None:
    for arguments in (("launch", "-o", tmp_path / "list.pdf"), ("launch", "-o", tmp_path / "no" / "list.csv")):
        with pytest.raises(CannotWrite):
            run(*arguments)
    with pytest.raises(NoSuchEvent):
        run("nowhere", "-o", tmp_path / "list.csv")
    assert list(tmp_path.glob("*list*")) == []
