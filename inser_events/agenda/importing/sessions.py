"""A session of the draft and one of a file in the same terms, so that they can be compared."""

from dataclasses import dataclass
from datetime import datetime

from inser_events.agenda import snapshot
from inser_events.agenda.importing.tree import MAIN, ReadPerson, ReadSession, Tree
from inser_events.agenda.models import Session, Speaker, SpeakerState
from inser_events.agenda.reading import SHARED, speaking
from inser_events.documents.richtext import cleaned
from inser_events.documents.text import one_line, plain_text
from inser_events.languages import Localized, text_in
from inser_events.web.filters import kind_label


@dataclass(frozen=True)
class Course:
    """Who appears, and the slots: title, minutes, people and items of each."""

    leads: tuple[tuple[str, str], ...]
    slots: tuple[tuple[str, int, tuple[str, ...], tuple[str, ...]], ...]
    people: tuple[str, ...]

    @property
    def appearing(self) -> dict[str, snapshot.Person]:
        """Everybody by name, as `agenda.differences` tells them."""
        return {name: snapshot.Person(uid=name, name=name) for name in self.people}


@dataclass(frozen=True)
class State:
    """What is compared of a session."""

    starts_at: datetime
    ends_at: datetime
    title: str
    kind: str
    track: str
    languages: list[str]
    interpretation: list[str]
    online: bool
    abstract: Localized
    course: Course


def state_of(ours: Session, language: str) -> State:
    """A session of the draft."""
    return State(
        starts_at=ours.starts_at,
        ends_at=ours.ends_at,
        title=one_line(text_in(ours.title, [language]).value),
        kind=ours.kind,
        track=ours.track,
        languages=list(ours.languages),
        interpretation=list(ours.interpretation),
        online=ours.online,
        abstract=dict(ours.abstract),
        course=course_of(ours, language),
    )


def wanted_state(read: ReadSession, ours: Session | None, tree: Tree, language: str) -> State:
    """A session as the file has it; what it does not say is as it was, or as a new session would have it."""
    kind = (ours.kind if ours else "plenary") if read.kind is None else read.kind
    return State(
        starts_at=read.starts_at,
        ends_at=read.ends_at,
        title=read.title,
        kind=kind,
        track=(ours.track if ours else "") if read.track is None else read.track,
        languages=_languages(read, ours, tree, language),
        interpretation=(list(ours.interpretation) if ours else [])
        if read.interpretation is None
        else list(read.interpretation),
        online=_online(read, ours, tree, kind),
        abstract=_abstract(read, ours, language),
        course=_course(read, language),
    )


def _languages(read: ReadSession, ours: Session | None, tree: Tree, language: str) -> list[str]:
    """Schedules name only the first language: the others are still right while that one is."""
    if read.languages is None:
        return list(ours.languages) if ours else []
    if ours is not None and tree.source.startswith("schedule"):
        first = ours.languages[0] if ours.languages else language
        if read.languages[:1] == (first,):
            return list(ours.languages)
    return list(read.languages)


def _online(read: ReadSession, ours: Session | None, tree: Tree, kind: str) -> bool:
    if read.online is not None:
        return read.online
    room = tree.room(read.room)
    if ours is not None and (room is None or room.place == "room" or ours.room is None):
        return ours.online
    if room is not None and room.place == "everywhere":
        return kind in SHARED
    return True


def _abstract(read: ReadSession, ours: Session | None, language: str) -> Localized:
    """Texts of the file beside those in other languages; formatting that a plain file cannot carry stays."""
    texts = dict(ours.abstract) if ours else {}
    if read.abstract is None:
        return texts
    said = {code or language: cleaned(text) for code, text in read.abstract.items() if cleaned(text)}
    if not said and ours is not None and MAIN not in read.abstract:
        return {code: text for code, text in texts.items() if code != language}
    for code, text in said.items():
        shown = text_in(texts, [code]).value
        if plain_text(shown) != plain_text(text):
            texts[code] = text
    return texts


def course_of(ours: Session, language: str) -> Course:
    """Leads and slots of the draft, but for those who declined: they are not on the programme."""
    slots = []
    with speaking(language):
        for slot in ours.slots:
            title = one_line(text_in(slot.title, [language]).value) or kind_label(slot.kind)
            items = tuple(sorted(item.number for item in slot.items))
            slots.append((title, slot.minutes, tuple(_name(each) for each in coming(slot.speakers)), items))
    leads = tuple((_name(each), each.role) for each in coming(ours.speakers))
    return Course(leads, tuple(slots), people_names(ours))


def people_names(ours: Session) -> tuple[str, ...]:
    """Everybody who appears, each once, in order."""
    every = [*coming(ours.speakers), *(each for slot in ours.slots for each in coming(slot.speakers))]
    return tuple(dict.fromkeys(map(_name, every)))


def coming(speakers: list[Speaker]) -> list[Speaker]:
    """All but those who declined."""
    return [each for each in speakers if each.state != SpeakerState.DECLINED]


def _name(speaker: Speaker) -> str:
    return one_line(speaker.person.name)


def _course(read: ReadSession, language: str) -> Course:
    with speaking(language):
        slots = tuple(
            (slot.title or kind_label(slot.kind), slot.minutes, _names(slot.people), tuple(sorted(slot.items)))
            for slot in read.slots or ()
        )
    leads = tuple((person.name, person.role) for person in read.leads)
    return Course(leads, slots, tuple(dict.fromkeys(_names(read.everybody))))


def _names(people: tuple[ReadPerson, ...]) -> tuple[str, ...]:
    return tuple(person.name for person in people)
