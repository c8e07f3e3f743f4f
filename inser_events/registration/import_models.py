"""Tables that somebody is about to import, and what is remembered of how their columns were read."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from inser_events.database import Model, new_uid
from inser_events.events.models import Event


class ImportState(StrEnum):
    """Where an import stands."""

    READY = "ready"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class ImportBatch(Model):
    """One uploaded table. Its cells lie in a file beside the database until they are imported or dropped."""

    __tablename__ = "import_batch"
    __table_args__ = (Index("ix_import_batch_event_created", "event_id", "created_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[str] = mapped_column(unique=True, default=new_uid)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"))
    filename: Mapped[str]
    """As the sender called it; for reading only."""
    state: Mapped[str] = mapped_column(default=ImportState.READY)
    columns: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """``{column number as text: field}``."""
    defaults: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """Mode, category and language of rows that do not say."""
    chosen: Mapped[list[int] | None] = mapped_column(JSON)
    """Numbers of the rows to import; None: all that can be."""
    send_tickets: Mapped[bool] = mapped_column(default=False)
    rows: Mapped[int] = mapped_column(default=0)
    counts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """How many rows were new, changed, the same, faulty, when it was done."""
    error: Mapped[str] = mapped_column(default="")
    actor: Mapped[str] = mapped_column(default="")
    user_id: Mapped[int | None]
    created_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]

    event: Mapped[Event] = relationship(lazy="joined")


class ImportMemory(Model):
    """How the columns of an event's last import were read: the next file of the same shape is read the same way."""

    __tablename__ = "import_memory"

    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"), primary_key=True)
    headings: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """``{heading without case and punctuation: field, or "" where the column is left out}``."""
    defaults: Mapped[dict[str, Any]] = mapped_column(default=dict)
