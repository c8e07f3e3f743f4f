"""The pages on which a registrar imports who was online."""

from collections.abc import Callable
from datetime import timedelta
from io import BytesIO

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from inser_events.accounts.models import User
from inser_events.attendance.meeting_models import MeetingAttendee, MeetingImport, MeetingStay
from inser_events.attendance.presence import attended_count
from inser_events.database import db
from inser_events.events.models import Event, TeamRole
from inser_events.registration.import_files import folder_of
from inser_events.registration.models import Registration
from tests.attendance.factories import make_published
from tests.attendance.meetings_made import import_stays, people, stay
from tests.checkin.factories import make_registration
from tests.factories import NINE, make_member, make_session, make_user
from tests.queries import count_queries

SignIn = Callable[[User], FlaskClient]
HEAD = "Name (Original Name),User Email,Join Time,Leave Time,Duration (Minutes),Guest\n"
ROW = "{},{},09/15/2025 09:00:00 AM,09/15/2025 10:00:00 AM,60,Yes\n"


@pytest.fixture
def event(app: object) -> Event:
    return make_published(slug="launch", time_zone="Africa/Casablanca")


@pytest.fixture
def registrar(event: Event, sign_in: SignIn) -> FlaskClient:
    user = make_user()
    make_member(event, user, TeamRole.REGISTRAR)
    return sign_in(user)


def report(*persons: tuple[str, str]) -> str:
    return HEAD + "".join(ROW.format(*one) for one in persons)


def send(client: FlaskClient, content: str | bytes, **values: str) -> TestResponse:
    data = {"zone": "Africa/Casablanca", "session_uid": "", "day": "", **values}
    raw = content.encode() if isinstance(content, str) else content
    return client.post("/manage/launch/attendance/import", data={**data, "file": (BytesIO(raw), "zoom.csv")})


def imported(client: FlaskClient, content: str) -> str:
    """The address of a report that counts."""
    address = send(client, content).location
    assert client.post(f"{address}/run").location == address
    return address


def text(answer: TestResponse) -> str:
    return answer.get_data(as_text=True)


def test_a_report_is_looked_at_then_counts(event: Event, registrar: FlaskClient) -> None:
    there = make_registration(event)
    address = send(registrar, report(("Amina", there.email), ("Else", "else@example.org"))).location
    page = text(registrar.get(address))
    assert ("Nothing counts yet." in page, there.name in page, attended_count(event)) == (True, True, 0)
    registrar.post(f"{address}/run")
    page = text(registrar.get(f"{address}?show=matched"))
    assert (there.name in page, "by the address" in page, attended_count(event)) == (True, True, 1)
    assert list(folder_of(registrar.application.extensions["settings"]).glob("*.report")) == []


def test_a_suggestion_is_confirmed_with_one_tap_and_taken_back(event: Event, registrar: FlaskClient) -> None:
    make_registration(event, given_name="Zoë", family_name="Berg")
    address = imported(registrar, report(("Zoe Berg", "")))
    assert "the same name" in text(registrar.get(address))
    number = db.session.query(MeetingAttendee).one().id
    counts = []
    for act in ("confirm", "undo", "aside", "undo"):
        registrar.post(f"{address}/people/{number}", data={"act": act})
        counts.append(attended_count(event))
    assert counts == [1, 0, 0, 0]
    registrar.post(f"{address}/confirm", data={"last": number})
    assert attended_count(event) == 1


def test_somebody_is_found_by_hand_or_registered(event: Event, registrar: FlaskClient) -> None:
    there = make_registration(event, given_name="Zoë", family_name="Berg", search_text="zoe berg")
    address = imported(registrar, report(("zb-laptop", ""), ("Ana Lima", "ana@example.org")))
    first, second = db.session.query(MeetingAttendee).order_by(MeetingAttendee.id)
    found = text(registrar.get(f"{address}/people/{first.id}?q=berg"))
    assert (there.name in found, "This is the person" in found) == (True, True)
    assert "Nobody found" in text(registrar.get(f"{address}/people/{first.id}?q=nobody"))
    registrar.post(f"{address}/people/{first.id}", data={"act": "choose", "person": there.uid})
    registrar.post(f"{address}/people/{second.id}", data={"act": "register"})
    ana = db.session.query(Registration).filter(Registration.email == "ana@example.org").one()
    assert [one.registration_id for one in people(db.session.query(MeetingImport).one())] == [there.id, ana.id]
    again = registrar.post(f"{address}/people/{first.id}", data={"act": "register"}, follow_redirects=True)
    assert "no name and address of this person" in text(again)


def test_the_same_file_is_offered_as_a_replacement_and_refused_otherwise(event: Event, registrar: FlaskClient) -> None:
    content = report(("Amina", "amina@example.org"))
    first = imported(registrar, content)
    again = send(registrar, content).location
    page = text(registrar.get(again))
    assert ("This file was imported before" in page, f'href="{first}"' in page) == (True, True)
    assert registrar.post(f"{again}/run").status_code == 409
    uid = first.rsplit("/", 1)[1]
    assert registrar.post(f"{again}/run", data={"replace": uid}).status_code == 303
    assert (registrar.get(first).status_code, db.session.query(MeetingImport).count()) == (404, 1)


def test_an_import_is_taken_back(event: Event, registrar: FlaskClient) -> None:
    there = make_registration(event)
    address = imported(registrar, report(("Amina", there.email)))
    assert registrar.post(f"{address}/remove").location == "/manage/launch/attendance/import"
    assert (attended_count(event), registrar.get(address).status_code) == (0, 404)


