"""Pages of the door: who may open them, what a badge tells strangers, pairing, the board."""

import json
from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from inser_events.accounts.models import User
from inser_events.checkin.models import Checkpoint, ConflictDecision, Device, Scan
from inser_events.clock import now
from inser_events.database import db
from inser_events.events.models import Event, TeamRole
from tests.checkin.factories import at, code_of, make_door, make_registration
from tests.factories import make_event, make_member, make_user
from tests.queries import count_queries

SignIn = Callable[[User], FlaskClient]


@pytest.fixture
def owner(app: Flask) -> User:
    return make_user(name="Sara")


@pytest.fixture
def event(owner: User) -> Event:
    return make_event(owner=owner, slug="launch")


@pytest.mark.parametrize("path", ["/B", "/b"])
def test_a_badge_tells_strangers_nothing(client: FlaskClient, event: Event, path: str) -> None:
    guest = make_registration(event)
    codes = [code_of(guest), code_of(guest).lower(), "CBDEF" * 6, "x", "%00%ff", "a/b/c", "C" * 2_000]
    answers = [client.get(f"{path}/{code}") for code in codes]
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.get_data() for answer in answers}) == 1
    assert [answer.headers.get("Set-Cookie") for answer in answers] == [None] * len(codes)


def test_a_badge_of_another_event_tells_staff_nothing(client: FlaskClient, sign_in: SignIn, owner: User) -> None:
    guest = make_registration(make_event())
    make_event(owner=owner)
    seen = sign_in(owner).get(f"/B/{code_of(guest)}")
    assert (seen.status_code, "Amina" in seen.get_data(as_text=True)) == (200, False)
    assert sign_in(owner).get(f"/scan/check/{code_of(guest)}").status_code == 404


def test_a_badge_leads_staff_to_the_check_in_and_scans_nothing_by_itself(
    sign_in: SignIn, owner: User, event: Event
) -> None:
    guest = make_registration(event, family_name="Ghaouti")
    make_door(sign_in(owner), event)
    browser = sign_in(owner)
    page = browser.get(f"/B/{code_of(guest)}", follow_redirects=True)
    assert page.request.path == f"/scan/check/{code_of(guest)}"
    assert "Ghaouti" in page.get_data(as_text=True)
    assert db.session.scalar(select(func.count()).select_from(Scan)) == 0


def test_a_double_click_on_comes_in_is_one_scan(sign_in: SignIn, owner: User, event: Event) -> None:
    guest = make_registration(event)
    door = make_door(sign_in(owner), event)
    browser, path = sign_in(owner), f"/scan/check/{code_of(guest)}"
    form = {"scan": str(uuid4()), "door": door.checkpoint, "direction": "in"}
    pages = [browser.post(path, data=form, follow_redirects=True).get_data(as_text=True) for _ in range(2)]
    assert ["Welcome" in page for page in pages] == [True, True]
    assert [scan.outcome for scan in db.session.scalars(select(Scan))] == ["admitted"]


def test_the_scanner_asks_to_sign_in(client: FlaskClient) -> None:
    answer = client.get("/scan")
    assert (answer.status_code, answer.location) == (302, "/login?next=/scan")


def test_the_shell_of_the_scanner_holds_no_data_and_sets_no_cookie(client: FlaskClient, event: Event) -> None:
    make_registration(event)
    shell = client.get("/scan/door")
    assert (shell.status_code, shell.headers.get("Set-Cookie")) == (200, None)
    assert "Amina" not in shell.get_data(as_text=True)
    assert "wasm-unsafe-eval" in shell.headers["Content-Security-Policy"]


def test_the_service_worker_may_serve_the_scanner_and_keeps_files_that_exist(client: FlaskClient) -> None:
    worker = client.get("/scan/sw.js")
    assert worker.headers["Service-Worker-Allowed"] == "/scan"
    addresses = worker.get_data(as_text=True).split("SHELL = ")[1].split(";\n")[0]
    for address in json.loads(addresses):
        with client.get(address) as kept:
            assert (address, kept.status_code) == (address, 200)


