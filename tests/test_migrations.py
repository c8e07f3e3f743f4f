"""Migrations: one head, and they make exactly the tables of the models, on every database."""

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from flask_migrate import downgrade, upgrade

from inser_events.config import PACKAGE
from inser_events.database import commit, db


def test_there_is_a_single_head() -> None:
    assert len(ScriptDirectory(str(PACKAGE / "migrations")).get_heads()) == 1


def test_migrations_make_the_tables_of_the_models(app: Flask) -> None:
    db.drop_all()
    commit()
    db.session.remove()
    upgrade()
    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, db.metadata) == []


def test_migrations_can_be_taken_back(app: Flask) -> None:
    db.drop_all()
    commit()
    db.session.remove()
    upgrade()
    downgrade(revision="base")
    assert set(db.inspect(db.engine).get_table_names()) == {"alembic_version"}
