"""Delegations, the people in them, and the letters by which they are nominated."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from inser_events.database import Model, new_uid
from inser_events.events.models import Category, Event
from inser_events.languages import Localized
from inser_events.registration.models import Registration


class DelegationKind(StrEnum):
    """As what a delegation comes, in the order of the official list of participants."""

    MEMBER = "member"
    OBSERVER = "observer"
    UN = "un"
    PARTNER = "partner"
    SECRETARIAT = "secretariat"


class Role(StrEnum):
    """What somebody is in a delegation, in the order of its list."""

    HEAD = "head"
    ALTERNATE = "alternate"
    REPRESENTATIVE = "representative"
    ADVISER = "adviser"


class LetterState(StrEnum):
    """Where a nomination letter stands."""

    RECEIVED = "received"
    ACCEPTED = "accepted"
    RETURNED = "returned"


class Delegation(Model):
    """A Member country or an organisation that sends people to an event. Its ``uid`` is their `group_key`."""

    __tablename__ = "delegation"
    __table_args__ = (Index("ix_delegation_event", "event_id", "kind"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[str] = mapped_column(unique=True, default=new_uid)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(default=DelegationKind.MEMBER)
    country: Mapped[str] = mapped_column(default="")
    """ISO 3166-1 alpha-2 code, or empty."""
    name: Mapped[Localized] = mapped_column(default=dict)
    """Per language; empty for a Member that is called by its country's name."""
    names_key: Mapped[str] = mapped_column(default="")
    """Every name in folded letters between bars, ``|inra|institut national|``: how somebody may write it."""
    category: Mapped[str] = mapped_column(default=Category.DELEGATE)
    """Of the people it names."""
    focal_name: Mapped[str] = mapped_column(default="")
    focal_email: Mapped[str] = mapped_column(default="")
    language: Mapped[str] = mapped_column(default="en")
    """Of the mails to the focal point, and of people whose own is not known."""
    deadline: Mapped[datetime | None]
    """Until when the focal point may name people; None: until the event is over."""
    letter_needed: Mapped[bool] = mapped_column(default=True)
    """Whether it is asked for a nomination letter."""
    link_number: Mapped[int | None] = mapped_column(BigInteger, unique=True)
    """40 random bits of the focal point's link, see `inser_events.tokens`; None: there is none."""
    invited_at: Mapped[datetime | None]
    mailed_at: Mapped[datetime | None]
    """The last invitation or reminder."""
    opened_at: Mapped[datetime | None]
    created_at: Mapped[datetime]

    event: Mapped[Event] = relationship(lazy="joined", innerjoin=True)


class Delegate(Model):
    """A registration that belongs to a delegation. Stays when the registration ends, so that the list tells who was."""

    __tablename__ = "delegate"
    __table_args__ = (Index("ix_delegate_delegation", "delegation_id", "position"),)

    registration_id: Mapped[int] = mapped_column(ForeignKey("registration.id", ondelete="CASCADE"), primary_key=True)
    delegation_id: Mapped[int] = mapped_column(ForeignKey("delegation.id", ondelete="CASCADE"))
    role: Mapped[str] = mapped_column(default=Role.REPRESENTATIVE)
    position: Mapped[int] = mapped_column(default=0)
    asked: Mapped[bool] = mapped_column(default=False)
    """Registered alone, and waits for the focal point's answer."""
    replaces_id: Mapped[int | None] = mapped_column(ForeignKey("registration.id", ondelete="SET NULL"))

    registration: Mapped[Registration] = relationship(foreign_keys=[registration_id], lazy="joined", innerjoin=True)
    delegation: Mapped[Delegation] = relationship()


class NominationLetter(Model):
    """A note verbale or another letter that names the delegation. Only the organisers and the focal point open it."""

    __tablename__ = "nomination_letter"

    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[str] = mapped_column(unique=True, default=new_uid)
    delegation_id: Mapped[int] = mapped_column(ForeignKey("delegation.id", ondelete="CASCADE"), index=True)
    stored_name: Mapped[str]
    filename: Mapped[str]
    media_type: Mapped[str]
    size: Mapped[int]
    """Bytes."""
    received_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(default=LetterState.RECEIVED)
    words: Mapped[str] = mapped_column(default="")
    """Why it was returned."""
    decided_at: Mapped[datetime | None]


class DelegationNews(Model):
    """Something that happened to one of its people, until the focal point has been told: one mail for all at once."""

    __tablename__ = "delegation_news"

    id: Mapped[int] = mapped_column(primary_key=True)
    delegation_id: Mapped[int] = mapped_column(ForeignKey("delegation.id", ondelete="CASCADE"), index=True)
    registration_id: Mapped[int] = mapped_column(ForeignKey("registration.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str]
    """Of the mail that told the person, see `registration.notices.SUBJECTS`."""
