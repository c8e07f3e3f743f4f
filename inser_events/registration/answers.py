"""Answers to an event's own questions: checked, kept with the wording they were given to, shown, exported."""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import func, select

from inser_events.database import db
from inser_events.documents.sheets import Cell
from inser_events.documents.text import one_line, printable
from inser_events.events.models import Event
from inser_events.languages import Localized, text_in
from inser_events.registration.errors import NoSuchFile, UnusableAnswer
from inser_events.registration.form_models import Answer, Question, QuestionKind, Upload
from inser_events.registration.models import Registration
from inser_events.registration.questions import given, plan_of, questions_of
from inser_events.registration.uploads import ReceivedFile, attach

TEXT_LENGTH = 300
LONG_TEXT_LENGTH = 5_000
LARGEST_NUMBER = 1e15
IN_A_BATCH = 500


@dataclass(frozen=True)
class Shown:
    """One answer for reading. ``words``: texts that may be in any language, plain for typed ones."""

    question: Localized
    words: Sequence[Localized]
    outdated: bool
    """Given to an earlier wording of the question."""
    file: Upload | None = None


def cleaned(question: Question, value: Any) -> Any:
    """The value as it is stored; None for no answer. Raises UnusableAnswer when it is not of the question's kind."""
    if not given(value):
        return None
    return _CLEANED[QuestionKind(question.kind)](question, value)


def _text(_question: Question, value: Any) -> str:
    return one_line(str(value))[:TEXT_LENGTH]


def _long_text(_question: Question, value: Any) -> str:
    return printable(str(value)).strip()[:LONG_TEXT_LENGTH]


def _number(_question: Question, value: Any) -> float:
    try:
        number = float(value)
    except (TypeError, ValueError) as error:
        raise UnusableAnswer(_("Enter a number.")) from error
    if not math.isfinite(number) or abs(number) > LARGEST_NUMBER:
        raise UnusableAnswer(_("Enter a number."))
    return int(number) if number.is_integer() else number


def _date(_question: Question, value: Any) -> str:
    try:
        return (value if isinstance(value, date) else date.fromisoformat(str(value))).isoformat()
    except ValueError as error:
        raise UnusableAnswer(_("Enter a date.")) from error


def _choice(question: Question, value: Any) -> str:
    if value not in question.wording.keys:
        raise UnusableAnswer(_("Choose from what is shown."))
    return str(value)


def _choices(question: Question, value: Any) -> list[str]:
    keys = question.wording.keys
    if not isinstance(value, list) or not set(value) <= set(keys):
        raise UnusableAnswer(_("Choose from what is shown."))
    return [key for key in keys if key in value]


_CLEANED: Mapping[str, Callable[[Question, Any], Any]] = {
    QuestionKind.TEXT: _text,
    QuestionKind.LONG_TEXT: _long_text,
    QuestionKind.NUMBER: _number,
    QuestionKind.DATE: _date,
    QuestionKind.CHOICE: _choice,
    QuestionKind.CHOICES: _choices,
    QuestionKind.CONSENT: lambda _question, _value: True,
    QuestionKind.FILE: lambda _question, value: value,
}


def keep_answers(registration: Registration, values: Mapping[str, Any], *, at: datetime) -> dict[str, Any]:
    """Store what a person answered, by the ``uid`` of the questions; return what changed, for the audit.

    Answers to questions that do not apply to the person are dropped. *registration* is flushed. A file question
    without a new file keeps the one it has. Raises UnusableAnswer.
    """
    plan = plan_of(registration.event)
    earlier = {answer.question_id: answer for answer in answers_of(registration)}
    values = dict(values)
    for question in plan.questions:
        old = earlier.get(question.id)
        if question.kind == QuestionKind.FILE and not values.get(question.uid) and old is not None:
            values[question.uid] = old.value
    asked = plan.asked(registration.mode, registration.category, values)
    changed: dict[str, Any] = {}
    for question in plan.questions:
        value = cleaned(question, values.get(question.uid)) if question in asked else None
        if _keep(registration, question, earlier.get(question.id), value, at):
            changed[text_in(question.wording.label).value] = _audited(question, value)
    db.session.flush()  # lists and exports read the database
    return changed


def _keep(registration: Registration, question: Question, old: Answer | None, value: Any, at: datetime) -> bool:
    if isinstance(value, ReceivedFile):
        value = attach(value, registration.id).uid
    if old is not None and old.value == value:
        return False
    if old is not None:
        if question.kind == QuestionKind.FILE:
            _drop_file(old.value)
        db.session.delete(old)
        db.session.flush()  # there is one answer to a question: the old one goes first
    if value is None:
        return old is not None
    db.session.add(
        Answer(
            registration_id=registration.id,
            question_id=question.id,
            wording_id=question.wording.id,
            value=value,
            answered_at=at,
        )
    )
    return True


