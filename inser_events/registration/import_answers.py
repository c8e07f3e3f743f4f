"""Cells of a stranger's table as answers to an event's own questions, and columns that become new questions."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import date, datetime
from typing import Any

from inser_events.documents.text import one_line
from inser_events.events.models import Event
from inser_events.languages import Text, text_in
from inser_events.people.search import fold
from inser_events.registration.answers import LONG_TEXT_LENGTH, TEXT_LENGTH, cleaned
from inser_events.registration.errors import UnusableAnswer
from inser_events.registration.form_models import Question, QuestionKind
from inser_events.registration.form_operations import LABEL_LENGTH, QuestionData, add_question
from inser_events.registration.import_headings import key
from inser_events.registration.questions import questions_of

NEW = "new"
"""What a column holds that shall become a question."""
YES = frozenset({"yes", "y", "true", "1", "x", "oui", "o", "si", "да", "نعم", "是", "ja", "sim", "agree", "i agree"})
MOST_OPTIONS = 12
"""More different answers than these are texts, not a choice."""
OPTION_LENGTH = 100
DAY_FORMATS = ("%d.%m.%Y", "%Y/%m/%d")
_THOUSANDS = re.compile(r"-?\d{1,3}(,\d{3})+(\.\d+)?")
_SLASHED = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})")


def askable(event: Event) -> list[Question]:
    """The questions a column can hold answers to: files do not come in tables."""
    return [question for question in questions_of(event.id) if question.kind != QuestionKind.FILE]


def headings_of(questions: Iterable[Question]) -> dict[str, str]:
    """Under which headings a table has the answers: the words of the question in any language."""
    return {
        key(label): question.field for question in questions for label in question.wording.label.values() if key(label)
    }


def label_of(question: Question, event: Event) -> Text:
    """The question in the event's main language."""
    label = text_in(question.wording.label, event.languages)
    return label._replace(value=one_line(label.value))


def answer_of(question: Question, text: str) -> Any:
    """What a cell answers to a question, as it is stored; False for a consent refused. Raises UnusableAnswer."""
    read = _READ.get(QuestionKind(question.kind))
    value = read(question, text) if read else text
    if question.kind == QuestionKind.CONSENT:
        return value
    longest = LONG_TEXT_LENGTH if question.kind == QuestionKind.LONG_TEXT else TEXT_LENGTH
    if read is None and len(text) > longest:
        raise UnusableAnswer(text)
    return cleaned(question, value)


def _number(_question: Question, text: str) -> str:
    plain = "".join(text.split())
    return plain.replace(",", "") if _THOUSANDS.fullmatch(plain) else plain.replace(",", ".")


def _date(_question: Question, text: str) -> date:
    with suppress(ValueError):
        return datetime.fromisoformat(text).date()
    for shape in DAY_FORMATS:
        with suppress(ValueError):
            return datetime.strptime(text, shape).date()  # noqa: DTZ007 — a day has no zone
    found = _SLASHED.fullmatch(text)
    # Whether 3/4 is in March or in April nobody can tell; 13/4 says it.
    if found and (int(found[1]) > 12) != (int(found[2]) > 12):  # noqa: PLR2004 — months
        first, second = sorted((int(found[1]), int(found[2])))
        with suppress(ValueError):
            return date(int(found[3]), first, second)
    raise UnusableAnswer(text)


def _choice(question: Question, text: str) -> str:
    wanted = fold(text)
    for option in question.wording.options:
        if wanted == fold(option["key"]) or wanted in {fold(label) for label in option["label"].values()}:
            return str(option["key"])
    raise UnusableAnswer(text)


def _choices(question: Question, text: str) -> list[str]:
    with suppress(UnusableAnswer):
        return [_choice(question, text)]
    return [_choice(question, part) for part in parts_of(text)]


def parts_of(text: str) -> list[str]:
    """Several answers in one cell, as Microsoft Forms writes them with semicolons; else parted by commas."""
    separator = ";" if ";" in text else ","
    return [part.strip() for part in text.split(separator) if part.strip()]


_READ: Mapping[str, Callable[[Question, str], Any]] = {
    QuestionKind.NUMBER: _number,
    QuestionKind.DATE: _date,
    QuestionKind.CHOICE: _choice,
    QuestionKind.CHOICES: _choices,
    QuestionKind.CONSENT: lambda _question, text: fold(text) in YES,
}


def add_questions(
    event: Event, header: Sequence[str], rows: Sequence[Mapping[int, str]], places: Iterable[int], *, at: datetime
) -> dict[int, Question]:
    """Ask for what these columns hold from now on, of everyone and optional; the question of each column.

    *rows*: for each row the texts of such columns. Raises UnusableQuestion when the form has too many.
    """
    language = event.languages[0]
    added = {}
    for place in places:
        kind, options = kind_of([row[place] for row in rows if row.get(place)])
        label = header[place][:LABEL_LENGTH]
        data = QuestionData(
            kind=kind, label={language: label}, options=[("", {language: option}) for option in options]
        )
        added[place] = add_question(event, data, at=at)
    return added


def kind_of(cells: Sequence[str]) -> tuple[QuestionKind, list[str]]:
    """Which kind of question a column's cells answer, and what there is to choose."""
    found = list(dict.fromkeys(cells))
    if not found:
        return QuestionKind.TEXT, []
    if any("\n" in cell for cell in found):
        return QuestionKind.LONG_TEXT, []
    for kind in (QuestionKind.DATE, QuestionKind.NUMBER):
        if all(_reads(kind, cell) for cell in found):
            return kind, []
    parts = list(dict.fromkeys(part for cell in found for part in parts_of(cell)))
    if sum(";" in cell for cell in cells) * 2 > len(cells) and _choosable(parts, cells):
        return QuestionKind.CHOICES, parts
    if _choosable(found, cells):
        return QuestionKind.CHOICE, found
    return (QuestionKind.LONG_TEXT if max(map(len, found)) > TEXT_LENGTH else QuestionKind.TEXT), []


def _choosable(options: Sequence[str], cells: Sequence[str]) -> bool:
    few = len(options) <= MOST_OPTIONS and len(options) * 2 <= len(cells)
    distinct = len({fold(option) for option in options}) == len(options)
    return few and distinct and max(map(len, options)) <= OPTION_LENGTH


def _reads(kind: QuestionKind, cell: str) -> bool:
    try:
        cleaned(Question(kind=kind), _READ[kind](Question(kind=kind), cell))
    except UnusableAnswer:
        return False
    return True
