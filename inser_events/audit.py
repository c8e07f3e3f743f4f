"""Who did what to what, when. Every operation that writes leaves an entry in the same transaction."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Index, insert
from sqlalchemy.orm import Mapped, mapped_column

from inser_events.clock import now
from inser_events.database import Model, db


@dataclass(frozen=True)
class Actor:
    """The one who acts: a signed-in user, a device, a ticket holder, or the machine itself."""

    label: str
    user_id: int | None = None


SYSTEM = Actor("system")
_actor: ContextVar[Actor] = ContextVar("actor", default=SYSTEM)


class AuditEntry(Model):
    """One act. ``subject`` is ``<table>:<id>``; no foreign keys, so entries outlive what they tell of."""

    __tablename__ = "audit_entry"
    __table_args__ = (Index("ix_audit_entry_event_at", "event_id", "at"), Index("ix_audit_entry_subject", "subject"))

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    actor: Mapped[str]
    user_id: Mapped[int | None]
    action: Mapped[str]
    subject: Mapped[str]
    event_id: Mapped[int | None]
    before: Mapped[dict[str, Any]] = mapped_column(default=dict)
    after: Mapped[dict[str, Any]] = mapped_column(default=dict)


# Written past the session: nobody reads an entry in the request that makes it, and every write makes one.
_ENTER = insert(AuditEntry.__table__)  # type: ignore[arg-type] # declared as the wider FromClause


def record(
    action: str,
    subject: Any,
    *,
    event_id: int | None = None,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> None:
    """Leave an entry for *subject*, a flushed row with a table name and an id."""
    actor = _actor.get()
    entry = {
        "at": now(),
        "actor": actor.label,
        "user_id": actor.user_id,
        "action": action,
        "subject": f"{subject.__tablename__}:{subject.id}",
        "event_id": event_id,
        "before": before or {},
        "after": after or {},
    }
    db.session.connection().execute(_ENTER, entry)


def current_actor() -> Actor:
    """The one who acts now."""
    return _actor.get()


def act_as(actor: Actor) -> None:
    """Name the one who acts for the rest of this request or job."""
    _actor.set(actor)


@contextmanager
def acting(actor: Actor) -> Iterator[None]:
    """Name the one who acts inside the block."""
    token = _actor.set(actor)
    try:
        yield
    finally:
        _actor.reset(token)
