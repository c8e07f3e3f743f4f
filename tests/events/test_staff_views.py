from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from inser_events.accounts.models import User
from inser_events.database import db
from inser_events.events.access import role_in
from inser_events.events.models import Event, Room, Seats, TeamRole
from inser_events.mail import OutboxMail
from tests.factories import make_event, make_member, make_user

SignIn = Callable[[User], FlaskClient]


@pytest.fixture
def owner(app: Flask) -> User:
    return make_user("owner@example.org")


@pytest.fixture
def event(owner: User) -> Event:
    return make_event(slug="launch", owner=owner)


def rooms() -> list[tuple[str, int | None]]:
    return [(room.name["en"], room.capacity) for room in db.session.scalars(select(Room).order_by(Room.position))]


def capacities() -> dict[str, int | None]:
    offered = db.session.scalars(select(Seats).where(Seats.offered))
    return {seats.mode: seats.capacity for seats in offered}


def test_rooms_can_be_added_changed_moved_and_removed(event: Event, owner: User, sign_in: SignIn) -> None:
    client, first = sign_in(owner), event.rooms[0].uid
    assert client.post("/manage/launch/rooms", data={"name": "Room 2", "capacity": "30"}).status_code == 302
    client.post(f"/manage/launch/rooms/{first}", data={"name": "Main hall", "capacity": ""})
    client.post(f"/manage/launch/rooms/{first}/move", data={"to": "down"})
    assert rooms() == [("Room 2", 30), ("Main hall", None)]
    client.post(f"/manage/launch/rooms/{first}/remove")
    assert rooms() == [("Room 2", 30)]


@pytest.mark.parametrize("address", ["rooms", "rooms/{uid}"])
def test_a_room_without_a_name_comes_back_as_typed(event: Event, owner: User, sign_in: SignIn, address: str) -> None:
    path = f"/manage/launch/{address.format(uid=event.rooms[0].uid)}"
    answer = sign_in(owner).post(path, data={"name": "", "capacity": "31"})
    assert (answer.status_code, answer.text.count('id="name-error"')) == (422, 1)
    assert 'value="31"' in answer.text


def test_a_room_of_another_event_is_not_found(event: Event, owner: User, sign_in: SignIn) -> None:
    other = make_event().rooms[0].uid
    assert sign_in(owner).post(f"/manage/launch/rooms/{other}/remove").status_code == 404


def test_places_can_be_set(event: Event, owner: User, sign_in: SignIn) -> None:
    sign_in(owner).post("/manage/launch/capacity", data={"in_person": "y", "in_person_capacity": "25"})
    assert capacities() == {"in_person": 25}


def test_one_mode_can_be_exchanged_for_the_other(event: Event, owner: User, sign_in: SignIn) -> None:
    client = sign_in(owner)
    client.post("/manage/launch/capacity", data={"online": "y"})
    client.post("/manage/launch/capacity", data={"in_person": "y"})
    assert capacities() == {"in_person": None}


@pytest.mark.parametrize("typed", [{"none": "chosen"}, {"online": "y", "online_capacity": "many"}])
def test_places_that_cannot_be_used_change_nothing(
    event: Event, owner: User, sign_in: SignIn, typed: dict[str, str]
) -> None:
    answer = sign_in(owner).post("/manage/launch/capacity", data=typed)
    assert (answer.status_code, capacities()) == (422, {"in_person": 10, "online": None})


def test_inviting_adds_to_the_team_and_writes_a_mail(event: Event, owner: User, sign_in: SignIn) -> None:
    sign_in(owner).post("/manage/launch/team", data={"email": "new@example.org", "role": "registrar"})
    user = db.session.scalars(select(User).where(User.email == "new@example.org")).one()
    assert (role_in(user, event), db.session.scalars(select(OutboxMail.recipient)).all()) == (
        "registrar",
        ["new@example.org"],
    )


@pytest.mark.parametrize("email", ["", "nobody", "owner@example.org"])
def test_inviting_somebody_impossible_comes_back_as_typed(
    event: Event, owner: User, sign_in: SignIn, email: str
) -> None:
    answer = sign_in(owner).post("/manage/launch/team", data={"email": email, "name": "Kept", "role": "door"})
    assert (answer.status_code, answer.text.count('id="email-error"')) == (422, 1)
    assert 'value="Kept"' in answer.text


def test_a_role_can_be_changed_and_ended(event: Event, owner: User, sign_in: SignIn) -> None:
    user = make_user()
    make_member(event, user, TeamRole.DOOR)
    client = sign_in(owner)
    client.post(f"/manage/launch/team/{user.id}", data={"role": "editor"})
    assert role_in(user, event) == "editor"
    client.post(f"/manage/launch/team/{user.id}/remove")
    assert role_in(user, event) is None


def test_a_role_that_does_not_exist_changes_nothing(event: Event, owner: User, sign_in: SignIn) -> None:
    sign_in(owner).post(f"/manage/launch/team/{owner.id}", data={"role": "king"})
    assert role_in(owner, event) == "owner"


def test_the_last_owner_is_told_why_they_cannot_leave(event: Event, owner: User, sign_in: SignIn) -> None:
    client = sign_in(owner)
    client.post(f"/manage/launch/team/{owner.id}/remove")
    assert "An event needs at least one owner." in client.get("/manage/launch/team").text


@pytest.mark.parametrize("act", ["rooms", "capacity", "team", "cancel", "restore", "delete", "settings"])
def test_a_viewer_changes_nothing(event: Event, sign_in: SignIn, act: str) -> None:
    user = make_user()
    make_member(event, user, TeamRole.VIEWER)
    assert sign_in(user).post(f"/manage/launch/{act}", data={"name": "X", "email": "x@example.org"}).status_code == 403
    assert (rooms(), event.cancelled_at) == ([("Plenary hall", 200)], None)


@pytest.mark.parametrize("act", ["team", "cancel", "delete", "team/1", "team/1/remove"])
def test_an_editor_leaves_what_belongs_to_owners(event: Event, sign_in: SignIn, act: str) -> None:
    user = make_user()
    make_member(event, user, TeamRole.EDITOR)
    assert sign_in(user).post(f"/manage/launch/{act}").status_code == 403


def test_a_room_has_a_name_in_each_language(event: Event, owner: User, sign_in: SignIn) -> None:
    event.languages, room = ["en", "fr"], event.rooms[0]
    path, client = f"/manage/launch/rooms/{room.uid}", sign_in(owner)
    client.post(path, data={"name": "Hall", "name_fr": "Salle"})
    assert room.name == {"en": "Hall", "fr": "Salle"}
    assert 'value="Salle"' in client.get(path).text
    client.post(path, data={"name": "Hall", "name_fr": " "})
    assert room.name == {"en": "Hall"}
