"""Which texts of an event's draft are not there in which of its languages, for organisers to fill in.

A text counts once it is written in one language: an empty abstract is a choice, half a translation is not. Domains
further right hand over what they know of (`also_look`), as with the steps of the overview.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

from flask_babel import gettext as _
from sqlalchemy import select

from inser_events.agenda.models import Document, Item, Session, Slot, Speaker, SpeakerState
from inser_events.database import db
from inser_events.documents.text import one_line, plain_text
from inser_events.events.forms import LOCALIZED, RICH
from inser_events.events.models import Event, Room
from inser_events.languages import Localized, Text, text_in
from inser_events.people.models import Person

Address = Callable[[str], str]
"""From a language to where a text is written in it."""
SHOWN = 160
"""Letters of a text that are shown."""


class Translatable(NamedTuple):
    """One text that readers see."""

    part: str
    """What it belongs to, in a word: a session, a document."""
    what: str
    """Which of its texts."""
    localized: Localized
    address: Address
    starts_at: datetime | None = None
    is_rich: bool = False
    """It is HTML."""


class Gap(NamedTuple):
    """A text that is missing somewhere."""

    part: str
    what: str
    text: Text
    """What there is, in a language it is written in."""
    written: list[str]
    missing: list[tuple[str, str]]
    """Each language and where to write the text in it."""
    starts_at: datetime | None


class Coverage(NamedTuple):
    """How much of an event there is in a language."""

    language: str
    there: int
    wanted: int


Look = Callable[[Event], Iterable[Translatable]]
_more: list[Look] = []


def also_look(look: Look) -> None:
    """Let the list of gaps also hold what *look* returns for an event."""
    if look not in _more:
        _more.append(look)


def gaps_of(event: Event) -> tuple[list[Gap], list[Coverage]]:
    """Every text that is missing in some language, in the order of the programme; and how much there is in each."""
    texts = [each for each in _texts(event) if any(each.localized.values())]
    there = [(language, sum(bool(each.localized.get(language)) for each in texts)) for language in event.languages]
    found = [gap for each in texts if (gap := _gap(each, event.languages)).missing]
    return found, [Coverage(language, count, len(texts)) for language, count in there]


def _gap(each: Translatable, languages: Sequence[str]) -> Gap:
    chosen = text_in(each.localized, languages)
    shown = one_line(plain_text(chosen.value) if each.is_rich else chosen.value)
    shown = shown if len(shown) <= SHOWN else shown[:SHOWN].rsplit(" ", 1)[0] + "…"
    written = [code for code, text in each.localized.items() if text]
    missing = [(code, each.address(code)) for code in languages if code not in written]
    return Gap(each.part, each.what, chosen._replace(value=shown), written, missing, each.starts_at)


def fields(start: str) -> Address:
    """A field for each language: ``…#title`` in French is ``…#title_fr``."""
    return lambda code: f"{start}_{code}"


def always(address: str) -> Address:
    """One place for all languages."""
    return lambda _code: address


def _texts(event: Event) -> Iterator[Translatable]:
    yield from _of_event(event)
    yield from _of_sessions(event)
    yield from _of_register(event)
    yield from _of_speakers(event)
    for look in _more:
        yield from look(event)


def _of_event(event: Event) -> Iterator[Translatable]:
    labels = {
        "name": _("Name"),
        "tagline": _("In one sentence"),
        "venue_name": _("Venue"),
        "venue_city": _("City"),
        "organiser": _("Organised by"),
        "description": _("Description"),
        "venue_directions": _("How to get there"),
    }
    for name in LOCALIZED:
        yield Translatable(
            _("Event"), labels[name], getattr(event, name), _text_page(event, name), is_rich=name in RICH
        )
    for room in event.rooms:
        yield Translatable(_("Room"), _("Name"), room.name, _room_address(event, room))


def _text_page(event: Event, name: str) -> Address:
    start, main = f"/manage/{event.slug}", event.languages[0]
    return lambda code: f"{start}/settings#{name}" if code == main else f"{start}/texts/{code}#{name}"


