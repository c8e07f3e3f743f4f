"""What a release says on paper: its days, sessions, slots and people as short texts in one language.

Shared by the programme and the papers of a room. Values in, values out; labels come in the language of
`reading.speaking`.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import NamedTuple

from babel import dates
from flask_babel import gettext

from inser_events.agenda.reading import Wording, appearances, programme_days, setting
from inser_events.agenda.snapshot import Appearance, Item, Person, Place, Session, Slot, Snapshot
from inser_events.documents.collation import sort_key
from inser_events.documents.text import one_line, plain_text, printable, with_commas
from inser_events.languages import Text
from inser_events.web.filters import country, day, mode_label, page_locale, purpose_label
from inser_events.web.positions import position

PAUSES = frozenset({"break", "social"})


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
    minutes: int
    title: Text
    voices: list[Voice]
    items: list[Point]


class SessionRow(NamedTuple):
    """A session and its lines."""

    key: str
    """Name of its place in the document, to link to."""
    starts: str
    times: str
    title: Text
    place: Text
    room: str | None
    """The room's uid."""
    languages: str
    abstract: Text
    voices: list[Voice]
    items: list[Point]
    slots: list[SlotRow]
    is_pause: bool
    is_cancelled: bool


class DayTable(NamedTuple):
    """A day of the programme."""

    key: str
    on: date
    label: str
    sessions: list[SessionRow]


class Biography(NamedTuple):
    """An entry of the list of speakers."""

    name: str
    details: str
    country: str
    bio: Text
    photo: str = ""
    """Digest of the photo, which names its file under ``photos/``."""


def _(message: str, **values: object) -> str:
    return str(gettext(message, **values))


def release_mark(snapshot: Snapshot) -> str:
    """Return what tells one print from another: ``Release 3 · 14 Sep 2025 18:00 (Casablanca)``."""
    zone = snapshot.event.time_zone
    locale = page_locale()
    local = snapshot.published_at.astimezone(dates.get_timezone(zone))
    city = dates.get_timezone_location(zone, locale=locale, return_city=True)
    number = _("Release %(number)s", number=snapshot.number)
    return f"{number} · {dates.format_skeleton('yMMMd', local, locale=locale)} {local:%H:%M} ({city})"


def days(snapshot: Snapshot, words: Wording) -> list[DayTable]:
    """The programme by day."""
    keys = {session.uid: f"s{number}" for number, session in enumerate(snapshot.sessions, 1)}
    found = programme_days(snapshot.sessions, snapshot.event.time_zone)
    return [
        DayTable(
            f"d{number}",
            on,
            _headline(day(on)),
            [session_row(session, words, keys[session.uid]) for session in sessions],
        )
        for number, (on, sessions) in enumerate(found.items(), 1)
    ]


def _headline(text: str) -> str:
    """A day where it stands alone: French and Russian write its name small only in a sentence."""
    return text[:1].upper() + text[1:]


def has_no_talk(session: Session) -> bool:
    """Whether nobody speaks there, so that it has no language either."""
    return session.kind in PAUSES and not session.slots and not session.interpretation


def session_row(session: Session, words: Wording, key: str = "") -> SessionRow:
    """A session with its slots."""
    title = cleaned(words.chosen(session.title))
    is_pause = has_no_talk(session)
    return SessionRow(
        key=key,
        starts=words.clock_time(session.starts_at),
        times=times(session, words),
        title=title if title.value else Text(words.kind(session.kind), words.languages[0]),
        place=_place(session, words),
        room=session.room if words.snapshot.room_named(session.room) else None,
        languages="" if is_pause else words.tongues(session),
        abstract=prose(words.chosen(session.abstract)),
        voices=_voices(session.speakers, words),
        items=_points(session.items, words),
        slots=[_slot(slot, words) for slot in session.slots],
        is_pause=is_pause,
        is_cancelled=session.status == "cancelled",
    )


def _slot(slot: Slot, words: Wording) -> SlotRow:
    title, items = cleaned(words.chosen(slot.title)), _points(slot.items, words)
    # A slot is often named like the item it takes; once is enough.
    if any(title.value == item.title.value for item in items):
        title = Text("", title.language)
    elif not title.value and not items:
        title = Text(words.kind(slot.kind), words.languages[0])
    length = round((slot.ends_at - slot.starts_at).total_seconds() / 60)
    return SlotRow(times(slot, words), length, title, _voices(slot.speakers, words), items)