def test_pairing_a_browser_hands_the_token_over_in_the_fragment(sign_in: SignIn, owner: User, event: Event) -> None:
    browser = sign_in(owner)
    answer = browser.post("/scan/pair", data={"event": "launch", "door": "", "name": "Sara’s phone"})
    path, fragment = answer.location.split("#")
    given = dict(part.split("=") for part in fragment.split("&"))
    checkpoint = db.session.scalar(select(Checkpoint).where(Checkpoint.event_id == event.id))
    assert checkpoint is not None
    assert (answer.status_code, path, given["door"]) == (303, "/scan/door", checkpoint.uid)
    headers = {"Authorization": f"Bearer {given['pair']}"}
    assert browser.get("/api/v1/checkin/snapshot", headers=headers).status_code == 200


@pytest.mark.parametrize(
    ("role", "choice", "pairing"), [("door", 200, 303), ("registrar", 200, 303), ("viewer", 200, 404), (None, 200, 404)]
)
def test_only_who_may_scan_an_event_pairs_for_it(
    sign_in: SignIn, event: Event, role: str | None, choice: int, pairing: int
) -> None:
    user = make_user()
    if role:
        make_member(event, user, TeamRole(role))
    browser = sign_in(user)
    page = browser.get("/scan")
    assert (page.status_code, "INSER launch" in page.get_data(as_text=True)) == (choice, pairing == 303)
    answer = browser.post("/scan/pair", data={"event": "launch", "door": "", "name": "Phone"})
    assert answer.status_code == pairing


def test_events_that_are_over_wait_folded_below_those_to_come(sign_in: SignIn, owner: User, event: Event) -> None:
    today = now().date()
    event.starts_on = event.ends_on = today - timedelta(days=30)
    coming = make_event(slug="next", owner=owner)
    coming.starts_on = coming.ends_on = today + timedelta(days=2)
    db.session.commit()
    page = sign_in(owner).get("/scan").get_data(as_text=True)
    before, _summary, folded = page.partition("<summary>Past events</summary>")
    assert [f'value="{slug}"' in before for slug in ("next", "launch")] == [True, False]
    assert ['value="launch"' in folded, "<details>" in before] == [True, True]


def test_where_every_event_is_over_they_are_unfolded(sign_in: SignIn, owner: User, event: Event) -> None:
    event.starts_on = event.ends_on = now().date() - timedelta(days=30)
    db.session.commit()
    page = sign_in(owner).get("/scan").get_data(as_text=True)
    assert ["<details open>" in page, "No event to scan for" in page] == [True, False]


@pytest.mark.parametrize(
    ("role", "board", "doors"), [("door", 200, 403), ("registrar", 200, 200), ("viewer", 403, 403)]
)
def test_the_board_is_for_the_door_and_its_settings_for_registrars(
    sign_in: SignIn, event: Event, role: str, board: int, doors: int
) -> None:
    user = make_user()
    make_member(event, user, TeamRole(role))
    browser = sign_in(user)
    paths = ["/manage/launch/door", "/manage/launch/door/checkpoints"]
    assert [browser.get(path).status_code for path in paths] == [board, doors]


def test_the_board_is_not_there_for_strangers(sign_in: SignIn, event: Event) -> None:
    assert sign_in(make_user()).get("/manage/launch/door").status_code == 404


def test_the_board_shows_failed_scans_too(sign_in: SignIn, owner: User, event: Event) -> None:
    browser = sign_in(owner)
    door = make_door(browser, event)
    online = make_registration(event, mode="online", family_name="Online")
    door.results(door.scan(code_of(online)), door.scan("<b>no badge</b>"))
    page = browser.get("/manage/launch/door").get_data(as_text=True)
    assert ["Amina Online" in page, "Online only" in page, "&lt;b&gt;no badge&lt;/b&gt;" in page] == [True] * 3


def test_the_board_asks_the_same_of_the_database_for_three_rows_as_for_one(
    sign_in: SignIn, owner: User, event: Event
) -> None:
    browser = sign_in(owner)
    doors = [make_door(browser, event, name) for name in ("East", "West")]
    needed = []
    for count in (1, 3):
        for _ in range(count):
            code = code_of(make_registration(event))
            for n, door in enumerate(doors):
                door.results(door.scan(code, scanned_at=at(n), offline=True))
        with count_queries() as statements:
            assert browser.get("/manage/launch/door").status_code == 200
        needed.append(len(statements))
    assert needed[0] == needed[1]