def _room_address(event: Event, room: Room) -> Address:
    form = f"/manage/{event.slug}/rooms/{room.uid}#name"
    return lambda code: form if code == event.languages[0] else f"{form}_{code}"


def _of_sessions(event: Event) -> Iterator[Translatable]:
    """Titles and texts of sessions, each followed by those of its slots."""
    home = f"/manage/{event.slug}/agenda"
    live = select(Session.id).where(Session.event_id == event.id, Session.withdrawn_at.is_(None))
    slots: dict[int, list[Translatable]] = {}
    columns = select(Slot.session_id, Slot.uid, Slot.title, Slot.abstract).order_by(Slot.session_id, Slot.position)
    for session_id, uid, title, abstract in db.session.execute(columns.where(Slot.session_id.in_(live))):
        slots.setdefault(session_id, []).extend(_titled(_("Slot"), title, abstract, f"{home}/slots/{uid}"))
    fields = select(Session.id, Session.uid, Session.title, Session.abstract, Session.starts_at)
    for number, uid, title, abstract, at in db.session.execute(
        fields.where(Session.id.in_(live)).order_by(Session.starts_at, Session.id)
    ):
        for each in _titled(_("Session"), title, abstract, f"{home}/sessions/{uid}/edit"):
            yield each._replace(starts_at=at)
        yield from (each._replace(starts_at=at) for each in slots.get(number, ()))


def _titled(part: str, title: Localized, abstract: Localized, form: str) -> Iterator[Translatable]:
    yield Translatable(part, _("Title"), title, fields(f"{form}#title"))
    yield Translatable(part, _("Text"), abstract, fields(f"{form}#abstract"), is_rich=True)


def _of_register(event: Event) -> Iterator[Translatable]:
    """Items, and documents: their titles and the documents themselves."""
    home = f"/manage/{event.slug}/agenda"
    items = select(Item.uid, Item.title, Item.number).where(Item.event_id == event.id).order_by(Item.position, Item.id)
    for uid, title, number in db.session.execute(items):
        part = _("Agenda item %(number)s", number=number)
        form = f"{home}/items/{uid}"
        yield Translatable(part, _("Title"), title, fields(f"{form}#title"))
    documents = select(Document.uid, Document.symbol, Document.title, Document.languages)
    here = documents.where(Document.event_id == event.id, Document.status != "withdrawn").order_by(Document.symbol)
    for uid, symbol, title, languages in db.session.execute(here):
        form = f"{home}/documents/{uid}"
        yield Translatable(symbol, _("Title"), title, fields(f"{form}#title"))
        yield Translatable(symbol, _("Document"), dict.fromkeys(languages, symbol), always(f"{form}#languages"))


def _of_speakers(event: Event) -> Iterator[Translatable]:
    """Positions and biographies, which speakers write on their own pages and organisers here."""
    appearing = (
        select(Speaker.person_id)
        .join(Session, Session.id == Speaker.session_id)
        .where(Session.event_id == event.id, Speaker.state != SpeakerState.DECLINED, Session.withdrawn_at.is_(None))
    )
    speakers = f"/manage/{event.slug}/speakers"
    for person in db.session.scalars(select(Person).where(Person.id.in_(appearing)).order_by(Person.family_name)):
        name = one_line(person.name)
        form = f"{speakers}/{person.uid}/biography"
        # What was first written counts as the event's main language: it does not say which it is in.
        titles = {event.languages[0]: person.job_title} | person.job_titles
        yield Translatable(name, _("Position"), titles, _position_address(event, person))
        yield Translatable(name, _("Biography"), person.biography, fields(f"{form}#bio"), is_rich=True)


def _position_address(event: Event, person: Person) -> Address:
    start, main = f"/manage/{event.slug}/speakers", event.languages[0]
    return lambda code: f"{start}#person-{person.uid}" if code == main else f"{start}/{person.uid}/biography#job_{code}"
