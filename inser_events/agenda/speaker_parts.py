"""Who has which part in the draft, with its times."""

from datetime import datetime
from typing import NamedTuple

from inser_events.agenda.models import Session, Slot, Speaker
from inser_events.agenda.queries import draft_sessions
from inser_events.agenda.timing import retimed
from inser_events.events.models import Event


class Part(NamedTuple):
    """Somebody's part in the draft: in one slot, or over a whole session (``slot`` is None)."""

    speaker: Speaker
    session: Session
    slot: Slot | None
    starts_at: datetime
    ends_at: datetime


def parts_by_person(event: Event) -> dict[int, list[Part]]:
    """Everybody's parts in the draft, in the order of the programme; withdrawn sessions are left out."""
    found: dict[int, list[Part]] = {}
    for session in draft_sessions(event):
        if session.withdrawn_at is not None:
            continue
        for speaker in session.speakers:
            whole = Part(speaker, session, None, session.starts_at, session.ends_at)
            found.setdefault(speaker.person_id, []).append(whole)
        spans = retimed(session.starts_at, (slot.minutes for slot in session.slots))
        for slot, span in zip(session.slots, spans, strict=True):
            for speaker in slot.speakers:
                part = Part(speaker, session, slot, span.starts_at, span.ends_at)
                found.setdefault(speaker.person_id, []).append(part)
    return found
