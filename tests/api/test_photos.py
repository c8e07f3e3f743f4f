"""Faces of speakers: for the devices of their own event, and for nobody else."""

from io import BytesIO

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image

from inser_events.agenda.pictures import path_of, remove_photo, set_photo
from inser_events.checkin import pairing
from inser_events.checkin.photos import NAME_LETTERS, SIDE
from inser_events.database import commit
from inser_events.events.models import Event
from inser_events.people.models import Person
from tests.checkin.factories import Door, make_door, make_registration
from tests.factories import make_event, make_person, make_session, make_slot

PHOTOS = "/api/v1/checkin/photos"


@pytest.fixture
def event(app: Flask) -> Event:
    return make_event()


@pytest.fixture
def door(client: FlaskClient, event: Event) -> Door:
    return make_door(client, event)


def give_photo(person: Person, event: Event, colour: str = "#7a4b2a") -> None:
    picture = BytesIO()
    Image.new("RGB", (900, 600), colour).save(picture, "PNG")
    set_photo(person, BytesIO(picture.getvalue()), event_id=event.id)
    commit()


@pytest.fixture
def speaker(event: Event) -> Person:
    """Somebody who speaks, is registered with the same address, and gave a photo."""
    person = make_person(email="Lamiae@Example.org")
    make_slot(make_session(event), person=person)
    make_registration(event, email="Lamiae@Example.org", active_email="lamiae@example.org")
    make_registration(event)
    give_photo(person, event)
    return person


def names(door: Door) -> list[str]:
    snapshot = door.snapshot().get_json()
    place = snapshot["columns"].index("photo")
    return [row[place] for bucket in snapshot["buckets"].values() for row in bucket]


def test_a_device_gets_a_small_picture_by_its_name(door: Door, speaker: Person) -> None:
    (name,) = [name for name in names(door) if name]
    assert len(name) == NAME_LETTERS
    answer = door.client.get(f"{PHOTOS}/{name}", headers=door.headers)
    assert (answer.status_code, answer.mimetype, answer.headers["Cache-Control"]) == (200, "image/jpeg", "no-store")
    with Image.open(BytesIO(answer.get_data())) as picture:
        assert picture.size == (SIDE, SIDE * 600 // 900)


def test_without_a_token_of_this_event_nobody_sees_a_face(client: FlaskClient, door: Door, speaker: Person) -> None:
    (name,) = [name for name in names(door) if name]
    assert client.get(f"{PHOTOS}/{name}").status_code == 401
    other = make_door(client, make_event())
    assert client.get(f"{PHOTOS}/{name}", headers=other.headers).status_code == 404
    pairing.revoke_device(door.device)
    assert client.get(f"{PHOTOS}/{name}", headers=door.headers).status_code == 401


@pytest.mark.parametrize("name", ["x", "0" * NAME_LETTERS, "%", "_" * NAME_LETTERS, "%" * NAME_LETTERS, "é" * 24])
def test_names_cannot_be_guessed_by_patterns(door: Door, speaker: Person, name: str) -> None:
    answer = door.client.get(f"{PHOTOS}/{name}", headers=door.headers)
    assert (answer.status_code, answer.mimetype) == (404, "application/problem+json")


def test_only_who_speaks_at_this_event_has_a_face_here(event: Event, door: Door) -> None:
    elsewhere = make_event()
    person = make_person(email="guest@example.org")
    make_slot(make_session(elsewhere), person=person)
    make_registration(event, email="guest@example.org", active_email="guest@example.org")
    give_photo(person, elsewhere)
    assert names(door) == [""]


def test_a_removed_or_lost_photo_is_gone(event: Event, door: Door, speaker: Person) -> None:
    (name,) = [name for name in names(door) if name]
    (file,) = path_of("x").parent.glob("*.jpg")
    file.unlink()
    assert door.client.get(f"{PHOTOS}/{name}", headers=door.headers).status_code == 404
    remove_photo(speaker, event_id=event.id)
    commit()
    assert set(names(door)) == {""}


def test_a_new_photo_has_a_new_name(event: Event, door: Door, speaker: Person) -> None:
    before = set(names(door))
    give_photo(speaker, event, "#2a5673")
    assert len(set(names(door)) - before) == 1
