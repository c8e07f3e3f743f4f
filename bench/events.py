"""The events that are measured, made through the product's own operations; many registrations by bulk inserts."""

from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import BigInteger, cast, func, insert, literal, select, update

from bench.people import ORGANISATIONS, people
from inser_events.accounts.models import User
from inser_events.accounts.operations import create_user
from inser_events.agenda.models import Session
from inser_events.agenda.operations import SessionData, SlotData, add_session, add_slot
from inser_events.agenda.publishing import publish_agenda
from inser_events.agenda.speaking import Appearing, add_speaker
from inser_events.checkin.pairing import ensure_entrance, pair_device
from inser_events.clock import now
from inser_events.database import db
from inser_events.events.models import Event, Mode, Seats
from inser_events.events.operations import EventData, RoomData, create_event
from inser_events.events.queries import find_event
from inser_events.people.models import Person
from inser_events.people.operations import PersonData, add_person
from inser_events.people.search import fold
from inser_events.registration.models import Registration, State, Ticket
from inser_events.tokens import ticket_token

OWNER, PASSWORD = "owner@example.org", "correct horse battery"
LARGE, PROGRAMME, RUSH = "large", "programme", "rush"
SESSIONS, SLOTS, SEATS, RUSHES = 200, 100, 100, 5
IN_ROOM = 4
"""Every fourth takes part online, the others in the room."""
SPREAD = 1_000_003
"""Ticket numbers of bulk registrations are multiples of it, so that nobody has to look them up."""
AT_ONCE = 5_000
ABSTRACT = (
    "Erosion takes more soil each year than forms in a century. The session looks at what measurements from the field, "
    "from space and from models agree on, where they differ, and what countries can do before the next season."
)


def fill() -> None:
    """Make the events of the template."""
    owner, _password = create_user(OWNER, password=PASSWORD)
    speakers = [_speaker(number) for number in range(60)]
    _published(owner, LARGE, speakers, sessions=SESSIONS, slots=1)
    _published(owner, PROGRAMME, speakers, sessions=SLOTS // 5, slots=5)
    for number in range(RUSHES):
        _published(owner, f"{RUSH}-{number}", speakers, sessions=8, slots=3, seats=SEATS)


def _speaker(number: int) -> Person:
    sample = people(number + 1)[-1]
    biography = {"en": f"{ABSTRACT} {ABSTRACT}"}
    return add_person(
        PersonData(
            given_name=sample.given_name,
            family_name=sample.family_name,
            organisation=ORGANISATIONS[number % len(ORGANISATIONS)],
            job_title="Head of the programme",
            country=sample.country,
            biography=biography,
        )
    )


def _published(
    owner: User, slug: str, speakers: list[Person], *, sessions: int, slots: int, seats: int | None = None
) -> None:
    first = (now() + timedelta(days=30)).date()
    data = EventData(
        name={"en": f"Global soil conference ({slug})", "fr": f"Conférence mondiale sur les sols ({slug})"},
        time_zone="Africa/Casablanca",
        starts_on=first,
        ends_on=first + timedelta(days=3),
        languages=["en", "fr"],
        slug=slug,
        venue_name={"en": "Conference centre"},
        venue_city={"en": "Rabat"},
        venue_country="MA",
        online_platform="Zoom",
        online_link="https://meet.example.org/bench",
        organiser={"en": "Network on soil erosion"},
    )
    rooms = [RoomData({"en": f"Room {number}"}, 200) for number in range(1, 11)]
    event = create_event(data, owner, rooms=rooms, capacities={Mode.IN_PERSON: seats, Mode.ONLINE: None})
    for number in range(sessions):
        _add_session(event, number, first, slots, speakers)
    publish_agenda(event, at=now())


def _add_session(event: Event, number: int, first: date, slots: int, speakers: list[Person]) -> Session:
    """Session *number* of a grid: ten rooms, then the next hour, then the next day."""
    hour, room = divmod(number, len(event.rooms))
    day, hour = divmod(hour, 8)
    session = add_session(
        event,
        SessionData(
            title={"en": f"Session {number}: soil health and water", "fr": f"Séance {number} : sols, santé et eau"},
            starts_at=datetime.combine(first + timedelta(days=day), time(8 + hour), UTC),
            minutes=50,
            room=event.rooms[room],
            languages=["en"],
            abstract={"en": ABSTRACT},
        ),
    )
    for place in range(slots):
        slot = add_slot(
            session, SlotData(minutes=10, title={"en": f"Talk {number}.{place}"}, abstract={"en": ABSTRACT})
        )
        add_speaker(slot, speakers[(number * slots + place) % len(speakers)], Appearing())
    return session


def add_registrations(slug: str, count: int) -> None:
    """Insert many confirmed registrations and their tickets at once, past the operations."""
    event, moment = find_event(slug), now()
    everyone = people(count)
    for start in range(0, count, AT_ONCE):
        rows = [
            {
                **sample._asdict(),
                "event_id": event.id,
                "active_email": sample.email,
                "mode": Mode.IN_PERSON if number % IN_ROOM else Mode.ONLINE,
                "state": State.CONFIRMED,
                "created_at": moment + timedelta(milliseconds=number),
                "confirmed_at": moment,
                "search_text": fold(*sample),
            }
            for number, sample in enumerate(everyone[start : start + AT_ONCE], start)
        ]
        db.session.execute(insert(Registration), rows)
    _issue_tickets(event, moment)
    for seats in db.session.scalars(select(Seats).where(Seats.event_id == event.id)):
        taken = select(func.count()).where(Registration.event_id == event.id, Registration.mode == seats.mode)
        db.session.execute(update(Seats).where(Seats.id == seats.id).values(taken=taken.scalar_subquery()))


def _issue_tickets(event: Event, moment: datetime) -> None:
    missing = select(
        cast(Registration.id, BigInteger) * SPREAD, Registration.id, literal(moment, Ticket.issued_at.type)
    ).where(Registration.event_id == event.id, ~Registration.tickets.any())
    db.session.execute(insert(Ticket).from_select(["number", "registration_id", "issued_at"], missing))


def door_of(slug: str, limit: int) -> tuple[str, str, list[str]]:
    """Pair a device: its token, the id of its checkpoint, and the codes of so many badges that may pass."""
    event = find_event(slug)
    _device, token = pair_device(event, None, "Bench")
    may_pass = (
        select(Ticket.number)
        .join(Registration)
        .where(
            Registration.event_id == event.id,
            Registration.state == State.CONFIRMED,
            Registration.mode == Mode.IN_PERSON,
        )
        .order_by(Ticket.id)
        .limit(limit)
    )
    codes = [ticket_token(number, event.ticket_key) for number in db.session.scalars(may_pass)]
    return token, ensure_entrance(event).uid, codes


def states_of(slug: str) -> dict[str, int]:
    """How many registrations of an event are in each state."""
    event = find_event(slug)
    rows = db.session.execute(
        select(Registration.state, func.count()).where(Registration.event_id == event.id).group_by(Registration.state)
    )
    return {row[0]: row[1] for row in rows}
