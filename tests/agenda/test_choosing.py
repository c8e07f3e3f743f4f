"""A reader's choice of the agenda: by the address alone, without JavaScript, and never kept for others."""

from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from inser_events.agenda.choosing import MOST, Choice, choice_of, uids_in
from inser_events.agenda.models import Session
from inser_events.agenda.publishing import publish_agenda
from inser_events.clock import now
from inser_events.database import db
from inser_events.events.models import Event, Room
from tests.factories import LAUNCH_DAY, NINE, make_event, make_person, make_session, make_slot

AGENDA = "/events/launch/agenda"


@pytest.fixture
def event(app: Flask) -> Event:
    """Three sessions: two in the hall, one of them in French, and one next door on the next day."""
    event = make_event(slug="launch", languages=["en", "fr"], ends_on=LAUNCH_DAY + timedelta(days=1))
    event.rooms.append(Room(name={"en": "Garden"}, capacity=20))
    db.session.flush()
    soil = make_session(event, title={"en": "Opening"}, track="Policy")
    make_slot(soil, person=make_person("Pétursdóttir", "Þórunn", organisation="GSP"))
    make_session(event, title={"en": "Gullies"}, languages=["fr"], starts_at=NINE + timedelta(hours=2), track="Field")
    make_session(event, title={"en": "Terraces"}, starts_at=NINE + timedelta(days=1), room=event.rooms[1])
    publish_agenda(event, at=now())
    return event


def shown(client: FlaskClient, query: str) -> list[str]:
    """The titles on the page, in order."""
    page = unescape(client.get(f"{AGENDA}?{query}").get_data(as_text=True))
    return [title for title in ("Opening", "Gullies", "Terraces") if f">{title}</" in page.replace("\n", "")]


def uids(event: Event) -> dict[str, str]:
    return {one.title["en"]: one.uid for one in db.session.query(Session).filter_by(event_id=event.id)}


@pytest.mark.parametrize(
    ("query", "titles"),
    [
        ("q=petursdottir", ["Opening"]),
        ("q=gsp+opening", ["Opening"]),
        ("q=garden", ["Terraces"]),
        ("q=%25", []),
        ("day=2025-09-16", ["Terraces"]),
        ("day=yesterday", []),
        ("language=fr", ["Gullies"]),
        ("track=Policy", ["Opening"]),
        ("language=en&day=2025-09-15", ["Opening"]),
        ("mine=", []),
        ("room=%27%22%3Cscript%3E", []),
    ],
)
def test_the_address_chooses(client: FlaskClient, event: Event, query: str, titles: list[str]) -> None:
    assert shown(client, query) == titles


def test_a_room_and_starred_sessions_are_chosen_by_their_ids(client: FlaskClient, event: Event) -> None:
    known = uids(event)
    assert shown(client, f"room={event.rooms[0].uid}") == ["Opening", "Gullies"]
    assert shown(client, f"mine={known['Terraces']},{known['Opening']},nobody") == ["Opening", "Terraces"]


def test_a_choice_is_not_kept_for_other_readers(client: FlaskClient, event: Event) -> None:
    assert shown(client, "q=gullies") == ["Gullies"]
    assert shown(client, "") == ["Opening", "Gullies", "Terraces"]
    assert client.get(f"{AGENDA}?q=gullies").headers["X-Robots-Tag"] == "noindex"


def test_a_choice_without_a_session_says_so(client: FlaskClient, event: Event) -> None:
    page = client.get(f"{AGENDA}?q=nothing").get_data(as_text=True)
    assert (page.count("No session matches."), page.count("Show everything")) == (1, 2)


def test_what_was_chosen_stays_chosen_in_the_form(client: FlaskClient, event: Event) -> None:
    page = unescape(client.get(f"{AGENDA}?q=%22%3E%3Cb%3E&language=fr").get_data(as_text=True))
    assert (page.count('<option value="fr" selected>'), page.count('value="">')) == (
        1,
        1 + page.count('option value="">'),
    )


def test_the_starred_sessions_as_a_calendar(client: FlaskClient, event: Event) -> None:
    known = uids(event)
    answer = client.get(f"/events/launch/my.ics?sessions={known['Gullies']},{known['Terraces']}")
    body = answer.get_data(as_text=True)
    assert [body.count(f":{title}\r\n") for title in ("Opening", "Gullies", "Terraces")] == [0, 1, 1]
    again = client.get(answer.request.full_path, headers={"If-None-Match": answer.headers["ETag"]})
    assert (answer.headers.get("Set-Cookie"), again.status_code) == (None, 304)


@pytest.mark.parametrize("query", ["", "?sessions=", "?sessions=,,x%0d%0aX-EVIL:1"])
def test_a_calendar_of_nothing_is_empty_but_whole(client: FlaskClient, event: Event, query: str) -> None:
    answer = client.get(f"/events/launch/my.ics{query}")
    body: Any = answer.get_data(as_text=True)
    assert (answer.status_code, body.count("SUMMARY:"), body.count("EVIL"), body.endswith("END:VCALENDAR\r\n")) == (
        *(200, 0),
        *(0, True),
    )


def test_an_unpublished_event_has_no_calendar(app: Flask, client: FlaskClient) -> None:
    make_event(slug="secret")
    assert client.get("/events/secret/my.ics").status_code == 404


def test_an_address_names_a_limited_number_of_sessions() -> None:
    assert (len(uids_in(",".join(map(str, range(1000))))), uids_in(" a, ,b,a")) == (MOST, ("a", "b"))


def test_an_address_without_a_choice_chooses_everything() -> None:
    assert [choice_of(given).everything for given in ({}, {"lang": "fr"}, {"q": " "}, {"mine": ""})] == [
        *(True, True, True),
        False,
    ]
    assert choice_of({"q": "x" * 500}) == Choice(q="x" * 100)
