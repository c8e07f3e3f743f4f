"""Messages to many: what is written to whom and when, who must not be written to, and how fast mails may leave."""

from datetime import datetime, time
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from inser_events.database import Model, new_uid
from inser_events.events.models import Event
from inser_events.languages import Localized


class MessageState(StrEnum):
    """Where a message stands."""

    DRAFT = "draft"
    SCHEDULED = "scheduled"
    SENDING = "sending"
    SENT = "sent"
    STOPPED = "stopped"
    MISSED = "missed"


class Message(Model):
    """One letter to an audience. Written mails have the cause ``message:<id>:<registration id>``: one per person."""

    __tablename__ = "message"
    __table_args__ = (Index("ix_message_event_created", "event_id", "created_at"), Index("ix_message_state", "state"))

    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[str] = mapped_column(unique=True, default=new_uid)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"))
    subject: Mapped[Localized]
    body: Mapped[Localized]
    """Plain text with placeholders; paragraphs apart by a blank line."""
    audience: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """`audiences.Audience` as a mapping."""
    attachments: Mapped[list[str]] = mapped_column(default=list)
    """``calendar``, ``badge``."""
    note_name: Mapped[str] = mapped_column(default="")
    """Name of the attached PDF, which lies under the message's uid; empty: none."""
    state: Mapped[str] = mapped_column(default=MessageState.DRAFT)
    send_at: Mapped[datetime | None]
    days_before: Mapped[int | None]
    """Sent so many days before the first day, at ``send_time`` in the event's zone; moves with the event."""
    send_time: Mapped[time | None]
    total: Mapped[int] = mapped_column(default=0)
    """How many people it was for when sending began."""
    written: Mapped[int] = mapped_column(default=0)
    """How many of them the mails in the outbox are for; one to a focal point is for several."""
    reached: Mapped[int] = mapped_column(default=0)
    """The id of the last registration that was looked at."""
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    created_by: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)

    event: Mapped[Event] = relationship(lazy="joined")


class Suppression(Model):
    """An address that messages of one event leave out: it bounced, or its owner asked for silence."""

    __tablename__ = "suppression"
    __table_args__ = (UniqueConstraint("event_id", "address"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"))
    address: Mapped[str]
    """Folded."""
    reason: Mapped[str] = mapped_column(default="")
    added_at: Mapped[datetime]


class SendingRate(Model):
    """How many mails of messages may leave this installation in a minute. No row: as many as it can."""

    __tablename__ = "sending_rate"

    id: Mapped[int] = mapped_column(primary_key=True)
    per_minute: Mapped[int | None]
