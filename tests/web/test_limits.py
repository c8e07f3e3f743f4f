"""Rate limits of public forms."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from inser_events import create_app
from inser_events.database import db
from inser_events.web import limits
from inser_events.web.limits import Counters, limiter
from tests.registration.factories import make_open_event
from tests.settings import settings_for


@pytest.fixture
def limited(tmp_path: Path, database_url: str) -> Iterator[FlaskClient]:
    """A visitor of an application that counts."""
    app = create_app(settings_for(tmp_path, database_url=database_url, testing=False))
    yield app.test_client()
    with app.app_context():
        db.engine.dispose()
    limiter.reset()
    limiter.enabled = False


def test_a_form_that_is_sent_too_often_is_refused_for_a_while(limited: FlaskClient) -> None:
    form = {"email": "amina@example.org"}
    answers = [limited.post("/tickets/lost", data=form).status_code for _ in range(31)]
    assert (answers[:30], answers[30]) == ([200] * 30, 429)


@pytest.mark.parametrize("path", ["/login", "/reset"])
def test_passwords_cannot_be_guessed_one_after_the_other(limited: FlaskClient, path: str) -> None:
    form = {"email": "amina@example.org", "password": "a wrong password"}
    answers = [limited.post(path, data=form).status_code for _ in range(21)]
    assert (429 in answers[:20], answers[20], limited.get(path).status_code) == (False, 429, 200)


def test_reading_is_never_limited(app: Flask) -> None:
    event = make_open_event()
    client = app.test_client()
    assert {client.get(f"/events/{event.slug}/register").status_code for _ in range(40)} == {200}


@pytest.fixture
def moment(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The time, to be moved by hand."""
    clock = [1_000.0]
    monkeypatch.setattr(limits, "time", lambda: clock[0])
    return clock


def test_a_window_ends_and_counting_starts_anew(moment: list[float]) -> None:
    counters = Counters()
    counted = [counters.incr("a", 60), counters.incr("a", 60), counters.get("a"), counters.get_expiry("a")]
    moment[0] += 60
    assert counted == [1, 2, 2, 1_060.0]
    assert [counters.get("a"), counters.incr("a", 60), counters.get("b")] == [0, 1, 0]


def test_counting_at_the_same_time_loses_nobody() -> None:
    counters = Counters()
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _number: counters.incr("a", 60), range(2_000)))
    assert counters.get("a") == 2_000


def test_what_is_over_is_forgotten_when_there_is_much(moment: list[float]) -> None:
    counters = Counters()
    for number in range(limits.MOST_KEYS):
        counters.incr(str(number), 60)
    moment[0] += 60
    counters.incr("new", 60)
    assert counters.reset() == 1


def test_one_key_can_be_cleared() -> None:
    counters = Counters()
    counters.incr("a", 60)
    counters.clear("a")
    assert (counters.get("a"), counters.check(), counters.base_exceptions) == (0, True, ())
