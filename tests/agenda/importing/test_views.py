"""The pages of an import: a file, what was read, what would change, then the draft."""

import os
import re
from collections.abc import Callable
from io import BytesIO

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from inser_events.accounts.models import User
from inser_events.agenda.importing.uploads import KEPT_SECONDS, folder, keep, sweep_imports
from inser_events.agenda.models import Session
from inser_events.clock import now
from inser_events.database import db
from inser_events.events.models import Event, TeamRole
from inser_events.events.queries import find_event
from tests.agenda.importing.files import schedule, talk
from tests.factories import make_event, make_member, make_session, make_user

SignIn = Callable[[User], FlaskClient]


@pytest.fixture
def owner(app: Flask) -> User:
    return make_user()


@pytest.fixture
def browser(owner: User, sign_in: SignIn) -> FlaskClient:
    return sign_in(owner)


def send(browser: FlaskClient, address: str, content: bytes, name: str = "soil.json") -> TestResponse:
    return browser.post(address, data={"file": (BytesIO(content), name)}, content_type="multipart/form-data")


def text_of(answer: TestResponse) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.get_data(as_text=True)))


def steps_of(answer: TestResponse) -> tuple[list[str], str]:
    page = answer.get_data(as_text=True)
    [seen] = re.findall(r'name="seen"[^>]*value="([^"]+)"', page)
    return re.findall(r'name="steps" value="([^"]+)"', page), seen


def titles() -> list[str]:
    return sorted(session.title["en"] for session in db.session.scalars(select(Session)))


def test_from_a_file_to_a_new_event(browser: FlaskClient, owner: User) -> None:
    to_preview = send(browser, "/manage/import", schedule(talk(persons=[{"public_name": "Ada"}]), title="Soil days"))
    assert to_preview.status_code == 302
    preview = browser.get(to_preview.location)
    assert preview.status_code == 200
    assert "Soil days" in text_of(preview)
    assert "09:00–09:30 Opening Hall Ada" in text_of(preview)
    assert titles() == []
    done = browser.post(
        to_preview.location, data={"then": "create", "slug": "soil", "zone": "Africa/Casablanca", "network_id": "0"}
    )
    assert (done.status_code, done.location) == (302, "/manage/soil/agenda")
    assert (titles(), find_event("soil").published_at) == (["Opening"], None)
    assert browser.get(to_preview.location).status_code == 404
    assert list(folder().iterdir()) == []


def test_another_zone_can_be_tried_before_anything_is_saved(browser: FlaskClient) -> None:
    content = b"Date;Start;End;Title\n2025-09-15;09:00;10:00;Opening\n"
    preview = browser.get(send(browser, "/manage/import", content, "soil.csv").location)
    assert "1 thing could not be read" in text_of(preview)
    again = browser.post(preview.request.path, data={"then": "again", "zone": "Africa/Casablanca"})
    assert "Everything was read as it stands." in text_of(again)
    assert db.session.scalars(select(Event)).all() == []


def test_a_taken_address_is_told_at_its_field(browser: FlaskClient) -> None:
    make_event(slug="soil")
    address = send(browser, "/manage/import", schedule(talk())).location
    answer = browser.post(
        address, data={"then": "create", "slug": "soil", "zone": "Africa/Casablanca", "network_id": "0"}
    )
    assert answer.status_code == 422
    assert "Another event already uses the address" in text_of(answer)
    assert titles() == []


@pytest.mark.parametrize(
    ("content", "why"), [(b"{", "not readable as JSON"), (b"Dear all", "no agenda is in this table")]
)
def test_an_unreadable_file_is_told_at_its_field(browser: FlaskClient, content: bytes, why: str) -> None:
    answer = send(browser, "/manage/import", content)
    assert answer.status_code == 422
    assert why in text_of(answer)
    assert list(folder().iterdir()) == []


def test_no_file_is_told_at_its_field(browser: FlaskClient) -> None:
    answer = browser.post("/manage/import", data={})
    assert (answer.status_code, "Choose a file." in text_of(answer)) == (422, True)


