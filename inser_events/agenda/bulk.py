"""Many sessions at once: from a pasted text, or by copying a whole day."""

from contextlib import suppress
from datetime import date
from zoneinfo import ZoneInfo

from inser_events.agenda.errors import AlreadySpeaks
from inser_events.agenda.models import Session
from inser_events.agenda.operations import SessionData, SlotData, add_session, add_slot, copy_session
from inser_events.agenda.pasting import Block, Pasted, PastedEntry, slot_kind
from inser_events.agenda.queries import draft_sessions
from inser_events.agenda.speaking import Appearing, add_speaker
from inser_events.agenda.timing import utc_of
from inser_events.events.models import Event, Room


def enter_pasted(event: Event, pasted: Pasted, *, day: date, room: Room | None, as_slots: bool) -> list[Session]:
    """Add what a text says to the draft: every entry a session, or *as_slots* every block one.

    It begins on *day*, and goes on with the days that the text itself names.
    Raises NoSuchTime or TimeTwice for a time the clocks skip or repeat on that day.
    """
    added = []
    for block in pasted.blocks:
        day = block.day or day
        if as_slots:
            added.append(_block(event, block, day, room))
        else:
            added += [_alone(event, entry, day, room) for entry in block.entries]
    return added


def copy_day(event: Event, day: date, to: date) -> list[Session]:
    """Add a copy of each session of one day to another, at the same times of the clock."""
    clock = ZoneInfo(event.time_zone)
    copies = []
    for session in draft_sessions(event):
        local = session.starts_at.astimezone(clock)
        if local.date() == day and session.withdrawn_at is None:
            copies.append(copy_session(session, starts_at=utc_of(to, local.time(), event.time_zone, second=False)))
    return copies


def _session(event: Event, entry: PastedEntry, title: str, minutes: int, *, day: date, room: Room | None) -> Session:
    main = event.languages[0]
    return add_session(
        event,
        SessionData(
            title={main: title},
            kind=entry.kind,
            starts_at=utc_of(day, entry.starts_at, event.time_zone),
            minutes=minutes,
            room=room,
            languages=[main],
        ),
    )


def _alone(event: Event, entry: PastedEntry, day: date, room: Room | None) -> Session:
    """An entry as a session; its people speak in one slot that fills it."""
    session = _session(event, entry, entry.title, entry.minutes, day=day, room=room)
    if entry.people:
        _slot(event, session, entry)
    return session


def _block(event: Event, block: Block, day: date, room: Room | None) -> Session:
    """Entries that belong together as one session of slots; a pause between two is a slot too."""
    first = block.entries[0]
    minutes = max(entry.ends for entry in block.entries) - first.begins
    session = _session(event, first, block.title, max(1, minutes), day=day, room=room)
    at = first.begins
    for entry in block.entries:
        if entry.begins > at:
            add_slot(session, SlotData(minutes=entry.begins - at, kind="break"))
        _slot(event, session, entry)
        at = entry.ends
    return session


def _slot(event: Event, session: Session, entry: PastedEntry) -> None:
    title = {event.languages[0]: entry.title}
    slot = add_slot(session, SlotData(title=title, minutes=entry.minutes, kind=slot_kind(entry.kind)))
    for person, role in zip(entry.people, entry.roles, strict=True):
        with suppress(AlreadySpeaks):  # named twice
            add_speaker(slot, person, Appearing(role=role))
