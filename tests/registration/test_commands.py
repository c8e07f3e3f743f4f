"""``inser-events registrations`` as on a terminal."""

from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from inser_events.clock import now
from inser_events.database import commit, db
from inser_events.documents.tables import UnreadableTable
from inser_events.events.errors import NoSuchEvent
from inser_events.events.models import Event
from inser_events.mail import OutboxMail
from inser_events.registration import form_operations, operations
from inser_events.registration.form_operations import QuestionData
from inser_events.registration.models import Registration
from tests import command_line
from tests.registration.factories import make_open_event, someone

TABLE = "E-mail;Prénom;Nom;Pays;Mode\na@example.org;Lamiae;Ghaouti;Maroc;en ligne\nb@example.org;晓明;王;CN;\n"
Run = Callable[..., str]


@pytest.fixture
def event(app: Flask) -> Event:
    event = make_open_event(slug="launch")
    commit()
    return event


@pytest.fixture
def run(app: Flask, event: Event) -> Run:
    """Run a command, let its error through, and return what it printed."""

    def run(*arguments: object) -> str:
        result = app.test_cli_runner().invoke(
            args=["registrations", *map(str, arguments)], catch_exceptions=False, standalone_mode=False
        )
        if result.exception:
            raise result.exception
        return result.output

    return run


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "list.csv"
    path.write_text(TABLE)
    return path


def people() -> list[tuple[str, str, str]]:
    db.session.rollback()
    rows = db.session.scalars(select(Registration).order_by(Registration.id)).all()
    return [(person.name, person.country, person.mode) for person in rows]


def test_a_table_is_imported(run: Run, table: Path) -> None:
    assert run("import", "launch", table) == "2 added, 0 changed, 0 the same.\n"
    assert people() == [("Lamiae Ghaouti", "MA", "online"), ("王晓明", "CN", "in_person")]


def test_a_dry_run_changes_nothing(run: Run, table: Path) -> None:
    said = run("import", "launch", table, "--dry-run")
    assert (said, people()) == ("2 would be added, 0 changed, 0 the same.\n", [])


def test_a_second_run_finds_everything_the_same(run: Run, table: Path) -> None:
    run("import", "launch", table)
    assert run("import", "launch", table) == "0 added, 0 changed, 2 the same.\n"


def test_tickets_are_mailed_when_asked(run: Run, table: Path) -> None:
    run("import", "launch", table, "--send-tickets")
    assert db.session.scalar(select(func.count(OutboxMail.id))) == 2


def test_one_faulty_row_stops_the_whole_file(run: Run, table: Path) -> None:
    table.write_text(TABLE + "nobody;X;Y;Maroc;\n")
    with pytest.raises(UnreadableTable, match=r"rows that cannot be used: 1\. Nothing was changed\."):
        run("import", "launch", table)
    assert people() == []


def test_a_table_without_addresses_is_refused(run: Run, table: Path) -> None:
    table.write_text("Name;Country\nLi;CN\n")
    with pytest.raises(UnreadableTable, match="no column “E-mail”"):
        run("import", "launch", table)


def test_an_unknown_event_is_refused(run: Run, table: Path) -> None:
    with pytest.raises(NoSuchEvent):
        run("import", "nothing", table)


BAD_FILES = [b"", b"PK\x03\x04 torn", b"\x89PNG\r\n" + bytes(50), bytes(13 * 1024 * 1024)]


@pytest.mark.parametrize("content", BAD_FILES, ids=["empty", "torn", "picture", "too large"])
def test_a_bad_file_is_refused_by_its_name(run: Run, tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "list.xlsx"
    path.write_bytes(content)
    with pytest.raises(UnreadableTable, match=r"^list\.xlsx: .+"):
        run("import", "launch", path)
    assert people() == []


def test_a_bad_file_ends_with_one_line_and_status_two(event: Event, tmp_path: Path, database_url: str) -> None:
    path = tmp_path / "list.xlsx"
    path.write_bytes(b"PK\x03\x04 torn")
    words = "registrations", "import", "launch", path
    result = command_line.run(tmp_path, *words, INSER_DATABASE_URL=database_url)
    assert (result.returncode, result.stdout, result.stderr.count("\n")) == (2, "", 1)
    assert result.stderr.startswith("inser-events: list.xlsx: ")


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_what_is_exported_comes_back_the_same(run: Run, event: Event, tmp_path: Path, ending: str) -> None:
    operations.register(
        event, someone(email="a@example.org", family_name="=1+1", organisation="-FAO", country="MA"), at=now()
    )
    operations.register(event, someone(email="b@example.org", mode="online", listed=True, name_latin="'Li"), at=now())
    commit()
    path = tmp_path / f"out.{ending}"
    run("export", "launch", "-o", path)
    assert run("import", "launch", path) == "0 added, 0 changed, 2 the same.\n"


def test_an_export_of_another_kind_is_refused(run: Run, tmp_path: Path) -> None:
    with pytest.raises(Exception, match=r"the name must end in \.csv or \.xlsx"):
        run("export", "launch", "-o", tmp_path / "out.pdf")


def test_answers_are_exported_and_come_back(run: Run, event: Event, tmp_path: Path) -> None:
    data = QuestionData(kind="choice", label={"en": "Lunch"}, options=[("", {"en": "Fish"})])
    lunch = form_operations.add_question(event, data, at=now())
    answers = {lunch.uid: lunch.wording.keys[0]}
    operations.register(event, someone(email="a@example.org"), at=now(), answers=answers)
    commit()
    path = tmp_path / "out.csv"
    run("export", "launch", "-o", path, "--columns", "lunch, E-mail")
    assert path.read_text("utf-8-sig").splitlines() == ["Lunch,email", "Fish,a@example.org"]
    assert run("import", "launch", path) == "0 added, 0 changed, 1 the same.\n"


@pytest.mark.parametrize("columns", ["nonsense", ",", "email,nonsense"])
def test_a_column_that_does_not_exist_is_named(run: Run, event: Event, tmp_path: Path, columns: str) -> None:
    path = tmp_path / "out.csv"
    with pytest.raises(Exception, match=r"^There is no column .*There are: name, name_latin"):
        run("export", "launch", "-o", path, "--columns", columns)
    assert not path.exists()
