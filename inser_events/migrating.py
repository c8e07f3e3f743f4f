"""The state of the database's tables: which migration it has reached, and bringing it to the last one.

Alembic costs a server ten megabytes that it never needs again, so asking goes without it: our revisions are numbers,
and the file of each begins with its own.
"""

import logging
from functools import lru_cache
from types import ModuleType
from typing import Any

from flask import current_app
from sqlalchemy import inspect, text

from inser_events.config import PACKAGE
from inser_events.database import db
from inser_events.people import search_index

MIGRATIONS = PACKAGE / "migrations"


@lru_cache(maxsize=1)
def last_revision() -> str | None:
    """The migration this version of the code needs."""
    return max(revisions(), default=None)


def revisions() -> set[str]:
    """The migrations this version of the code knows."""
    return {path.name.partition("_")[0] for path in (MIGRATIONS / "versions").glob("[0-9]*.py")}


def revision() -> str | None:
    """The migration the database has reached; None for an empty one. Raises SQLAlchemyError when it cannot be asked."""
    with db.engine.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        found: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return found


def is_current() -> bool:
    """Whether the tables are those the code needs."""
    return revision() == last_revision()


def bring_up_to_date() -> None:
    """Run every migration that is missing; make the indexes of searches that no migration describes."""
    bring_up_to("head")
    with db.engine.begin() as connection:
        search_index.make_indexes(connection)


def bring_up_to(wanted: str) -> None:
    """Run every migration that is missing, up to and with *wanted*."""
    db.session.remove()  # a connection that has begun to read would hold up the change of its tables
    logging.getLogger("alembic").setLevel(logging.WARNING)
    tool().upgrade(directory=str(MIGRATIONS), revision=wanted)


def tool() -> ModuleType:
    """Flask-Migrate, told of this application."""
    import flask_migrate  # noqa: PLC0415 — see the module's docstring

    flask_migrate.Migrate(
        current_app,
        db,
        directory=str(MIGRATIONS),
        render_as_batch=True,  # how SQLite alters a table; it does nothing on PostgreSQL
        compare_type=True,
        include_name=is_compared,
    )
    return flask_migrate


def is_compared(name: str | None, kind: str, _parents: Any) -> bool:
    """Whether a migration concerns it: indexes of searches and their tables are made apart from migrations."""
    return kind not in {"table", "index"} or "_search" not in (name or "")


def drop_everything() -> None:
    """Remove every table, ours and Alembic's. There is no way back."""
    db.session.remove()
    db.drop_all()
    if inspect(db.engine).has_table("alembic_version"):
        with db.engine.begin() as connection:
            connection.execute(text("DROP TABLE alembic_version"))
