"""Migrations: one head, and they make exactly the tables of the models, on every database."""

from datetime import UTC, date, datetime, time
from typing import Any

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from sqlalchemy import JSON, Boolean, Column, Date, DateTime, Integer, LargeBinary, MetaData, Time, func, select
from sqlalchemy.types import TypeDecorator, TypeEngine

from inser_events import migrating
from inser_events.config import PACKAGE
from inser_events.database import Model, commit, db


def test_there_is_a_single_head_and_we_know_it_without_asking() -> None:
    assert ScriptDirectory(str(PACKAGE / "migrations")).get_heads() == [migrating.last_revision()]


def test_the_state_of_the_tables_is_known_without_asking(app: Flask) -> None:
    migrating.drop_everything()
    before = migrating.revision()
    migrating.bring_up_to_date()
    with db.engine.connect() as connection:
        told = MigrationContext.configure(connection).get_current_revision()
    assert (before, migrating.revision(), migrating.is_current()) == (None, told, True)


def test_migrations_make_the_tables_of_the_models(app: Flask) -> None:
    db.drop_all()
    commit()
    db.session.remove()
    migrating.bring_up_to_date()
    with db.engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "include_name": migrating.is_compared}
        )
        assert compare_metadata(context, db.metadata) == []


def test_migrations_can_be_taken_back(app: Flask) -> None:
    db.drop_all()
    commit()
    db.session.remove()
    migrating.bring_up_to_date()
    migrating.tool().downgrade(revision="base")
    left = {name for name in db.inspect(db.engine).get_table_names() if migrating.is_compared(name, "table", {})}
    assert left == {"alembic_version"}


def test_rows_of_the_first_version_come_along(app: Flask) -> None:
    migrating.drop_everything()
    migrating.tool().upgrade(directory=str(migrating.MIGRATIONS), revision="0001")
    db.session.remove()
    old = MetaData()
    old.reflect(db.engine)
    tables = [table for table in old.sorted_tables if table.name != "alembic_version"]
    with db.engine.begin() as connection:
        for table in tables:
            connection.execute(table.insert().values({column.name: some(column) for column in table.columns}))
    migrating.bring_up_to_date()
    counts = {table.name: db.session.scalar(select(func.count()).select_from(table)) for table in tables}
    assert counts == dict.fromkeys(counts, 1)
    for mapper in Model.registry.mappers:
        db.session.scalars(select(mapper.class_)).unique().all()  # every column can be read


def some(column: Column[Any]) -> object:
    """Something that fits into a column; keys of other tables find the row that was made there."""
    kinds: list[tuple[type[TypeEngine[Any]], object]] = [
        (Boolean, False),
        (Integer, 1),
        (DateTime, datetime(2025, 9, 15, tzinfo=UTC)),
        (Date, date(2025, 9, 15)),
        (Time, time(9)),
        (JSON, {}),
        (LargeBinary, b"1"),
    ]
    stored = column.type.impl_instance if isinstance(column.type, TypeDecorator) else column.type
    return next((value for kind, value in kinds if isinstance(stored, kind)), "1")
