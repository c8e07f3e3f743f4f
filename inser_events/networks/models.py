"""Networks and memberships."""

from datetime import datetime

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from inser_events.database import Model
from inser_events.languages import Localized
from inser_events.people.models import Person


class Network(Model):
    """A professional network that holds events, perhaps one of several under a common partnership."""

    __tablename__ = "network"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(unique=True)
    acronym: Mapped[str]
    name: Mapped[Localized]
    description: Mapped[Localized] = mapped_column(default=dict)
    umbrella: Mapped[Localized] = mapped_column(default=dict)
    """The partnership it belongs to, such as the Global Soil Partnership."""
    position: Mapped[int] = mapped_column(default=0)
    """Order among the networks of its partnership, from 1."""
    join_url: Mapped[str] = mapped_column(default="")


class Membership(Model):
    """A person's membership in a network. Registered members and attendees are two different numbers."""

    __tablename__ = "membership"
    __table_args__ = (UniqueConstraint("network_id", "person_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    network_id: Mapped[int] = mapped_column(ForeignKey("network.id", ondelete="CASCADE"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    joined_at: Mapped[datetime]

    network: Mapped[Network] = relationship()
    person: Mapped[Person] = relationship()
