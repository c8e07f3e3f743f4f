"""The printed programme of a Release: cover, information, agenda, items, speakers.

Pure: a snapshot in, a PDF out, and the same bytes each time. The interface's words are in the language asked for when
there is an application to translate them; what organisers wrote is in that language or the nearest they wrote in.
"""

from base64 import b64encode
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Literal, NamedTuple
from unicodedata import bidirectional

from babel import dates
from flask_babel import gettext
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from inser_events.agenda.reading import Wording, event_url, programme_days, setting, speaking
from inser_events.agenda.snapshot import Appearance, Item, Person, Place, Session, Slot, Snapshot
from inser_events.config import STATIC, TEMPLATES
from inser_events.documents import pdf, qr
from inser_events.documents.text import one_line, plain_text, printable
from inser_events.languages import Text, direction
from inser_events.web.filters import country, date_range, day, language_name, mode_label, page_locale, purpose_label

Paper = Literal["a4", "a5", "letter"]

_STYLES = STATIC / "css" / "pdf"
_RUNNING_TITLE = 90
_PAUSES = {"break", "social"}


class Voice(NamedTuple):
    """Somebody on the programme, as printed."""

    name: str
    details: str
    """Job title and organisation."""
    role: str = ""
    """Empty for a plain speaker."""
    online: bool = False


class Point(NamedTuple):
    """An item of the numbered agenda."""

    number: str
    title: Text
    purpose: str
    documents: Sequence[str]


class SlotRow(NamedTuple):
    """A line of a session."""

    times: str
    title: Text
    voices: list[Voice]
    items: list[Point]


class SessionRow(NamedTuple):
    """A session and its lines."""

    times: str
    title: Text
    place: Text
    languages: str
    abstract: Text
    voices: list[Voice]
    items: list[Point]
    slots: list[SlotRow]
    is_pause: bool
    is_cancelled: bool


class DayTable(NamedTuple):
    """A day of the programme."""

    label: str
    sessions: list[SessionRow]


class Biography(NamedTuple):
    """An entry of the list of speakers."""

    name: str
    details: str
    country: str
    bio: Text


def programme_pdf(snapshot: Snapshot, *, language: str, paper: Paper = "a4", base_url: str) -> bytes:
    """Return the programme as a tagged PDF in *language*. Raises PdfUnavailable."""
    with speaking(language):
        values = _values(snapshot, language, base_url)
        title = str(values["title"])
        html = _environment().get_template("pdf/programme.html").render(values, _=_translate)
    sheets = [_STYLES / "programme.css", *([] if paper == "a4" else [_STYLES / f"paper-{paper}.css"])]
    return pdf.render(
        html,
        css=sheets,
        title=title,
        identifier=f"{snapshot.event.uid}/{snapshot.number}/{language}/{paper}".encode(),
        when=snapshot.published_at,
    )


def release_mark(snapshot: Snapshot) -> str:
    """Return what tells one print from another: ``Release 3 · 14 Sep 2025 18:00 (Casablanca)``."""
    zone = snapshot.event.time_zone
    locale = page_locale()
    local = snapshot.published_at.astimezone(dates.get_timezone(zone))
    city = dates.get_timezone_location(zone, locale=locale, return_city=True)
    number = _translate("Release %(number)s", number=snapshot.number)
    return f"{number} · {dates.format_skeleton('yMMMd', local, locale=locale)} {local:%H:%M} ({city})"


def _values(snapshot: Snapshot, language: str, base_url: str) -> dict[str, object]:
    event = snapshot.event
    words = Wording(snapshot, [language])
    name = _cleaned(words.chosen(event.name))
    address = event_url(base_url, event.slug) + "/agenda"
    return {
        "language": language,
        "direction": direction(language),
        "title": _translate("%(event)s: programme", event=name.value),
        "name": name,
        "running": _shortened(name.value),
        "release": release_mark(snapshot),
        "network": _cleaned(words.chosen(event.network.name)) if event.network else Text("", language),
        "tagline": _cleaned(words.chosen(event.tagline)),
        "description": _prose(words.chosen(event.description), is_html=True),
        "dates": date_range(event.starts_on, event.ends_on),
        "place": _place(snapshot, words),
        "modes": " · ".join(mode_label(mode) for mode in event.modes),
        "cancelled": event.status == "cancelled",
        "sample": event.is_sample,
        "facts": list(_facts(snapshot, words)),
        "address": address,
        "address_code": "data:image/svg+xml;base64," + b64encode(qr.svg(address, title=address).encode()).decode(),
        "days": list(_days(snapshot, words)),
        "register": [_point(item, words) for item in snapshot.items],
        "people": [_biography(person, words) for person in _speakers(snapshot)],
    }


def _facts(snapshot: Snapshot, words: Wording) -> Iterator[tuple[str, str]]:
    """Label and value of what one needs to know to come or to follow; empty ones are left out."""
    event = snapshot.event
    venue = event.venue
    start = min((session.starts_at for session in snapshot.live_sessions), default=snapshot.published_at)
    found = (
        (_translate("Date"), date_range(event.starts_on, event.ends_on)),
        (_translate("Times"), words.zone(start)),
        (_translate("Venue"), words.text(venue.name) if venue else ""),
        (_translate("Address"), _address(venue, words) if venue else ""),
        (_translate("Getting there"), words.text(venue.directions) if venue else ""),
        (_translate("Online"), event.online_platform if "online" in event.modes else ""),
        (_translate("Languages"), ", ".join(map(language_name, event.languages))),
        (_translate("Organised by"), words.text(event.organiser)),
        (_translate("Contact"), event.contact_email),
        (_translate("About this release"), snapshot.note),
    )
    for label, value in found:
        if value.strip():
            yield label, one_line(value)


