"""Many people at once: real processes on a real database, and the same with the guard taken away.

Every counter of seats has its rush: the room, the share of a category, that of an organisation, a session.
"""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.context import ForkServerContext
from multiprocessing.synchronize import Barrier
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import ColumnElement, func, select, update

from inser_events import create_app
from inser_events.clock import now
from inser_events.database import commit, db, rollback
from inser_events.events.models import Event, Seats
from inser_events.registration import capacities, groups, operations, seating, shares, signups
from inser_events.registration.capacities import Limits
from inser_events.registration.capacity_models import CategorySeats, GroupSeats, OrganisationSeats, SessionSeats, SignUp
from inser_events.registration.models import Registration
from tests.databases import database_of_kind
from tests.registration.factories import make_open_event, someone
from tests.settings import settings_for

PROCESSES = 3
AT_ONCE = 10
SEATS = 10
WAIT = 60
VISIT = "visit"


@dataclass(frozen=True)
class Rush:
    """One counter: how the event is prepared, what each person does, and how the guard is taken away."""

    prepare: Callable[[], Event]
    act: Callable[[Event, str], object]
    unguard: Callable[[int], None]
    counted: type[Registration | SignUp] = Registration
    """Whose states are counted afterwards."""


def register(event: Event, address: str, **values: Any) -> None:
    operations.register(event, someone(email=address, **values), at=now(), notify=False)


def limited(limits: Limits) -> Event:
    event = make_open_event(in_person=None)
    capacities.set_limits(event, limits, at=now())
    return event


def capped_delegation() -> Event:
    event = make_open_event(in_person=None)
    groups.set_caps(event.id, "morocco", {"in_person": SEATS}, at=now())
    return event


def with_session() -> Event:
    event = make_open_event(in_person=None)
    signups.set_session_capacity(event, VISIT, needed=True, capacity=SEATS, at=now())
    for number in range(PROCESSES):
        for thread in range(AT_ONCE):
            register(event, address_of(number, thread))
    return event


def sign_up(event: Event, address: str) -> None:
    mine = Registration.event_id == event.id, Registration.email == address
    signups.sign_up(db.session.scalars(select(Registration).where(*mine)).one(), VISIT, at=now())


def looked_first(model: Any, *mine: ColumnElement[bool]) -> Callable[..., bool]:
    """The seat taken by looking first and writing later, as it is often written."""
    taken = db.session.scalar(select(model.taken).where(*mine)) or 0
    rollback()

    def take(*_seat: Any) -> bool:
        if taken >= SEATS:
            return False
        db.session.execute(update(model).where(*mine).values(taken=model.taken + 1))
        return True

    return take


def replace(module: Any, name: str, take: Callable[..., bool]) -> None:
    setattr(module, name, take)


RUSHES = {
    "room": Rush(
        prepare=lambda: make_open_event(in_person=SEATS),
        act=register,
        unguard=lambda event_id: replace(
            seating, "_take_seat", looked_first(Seats, Seats.event_id == event_id, Seats.mode == "in_person")
        ),
    ),
    "category": Rush(
        prepare=lambda: limited(Limits(shares={("in_person", "press"): SEATS})),
        act=lambda event, address: register(event, address, category="press"),
        unguard=lambda event_id: replace(
            shares, "_take_of_category", looked_first(CategorySeats, CategorySeats.event_id == event_id)
        ),
    ),
    "organisation": Rush(
        prepare=lambda: limited(Limits(organisation_cap=SEATS)),
        act=lambda event, address: register(event, address, organisation="INRA"),
        unguard=lambda event_id: replace(
            shares, "take_of_organisation", looked_first(OrganisationSeats, OrganisationSeats.event_id == event_id)
        ),
    ),
    "delegation": Rush(
        prepare=capped_delegation,
        act=lambda event, address: register(event, address, group_key="morocco"),
        unguard=lambda event_id: replace(
            shares, "_take_of_group", looked_first(GroupSeats, GroupSeats.event_id == event_id)
        ),
    ),
    "session": Rush(
        prepare=with_session,
        act=sign_up,
        unguard=lambda event_id: replace(
            signups, "_take_session_seat", looked_first(SessionSeats, SessionSeats.event_id == event_id)
        ),
        counted=SignUp,
    ),
}


def address_of(number: int, thread: int) -> str:
    return f"person-{number}-{thread}@example.org"


def rush(folder: str, url: str, slug: str, together: Barrier, number: int, *, kind: str, guarded: bool) -> None:
    """One process: wait for the others, then AT_ONCE people act from as many threads."""
    app = create_app(settings_for(Path(folder), database_url=url))
    with app.app_context():
        event_id = db.session.scalars(select(Event.id).where(Event.slug == slug)).one()
        rollback()
        if not guarded:
            RUSHES[kind].unguard(event_id)
    together.wait(WAIT)
    with ThreadPoolExecutor(AT_ONCE) as threads:
        addresses = [address_of(number, thread) for thread in range(AT_ONCE)]
        list(threads.map(lambda address: act(app, event_id, address, kind), addresses))


def act(app: Flask, event_id: int, address: str, kind: str) -> None:
    with app.app_context():
        RUSHES[kind].act(db.session.get_one(Event, event_id), address)
        commit()
        db.session.remove()


def run(folder: Path, url: str, kind: str, *, guarded: bool) -> Counter[str]:
    """Let everybody rush in; return how many ended in which state."""
    context: ForkServerContext = get_context("forkserver")
    context.set_forkserver_preload([__name__])
    start = context.Barrier(PROCESSES)
    app = create_app(settings_for(folder, database_url=url))
    with app.app_context():
        slug = RUSHES[kind].prepare().slug
        commit()
        db.session.remove()
        options = {"kind": kind, "guarded": guarded}
        processes = [
            context.Process(target=rush, args=(str(folder), url, slug, start, number), kwargs=options, daemon=True)
            for number in range(PROCESSES)
        ]
        for process in processes:
            process.start()
        for process in processes:
            process.join(WAIT)
        assert [process.exitcode for process in processes] == [0] * PROCESSES
        state = RUSHES[kind].counted.state
        states = db.session.execute(select(state, func.count()).group_by(state))
        result = Counter({row[0]: row[1] for row in states})
        db.session.remove()
        db.engine.dispose()
        return result


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database of each kind, whatever the rest of the suite runs on."""
    return database_of_kind(request.param, request, tmp_path)


@pytest.mark.parametrize("kind", sorted(RUSHES))
def test_thirty_at_once_for_ten_seats_seat_ten(tmp_path: Path, url: str, kind: str) -> None:
    assert run(tmp_path, url, kind, guarded=True) == {"confirmed": SEATS, "waitlisted": PROCESSES * AT_ONCE - SEATS}


@pytest.mark.parametrize("kind", sorted(RUSHES))
def test_without_the_guard_seats_are_sold_twice(tmp_path: Path, url: str, kind: str) -> None:
    assert run(tmp_path, url, kind, guarded=False)["confirmed"] > SEATS
