"""An event's registration form: its settings, its questions and their wordings, the answers, the files sent."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from inser_events.database import Model, new_uid
from inser_events.events.models import Category
from inser_events.languages import Localized


class Rule(StrEnum):
    """Whether a field of a person is asked for."""

    OFF = "off"
    OPTIONAL = "optional"
    REQUIRED = "required"


class QuestionKind(StrEnum):
    """What an answer looks like."""

    TEXT = "text"
    LONG_TEXT = "long_text"
    NUMBER = "number"
    DATE = "date"
    CHOICE = "choice"
    CHOICES = "choices"
    CONSENT = "consent"
    FILE = "file"


WITH_OPTIONS = frozenset({QuestionKind.CHOICE, QuestionKind.CHOICES})
YES, NO = "yes", "no"
"""What stands for the two answers to a consent in a condition."""


class FormSettings(Model):
    """What an organiser decided about registering for one event. No row: as `questions.DEFAULT_RULES` has it."""

    __tablename__ = "form_settings"

    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"), primary_key=True)
    rules: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """``{category: {field: rule}}``; the category "" holds for everyone who has no rule of their own."""
    categories: Mapped[list[str]] = mapped_column(default=lambda: [str(Category.PARTICIPANT)])
    """Which of them can be chosen on the public form, the first being the one chosen beforehand."""
    approved_categories: Mapped[list[str]] = mapped_column(default=list)
    """Whose registrations wait for a registrar's answer."""
    offer_hours: Mapped[int | None]
    """How long a seat that became free is kept for the one who waits; None: it is theirs at once."""
    organisation_cap: Mapped[int | None]
    """How many people of one organisation may have a seat in the room; None: any number."""
    party_size: Mapped[int | None]
    """How many people may register together on the public form; None: each alone."""
    parties_overtaken: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Whether seats too few for the first party in the queue go to those behind it."""
    group_approval: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Whether whoever registers alone for a delegation waits for its focal point's answer."""


class Question(Model):
    """A question of the organiser's own. Empty ``modes`` or ``categories``: asked of all."""

    __tablename__ = "question"
    __table_args__ = (Index("ix_question_event_position", "event_id", "position"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[str] = mapped_column(unique=True, default=new_uid)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"))
    position: Mapped[int] = mapped_column(default=0)
    kind: Mapped[str] = mapped_column(default=QuestionKind.TEXT)
    required: Mapped[bool] = mapped_column(default=False)
    modes: Mapped[list[str]] = mapped_column(default=list)
    categories: Mapped[list[str]] = mapped_column(default=list)
    depends_on: Mapped[str] = mapped_column(default="")
    """The ``uid`` of an earlier question, or empty."""
    depends_values: Mapped[list[str]] = mapped_column(default=list)
    """Asked when the answer to that question is one of these: keys of its options, or ``yes``/``no``."""
    removed_at: Mapped[datetime | None]
    """Set instead of deleting once somebody has answered, so that the answers stay readable."""

    wordings: Mapped[list["Wording"]] = relationship(
        back_populates="question", order_by="Wording.version", cascade="all, delete-orphan", lazy="selectin"
    )

    @property
    def wording(self) -> "Wording":
        """How it is asked today."""
        return self.wordings[-1]

    @property
    def field(self) -> str:
        """Its name in a form."""
        return f"q_{self.uid[:8]}"


class Wording(Model):
    """How a question is asked, from one change of words to the next. Answers name the one they were given to."""

    __tablename__ = "wording"
    __table_args__ = (UniqueConstraint("question_id", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    question_id: Mapped[int] = mapped_column(ForeignKey("question.id", ondelete="CASCADE"))
    version: Mapped[int] = mapped_column(default=1)
    label: Mapped[Localized]
    help: Mapped[Localized] = mapped_column(default=dict)
    options: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    """``[{"key": …, "label": {language: …}}]`` in order. A key never changes its meaning."""
    worded_at: Mapped[datetime]

    question: Mapped[Question] = relationship(back_populates="wordings")

    @property
    def keys(self) -> list[str]:
        """The options' keys, in order."""
        return [option["key"] for option in self.options]

    def option(self, key: str) -> Localized:
        """What an option says; its key when this wording does not have it."""
        return next((option["label"] for option in self.options if option["key"] == key), {"": key})


class Answer(Model):
    """What one person answered to one question."""

    __tablename__ = "answer"
    __table_args__ = (UniqueConstraint("registration_id", "question_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    registration_id: Mapped[int] = mapped_column(ForeignKey("registration.id", ondelete="CASCADE"))
    question_id: Mapped[int] = mapped_column(ForeignKey("question.id", ondelete="CASCADE"), index=True)
    wording_id: Mapped[int] = mapped_column(ForeignKey("wording.id", ondelete="CASCADE"), index=True)
    value: Mapped[Any] = mapped_column(JSON)
    """Text, number, ISO date, option key, list of keys, true, or the ``uid`` of an `Upload`, by the question's kind."""
    answered_at: Mapped[datetime]

    question: Mapped[Question] = relationship(lazy="joined", innerjoin=True)
    wording: Mapped[Wording] = relationship(lazy="joined", innerjoin=True)


class Upload(Model):
    """A file that somebody sent. Its bytes are under a random name in the uploads folder."""

    __tablename__ = "upload"

    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[str] = mapped_column(unique=True, default=new_uid)
    registration_id: Mapped[int] = mapped_column(ForeignKey("registration.id", ondelete="CASCADE"), index=True)
    stored_name: Mapped[str] = mapped_column(index=True)
    filename: Mapped[str]
    """As the sender called it; for reading only."""
    media_type: Mapped[str]
    size: Mapped[int]
    received_at: Mapped[datetime]
