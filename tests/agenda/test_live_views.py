import re
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from inser_events.agenda.publishing import publish_agenda
from inser_events.clock import fixed_at
from inser_events.events.models import Event, Room
from tests.agenda.desk import text
from tests.factories import NINE, make_event, make_person, make_session, make_slot

MINUTE = timedelta(minutes=1)
LIVE = "/events/launch/live"


@pytest.fixture
def event(app: Flask) -> Event:
    """Published: a talk at nine with a speaker, and another at ten."""
    event = make_event(slug="launch")
    make_slot(make_session(event, title={"en": "First"}), minutes=60, person=make_person(organisation="FAO"))
    make_session(event, title={"en": "Second"}, starts_at=NINE + 60 * MINUTE)
    publish_agenda(event, at=NINE - timedelta(days=1))
    return event


def look(client: FlaskClient, minutes: float, path: str = LIVE, **headers: str) -> Any:
    """What a screen gets so many minutes after nine."""
    with fixed_at(NINE + timedelta(minutes=minutes)):
        return client.get(path, headers=headers)


def words(answer: Any) -> str:
    """What is shown, without what waits in templates."""
    page = re.sub(r"<template.*?</template>", "", text(answer), flags=re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", page.split("data-shown")[1].split("live__foot")[0]).split())


def test_the_screen_says_what_is_on_and_what_is_next(event: Event, client: FlaskClient) -> None:
    shown = words(look(client, 10))
    for part in ("Now", "First", "Lifeng Li", "FAO", "until 10:00", "Up next", "10:00", "Second"):
        assert part in shown, part


def test_before_and_after(event: Event, client: FlaskClient) -> None:
    assert "Starts at 09:00 First" in words(look(client, -30))
    assert "Starts on Mon 15 Sept at 09:00 First" in words(look(client, -30 * 60))
    assert "That was the last session" in words(look(client, 121))


def test_the_screen_sets_no_cookie_and_tells_the_servers_time(event: Event, client: FlaskClient) -> None:
    answer = look(client, 10)
    assert "Set-Cookie" not in answer.headers
    assert answer.headers["X-Server-Time"] == str(int((NINE + 10 * MINUTE).timestamp() * 1000))


def test_the_answer_is_the_same_until_something_begins_or_ends(event: Event, client: FlaskClient) -> None:
    etag = look(client, 10).headers["ETag"]
    again = look(client, 59, **{"If-None-Match": etag})
    assert (again.status_code, again.data, again.headers["X-Server-Time"] != "") == (304, b"", True)
    assert look(client, 60, **{"If-None-Match": etag}).status_code == 200


def test_a_new_release_is_a_new_answer(event: Event, client: FlaskClient) -> None:
    etag = look(client, 10).headers["ETag"]
    make_session(event, title={"en": "Third"}, starts_at=NINE + 150 * MINUTE)
    publish_agenda(event, at=NINE)
    assert look(client, 10, **{"If-None-Match": etag}).status_code == 200


def test_the_page_carries_what_comes_so_that_it_goes_on_without_network(event: Event, client: FlaskClient) -> None:
    page = text(look(client, 10))
    waiting = [int(each) for each in re.findall(r'<template data-from="(\d+)"', page)]
    assert waiting == [int((NINE + at * MINUTE).timestamp() * 1000) for at in (60, 120)]


def test_without_javascript_the_page_loads_itself_again(event: Event, client: FlaskClient) -> None:
    assert '<noscript><meta http-equiv="refresh" content="30"></noscript>' in text(look(client, 10))


def test_the_screen_of_one_room(event: Event, client: FlaskClient) -> None:
    annex = Room(name={"en": "Annex"}, position=1)
    event.rooms.append(annex)
    make_session(event, title={"en": "Elsewhere"}, room=annex)
    publish_agenda(event, at=NINE)
    shown = words(look(client, 10, f"{LIVE}?room={annex.uid}"))
    assert ("Elsewhere" in shown, "First" in shown) == (True, False)
    lobby = words(look(client, 10))
    assert ("Elsewhere" in lobby, "First" in lobby) == (True, True)


def test_a_room_that_is_not_there(event: Event, client: FlaskClient) -> None:
    assert look(client, 10, f"{LIVE}?room=x").status_code == 404


def test_a_cancelled_event_says_so_without_a_release(event: Event, client: FlaskClient) -> None:
    etag = look(client, 10).headers["ETag"]
    event.cancelled_at = NINE
    answer = look(client, 10, **{"If-None-Match": etag})
    assert (answer.status_code, "This event is cancelled" in words(answer)) == (200, True)


def test_an_event_without_sessions(app: Flask, client: FlaskClient) -> None:
    publish_agenda(make_event(slug="launch"), at=NINE)
    assert "The programme will follow" in words(look(client, 0))


def test_an_unpublished_event_has_no_screen(app: Flask, client: FlaskClient) -> None:
    make_event(slug="launch")
    assert look(client, 0).status_code == 404
