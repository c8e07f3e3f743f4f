"""Statistics: right numbers, few queries, charts that are only drawings."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from xml.etree import ElementTree as ET

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from inser_events.accounts.models import User
from inser_events.clock import fixed_at, now
from inser_events.database import commit
from inser_events.events.models import Event, TeamRole
from inser_events.registration import operations, statistics
from inser_events.registration.charts import HEIGHT, Column, columns_of, scale_to, share, stacked
from tests.factories import make_member, make_user
from tests.queries import count_queries
from tests.registration.factories import make_open_event, someone


@pytest.fixture
def event(app: Flask) -> Event:
    return make_open_event(in_person=2)


@pytest.fixture
def registrar(event: Event, sign_in: Callable[[User], FlaskClient]) -> FlaskClient:
    user = make_user()
    make_member(event, user, TeamRole.REGISTRAR)
    return sign_in(user)


def register(event: Event, **values: object) -> None:
    operations.register(event, someone(**values), at=now(), notify=False)


def test_people_are_counted_by_everything(event: Event) -> None:
    for country in ("MA", "MA", "FR"):
        register(event, country=country)
    register(event, mode="online", category="press")
    gone = operations.register(event, someone(mode="online", country="CN"), at=now(), notify=False)
    operations.cancel_registration(gone, at=now(), notify=False)
    numbers = statistics.count(event, at=now())
    assert numbers.states == {
        ("confirmed", "in_person"): 2,
        ("waitlisted", "in_person"): 1,
        ("confirmed", "online"): 1,
        ("cancelled", "online"): 1,
    }
    assert numbers.categories == {("participant", "in_person"): 3, ("press", "online"): 1}
    assert (numbers.countries, numbers.nowhere, numbers.active) == ([("MA", 2), ("FR", 1), ("", 1)], 1, 4)


def test_a_day_is_the_events_own(event: Event) -> None:
    event.time_zone = "Asia/Tokyo"
    with fixed_at(datetime.combine(event.starts_on, datetime.min.time(), UTC) - timedelta(days=9, hours=1)) as moment:
        register(event)
        register(event, mode="online")
    assert statistics.count(event, at=now()).days == [((moment + timedelta(hours=9)).date(), (1, 1))]


def test_only_the_first_fifteen_countries_are_named() -> None:
    countries = [(f"C{n:02}", 20 - n) for n in range(18)] + [("", 4)]
    numbers = statistics.Tally(now(), {}, {}, countries, [])
    top, others, people = numbers.top_countries()
    assert (len(top), others, people, numbers.nowhere) == (15, 3, 5 + 4 + 3, 4)


def test_numbers_are_live_and_counted_once_while_nothing_happens(event: Event) -> None:
    register(event)
    first, again = (statistics.tally(event, at=now()) for _n in range(2))
    register(event)
    assert (again is first, statistics.tally(event, at=now()).active) == (True, 2)


def test_the_page_takes_the_same_few_queries_for_one_and_for_many(event: Event, registrar: FlaskClient) -> None:
    counts = []
    for _n in range(2):
        register(event, country="MA")
        commit()
        with count_queries() as queries:
            assert registrar.get(f"/manage/{event.slug}/statistics").status_code == 200
        counts.append(len(queries))
        for number in range(20):
            register(event, country="FR", mode="online", category=("press", "speaker")[number % 2])
    assert counts[1] <= counts[0]


def test_nobody_yet_is_a_page_too(event: Event, registrar: FlaskClient) -> None:
    page = registrar.get(f"/manage/{event.slug}/statistics").get_data(as_text=True)
    assert "Nobody has registered yet" in page


# Charts


def test_days_without_anybody_are_drawn_too() -> None:
    days = [(date(2025, 9, 1), (1, 0)), (date(2025, 9, 4), (0, 2))]
    columns = columns_of(days, date(2025, 9, 5))
    assert [column.numbers for column in columns] == [(1, 0), (0, 0), (0, 0), (0, 2), (0, 0)]


def test_many_days_become_weeks_and_nobody_is_lost() -> None:
    days = [(date(2025, 1, 1) + timedelta(days=n), (1,)) for n in range(200)]
    columns = columns_of(days, date(2025, 1, 1))
    assert (len(columns), sum(column.total for column in columns), columns[0].last) == (29, 200, date(2025, 1, 7))


@given(st.integers(min_value=0, max_value=10**9))
def test_an_axis_ends_on_a_round_number_above_all(largest: int) -> None:
    top, step = scale_to(largest)
    assert top >= largest
    assert (top % step, top // step <= 5, str(step).rstrip("0") in {"1", "2", "5"}) == (0, True, True)


@given(st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 10**6)), max_size=120))
def test_a_chart_is_well_formed_and_stays_inside(numbers: list[tuple[int, int]]) -> None:
    columns = [Column(date(2025, 1, 1), date(2025, 1, 1), pair) for pair in numbers]
    drawing = stacked(columns, title="a < b & c", tones=("moss", "slate"), labels=["<i>" for _c in columns], mark=str)
    tree = ET.fromstring(drawing)
    bars = [bar for bar in tree.iter("rect") if "chart__bar" in bar.attrib["class"]]
    assert all(-0.01 <= float(bar.attrib["y"]) <= HEIGHT for bar in bars)
    assert not re.search(r"style=|<script|<i>", drawing)


@pytest.mark.parametrize(("number", "largest", "width"), [(5, 10, "50.00"), (0, 0, "0.00"), (10, 10, "100.00")])
def test_a_share_is_as_long_as_its_part(number: int, largest: int, width: str) -> None:
    assert f'width="{width}"' in share(number, largest)
