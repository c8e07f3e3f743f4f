"""How Alembic reaches the database: through the application that runs the command."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from flask import current_app
from sqlalchemy import Connection

from inser_events.database import db

_options = current_app.extensions["migrate"].configure_args


def _run() -> None:
    with db.engine.connect() as connection, _rows_kept(connection):
        context.configure(connection=connection, target_metadata=db.metadata, render_item=_render, **_options)
        with context.begin_transaction():
            context.run_migrations()
        connection.commit()


@contextmanager
def _rows_kept(connection: Connection) -> Iterator[None]:
    """SQLite alters a table by dropping it and making it anew. With foreign keys on, rows that point there would go."""
    if connection.dialect.name != "sqlite":
        yield
        return
    # By the driver: inside a transaction the pragma does nothing.
    cursor = connection.connection.cursor()
    before = len(cursor.execute("PRAGMA foreign_key_check").fetchall())
    cursor.execute("PRAGMA foreign_keys=OFF")
    try:
        yield
    finally:
        cursor.execute("PRAGMA foreign_keys=ON")
    after = cursor.execute("PRAGMA foreign_key_check").fetchall()
    if len(after) > before:
        message = f"The migration left {len(after)} rows that point to nothing, the first in the table {after[0][0]}."
        raise RuntimeError(message)


def _render(kind: str, item: object, _context: AutogenContext) -> str | Literal[False]:
    """Write our own column types by what they are in the database: a migration must not follow our code's changes."""
    plain = {"UTCDateTime": "sa.DateTime(timezone=True)", "LocalizedText": "sa.JSON()"}
    return plain.get(type(item).__name__, False) if kind == "type" else False


if context.is_offline_mode():
    message = "Migrations need a database connection."
    raise RuntimeError(message)
_run()
