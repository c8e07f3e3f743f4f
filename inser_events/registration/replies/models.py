"""What people answered from their calendars."""

from datetime import datetime

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from inser_events.database import Model
from inser_events.registration.models import Registration


class CalendarReply(Model):
    """The last answer of one registration to one calendar entry. It changes no registration: people cancel there."""

    __tablename__ = "calendar_reply"
    __table_args__ = (UniqueConstraint("registration_id", "uid"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    registration_id: Mapped[int] = mapped_column(ForeignKey("registration.id", ondelete="CASCADE"))
    uid: Mapped[str]
    """UID of the entry: the event's, or that of a session the person signed up for."""
    partstat: Mapped[str]
    """``ACCEPTED``, ``DECLINED``, ``TENTATIVE``, ``DELEGATED`` or ``NEEDS-ACTION``."""
    sequence: Mapped[int]
    stamp: Mapped[datetime | None]
    """DTSTAMP: of two answers to the same invitation the one with the later stamp counts."""
    received_at: Mapped[datetime]

    registration: Mapped[Registration] = relationship()
