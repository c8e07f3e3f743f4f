"""Changing an event's form: rules of the fields, categories, questions and their order."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import exists, select

from inser_events.audit import record
from inser_events.database import db, new_uid
from inser_events.documents.text import one_line, printable
from inser_events.events.models import Category, Event, Mode
from inser_events.languages import Localized, text_in
from inser_events.registration.errors import QuestionNeeded, UnusableQuestion
from inser_events.registration.form_models import (
    WITH_OPTIONS,
    Answer,
    FormSettings,
    Question,
    QuestionKind,
    Rule,
    Wording,
)
from inser_events.registration.questions import (
    ALWAYS,
    DEFAULT_RULES,
    PUBLIC_CATEGORIES,
    answers_to_choose,
    questions_of,
    settings_of,
)

LABEL_LENGTH = 300
HELP_LENGTH = 2_000
MOST_OPTIONS = 100
MOST_QUESTIONS = 100


@dataclass(frozen=True, kw_only=True)
class QuestionData:
    """What an organiser says about a question. ``options``: pairs of key ("" for a new one) and label."""

    kind: str
    label: Localized
    help: Localized = field(default_factory=dict)
    options: Sequence[tuple[str, Localized]] = ()
    required: bool = False
    modes: Sequence[str] = ()
    categories: Sequence[str] = ()
    depends_on: str = ""
    depends_values: Sequence[str] = ()


def stored_settings(event: Event) -> FormSettings:
    """The event's settings as a row that can be changed."""
    settings = settings_of(event.id)
    if settings not in db.session:
        db.session.add(settings)
        db.session.flush()  # the defaults of the columns
    return settings


def set_rules(event: Event, category: str, rules: Mapping[str, str]) -> None:
    """Say which fields are asked for: of everyone (category ""), or of one category where it differs."""
    allowed = set(Rule) | ({""} if category else set())
    kept = {
        name: str(rule)
        for name, rule in rules.items()
        if name in DEFAULT_RULES and name not in ALWAYS and rule in allowed and rule
    }
    settings = stored_settings(event)
    before = settings.rules.get(category, {})
    if kept == before:
        return
    settings.rules = {**settings.rules, category: kept}
    record(
        "change form fields",
        event,
        event_id=event.id,
        before={"category": category, **before},
        after={"category": category, **kept},
    )


def set_categories(event: Event, categories: Sequence[str]) -> None:
    """Say what people may register as. Raises UnusableQuestion when nothing is left."""
    chosen = [str(category) for category in PUBLIC_CATEGORIES if category in categories]
    if not chosen:
        message = _("Choose at least one category.")
        raise UnusableQuestion(message)
    settings = stored_settings(event)
    if chosen != settings.categories:
        before, settings.categories = settings.categories, chosen
        record(
            "change form categories",
            event,
            event_id=event.id,
            before={"categories": before},
            after={"categories": chosen},
        )


def add_question(event: Event, data: QuestionData, *, at: datetime) -> Question:
    """Add a question after the others. Raises UnusableQuestion."""
    others = questions_of(event.id)
    if len(others) >= MOST_QUESTIONS:
        message = _("A form can have %(number)s questions.", number=MOST_QUESTIONS)
        raise UnusableQuestion(message)
    wording = _wording(data, at, known=())
    question = Question(
        event_id=event.id,
        position=max((one.position for one in others), default=-1) + 1,
        kind=QuestionKind(data.kind),
        wordings=[wording],
        **_conditions(event, data, before=others),
    )
    db.session.add(question)
    db.session.flush()  # the audit entry needs the id
    record("add question", question, event_id=event.id, after=_audited(question))
    return question


def change_question(event: Event, question: Question, data: QuestionData, *, at: datetime) -> None:
    """Change a question. New words make a new wording once somebody has answered. Raises UnusableQuestion."""
    before = _audited(question)
    others = questions_of(event.id)
    earlier = others[: others.index(question)]
    for name, value in _conditions(event, data, before=earlier).items():
        setattr(question, name, value)
    old = question.wording
    new = _wording(data, at, known=old.keys)
    if (new.label, new.help, new.options) != (old.label, old.help, old.options):
        _check_needed_options(question, new, others)
        if db.session.scalar(select(exists().where(Answer.wording_id == old.id))):
            new.version = old.version + 1
            question.wordings.append(new)
        else:
            old.label, old.help, old.options, old.worded_at = new.label, new.help, new.options, at
    db.session.flush()  # the next page reads the wordings
    after = _audited(question)
    if after != before:
        record("change question", question, event_id=event.id, before=before, after=after)


