"""Letters and certificates: what organisers wrote, what was issued, and runs that make many at once."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from inser_events.database import Model, new_uid
from inser_events.events.models import Event
from inser_events.languages import Localized
from inser_events.registration.models import Registration


class LetterKind(StrEnum):
    """What sort of letter it is."""

    INVITATION = "invitation"
    CERTIFICATE = "certificate"


class LetterTemplate(Model):
    """The wording of one kind of letter of an event, and the number of the last one issued."""

    __tablename__ = "letter_template"
    __table_args__ = (UniqueConstraint("event_id", "kind"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"))
    kind: Mapped[str]
    title: Mapped[Localized] = mapped_column(default=dict)
    body: Mapped[Localized] = mapped_column(default=dict)
    """See `wording`; a language without text has the wording we propose."""
    signatory: Mapped[Localized] = mapped_column(default=dict)
    """Who signs: a line for the name, more for the function."""
    last_number: Mapped[int] = mapped_column(default=0)
    """Raised only by the conditional UPDATE of `operations`, so no number is given twice."""
    version: Mapped[int] = mapped_column(default=1)
    """Raised by every save; a form that started from an older one is refused."""

    event: Mapped[Event] = relationship()


class Letter(Model):
    """A letter that was issued. Its number and its public token stay; the paper can be printed again any time."""

    __tablename__ = "letter"
    __table_args__ = (
        UniqueConstraint("event_id", "kind", "number"),
        UniqueConstraint("kind", "current_registration_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[str] = mapped_column(unique=True, default=new_uid)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"))
    kind: Mapped[str]
    number: Mapped[int]
    token_number: Mapped[int] = mapped_column(BigInteger, unique=True)
    """40 random bits; half of the token under which anyone can verify the letter, see `inser_events.tokens`."""
    registration_id: Mapped[int | None] = mapped_column(ForeignKey("registration.id", ondelete="SET NULL"), index=True)
    current_registration_id: Mapped[int | None]
    """The registration while the letter is valid, else None: one valid letter of a kind for each person."""
    language: Mapped[str]
    days: Mapped[int] = mapped_column(default=0)
    """Days of presence a certificate speaks of."""
    minutes: Mapped[int | None]
    """Minutes of presence, where they are known."""
    issued_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]

    event: Mapped[Event] = relationship(lazy="joined")
    registration: Mapped[Registration | None] = relationship(lazy="joined")


class RunState(StrEnum):
    """How far a run is."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class LetterRun(Model):
    """Many letters made in the background, a part at a time, so that memory stays small and progress shows."""

    __tablename__ = "letter_run"

    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[str] = mapped_column(unique=True, default=new_uid)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str]
    state: Mapped[str] = mapped_column(default=RunState.WAITING)
    total: Mapped[int]
    done: Mapped[int] = mapped_column(default=0)
    last_registration_id: Mapped[int] = mapped_column(default=0)
    """Where the next part goes on."""
    parts: Mapped[int] = mapped_column(default=0)
    started_at: Mapped[datetime]
    touched_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]

    event: Mapped[Event] = relationship()
