"""Rate limits of public forms."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from inser_events import create_app
from inser_events.database import db
from inser_events.web.limits import limiter
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
