"""Checkpoints, paired devices, and the scans they made."""

from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from inser_events.database import Model, new_uid
from inser_events.events.models import Event, Room
from inser_events.languages import Localized

VENUE = "venue"
UNDO_TIME = timedelta(minutes=15)


class Outcome(StrEnum):
    """What the door says. The words are part of the public contract."""

    ADMITTED = "admitted"
    LEFT = "left"
    ALREADY_IN = "already_in"
    NOT_CONFIRMED = "not_confirmed"
    CANCELLED = "cancelled"
    REVOKED = "revoked"
    WRONG_MODE = "wrong_mode"
    WRONG_CHECKPOINT = "wrong_checkpoint"
    WRONG_TIME = "wrong_time"
    UNKNOWN_TICKET = "unknown_ticket"
    CONFLICT = "conflict"


COUNTED = frozenset({Outcome.ADMITTED, Outcome.LEFT, Outcome.ALREADY_IN, Outcome.CONFLICT})
"""Outcomes of scans by people who may pass. Which of the four it was depends on the other scans; that it was one of
them does not, and so the order of uploads cannot change who is inside."""


class Direction(StrEnum):
    """Which way the person goes."""

    IN = "in"
    OUT = "out"


BOTH = "both"


class CheckpointKind(StrEnum):
    """What is behind the door."""

    ENTRANCE = "entrance"
    ROOM = "room"
    SESSION = "session"
    MEAL = "meal"
    DESK = "desk"


class Checkpoint(Model):
    """A door: the entrance, a room, a meal, a desk. ``rules`` says who may pass, as data."""

    __tablename__ = "checkpoint"

    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[str] = mapped_column(unique=True, default=new_uid)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"), index=True)
    room_id: Mapped[int | None] = mapped_column(ForeignKey("room.id", ondelete="SET NULL"))
    session_uid: Mapped[str | None]
    """``uid`` of the session behind the door, for kind ``session``."""
    kind: Mapped[str] = mapped_column(default=CheckpointKind.ENTRANCE)
    name: Mapped[Localized]
    direction: Mapped[str] = mapped_column(default=BOTH)
    """``in``, ``out`` or ``both``."""
    rules: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """``{"modes": […], "categories": […], "sessions": [uid, …], "opens_at": "…Z", "closes_at": "…Z", "days":
    ["2025-09-15", …], "hours": ["12:00", "14:30"], "override": true}``. Without ``modes`` only those with a place in
    the room pass; any other absent key allows all. Days and hours are local, see `rules.Door`."""
    position: Mapped[int] = mapped_column(default=0)

    event: Mapped[Event] = relationship()
    room: Mapped[Room | None] = relationship()

    @property
    def area(self) -> str:
        """What one is in after passing; several doors may lead to one area."""
        return area_of(self.kind, self.room_id, self.session_uid, self.uid)


def area_of(kind: str, room_id: int | None, session_uid: str | None, uid: str) -> str:
    """The area behind a checkpoint: all entrances lead to the venue, all doors of a room or session to that one."""
    if kind == CheckpointKind.ENTRANCE:
        return VENUE
    if kind == CheckpointKind.SESSION and session_uid:
        return f"session:{session_uid}"
    return f"room:{room_id}" if kind == CheckpointKind.ROOM and room_id is not None else f"door:{uid}"


