"""``inser-events badges``: layouts by name, who, from which label on, and what counts."""

from pathlib import Path

import pypdfium2
import pytest
from flask import Flask
from sqlalchemy import select

from inser_events.badges.designing import create
from inser_events.badges.layouts import LAYOUTS
from inser_events.badges.models import BadgePrint
from inser_events.database import commit, db
from inser_events.events.models import Event
from tests.checkin.factories import make_registration


@pytest.fixture
def people(launch: Event) -> Event:
    make_registration(launch, family_name="Zając", category="speaker")
    make_registration(launch, family_name="Benali", mode="online")
    create(launch, "Our badge", LAYOUTS["a7"])
    commit()
    return launch


def run(app: Flask, folder: Path, *more: str) -> tuple[int, str, list[str]]:
    """Exit code, what was said, and the pages of the file."""
    path = folder / "badges.pdf"
    result = app.test_cli_runner().invoke(args=["badges", "launch", "-o", str(path), *more])
    pages = list(pypdfium2.PdfDocument(path)) if path.is_file() else []
    return result.exit_code, result.output, [page.get_textpage().get_text_range() for page in pages]


def test_everyone_is_printed_by_family_name(app: Flask, people: Event, tmp_path: Path) -> None:
    code, said, pages = run(app, tmp_path)
    assert (code, ["Benali" in page for page in pages]) == (0, [True, False])
    assert "2 badges in" in said


@pytest.mark.parametrize(
    ("options", "count"),
    [
        (["--mode", "online"], 1),
        (["--category", "speaker"], 1),
        (["--layout", "Our badge"], 2),
        (["--which", "new"], 2),
    ],
)
def test_options_choose(app: Flask, people: Event, tmp_path: Path, options: list[str], count: int) -> None:
    code, _said, pages = run(app, tmp_path, *options)
    assert (code, len(pages)) == (0, count)


def test_printed_is_counted_only_when_told(app: Flask, people: Event, tmp_path: Path) -> None:
    run(app, tmp_path)
    assert db.session.scalars(select(BadgePrint)).all() == []
    run(app, tmp_path, "--printed")
    assert len(db.session.scalars(select(BadgePrint)).all()) == 2


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--layout", "a99"], "There is no layout 'a99'. Choose from: Our badge, a6,"),
        (["--start", "2"], "A sheet of this layout has places 1 to 1."),
        (["--which", "chosen"], "Invalid value for '--which'"),
    ],
)
def test_bad_option_is_one_clear_line(
    app: Flask, people: Event, tmp_path: Path, options: list[str], message: str
) -> None:
    code, said, pages = run(app, tmp_path, *options)
    assert (code, message in said, pages) == (2, True, [])
