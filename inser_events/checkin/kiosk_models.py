"""Self-service kiosks: machines that print badges and know nothing else."""

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from inser_events.database import Model, new_uid
from inser_events.events.models import Event


class Kiosk(Model):
    """A paired machine. Unlike a door's device it gets no list of people: it may ask for one code at a time."""

    __tablename__ = "kiosk"

    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[str] = mapped_column(unique=True, default=new_uid)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"), index=True)
    name: Mapped[str]
    layout: Mapped[str]
    """Name of the badge layout it prints."""
    token_hash: Mapped[str] = mapped_column(unique=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    printed: Mapped[int] = mapped_column(default=0)
    """Badges it has printed."""
    last_seen_at: Mapped[datetime | None]

    event: Mapped[Event] = relationship(lazy="joined")
