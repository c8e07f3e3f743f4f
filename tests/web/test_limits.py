"""Rate limits of public forms."""

from pathlib import Path

from flask import Flask

from inser_events import create_app
from inser_events.database import db
from inser_events.web.limits import limiter
from tests.registration.factories import make_open_event
from tests.settings import settings_for


def test_a_form_that_is_sent_too_often_is_refused_for_a_while(tmp_path: Path, database_url: str) -> None:
    limited = create_app(settings_for(tmp_path, database_url=database_url, testing=False))
    client = limited.test_client()
    form = {"email": "amina@example.org"}
    answers = [client.post("/tickets/lost", data=form).status_code for _ in range(31)]
    with limited.app_context():
        db.engine.dispose()
    limiter.reset()
    limiter.enabled = False
    assert (answers[:30], answers[30]) == ([200] * 30, 429)


def test_reading_is_never_limited(app: Flask) -> None:
    event = make_open_event()
    client = app.test_client()
    assert {client.get(f"/events/{event.slug}/register").status_code for _ in range(40)} == {200}