def _drop_file(uid: str) -> None:
    upload = db.session.scalar(select(Upload).where(Upload.uid == uid))
    if upload is not None:
        db.session.delete(upload)


def _audited(question: Question, value: Any) -> Any:
    """What the history shows: no file names, no free text; a person's words are not kept twice."""
    return value if question.kind in {QuestionKind.CONSENT, QuestionKind.CHOICE, QuestionKind.NUMBER} else "…"


def answers_of(registration: Registration) -> Sequence[Answer]:
    """What a person answered, in the order of the form; answers to removed questions last."""
    return db.session.scalars(
        select(Answer)
        .join(Question, Question.id == Answer.question_id)
        .where(Answer.registration_id == registration.id)
        .order_by(Question.removed_at.is_not(None), Question.position, Question.id)
    ).all()


def answer_count(question: Question) -> int:
    """How many people have answered a question."""
    return db.session.scalar(select(func.count()).where(Answer.question_id == question.id)) or 0


def values_of(registration: Registration) -> dict[str, Any]:
    """What a person answered, by the ``uid`` of the questions."""
    return {answer.question.uid: answer.value for answer in answers_of(registration)}


def shown_answers(registration: Registration) -> list[Shown]:
    """What a person answered, in the words the questions had then."""
    found = answers_of(registration)
    files = files_of(registration)
    return [
        Shown(
            answer.wording.label,
            words(answer),
            answer.wording_id != answer.question.wording.id,
            files.get(str(answer.value)) if answer.question.kind == QuestionKind.FILE else None,
        )
        for answer in found
    ]


def files_of(registration: Registration) -> dict[str, Upload]:
    """The files a person sent, by ``uid``."""
    mine = db.session.scalars(select(Upload).where(Upload.registration_id == registration.id))
    return {upload.uid: upload for upload in mine}


def find_file(registration: Registration, uid: str) -> Upload:
    """One of the files a person sent. Raises NoSuchFile."""
    found = files_of(registration).get(uid)
    if found is None:
        raise NoSuchFile
    return found


def words(answer: Answer) -> list[Localized]:
    """An answer in words; none for a file, whose name is shown instead."""
    kind = answer.question.kind
    if kind == QuestionKind.FILE:
        return []
    if kind == QuestionKind.CONSENT:
        return [{"": _("Yes")}]
    if kind == QuestionKind.CHOICE:
        return [answer.wording.option(answer.value)]
    if kind == QuestionKind.CHOICES:
        return [answer.wording.option(key) for key in answer.value]
    return [{"": str(answer.value)}]


def columns(event: Event) -> list[Question]:
    """The questions that have a column in exports: those asked, then those that were."""
    return sorted(questions_of(event.id, removed=True), key=lambda question: question.removed_at is not None)


def cells(
    event: Event, questions: Sequence[Question], registrations: Iterable[Registration]
) -> Iterable[tuple[Registration, list[Cell]]]:
    """Each registration with its answers, a cell a question; read in batches, in the order given."""
    batch: list[Registration] = []
    for registration in registrations:
        batch.append(registration)
        if len(batch) == IN_A_BATCH:
            yield from _batch(event, questions, batch)
            batch = []
    yield from _batch(event, questions, batch)


def _batch(
    event: Event, questions: Sequence[Question], batch: Sequence[Registration]
) -> Iterable[tuple[Registration, list[Cell]]]:
    ids = [registration.id for registration in batch]
    found: dict[tuple[int, int], Answer] = {}
    names: dict[str, str] = {}
    if questions and ids:
        for answer in db.session.scalars(select(Answer).where(Answer.registration_id.in_(ids))):
            found[answer.registration_id, answer.question_id] = answer
        for upload in db.session.scalars(select(Upload).where(Upload.registration_id.in_(ids))):
            names[upload.uid] = upload.filename
    for registration in batch:
        answers = (found.get((registration.id, question.id)) for question in questions)
        yield registration, [_cell(event, answer, names) for answer in answers]


def _cell(event: Event, answer: Answer | None, names: Mapping[str, str]) -> Cell:
    if answer is None:
        return None
    kind = answer.question.kind
    if kind == QuestionKind.FILE:
        return names.get(answer.value, "")
    if kind == QuestionKind.NUMBER:
        number: float = answer.value
        return number
    if kind == QuestionKind.CONSENT:
        return True
    if kind == QuestionKind.DATE:
        return date.fromisoformat(answer.value)
    return "; ".join(text_in(text, event.languages).value for text in words(answer))
