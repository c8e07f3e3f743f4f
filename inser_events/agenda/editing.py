"""Two editors never overwrite each other silently: what was read is compared with what is there, under a lock."""

from hashlib import sha256
from typing import Any

import msgspec
from sqlalchemy import select

from inser_events.agenda.errors import NotInAgenda
from inser_events.agenda.models import Document, Item, Slot, Speaker
from inser_events.database import db

LENGTH = 20


def fingerprint(values: Any) -> str:
    """A short text that changes with any of *values*; a form carries that of what it was made from."""
    return sha256(msgspec.json.encode(values, order="deterministic")).hexdigest()[:LENGTH]


def hold(row: Slot | Speaker | Item | Document) -> None:
    """Keep others from changing a row until this transaction ends, and read it anew. Raises NotInAgenda.

    The row alone is locked: PostgreSQL refuses FOR UPDATE on what the row is outer-joined to.
    """
    table = type(row)
    found = db.session.scalar(select(table.id).where(table.id == row.id).with_for_update())
    if found is None:
        raise NotInAgenda
    db.session.refresh(row)
