"""The board: who is expected, arrived, inside; arrivals by the minute; lights; devices and how far to trust them."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from inser_events.accounts.models import User
from inser_events.checkin import pairing, tally
from inser_events.checkin.board import Board, DeviceState, board_for
from inser_events.checkin.filling import capacities, light_of
from inser_events.checkin.models import Device
from inser_events.clock import now
from inser_events.database import commit, db
from inser_events.events.models import Event
from inser_events.registration import signups
from tests.checkin.factories import NINE, Door, at, code_of, make_door, make_registration
from tests.factories import make_event, make_session, make_user
from tests.queries import count_queries

SignIn = Callable[[User], FlaskClient]
DAY = date(2025, 9, 15)
LATER = NINE + timedelta(hours=2)


@pytest.fixture
def event(app: Flask) -> Event:
    return make_event(slug="launch", in_person=4)


@pytest.fixture
def door(client: FlaskClient, event: Event) -> Door:
    return make_door(client, event)


def counted(event: Event) -> tally.Tally:
    commit()
    return tally.count(event, DAY, at=LATER)


def board(app: Flask, event: Event) -> Board:
    commit()
    with app.test_request_context():
        return board_for(event, now())


def test_people_are_counted_by_mode_category_area_and_door(app: Flask, event: Event, door: Door) -> None:
    hall = pairing.add_checkpoint(event, {"en": "Hall"}, place=pairing.Place(room_id=event.rooms[0].id))
    speaker, press, gone, *_others = (
        make_registration(event, category=category) for category in ("speaker", "press", "press", "press")
    )
    make_registration(event, mode="online")
    make_registration(event, state="waitlisted")
    door.results(
        *(door.scan(code_of(one), scanned_at=at(n)) for n, one in enumerate((speaker, press, gone))),
        door.scan(code_of(gone), direction="out", scanned_at=at(30)),
        door.scan(code_of(speaker), checkpoint=hall.uid, scanned_at=at(31)),
        door.scan("no badge"),
    )
    numbers = counted(event)
    assert numbers.expected == {("in_person", "speaker"): 1, ("in_person", "press"): 3, ("online", "participant"): 1}
    assert numbers.arrived == {("in_person", "speaker"): 1, ("in_person", "press"): 2}
    assert numbers.inside == {("in_person", "speaker"): 1, ("in_person", "press"): 1}
    assert numbers.areas == {"venue": 2, hall.area: 1}
    assert sorted(numbers.passed.values()) == [1, 3]
    shown = board(app, event)
    assert sorted(shown.categories) == [("participant", 1, 0, 0), ("press", 3, 2, 1), ("speaker", 1, 1, 1)]
    assert shown.modes == [("in_person", 4, 3, 2), ("online", 1, 0, 0)]
    assert [(state.passed, state.inside, state.capacity, state.light) for state in shown.doors] == [
        (3, 2, 4, "green"), (1, 1, 200, "green"),
    ]  # fmt: skip


def test_arrivals_are_counted_by_the_minute_once_a_person_and_walk_ins_apart(event: Event, door: Door) -> None:
    known, again, undone = (make_registration(event) for _ in range(3))
    walk_in = make_registration(event, created_at=NINE - timedelta(minutes=5))
    mistake = door.scan(code_of(undone), scanned_at=at(1))
    door.results(
        door.scan(code_of(known), scanned_at=at(0.2)),
        door.scan(code_of(again), scanned_at=at(0.9)),
        door.scan(code_of(again), direction="out", scanned_at=at(5)),
        door.scan(code_of(again), scanned_at=at(9)),
        door.scan(code_of(walk_in), scanned_at=at(9.5)),
        mistake,
        door.scan(code_of(undone), direction="out", undoes=mistake["id"], scanned_at=at(2)),
    )
    numbers = counted(event)
    assert numbers.arrivals == [(NINE, 2, 0), (NINE + timedelta(minutes=9), 0, 1)]
    assert numbers.walk_ins == 1


def test_another_day_begins_anew(event: Event, door: Door) -> None:
    guest = code_of(make_registration(event))
    door.results(door.scan(guest), door.scan(guest, scanned_at="2025-09-16T07:30:00Z"))
    commit()
    second = tally.count(event, date(2025, 9, 16), at=LATER)
    assert second.arrivals == [(datetime(2025, 9, 16, 7, 30, tzinfo=UTC), 1, 0)]
    assert (second.areas, counted(event).areas) == ({"venue": 1}, {})


minutes = st.lists(
    st.tuples(st.integers(0, 900), st.integers(0, 9), st.integers(0, 9)), unique_by=lambda one: one[0], max_size=30
)


@given(made=minutes, until=st.integers(-60, 2_000))
def test_columns_lose_nobody_and_stay_few(made: list[tuple[int, int, int]], until: int) -> None:
    arrivals = [(NINE + timedelta(minutes=minute), early, late) for minute, early, late in sorted(made)]
    width, columns = tally.in_columns(arrivals, NINE + timedelta(minutes=until))
    assert sum(early for _at, early, _late in columns) == sum(early for _at, early, _late in arrivals)
    assert sum(late for _at, _early, late in columns) == sum(late for _at, _early, late in arrivals)
    assert len(columns) <= tally.MOST_COLUMNS + 1
    assert all(b[0] - a[0] == timedelta(minutes=width) for a, b in pairwise(columns))


@pytest.mark.parametrize(
    ("inside", "capacity", "light"),
    [(0, 100, "green"), (84, 100, "green"), (85, 100, "amber"), (99, 100, "amber"), (100, 100, "red"), (5, None, "")],
)
def test_the_light(inside: int, capacity: int | None, light: str) -> None:
    assert light_of(inside, capacity) == light


def test_what_areas_hold(app: Flask, event: Event) -> None:
    room = event.rooms[0]
    limited, open_ = (make_session(event, starts_at=NINE + timedelta(hours=n)) for n in range(2))
    signups.set_session_capacity(event, limited.uid, needed=True, capacity=12, at=NINE)
    commit()
    assert capacities(event.id) == {
        "venue": 4, f"room:{room.id}": 200, f"session:{limited.uid}": 12, f"session:{open_.uid}": 200,
    }  # fmt: skip


def test_the_numbers_are_kept_until_something_happens(app: Flask, event: Event, door: Door) -> None:
    moment = now()
    first = tally.tally(event, DAY, at=moment)
    assert tally.tally(event, DAY, at=moment + timedelta(seconds=14)) is first
    assert tally.tally(event, DAY, at=moment + timedelta(seconds=15)) is not first
    door.results(door.scan(code_of(make_registration(event))))
    assert tally.tally(event, DAY, at=moment).areas == {"venue": 1}


@pytest.mark.parametrize(
    ("offset", "words"),
    [(7 * 3600.0, "7 h behind"), (-90.0, "2 min ahead"), (-86_400.0 * 365, "365 d ahead"), (86_400.0, "1 d behind")],
)
def test_a_wrong_clock_is_named(app: Flask, offset: float, words: str) -> None:
    with app.test_request_context():
        state = DeviceState(Device(clock_offset=offset), "active")
        assert (state.is_clock_wrong, state.clock_words) == (True, words)


def test_devices_say_what_they_kept_and_what_was_lost(app: Flask, client: FlaskClient, event: Event) -> None:
    doors = [make_door(client, event, name) for name in ("Active", "Quiet", "Signed off", "New")]
    for place, door in enumerate(doors[:3]):
        door.results(waiting=place * 10)
    quiet, off = (db.session.get(Device, door.device.id) for door in doors[1:3])
    assert quiet is not None
    assert off is not None
    quiet.last_seen_at = now() - timedelta(minutes=6)
    pairing.revoke_device(off)
    states = {one.device.name: (one.state, one.device.waiting, one.never_sent) for one in board(app, event).devices}
    assert states == {
        "Active": ("active", 0, 0), "Quiet": ("quiet", 10, 0), "Signed off": ("revoked", 20, 20),
        "New": ("never", 0, 0),
    }  # fmt: skip


def test_the_page_shows_chart_lights_walk_ins_and_losses(sign_in: SignIn, event: Event, door: Door) -> None:
    owner = make_user(administrator=True)
    for n in range(4):
        door.results(door.scan(code_of(make_registration(event)), scanned_at=at(n)), waiting=3)
    device = db.session.get(Device, door.device.id)
    assert device is not None
    pairing.revoke_device(device)
    page = sign_in(owner).get("/manage/launch/door").get_data(as_text=True)
    shown = ['class="chart"', 'data-light="red"', "of 4 places · full", "4 / 4", "Walk-ins", "3 never sent"]
    assert [words for words in shown if words not in page] == []


def test_the_board_asks_the_database_no_more_for_many(sign_in: SignIn, event: Event, door: Door) -> None:
    browser, needed = sign_in(make_user(administrator=True)), []
    for times in (1, 4):
        for n in range(times):
            door.results(door.scan(code_of(make_registration(event, category="press")), scanned_at=at(n)))
        with count_queries() as statements:
            browser.get("/manage/launch/door")
        needed.append(len(statements))
    assert needed[0] == needed[1]
