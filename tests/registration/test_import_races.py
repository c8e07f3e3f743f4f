"""Imports and public registrations of the same people at once: real processes, each person once, no error page."""

from collections import Counter
from collections.abc import Callable
from multiprocessing import get_context
from multiprocessing.context import ForkServerContext
from multiprocessing.synchronize import Barrier
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from inser_events import create_app
from inser_events.database import commit, db
from inser_events.events.models import Seats, TeamRole
from inser_events.registration import imports
from inser_events.registration.models import Registration
from tests.databases import database_of_kind
from tests.factories import PASSWORD, make_member, make_user
from tests.registration.factories import make_open_event
from tests.settings import settings_for

PEOPLE = 30
IMPORTS, VISITORS = 2, 2
SEATS = 10
WAIT = 90
TABLE = "E-mail;Family name\r\n" + "".join(f"person{n}@example.org;Person {n}\r\n" for n in range(PEOPLE))
FORM = {"mode": "in_person", "language": "en", "accept_privacy": "y"}


def bring_in(folder: str, url: str, slug: str, email: str, together: Barrier, answers: Any, *, guarded: bool) -> None:
    """A registrar: upload, look, wait for the others, import."""
    app = create_app(settings_for(Path(folder), database_url=url))
    client = app.test_client()
    client.post("/login", data={"email": email, "password": PASSWORD})
    head = '--cut\r\nContent-Disposition: form-data; name="file"; filename="list.csv"\r\n\r\n'
    page = client.post(
        f"/manage/{slug}/import",
        data=f"{head}{TABLE}\r\n--cut--\r\n".encode(),
        content_type="multipart/form-data; boundary=cut",
    ).location
    client.get(page)
    together.wait(WAIT)
    if not guarded:
        # The guard taken away: both have planned before either writes.
        replaced: Any = imports
        replaced.hold, replaced.carry_out = id, late(imports.carry_out, together)
    answers.put(("import", client.post(f"{page}/run", data={"which": "all"}).status_code))


def late(carry_out: Callable[..., None], together: Barrier) -> Callable[..., None]:
    def waiting(*words: Any, **more: Any) -> None:
        together.wait(WAIT)
        carry_out(*words, **more)

    return waiting


def visit(folder: str, url: str, slug: str, together: Barrier, answers: Any) -> None:
    """Visitors who send the public form for the same addresses."""
    client = create_app(settings_for(Path(folder), database_url=url)).test_client()
    client.get(f"/events/{slug}/register")
    together.wait(WAIT)
    for number in range(0, PEOPLE, 2):
        person = {"email": f"person{number}@example.org", "family_name": f"Person {number}"}
        answer = client.post(f"/events/{slug}/register", data=FORM | person)
        answers.put(("visit", answer.status_code))


def run(folder: Path, url: str, *, guarded: bool, visitors: int) -> tuple[Counter[tuple[str, int]], Counter[str]]:
    """What was answered to whom, and how many registrations stand how."""
    context: ForkServerContext = get_context("forkserver")
    context.set_forkserver_preload([__name__])
    together, answers = context.Barrier(IMPORTS + visitors), context.Queue()
    app = create_app(settings_for(folder, database_url=url))
    with app.app_context():
        event = make_open_event(in_person=SEATS)
        users = [make_user() for _n in range(IMPORTS)]
        for user in users:
            make_member(event, user, TeamRole.REGISTRAR)
        slug, emails = event.slug, [user.email for user in users]
        commit()
        db.session.remove()
        processes = [
            context.Process(
                target=bring_in,
                args=(str(folder), url, slug, email, together, answers),
                kwargs={"guarded": guarded},
                daemon=True,
            )
            for email in emails
        ]
        processes += [
            context.Process(target=visit, args=(str(folder), url, slug, together, answers), daemon=True)
            for _n in range(visitors)
        ]
        for process in processes:
            process.start()
        told = Counter(answers.get(timeout=WAIT) for _n in range(IMPORTS + visitors * PEOPLE // 2))
        for process in processes:
            process.join(WAIT)
        rows = db.session.execute(select(Registration.state, func.count()).group_by(Registration.state))
        states = Counter({row[0]: row[1] for row in rows})
        seats = db.session.execute(select(Seats.taken, Seats.waiting).where(Seats.mode == "in_person")).one()
        assert (seats.taken, seats.waiting) == (states["confirmed"], states["waitlisted"])
        db.session.remove()
        db.engine.dispose()
        return told, states


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database of each kind, whatever the rest of the suite runs on."""
    return database_of_kind(request.param, request, tmp_path)


def test_two_imports_and_many_visitors_make_each_person_once(tmp_path: Path, url: str) -> None:
    told, states = run(tmp_path, url, guarded=True, visitors=VISITORS)
    assert states == {"confirmed": SEATS, "waitlisted": PEOPLE - SEATS}
    assert told == {("import", 303): IMPORTS, ("visit", 303): VISITORS * PEOPLE // 2}


def test_without_the_guard_one_import_fails_whole(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    # On SQLite nobody can plan while another writes; PostgreSQL shows what the guard is for.
    url = database_of_kind("postgresql", request, tmp_path)
    told, states = run(tmp_path, url, guarded=False, visitors=0)
    assert told == {("import", 303): 1, ("import", 409): 1}
    assert states == {"confirmed": SEATS, "waitlisted": PEOPLE - SEATS}
