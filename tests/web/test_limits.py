"""Rate limits of public forms."""

from flask import Flask

from inser_events.web.limits import limiter
from tests.registration.factories import make_open_event


def test_a_form_that_is_sent_too_often_is_refused_for_a_while(app: Flask) -> None:
    limiter.enabled = True
    try:
        client = app.test_client()
        answers = [client.post("/tickets/lost", data={"email": "amina@example.org"}).status_code for _ in range(31)]
    finally:
        limiter.enabled = False
        limiter.reset()
    assert (answers[:30], answers[30]) == ([200] * 30, 429)


def test_reading_is_never_limited(app: Flask) -> None:
    event = make_open_event()
    client = app.test_client()
    assert {client.get(f"/events/{event.slug}/register").status_code for _ in range(40)} == {200}
