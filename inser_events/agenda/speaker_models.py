"""What speakers get and send: their private link, their photo, their slides and papers."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from inser_events.database import Model, new_uid
from inser_events.events.models import Event
from inser_events.people.models import Person


class SpeakerLink(Model):
    """The key to a speaker's own page of one event. A revoked one stays, so that its number is not given again."""

    __tablename__ = "speaker_link"
    __table_args__ = (Index("ix_speaker_link_event_person", "event_id", "person_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(BigInteger, unique=True)
    """40 random bits, see `inser_events.tokens`."""
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    issued_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    invited_at: Mapped[datetime | None]
    mailed_at: Mapped[datetime | None]
    """The last mail, invitation or reminder."""

    event: Mapped[Event] = relationship()
    person: Mapped[Person] = relationship(lazy="joined")


class SpeakerPhoto(Model):
    """A person's photo in the draft; releases name the photo that they publish by the same digest."""

    __tablename__ = "speaker_photo"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)
    digest: Mapped[str]
    """SHA-256 of the stored JPEG file, in hexadecimal; also its name."""
    received_at: Mapped[datetime]


class SpeakerFile(Model):
    """Slides or a paper. Only the organisers of the event and the speaker can open it, unless they make it public."""

    __tablename__ = "speaker_file"
    __table_args__ = (Index("ix_speaker_file_event_person", "event_id", "person_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[str] = mapped_column(unique=True, default=new_uid)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    stored_name: Mapped[str]
    filename: Mapped[str]
    """As the speaker named it, with the ending of what it is."""
    media_type: Mapped[str]
    size: Mapped[int]
    """Bytes."""
    received_at: Mapped[datetime]
    is_public: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Whether the organisers let the next release offer it."""
