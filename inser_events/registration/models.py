"""Registrations and their tickets."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, ForeignKey, Index, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates

from inser_events.database import Model, new_uid
from inser_events.events.models import Category, Event, Mode
from inser_events.people.models import PersonFields
from inser_events.people.search import fold
from inser_events.people.search_index import keep_index


class State(StrEnum):
    """Where a registration stands."""

    PENDING = "pending"
    CONFIRMED = "confirmed"
    WAITLISTED = "waitlisted"
    CANCELLED = "cancelled"
    DECLINED = "declined"


class Gender(StrEnum):
    """What people may answer when they are asked."""

    WOMAN = "woman"
    MAN = "man"
    OTHER = "other"
    UNDISCLOSED = "undisclosed"


ACTIVE = frozenset({State.PENDING, State.CONFIRMED, State.WAITLISTED})


class Registration(Model, PersonFields):
    """One person's place at one event, in one mode."""

    __tablename__ = "registration"
    __table_args__ = (
        UniqueConstraint("event_id", "active_email"),
        Index("ix_registration_event_created", "event_id", "created_at", "id"),
        Index("ix_registration_waiting", "event_id", "mode", "waiting_since", "id"),
        Index("ix_registration_organisation", "event_id", "organisation_key"),
        Index("ix_registration_group", "event_id", "group_key"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[str] = mapped_column(unique=True, default=new_uid)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"))
    mode: Mapped[str] = mapped_column(default=Mode.IN_PERSON)
    category: Mapped[str] = mapped_column(default=Category.PARTICIPANT)
    state: Mapped[str] = mapped_column(default=State.CONFIRMED)
    active_email: Mapped[str | None] = mapped_column(index=True)
    """The folded address while the registration is active, else None: the unique constraint over it allows one
    active registration per address and event on every database, and any number of cancelled ones."""
    phone: Mapped[str] = mapped_column(default="")
    """In international form, ``+212 5 37 00 00 00``, or empty."""
    gender: Mapped[str] = mapped_column(default="")
    """A `Gender`, or empty. For counts only: on no badge and in no list."""
    language: Mapped[str] = mapped_column(default="en")
    """Language of mails and papers."""
    listed: Mapped[bool] = mapped_column(default=False)
    """Agreed to stand in the public list of participants."""
    privacy_version: Mapped[str] = mapped_column(default="")
    """Which wording of the privacy notice the person agreed to."""
    form_key: Mapped[str | None] = mapped_column(unique=True)
    """Key of the form that was sent: a double click or a replay finds the first registration."""
    created_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
    waiting_since: Mapped[datetime | None]
    cancelled_at: Mapped[datetime | None]
    search_text: Mapped[str] = mapped_column(default="")
    """Name, Latin name, organisation and address without accents or case, for the registrar's and door's search."""
    organisation_key: Mapped[str] = mapped_column(default="")
    """The organisation without accents, case or doubled blanks: who counts as one of how many may come."""
    group_key: Mapped[str] = mapped_column(default="", server_default="")
    """The delegation somebody comes with, by its key; they count for it instead of for their organisation."""
    through_focal_point: Mapped[bool] = mapped_column(default=False, server_default=false())
    """The address is that of the focal point, because the person's own is not known. It is then no key to them."""
    party: Mapped[str | None] = mapped_column(index=True)
    """Shared by people who registered together: those of them who wait since one moment are seated together."""
    offer_expires_at: Mapped[datetime | None]
    """Until when a seat is kept for someone on the waiting list; None: none is offered."""
    offers_made: Mapped[int] = mapped_column(default=0)
    """How many offers ran out unanswered, the open one included."""
    invited_sequence: Mapped[int | None]
    """SEQUENCE of the last calendar invitation mailed (RFC 5546 section 2.1.4); None: none yet."""
    is_sample: Mapped[bool] = mapped_column(default=False)

    event: Mapped[Event] = relationship(lazy="joined")
    tickets: Mapped[list["Ticket"]] = relationship(
        back_populates="registration", order_by="Ticket.id", cascade="all, delete-orphan"
    )

    @validates("organisation")
    def _fold_organisation(self, _key: str, value: str | None) -> str | None:
        self.organisation_key = fold(value or "")
        return value

    @property
    def counted_organisation(self) -> str:
        """For which organisation's seats somebody counts; empty for those who come with a delegation."""
        return "" if self.group_key else self.organisation_key

    @property
    def active(self) -> bool:
        """Still counts: not cancelled, not declined."""
        return self.state in ACTIVE

    @property
    def offered(self) -> bool:
        """A seat is kept for this person until they answer."""
        return self.state == State.WAITLISTED and self.offer_expires_at is not None

    @property
    def holds_seat(self) -> bool:
        """Counts among the seats taken: confirmed, or offered one."""
        return self.state == State.CONFIRMED or self.offered

    @property
    def has_online_access(self) -> bool:
        """Online people, and those still waiting for a seat in the room."""
        if self.state == State.CONFIRMED:
            return self.mode == Mode.ONLINE
        return self.state == State.WAITLISTED and self.mode == Mode.IN_PERSON

    @property
    def can_join(self) -> bool:
        """There is a call, and it lets this person in."""
        return self.has_online_access and bool(self.event.online_link) and self.event.cancelled_at is None


keep_index(Registration)


class Ticket(Model):
    """The credential of a registration. Reissue revokes the old one and makes another."""

    __tablename__ = "ticket"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(BigInteger, unique=True)
    """40 random bits; half of the badge code, see `inser_events.tokens`."""
    registration_id: Mapped[int] = mapped_column(ForeignKey("registration.id", ondelete="CASCADE"), index=True)
    issued_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]

    registration: Mapped[Registration] = relationship(back_populates="tickets", lazy="joined")
