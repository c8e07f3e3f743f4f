"""Many people at once: real processes on a real database, and the same with the guard taken away."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from multiprocessing import get_context
from multiprocessing.context import ForkServerContext
from multiprocessing.synchronize import Barrier
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from inser_events import create_app
from inser_events.clock import now
from inser_events.database import commit, db, rollback
from inser_events.events.models import Event, Seats
from inser_events.registration import operations, seating
from inser_events.registration.models import Registration
from tests.databases import database_of_kind
from tests.registration.factories import make_open_event, someone
from tests.settings import settings_for

PROCESSES = 3
AT_ONCE = 10
SEATS = 10
WAIT = 60


def rush(folder: str, url: str, slug: str, together: Barrier, number: int, *, guarded: bool) -> None:
    """One process: wait for the others, then register AT_ONCE people from as many threads."""
    app = create_app(settings_for(Path(folder), database_url=url))
    with app.app_context():
        event_id = db.session.scalars(select(Event.id).where(Event.slug == slug)).one()
        rollback()
        if not guarded:
            seating._take_seat = looked_first(event_id)
    together.wait(WAIT)
    with ThreadPoolExecutor(AT_ONCE) as threads:
        addresses = [f"person-{number}-{thread}@example.org" for thread in range(AT_ONCE)]
        list(threads.map(lambda address: register_one(app, event_id, address), addresses))


def register_one(app: Flask, event_id: int, address: str) -> None:
    with app.app_context():
        event = db.session.get_one(Event, event_id)
        operations.register(event, someone(email=address), at=now(), notify=False)
        commit()
        db.session.remove()


def looked_first(event_id: int) -> Callable[[int, str], bool]:
    """The seat taken by looking first and writing later, as it is often written."""
    mine = Seats.event_id == event_id, Seats.mode == "in_person"
    capacity, taken = db.session.execute(select(Seats.capacity, Seats.taken).where(*mine)).one()
    rollback()

    def take_seat(_event_id: int, _mode: str) -> bool:
        if taken >= capacity:
            return False
        db.session.execute(update(Seats).where(*mine).values(taken=Seats.taken + 1))
        return True

    return take_seat


def run(folder: Path, url: str, *, guarded: bool) -> Counter[str]:
    """Let everybody rush in; return how many ended in which state."""
    context: ForkServerContext = get_context("forkserver")
    context.set_forkserver_preload([__name__])
    start = context.Barrier(PROCESSES)
    app = create_app(settings_for(folder, database_url=url))
    with app.app_context():
        slug = make_open_event(in_person=SEATS).slug
        commit()
        db.session.remove()
        processes = [
            context.Process(
                target=rush, args=(str(folder), url, slug, start, number), kwargs={"guarded": guarded}, daemon=True
            )
            for number in range(PROCESSES)
        ]
        for process in processes:
            process.start()
        for process in processes:
            process.join(WAIT)
        assert [process.exitcode for process in processes] == [0] * PROCESSES
        states = db.session.execute(select(Registration.state, func.count()).group_by(Registration.state))
        result = Counter({row[0]: row[1] for row in states})
        db.session.remove()
        db.engine.dispose()
        return result


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database of each kind, whatever the rest of the suite runs on."""
    return database_of_kind(request.param, request, tmp_path)


def test_thirty_at_once_for_ten_seats_seat_ten(tmp_path: Path, url: str) -> None:
    assert run(tmp_path, url, guarded=True) == {"confirmed": SEATS, "waitlisted": PROCESSES * AT_ONCE - SEATS}


def test_without_the_guard_seats_are_sold_twice(tmp_path: Path, url: str) -> None:
    assert run(tmp_path, url, guarded=False)["confirmed"] > SEATS
