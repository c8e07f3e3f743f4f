"""Migrations: one head, and they make exactly the tables of the models, on every database."""

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask

from inser_events import migrating
from inser_events.config import PACKAGE
from inser_events.database import commit, db


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
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, db.metadata) == []


def test_migrations_can_be_taken_back(app: Flask) -> None:
    db.drop_all()
    commit()
    db.session.remove()
    migrating.bring_up_to_date()
    migrating.tool().downgrade(revision="base")
    assert set(db.inspect(db.engine).get_table_names()) == {"alembic_version"}
