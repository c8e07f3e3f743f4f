"""The last steps of a draft, kept so that they can be taken back and made again."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from inser_events.database import Model, new_uid


class DraftStep(Model):
    """One edit of a draft: what of it was different before and after. Only the last ones of an event are kept."""

    __tablename__ = "draft_step"
    __table_args__ = (Index("ix_draft_step_event", "event_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[str] = mapped_column(unique=True, default=new_uid)
    """What a page names it by: SQLite gives the number of a deleted row again."""
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"))
    at: Mapped[datetime]
    user_id: Mapped[int | None]
    """Who made it. No foreign key: the step outlives the account."""
    actor: Mapped[str]
    told: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """What it did, for `agenda.step_words`."""
    before: Mapped[bytes] = mapped_column(LargeBinary)
    """`agenda.steps.Held`, as compressed JSON: the sessions that differ, as they were."""
    after: Mapped[bytes] = mapped_column(LargeBinary)
    size: Mapped[int]
    """Bytes of both."""
    undone: Mapped[bool] = mapped_column(default=False)
