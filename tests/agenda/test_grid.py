"""The draft as a grid: what the page is given, and what a drag does."""

import json
import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from html import unescape
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from inser_events.accounts.models import User
from inser_events.agenda.conflicts import conflicts_of
from inser_events.agenda.grid import days_of, grid_of, typed_start
from inser_events.agenda.operations import withdraw_session
from inser_events.agenda.queries import draft_sessions
from inser_events.audit import AuditEntry
from inser_events.clock import now
from inser_events.database import db
from inser_events.events.models import Event, Room, TeamRole
from tests.agenda.desk import HOME, text
from tests.factories import LAUNCH_DAY, NINE, make_event, make_member, make_person, make_session, make_slot, make_user
from tests.queries import count_queries

SignIn = Callable[[User], FlaskClient]
HOUR = timedelta(hours=1)


def grid(event: Event) -> dict[str, Any]:
    sessions = draft_sessions(event)
    return grid_of(event, sessions, conflicts_of(event, sessions))


@pytest.fixture
def request_context(app: Flask) -> Any:
    """A page in English."""
    with app.test_request_context():
        yield


def test_entries_stand_on_the_events_clock(app: Flask, request_context: None) -> None:
    event = make_event()
    session = make_session(event, starts_at=datetime(2026, 2, 20, 9, 0, tzinfo=UTC), minutes=90)  # Ramadan: +00
    make_slot(session, person=make_person("Li"))
    [entry] = grid(event)["entries"]
    told = {key: entry[key] for key in ("start", "minutes", "room", "title", "people", "version", "marks")}
    assert told == {
        "start": "2026-02-20T09:00",
        "minutes": 90,
        "room": event.rooms[0].uid,
        "title": "Opening",
        "people": "Lifeng Li",
        "version": 1,
        "marks": ["“Opening” is on Fri 20 Feb, outside the days of the event."],
    }


def test_what_is_withdrawn_is_not_shown(app: Flask, request_context: None) -> None:
    event = make_event()
    withdraw_session(make_session(event), at=now())
    assert grid(event)["entries"] == []


def test_there_is_a_column_for_no_room_only_when_something_is_in_it(app: Flask, request_context: None) -> None:
    event = make_event()
    make_session(event)
    assert [room["title"] for room in grid(event)["rooms"]] == ["Plenary hall"]
    make_session(event, room=None, starts_at=NINE + HOUR)
    assert [room["title"] for room in grid(event)["rooms"]] == ["No room", "Plenary hall"]


@pytest.mark.parametrize(
    ("start", "minutes", "hours"),
    [(9, 60, (8, 18)), (7, 60, (6, 18)), (0, 30, (0, 18)), (17, 90, (8, 20)), (22, 180, (8, 24)), (22, 120, (8, 24))],
)
def test_a_day_is_as_long_as_what_takes_place(
    app: Flask, request_context: None, start: int, minutes: int, hours: tuple[int, int]
) -> None:
    event = make_event()
    make_session(event, starts_at=NINE + (start - 9) * HOUR, minutes=minutes)
    shown = grid(event)
    assert (shown["first"], shown["last"]) == hours


def test_clashes_are_marked_on_both_entries(app: Flask, request_context: None) -> None:
    event = make_event()
    make_session(event)
    make_session(event, title={"en": "Goals"})
    make_session(event, title={"en": "Closing"}, starts_at=NINE + 5 * HOUR)
    assert [(entry["title"], entry["severity"]) for entry in grid(event)["entries"]] == [
        ("Opening", "bad"),
        ("Goals", "bad"),
        ("Closing", ""),
    ]


def test_one_day_needs_no_choice(app: Flask, request_context: None) -> None:
    assert days_of(make_event(), [], "") == [("2025-09-15", "Mon 15 Sept", True)]


def test_all_days_are_shown_together_while_their_rooms_fit(app: Flask, request_context: None) -> None:
    event = make_event(ends_on=LAUNCH_DAY + timedelta(days=1))
    assert [day.key for day in days_of(event, [], "") if day.here] == ["all"]
    assert [day.key for day in days_of(event, [], "2025-09-16") if day.here] == ["2025-09-16"]
    event.rooms += [Room(name={"en": str(number)}, position=number) for number in range(1, 5)]
    assert [day.key for day in days_of(event, [], "nonsense") if day.here] == ["2025-09-15"]


def test_days_far_apart_are_shown_one_by_one(app: Flask, request_context: None) -> None:
    event = make_event()
    far = make_session(event, starts_at=NINE + timedelta(days=30))
    assert [day.key for day in days_of(event, [far], "all")] == ["2025-09-15", "2025-10-15"]


