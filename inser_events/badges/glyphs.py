"""Letters that no font on this machine can draw, told before anything is printed."""

from collections.abc import Iterator

from sqlalchemy import select

from inser_events.agenda import snapshot as snapshots
from inser_events.agenda.snapshot import Snapshot
from inser_events.database import db
from inser_events.documents.engine import PdfUnavailable
from inser_events.documents.text import one_line
from inser_events.documents.typeset import missing_glyphs
from inser_events.events.models import Event
from inser_events.registration.models import Registration, State


def unprintable(event: Event, snapshot: Snapshot) -> list[str]:
    """Letters of the programme and of the badges that would come out as a sign for a missing letter, in order."""
    letters = {letter for text in _texts(event, snapshot) for letter in one_line(text) if not letter.isascii()}
    try:
        return sorted(missing_glyphs("".join(sorted(letters))))
    except PdfUnavailable:
        return []


def _texts(event: Event, snapshot: Snapshot) -> Iterator[str]:
    yield snapshots.dump(snapshot)
    names = select(
        Registration.given_name, Registration.family_name, Registration.organisation, Registration.job_title
    ).where(Registration.event_id == event.id, Registration.state == State.CONFIRMED)
    for row in db.session.execute(names):
        yield from row
