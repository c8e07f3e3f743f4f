"""The self-service kiosk: who gets a badge, once, and what an unattended machine may know."""

from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
import zxingcpp
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import select, update

from inser_events.accounts.models import User
from inser_events.agenda.publishing import publish_agenda
from inser_events.badges.models import BadgePrint
from inser_events.checkin import kiosk as kiosks
from inser_events.checkin.kiosk_models import Kiosk
from inser_events.clock import now
from inser_events.database import commit, db
from inser_events.events.models import Event, TeamRole
from inser_events.registration.models import Registration, State
from inser_events.registration.operations import reissue_ticket
from tests.badges.conftest import SignIn
from tests.checkin.factories import code_of, make_registration
from tests.factories import make_event, make_member, make_session, make_user


@pytest.fixture
def event(app: Flask) -> Event:
    event = make_event(owner=make_user("owner@example.org"), slug="launch")
    make_session(event)
    publish_agenda(event, at=now())
    return event


@pytest.fixture
def guest(event: Event) -> Registration:
    return make_registration(event, family_name="Benali", organisation="INRA Maroc")


@pytest.fixture
def kiosk(event: Event, guest: Registration, client: FlaskClient) -> FlaskClient:
    """A machine that was made a kiosk."""
    _kiosk, token = kiosks.open_kiosk(event, None, "East kiosk", "a6")
    commit()
    answer = client.post("/kiosk/pair", data={"token": token})
    assert (answer.status_code, answer.location) == (303, "/kiosk")
    return client


def asked(kiosk: FlaskClient, code: str, act: str = "scan") -> Any:
    return kiosk.post(f"/kiosk/{act}", data={"code": code}).get_json()


def test_code_of_the_mail_shows_whose_it_is(kiosk: FlaskClient, guest: Registration) -> None:
    found = asked(kiosk, f"HTTPS://EVENTS.EXAMPLE.ORG/B/{code_of(guest)}")
    assert found == {"state": "ready", "name": "Amina Benali", "about": "INRA Maroc · Participant"}


def test_badge_is_printed_once_and_counts(kiosk: FlaskClient, guest: Registration) -> None:
    answer = kiosk.post("/kiosk/print", data={"code": code_of(guest)})
    with Image.open(BytesIO(answer.data)) as sheet:
        [found] = zxingcpp.read_barcodes(sheet)
        assert (found.text.endswith(code_of(guest)), sheet.size) == (True, (1654, 2332))
    assert [asked(kiosk, code_of(guest), act)["state"] for act in ("scan", "print")] == ["refused", "refused"]
    assert "Please ask the staff" in asked(kiosk, code_of(guest))["message"]
    assert [(one.actor, one.registration_id) for one in db.session.scalars(select(BadgePrint))] == [
        ("East kiosk", guest.id)
    ]
    assert db.session.scalars(select(Kiosk.printed)).one() == 1


@pytest.mark.parametrize(
    ("state", "words"),
    [(State.CANCELLED, "was cancelled"), (State.PENDING, "not confirmed yet"), (State.WAITLISTED, "not confirmed yet")],
)
def test_who_has_no_place_is_sent_to_the_desk(kiosk: FlaskClient, guest: Registration, state: str, words: str) -> None:
    db.session.execute(update(Registration).values(state=state))
    commit()
    found = asked(kiosk, code_of(guest), "print")
    assert (found["state"], words in found["message"], "at the desk" in found["message"]) == ("refused", True, True)


def test_old_code_is_named_as_such(kiosk: FlaskClient, guest: Registration) -> None:
    old = code_of(guest)
    reissue_ticket(db.session.get_one(Registration, guest.id), at=now())
    commit()
    assert "This is an old code." in asked(kiosk, old)["message"]


@pytest.mark.parametrize("code", ["", "x", "C" * 30, "é" * 5000, "HTTPS://EVIL.EXAMPLE/B/" + "T" * 30])
def test_any_other_code_is_refused_kindly(kiosk: FlaskClient, code: str) -> None:
    assert asked(kiosk, code) == {
        "state": "refused",
        "message": "This is not a ticket of this event. Look for the code in the mail you got from us.",
    }


