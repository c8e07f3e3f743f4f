"""Our own .ics files say more than they seem to: kinds, leads and slots, languages, the venue, the event itself.

The opposite of `agenda.calendars`: what it joins into DESCRIPTION, LOCATION and CATEGORIES is taken apart again.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from flask_babel import gettext as _

from inser_events.agenda.importing.columns import words_for
from inser_events.agenda.importing.own_lines import Course, Words, read_course, words_in
from inser_events.agenda.importing.tree import (
    MAIN,
    ReadEvent,
    ReadItem,
    ReadRoom,
    ReadSession,
    ReadSlot,
    ReadVenue,
    Tree,
)
from inser_events.agenda.importing.values import language_of, paragraphs
from inser_events.agenda.models import SessionKind
from inser_events.agenda.reading import SHARED, speaking
from inser_events.documents.calendar_reading import CalendarFile, Component
from inser_events.languages import INTERFACE
from inser_events.web.filters import kind_label

_ITEM = re.compile(r"(\d+(?:\.\d+)*) (.*?)(?: \(([^()]*)\))?")
_COMMA = re.compile(r", |، ?|，|、")
"""Between names, in each of our scripts."""
_TIME_LINE = re.compile(r"\d{2}:\d{2}\u2013\d{2}:\d{2} ")
_MAIL = re.compile(r"\S+@\S+")


@dataclass(frozen=True)
class _Parts:
    """A DESCRIPTION taken apart."""

    abstract: str
    course: Course | None
    items: tuple[ReadItem, ...]
    spoken: tuple[str, ...]
    interpreted: tuple[str, ...]


def detailed(tree: Tree, calendar: CalendarFile) -> Tree:
    """The tree of one of our own calendars with everything it tells."""
    events = {event.text("UID"): event for event in calendar.events}
    refids = Counter(event.text("REFID") for event in calendar.events)
    own_uid = refids.most_common(1)[0][0] if refids else ""
    words = _words(calendar.events)
    venue = _venue(tree, calendar)
    clock = ZoneInfo(tree.event.zone)
    sessions: list[ReadSession] = []
    items: dict[str, ReadItem] = {}
    rooms: dict[str, ReadRoom] = {}
    for session in tree.sessions:
        if session.guid == own_uid:
            continue  # the event itself stands for an agenda without sessions
        parts = _parts(events[session.guid], session, clock, words)
        items |= {item.number: item for item in parts.items}
        found = _session(session, parts, events[session.guid], words, venue)
        if found.room:
            rooms[found.room] = ReadRoom(key=found.room, name=found.room)
        sessions.append(found)
    return replace(
        tree,
        is_ours=True,
        event=_event(tree.event, calendar, words, venue, tree.sessions),
        rooms=tuple(rooms.values()),
        sessions=tuple(sessions),
        items=tuple(items.values()),
    )


def _words(events: Sequence[Component]) -> Words:
    """The labels of the language in which most categories are known kinds."""
    titles = [found.parameters.get("LANGUAGE", "") for event in events if (found := event.first("SUMMARY"))]
    wanted = [language for language, _count in Counter(filter(None, map(language_of, titles))).most_common()]
    categories = [found.values[0] for event in events if (found := event.first("CATEGORIES"))]
    languages = dict.fromkeys([*wanted, "en", *INTERFACE])
    return max(map(words_in, languages), key=lambda words: sum(text in words.session_kinds for text in categories))


def _venue(tree: Tree, calendar: CalendarFile) -> ReadVenue:
    """What the places have in common behind the room: ``Main hall, Conference centre, Rabat``."""
    places = {session.room for session in tree.sessions if session.room and not _is_online(session.room)}
    geo = next((found.value for event in calendar.events if (found := event.first("GEO"))), "")
    latitude, _split, longitude = geo.partition(";")
    tails = [place.split(", ") for place in places]
    shared = min(tails, key=len, default=[])
    while shared and any(tail[-len(shared) :] != shared for tail in tails):
        shared = shared[1:]
    if len(tails) == 1:
        shared = shared[1:]  # a single place: its first part is the room
    if any(not session.room for session in tree.sessions):
        shared = []  # a session all over the venue would name it
    name, city = (", ".join(shared[:-1]), shared[-1]) if len(shared) > 1 else (", ".join(shared), "")
    try:
        return ReadVenue(name=name, city=city, latitude=float(latitude), longitude=float(longitude))
    except ValueError:
        return ReadVenue(name=name, city=city)


def _parts(event: Component, session: ReadSession, clock: ZoneInfo, words: Words) -> _Parts:
    """From the end: address, zone, languages, items, course; what is left is the abstract."""
    left = event.text("DESCRIPTION").split("\n\n")
    if (left and left[-1] == event.text("URL")) or (left and left[-1].startswith(("http://", "https://"))):
        left.pop()
    if left:
        left.pop()  # the zone, which is always there
    spoken, interpreted = _tongues(left[-1], words) if left else ((), ())
    if spoken or interpreted:
        left.pop()
    items = _items(left[-1]) if left else ()
    if items:
        left.pop()
    course = None
    if left and (_TIME_LINE.search(left[-1]) or left[-1].split(": ")[0] in words.roles):
        course = read_course(left[-1], session.starts_at, clock, words, None)
    if course:
        left.pop()
    return _Parts("\n\n".join(left), course, items, spoken, interpreted)


def _tongues(text: str, words: Words) -> tuple[tuple[str, ...], tuple[str, ...]]:
    with speaking(words.language):
        spoken_is, interpreted_is = _("Language: %(names)s", names=""), _("Interpretation: %(names)s", names="")
    spoken: tuple[str, ...] = ()
    interpreted: tuple[str, ...] = ()
    for part in text.split(". "):
        names = _COMMA.split(part.removeprefix(spoken_is).removeprefix(interpreted_is))
        codes = tuple(language_of(name) for name in names)
        if part.startswith(spoken_is) and all(codes):
            spoken = codes
        elif part.startswith(interpreted_is) and all(codes):
            interpreted = codes
        else:
            return (), ()
    return spoken, interpreted


def _items(text: str) -> tuple[ReadItem, ...]:
    found = [_ITEM.fullmatch(line) for line in text.split("\n")]
    return tuple(
        ReadItem(number=match[1], title=match[2], symbols=tuple(match[3].split(", ")) if match[3] else ())
        for match in found
        if match and all(found)
    )


def _session(session: ReadSession, parts: _Parts, event: Component, words: Words, venue: ReadVenue) -> ReadSession:
    found = event.first("CATEGORIES")
    kind, track = (*found.values, "", "")[:2] if found else ("", "")
    kinds = {**{kind_label(each): str(each) for each in SessionKind}, **words.session_kinds}
    known = kinds.get(kind, kind)
    room, online = _room(session.room, venue)
    course = parts.course
    abstract = paragraphs(parts.abstract)
    return replace(
        session,
        room=room,
        online=None if room else (online or known in SHARED),
        kind=known,
        track=track,
        languages=parts.spoken,
        interpretation=parts.interpreted,
        abstract={MAIN: abstract} if abstract else {},
        people=(),
        leads=course.leads if course else (),
        slots=_numbered(course, parts.items) if course else (),
    )


def _numbered(course: Course, items: Sequence[ReadItem]) -> tuple[ReadSlot, ...]:
    """Slots whose titles begin with the numbers of items take these items."""
    numbers = {item.number for item in items}
    slots = []
    for slot in course.slots:
        words = slot.title.split(" ")
        count = 0
        while count < len(words) and words[count] in numbers:
            count += 1
        slots.append(replace(slot, title=" ".join(words[count:]), items=tuple(words[:count])))
    return tuple(slots)


def _room(place: str, venue: ReadVenue) -> tuple[str, bool]:
    """The room alone, and whether the place is the call."""
    if _is_online(place):
        return "", True
    tail = ", ".join(filter(None, (venue.name, venue.city)))
    if place == tail:
        return "", False
    return place.removesuffix(f", {tail}") if tail else place, False


def _is_online(place: str) -> bool:
    """The call: ``Online`` or ``Online (Zoom)``."""
    return any(place == word or place.startswith(f"{word} (") for word in words_for("Online"))


def _event(
    facts: ReadEvent, calendar: CalendarFile, words: Words, venue: ReadVenue, sessions: Sequence[ReadSession]
) -> ReadEvent:
    contact = next((event.text("CONTACT") for event in calendar.events if event.text("CONTACT")), "")
    organiser, _split, address = contact.rpartition(", ")
    if not _MAIL.fullmatch(address or contact):
        organiser, address = contact, ""
    elif not organiser:
        address = contact
    platform = next((found for session in sessions if (found := _platform(session.room))), "")
    path = urlsplit(calendar.properties.text("URL")).path.strip("/").split("/")
    return replace(
        facts,
        slug=path[-1] if len(path) > 1 and path[-2] == "events" else facts.slug,
        languages=(words.language,),
        venue=venue,
        online_platform=platform,
        modes=("online",) if sessions and all(_is_online(session.room) for session in sessions) else facts.modes,
        organiser=organiser,
        contact_email=address,
    )


def _platform(place: str) -> str:
    for word in words_for("Online"):
        if place.startswith(f"{word} (") and place.endswith(")"):
            return place[len(word) + 2 : -1]
    return ""
