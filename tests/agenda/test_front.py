"""The short way must be indistinguishable from the long one, and never stale."""

from collections.abc import Callable, Iterable
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.exc import OperationalError

from inser_events.agenda.front import ENDPOINTS, Front
from inser_events.agenda.publishing import publish_agenda
from inser_events.clock import now
from inser_events.database import commit
from inser_events.events.models import Event
from inser_events.web.health import answers
from tests.factories import make_event, make_session

Counter = Callable[[], int]


@pytest.fixture
def event(app: Flask) -> Event:
    event = make_event(slug="launch")
    make_session(event)
    publish_agenda(event, at=now())
    return event


@pytest.fixture
def long_ways(app: Flask) -> Counter:
    """How many requests went on to the application."""
    front = app.wsgi_app
    assert isinstance(front, Front)
    inner = front._application
    went = []

    def counted(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        went.append(environ["PATH_INFO"])
        return inner(environ, start_response)

    front._application = counted
    return lambda: len(went)


@pytest.mark.parametrize("name", ENDPOINTS)
@pytest.mark.parametrize("encoding", ["", "gzip"])
def test_the_second_answer_equals_the_first_word_for_word(
    event: Event, client: FlaskClient, long_ways: Counter, name: str, encoding: str
) -> None:
    first, second = (client.get(f"/events/launch/{name}", headers={"Accept-Encoding": encoding}) for _ in range(2))
    assert (second.status, second.data, list(second.headers)) == (first.status, first.data, list(first.headers))
    assert long_ways() == 1


def test_plain_and_compressed_answers_are_kept_apart(event: Event, client: FlaskClient) -> None:
    for _ in range(2):
        encodings = [
            client.get("/events/launch/agenda", headers={"Accept-Encoding": wanted}).headers.get("Content-Encoding")
            for wanted in ("gzip, br", "")
        ]
        assert encodings == ["gzip", None]


def test_an_event_taken_back_is_not_served_from_memory(event: Event, client: FlaskClient) -> None:
    client.get("/events/launch/agenda")
    event.published_at = None
    assert client.get("/events/launch/agenda").status_code == 404


def test_a_new_release_is_seen_at_once(event: Event, client: FlaskClient, long_ways: Counter) -> None:
    etags = set()
    for number in range(3):
        make_session(event, title={"en": f"Session {number}"})
        publish_agenda(event, at=now() + timedelta(minutes=number))
        etags |= {client.get("/events/launch/agenda").headers["ETag"] for _ in range(2)}
    assert (len(etags), long_ways()) == (3, 3)


def test_an_event_that_is_gone_or_renamed_is_not_served_from_memory(event: Event, client: FlaskClient) -> None:
    assert client.get("/events/launch/agenda").status_code == 200
    event.slug = "renamed"
    commit()
    assert [client.get(f"/events/{slug}/agenda").status_code for slug in ("launch", "renamed")] == [404, 200]


def test_a_reader_who_has_it_gets_304_even_from_a_cold_server(
    event: Event, client: FlaskClient, app: Flask, long_ways: Counter
) -> None:
    etag = client.get("/events/launch/agenda").headers["ETag"]
    assert isinstance(app.wsgi_app, Front)
    app.wsgi_app._kept.clear()
    for _ in range(2):
        again = client.get("/events/launch/agenda", headers={"If-None-Match": etag})
        assert (again.status_code, again.data, "Content-Length" in again.headers) == (304, b"", False)
        assert again.headers["X-Content-Type-Options"] == "nosniff"
    assert long_ways() == 2


@pytest.mark.parametrize(
    ("method", "address"),
    [("POST", "/events/launch/agenda"), ("GET", "/events/launch/agenda?x=1"), ("GET", "/events/launch")],
)
def test_anything_unusual_goes_the_long_way(
    event: Event, client: FlaskClient, long_ways: Counter, method: str, address: str
) -> None:
    for _ in range(2):
        client.open(address, method=method)
    assert long_ways() == 2


def test_errors_are_not_kept(event: Event, client: FlaskClient, long_ways: Counter) -> None:
    for _ in range(2):
        assert client.get("/events/nothing/agenda").status_code == 404
    assert long_ways() == 2


def test_a_database_that_does_not_answer_leaves_the_error_to_the_application(
    event: Event, client: FlaskClient, app: Flask, long_ways: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.get("/events/launch/agenda")

    def broken() -> None:
        raise OperationalError("connect", None, Exception("down"))

    assert isinstance(app.wsgi_app, Front)
    dialect = app.wsgi_app._engine.dialect
    monkeypatch.setattr(app.wsgi_app, "_engine", SimpleNamespace(raw_connection=broken, dialect=dialect))
    assert client.get("/events/launch/agenda").status_code == 200
    assert long_ways() == 2


def test_short_answers_are_counted_too(event: Event, client: FlaskClient) -> None:
    counter = answers.labels("agenda.agenda_ics", "200")
    before = counter._value.get()
    for _ in range(3):
        client.get("/events/launch/agenda.ics")
    assert counter._value.get() - before == 3


def test_what_is_kept_has_a_limit(event: Event, client: FlaskClient, app: Flask) -> None:
    assert isinstance(app.wsgi_app, Front)
    front = app.wsgi_app
    client.get("/events/launch/agenda")
    (wanted,) = front._kept
    for number in range(300):
        front._keep(wanted._replace(release_id=number + 100), [], "x", b"")
    assert len(front._kept) == 128
