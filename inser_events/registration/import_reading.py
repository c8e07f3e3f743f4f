"""One row of a stranger's table as a registration: what its cells mean, and what is wrong with them. Plain reading."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from babel import Locale
from flask_babel import gettext as _

from inser_events.addresses import UnusableEmail, clean_email, folded_email
from inser_events.documents.tables import Table
from inser_events.events.models import Category, Mode
from inser_events.languages import ENDONYMS, INTERFACE
from inser_events.people.countries import country_choices
from inser_events.people.names import name_parts
from inser_events.people.search import fold
from inser_events.people.tables import country_code
from inser_events.registration.forms import NAME_LENGTH, ORGANISATION_LENGTH, tidy
from inser_events.registration.import_headings import Looks
from inser_events.registration.models import State

LONGEST: Mapping[str, int] = {
    "honorific": 30,
    "given_name": NAME_LENGTH,
    "family_name": NAME_LENGTH,
    "name_latin": NAME_LENGTH,
    "email": 254,
    "organisation": ORGANISATION_LENGTH,
    "job_title": ORGANISATION_LENGTH,
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
YES = frozenset({"yes", "y", "true", "1", "x", "oui", "o", "si", "да", "نعم", "是", "ja", "sim", "agree", "i agree"})
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

    @property
    def email(self) -> str:
        """The address under which the row is known, folded."""
        return folded_email(str(self.values.get("email", "")))


def read_rows(table: Table, columns: Mapping[int, str]) -> Iterator[Row]:
    """Every row of the table."""
    for number, cells in zip(table.numbers, table.rows, strict=True):
        yield read_row(number, {name: tidy(cells[place]) for place, name in columns.items() if place < len(cells)})


def read_row(number: int, cells: Mapping[str, str]) -> Row:
    """One row from the texts of its fields."""
    row = Row(number)
    for name, text in cells.items():
        if text:
            _READERS.get(name, _plain)(row, name, text)
    if "email" not in row.values and not any(name == "email" and text for name, text in cells.items()):
        row.problems.append(_("There is no e-mail address."))
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
}
"""Whether a cell holds such a value, for guessing what a question asks."""
