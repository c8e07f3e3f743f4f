"""One row of a stranger's table as a registration: what its cells mean, and what is wrong with them. Plain reading."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from babel import Locale
from flask_babel import gettext as _

from inser_events.addresses import UnusableEmail, clean_email, folded_email
from inser_events.documents.tables import Table
from inser_events.documents.text import tidy
from inser_events.events.models import Category, Mode
from inser_events.languages import ENDONYMS, INTERFACE, text_in
from inser_events.people.countries import country_choices
from inser_events.people.names import name_parts
from inser_events.people.search import fold
from inser_events.people.tables import country_code
from inser_events.registration.errors import UnusableAnswer
from inser_events.registration.form_models import Question
from inser_events.registration.forms import NAME_LENGTH, ORGANISATION_LENGTH, PHONE_LENGTH, international_number
from inser_events.registration.import_answers import NEW, YES, answer_of
from inser_events.registration.import_headings import FIELDS, Looks
from inser_events.registration.models import Gender, State
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
MODE_WORDS: Mapping[str, Sequence[str]] = {
    Mode.IN_PERSON: (
        *("in_person", "in person", "in-person", "inperson", "in the room", "onsite", "on site", "on-site", "physical"),
        *("face to face", "face-to-face", "presentiel", "sur place", "en personne", "presencial", "en persona"),
        *("en sala", "очно", "лично", "в зале", "حضوري", "شخصيا", "现场", "线下", "亲自", "vor ort"),
    ),
    Mode.ONLINE: (
        *("online", "on line", "on-line", "virtual", "virtuel", "remote", "zoom", "teams", "webinar", "web"),
        *("a distance", "en ligne", "distanciel", "en linea", "a distancia", "онлайн", "дистанционно", "удаленно"),
        *("عبر الانترنت", "عبر الإنترنت", "عن بعد", "افتراضي", "线上", "在线", "远程", "网上"),
    ),
}
CATEGORY_WORDS: Mapping[str, Sequence[str]] = {
    Category.PARTICIPANT: ("participant", "participante", "attendee", "guest", "участник", "مشارك", "参会者", "与会者"),
    Category.SPEAKER: (
        "speaker",
        "panel",
        "intervenant",
        "orateur",
        "ponente",
        "orador",
        "докладчик",
        "متحدث",
        "发言人",
    ),
    Category.DELEGATE: ("delegate", "delegue", "delegado", "делегат", "مندوب", "代表"),
    Category.OBSERVER: ("observer", "observateur", "observador", "наблюдатель", "مراقب", "观察员"),
    Category.PRESS: ("press", "media", "journalist", "presse", "prensa", "пресса", "صحافة", "媒体", "新闻"),
    Category.ORGANISER: ("organiser", "organizer", "organisateur", "organizador", "организатор", "منظم", "主办"),
    Category.STAFF: ("staff", "personnel", "personal", "персонал", "secretariat", "موظف", "工作人员"),
}
GENDER_WORDS: Mapping[str, Sequence[str]] = {
    Gender.WOMAN: (
        *("woman", "female", "f", "w", "femme", "feminin", "mujer", "femenino", "женщина", "женский", "ж"),
        *("امرأة", "أنثى", "انثى", "女", "女性", "frau", "weiblich"),
    ),
    Gender.MAN: (
        *("man", "male", "m", "h", "homme", "masculin", "hombre", "masculino", "мужчина", "мужской", "м"),
        *("رجل", "ذكر", "男", "男性", "mann", "mannlich"),
    ),
    Gender.OTHER: ("other", "another", "non-binary", "nonbinary", "x", "autre", "otro", "другой", "آخر", "其他"),
    Gender.UNDISCLOSED: (
        *("undisclosed", "prefer not to say", "prefer not to answer", "not stated", "je prefere ne pas repondre"),
        *("prefiero no decirlo", "предпочитаю не указывать", "أفضل عدم الإجابة", "不愿透露"),
    ),
}
ENDED = frozenset({State.CANCELLED, State.DECLINED})


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
            read_answer(row, question, tidy(cells[place]) if place < len(cells) else "")
        row.unasked = {place: tidy(cells[place]) for place in unasked if place < len(cells) and tidy(cells[place])}
        yield row


def read_answer(row: Row, question: Question, text: str) -> None:
    """Take a cell as an answer; an empty one says nothing."""
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
    if "email" not in row.values and not any(name == "email" and text for name, text in cells.items()):
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
        row.values["email"] = clean_email(text)
    except UnusableEmail:
        row.problems.append(_("“%(text)s” is not an e-mail address.", text=text[:60]))


def _whole_name(row: Row, _name: str, text: str) -> None:
    parts = name_parts(text)
    for name, value in (("given_name", parts.given_name), ("family_name", parts.family_name)):
        if value:
            _plain(row, name, value)
    if parts.honorific and "honorific" not in row.values:
        _plain(row, "honorific", parts.honorific)


def _country(row: Row, _name: str, text: str) -> None:
    code = country_of(text)
    if code:
        row.values["country"] = code
    else:
        row.problems.append(_("No country is called “%(text)s”.", text=text[:60]))


def _settle_phone(row: Row) -> None:
    """Last of all, because the country may stand in a later column."""
    text = str(row.values.get("phone", ""))
    if not text:
        return
    try:
        row.values["phone"] = international_number(text, str(row.values.get("country", "")))
    except ValueError:
        del row.values["phone"]
        row.problems.append(_("“%(text)s” is no telephone number with the code of its country.", text=text[:60]))


def _gender(row: Row, name: str, text: str) -> None:
    words = fold(text)
    found = next((str(gender) for gender, known in GENDER_WORDS.items() if words in map(fold, known)), "")
    if found:
        row.values[name] = found
    else:
        row.problems.append(_("“%(text)s” is none of the answers about gender.", text=text[:60]))


def _mode(row: Row, _name: str, text: str) -> None:
    mode = mode_of(text)
    if mode:
        row.values["mode"] = mode
    else:
        row.problems.append(_("“%(text)s” is neither in the room nor online.", text=text[:60]))


def _category(row: Row, _name: str, text: str) -> None:
    found = category_of(text)
    if found:
        row.values["category"] = found
    else:
        row.problems.append(_("There is no category “%(text)s”.", text=text[:60]))


def _language(row: Row, _name: str, text: str) -> None:
    code = _languages().get(fold(text), "")
    if code:
        row.values["language"] = code
    else:
        row.problems.append(_("“%(text)s” is none of the six languages of our mails.", text=text[:60]))


def _listed(row: Row, name: str, text: str) -> None:
    row.values[name] = fold(text) in YES


def _state(row: Row, _name: str, text: str) -> None:
    if fold(text) in ENDED:
        row.problems.append(_("The row says “%(text)s”. Cancel people on their own page.", text=text[:60]))


_READERS = {
    "email": _email,
    "name": _whole_name,
    "country": _country,
    "mode": _mode,
    "category": _category,
    "language": _language,
    "listed": _listed,
    "gender": _gender,
    "state": _state,
}


@lru_cache(maxsize=4096)
def country_of(text: str) -> str:
    """The code of a country written as a code or as a name in one of six languages; empty for anything else."""
    code = country_code(text[:100])
    return code if code in _codes() else ""


@lru_cache(maxsize=1)
def _codes() -> frozenset[str]:
    return frozenset(code for code, _name in country_choices("en") if code)


@lru_cache(maxsize=4096)
def mode_of(text: str) -> str:
    """The mode a cell means; empty when it means none or both."""
    words = fold(text)
    found = [str(mode) for mode, known in MODE_WORDS.items() if any(fold(word) in words for word in known)]
    return found[0] if len(found) == 1 else ""


@lru_cache(maxsize=4096)
def category_of(text: str) -> str:
    """The category a cell means; empty when it means none."""
    words = fold(text)
    return next((str(c) for c, known in CATEGORY_WORDS.items() if any(fold(word) in words for word in known)), "")


@lru_cache(maxsize=1)
def _languages() -> dict[str, str]:
    """Languages by code, own name, and name in each of the six languages."""
    names = {fold(ENDONYMS[code]): code for code in INTERFACE} | {code: code for code in INTERFACE}
    for speaker in INTERFACE:
        spoken = Locale.parse(speaker).languages
        names |= {fold(spoken[code]): code for code in INTERFACE}
    return names


LOOKS: Looks = {
    "email": lambda text: "@" in text and " " not in text.strip(),
    "country": lambda text: bool(country_of(text)),
    "mode": lambda text: bool(mode_of(text)),
    "phone": lambda text: sum(letter.isdigit() for letter in text) >= 6,  # noqa: PLR2004 — the shortest numbers
}
"""Whether a cell holds such a value, for guessing what a question asks."""
