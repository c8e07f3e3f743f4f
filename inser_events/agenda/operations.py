"""Sessions and slots of the draft: add, change, move, withdraw, remove."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import update

from inser_events.agenda.editing import fingerprint, hold
from inser_events.agenda.errors import ElsewhereRoom, Published, TitleMissing
from inser_events.agenda.models import Item, Session, SessionKind, Slot, SlotKind, Speaker
from inser_events.agenda.queries import latest_snapshot
from inser_events.agenda.timing import checked_minutes
from inser_events.audit import record
from inser_events.database import db
from inser_events.documents.richtext import cleaned
from inser_events.documents.text import one_line
from inser_events.events.errors import Outdated
from inser_events.events.models import Event, Room
from inser_events.languages import Localized


@dataclass(frozen=True, kw_only=True)
class SessionData:
    """What an organiser says of a session. ``abstract`` may be plain text or HTML; it is cleaned."""

    title: Localized
    starts_at: datetime
    minutes: int
    kind: str = SessionKind.PLENARY
    room: Room | None = None
    languages: Sequence[str] = ()
    interpretation: Sequence[str] = ()
    online: bool = True
    abstract: Localized = field(default_factory=dict)
    track: str = ""


@dataclass(frozen=True, kw_only=True)
class SlotData:
    """What an organiser says of a slot."""

    minutes: int
    title: Localized = field(default_factory=dict)
    kind: str = SlotKind.TALK
    abstract: Localized = field(default_factory=dict)
    items: Sequence[Item] = ()


def add_session(event: Event, data: SessionData) -> Session:
    """Add a session to the draft. Raises TitleMissing, UnusableMinutes, ElsewhereRoom."""
    session = Session(event=event, **_session_values(event, data))
    db.session.add(session)
    db.session.flush()  # the audit entry needs the id
    record("add session", session, event_id=event.id, after=_told(session))
    return session


def change_session(session: Session, data: SessionData, *, version: int) -> Session:
    """Change a session that was read at *version*.

    Raises Outdated when it was changed since, TitleMissing, UnusableMinutes, ElsewhereRoom.
    """
    values = _session_values(session.event, data)
    _take_version(session, version)
    before = _told(session)
    for name, value in values.items():
        setattr(session, name, value)
    db.session.flush()  # so that the audit entry tells what was stored
    _record_change("change session", session, before)
    return session


def move_session(session: Session, *, starts_at: datetime, minutes: int, room: Room | None, version: int) -> Session:
    """Give a session that was read at *version* another time, length or room.

    Raises Outdated when it was changed since, UnusableMinutes, ElsewhereRoom.
    """
    if room is not None and room.event_id != session.event_id:
        raise ElsewhereRoom
    minutes = checked_minutes(minutes)
    _take_version(session, version)
    before = _told(session)
    session.starts_at, session.minutes, session.room = starts_at, minutes, room
    db.session.flush()  # so that the audit entry tells what was stored
    _record_change("move session", session, before, always=["title"])
    return session


def withdraw_session(session: Session, *, at: datetime) -> Session:
    """Take a session out of the agenda but keep it, so that the next release can tell calendars."""
    if session.withdrawn_at is None:
        session.withdrawn_at = at
        session.version += 1
        record("withdraw session", session, event_id=session.event_id, before=_told(session))
    return session


def restore_session(session: Session) -> Session:
    """Take a withdrawn session back into the agenda."""
    if session.withdrawn_at is not None:
        session.withdrawn_at = None
        session.version += 1
        record("restore session", session, event_id=session.event_id, after=_told(session))
    return session


def remove_session(session: Session) -> None:
    """Delete a session that no release has named. Raises Published."""
    if was_published(session):
        raise Published
    record("remove session", session, event_id=session.event_id, before=_told(session))
    db.session.delete(session)
    db.session.flush()  # whoever lists the sessions next must not find it


def copy_session(session: Session, *, starts_at: datetime) -> Session:
    """Add a session like this one, with its slots and speakers, at another time."""
    kept = ("event_id", "room_id", "kind", "title", "abstract", "track", "minutes")
    lists = ("languages", "interpretation", "online")
    copy = Session(starts_at=starts_at, **{name: getattr(session, name) for name in (*kept, *lists)})
    db.session.add(copy)
    db.session.flush()  # speakers name the session they belong to
    copy.speakers = [_copied(speaker, copy) for speaker in session.speakers]
    for slot in session.slots:
        copy.slots.append(
            Slot(
                position=slot.position,
                kind=slot.kind,
                title=slot.title,
                abstract=slot.abstract,
                minutes=slot.minutes,
                items=list(slot.items),
                speakers=[_copied(speaker, copy) for speaker in slot.speakers],
            )
        )
    db.session.flush()  # the copy is shown at once
    record("copy session", copy, event_id=copy.event_id, after=_told(copy) | {"of": session.uid})
    return copy


def was_published(session: Session) -> bool:
    """Whether a release has named the session. The last one tells: it keeps what was withdrawn."""
    last = latest_snapshot(session.event)
    return last is not None and any(frozen.uid == session.uid for frozen in last.sessions)


def add_slot(session: Session, data: SlotData) -> Slot:
    """Add a slot at the end of a session. Raises UnusableMinutes."""
    slot = Slot(position=len(session.slots), **_slot_values(data))
    session.slots.append(slot)
    db.session.flush()  # the audit entry needs the id
    record("add slot", slot, event_id=session.event_id, after=_slot_told(slot))
    return slot


def change_slot(slot: Slot, data: SlotData, *, seen: str) -> Slot:
    """Change a slot that read as `slot_seen` said. Raises Outdated when it was changed since, UnusableMinutes."""
    values = _slot_values(data)
    hold(slot)
    if slot_seen(slot) != seen:
        raise Outdated
    before = _slot_told(slot)
    for name, value in values.items():
        setattr(slot, name, value)
    db.session.flush()  # so that the audit entry tells what was stored
    after = _slot_told(slot)
    if after != before:
        record("change slot", slot, event_id=slot.session.event_id, before=before, after=after)
    return slot


def move_slot(slot: Slot, by: int) -> Slot:
    """Move a slot *by* places towards the end (negative: the start) of its session; the others make room."""
    slots = list(slot.session.slots)
    here = slots.index(slot)
    there = min(max(0, here + by), len(slots) - 1)
    slots.insert(there, slots.pop(here))
    for position, each in enumerate(slots):
        each.position = position
    if there != here:
        places = {"before": {"place": here + 1}, "after": {"place": there + 1}}
        record("move slot", slot, event_id=slot.session.event_id, **places)
    db.session.flush()  # the new order is read back
    db.session.expire(slot.session, ["slots"])
    return slot


def remove_slot(slot: Slot) -> None:
    """Delete a slot; those after it begin earlier."""
    session = slot.session
    record("remove slot", slot, event_id=session.event_id, before=_slot_told(slot))
    session.slots.remove(slot)
    for position, each in enumerate(session.slots):
        each.position = position
    db.session.flush()  # whoever lists the slots next must not find it


def slot_seen(slot: Slot) -> str:
    """What a slot said when a form was made of it; a form that comes back late is found out by it."""
    return fingerprint(_slot_told(slot))


def _items_of(slot: Slot) -> list[Any]:
    return sorted(item.number for item in slot.items)


def _session_values(event: Event, data: SessionData) -> dict[str, Any]:
    main = event.languages[0]
    if not data.title.get(main, "").strip():
        raise TitleMissing(main)
    if data.room is not None and data.room.event_id != event.id:
        raise ElsewhereRoom
    return {
        "kind": data.kind,
        "room": data.room,
        "starts_at": data.starts_at,
        "online": data.online,
        "title": _lines(data.title),
        "minutes": checked_minutes(data.minutes),
        "abstract": {language: cleaned(text) for language, text in data.abstract.items() if cleaned(text)},
        "languages": list(data.languages),
        "interpretation": [language for language in data.interpretation if language not in data.languages],
        "track": one_line(data.track),
    }


def _slot_values(data: SlotData) -> dict[str, Any]:
    return {
        "minutes": checked_minutes(data.minutes),
        "title": _lines(data.title),
        "kind": data.kind,
        "abstract": {language: cleaned(text) for language, text in data.abstract.items() if cleaned(text)},
        "items": list(data.items),
    }


def _lines(localized: Localized) -> Localized:
    return {language: line for language, text in localized.items() if (line := one_line(text))}


def _take_version(session: Session, version: int) -> None:
    """Raise the version in one conditional write, so that of two who save at once only one does."""
    taken = db.session.execute(
        update(Session)
        .where(Session.id == session.id, Session.version == version)
        .values(version=version + 1)
        .returning(Session.id)
        .execution_options(synchronize_session=False)
    ).scalar()
    db.session.refresh(session)
    if taken is None:
        raise Outdated


def _copied(speaker: Speaker, session: Session) -> Speaker:
    return Speaker(
        session_id=session.id,
        person_id=speaker.person_id,
        role=speaker.role,
        state=speaker.state,
        online=speaker.online,
        time_zone=speaker.time_zone,
        position=speaker.position,
    )


def _told(session: Session) -> dict[str, Any]:
    """A session for the audit log."""
    return {
        "title": session.title,
        "kind": session.kind,
        "starts_at": session.starts_at.isoformat(),
        "minutes": session.minutes,
        "room": session.room.name if session.room else None,
        "languages": session.languages,
        "interpretation": session.interpretation,
        "online": session.online,
        "track": session.track,
        "abstract": session.abstract,
    }


def _slot_told(slot: Slot) -> dict[str, Any]:
    return {
        "title": slot.title,
        "kind": slot.kind,
        "minutes": slot.minutes,
        "items": _items_of(slot),
        "abstract": slot.abstract,
    }


def _record_change(action: str, session: Session, before: dict[str, Any], *, always: Sequence[str] = ()) -> None:
    after = _told(session)
    changed = [name for name, value in after.items() if value != before[name] or name in always]
    record(
        action,
        session,
        event_id=session.event_id,
        before={name: before[name] for name in changed},
        after={name: after[name] for name in changed},
    )
