"""Counting what a page asks of the database."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event

from inser_events.database import db


@contextmanager
def count_queries() -> Iterator[list[str]]:
    """Collect every statement that runs inside the block."""
    statements: list[str] = []

    def ran(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        if not statement.startswith(("BEGIN", "SAVEPOINT", "RELEASE")):
            statements.append(statement)

    engine = db.engine
    event.listen(engine, "before_cursor_execute", ran)
    try:
        yield statements
    finally:
        event.remove(engine, "before_cursor_execute", ran)
