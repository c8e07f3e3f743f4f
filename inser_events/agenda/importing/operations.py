"""Many new sessions in one write.

The agenda's own operations flush for each session, slot and speaker, which is right for one at a time and takes four
times as long for a thousand.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from inser_events.agenda.errors import ElsewhereRoom, TitleMissing
from inser_events.agenda.models import Session, Slot, Speaker
from inser_events.agenda.operations import SessionData, SlotData
from inser_events.agenda.timing import checked_minutes
from inser_events.audit import record
from inser_events.database import db, new_uid
from inser_events.documents.richtext import cleaned
from inser_events.documents.text import one_line
from inser_events.events.models import Event
from inser_events.languages import Localized
from inser_events.people.models import Person

Appearing = tuple[Person, str]
"""A person and their role."""


@dataclass(frozen=True, kw_only=True)
class WholeSession:
    """A session with everything in it. ``uid``: None for a new one."""

    data: SessionData
    uid: str | None = None
    leads: Sequence[Appearing] = ()
    slots: Sequence[tuple[SlotData, Sequence[Appearing]]] = ()


def add_sessions(event: Event, wholes: Iterable[WholeSession]) -> list[Session]:
    """Add sessions with slots and speakers to the draft, with an audit entry for each session.

    Raises TitleMissing, UnusableMinutes, ElsewhereRoom, as `agenda.operations.add_session` does.
    """
    sessions = [_session(event, whole) for whole in wholes]
    db.session.add_all(sessions)
    db.session.flush()  # the audit entries need the ids
    for session in sessions:
        record("add session", session, event_id=event.id, after=_told(session))
    return sessions


def _session(event: Event, whole: WholeSession) -> Session:
    data, main = whole.data, event.languages[0]
    if not data.title.get(main, "").strip():
        raise TitleMissing(main)
    if data.room is not None and data.room.event_id != event.id:
        raise ElsewhereRoom
    session = Session(
        uid=whole.uid or new_uid(),
        event_id=event.id,
        room=data.room,
        kind=data.kind,
        title=_lines(data.title),
        abstract=_texts(data.abstract),
        track=one_line(data.track),
        starts_at=data.starts_at,
        minutes=checked_minutes(data.minutes),
        languages=list(data.languages),
        interpretation=[language for language in data.interpretation if language not in data.languages],
        online=data.online,
    )
    session.speakers = _speakers(session, whole.leads)
    session.slots = [
        Slot(
            position=position,
            kind=slot.kind,
            title=_lines(slot.title),
            abstract=_texts(slot.abstract),
            minutes=checked_minutes(slot.minutes),
            items=list(slot.items),
            speakers=_speakers(session, people),
        )
        for position, (slot, people) in enumerate(whole.slots)
    ]
    return session


def _speakers(session: Session, people: Sequence[Appearing]) -> list[Speaker]:
    """Each person once in each role."""
    once = {(id(person), role): (person, role) for person, role in people}
    return [
        Speaker(session=session, person=person, role=role, position=position)
        for position, (person, role) in enumerate(once.values())
    ]


def _lines(localized: Localized) -> Localized:
    return {language: line for language, text in localized.items() if (line := one_line(text))}


def _texts(localized: Localized) -> Localized:
    return {language: text for language, written in localized.items() if (text := cleaned(written))}


def _told(session: Session) -> dict[str, Any]:
    return {
        "title": session.title,
        "starts_at": session.starts_at.isoformat(),
        "minutes": session.minutes,
        "room": session.room.name if session.room else None,
        "slots": len(session.slots),
        "people": [
            speaker.person.name
            for speakers in (session.speakers, *(slot.speakers for slot in session.slots))
            for speaker in speakers
        ],
    }
