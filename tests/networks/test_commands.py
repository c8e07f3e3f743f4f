from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask

from inser_events.database import commit, db
from inser_events.documents.tables import UnreadableTable, read_table
from inser_events.networks.errors import NoSuchNetwork
from inser_events.networks.models import Network
from inser_events.networks.operations import NetworkData, add_network
from inser_events.networks.queries import member_count
from inser_events.terminal import CannotWrite

TABLE = """Given name;Family name;E-mail;Country;Organisation
Lamiae;Ghaouti;a@example.org;Maroc;INRA
晓明;王;b@example.org;CN;=Institute
"""
Run = Callable[..., str]


@pytest.fixture
def run(app: Flask) -> Run:
    """Run a command as on a terminal, let its error through, and return what it printed."""
    add_network(NetworkData(slug="inser", acronym="INSER", name={"en": "Soil erosion"}))
    commit()

    def run(*arguments: object) -> str:
        result = app.test_cli_runner().invoke(
            args=["members", *map(str, arguments)], catch_exceptions=False, standalone_mode=False
        )
        if result.exception:
            raise result.exception
        return result.output

    return run


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "members.csv"
    path.write_text(TABLE)
    return path


def members() -> int:
    db.session.rollback()
    return member_count(db.session.get_one(Network, 1))


def test_a_table_is_imported(run: Run, table: Path) -> None:
    assert run("import", "inser", table).splitlines()[-1] == "2 added, 0 known already."
    assert run("import", "inser", table).splitlines()[-1] == "0 added, 2 known already."
    assert members() == 2


def test_a_dry_run_changes_nothing(run: Run, table: Path) -> None:
    assert run("import", "inser", table, "--dry-run").splitlines()[-1] == "2 would be added, 0 known already."
    assert members() == 0


@pytest.mark.parametrize("suffix", ["csv", "xlsx"])
def test_what_was_exported_can_be_imported(run: Run, table: Path, tmp_path: Path, suffix: str) -> None:
    run("import", "inser", table)
    path = tmp_path / f"out.{suffix}"
    run("export", "inser", "-o", path)
    exported = read_table(path)
    assert [row[1:6] for row in exported.rows] == [
        ["Lamiae", "Ghaouti", "", "a@example.org", "INRA"],
        ["晓明", "王", "", "b@example.org", "=Institute"],
    ]
    assert run("import", "inser", path).splitlines()[-1] == "0 added, 2 known already."


def test_a_row_that_cannot_be_used_stops_everything(run: Run, table: Path) -> None:
    table.write_text(TABLE + "X;Y;not an address;;\n")
    with pytest.raises(UnreadableTable, match=r"rows that cannot be used: 1\. Nothing was changed\."):
        run("import", "inser", table)
    assert members() == 0


@pytest.mark.parametrize(
    ("content", "message"),
    [("", "the file is empty"), ("Phone\n1\n", "no column “Family name”"), ("%PDF-1.7", "not a CSV or XLSX file")],
)
def test_a_file_that_is_no_list_of_members(run: Run, table: Path, content: str, message: str) -> None:
    table.write_text(content)
    with pytest.raises(UnreadableTable, match=message):
        run("import", "inser", table)


def test_a_network_that_does_not_exist(run: Run, table: Path) -> None:
    with pytest.raises(NoSuchNetwork):
        run("import", "nope", table)


def test_a_file_that_cannot_be_written(run: Run, tmp_path: Path) -> None:
    with pytest.raises(CannotWrite, match="There is no folder"):
        run("export", "inser", "-o", tmp_path / "none" / "out.csv")


def test_a_file_of_another_kind_is_not_made(run: Run, tmp_path: Path) -> None:
    with pytest.raises(CannotWrite, match=r"the name must end in \.csv or \.xlsx\.$"):
        run("export", "inser", "-o", tmp_path / "out.doc")
