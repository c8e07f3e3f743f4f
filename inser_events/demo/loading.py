"""Loading the demo: everything through the operations, with the clock stopped at plausible moments."""

import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import NamedTuple

from sqlalchemy import select

from inser_events.accounts.models import User
from inser_events.accounts.operations import create_user, find_user
from inser_events.agenda.operations import SlotData, add_slot
from inser_events.agenda.publishing import publish_agenda
from inser_events.agenda.queries import draft_sessions
from inser_events.audit import Actor, acting
from inser_events.checkin.pairing import ensure_entrance
from inser_events.clock import fixed_at, now
from inser_events.database import db
from inser_events.demo.agendas import Fixture, add_event, fixture
from inser_events.demo.people import SamplePerson, sample_people
from inser_events.events.models import Category, Event, Mode, TeamRole
from inser_events.events.team import add_member as add_to_team
from inser_events.networks.models import Network
from inser_events.networks.operations import NetworkData, add_member, add_network
from inser_events.people.operations import add_person
from inser_events.registration.models import Registration
from inser_events.registration.operations import RegistrationData, register

MEMBERS = 365
REGISTERED = 320
IN_PERSON = 128
ALREADY_MEMBERS = 190
"""How many of those registered for the launch are members of the network, too."""

LAUNCH = "inser-launch"
SEED = 20250915
ORGANISER = "organiser@example.org"
DOOR = "door@example.org"
WORKSHOP_WEEKS = 5
WORKSHOP_SEATED = 11
WORKSHOP_ONLINE = 23

Progress = Callable[[int], None]
STEPS = MEMBERS + REGISTERED + WORKSHOP_SEATED + WORKSHOP_ONLINE


class SignIn(NamedTuple):
    """An account of the demo."""

    email: str
    password: str


def load_demo(progress: Progress = lambda _steps: None) -> list[SignIn]:
    """Fill an empty instance. *progress* is told of each person added; there are `STEPS`. Flushes, does not commit."""
    people = sample_people(MEMBERS + REGISTERED - ALREADY_MEMBERS, SEED)
    members, others = people[:MEMBERS], people[MEMBERS:]
    with fixed_at(datetime(2022, 3, 1, 8, 0, tzinfo=UTC)):
        sign_ins = [
            _account(ORGANISER, "Sample organiser", administrator=True),
            _account(DOOR, "Sample door staff", administrator=False),
        ]
    organiser = _user(ORGANISER)
    network = _load_networks()
    _load_members(network, members, progress)
    with acting(Actor(organiser.email, organiser.id)):
        _load_plenary(organiser)
        _load_launch(organiser, network, [*members[:ALREADY_MEMBERS], *others], progress)
        _load_workshop(organiser, network, members[ALREADY_MEMBERS:], progress)
    return sign_ins


def workshop_days(today: date) -> tuple[date, date]:
    """Tuesday and Wednesday, some five weeks from *today*."""
    around = today + timedelta(weeks=WORKSHOP_WEEKS)
    first = around + timedelta(days=(1 - around.weekday()) % 7)
    return first, first + timedelta(days=1)


def _account(email: str, name: str, *, administrator: bool) -> SignIn:
    user, password = create_user(email, name=name, password=secrets.token_urlsafe(9), administrator=administrator)
    user.is_sample = True
    return SignIn(email, password)


def _user(email: str) -> User:
    user = find_user(email)
    if user is None:
        raise LookupError(email)
    return user


def _load_networks() -> Network:
    facts = fixture("networks")
    with fixed_at(datetime(2025, 6, 10, 8, 0, tzinfo=UTC)):
        for position in range(1, facts["placeholders"] + 1):
            add_network(
                NetworkData(
                    slug=f"technical-network-{position}",
                    acronym=f"TN {position}",
                    name={"en": f"Technical network {position} (name to be added)"},
                    umbrella=facts["umbrella"],
                    position=position,
                )
            )
        return add_network(NetworkData(umbrella=facts["umbrella"], **facts["inser"]))


def _load_members(network: Network, people: list[SamplePerson], progress: Progress) -> None:
    for person, moment in zip(people, _moments(len(people), date(2025, 6, 16), 90), strict=True):
        with fixed_at(moment):
            add_member(network, add_person(person.data, is_sample=True), at=moment)
        progress(1)


