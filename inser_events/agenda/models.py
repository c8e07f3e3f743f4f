"""The draft agenda (sessions, slots, speakers, items, documents) and its releases."""

from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import Column, ForeignKey, Index, Table, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from inser_events.database import Model, db, new_uid
from inser_events.events.models import Event, Room
from inser_events.languages import Localized
from inser_events.people.models import Person


class SessionKind(StrEnum):
    """What sort of block of the agenda it is."""

    OPENING = "opening"
    PLENARY = "plenary"
    PANEL = "panel"
    WORKSHOP = "workshop"
    DISCUSSION = "discussion"
    BREAK = "break"
    SOCIAL = "social"
    CLOSING = "closing"


class SlotKind(StrEnum):
    """What happens in a slot."""

    REMARKS = "remarks"
    TALK = "talk"
    PANEL = "panel"
    ITEM = "item"
    DISCUSSION = "discussion"
    BREAK = "break"


class SpeakerRole(StrEnum):
    """In which role a person appears."""

    CHAIR = "chair"
    MODERATOR = "moderator"
    SPEAKER = "speaker"
    PANELLIST = "panellist"
    RAPPORTEUR = "rapporteur"


class SpeakerState(StrEnum):
    """Whether the person has agreed to appear."""

    INVITED = "invited"
    CONFIRMED = "confirmed"
    DECLINED = "declined"


class Purpose(StrEnum):
    """What a numbered item is for."""

    DECISION = "decision"
    INFORMATION = "information"
    INFORMATION_AND_DECISION = "information_and_decision"


slot_item = Table(
    "slot_item",
    db.metadata,
    Column("slot_id", ForeignKey("slot.id", ondelete="CASCADE"), primary_key=True),
    Column("item_id", ForeignKey("item.id", ondelete="CASCADE"), primary_key=True),
)
item_document = Table(
    "item_document",
    db.metadata,
    Column("item_id", ForeignKey("item.id", ondelete="CASCADE"), primary_key=True),
    Column("document_id", ForeignKey("document.id", ondelete="CASCADE"), primary_key=True),
)


class Session(Model):
    """A block of the agenda in a room. Its end is its start plus its minutes."""

    __tablename__ = "session"
    __table_args__ = (Index("ix_session_event_starts", "event_id", "starts_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[str] = mapped_column(unique=True, default=new_uid)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"))
    room_id: Mapped[int | None] = mapped_column(ForeignKey("room.id", ondelete="SET NULL"), index=True)
    kind: Mapped[str] = mapped_column(default=SessionKind.PLENARY)
    title: Mapped[Localized]
    abstract: Mapped[Localized] = mapped_column(default=dict)
    track: Mapped[str] = mapped_column(default="")
    starts_at: Mapped[datetime]
    minutes: Mapped[int]
    languages: Mapped[list[str]] = mapped_column(default=list)
    interpretation: Mapped[list[str]] = mapped_column(default=list)
    online: Mapped[bool] = mapped_column(default=True)
    withdrawn_at: Mapped[datetime | None]
    """Set instead of deleting once a release has named the session, so that calendars can be told."""
    version: Mapped[int] = mapped_column(default=1)

    event: Mapped[Event] = relationship()
    room: Mapped[Room | None] = relationship(lazy="joined")
    slots: Mapped[list["Slot"]] = relationship(
        back_populates="session", order_by="Slot.position", cascade="all, delete-orphan"
    )
    speakers: Mapped[list["Speaker"]] = relationship(
        primaryjoin="and_(Speaker.session_id == Session.id, Speaker.slot_id.is_(None))",
        order_by="Speaker.position",
        cascade="all, delete-orphan",
        overlaps="session,speakers",
    )

    @property
    def ends_at(self) -> datetime:
        """Start plus minutes."""
        return self.starts_at + timedelta(minutes=self.minutes)


