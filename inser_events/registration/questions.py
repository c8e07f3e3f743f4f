"""What an event's form asks of whom. Plain reading and pure decisions; `form_operations` changes it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

from flask_babel import gettext as _
from sqlalchemy import bindparam, exists, select

from inser_events.database import ask, db, find_or_raise
from inser_events.events.models import Category, Event
from inser_events.languages import Localized
from inser_events.registration.errors import NoSuchQuestion
from inser_events.registration.form_models import NO, YES, FormSettings, Question, QuestionKind, Rule

ALWAYS = ("family_name", "email")
"""Without these there is no registration."""
DEFAULT_RULES: Mapping[str, str] = {
    "honorific": Rule.OPTIONAL,
    "given_name": Rule.OPTIONAL,
    "family_name": Rule.REQUIRED,
    "name_latin": Rule.OPTIONAL,
    "email": Rule.REQUIRED,
    "organisation": Rule.OPTIONAL,
    "job_title": Rule.OPTIONAL,
    "country": Rule.OPTIONAL,
    "phone": Rule.OFF,
    "language": Rule.OPTIONAL,
    "gender": Rule.OFF,
}
"""Every field of a person, in the form's order, and whether it is asked for when nobody decided."""
PUBLIC_CATEGORIES = (
    Category.PARTICIPANT,
    Category.SPEAKER,
    Category.DELEGATE,
    Category.OBSERVER,
    Category.PRESS,
)
"""What people may call themselves; organisers and staff are named by the registrar."""

Values = Mapping[str, Any]
"""Answers by the ``uid`` of their question."""


class Approval(NamedTuple):
    """Whose registration waits for an answer."""

    by_group: bool = False
    """Whoever registers alone for a delegation waits for its focal point."""
    categories: Sequence[str] = ()
    """These wait for the registrar."""


NOBODY_WAITS = Approval()


@dataclass(frozen=True)
class Plan:
    """An event's form, ready to ask."""

    rules: Mapping[str, Mapping[str, str]]
    categories: Sequence[str]
    questions: Sequence[Question]
    party_size: int | None = None
    """How many may register together; None: each for themselves."""
    approval: Approval = NOBODY_WAITS

    @cached_property
    def by_uid(self) -> dict[str, Question]:
        """The questions by their ``uid``."""
        return {question.uid: question for question in self.questions}

    def rule(self, field: str, category: str) -> str:
        """Whether *field* is off, optional or required for a category."""
        if field in ALWAYS:
            return Rule.REQUIRED
        everyone = self.rules.get("", {}).get(field, DEFAULT_RULES[field])
        return str(self.rules.get(category, {}).get(field) or everyone)

    def rules_of(self, field: str) -> dict[str, str]:
        """The rule of a field for each category one can choose."""
        return {category: self.rule(field, category) for category in self.categories}

    def asked(self, mode: str, category: str, values: Values) -> list[Question]:
        """The questions that apply to a person who answered *values*, in the form's order."""
        return [question for question in self.questions if self.applies(question, mode, category, values)]

    def applies(self, question: Question, mode: str, category: str, values: Values) -> bool:
        """Whether a question is for this person: mode, category, and the answer it hangs on."""
        if not concerns(question, mode, category):
            return False
        if not question.depends_on:
            return True
        parent = self.by_uid.get(question.depends_on)
        # A question never stands before the one it hangs on, so this ends.
        if parent is None or not self.applies(parent, mode, category, values):
            return False
        return bool(keys_of(parent, values.get(parent.uid)) & set(question.depends_values))


def concerns(question: Question, mode: str, category: str) -> bool:
    """Whether mode and category alone let a question be asked."""
    return mode in (question.modes or [mode]) and category in (question.categories or [category])


def keys_of(question: Question, value: Any) -> set[str]:
    """What an answer is called in conditions: the keys of its options, ``yes`` or ``no``."""
    if question.kind == QuestionKind.CONSENT:
        return {YES if value else NO}
    if question.kind == QuestionKind.CHOICES:
        return set(value or [])
    return {value} if value else set()


def answers_to_choose(question: Question) -> dict[str, Localized]:
    """The answers on which another question can depend: key and what it says. Empty for kinds that cannot steer."""
    if question.kind == QuestionKind.CONSENT:
        return {YES: {"": _("Yes")}, NO: {"": _("No")}}
    return {option["key"]: option["label"] for option in question.wording.options}


def given(value: Any) -> bool:
    """Whether a value is an answer; 0 is one, a consent not given is none."""
    return value not in (None, "", [], False) or (value == 0 and value is not False)


_SETTINGS = select(FormSettings).where(FormSettings.event_id == bindparam("event_id"))


def settings_of(event_id: int) -> FormSettings:
    """The event's settings; the usual ones, not stored, when nobody changed any."""
    return db.session.scalar(_SETTINGS, {"event_id": event_id}) or FormSettings(
        event_id=event_id,
        rules={},
        categories=[str(Category.PARTICIPANT)],
        approved_categories=[],
        parties_overtaken=False,
        group_approval=False,
    )


_settings: Any = FormSettings.__table__
_APPROVAL = select(_settings.c.group_approval, _settings.c.approved_categories).where(
    _settings.c.event_id == bindparam("event_id")
)


def approval_of(event_id: int) -> Approval:
    """Whose registration for an event waits for an answer."""
    row = ask(_APPROVAL, event_id=event_id).first()
    return NOBODY_WAITS if row is None else Approval(*row)


_EVER_ASKED = (
    select(Question).where(Question.event_id == bindparam("event_id")).order_by(Question.position, Question.id)
)
_ASKED = _EVER_ASKED.where(Question.removed_at.is_(None))


def questions_of(event_id: int, *, removed: bool = False) -> Sequence[Question]:
    """The event's questions in order; *removed*: those too that are no longer asked."""
    return db.session.scalars(_EVER_ASKED if removed else _ASKED, {"event_id": event_id}).all()


_events, _questions = Event.__table__, Question.__table__
# Most events have no questions of their own: one look tells, and a rush of people passes here.
_PLAN = (
    select(
        _settings.c.event_id.is_not(None).label("has_settings"),
        _settings.c["rules", "categories", "party_size", "group_approval", "approved_categories"],
        exists().where(_questions.c.event_id == _events.c.id, _questions.c.removed_at.is_(None)).label("has_questions"),
    )
    .select_from(_events.outerjoin(_settings, _settings.c.event_id == _events.c.id))
    .where(_events.c.id == bindparam("event_id"))
)


def plan_of(event: Event) -> Plan:
    """The form of an event as it is asked today."""
    row = ask(_PLAN, event_id=event.id).one()
    questions = questions_of(event.id) if row.has_questions else []
    if not row.has_settings:
        return Plan({}, [str(Category.PARTICIPANT)], questions)
    approval = Approval(row.group_approval, row.approved_categories)
    return Plan(row.rules, row.categories, questions, row.party_size, approval)


def find_question(event: Event, uid: str) -> Question:
    """One of the event's questions. Raises NoSuchQuestion."""
    return find_or_raise(
        select(Question).where(Question.event_id == event.id, Question.uid == uid, Question.removed_at.is_(None)),
        NoSuchQuestion,
    )
