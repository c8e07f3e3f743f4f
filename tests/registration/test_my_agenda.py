"""My agenda, behind the ticket: stars, one's own sessions on the page, in the calendar and on paper."""

import re
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from icalendar import Calendar
from sqlalchemy import func, select

from inser_events.agenda.models import Session
from inser_events.agenda.publishing import publish_agenda
from inser_events.clock import now
from inser_events.database import db
from inser_events.events.models import Event, Room
from inser_events.registration import favourites, operations, queries, signups
from inser_events.registration.favourite_models import Favourite
from inser_events.registration.models import Registration
from inser_events.registration.personal_data import data_of, erase_person
from tests.factories import make_event, make_session, soon
from tests.queries import count_queries
from tests.registration.factories import someone

TITLES = ("Opening words", "Gullies", "Terraces", "Field visit")


@pytest.fixture
def event(app: Flask) -> Event:
    """An opening for everybody, two sessions side by side, and a visit that needs signing up."""
    event = make_event(slug="launch", starts_on=soon(), ends_on=soon(), online=10)
    event.rooms.append(Room(name={"en": "Garden"}, capacity=20))
    db.session.flush()
    start = now() + timedelta(days=30)
    make_session(event, title={"en": "Opening words"}, kind="opening", starts_at=start)
    make_session(event, title={"en": "Gullies"}, starts_at=start + timedelta(hours=2), track="Field")
    make_session(event, title={"en": "Terraces"}, starts_at=start + timedelta(hours=2), room=event.rooms[1])
    make_session(event, title={"en": "Field visit"}, kind="social", starts_at=start + timedelta(hours=4))
    publish_agenda(event, at=now())
    signups.set_session_capacity(event, uid_of("Field visit"), needed=True, capacity=5, at=now())
    return event


def uid_of(title: str) -> str:
    return {one.title["en"]: one.uid for one in db.session.scalars(select(Session))}[title]


def ticket(event: Event, mode: str = "in_person") -> tuple[Registration, str]:
    registration = operations.register(event, someone(mode=mode), at=now())
    return registration, f"/tickets/{queries.link_of(registration)}"


def text(answer: Any) -> str:
    return unescape(answer.get_data(as_text=True))


def shown(client: FlaskClient, path: str) -> list[str]:
    page = text(client.get(path)).replace("\n", "")
    return [title for title in TITLES if f">{title}</" in page]


def tap(client: FlaskClient, home: str, title: str, **more: str) -> Any:
    return client.post(f"{home}/agenda/stars", data={"sessions": uid_of(title), **more})


def test_a_star_stays_with_the_ticket_and_can_be_taken_back(client: FlaskClient, event: Event) -> None:
    registration, home = ticket(event)
    assert tap(client, home, "Gullies").location == f"{home}/agenda#s-{uid_of('Gullies')}"
    tap(client, home, "Gullies")
    assert shown(client, f"{home}/agenda") == ["Opening words", "Gullies"]
    tap(client, home, "Gullies", act="remove")
    assert favourites.starred(registration) == frozenset()
    assert text(client.get(f"{home}/agenda")).count("You have chosen no sessions yet") == 1


def test_a_tap_keeps_the_place_in_the_programme(client: FlaskClient, event: Event) -> None:
    _, home = ticket(event)
    page = text(client.get(f"{home}/agenda?show=all&track=Field&q=gul"))
    action = re.findall(r'action="([^"]+/stars\?[^"]+)"', page)
    assert len(action) == 1
    answer = client.post(action[0], data={"sessions": uid_of("Gullies")})
    assert answer.location.partition("#")[0] == f"{home}/agenda?show=all&track=Field&q=gul"
    assert shown(client, answer.location) == ["Gullies"]


def test_what_one_signed_up_for_is_ones_own(client: FlaskClient, event: Event) -> None:
    registration, home = ticket(event)
    signups.sign_up(registration, uid_of("Field visit"), at=now())
    assert shown(client, f"{home}/agenda") == ["Opening words", "Field visit"]
    assert text(client.get(f"{home}/agenda")).count("You have a seat") == 1


def test_device_stars_are_added_in_one_go_and_strange_ones_left_out(client: FlaskClient, event: Event) -> None:
    registration, home = ticket(event)
    wanted = f"{uid_of('Gullies')},{uid_of('Terraces')},nobody,<script>,{uid_of('Gullies')}"
    assert client.post(f"{home}/agenda/stars", data={"sessions": wanted}).location == f"{home}/agenda"
    assert favourites.starred(registration) == {uid_of("Gullies"), uid_of("Terraces")}