def test_ticket_of_another_event_is_none_of_this(kiosk: FlaskClient) -> None:
    stranger = make_registration(make_event())
    commit()
    assert "not a ticket of this event" in asked(kiosk, code_of(stranger))["message"]


def test_kiosk_that_was_closed_prints_no_more(kiosk: FlaskClient, guest: Registration, event: Event) -> None:
    kiosks.close_kiosk(db.session.scalars(select(Kiosk)).one())
    commit()
    assert kiosk.post("/kiosk/print", data={"code": code_of(guest)}).status_code == 401
    assert "Not paired" in kiosk.get("/kiosk").get_data(as_text=True)


def test_pairing_runs_out(kiosk: FlaskClient, guest: Registration) -> None:
    db.session.execute(update(Kiosk).values(expires_at=now() - timedelta(minutes=1)))
    commit()
    assert kiosk.post("/kiosk/scan", data={"code": code_of(guest)}).status_code == 401


@pytest.mark.parametrize("token", ["", "x", "é"])
def test_stranger_is_no_kiosk(event: Event, guest: Registration, client: FlaskClient, token: str) -> None:
    commit()
    assert client.post("/kiosk/pair", data={"token": token}).status_code == 401
    assert client.post("/kiosk/scan", data={"code": code_of(guest)}).status_code == 401
    assert "INSER launch" not in client.get("/kiosk").get_data(as_text=True)


def test_other_site_cannot_make_a_kiosk_print(kiosk: FlaskClient, guest: Registration) -> None:
    headers = {"Sec-Fetch-Site": "cross-site"}
    assert kiosk.post("/kiosk/print", data={"code": code_of(guest)}, headers=headers).status_code == 403


def test_token_is_out_of_reach_of_scripts(event: Event, client: FlaskClient) -> None:
    _kiosk, token = kiosks.open_kiosk(event, None, "East kiosk", "a6")
    commit()
    cookie = client.post("/kiosk/pair", data={"token": token}).headers["Set-Cookie"]
    assert [part in cookie for part in ("HttpOnly", "SameSite=Strict", "Path=/kiosk")] == [True] * 3


def test_kiosk_signs_the_organiser_out(event: Event, sign_in: SignIn) -> None:
    owner = db.session.scalars(select(User)).first()
    assert owner is not None
    browser = sign_in(owner)
    browser.post("/manage/launch/kiosks", data={"name": "Here", "layout": "a6"})
    page = browser.post("/manage/launch/kiosks", data={"name": "Here", "layout": "a6"}).get_data(as_text=True)
    token = page.partition("/kiosk#")[2].partition('"')[0]
    browser.post("/kiosk/pair", data={"token": token})
    assert browser.get("/manage/launch/kiosks").status_code == 302


def test_paper_has_the_size_of_the_layout(event: Event, client: FlaskClient) -> None:
    _kiosk, token = kiosks.open_kiosk(event, None, "East kiosk", "roll-62x100")
    commit()
    client.post("/kiosk/pair", data={"token": token})
    assert "@page{size:62mm 100mm;margin:0}" in client.get("/kiosk/paper.css").get_data(as_text=True)


def test_kiosk_needs_a_name(event: Event, sign_in: SignIn) -> None:
    owner = db.session.scalars(select(User)).first()
    assert owner is not None
    answer = sign_in(owner).post("/manage/launch/kiosks", data={"name": " ", "layout": "a6"})
    assert (answer.status_code, db.session.scalars(select(Kiosk)).all()) == (422, [])


def test_only_registrars_open_kiosks(event: Event, sign_in: SignIn) -> None:
    colleague, stranger = make_user(), make_user()
    make_member(event, colleague, TeamRole.DOOR)
    commit()
    answers = [sign_in(user).get("/manage/launch/kiosks").status_code for user in (colleague, stranger)]
    assert answers == [403, 404]


def test_kiosk_speaks_the_visitors_language(kiosk: FlaskClient) -> None:
    assert '<html lang="ar" dir="rtl">' in kiosk.get("/kiosk?lang=ar").get_data(as_text=True)