class Slot(Model):
    """A speaker slot inside a session. Its times follow from the session's start and the slots before it."""

    __tablename__ = "slot"

    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[str] = mapped_column(unique=True, default=new_uid)
    session_id: Mapped[int] = mapped_column(ForeignKey("session.id", ondelete="CASCADE"), index=True)
    position: Mapped[int] = mapped_column(default=0)
    kind: Mapped[str] = mapped_column(default=SlotKind.TALK)
    title: Mapped[Localized] = mapped_column(default=dict)
    abstract: Mapped[Localized] = mapped_column(default=dict)
    minutes: Mapped[int]

    session: Mapped[Session] = relationship(back_populates="slots")
    speakers: Mapped[list["Speaker"]] = relationship(
        primaryjoin="Speaker.slot_id == Slot.id",
        order_by="Speaker.position",
        cascade="all, delete-orphan",
    )
    items: Mapped[list["Item"]] = relationship(secondary=slot_item, order_by="Item.position")


class Speaker(Model):
    """A person in a role: in one slot, or (chair, moderator) in a whole session."""

    __tablename__ = "speaker"

    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[str] = mapped_column(unique=True, default=new_uid)
    session_id: Mapped[int] = mapped_column(ForeignKey("session.id", ondelete="CASCADE"), index=True)
    slot_id: Mapped[int | None] = mapped_column(ForeignKey("slot.id", ondelete="CASCADE"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    role: Mapped[str] = mapped_column(default=SpeakerRole.SPEAKER)
    state: Mapped[str] = mapped_column(default=SpeakerState.INVITED)
    online: Mapped[bool] = mapped_column(default=False)
    time_zone: Mapped[str] = mapped_column(default="", server_default="")
    """IANA zone from which somebody speaks by the call; empty when it was not said."""
    position: Mapped[int] = mapped_column(default=0)

    session: Mapped[Session] = relationship(overlaps="speakers")
    person: Mapped[Person] = relationship(lazy="joined")


class Item(Model):
    """A numbered item of a plenary's agenda, placed by the timetable in one or more slots."""

    __tablename__ = "item"
    __table_args__ = (UniqueConstraint("event_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[str] = mapped_column(unique=True, default=new_uid)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"))
    number: Mapped[str]
    """``3`` or ``3.1``."""
    position: Mapped[int] = mapped_column(default=0)
    title: Mapped[Localized]
    purpose: Mapped[str] = mapped_column(default="")

    documents: Mapped[list["Document"]] = relationship(secondary=item_document, order_by="Document.symbol")


class Document(Model):
    """An official document. One symbol in all languages; a missing translation is shown, not hidden."""

    __tablename__ = "document"
    __table_args__ = (UniqueConstraint("event_id", "symbol"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[str] = mapped_column(unique=True, default=new_uid)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"))
    symbol: Mapped[str]
    title: Mapped[Localized] = mapped_column(default=dict)
    languages: Mapped[list[str]] = mapped_column(default=list)
    status: Mapped[str] = mapped_column(default="available")

    files: Mapped[list["DocumentFile"]] = relationship(
        primaryjoin="and_(DocumentFile.document_id == Document.id, DocumentFile.replaced_at.is_(None))",
        order_by="DocumentFile.language",
        viewonly=True,
    )


class DocumentFile(Model):
    """A document in one language. A replaced one stays while the public release still offers it."""

    __tablename__ = "document_file"

    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[str] = mapped_column(unique=True, default=new_uid)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"), index=True)
    document_id: Mapped[int | None] = mapped_column(ForeignKey("document.id", ondelete="SET NULL"), index=True)
    language: Mapped[str]
    stored_name: Mapped[str]
    filename: Mapped[str]
    """As it was sent, with the ending of what it is."""
    media_type: Mapped[str]
    size: Mapped[int]
    """Bytes."""
    received_at: Mapped[datetime]
    replaced_at: Mapped[datetime | None]
    """Since when the draft has another file, or none, in its place."""
    withdrawn_at: Mapped[datetime | None]
    """Since when nobody may download it, whatever the public release says."""

    document: Mapped[Document | None] = relationship()


class Release(Model):
    """A published, numbered, frozen version of the agenda. Never changed once written."""

    __tablename__ = "release"
    __table_args__ = (UniqueConstraint("event_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"))
    number: Mapped[int]
    published_at: Mapped[datetime]
    published_by: Mapped[str] = mapped_column(default="")
    note: Mapped[str] = mapped_column(default="")
    snapshot: Mapped[str] = mapped_column(Text)
    """JSON of `agenda.snapshot.Snapshot`."""