def _address(venue: Place, words: Wording) -> str:
    return _joined(venue.address, words.text(venue.city), country(venue.country))


def _place(snapshot: Snapshot, words: Wording) -> str:
    venue = snapshot.event.venue
    return _joined(words.text(venue.name), words.text(venue.city), country(venue.country)) if venue else ""


def _days(snapshot: Snapshot, words: Wording) -> Iterator[DayTable]:
    for on, sessions in programme_days(snapshot.sessions, snapshot.event.time_zone).items():
        yield DayTable(day(on), [_session(session, words) for session in sessions])


def _session(session: Session, words: Wording) -> SessionRow:
    title = _cleaned(words.chosen(session.title))
    return SessionRow(
        times=_times(session, words),
        title=title if title.value else Text(words.kind(session.kind), words.languages[0]),
        place=_room(session, words),
        languages=words.tongues(session),
        abstract=_prose(words.chosen(session.abstract)),
        voices=_voices(session.speakers, words),
        items=_points(session.items, words),
        slots=[_slot(slot, words) for slot in session.slots],
        is_pause=session.kind in _PAUSES and not session.slots,
        is_cancelled=session.status == "cancelled",
    )


def _slot(slot: Slot, words: Wording) -> SlotRow:
    title, items = _cleaned(words.chosen(slot.title)), _points(slot.items, words)
    # A slot is often named like the item it takes; once is enough.
    if any(title.value == item.title.value for item in items):
        title = Text("", title.language)
    elif not title.value and not items:
        title = Text(words.kind(slot.kind), words.languages[0])
    return SlotRow(_times(slot, words), title, _voices(slot.speakers, words), items)


def _times(block: Session | Slot, words: Wording) -> str:
    return f"{words.clock_time(block.starts_at)}\N{EN DASH}{words.clock_time(block.ends_at)}"


def _room(session: Session, words: Wording) -> Text:
    room = words.snapshot.room_named(session.room)
    if room:
        return _cleaned(words.chosen(room.name))
    online = setting(words.snapshot, session) == "online"
    return Text(mode_label("online") if online else "", words.languages[0])


def _voices(appearances: Iterable[Appearance], words: Wording) -> list[Voice]:
    return [_voice(person, each, words) for each in appearances if (person := words.snapshot.people.get(each.person))]


def _voice(person: Person, appearance: Appearance, words: Wording) -> Voice:
    role = "" if appearance.role == "speaker" else words.role(appearance.role)
    return Voice(_full_name(person), _details(person), role, appearance.online)


def _points(numbers: Iterable[str], words: Wording) -> list[Point]:
    by_number = {item.number: item for item in words.snapshot.items}
    return [_point(by_number[number], words) for number in numbers if number in by_number]


def _point(item: Item, words: Wording) -> Point:
    purpose = purpose_label(item.purpose) if item.purpose else ""
    return Point(item.number, _cleaned(words.chosen(item.title)), purpose, item.documents)


def _speakers(snapshot: Snapshot) -> list[Person]:
    """Everybody who appears in what takes place, by family name."""
    there = {
        each.person
        for session in snapshot.live_sessions
        for each in (*session.speakers, *(speaker for slot in session.slots for speaker in slot.speakers))
    }
    found = (person for uid, person in snapshot.people.items() if uid in there)
    return sorted(found, key=lambda person: ((person.family_name or person.name).casefold(), person.name, person.uid))


def _biography(person: Person, words: Wording) -> Biography:
    bio = _prose(words.chosen(person.bio))
    return Biography(_full_name(person), _details(person), country(person.country), bio)


def _full_name(person: Person) -> str:
    return one_line(f"{person.honorific} {person.name}")


def _details(person: Person) -> str:
    return _joined(person.job_title, person.organisation)


def _joined(*parts: str) -> str:
    return ", ".join(part for part in map(one_line, parts) if part)


def _cleaned(text: Text) -> Text:
    return text._replace(value=one_line(text.value))


def _prose(text: Text, *, is_html: bool = False) -> Text:
    return text._replace(value=plain_text(text.value) if is_html else printable(text.value))


def _shortened(text: str) -> str:
    return text if len(text) <= _RUNNING_TITLE else text[:_RUNNING_TITLE].rsplit(" ", 1)[0] + "…"


def _translate(message: str, **values: object) -> str:
    return str(gettext(message, **values))


@lru_cache(maxsize=1)
def _environment() -> Environment:
    """Only what a document needs: no request, no application."""
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    environment.filters["way"] = _way
    return environment


def _way(text: str) -> str:
    """Return the direction of the first letter that has one: ``dir="auto"``, which WeasyPrint does not know."""
    strong = (kind for kind in map(bidirectional, text) if kind in {"L", "R", "AL"})
    return "rtl" if next(strong, "L") != "L" else "ltr"
