"""Presence online: reports of meetings that were imported, and ways taken into the call."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import JSON, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from inser_events.database import Model, new_uid
from inser_events.events.models import Event
from inser_events.registration.models import Registration


class Matched(StrEnum):
    """How it became known who an attendee is."""

    EMAIL = "email"
    NAME = "name"
    """Suggested because of the name, and confirmed by a person."""
    HAND = "hand"


class MeetingImport(Model):
    """The report of one meeting. Until ``imported_at`` it is only looked at, and its file lies beside the uploads."""

    __tablename__ = "meeting_import"
    __table_args__ = (
        UniqueConstraint("event_id", "digest"),
        Index("ix_meeting_import_event", "event_id", "imported_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[str] = mapped_column(unique=True, default=new_uid)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"))
    session_uid: Mapped[str] = mapped_column(default="")
    """The session of the agenda the call was for; empty: the whole event."""
    platform: Mapped[str] = mapped_column(default="")
    title: Mapped[str] = mapped_column(default="")
    """What the call was named."""
    filename: Mapped[str] = mapped_column(default="")
    """As the sender called it; for reading only."""
    sha256: Mapped[str]
    """Of the raw file."""
    digest: Mapped[str | None]
    """The same once it is imported: a file counts once for each event, however many import it at once."""
    zone: Mapped[str]
    """Times of the file without a zone were read in this one."""
    day: Mapped[date | None]
    """Given by whoever imported it, for times without a day."""
    labels: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    """``{heading: field}`` of a file whose headings were not known."""
    started_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    rows: Mapped[int] = mapped_column(default=0)
    people: Mapped[int] = mapped_column(default=0)
    warnings: Mapped[list[str]] = mapped_column(JSON, default=list)
    actor: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]
    imported_at: Mapped[datetime | None]

    event: Mapped[Event] = relationship(lazy="joined")


class MeetingAttendee(Model):
    """One person of a report: everybody with one address, or without address everybody of one name."""

    __tablename__ = "meeting_attendee"
    __table_args__ = (
        Index("ix_meeting_attendee_person", "event_id", "registration_id"),
        Index("ix_meeting_attendee_import", "import_id", "place"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    import_id: Mapped[int] = mapped_column(ForeignKey("meeting_import.id", ondelete="CASCADE"))
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"))
    place: Mapped[int] = mapped_column(default=0)
    """Which person of the report, from 1 in the order of the file."""
    name: Mapped[str] = mapped_column(default="")
    email: Mapped[str] = mapped_column(default="")
    registration_id: Mapped[int | None] = mapped_column(ForeignKey("registration.id", ondelete="SET NULL"), index=True)
    """Who it is: counts as present. None: not known, or not confirmed yet."""
    matched: Mapped[str] = mapped_column(default="")
    """A `Matched`, or empty."""
    suggested_id: Mapped[int | None] = mapped_column(ForeignKey("registration.id", ondelete="SET NULL"), index=True)
    """Who it may be, because of the name; counts for nothing until a person says so."""
    exact: Mapped[bool] = mapped_column(default=False)
    """The suggestion has the very same name; else one much like it."""
    namesakes: Mapped[int] = mapped_column(default=0)
    """How many registered people it could be when they are several: then nobody is suggested."""
    aside: Mapped[bool] = mapped_column(default=False)
    """Not somebody who attends: a telephone line, a machine of the organisers."""

    meeting: Mapped[MeetingImport] = relationship(lazy="joined")
    registration: Mapped[Registration | None] = relationship(foreign_keys=[registration_id])
    suggested: Mapped[Registration | None] = relationship(foreign_keys=[suggested_id])


class MeetingStay(Model):
    """One connection of one device."""

    __tablename__ = "meeting_stay"

    id: Mapped[int] = mapped_column(primary_key=True)
    attendee_id: Mapped[int] = mapped_column(ForeignKey("meeting_attendee.id", ondelete="CASCADE"), index=True)
    row: Mapped[int]
    """Of the file, from 1."""
    joined_at: Mapped[datetime | None]
    left_at: Mapped[datetime | None]
    minutes: Mapped[float | None]
    """Where the report knows a duration but no times."""


class WayIn(Model):
    """Somebody went to the call by their own link on a day, where the event is; nobody knows for how long."""

    __tablename__ = "way_in"
    __table_args__ = (Index("ix_way_in_event", "event_id", "registration_id"),)

    registration_id: Mapped[int] = mapped_column(ForeignKey("registration.id", ondelete="CASCADE"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"))
    first_at: Mapped[datetime]
    last_at: Mapped[datetime]
    times: Mapped[int] = mapped_column(default=1)
