"""One row of a stranger's table as a registration: what its cells mean, and what is wrong with them. Plain reading."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from flask_babel import gettext as _

from inser_events.addresses import UnusableEmail, clean_email, folded_email
from inser_events.documents.tables import Table
from inser_events.documents.text import tidy
from inser_events.events.models import Category
from inser_events.languages import text_in
from inser_events.people.names import name_parts
from inser_events.people.search import fold
from inser_events.registration.errors import UnusableAnswer
from inser_events.registration.form_models import Question, QuestionKind
from inser_events.registration.forms import NAME_LENGTH, ORGANISATION_LENGTH, PHONE_LENGTH, international_number
from inser_events.registration.import_answers import NEW, YES, answer_of
from inser_events.registration.import_headings import FIELDS, Looks
from inser_events.registration.import_words import ENDED, category_of, country_of, gender_of, language_of, mode_of
from inser_events.web.filters import page_language

LONGEST: Mapping[str, int] = {
    "honorific": 30,
    "given_name": NAME_LENGTH,
    "family_name": NAME_LENGTH,
    "name_latin": NAME_LENGTH,
    "email": 254,
    "organisation": ORGANISATION_LENGTH,
    "job_title": ORGANISATION_LENGTH,
    "phone": PHONE_LENGTH,
}
_IN_BRACKETS = re.compile(r"[^<>]*<(?:mailto:)?([^<>\s]+)>")
_LOST_PLUS = re.compile(r"(?:00)?([1-9]\d{9,14})")


@dataclass(frozen=True)
class Defaults:
    """What holds for rows that do not say."""

    mode: str
    category: str = Category.PARTICIPANT
    language: str = "en"


@dataclass
class Row:
    """A row as it is understood. ``values`` has only what the row says; ``problems`` are sentences for its sender."""

    number: int
    values: dict[str, str | bool] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    answers: dict[str, Any] = field(default_factory=dict)
    """To the event's own questions, by ``uid``."""
    said: dict[str, str] = field(default_factory=dict)
    """The cells of these answers as they were written, by the field of the question."""
    unasked: dict[int, str] = field(default_factory=dict)
    """By number of the column, the cells of those that shall become questions."""
    uid: str = ""
    """Which registration the row is about, in our own export."""
    whole_name: str = ""
    """The name as it stands in one cell."""
    ended: str = ""
    """The word by which the row says that somebody does not come."""

    @property
    def email(self) -> str:
        """The address under which the row is known, folded."""
        return folded_email(str(self.values.get("email", "")))


def read_rows(
    table: Table, columns: Mapping[int, str], questions: Mapping[str, Question] | None = None
) -> Iterator[Row]:
    """Every row of the table. *questions*: the event's own by their fields."""
    own = {place: questions[name] for place, name in columns.items() if questions and name in questions}
    told = {place: name for place, name in columns.items() if name in FIELDS}
    unasked = [place for place, name in columns.items() if name == NEW]
    for number, cells in zip(table.numbers, table.rows, strict=True):
        row = read_row(number, {name: tidy(cells[place]) for place, name in told.items() if place < len(cells)})
        for place, question in own.items():
            read_answer(row, question, cells[place] if place < len(cells) else "")
        row.unasked = {place: cells[place] for place in unasked if place < len(cells) and tidy(cells[place])}
        yield row


def read_answer(row: Row, question: Question, text: str) -> None:
    """Take a cell as an answer; an empty one says nothing."""
    if question.kind != QuestionKind.LONG_TEXT:
        text = tidy(text)
    if not text:
        return
    row.said[question.field] = text
    try:
        row.answers[question.uid] = answer_of(question, text)
    except UnusableAnswer:
        asked = text_in(question.wording.label, [page_language()]).value
        row.problems.append(_("“%(text)s” is no answer to “%(question)s”.", text=text[:60], question=asked[:100]))


