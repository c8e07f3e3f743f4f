from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from inser_events.clock import now
from inser_events.events.cards import PublishedCard
from inser_events.events.models import Event
from inser_events.events.operations import show_published
from inser_events.networks.models import Network
from inser_events.networks.operations import NetworkData, add_member, add_network
from tests.factories import make_event, make_person, soon
from tests.queries import count_queries

MOMENT = datetime(2025, 7, 1, 8, 0, tzinfo=UTC)


def publish(event: Event, network: str = "inser") -> Event:
    card = PublishedCard(
        name=event.name,
        kind="launch",
        starts_on=event.starts_on,
        ends_on=event.ends_on,
        modes=["online"],
        network_slug=network,
    )
    show_published(event, card, at=MOMENT)
    return event


def network() -> Network:
    return add_network(NetworkData(slug="inser", acronym="INSER", name={"en": "Soil erosion"}, position=8))


def test_an_empty_home_page_says_so(client: FlaskClient) -> None:
    page = client.get("/")
    assert (page.status_code, page.text.count("Nothing coming up"), page.text.count("No networks yet")) == (200, 1, 1)


def test_the_home_page_shows_what_is_published_only(client: FlaskClient) -> None:
    publish(make_event(name={"en": "Public launch"}))
    make_event(name={"en": "Secret draft"})
    page = client.get("/").text
    assert (page.count("Public launch"), page.count("Secret draft")) == (1, 0)


def test_a_cancelled_event_stands_apart(client: FlaskClient) -> None:
    publish(make_event(starts_on=soon(), ends_on=soon(), cancelled_at=now()))
    assert 'id="cancelled-title"' in client.get("/").text


@pytest.mark.parametrize("address", ["/", "/networks/inser"])
def test_public_pages_set_no_cookie_and_are_kept_for_a_minute(client: FlaskClient, address: str) -> None:
    network()
    page = client.get(address)
    assert page.headers.getlist("Set-Cookie") == []
    assert page.headers["Cache-Control"] == "public, max-age=60"
    again = client.get(address, headers={"If-None-Match": page.headers["ETag"]})
    assert again.status_code == 304


@pytest.mark.parametrize("address", ["/", "/networks/inser"])
def test_the_number_of_queries_does_not_grow(app: Flask, address: str) -> None:
    found = network()

    def queries() -> int:
        with count_queries() as statements:
            assert app.test_client().get(address).status_code == 200
        return len(statements)

    publish(make_event())
    add_member(found, make_person(country="MA"), at=MOMENT)
    with_one = queries()
    for _ in range(2):
        publish(make_event(starts_on=soon(), ends_on=soon()))
        add_member(found, make_person(), at=MOMENT)
        add_network(NetworkData(slug=f"n{now().timestamp()}", acronym="N", name={"en": "N"}))
    assert queries() == with_one


def test_a_network_counts_members_and_their_countries(client: FlaskClient) -> None:
    found = network()
    for country in ("MA", "MA", "IT", ""):
        add_member(found, make_person(country=country), at=MOMENT)
    text = " ".join(client.get("/networks/inser").text.split())
    assert '<dd class="stat__value">4</dd>' in text
    assert '<dd class="stat__value">2</dd>' in text


def test_a_network_shows_its_own_events(client: FlaskClient) -> None:
    network()
    publish(make_event(name={"en": "Ours"}, starts_on=soon(), ends_on=soon() + timedelta(days=1)))
    publish(make_event(name={"en": "Theirs"}), network="other")
    page = client.get("/networks/inser").text
    assert (page.count("Ours"), page.count("Theirs")) == (1, 0)


def test_an_unknown_network_is_not_found(client: FlaskClient) -> None:
    assert client.get("/networks/nope").status_code == 404


def test_joining_leads_to_the_network_own_form(client: FlaskClient) -> None:
    network().join_url = "https://example.org/join"
    assert client.get("/networks/inser/join").location == "https://example.org/join"


def test_joining_a_network_without_a_form_is_not_found(client: FlaskClient) -> None:
    network()
    assert client.get("/networks/inser/join").status_code == 404
