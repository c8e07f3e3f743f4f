"""Real rows for tests: each function adds one, with sensible values for what the test does not care about."""

from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any

from inser_events.accounts.models import User
from inser_events.accounts.operations import create_user
from inser_events.agenda.models import Session, Slot, Speaker, SpeakerState
from inser_events.clock import now
from inser_events.database import db
from inser_events.events.models import Event, Room, Seats, TeamMember, TeamRole
from inser_events.people.models import Person

PASSWORD = "correct horse battery"
LAUNCH_DAY = date(2025, 9, 15)
NINE = datetime(2025, 9, 15, 8, 0, tzinfo=UTC)
"""09:00 in Rabat on the launch day."""
_numbers = count(1)


def make_user(email: str = "", *, administrator: bool = False, name: str = "") -> User:
    """A user whose password is PASSWORD."""
    email = email or f"user{next(_numbers)}@example.org"
    user, _ = create_user(email, name=name, password=PASSWORD, administrator=administrator)
    return user


def make_event(
    *, owner: User | None = None, in_person: int | None = 10, online: int | None = None, **values: Any
) -> Event:
    """A hybrid event in Rabat on the launch day, not yet published."""
    values = {
        "slug": f"event-{next(_numbers)}",
        "kind": "launch",
        "name": {"en": "INSER launch"},
        "time_zone": "Africa/Casablanca",
        "starts_on": LAUNCH_DAY,
        "ends_on": LAUNCH_DAY,
        "venue_name": {"en": "Conference hall"},
        "venue_city": {"en": "Rabat"},
        "venue_country": "MA",
        "online_platform": "Zoom",
        "online_link": "https://meet.example.org/secret-link",
        "created_at": now(),
        **values,
    }
    event = Event(**values)
    event.seats = [Seats(mode="in_person", capacity=in_person), Seats(mode="online", capacity=online)]
    event.rooms = [Room(name={"en": "Plenary hall"}, capacity=200)]
    db.session.add(event)
    db.session.flush()
    if owner is not None:
        db.session.add(TeamMember(event=event, user=owner, role=TeamRole.OWNER))
        db.session.flush()
    return event


def make_member(event: Event, user: User, role: TeamRole) -> TeamMember:
    """A role for *user* in *event*."""
    member = TeamMember(event=event, user=user, role=role)
    db.session.add(member)
    db.session.flush()
    return member


def make_person(family_name: str = "Li", given_name: str = "Lifeng", **values: Any) -> Person:
    """Someone who may speak."""
    person = Person(family_name=family_name, given_name=given_name, **values)
    db.session.add(person)
    db.session.flush()
    return person


def make_session(event: Event, *, starts_at: datetime = NINE, minutes: int = 60, **values: Any) -> Session:
    """A session in the event's first room."""
    values = {"title": {"en": "Opening"}, "kind": "plenary", "languages": ["en"], **values}
    session = Session(event=event, starts_at=starts_at, minutes=minutes, **values)
    if "room" not in values:
        session.room = event.rooms[0]
    db.session.add(session)
    db.session.flush()
    return session


def make_slot(session: Session, *, minutes: int = 10, person: Person | None = None, **values: Any) -> Slot:
    """The next slot of *session*, with a confirmed speaker when a person is given."""
    values = {"title": {"en": "Remarks"}, "kind": "remarks", **values}
    slot = Slot(session=session, minutes=minutes, position=len(session.slots), **values)
    db.session.add(slot)
    db.session.flush()
    if person is not None:
        slot.speakers.append(Speaker(session_id=session.id, person=person, state=SpeakerState.CONFIRMED))
        db.session.flush()
    return slot


def soon(days: int = 30) -> date:
    """A date in the near future."""
    return (now() + timedelta(days=days)).date()
