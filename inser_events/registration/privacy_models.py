"""What an event tells people about their data, and how long it keeps it."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from inser_events.database import Model
from inser_events.languages import Localized


class PrivacyText(Model):
    """One wording of an event's notice and consent. Never changed: a new wording is a new version."""

    __tablename__ = "privacy_text"
    __table_args__ = (UniqueConstraint("event_id", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"))
    version: Mapped[int]
    notice: Mapped[Localized]
    """Plain text, paragraphs apart by a blank line."""
    consent: Mapped[Localized]
    """The sentence people tick; empty: the usual one."""
    written_by: Mapped[str] = mapped_column(default="")
    written_at: Mapped[datetime]


class PrivacySettings(Model):
    """Choices of one event. No row: no public list, kept until somebody decides."""

    __tablename__ = "privacy_settings"

    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"), primary_key=True)
    list_public: Mapped[bool] = mapped_column(default=False)
    retain_until: Mapped[date | None]
    """The last day, in the event's zone, on which personal data is kept."""
    erased_at: Mapped[datetime | None]
    """When everything was last erased because that day was over."""
    report: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """What was erased, added up over all runs, as numbers."""
