"""Many delegations from a pasted table or a spreadsheet: all of them, or none and what is wrong with which row."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from flask import has_app_context
from flask_babel import gettext as _

from inser_events.delegations.models import DelegationKind
from inser_events.delegations.names import kind_words, names_key
from inser_events.delegations.operations import MOST_SEATS, DelegationData
from inser_events.documents.tables import Table, heading_key, table_from
from inser_events.documents.text import tidy
from inser_events.events.models import Category, Event
from inser_events.languages import INTERFACE
from inser_events.people.search import fold
from inser_events.registration.import_words import country_of
from inser_events.web.filters import comma
from inser_events.web.languages import said_everywhere

HEADINGS: Mapping[str, Sequence[str]] = {
    "name": ("Delegation", "Name", "Member", "Country", "Organisation", "Organization", "Nom", "Pays", "Délégation"),
    "kind": ("Comes as", "Kind", "Type"),
    "focal_name": ("Focal point", "Name of the focal point", "Contact", "Point focal"),
    "focal_email": ("E-mail", "Email", "E-mail of the focal point", "Mail", "Courriel"),
    "room_cap": ("Places in the room", "In the room", "In person", "Room"),
    "online_cap": ("Places online", "Online"),
    "language": ("Language", "Language of mails to them", "Langue"),
    "deadline": ("Deadline", "People can be named until", "Until"),
}
"""What a column can hold, and how it may be headed besides our own words. Without headings they stand in this order."""
KIND_WORDS: Mapping[str, Sequence[str]] = {
    DelegationKind.SECRETARIAT: ("secretariat", "host"),
    DelegationKind.OBSERVER: ("observer", "observateur", "observador"),
    DelegationKind.UN: ("un", "united nations", "nations unies"),
    DelegationKind.PARTNER: ("partner", "partenaire", "socio"),
    DelegationKind.MEMBER: ("member", "membre", "miembro", "country"),
}
CATEGORIES: Mapping[str, str] = {
    DelegationKind.OBSERVER: Category.OBSERVER,
    DelegationKind.SECRETARIAT: Category.ORGANISER,
}
"""As what people of some kinds are registered, where the usual is not right."""
MOST_ROWS = 500


@dataclass
class DelegationRow:
    """A row as it is understood."""

    number: int
    data: DelegationData
    problems: list[str] = field(default_factory=list)


def is_heading(cell: str) -> bool:
    """Whether a cell is a heading we know, in any language of the interface."""
    return any(heading_key(cell) == heading_key(known) for names in _headings().values() for known in names)


def _headings() -> Mapping[str, Sequence[str]]:
    return _translated_headings(translated=has_app_context())


@lru_cache(maxsize=2)
def _translated_headings(*, translated: bool) -> Mapping[str, Sequence[str]]:
    """Those above, and before them what our form and our export call the columns."""
    if not translated:
        return HEADINGS
    own = (said_everywhere(_on_the_form), said_everywhere(_in_files))
    return {name: [*(word for ours in own for word in ours.get(name, ())), *HEADINGS[name]] for name in HEADINGS}


def _on_the_form() -> dict[str, str]:
    return {
        "name": _("Delegation"),
        "kind": _("Comes as"),
        "focal_name": _("Name of the focal point"),
        "focal_email": _("E-mail of the focal point"),
        "room_cap": _("Places in the room"),
        "online_cap": _("Places online"),
        "language": _("Language of mails to them"),
        "deadline": _("People can be named until"),
    }


def _in_files() -> dict[str, str]:
    """The shorter words that people take from our pages."""
    return {
        "name": _("Name"),
        "kind": _("Kind"),
        "focal_name": _("Focal point"),
        "focal_email": _("E-mail"),
        "room_cap": _("In the room"),
        "online_cap": _("Online"),
        "language": _("Language"),
    }


def table_of(text: str) -> Table:
    """Pasted lines as a table; the first line may be headings, or a delegation. Raises UnreadableTable."""
    first = text.partition("\n")[0]
    cells = first.replace(";", "\t").replace(",", "\t").split("\t")
    known = sum(is_heading(cell.strip()) for cell in cells if cell.strip())
    if known > 1 or (known == len(cells) == 1):
        return table_from(text.encode(), _("The pasted table"))
    separator = next((sign for sign in ("\t", ";", ",") if sign in text), "\t")
    headings = separator.join(names[0] for names in HEADINGS.values())
    table = table_from(f"{headings}\n{text}".encode(), _("The pasted table"))
    return Table(table.header, table.rows, [number - 1 for number in table.numbers])


def read_delegations(event: Event, table: Table, usual: DelegationData) -> list[DelegationRow]:
    """Every row of a table. *usual*: what holds where a row does not say."""
    columns = table.columns(_headings())
    rows, seen = [], dict[str, int]()
    for number, cells in zip(table.numbers, table.rows, strict=True):
        values = {name: tidy(cells[place]) for name, place in columns.items()}
        problems: list[str] = []
        data = _data(event, values, usual, problems)
        key = names_key(data.name, "" if data.name else data.country)
        if key and key in seen:
            problems.append(_("Row %(number)s is the same delegation.", number=seen[key]))
        seen.setdefault(key, number)
        rows.append(DelegationRow(number, data, problems))
    return rows


def _data(event: Event, values: Mapping[str, str], usual: DelegationData, problems: list[str]) -> DelegationData:
    name = values.get("name", "")
    country = country_of(name) if name else ""
    kind = _kind(values.get("kind", ""), usual.kind if country else DelegationKind.OBSERVER, problems)
    is_member = kind == DelegationKind.MEMBER and bool(country)
    if not name:
        problems.append(_("There is no name."))
    caps = dict(_caps(values, usual, problems))
    return DelegationData(
        kind=kind,
        country=country,
        name={} if is_member else {event.languages[0]: name},
        category=CATEGORIES.get(kind, usual.category),
        focal_name=values.get("focal_name", ""),
        focal_email=values.get("focal_email", ""),
        language=_language(values.get("language", ""), usual.language, problems),
        deadline=_moment(event, values.get("deadline", ""), usual.deadline, problems),
        letter_needed=usual.letter_needed,
        room_cap=caps["room_cap"],
        online_cap=caps["online_cap"],
    )


def _kind(text: str, otherwise: str, problems: list[str]) -> str:
    words = fold(text)
    if not words:
        return otherwise
    shown = {fold(word): kind for kind, said in said_everywhere(kind_words).items() for word in said}
    found = shown.get(words) or next(
        (str(kind) for kind, known in KIND_WORDS.items() if any(words.startswith(word) for word in known)), ""
    )
    if not found:
        problems.append(
            _("“%(text)s” is none of: %(kinds)s.", text=text[:60], kinds=comma().join(kind_words().values()))
        )
    return str(found or otherwise)


def _caps(values: Mapping[str, str], usual: DelegationData, problems: list[str]) -> Iterator[tuple[str, int | None]]:
    for name in ("room_cap", "online_cap"):
        text = values.get(name, "")
        if not text:
            yield name, getattr(usual, name)
        elif text.isdecimal() and int(text) <= MOST_SEATS:
            yield name, int(text)
        else:
            problems.append(_("“%(text)s” is no number of places.", text=text[:60]))
            yield name, None


def _language(text: str, otherwise: str, problems: list[str]) -> str:
    code = text.casefold()[:2]
    if not text:
        return otherwise
    if code not in INTERFACE:
        problems.append(_("“%(text)s” is none of the six languages of our mails.", text=text[:60]))
        return otherwise
    return code


def _moment(event: Event, text: str, otherwise: datetime | None, problems: list[str]) -> datetime | None:
    """A day, which ends at midnight, or a day and a time, in the event's zone."""
    if not text:
        return otherwise
    try:
        local = datetime.fromisoformat(text)
    except ValueError:
        problems.append(_("“%(text)s” is no date. Write it like 2025-09-15 or 2025-09-15 18:00.", text=text[:60]))
        return otherwise
    if len(text) <= len("2025-09-15"):
        local = local.replace(hour=23, minute=59)
    return local.replace(tzinfo=ZoneInfo(event.time_zone)).astimezone(UTC)
