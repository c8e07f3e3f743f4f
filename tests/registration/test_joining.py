"""On the days of the event a button stands before the call: pressing it is coming, opening the link is not."""

from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from inser_events.attendance.meeting_models import WayIn
from inser_events.clock import now
from inser_events.database import db
from inser_events.events.models import Event
from inser_events.events.queries import today_in
from inser_events.registration import operations, queries
from tests.registration.factories import make_open_event, someone

pytestmark = pytest.mark.usefixtures("app")
CALL = "https://meet.example.org/secret-link"


@pytest.fixture
def event() -> Event:
    return make_open_event(online_link=CALL)


def link(event: Event, days: int = 0, **values: object) -> str:
    """The join link of somebody new, so many days after the event began."""
    registration = operations.register(event, someone(**{"mode": "online", **values}), at=now())
    event.starts_on = event.ends_on = today_in(event, now()) - timedelta(days=days)
    db.session.flush()
    return f"/tickets/{queries.link_of(registration)}/join"


def ways() -> list[int]:
    return [one.times for one in db.session.query(WayIn)]


def test_opening_the_link_shows_a_button_and_not_where_the_call_is(client: FlaskClient, event: Event) -> None:
    answer = client.get(link(event))
    page = answer.get_data(as_text=True)
    assert (answer.status_code, "Join the call" in page, CALL in page, ways()) == (200, True, False, [])


def test_pressing_the_button_leads_to_the_call_and_counts(client: FlaskClient, event: Event) -> None:
    address = link(event)
    answers = [client.post(address) for _ in range(2)]
    assert [(one.status_code, one.headers["Refresh"]) for one in answers] == [(200, f"0; url={CALL}")] * 2
    assert (f'href="{CALL}"' in answers[0].get_data(as_text=True), ways()) == (True, [2])


@pytest.mark.parametrize("days", [-1, 1])
def test_before_and_after_the_event_the_link_leads_on_and_counts_for_nothing(
    client: FlaskClient, event: Event, days: int
) -> None:
    address = link(event, days)
    assert (client.get(address).location, client.post(address).status_code, ways()) == (CALL, 200, [])


def test_who_may_not_join_does_not_count(client: FlaskClient, event: Event) -> None:
    answer = client.post(link(event, mode="in_person"))
    assert (answer.status_code, CALL in answer.get_data(as_text=True), ways()) == (200, False, [])
