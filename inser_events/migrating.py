"""The state of the database's tables: which migration it has reached, and bringing it to the last one."""

import logging
from functools import lru_cache

import flask_migrate
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text

from inser_events.config import PACKAGE
from inser_events.database import db
from inser_events.people import search_index

MIGRATIONS = PACKAGE / "migrations"


@lru_cache(maxsize=1)
def last_revision() -> str | None:
    """The migration this version of the code needs."""
    return ScriptDirectory(str(MIGRATIONS)).get_current_head()


def revision() -> str | None:
    """The migration the database has reached; None for an empty one. Raises SQLAlchemyError when it cannot be asked."""
    with db.engine.connect() as connection:
        found: str | None = MigrationContext.configure(connection).get_current_revision()
    return found


def is_current() -> bool:
    """Whether the tables are those the code needs."""
    return revision() == last_revision()


def bring_up_to_date() -> None:
    """Run every migration that is missing; make the indexes of searches that no migration describes."""
    db.session.remove()  # a connection that has begun to read would hold up the change of its tables
    logging.getLogger("alembic").setLevel(logging.WARNING)
    flask_migrate.upgrade(directory=str(MIGRATIONS))
    with db.engine.begin() as connection:
        search_index.make_indexes(connection)


def drop_everything() -> None:
    """Remove every table, ours and Alembic's. There is no way back."""
    db.session.remove()
    db.drop_all()
    if inspect(db.engine).has_table("alembic_version"):
        with db.engine.begin() as connection:
            connection.execute(text("DROP TABLE alembic_version"))
