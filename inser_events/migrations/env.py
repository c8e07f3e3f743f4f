"""How Alembic reaches the database: through the application that runs the command."""

from typing import Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from flask import current_app

from inser_events.database import db

_options = current_app.extensions["migrate"].configure_args


def _run() -> None:
    with db.engine.connect() as connection:
        context.configure(connection=connection, target_metadata=db.metadata, render_item=_render, **_options)
        with context.begin_transaction():
            context.run_migrations()
        connection.commit()


def _render(kind: str, item: object, _context: AutogenContext) -> str | Literal[False]:
    """Write our own column types by what they are in the database: a migration must not follow our code's changes."""
    plain = {"UTCDateTime": "sa.DateTime(timezone=True)", "LocalizedText": "sa.JSON()"}
    return plain.get(type(item).__name__, False) if kind == "type" else False


if context.is_offline_mode():
    message = "Migrations need a database connection."
    raise RuntimeError(message)
_run()
