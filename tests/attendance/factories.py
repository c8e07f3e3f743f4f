"""People who attended, as the doors saw them."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from inser_events.agenda.publishing import publish_agenda
from inser_events.checkin.models import VENUE, Presence, Scan
from inser_events.clock import now
from inser_events.database import db
from inser_events.events.models import Event
from inser_events.registration.models import Registration
from tests.checkin.factories import make_registration
from tests.factories import make_event, make_session

EIGHT = datetime(2025, 9, 15, 8, 0, tzinfo=UTC)


def make_published(**values: Any) -> Event:
    """An event with a session and a release."""
    event = make_event(**values)
    make_session(event)
    publish_agenda(event, at=now())
    return event


def scan(registration: Registration, direction: str, minutes: int, *, area: str = VENUE, outcome: str = "") -> Scan:
    """A passage some minutes after eight, on the launch day."""
    at = EIGHT + timedelta(minutes=minutes)
    passed = Scan(
        event_id=registration.event_id,
        id=str(uuid4()),
        area=area,
        registration_id=registration.id,
        ticket_text="",
        direction=direction,
        offline=False,
        shown="",
        reason="",
        scanned_at=at,
        received_at=at,
        outcome=outcome or {"in": "admitted", "out": "left"}[direction],
        result="{}",
        fingerprint="",
    )
    db.session.add(passed)
    if direction == "in" and not outcome and db.session.get(Presence, (registration.id, area)) is None:
        inside = Presence(
            registration_id=registration.id, area=area, event_id=registration.event_id, direction="in",
            day=at.date(), last_at=at, last_id=passed.id, entered_at=at, first_at=at,
        )  # fmt: skip
        db.session.add(inside)
    db.session.flush()
    return passed


def make_attendee(event: Event, **values: Any) -> Registration:
    """Someone let in at eight."""
    registration = make_registration(event, **values)
    scan(registration, "in", 0)
    return registration
