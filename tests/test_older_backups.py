"""Backups that older versions made: every table they had, filled, comes along."""

import io
import json
import tarfile
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import MetaData, func, select

from inser_events import migrating
from inser_events.backup import UnusableBackup, back_up, restore_tables
from inser_events.config import Settings
from inser_events.database import Model, commit, db, expect_writing
from inser_events.older_backups import brought_up_to_date
from tests.command_line import run
from tests.factories import make_user
from tests.test_migrations import some

Table = list[list[object]]
"""The names of the columns, then the rows."""


@pytest.fixture
def settings(app: Flask) -> Settings:
    expect_writing()
    found: Settings = app.extensions["settings"]
    return found


def older_tables(revision: str) -> dict[str, Table]:
    """A row in every table that there was after a migration, as a backup has it."""
    migrating.drop_everything()
    migrating.bring_up_to(revision)
    old = MetaData()
    old.reflect(db.engine)
    tables = [table for table in old.sorted_tables if table.name != "alembic_version"]
    migrating.bring_up_to_date()
    return {
        table.name: [[column.name for column in table.columns], [plain(some(column)) for column in table.columns]]
        for table in tables
    }


def plain(value: object) -> object:
    if isinstance(value, bytes):
        return "MQ=="
    return value if isinstance(value, bool | int | str | dict) else value.isoformat()  # type: ignore[attr-defined]


def saved(path: Path, revision: str, tables: dict[str, Table]) -> Path:
    """A backup as the version of a migration wrote it."""
    parts = {"meta.json": json.dumps({"format": 1, "revision": revision}), "secret": "s" * 40}
    parts |= {f"tables/{name}.jsonl": "\n".join(map(json.dumps, table)) for name, table in tables.items()}
    with tarfile.open(path, "w:gz") as archive:
        for name, text in parts.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(text.encode())
            archive.addfile(entry, io.BytesIO(text.encode()))
    return path


def counts(names: dict[str, Table]) -> dict[str, int | None]:
    found = {name: db.metadata.tables[name] for name in names}
    return {name: db.session.scalar(select(func.count()).select_from(table)) for name, table in found.items()}


@pytest.mark.parametrize("revision", ["0001", "0002"])
def test_every_row_of_an_older_backup_comes_along(settings: Settings, tmp_path: Path, revision: str) -> None:
    tables = older_tables(revision)
    path = saved(tmp_path / "old.tar.gz", revision, tables)
    with brought_up_to_date(path, settings) as today:
        restored = restore_tables(today)
    assert (counts(tables), restored) == (dict.fromkeys(tables, 1), len(tables))
    for mapper in Model.registry.mappers:
        db.session.scalars(select(mapper.class_)).unique().all()  # every column can be read
    assert list(settings.instance.glob("restoring-*")) == []


def test_a_damaged_older_backup_leaves_everything_as_it_was(settings: Settings, tmp_path: Path) -> None:
    tables = older_tables("0001")
    make_user(email="amina@example.org")
    commit()
    columns = tables["user"][0]
    unfit: dict[str, dict[str, Table]] = {
        "a table is missing": {name: table for name, table in tables.items() if name != "session"},
        "a row too short": tables | {"user": [columns, tables["user"][1][:-1]]},
        "an empty file": tables | {"user": []},
        "no date": tables | {"event": [tables["event"][0], ["soon" for _column in tables["event"][0]]]},
        "rows that point to nothing": tables | {"user": [columns]},
    }
    taken = []
    for what, content in unfit.items():
        path = saved(tmp_path / "old.tar.gz", "0001", content)
        try:
            with brought_up_to_date(path, settings):
                taken.append(what)
        except UnusableBackup as error:
            assert error.message == f"{path}: not a backup of this product."  # noqa: PT017 — each of many in turn
    assert (taken, counts({"user": []}), list(settings.instance.glob("restoring-*"))) == ([], {"user": 1}, [])


def test_a_backup_of_this_version_is_read_as_it_is(settings: Settings, tmp_path: Path) -> None:
    migrating.drop_everything()
    migrating.bring_up_to_date()
    path = tmp_path / "saved.tar.gz"
    back_up(path, settings)
    with brought_up_to_date(path, settings) as today:
        assert today == path


def test_an_older_backup_is_restored_in_one_command(settings: Settings, tmp_path: Path) -> None:
    tables = older_tables("0001")
    restored = run(tmp_path / "new", "restore", saved(tmp_path / "old.tar.gz", "0001", tables))
    assert (restored.returncode, restored.stdout, restored.stderr) == (0, f"Restored {len(tables)} rows.\n", "")