class Device(Model):
    """A paired scanner. Only a hash of its token is kept."""

    __tablename__ = "device"

    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[str] = mapped_column(unique=True, default=new_uid)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"), index=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))
    """Who paired it."""
    name: Mapped[str]
    token_hash: Mapped[str] = mapped_column(unique=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    last_seen_at: Mapped[datetime | None]
    clock_offset: Mapped[float] = mapped_column(default=0.0)
    """Seconds the device's clock is behind the server's, measured at its last contact."""
    waiting: Mapped[int] = mapped_column(default=0)
    """Scans the device still kept to itself at its last contact."""

    event: Mapped[Event] = relationship()


class Scan(Model):
    """One scan as it happened: appended, never changed. The id was made on the device.

    A scan with ``undoes`` is no passage: it takes back the scan with that id.
    """

    __tablename__ = "scan"
    __table_args__ = (
        Index("ix_scan_registration_scanned", "registration_id", "scanned_at"),
        Index("ix_scan_event_received", "event_id", "received_at"),
        Index(
            "ix_scan_event_undoes",
            "event_id",
            "undoes",
            sqlite_where=text("undoes IS NOT NULL"),
            postgresql_where=text("undoes IS NOT NULL"),
        ),
    )

    # Ids are made outside, so one event's scans must not be able to collide with, or reveal, another's.
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"), primary_key=True)
    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    checkpoint_id: Mapped[int | None] = mapped_column(ForeignKey("checkpoint.id", ondelete="SET NULL"))
    area: Mapped[str]
    """The checkpoint's area at that time; empty when there is no such checkpoint."""
    device_id: Mapped[int | None] = mapped_column(ForeignKey("device.id", ondelete="SET NULL"))
    registration_id: Mapped[int | None] = mapped_column(ForeignKey("registration.id", ondelete="SET NULL"))
    ticket_text: Mapped[str]
    """What was read, cut to a sane length; kept for unknown tickets too."""
    direction: Mapped[str]
    offline: Mapped[bool]
    shown: Mapped[str]
    """The outcome the device had shown before it asked; empty when it did not say."""
    reason: Mapped[str]
    """Why staff let the person in against a rule; empty as a rule."""
    undoes: Mapped[str | None] = mapped_column(String(36))
    scanned_at: Mapped[datetime]
    """The device's clock, corrected by the offset measured at upload."""
    received_at: Mapped[datetime]
    outcome: Mapped[str]
    result: Mapped[str] = mapped_column(Text)
    """The answer as sent, word for word, as JSON: a repeated scan gets it again."""
    fingerprint: Mapped[str]
    """Hash of what the device said, to notice one id with two contents."""


class Presence(Model):
    """Where one person stands in one area: what `projection` makes of the scans, kept so that nobody has to ask again.

    It holds nothing that the scans do not say, and can be made anew from them at any time.
    """

    __tablename__ = "presence"
    __table_args__ = (Index("ix_presence_event_area", "event_id", "area"),)

    registration_id: Mapped[int] = mapped_column(ForeignKey("registration.id", ondelete="CASCADE"), primary_key=True)
    area: Mapped[str] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"))
    direction: Mapped[str]
    """Of the last passage: ``in`` means inside, on that ``day``."""
    day: Mapped[date]
    """Of the last passage, in the event's zone: whoever forgot to scan out is not inside the next morning."""
    last_at: Mapped[datetime]
    last_id: Mapped[str] = mapped_column(String(36))
    device_id: Mapped[int | None]
    """Which device saw the person last."""
    entered_at: Mapped[datetime | None]
    """Since when the person is inside; None: outside."""
    entry_device_id: Mapped[int | None]
    entry_checkpoint_id: Mapped[int | None]
    first_at: Mapped[datetime | None]
    """The first admission ever."""


class ScanRepeat(Model):
    """An id that came again with other content: answered with the first result, kept here for the organiser."""

    __tablename__ = "scan_repeat"

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"), index=True)
    scan_id: Mapped[str] = mapped_column(String(36))
    device_id: Mapped[int | None] = mapped_column(ForeignKey("device.id", ondelete="SET NULL"))
    received_at: Mapped[datetime]
    content: Mapped[str] = mapped_column(Text)
    """What came, as JSON, cut to a sane length."""


class ConflictDecision(Model):
    """What an organiser decided about two scans that let one ticket in twice, or another matter of `inbox`."""

    __tablename__ = "conflict_decision"

    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"), primary_key=True)
    first_id: Mapped[str] = mapped_column(String(36), primary_key=True)
    second_id: Mapped[str] = mapped_column(String(36), primary_key=True)
    """The other scan's id; empty, or ``repeat`` and a number, where there is only one scan, see `inbox.Matter.key`."""
    decision: Mapped[str]
    """``resolved`` or ``ignored``."""
    decided_at: Mapped[datetime]
    decided_by: Mapped[str] = mapped_column(default="")
    note: Mapped[str] = mapped_column(Text, default="", server_default="")
    """Why, in the organiser's words."""