def test_a_conflict_is_settled(sign_in: SignIn, owner: User, event: Event) -> None:
    browser = sign_in(owner)
    code = code_of(make_registration(event))
    scans = []
    for n, door in enumerate(make_door(browser, event, name) for name in ("East", "West")):
        scans.append(door.scan(code, scanned_at=at(n), offline=True))
        door.results(scans[-1])
    first, second = scans
    assert "1 thing to look at" in browser.get("/manage/launch/door").get_data(as_text=True)
    assert "1 minute apart" in browser.get("/manage/launch/door/inbox").get_data(as_text=True)
    form = {"first": first["id"], "second": second["id"], "decision": "resolved", "note": " Sent\nback in "}
    assert browser.post("/manage/launch/door/conflicts", data=form).status_code == 303
    (decision,) = db.session.scalars(select(ConflictDecision))
    assert (decision.decision, decision.decided_by, decision.note) == ("resolved", owner.email, "Sent back in")
    assert "thing to look at" not in browser.get("/manage/launch/door").get_data(as_text=True)
    settled = browser.get("/manage/launch/door/inbox?state=settled").get_data(as_text=True)
    assert ["Sent back in" in settled, owner.email in settled] == [True, True]
    browser.post("/manage/launch/door/conflicts", data={**form, "decision": "open"})
    assert db.session.scalar(select(func.count()).select_from(ConflictDecision)) == 0


def test_a_phone_is_paired_by_a_code_and_signed_off(sign_in: SignIn, owner: User, event: Event) -> None:
    browser = sign_in(owner)
    page = browser.post("/manage/launch/door/devices", data={"name": "North gate", "door": ""})
    assert ("<svg" in page.get_data(as_text=True), page.status_code) == (True, 200)
    (device,) = db.session.scalars(select(Device))
    browser.post(f"/manage/launch/door/devices/{device.uid}/revoke")
    db.session.refresh(device)
    assert device.revoked_at is not None


def test_another_events_device_cannot_be_signed_off(sign_in: SignIn, owner: User, event: Event) -> None:
    elsewhere = make_door(sign_in(owner), make_event())
    answer = sign_in(owner).post(f"/manage/launch/door/devices/{elsewhere.device.uid}/revoke")
    assert answer.status_code == 404


def test_a_door_is_added_changed_and_removed(sign_in: SignIn, owner: User, event: Event) -> None:
    browser = sign_in(owner)
    form = {
        "name": "Hall A", "kind": "room", "direction": "in", "modes": ["in_person", "online"],
        "categories": ["speaker"], "opens_at": "2025-09-15T09:00", "override": "y",
    }  # fmt: skip
    assert browser.post("/manage/launch/door/checkpoints", data=form).status_code == 303
    door = db.session.scalars(select(Checkpoint).order_by(Checkpoint.id.desc())).first()
    assert door is not None
    assert (door.name, door.direction) == ({"en": "Hall A"}, "in")
    assert door.rules == {
        "modes": ["in_person", "online"], "categories": ["speaker"], "opens_at": "2025-09-15T08:00:00Z",
        "override": True,
    }  # fmt: skip
    path = f"/manage/launch/door/checkpoints/{door.uid}"
    assert 'value="2025-09-15T09:00' in browser.get(path).get_data(as_text=True)
    changed = {"name": "Hall B", "kind": "room", "direction": "in", "modes": ["in_person"], "opens_at": ""}
    assert browser.post(path, data=changed).status_code == 303
    db.session.refresh(door)
    assert (door.name, door.rules) == ({"en": "Hall B"}, {})
    browser.post(f"{path}/remove")
    assert db.session.scalar(select(func.count()).select_from(Checkpoint)) == 1


def test_a_door_needs_a_name(sign_in: SignIn, owner: User, event: Event) -> None:
    answer = sign_in(owner).post(
        "/manage/launch/door/checkpoints", data={"name": " ", "kind": "room", "direction": "in"}
    )
    assert answer.status_code == 422
