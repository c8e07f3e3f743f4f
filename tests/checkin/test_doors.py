"""Doors with rules: sign-up, days and hours, from the organiser's form to the scan."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from inser_events.accounts.models import User
from inser_events.checkin.models import Checkpoint
from inser_events.database import db
from inser_events.events.models import Event
from inser_events.registration import signups
from tests.checkin.factories import NINE, code_of, make_door, make_registration
from tests.factories import make_event, make_session, make_user

SignIn = Callable[[User], FlaskClient]
ADD = "/manage/launch/door/checkpoints"


@pytest.fixture
def owner(app: Flask) -> User:
    return make_user(name="Sara")


@pytest.fixture
def event(owner: User) -> Event:
    return make_event(owner=owner, slug="launch", ends_on=date(2025, 9, 16))


def newest() -> Checkpoint:
    found = db.session.scalars(select(Checkpoint).order_by(Checkpoint.id.desc())).first()
    assert found is not None
    return found


def filled(**values: Any) -> dict[str, Any]:
    return {"name": "Workshop", "kind": "room", "direction": "both", "modes": ["in_person"], **values}


def session_with_sign_up(event: Event) -> str:
    session = make_session(event, title={"en": "Sediment budgets"})
    signups.set_session_capacity(event, session.uid, needed=True, capacity=1, at=NINE)
    return session.uid


def test_a_session_door_lets_in_who_has_a_seat(sign_in: SignIn, owner: User, event: Event) -> None:
    uid = session_with_sign_up(event)
    seated, waiting, stranger = (make_registration(event) for _ in range(3))
    for guest in (seated, waiting):
        signups.sign_up(guest, uid, at=NINE)
    browser = sign_in(owner)
    form = filled(kind="session", session=uid, sessions=[uid])
    assert browser.post(ADD, data=form).status_code == 303
    checkpoint = newest()
    assert (checkpoint.area, checkpoint.rules) == (f"session:{uid}", {"sessions": [uid]})
    door = make_door(browser, event)
    results = door.results(*(door.scan(code_of(one), checkpoint=checkpoint.uid) for one in (seated, waiting, stranger)))
    assert [(result["outcome"], result.get("detail"), result["message"]) for result in results] == [
        ("admitted", None, "Welcome."),
        ("wrong_checkpoint", "not_signed_up", "Not signed up for this session."),
        ("wrong_checkpoint", "not_signed_up", "Not signed up for this session."),
    ]


def test_devices_learn_who_has_a_seat_only_where_a_door_asks(sign_in: SignIn, owner: User, event: Event) -> None:
    uid = session_with_sign_up(event)
    guest = make_registration(event)
    signups.sign_up(guest, uid, at=NINE)
    browser = sign_in(owner)
    door = make_door(browser, event)

    def sessions() -> list[str]:
        snapshot = door.snapshot().get_json()
        (row,) = [row for bucket in snapshot["buckets"].values() for row in bucket]
        seats: list[str] = row[snapshot["columns"].index("sessions")]
        return seats

    assert sessions() == []
    browser.post(ADD, data=filled(kind="session", session=uid, sessions=[uid]))
    assert sessions() == [uid]
    (checkpoint,) = [one for one in door.snapshot().get_json()["checkpoints"] if one["sessions"]]
    assert (checkpoint["sessions"], checkpoint["capacity"], checkpoint["zone"]) == ([uid], 1, "Africa/Casablanca")


def test_a_meal_has_its_days_and_hours(sign_in: SignIn, owner: User, event: Event) -> None:
    browser = sign_in(owner)
    form = filled(kind="meal", name="Lunch", days=["2025-09-16"], begins="12:00", ends="14:30")
    assert browser.post(ADD, data=form).status_code == 303
    lunch = newest()
    assert lunch.rules == {"days": ["2025-09-16"], "hours": ["12:00", "14:30"]}
    door, code = make_door(browser, event), code_of(make_registration(event))
    times = ["2025-09-15T11:30:00Z", "2025-09-16T10:30:00Z", "2025-09-16T11:30:00Z", "2025-09-16T13:30:00Z"]
    results = door.results(*(door.scan(code, checkpoint=lunch.uid, scanned_at=time) for time in times))
    assert [result.get("detail", result["outcome"]) for result in results] == [
        "other_day", "too_early", "admitted", "too_late",
    ]  # fmt: skip
    page = browser.get(f"{ADD}/{lunch.uid}").get_data(as_text=True)
    assert ['value="12:00"' in page, 'value="14:30"' in page] == [True, True]
    form = {**{name: value for name, value in form.items() if name != "days"}, "begins": "", "ends": ""}
    assert browser.post(f"{ADD}/{lunch.uid}", data=form).status_code == 303
    db.session.refresh(lunch)
    assert lunch.rules == {}


def test_a_room_door_counts_the_room(sign_in: SignIn, owner: User, event: Event) -> None:
    room = event.rooms[0]
    browser = sign_in(owner)
    assert browser.post(ADD, data=filled(room=str(room.id))).status_code == 303
    assert newest().area == f"room:{room.id}"
    (_entrance, hall) = make_door(browser, event).snapshot().get_json()["checkpoints"]
    assert (hall["area"], hall["capacity"]) == (f"room:{room.id}", 200)


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"kind": "session"}, "Choose the session that is behind this door."),
        ({"kind": "session", "session": "elsewhere"}, "Choose from what is shown."),
        ({"room": "999"}, "Choose from what is shown."),
        ({"begins": "12:00"}, "Enter an “until” time too, or leave both empty."),
        ({"ends": "12:00"}, "Enter a “from” time too, or leave both empty."),
        ({"begins": "12:00", "ends": "12:00"}, "Choose another time than “from”."),
        ({"begins": "noon", "ends": "12:00"}, "Enter a time, for example 11:00."),
        ({"opens_at": "2025-09-15T10:00", "closes_at": "2025-09-15T09:00"}, "Choose a time after it opens."),
        ({"days": ["2031-01-01"]}, "Choose from what is shown."),
        ({"sessions": ["elsewhere"]}, "Choose from what is shown."),
        ({"name": "  "}, "Give the door a name, such as “Hall A”."),
    ],
)
def test_what_cannot_be_is_said_at_its_place_and_nothing_is_lost(
    sign_in: SignIn, owner: User, event: Event, values: dict[str, Any], words: str
) -> None:
    session_with_sign_up(event)
    answer = sign_in(owner).post(ADD, data=filled(**{"override": "y", **values}))
    page = answer.get_data(as_text=True).replace("&#39;", "'")
    assert (answer.status_code, words in page) == (422, True)
    assert 'name="override" type="checkbox" value="y"' in page.replace("checked ", "")
    assert ('value="Workshop"' in page) == ("name" not in values)
    assert db.session.scalar(select(Checkpoint.id)) is None