def _load_plenary(organiser: User) -> None:
    facts = fixture("plenary")
    with fixed_at(facts["created_at"]):
        event = add_event(facts, organiser, days=(facts["starts_on"], facts["ends_on"]), network=None)
    with fixed_at(facts["created_at"] + timedelta(days=14)):
        publish_agenda(event, at=now(), by=organiser.email, note="Provisional agenda and timetable")


def _load_launch(organiser: User, network: Network, people: list[SamplePerson], progress: Progress) -> None:
    facts = fixture("launch")
    with fixed_at(facts["created_at"]):
        event = add_event(facts, organiser, days=(facts["starts_on"], facts["ends_on"]), network=network)
        add_to_team(event, _user(DOOR), TeamRole.DOOR)
        ensure_entrance(event)
    with fixed_at(facts["registration_opens_at"]):
        publish_agenda(event, at=now(), by=organiser.email, note="First programme")
    random = Random(SEED)
    modes = [Mode.IN_PERSON] * IN_PERSON + [Mode.ONLINE] * (len(people) - IN_PERSON)
    random.shuffle(modes)
    moments = _moments(len(people), date(2025, 7, 16), 58)
    for person, mode, moment in zip(people, modes, moments, strict=True):
        with _as_visitor(moment):
            _register(event, person, mode, random.choices(list(CATEGORIES), list(CATEGORIES.values()))[0])
        progress(1)
    with fixed_at(datetime(2025, 9, 8, 14, 30, tzinfo=UTC)):
        discussion = next(one for one in draft_sessions(event) if one.kind == "discussion")
        add_slot(discussion, SlotData(minutes=35, kind="discussion", title=facts["later"]["discussion"]))
        publish_agenda(event, at=now(), by=organiser.email, note="Subject of the discussion added")


CATEGORIES = {
    Category.PARTICIPANT: 88,
    Category.DELEGATE: 4,
    Category.OBSERVER: 4,
    Category.PRESS: 2,
    Category.STAFF: 2,
}
"""What part of a hundred people come in which capacity."""


def _load_workshop(organiser: User, network: Network, people: list[SamplePerson], progress: Progress) -> None:
    facts: Fixture = fixture("workshop")
    start = now()
    with fixed_at(start - timedelta(days=12)):
        event = add_event(facts, organiser, days=workshop_days(start.date()), network=network)
        add_to_team(event, _user(DOOR), TeamRole.DOOR)
        ensure_entrance(event)
    with fixed_at(start - timedelta(days=10)):
        publish_agenda(event, at=now(), by=organiser.email, note="First programme")
    modes = [Mode.IN_PERSON] * WORKSHOP_SEATED + [Mode.ONLINE] * WORKSHOP_ONLINE
    for place, (person, mode) in enumerate(zip(people, modes, strict=False)):
        with _as_visitor(start - timedelta(days=9) + timedelta(hours=5 * place)):
            _register(event, person, mode)
        progress(1)


def _register(event: Event, person: SamplePerson, mode: str, category: str = Category.PARTICIPANT) -> Registration:
    data = person.data
    return register(
        event,
        RegistrationData(
            mode=mode,
            email=data.email,
            family_name=data.family_name,
            given_name=data.given_name,
            name_latin=data.name_latin,
            honorific=data.honorific,
            organisation=data.organisation,
            job_title=data.job_title,
            country=data.country,
            language=person.language,
            category=category,
            privacy_version="sample",
        ),
        at=now(),
        notify=False,
    )


@contextmanager
def _as_visitor(moment: datetime) -> Iterator[None]:
    with fixed_at(moment), acting(Actor("visitor")):
        yield


def _moments(count: int, first: date, days: int) -> list[datetime]:
    """*count* moments in order over *days* days, at hours when people are awake somewhere."""
    random = Random(SEED + days)
    start = datetime.combine(first, datetime.min.time(), UTC) + timedelta(hours=6)
    return sorted(start + timedelta(seconds=random.randrange(days * 24 * 3600 - 12 * 3600)) for _ in range(count))


def is_loaded() -> bool:
    """Whether the launch of INSER is there."""
    return db.session.scalar(select(Event.id).where(Event.slug == LAUNCH)) is not None
