"""What a reader finds on the public pages of events short and long."""

import re
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from inser_events.agenda.publishing import publish_agenda
from inser_events.clock import now
from inser_events.events.models import Event
from tests.factories import LAUNCH_DAY, NINE, make_event, make_person, make_session, make_slot


def published(*, days: int, sessions: int) -> Event:
    """An event of so many days, with as many sessions on each, all with one speaker."""
    event = make_event(slug="launch", ends_on=LAUNCH_DAY + timedelta(days=days - 1))
    person = make_person()
    for day in range(days):
        for hour in range(sessions):
            session = make_session(event, starts_at=NINE + timedelta(days=day, hours=hour), title={"en": "Talks"})
            make_slot(session, person=person)
    publish_agenda(event, at=now())
    return event


def page(client: FlaskClient, path: str = "") -> str:
    """A public page of the event."""
    return client.get(f"/events/launch{path}").get_data(as_text=True)


@pytest.mark.parametrize(
    ("days", "sessions", "folds"),
    [(1, 12, []), (2, 3, []), (2, 9, ["Monday 15 September 2025", "Tuesday 16 September 2025"])],
)
def test_long_programmes_fold_their_days(
    app: Flask, client: FlaskClient, days: int, sessions: int, folds: list[str]
) -> None:
    published(days=days, sessions=sessions)
    shown = page(client)
    assert re.findall(r'class="glance-day__title">(.*?)<', shown) == folds
    assert shown.count('<details class="glance-day" open>') == min(len(folds), 1)
    assert shown.count('class="glance__row') == days * sessions


@pytest.mark.parametrize(("days", "hours"), [(1, ["09:00–11:00"]), (2, [])])
def test_the_head_of_an_event_of_one_day_names_its_hours(
    app: Flask, client: FlaskClient, days: int, hours: list[str]
) -> None:
    published(days=days, sessions=2)
    assert re.findall(r'event-hero__clock"><time[^>]*>(.*?)<', page(client)) == hours


@pytest.mark.parametrize(("days", "moments"), [(1, ["09:00"]), (2, ["Mon 15 Sept, 09:00", "Tue 16 Sept, 09:00"])])
def test_speakers_sessions_name_the_day_where_there_are_several(
    app: Flask, client: FlaskClient, days: int, moments: list[str]
) -> None:
    published(days=days, sessions=1)
    assert re.findall(r'#s-[^"]*"><span class="tabular">(.*?)</span>', page(client, "/speakers")) == moments


@pytest.mark.parametrize(("days", "linked"), [(1, 0), (3, 3)])
def test_the_bar_of_the_agenda_has_days_where_there_are_several(
    app: Flask, client: FlaskClient, days: int, linked: int
) -> None:
    published(days=days, sessions=1)
    assert page(client, "/agenda").count('<li><a href="#d-') == linked


def test_an_agenda_in_which_nothing_matches_leads_back_to_all(app: Flask, client: FlaskClient) -> None:
    published(days=1, sessions=2)
    shown = page(client, "/agenda?q=nothing+of+the+kind")
    assert re.findall(r'class="empty__title">(.*?)<', shown) == ["No session matches."]
    assert re.findall(r'empty__actions"><a [^>]*href="(.*?)"', shown) == ["/events/launch/agenda"]
