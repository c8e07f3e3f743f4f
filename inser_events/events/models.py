"""Events, venues, rooms, capacities and the people who run them."""

import secrets
from datetime import date, datetime
from enum import StrEnum
from operator import attrgetter
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from inser_events.accounts.models import User
from inser_events.database import Model, new_uid
from inser_events.languages import Localized
from inser_events.networks.models import Network

KEY_BYTES = 32


class Mode(StrEnum):
    """How a person takes part."""

    IN_PERSON = "in_person"
    ONLINE = "online"


class Category(StrEnum):
    """In which capacity a person takes part."""

    PARTICIPANT = "participant"
    SPEAKER = "speaker"
    DELEGATE = "delegate"
    OBSERVER = "observer"
    PRESS = "press"
    ORGANISER = "organiser"
    STAFF = "staff"


class Kind(StrEnum):
    """What sort of event it is."""

    LAUNCH = "launch"
    PLENARY = "plenary"
    WORKSHOP = "workshop"
    WEBINAR = "webinar"


class TeamRole(StrEnum):
    """What a user may do within one event, strongest first."""

    OWNER = "owner"
    EDITOR = "editor"
    REGISTRAR = "registrar"
    DOOR = "door"
    VIEWER = "viewer"


def _new_key() -> bytes:
    return secrets.token_bytes(KEY_BYTES)


class Event(Model):
    """A launch, plenary, workshop or webinar, in a room and online."""

    __tablename__ = "event"
    __table_args__ = (CheckConstraint("starts_on <= ends_on", name="days_in_order"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[str] = mapped_column(unique=True, default=new_uid)
    slug: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str] = mapped_column(default=Kind.WORKSHOP)
    network_id: Mapped[int | None] = mapped_column(ForeignKey("network.id", ondelete="SET NULL"), index=True)
    name: Mapped[Localized]
    tagline: Mapped[Localized] = mapped_column(default=dict)
    description: Mapped[Localized] = mapped_column(default=dict)
    """Sanitised HTML."""
    time_zone: Mapped[str]
    """IANA name; every time of the event is entered and shown in it."""
    starts_on: Mapped[date] = mapped_column(index=True)
    ends_on: Mapped[date]
    languages: Mapped[list[str]] = mapped_column(default=lambda: ["en"])
    """Content languages; the first is the main one."""

    venue_name: Mapped[Localized] = mapped_column(default=dict)
    venue_address: Mapped[str] = mapped_column(default="")
    venue_city: Mapped[Localized] = mapped_column(default=dict)
    venue_country: Mapped[str] = mapped_column(default="")
    venue_directions: Mapped[Localized] = mapped_column(default=dict)
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    online_platform: Mapped[str] = mapped_column(default="")
    online_link: Mapped[str] = mapped_column(default="")
    """The join link. Personal: shown on tickets of those with online access, never published."""

    organiser: Mapped[Localized] = mapped_column(default=dict)
    contact_email: Mapped[str] = mapped_column(default="")
    registration_opens_at: Mapped[datetime | None]
    registration_closes_at: Mapped[datetime | None]
    published_at: Mapped[datetime | None]
    """When the first release was published; None: nothing about the event is public."""
    published_card: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """What lists of events show, as the last release has it: a `cards.PublishedCard`; empty before the first."""
    cancelled_at: Mapped[datetime | None]
    ticket_key: Mapped[bytes] = mapped_column(LargeBinary, default=_new_key)
    """Key of this event's badge codes; paired devices hold it."""
    version: Mapped[int] = mapped_column(default=1)
    """Raised by every save; a form that started from an older one is refused."""
    is_sample: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]

    network: Mapped[Network | None] = relationship(lazy="joined")
    rooms: Mapped[list["Room"]] = relationship(
        back_populates="event", order_by="Room.position", cascade="all, delete-orphan"
    )
    seats: Mapped[list["Seats"]] = relationship(back_populates="event", cascade="all, delete-orphan")

    @property
    def modes(self) -> list[Mode]:
        """The modes one can register for, in person first."""
        return [Mode(seats.mode) for seats in self.offered_seats]

    @property
    def offered_seats(self) -> list["Seats"]:
        """The seats of the modes one can register for, in person first."""
        # In the alphabetical order of their names the modes stand as wanted.
        return sorted((seats for seats in self.seats if seats.offered), key=attrgetter("mode"))


class Room(Model):
    """A room of the venue. Two rooms may have one name; their uid tells them apart."""

    __tablename__ = "room"

    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[str] = mapped_column(unique=True, default=new_uid)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"), index=True)
    name: Mapped[Localized]
    capacity: Mapped[int | None]
    position: Mapped[int] = mapped_column(default=0)

    event: Mapped[Event] = relationship(back_populates="rooms")


class Seats(Model):
    """Capacity of one mode of an event, and how much of it is taken.

    ``taken`` changes only by the conditional UPDATE of `registration.operations`, so it can never pass ``capacity``.
    """

    __tablename__ = "seats"
    __table_args__ = (UniqueConstraint("event_id", "mode"), CheckConstraint("taken >= 0", name="taken_not_negative"))

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"))
    mode: Mapped[str]
    offered: Mapped[bool] = mapped_column(default=True)
    capacity: Mapped[int | None]
    """None: as many as come."""
    taken: Mapped[int] = mapped_column(default=0)
    waiting: Mapped[int] = mapped_column(default=0)
    """How many wait for a seat. While anyone waits, nobody new is seated past them."""

    event: Mapped[Event] = relationship(back_populates="seats")

    @property
    def left(self) -> int | None:
        """Seats that a newcomer could take; None when there is no limit."""
        if self.capacity is None:
            return None
        return 0 if self.waiting else max(0, self.capacity - self.taken)

    @property
    def full(self) -> bool:
        """Whether the next one has to wait."""
        return self.left == 0


class TeamMember(Model):
    """A user's role in one event."""

    __tablename__ = "team_member"
    __table_args__ = (UniqueConstraint("event_id", "user_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"))
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), index=True)
    role: Mapped[str]

    event: Mapped[Event] = relationship()
    user: Mapped[User] = relationship(lazy="joined")
