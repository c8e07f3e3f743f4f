"""What to look at after trouble, and every scan: found, filtered, settled, kept."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, insert, select

from inser_events.accounts.models import User
from inser_events.audit import AuditEntry
from inser_events.checkin import inbox, inbox_views, queries
from inser_events.checkin.models import ConflictDecision, Scan
from inser_events.clock import now
from inser_events.database import commit, db
from inser_events.events.models import Event, TeamRole
from tests.checkin.factories import Door, at, code_of, make_door, make_registration
from tests.factories import make_event, make_member, make_user
from tests.queries import count_queries

SignIn = Callable[[User], FlaskClient]
INBOX, SETTLE, SCANS = "/manage/launch/door/inbox", "/manage/launch/door/conflicts", "/manage/launch/door/scans"


@pytest.fixture
def owner(app: Flask) -> User:
    return make_user(name="Sara")


@pytest.fixture
def event(owner: User) -> Event:
    return make_event(owner=owner, slug="launch")


@pytest.fixture
def doors(client: FlaskClient, event: Event) -> list[Door]:
    return [make_door(client, event, name) for name in ("East", "West")]


def twice(event: Event, doors: list[Door], *, minutes: int = 3) -> list[dict[str, Any]]:
    """Both doors, alone, let one badge in."""
    code = code_of(make_registration(event, family_name="Twice"))
    scans = [
        door.scan(code, scanned_at=at(place * minutes), offline=True, shown="admitted")
        for place, door in enumerate(doors)
    ]
    for door, scan in zip(doors, scans, strict=True):
        door.results(scan)
    return scans


def against_rules(event: Event, door: Door) -> dict[str, Any]:
    scan = door.scan(
        code_of(make_registration(event, family_name="Waiting", state="waitlisted")), offline=True, shown="admitted"
    )
    door.results(scan)
    return scan


def repeated(event: Event, door: Door) -> dict[str, Any]:
    scan = door.scan(code_of(make_registration(event, family_name="Repeat")))
    door.results(scan)
    door.results({**scan, "ticket": "<i>something else</i>"})
    return scan


def test_all_three_kinds_are_shown_with_who_where_and_how_far_apart(
    sign_in: SignIn, owner: User, event: Event, doors: list[Door]
) -> None:
    twice(event, doors, minutes=7)
    against_rules(event, doors[0])
    repeated(event, doors[1])
    page = sign_in(owner).get(INBOX).get_data(as_text=True)
    shown = [
        "Amina Twice",
        "7 minutes apart",
        "Amina Waiting",
        "Not confirmed",
        "Amina Repeat",
        "West sent the scan of",
    ]
    assert [words for words in shown if words not in page] == []
    assert ["<i>something" in page, "&lt;i&gt;something else" in page] == [False, True]


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("", {"Twice", "Waiting", "Repeat"}),
        ("?kind=twice", {"Twice"}),
        ("?kind=against_rules", {"Waiting"}),
        ("?kind=repeat", {"Repeat"}),
        ("?kind=nonsense&state=nonsense&page=99", {"Twice", "Waiting", "Repeat"}),
        ("?state=settled", set()),
        ("?page=x", {"Twice", "Waiting", "Repeat"}),
    ],
)
def test_the_inbox_is_filtered(
    sign_in: SignIn, owner: User, event: Event, doors: list[Door], query: str, names: set[str]
) -> None:
    twice(event, doors)
    against_rules(event, doors[0])
    repeated(event, doors[0])
    page = sign_in(owner).get(INBOX + query).get_data(as_text=True)
    assert {name for name in ("Twice", "Waiting", "Repeat") if f"Amina {name}" in page} == names


def test_nothing_is_left_out_however_much_there_is(
    sign_in: SignIn, owner: User, event: Event, doors: list[Door]
) -> None:
    against_rules(event, doors[0])
    scan = db.session.scalars(select(Scan)).one()
    same = {column.key: getattr(scan, column.key) for column in Scan.__table__.columns}
    times = [scan.scanned_at + timedelta(minutes=number) for number in range(1, 521)]
    db.session.execute(insert(Scan), [same | {"id": str(uuid4()), "scanned_at": time} for time in times])
    assert inbox.counts(inbox.sightings(event)) == {"open": 521, "settled": 0, "all": 521}
    last = sign_in(owner).get(f"{INBOX}?page=18").get_data(as_text=True)
    assert (last.count('data-kind="against_rules"'), scan.id in last) == (11, True)


@pytest.mark.parametrize("kind", ["twice", "against_rules", "repeat"])
def test_each_kind_is_settled_with_a_note_and_opened_again(
    sign_in: SignIn, owner: User, event: Event, doors: list[Door], kind: str
) -> None:
    makers: dict[str, Callable[[], Any]] = {
        "twice": lambda: twice(event, doors),
        "against_rules": lambda: against_rules(event, doors[0]),
        "repeat": lambda: repeated(event, doors[0]),
    }
    makers[kind]()
    (matter,) = inbox.matters(event, inbox.sightings(event))
    first, second = matter.key
    browser, form = sign_in(owner), {"first": first, "second": second}
    kept = browser.post(f"{SETTLE}?state=open&kind={kind}", data={**form, "decision": "ignored", "note": "A cousin."})
    assert kept.location == f"{INBOX}?state=open&kind={kind}"
    (matter,) = inbox.matters(event, inbox.sightings(event))
    assert matter.decision is not None
    assert (matter.decision.decision, matter.decision.note) == ("ignored", "A cousin.")
    assert "A cousin." in browser.get(f"{INBOX}?state=settled").get_data(as_text=True)
    browser.post(SETTLE, data={**form, "decision": "open"})
    (matter,) = inbox.matters(event, inbox.sightings(event))
    assert matter.decision is None
    acts = db.session.scalars(select(AuditEntry.action).where(AuditEntry.action == "settle conflict")).all()
    assert len(acts) == 2


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"first": str(uuid4())}, 404),
        ({"second": "repeat 1"}, 404),
        ({"decision": "deleted"}, 404),
        ({"decision": ""}, 404),
        ({"first": "no uuid"}, 303),
        ({"note": "n" * 301}, 303),
    ],
)
def test_what_is_not_there_is_not_settled(
    sign_in: SignIn, owner: User, event: Event, doors: list[Door], change: dict[str, str], status: int
) -> None:
    first, second = twice(event, doors)
    form = {"first": first["id"], "second": second["id"], "decision": "resolved", **change}
    assert sign_in(owner).post(SETTLE, data=form).status_code == status
    assert db.session.scalar(select(func.count()).select_from(ConflictDecision)) == 0


@pytest.mark.parametrize(
    ("role", "seen", "settled"), [("door", 200, 403), ("viewer", 403, 403), ("registrar", 200, 303)]
)
def test_door_staff_look_and_registrars_settle(
    sign_in: SignIn, event: Event, doors: list[Door], role: str, seen: int, settled: int
) -> None:
    first, second = twice(event, doors)
    user = make_user()
    make_member(event, user, TeamRole(role))
    browser = sign_in(user)
    assert [browser.get(path).status_code for path in (INBOX, SCANS)] == [seen, seen]
    form = {"first": first["id"], "second": second["id"], "decision": "resolved"}
    assert browser.post(SETTLE, data=form).status_code == settled


def test_strangers_find_neither_inbox_nor_scans(sign_in: SignIn, event: Event) -> None:
    stranger = sign_in(make_user())
    assert [stranger.get(path).status_code for path in (INBOX, SCANS)] == [404, 404]


def test_the_inbox_asks_the_same_of_the_database_for_three_as_for_one(
    sign_in: SignIn, owner: User, event: Event, doors: list[Door]
) -> None:
    browser, needed = sign_in(owner), []
    for times in (1, 2):
        for _ in range(times):
            twice(event, doors)
            against_rules(event, doors[0])
            repeated(event, doors[0])
        with count_queries() as statements:
            browser.get(INBOX)
        needed.append(len(statements))
    assert needed[0] == needed[1]


@pytest.fixture
def read(event: Event, doors: list[Door]) -> list[str]:
    """Four scans: welcome, online only, unknown, one at the other door."""
    known = make_registration(event, family_name="Élodie", search_text="amina elodie guest")
    online = make_registration(event, family_name="Online", mode="online", search_text="amina online guest")
    west = make_registration(event, family_name="Farouk", search_text="amina farouk guest")
    texts = [code_of(known), code_of(online), "HTTPS://EXAMPLE.ORG/NOT-OURS"]
    doors[0].results(*(doors[0].scan(text) for text in texts))
    doors[1].results(doors[1].scan(code_of(west)))
    return ["Élodie", "Online", "NOT-OURS", "Farouk"]


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("", [0, 1, 2, 3]),
        ("outcome=refused", [1, 2]),
        ("outcome=unknown_ticket", [2]),
        ("outcome=nonsense", [0, 1, 2, 3]),
        ("q=elodie", [0]),
        ("q=not-ours", [2]),
        ("q=100%25", []),
        ("q=%00", [0, 1, 2, 3]),
        ("before=yesterday", [0, 1, 2, 3]),
        ("before=2001-01-01T00:00:00%20x", []),
        ("door=elsewhere", []),
    ],
)
def test_scans_are_filtered(sign_in: SignIn, owner: User, read: list[str], query: str, shown: list[int]) -> None:
    answer = sign_in(owner).get(f"{SCANS}?{query}")
    if answer.status_code == 400:
        assert query == "q=%00"
        return
    page = answer.get_data(as_text=True)
    results = page.partition("<tbody")[2]
    assert [place for place, words in enumerate(read) if words in results] == shown


def test_scans_of_one_device(sign_in: SignIn, owner: User, doors: list[Door], read: list[str]) -> None:
    page = sign_in(owner).get(f"{SCANS}?device={doors[1].device.uid}").get_data(as_text=True)
    assert [words in page.partition("<tbody")[2] for words in read] == [False, False, False, True]


def test_scans_are_paged_without_losing_any_of_one_upload(
    sign_in: SignIn, owner: User, event: Event, doors: list[Door], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inbox_views, "SCANS", 4)
    doors[0].results(*(doors[0].scan(f"CODE-{n:02}") for n in range(10)))
    browser, address, seen = sign_in(owner), SCANS, []
    for _ in range(3):
        page = browser.get(address).get_data(as_text=True)
        seen += [n for n in range(10) if f"CODE-{n:02}" in page]
        if "Older scans" in page:
            address = SCANS + page.partition('href="?before=')[2].partition('"')[0].join(["?before=", ""])
    assert sorted(seen) == list(range(10))
    assert "Older scans" not in page


def test_scans_are_found_by_their_place_in_time(app: Flask, event: Event, doors: list[Door]) -> None:
    doors[0].results(doors[0].scan("one"))
    commit()
    (scan,) = db.session.scalars(select(Scan))
    assert len(queries.scans_of(event, queries.Chosen(before=(scan.received_at + timedelta(seconds=1), "")))) == 1
    assert queries.scans_of(event, queries.Chosen(before=(scan.received_at, scan.id))) == []
    assert len(queries.scans_of(event, queries.Chosen(before=(now() + timedelta(days=1), "")))) == 1
