"""An event's own badge layouts, print runs, and what was printed for whom."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from inser_events.database import Model, new_uid
from inser_events.events.models import Event


class BadgeLayout(Model):
    """A layout of one event's own: what `layouts.Layout` describes, as JSON, with the steps that can be undone."""

    __tablename__ = "badge_layout"

    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[str] = mapped_column(unique=True, default=new_uid)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"), index=True)
    name: Mapped[str]
    content: Mapped[dict[str, Any]]
    version: Mapped[int] = mapped_column(default=1)
    """Raised by every change; a form that started from an older one is refused."""
    earlier: Mapped[list[Any]] = mapped_column(JSON, default=list)
    """Contents before, the last one last."""
    later: Mapped[list[Any]] = mapped_column(JSON, default=list)
    """Contents taken back, the next one last."""
    changed_at: Mapped[datetime]

    event: Mapped[Event] = relationship()


class BadgeSettings(Model):
    """What an event's printers are like."""

    __tablename__ = "badge_settings"

    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"), primary_key=True)
    layout: Mapped[str] = mapped_column(default="")
    """The layout used last, and by the kiosk."""
    shifts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """``{layout: [millimetres to the right, down]}``."""


class RunState(StrEnum):
    """How far a run is."""

    WAITING = "waiting"
    DONE = "done"
    FAILED = "failed"


class BadgeRun(Model):
    """Badges made together into files, which are kept for some days."""

    __tablename__ = "badge_run"
    __table_args__ = (Index("ix_badge_run_event_created", "event_id", "created_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[str] = mapped_column(unique=True, default=new_uid)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"))
    layout: Mapped[str]
    """A ready layout's name, or ``own-`` and the uid of one of the event's own."""
    layout_name: Mapped[str]
    """As people knew it then."""
    options: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """A `selection.Selection`, the first free place of the first sheet, whether it counts."""
    reason: Mapped[str] = mapped_column(default="")
    """Why a badge was printed again."""
    state: Mapped[str] = mapped_column(default=RunState.WAITING)
    total: Mapped[int]
    files: Mapped[int] = mapped_column(default=0)
    """How many files there are; 0 once they are deleted."""
    error: Mapped[str] = mapped_column(default="")
    actor: Mapped[str] = mapped_column(default="")
    user_id: Mapped[int | None]
    created_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]

    event: Mapped[Event] = relationship(lazy="joined")

    @property
    def counts(self) -> bool:
        """Whether its badges count as printed."""
        return bool(self.options.get("counts", True))


class BadgePrint(Model):
    """One badge that was printed. Appended, never changed."""

    __tablename__ = "badge_print"
    __table_args__ = (Index("ix_badge_print_event", "event_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"))
    registration_id: Mapped[int] = mapped_column(ForeignKey("registration.id", ondelete="CASCADE"), index=True)
    run_id: Mapped[int | None] = mapped_column(ForeignKey("badge_run.id", ondelete="SET NULL"))
    """None: at the kiosk."""
    printed_at: Mapped[datetime]
    actor: Mapped[str]
    layout_name: Mapped[str]
    version: Mapped[str]
    """Short hash of what it showed: two prints with the same one are alike."""
    reason: Mapped[str] = mapped_column(default="")


class BadgeStanding(Model):
    """What the last badge of a person showed: who has none is new, whose texts differ has changed."""

    __tablename__ = "badge_standing"

    registration_id: Mapped[int] = mapped_column(ForeignKey("registration.id", ondelete="CASCADE"), primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"), index=True)
    shown: Mapped[str] = mapped_column(Text)
    """The texts one after the other, see `selection.shown`."""
    ticket_id: Mapped[int]
    times: Mapped[int] = mapped_column(default=1)
    printed_at: Mapped[datetime]