@pytest.mark.parametrize(
    "wrong", [None, 5, "", "soon", "2025-13-01T09:00", "2025-09-15T09:00Z", "2025-09-15T09:00+02:00"]
)
def test_a_start_that_is_none(wrong: object) -> None:
    assert typed_start(wrong) is None


def test_a_start_is_read_to_the_minute() -> None:
    assert typed_start("2025-09-15T09:05:30") == (date(2025, 9, 15), time(9, 5))


def move(browser: FlaskClient, uid: str, **sent: Any) -> tuple[int, dict[str, Any]]:
    answer = browser.post(f"{HOME}/sessions/{uid}/move", json=sent)
    return answer.status_code, answer.get_json()


def test_a_move_is_stored_told_and_can_be_undone(owner: FlaskClient, draft: Event) -> None:
    draft.rooms.append(Room(name={"en": "Foyer"}, position=1, uid="foyer"))
    session = make_session(draft)
    other = "foyer"
    status, told = move(owner, session.uid, start="2025-09-15T10:30", minutes=45, room=other, version=1)
    assert (status, told["said"]) == (200, "Moved “Opening” to 10:30–11:15, Foyer.")
    stored = (session.starts_at, session.minutes, session.room, session.version)
    assert stored == (NINE + 1.5 * HOUR, 45, draft.rooms[1], 2)
    assert told["grid"]["entries"][0]["version"] == 2
    assert told["live"].count("<span>Undo: moved “Opening” to 10:30–11:15, Foyer</span>") == 1
    entry = db.session.query(AuditEntry).filter_by(action="move session").one()
    assert (entry.before["room"], entry.after["room"], entry.actor) == (
        {"en": "Plenary hall"},
        {"en": "Foyer"},
        "owner@example.org",
    )


def test_a_move_out_of_every_room(owner: FlaskClient, draft: Event) -> None:
    session = make_session(draft)
    status, _told = move(owner, session.uid, start="2025-09-15T09:00", minutes=60, room="", version=1)
    assert (status, session.room) == (200, None)


def test_the_answer_says_what_clashes_now(owner: FlaskClient, draft: Event) -> None:
    make_session(draft)
    session = make_session(draft, title={"en": "Goals"}, starts_at=NINE + HOUR)
    room = draft.rooms[0].uid
    _status, told = move(owner, session.uid, start="2025-09-15T09:30", minutes=60, room=room, version=1)
    assert told["live"].count("Plenary hall is taken twice: “Opening” and “Goals” overlap.") == 1


def test_a_stale_move_changes_nothing_and_tells_what_the_other_did(
    owner: FlaskClient, draft: Event, sign_in: SignIn
) -> None:
    session, room = make_session(draft), draft.rooms[0].uid
    colleague = make_user("amina@example.org", name="Amina")
    make_member(draft, colleague, TeamRole.EDITOR)
    move(sign_in(colleague), session.uid, start="2025-09-15T14:00", minutes=60, room=room, version=1)
    status, told = move(owner, session.uid, start="2025-09-15T11:00", minutes=60, room=room, version=1)
    words = "“Opening” was not moved: Amina changed it meanwhile. It is now at 14:00–15:00, Plenary hall."
    assert (status, told["said"], session.starts_at) == (409, words, NINE + 5 * HOUR)
    assert told["grid"]["entries"][0]["start"] == "2025-09-15T14:00"


@pytest.mark.parametrize(
    "wrong",
    [
        {"start": "soon"},
        {"start": None},
        {"room": "elsewhere"},
        {"room": None},
        {"minutes": "60"},
        {"minutes": None},
        {"minutes": True},
        {"version": "1"},
    ],
)
def test_a_move_that_makes_no_sense_is_refused(owner: FlaskClient, draft: Event, wrong: dict[str, Any]) -> None:
    session = make_session(draft)
    sent = {"start": "2025-09-15T11:00", "minutes": 60, "room": "", "version": 1, **wrong}
    status, told = move(owner, session.uid, **sent)
    words = "That place is not in the grid any more. Here is the agenda as it is now."
    assert (status, told["said"], session.starts_at) == (422, words, NINE)


@pytest.mark.parametrize("body", ["", "null", "[]", "{", '"text"'])
def test_a_body_that_is_no_object_is_refused(owner: FlaskClient, draft: Event, body: str) -> None:
    session = make_session(draft)
    answer = owner.post(f"{HOME}/sessions/{session.uid}/move", data=body, content_type="application/json")
    assert answer.status_code == 422