def times(block: Session | Slot, words: Wording) -> str:
    """From when to when, on the clock of the event."""
    return f"{words.clock_time(block.starts_at)}\N{EN DASH}{words.clock_time(block.ends_at)}"


def _place(session: Session, words: Wording) -> Text:
    room = words.snapshot.room_named(session.room)
    if room:
        return cleaned(words.chosen(room.name))
    online = setting(words.snapshot, session) == "online"
    return Text(mode_label("online") if online else "", words.languages[0])


def _voices(among: Iterable[Appearance], words: Wording) -> list[Voice]:
    return [_voice(person, each, words) for each in among if (person := words.snapshot.people.get(each.person))]


def _voice(person: Person, appearance: Appearance, words: Wording) -> Voice:
    role = "" if appearance.role == "speaker" else words.role(appearance.role)
    return Voice(full_name(person), position(person, words.languages[0]), role, appearance.online)


def _points(numbers: Iterable[str], words: Wording) -> list[Point]:
    by_number = {item.number: item for item in words.snapshot.items}
    return [point(by_number[number], words) for number in numbers if number in by_number]


def point(item: Item, words: Wording) -> Point:
    """An item of the numbered agenda with what it is for."""
    purpose = purpose_label(item.purpose) if item.purpose else ""
    return Point(item.number, cleaned(words.chosen(item.title)), purpose, item.documents)


def speakers(snapshot: Snapshot, language: str) -> list[Person]:
    """Everybody who appears in what takes place, by family name in the order of the language."""
    there = {each.person for session in snapshot.live_sessions for each in appearances(session)}
    found = (person for uid, person in snapshot.people.items() if uid in there)
    return sorted(found, key=lambda person: (sort_key(family_first(person), language), person.uid))


def biography(person: Person, words: Wording) -> Biography:
    """A speaker with their life in a few lines."""
    bio = prose(words.chosen(person.bio))
    return Biography(
        full_name(person), position(person, words.languages[0]), country(person.country), bio, person.photo
    )


def family_first(person: Person) -> str:
    """The name as an index has it: ``Li, Lifeng``. A name that cannot be taken apart stays as it is."""
    name, family = one_line(person.name), one_line(person.family_name)
    if not family or name == family or not name.endswith(f" {family}"):
        return name
    return f"{family}, {name.removesuffix(family).strip()}"


def full_name(person: Person) -> str:
    """Honorific and name."""
    return one_line(f"{person.honorific} {person.name}")


def address(venue: Place, words: Wording) -> str:
    """Street, city and country."""
    return joined(venue.address, words.text(venue.city), country(venue.country))


def venue_line(snapshot: Snapshot, words: Wording) -> str:
    """Venue, city and country on one line; empty for an event without a room."""
    venue = snapshot.event.venue
    return joined(words.text(venue.name), words.text(venue.city), country(venue.country)) if venue else ""


def first_moment(snapshot: Snapshot) -> datetime:
    """When the event begins, to name the zone as it is then."""
    return min((session.starts_at for session in snapshot.live_sessions), default=snapshot.published_at)


def sittings_of(snapshot: Snapshot) -> dict[str, list[Session]]:
    """The sessions of each person, by uid, in order of time."""
    found: dict[str, list[Session]] = {}
    for session in sorted(snapshot.live_sessions, key=lambda session: session.starts_at):
        for uid in dict.fromkeys(each.person for each in appearances(session)):
            found.setdefault(uid, []).append(session)
    return found


def joined(*parts: str) -> str:
    """What there is of *parts*, with commas between."""
    return with_commas(parts)


def cleaned(text: Text) -> Text:
    """The text on one line."""
    return text._replace(value=one_line(text.value))


def prose(text: Text) -> Text:
    """Rich text as plain paragraphs, with a blank line between them."""
    return text._replace(value=printable(plain_text(text.value)))


def paragraphs(text: Text) -> list[Text]:
    """Rich text as plain paragraphs."""
    return [text._replace(value=one_line(part)) for part in prose(text).value.split("\n\n") if part.strip()]


def in_rooms(table: DayTable) -> Iterator[str]:
    """The rooms in use on a day, by uid, in the order they are first used."""
    yield from dict.fromkeys(row.room for row in table.sessions if row.room and not row.is_cancelled)