def move_question(event: Event, question: Question, place: int) -> None:
    """Put a question at a place in the form, counted from 0. Raises QuestionNeeded when it would precede its parent."""
    order = [one for one in questions_of(event.id) if one.id != question.id]
    order.insert(max(0, min(len(order), place)), question)
    seen: set[str] = set()
    for one in order:
        if one.depends_on and one.depends_on not in seen:
            message = _(
                "“%(question)s” depends on an answer before it, so it must stay after that question.",
                question=_label(one),
            )
            raise QuestionNeeded(message)
        seen.add(one.uid)
    for position, one in enumerate(order):
        one.position = position
    record("move question", question, event_id=event.id, after={"place": order.index(question) + 1})


def remove_question(event: Event, question: Question, *, at: datetime) -> None:
    """Ask a question no more. Answers given so far are kept. Raises QuestionNeeded while another depends on it."""
    for other in questions_of(event.id):
        if other.depends_on == question.uid:
            message = _(
                "“%(question)s” is asked depending on this answer. Change or remove that question first.",
                question=_label(other),
            )
            raise QuestionNeeded(message)
    record("remove question", question, event_id=event.id, before=_audited(question))
    if db.session.scalar(select(exists().where(Answer.question_id == question.id))):
        question.removed_at = at
    else:
        db.session.delete(question)
    db.session.flush()  # lists read the database


def _wording(data: QuestionData, at: datetime, known: Sequence[str]) -> Wording:
    label = _texts(data.label, LABEL_LENGTH)
    if not label:
        message = _("Enter the question.")
        raise UnusableQuestion(message)
    options = _options(data.options, known) if data.kind in WITH_OPTIONS else []
    if data.kind in WITH_OPTIONS and not options:
        message = _("Enter at least one answer to choose.")
        raise UnusableQuestion(message)
    return Wording(label=label, help=_texts(data.help, HELP_LENGTH), options=options, worded_at=at)


def _texts(localized: Mapping[str, str], longest: int) -> Localized:
    cleaned = {language: printable(text).strip()[:longest] for language, text in localized.items()}
    return {language: text for language, text in cleaned.items() if text}


def _options(options: Sequence[tuple[str, Localized]], known: Sequence[str]) -> list[dict[str, Any]]:
    """Options with their keys: known ones stay, new ones get one that was never used."""
    kept: list[dict[str, Any]] = []
    for key, label in options[:MOST_OPTIONS]:
        texts = {language: one_line(text) for language, text in _texts(label, LABEL_LENGTH).items()}
        if texts:
            fresh = key not in known or any(option["key"] == key for option in kept)
            kept.append({"key": new_uid()[:8] if fresh else key, "label": texts})
    return kept


def _conditions(event: Event, data: QuestionData, before: Sequence[Question]) -> dict[str, Any]:
    parent = next((one for one in before if one.uid == data.depends_on), None)
    if data.depends_on and parent is None:
        message = _("A question can only depend on one that stands before it.")
        raise UnusableQuestion(message)
    values: list[str] = []
    if parent is not None:
        values = [value for value in answers_to_choose(parent) if value in data.depends_values]
        if not values:
            message = _("Choose the answer on which the question depends.")
            raise UnusableQuestion(message)
    modes = [str(mode) for mode in Mode if mode in data.modes]
    categories = [str(category) for category in Category if category in data.categories]
    return {
        "required": data.required,
        "modes": [] if set(modes) == set(event.modes) else modes,
        "categories": categories,
        "depends_on": parent.uid if parent else "",
        "depends_values": values,
    }


def _check_needed_options(question: Question, new: Wording, others: Sequence[Question]) -> None:
    for other in others:
        if other.depends_on == question.uid and question.kind in WITH_OPTIONS:
            lost = set(other.depends_values) - set(new.keys)
            if lost:
                message = _(
                    "“%(question)s” depends on an answer you removed. Change that question first.",
                    question=_label(other),
                )
                raise UnusableQuestion(message)


def _label(question: Question) -> str:
    return text_in(question.wording.label).value


def _audited(question: Question) -> dict[str, Any]:
    return {
        "question": _label(question),
        "kind": question.kind,
        "required": question.required,
        "modes": list(question.modes),
        "categories": list(question.categories),
        "options": [text_in(option["label"]).value for option in question.wording.options],
        "wording": question.wording.version,
    }