def test_unknown_headings_are_asked_for(event: Event, registrar: FlaskClient) -> None:
    there = make_registration(event)
    address = send(registrar, f"Kuka,Osoite,Kesto\nAmina,{there.email},45\n").location
    page = text(registrar.get(address))
    assert ("Osoite" in page, "Which column holds what" in page) == (True, True)
    wanted = {"heading": ["Kuka", "Osoite", "Kesto"], "field": ["name", "email", "minutes"]}
    registrar.post(f"{address}/columns", data=wanted)
    assert there.name in text(registrar.get(address))
    registrar.post(f"{address}/run")
    assert attended_count(event) == 1


@pytest.mark.parametrize("content", [b"", b"\x00\x01\x02", b"\xff\xfe\xff", HEAD.encode(), b"PK\x03\x04 no workbook"])
def test_what_is_no_report_is_refused_and_nothing_typed_is_lost(
    event: Event, registrar: FlaskClient, content: bytes
) -> None:
    answer = send(registrar, content, zone="Europe/Rome", day="2025-09-15")
    if answer.status_code == 303:  # a table nobody knows: its columns are asked for, and never counted by themselves
        assert registrar.post(f"{answer.location}/run").status_code == 422
    else:
        page = text(answer)
        assert (answer.status_code, 'value="2025-09-15"' in page) == (422, True)
        assert '<option selected value="Europe/Rome">' in page
    assert db.session.query(MeetingAttendee).count() == 0


MEET = "First name,Last name,Email,Duration,Time joined,Time exited\nAmina,Zaid,{},1 hr,9:00 AM,10:00 AM\n"


def stays() -> list[str]:
    return [str(one.joined_at) for one in db.session.query(MeetingStay)]


def test_hours_alone_are_of_the_day_of_the_event(event: Event, registrar: FlaskClient) -> None:
    imported(registrar, MEET.format(make_registration(event).email))
    assert stays() == [f"{event.starts_on} 08:00:00+00:00"]


def test_hours_alone_are_of_the_day_of_the_session(event: Event, registrar: FlaskClient) -> None:
    event.ends_on += timedelta(days=1)
    second = make_session(event, starts_at=NINE + timedelta(days=1))
    address = send(registrar, MEET.format(make_registration(event).email), session_uid=second.uid).location
    registrar.post(f"{address}/run")
    assert stays() == [f"{event.ends_on} 08:00:00+00:00"]


def test_day_is_asked_for_at_an_event_of_several(event: Event, registrar: FlaskClient) -> None:
    event.ends_on += timedelta(days=1)
    answer = send(registrar, MEET.format("amina@example.org"))
    assert (answer.status_code, "Say on which day the meeting was." in text(answer)) == (422, True)
    unknown = send(registrar, "Kuka,Osoite,Saapui\nAmina,amina@example.org,9:00\n").location
    told = {"heading": ["Kuka", "Osoite", "Saapui"], "field": ["name", "email", "joined_at"]}
    registrar.post(f"{unknown}/columns", data=told)
    answer = registrar.get(unknown)
    assert answer.location == "/manage/launch/attendance/import"
    assert "Say on which day the meeting was." in text(registrar.get(answer.location))


def test_no_file_is_asked_for(registrar: FlaskClient) -> None:
    answer = registrar.post("/manage/launch/attendance/import", data={"zone": "Africa/Casablanca", "session_uid": ""})
    assert (answer.status_code, "Choose a file first." in text(answer)) == (422, True)


@pytest.mark.parametrize(("role", "status"), [("registrar", 200), ("owner", 200), ("viewer", 403), ("", 404)])
def test_registrars_import_and_others_do_not(event: Event, sign_in: SignIn, role: str, status: int) -> None:
    meeting, user = import_stays(event, stay("A")), make_user()
    if role:
        make_member(event, user, TeamRole(role))
    client, address = sign_in(user), f"/manage/launch/attendance/import/{meeting.uid}"
    number = people(meeting)[0].id
    reading = [client.get(path).status_code for path in (address, f"{address}/people/{number}", address[:-37])]
    assert reading == [status] * 3
    if status != 200:
        posts = ("/run", "/remove", "/confirm", "/columns", f"/people/{number}")
        assert {client.post(address + path).status_code for path in posts} == {status}


def test_the_people_of_another_event_are_out_of_reach(event: Event, registrar: FlaskClient) -> None:
    mine, other = import_stays(event, stay("A")), import_stays(make_published(), stay("B"))
    address = "/manage/launch/attendance/import"
    number, stranger = people(other)[0].id, make_registration(other.event)
    own = people(mine)[0].id
    assert registrar.get(f"{address}/{other.uid}").status_code == 404
    assert registrar.post(f"{address}/{mine.uid}/people/{number}", data={"act": "aside"}).status_code == 404
    registrar.post(f"{address}/{mine.uid}/people/{own}", data={"act": "choose", "person": stranger.uid})
    assert people(mine)[0].registration_id is None


@pytest.mark.parametrize("show", ["suggested", "matched", "unknown"])
def test_a_longer_list_asks_no_more_of_the_database(event: Event, registrar: FlaskClient, show: str) -> None:
    def asked(number: int) -> int:
        stays = []
        for place in range(number):
            one = make_registration(event, given_name=f"Zoë{number}x", family_name=f"Berg{'abc'[place]}{number}")
            stays += [stay(one.name), stay("?", one.email), stay(f"N{place}")]
        uid = import_stays(event, *stays, content=bytes(number)).uid
        registrar.get(f"/manage/launch/attendance/import/{uid}?show={show}")
        with count_queries() as queries:
            registrar.get(f"/manage/launch/attendance/import/{uid}?show={show}")
        return len(queries)

    assert asked(1) == asked(3)
