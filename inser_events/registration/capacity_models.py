"""What limits seats besides the room: categories, organisations, sessions that need sign-up.

Every ``taken`` here changes like that of `events.models.Seats`: by one conditional UPDATE, in the transaction that
makes or ends the registration.
"""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from inser_events.database import Model
from inser_events.registration.models import Registration, State


class CategorySeats(Model):
    """How many of one category may have a seat in one mode. No row: no limit of its own."""

    __tablename__ = "category_seats"
    __table_args__ = (
        UniqueConstraint("event_id", "mode", "category"),
        CheckConstraint("taken >= 0", name="taken_not_negative"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"))
    mode: Mapped[str]
    category: Mapped[str]
    capacity: Mapped[int]
    taken: Mapped[int] = mapped_column(default=0)


class OrganisationSeats(Model):
    """How many of one organisation have a seat in the room. Kept while the event limits them."""

    __tablename__ = "organisation_seats"
    __table_args__ = (
        UniqueConstraint("event_id", "organisation_key"),
        CheckConstraint("taken >= 0", name="taken_not_negative"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"))
    organisation_key: Mapped[str]
    taken: Mapped[int] = mapped_column(default=0)


class GroupSeats(Model):
    """How many of one delegation may have a seat in one mode. No row: no limit of its own."""

    __tablename__ = "group_seats"
    __table_args__ = (
        UniqueConstraint("event_id", "group_key", "mode"),
        CheckConstraint("taken >= 0", name="taken_not_negative"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"))
    group_key: Mapped[str]
    mode: Mapped[str]
    capacity: Mapped[int]
    taken: Mapped[int] = mapped_column(default=0)


class SessionSeats(Model):
    """A session for which people in the room sign up."""

    __tablename__ = "session_seats"
    __table_args__ = (CheckConstraint("taken >= 0", name="taken_not_negative"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"), index=True)
    session_uid: Mapped[str] = mapped_column(unique=True)
    """``uid`` of the session, which every release keeps."""
    capacity: Mapped[int | None]
    """None: as many as come."""
    taken: Mapped[int] = mapped_column(default=0)
    waiting: Mapped[int] = mapped_column(default=0)

    @property
    def left(self) -> int | None:
        """Seats for a newcomer; None when there is no limit."""
        if self.capacity is None:
            return None
        return 0 if self.waiting else max(0, self.capacity - self.taken)


class SignUp(Model):
    """One person's seat in one session, or their place in its waiting list."""

    __tablename__ = "sign_up"
    __table_args__ = (UniqueConstraint("registration_id", "seats_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    registration_id: Mapped[int] = mapped_column(ForeignKey("registration.id", ondelete="CASCADE"))
    seats_id: Mapped[int] = mapped_column(ForeignKey("session_seats.id", ondelete="CASCADE"), index=True)
    state: Mapped[str] = mapped_column(default=State.CONFIRMED)
    """``confirmed`` or ``waitlisted``."""
    since: Mapped[datetime]

    registration: Mapped[Registration] = relationship()
    seats: Mapped[SessionSeats] = relationship(lazy="joined", innerjoin=True)
