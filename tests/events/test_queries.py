from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from flask import Flask

from inser_events.events.cards import PublishedCard
from inser_events.events.models import Event
from inser_events.events.operations import show_published
from inser_events.events.queries import event_cards, events_of, registration_state
from tests.factories import LAUNCH_DAY, make_event, make_user

NOON = datetime(2025, 9, 1, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


def publish(event: Event, **facts: Any) -> Event:
    card = PublishedCard(
        **{
            "name": event.name,
            "kind": "launch",
            "starts_on": event.starts_on,
            "ends_on": event.ends_on,
            "modes": [],
            **facts,
        }
    )
    show_published(event, card, at=NOON - 30 * 24 * HOUR)
    return event


@pytest.mark.parametrize(
    ("values", "state"),
    [
        ({}, "open"),
        ({"registration_opens_at": NOON}, "open"),
        ({"registration_opens_at": NOON + HOUR}, "not_yet"),
        ({"registration_closes_at": NOON + HOUR}, "open"),
        ({"registration_closes_at": NOON}, "closed"),
        ({"cancelled_at": NOON}, "cancelled"),
        ({"starts_on": date(2025, 8, 30), "ends_on": date(2025, 8, 31)}, "past"),
        ({"starts_on": date(2025, 9, 1), "ends_on": date(2025, 9, 1)}, "open"),
    ],
)
def test_registration_state(app: Flask, values: dict[str, Any], state: str) -> None:
    assert registration_state(make_event(**values), NOON) == state


def test_an_event_is_over_by_the_clock_of_its_own_zone(app: Flask) -> None:
    late = datetime(2025, 9, 15, 23, 30, tzinfo=UTC)
    states = [registration_state(make_event(time_zone=zone), late) for zone in ("Africa/Casablanca", "America/Lima")]
    assert states == ["past", "open"]


def test_an_unpublished_event_has_no_card(app: Flask) -> None:
    make_event()
    assert event_cards(NOON) == []


def test_a_card_says_what_was_published_not_what_the_draft_says(app: Flask) -> None:
    event = publish(make_event(), name={"en": "As published"}, city={"en": "Rabat"})
    event.name, event.venue_city, event.starts_on = {"en": "Secret"}, {"en": "Elsewhere"}, date(2025, 9, 14)
    card = event_cards(NOON)[0]
    assert (card.name, card.city, card.starts_on) == ({"en": "As published"}, {"en": "Rabat"}, LAUNCH_DAY)


def test_cancelling_shows_at_once(app: Flask) -> None:
    event = publish(make_event())
    event.cancelled_at = NOON
    card = event_cards(NOON)[0]
    assert (card.cancelled, card.registration_open) == (True, False)


def test_cards_of_one_network(app: Flask) -> None:
    publish(make_event(), network_slug="inser")
    publish(make_event(), network_slug="other")
    assert [card.network_slug for card in event_cards(NOON, network="inser")] == ["inser"]


def test_cards_come_soonest_first(app: Flask) -> None:
    for day in (3, 1, 2):
        publish(make_event(starts_on=date(2025, 9, day), ends_on=date(2025, 9, day)))
    assert [card.starts_on.day for card in event_cards(NOON)] == [1, 2, 3]


def test_events_of_a_user_are_those_of_their_teams(app: Flask) -> None:
    user = make_user()
    mine = make_event(owner=user)
    make_event(owner=make_user())
    assert [(event.id, role) for event, role in events_of(user)] == [(mine.id, "owner")]


def test_events_of_an_administrator_are_all(app: Flask) -> None:
    make_event(owner=make_user())
    assert [role for _event, role in events_of(make_user(administrator=True))] == ["owner"]