@pytest.mark.parametrize("data", [{}, {"sessions": ""}, {"sessions": "\x00"}, {"sessions": "," * 5000}])
def test_a_star_for_nothing_changes_nothing(client: FlaskClient, event: Event, data: dict[str, str]) -> None:
    registration, home = ticket(event)
    assert client.post(f"{home}/agenda/stars", data=data).status_code in {303, 400}
    assert favourites.starred(registration) == frozenset()


def test_another_site_cannot_star(client: FlaskClient, event: Event) -> None:
    registration, home = ticket(event)
    answer = client.post(
        f"{home}/agenda/stars", data={"sessions": uid_of("Gullies")}, headers={"Sec-Fetch-Site": "cross-site"}
    )
    assert (answer.status_code, favourites.starred(registration)) == (403, frozenset())


def test_the_page_is_private_and_sets_no_cookie(client: FlaskClient, event: Event) -> None:
    _, home = ticket(event)
    answer = client.get(f"{home}/agenda")
    assert (answer.headers["Cache-Control"], answer.headers["X-Robots-Tag"], answer.headers.get("Set-Cookie")) == (
        *("private, no-cache", "noindex"),
        None,
    )
    assert client.get("/tickets/CBDEFGHIJKLNRTUVCBDEFGHIJKLNRT/agenda").status_code == 404


def summaries(client: FlaskClient, path: str) -> list[str]:
    found = Calendar.from_ical(client.get(path).data)
    return [str(entry["SUMMARY"]) for entry in found.walk("VEVENT")]


def test_my_calendar_has_my_sessions_and_those_for_everybody(client: FlaskClient, event: Event) -> None:
    _, home = ticket(event)
    tap(client, home, "Terraces")
    assert summaries(client, f"{home}/calendar.ics?mine=1") == ["Opening words", "Terraces"]
    assert sorted(summaries(client, f"{home}/calendar.ics")) == sorted(TITLES)
    body = client.get(f"{home}/calendar.ics?mine=1").data.replace(b"\r\n ", b"")
    assert body.count(b"calendar.ics?mine=1") == 1


def test_my_calendar_without_a_choice_is_the_event_as_a_whole(client: FlaskClient, event: Event) -> None:
    _, home = ticket(event)
    assert summaries(client, f"{home}/calendar.ics?mine=1") == ["INSER launch"]


def test_a_withdrawn_session_stays_mine_as_cancelled(client: FlaskClient, event: Event) -> None:
    _, home = ticket(event)
    tap(client, home, "Gullies")
    next(one for one in db.session.scalars(select(Session)) if one.title["en"] == "Gullies").withdrawn_at = now()
    publish_agenda(event, at=now())
    assert summaries(client, f"{home}/calendar.ics?mine=1") == ["Opening words", "Cancelled: Gullies"]


def test_online_people_see_their_way_in_and_people_in_the_room_do_not(client: FlaskClient, event: Event) -> None:
    pages = {mode: text(client.get(f"{ticket(event, mode)[1]}/agenda?show=all")) for mode in ("in_person", "online")}
    assert (pages["in_person"].count("/join"), pages["in_person"].count("Needs signing up")) == (0, 1)
    assert (pages["online"].count("/join"), pages["online"].count("Needs signing up")) == (4, 0)


def test_my_agenda_on_paper(client: FlaskClient, event: Event) -> None:
    _, home = ticket(event)
    tap(client, home, "Terraces")
    answer = client.get(f"{home}/agenda.pdf")
    assert (answer.content_type, answer.data[:5], answer.headers["Cache-Control"]) == (
        *("application/pdf", b"%PDF-"),
        "private, no-cache",
    )


def test_erasing_a_person_erases_their_stars_and_their_export_tells_them(client: FlaskClient, event: Event) -> None:
    registration, home = ticket(event)
    tap(client, home, "Terraces")
    told = data_of(registration, at=now())["starred_sessions"]
    assert [one["session"] for one in told] == [uid_of("Terraces")]
    erase_person(registration, at=now())
    assert db.session.scalar(select(func.count()).select_from(Favourite)) == 0


def test_more_stars_need_no_more_queries(client: FlaskClient, event: Event) -> None:
    _, home = ticket(event)
    counts = []
    for title in ("Gullies", "Terraces"):
        tap(client, home, title)
        with count_queries() as asked:
            client.get(f"{home}/agenda")
        counts.append(len(asked))
    assert counts[0] == counts[1]