@pytest.mark.parametrize("minutes", [0, -5, 1441])
def test_a_length_that_nothing_can_have_is_refused(owner: FlaskClient, draft: Event, minutes: int) -> None:
    session = make_session(draft)
    status, told = move(owner, session.uid, start="2025-09-15T09:00", minutes=minutes, room="", version=1)
    words = "“Opening” was not moved. Enter a length between 1 and 1440 minutes."
    assert (status, told["said"], session.minutes) == (422, words, 60)


def test_a_time_that_the_clocks_skip_is_refused(owner: FlaskClient, draft: Event) -> None:
    draft.time_zone, draft.starts_on, draft.ends_on = "Europe/Rome", date(2026, 3, 29), date(2026, 3, 29)
    session = make_session(draft, starts_at=datetime(2026, 3, 29, 8, 0, tzinfo=UTC))
    status, told = move(owner, session.uid, start="2026-03-29T02:30", minutes=60, room="", version=1)
    assert (status, told["said"].split(".")[0]) == (422, "“Opening” was not moved")


def test_a_session_that_is_gone_is_told_in_words(owner: FlaskClient, draft: Event) -> None:
    status, told = move(owner, "gone", start="2025-09-15T09:00", minutes=60, room="", version=1)
    assert (status, told["said"]) == (404, "There is no such entry in this agenda. It may have been removed.")


def test_only_editors_move(owner: FlaskClient, draft: Event, sign_in: SignIn) -> None:
    session = make_session(draft)
    viewer = make_user("viewer@example.org")
    make_member(draft, viewer, TeamRole.VIEWER)
    sent = {"start": "2025-09-15T11:00", "minutes": 60, "room": "", "version": 1}
    path = f"{HOME}/sessions/{session.uid}/move"
    stranger = sign_in(make_user("stranger@example.org"))
    statuses = [browser.post(path, json=sent).status_code for browser in (sign_in(viewer), stranger)]
    assert (statuses, session.starts_at) == ([403, 404], NINE)


def test_another_events_session_cannot_be_moved(owner: FlaskClient, draft: Event) -> None:
    elsewhere = make_session(make_event(slug="elsewhere"))
    status, _told = move(owner, elsewhere.uid, start="2025-09-15T11:00", minutes=60, room="", version=1)
    assert (status, elsewhere.starts_at) == (404, NINE)


DRAFT = re.compile(r'data-draft="([^"]*)"')


def test_the_grid_has_an_address_and_the_outline_stays_the_first_page(owner: FlaskClient, draft: Event) -> None:
    make_session(draft, title={"en": 'Soil & "slopes" <b>'})
    pages = [owner.get(f"{HOME}{query}").get_data(as_text=True) for query in ("", "?view=grid", "?view=nonsense")]
    assert [len(DRAFT.findall(page)) for page in pages] == [0, 1, 0]
    [entry] = json.loads(unescape(DRAFT.findall(pages[1])[0]))["entries"]
    assert entry["title"] == 'Soil & "slopes" <b>'


def test_a_viewer_sees_the_grid_but_cannot_drag(owner: FlaskClient, draft: Event, sign_in: SignIn) -> None:
    make_session(draft)
    viewer = make_user("viewer@example.org")
    make_member(draft, viewer, TeamRole.VIEWER)
    pages = [text(browser.get(f"{HOME}?view=grid")) for browser in (owner, sign_in(viewer))]
    assert [page.count('data-editable="yes"') for page in pages] == [1, 0]


def test_the_form_starts_where_the_grid_was_drawn_over(owner: FlaskClient, draft: Event) -> None:
    draft.rooms.append(Room(name={"en": "Foyer"}, position=1, uid="foyer"))
    room = "foyer"
    page = text(owner.get(f"{HOME}/sessions/new?start=2025-09-15T14:20&minutes=35&room={room}"))
    assert [page.count(f'value="{value}"') for value in ("14:20", "35")] == [1, 1]
    assert page.count(f'<option selected value="{room}">') == 1


@pytest.mark.parametrize("query", ["start=soon", "start=2031-01-01T10:00", "minutes=many", "room=elsewhere"])
def test_nonsense_in_the_address_of_the_form_does_no_harm(owner: FlaskClient, draft: Event, query: str) -> None:
    assert owner.get(f"{HOME}/sessions/new?{query}").status_code == 200


def test_the_grid_costs_the_same_queries_for_one_and_for_three(owner: FlaskClient, draft: Event) -> None:
    counts = []
    for number in (1, 3):
        while len(draft_sessions(draft)) < number:
            session = make_session(draft, starts_at=NINE + len(draft_sessions(draft)) * HOUR)
            make_slot(session, person=make_person())
        with count_queries() as queries:
            owner.get(f"{HOME}?view=grid")
        counts.append(len(queries))
    assert counts[0] == counts[1]
