"""Published events and people who register for them."""

from itertools import count
from typing import Any

from inser_events.agenda.models import Release
from inser_events.agenda.snapshot import EventFacts, Snapshot, dump
from inser_events.clock import now
from inser_events.database import db
from inser_events.events.models import Event
from inser_events.registration.operations import RegistrationData
from tests.factories import make_event, soon

_numbers = count(1)


def make_open_event(**values: Any) -> Event:
    """A published event a month ahead that people can register for."""
    values = {"starts_on": soon(), "ends_on": soon(), "published_at": now(), **values}
    event = make_event(**values)
    facts = EventFacts(
        uid=event.uid,
        slug=event.slug,
        kind=event.kind,
        name=event.name,
        time_zone=event.time_zone,
        starts_on=event.starts_on,
        ends_on=event.ends_on,
        languages=event.languages,
        modes=[str(mode) for mode in event.modes],
        online_platform=event.online_platform,
    )
    snapshot = Snapshot(number=1, published_at=now(), event=facts)
    db.session.add(Release(event_id=event.id, number=1, published_at=now(), snapshot=dump(snapshot)))
    db.session.flush()
    return event


def someone(**values: Any) -> RegistrationData:
    """Details of a new person."""
    number = next(_numbers)
    values = {
        "mode": "in_person",
        "email": f"person{number}@example.org",
        "given_name": "Amina",
        "family_name": f"Benali {number}",
        **values,
    }
    return RegistrationData(**values)