def test_a_broken_file_offers_nothing_to_press(browser: FlaskClient) -> None:
    content = schedule(talk()).replace(b'"version"', b'"rooms": [{"name": "x"}], "version"')
    address = send(browser, "/manage/import", content).location
    assert "This file cannot be used" in text_of(browser.get(address))
    answer = browser.post(address, data={"then": "create", "slug": "x", "zone": "UTC", "network_id": "0"})
    assert (answer.status_code, titles()) == (200, [])


def test_a_file_belongs_to_its_sender(browser: FlaskClient, sign_in: SignIn) -> None:
    address = send(browser, "/manage/import", schedule(talk())).location
    assert sign_in(make_user()).get(address).status_code == 404
    assert browser.get("/manage/import/" + "0" * 32).status_code == 404
    assert browser.get("/manage/import/..%2f..").status_code == 404


def test_from_a_file_to_changes_of_an_event(browser: FlaskClient, owner: User) -> None:
    event = make_event(owner=owner, slug="soil")
    make_session(event, title={"en": "Opening"}, minutes=60)
    make_session(event, title={"en": "Only here"})
    address = send(browser, "/manage/soil/agenda/import", schedule(talk(id=1), talk("New", id=2))).location
    preview = browser.get(address)
    steps, seen = steps_of(preview)
    assert (len(steps), titles()) == (3, ["Only here", "Opening"])
    assert "Now 09:00–09:30, was 09:00–10:00." in text_of(preview)
    done = browser.post(address, data={"steps": [step for step in steps if not step.startswith("-")], "seen": seen})
    assert (done.status_code, done.location) == (302, "/manage/soil/agenda")
    assert titles() == ["New", "Only here", "Opening"]


def test_nothing_different_is_said(browser: FlaskClient, owner: User) -> None:
    event = make_event(owner=owner, slug="soil")
    event.rooms[0].name = {"en": "Hall"}
    make_session(event, minutes=30)
    address = send(browser, "/manage/soil/agenda/import", schedule(talk())).location
    assert "The draft already says what the file says." in text_of(browser.get(address))


def test_a_change_meanwhile_is_shown_before_anything_is_done(browser: FlaskClient, owner: User) -> None:
    event = make_event(owner=owner, slug="soil")
    session = make_session(event)
    address = send(browser, "/manage/soil/agenda/import", schedule(talk(), talk("New", id=2))).location
    steps, seen = steps_of(browser.get(address))
    db.session.delete(db.session.get_one(Session, session.id))
    answer = browser.post(address, data={"steps": steps, "seen": seen})
    assert answer.status_code == 409
    assert "Somebody changed the agenda meanwhile" in text_of(answer)
    assert titles() == []


def test_viewers_and_strangers_may_not(sign_in: SignIn, owner: User) -> None:
    event = make_event(owner=owner, slug="soil")
    viewer, stranger = make_user(), make_user()
    make_member(event, viewer, TeamRole.VIEWER)
    assert sign_in(viewer).get("/manage/soil/agenda/import").status_code == 403
    assert sign_in(stranger).get("/manage/soil/agenda/import").status_code == 404


@pytest.mark.parametrize("name", ["../../evil.json", "C:\\temp\\x.json", "\x00.json", "", "ü" * 300, "."])
def test_names_of_files_stay_in_their_folder(app: Flask, name: str) -> None:
    kept = keep(b"x", name, 1)
    assert kept.path.parent.parent == folder()
    assert kept.content == b"x"


def test_what_nobody_confirmed_is_swept_after_a_day(app: Flask) -> None:
    old, new = keep(b"x", "old.json", 1), keep(b"x", "new.json", 1)
    long_ago = now().timestamp() - KEPT_SECONDS - 1
    os.utime(old.path.parent, (long_ago, long_ago))
    sweep_imports()
    assert (old.path.exists(), new.path.exists()) == (False, True)