def read_row(number: int, cells: Mapping[str, str]) -> Row:
    """One row from the texts of its fields."""
    row = Row(number)
    for name, text in cells.items():
        if text:
            _READERS.get(name, _plain)(row, name, text)
    if not cells.get("email") and not row.uid and not row.ended:
        row.problems.append(_("There is no e-mail address."))
    _settle_phone(row)
    return row


def _plain(row: Row, name: str, text: str) -> None:
    longest = LONGEST.get(name, ORGANISATION_LENGTH)
    if len(text) > longest:
        row.problems.append(_("“%(start)s…” is longer than %(number)s letters.", start=text[:20], number=longest))
    else:
        row.values[name] = text


def _email(row: Row, _name: str, text: str) -> None:
    if text.casefold() == "anonymous":
        row.problems.append(_("Answered without signing in: there is no e-mail address."))
        return
    try:
        # Copied from a mail program: with the name, or as a link.
        found = _IN_BRACKETS.fullmatch(text)
        row.values["email"] = clean_email(found[1] if found else text.removeprefix("mailto:"))
    except UnusableEmail:
        row.problems.append(_("“%(text)s” is not an e-mail address.", text=text[:60]))


def _whole_name(row: Row, _name: str, text: str) -> None:
    row.whole_name = text
    parts = name_parts(text)
    for name, value in (("given_name", parts.given_name), ("family_name", parts.family_name)):
        if value:
            _plain(row, name, value)
    if parts.honorific and "honorific" not in row.values:
        _plain(row, "honorific", parts.honorific)


def _meant(row: Row, name: str, text: str) -> None:
    """Words for one of several things."""
    meaning, refusal = _MEANINGS[name]
    found = meaning(text)
    if found:
        row.values[name] = found
    else:
        row.problems.append(refusal(text[:60]))


_MEANINGS: Mapping[str, tuple[Callable[[str], str], Callable[[str], str]]] = {
    "country": (country_of, lambda text: _("No country is called “%(text)s”.", text=text)),
    "mode": (mode_of, lambda text: _("“%(text)s” is neither in the room nor online.", text=text)),
    "category": (category_of, lambda text: _("There is no category “%(text)s”.", text=text)),
    "language": (language_of, lambda text: _("“%(text)s” is none of the six languages of our mails.", text=text)),
    "gender": (gender_of, lambda text: _("“%(text)s” is none of the answers about gender.", text=text)),
}
"""Of a field, what a cell means there, and what is said when it means nothing."""


def _settle_phone(row: Row) -> None:
    """Last of all, because the country may stand in a later column."""
    text = str(row.values.get("phone", ""))
    if not text:
        return
    try:
        row.values["phone"] = _number(text, str(row.values.get("country", "")))
    except ValueError:
        del row.values["phone"]
        row.problems.append(_("“%(text)s” is no telephone number with the code of its country.", text=text[:60]))


def _number(text: str, country: str) -> str:
    """In international form. Raises ValueError. Without a country, many digits can only begin with its code."""
    lost = None if country else _LOST_PLUS.fullmatch("".join(text.split()))
    return international_number(f"+{lost[1]}" if lost else text, country)


def _listed(row: Row, name: str, text: str) -> None:
    row.values[name] = fold(text) in YES


def _state(row: Row, _name: str, text: str) -> None:
    row.ended = text if fold(text) in ENDED else ""


def _uid(row: Row, _name: str, text: str) -> None:
    row.uid = text[:100]


_READERS = {
    **dict.fromkeys(_MEANINGS, _meant),
    "email": _email,
    "name": _whole_name,
    "listed": _listed,
    "state": _state,
    "uid": _uid,
}


LOOKS: Looks = {
    "email": lambda text: "@" in text and " " not in text.strip(),
    "country": lambda text: bool(country_of(text)),
    "mode": lambda text: bool(mode_of(text)),
    "phone": lambda text: sum(letter.isdigit() for letter in text) >= 6,  # noqa: PLR2004 — the shortest numbers
}
"""Whether a cell holds such a value, for guessing what a question asks."""
