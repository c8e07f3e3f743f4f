from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from inser_events.accounts.models import User
from inser_events.agenda.errors import NotRunning, ReleasedMeanwhile
from inser_events.agenda.models import Release, Session
from inser_events.agenda.publishing import pending_changes, publish_agenda
from inser_events.agenda.queries import latest_snapshot
from inser_events.agenda.running import parts_of, rooms_of, run, sheet
from inser_events.agenda.snapshot import Session as Frozen
from inser_events.agenda.snapshot import Snapshot
from inser_events.audit import AuditEntry
from inser_events.clock import fixed_at
from inser_events.database import db
from inser_events.events.models import Event, Room, TeamRole
from tests.agenda.desk import text
from tests.factories import NINE, make_event, make_member, make_session, make_slot, make_user

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
BEFORE = NINE - timedelta(days=10)
RUN = "/manage/launch/run"


def public(event: Event) -> Snapshot:
    snapshot = latest_snapshot(event)
    assert snapshot is not None
    return snapshot


def frozen(event: Event, session: Session) -> Frozen:
    return next(each for each in public(event).sessions if each.uid == session.uid)


def times(event: Event, *sessions: Session) -> list[tuple[int, int]]:
    """Minutes after nine and length of each session, as everybody sees it."""
    found = [frozen(event, session) for session in sessions]
    return [((each.starts_at - NINE) // MINUTE, (each.ends_at - each.starts_at) // MINUTE) for each in found]


def drafted(*sessions: Session) -> list[tuple[int, int]]:
    return [((session.starts_at - NINE) // MINUTE, session.minutes) for session in sessions]


def tap(event: Event, what: str, key: str, minutes: float, room: str | None = None) -> Release:
    """A tap so many minutes after nine, on a page that is up to date."""
    at = NINE + timedelta(minutes=minutes)
    return run(event, what, key, room=room, at=at, by="Mo", after=public(event).number)


@pytest.fixture
def morning(app: Flask) -> tuple[Event, Session, Session, Session]:
    """Published: a talk at nine, coffee at ten, a panel at half past ten."""
    return published_morning(make_event())


def published_morning(event: Event) -> tuple[Event, Session, Session, Session]:
    talk = make_session(event, title={"en": "Talk"})
    coffee = make_session(event, title={"en": "Coffee"}, kind="break", starts_at=NINE + HOUR, minutes=30)
    panel = make_session(event, title={"en": "Panel"}, starts_at=NINE + 90 * MINUTE)
    publish_agenda(event, at=BEFORE)
    return event, talk, coffee, panel


Morning = tuple[Event, Session, Session, Session]


def test_five_minutes_more_are_taken_from_the_break(morning: Morning) -> None:
    event, talk, coffee, panel = morning
    release = tap(event, "later", talk.uid, 50)
    assert times(event, talk, coffee, panel) == [(0, 65), (65, 25), (90, 60)]
    assert drafted(talk, coffee, panel) == [(0, 65), (65, 25), (90, 60)]
    assert (release.number, release.note, release.published_by) == (2, "“Talk” takes 5 minutes longer.", "Mo")


def test_what_the_break_cannot_give_moves_the_rest(morning: Morning) -> None:
    event, talk, coffee, panel = morning
    for minutes in range(50, 56):
        tap(event, "later", talk.uid, minutes)
    assert times(event, talk, coffee, panel) == [(0, 90), (90, 5), (95, 60)]


def test_a_pause_is_used_up_before_anything_moves(app: Flask) -> None:
    event = make_event()
    first, second = make_session(event, minutes=50), make_session(event, starts_at=NINE + HOUR)
    publish_agenda(event, at=BEFORE)
    tap(event, "later", first.uid, 40)
    assert times(event, first, second) == [(0, 55), (60, 60)]


def test_finishing_early_leaves_the_rest_where_it_was(morning: Morning) -> None:
    event, talk, coffee, panel = morning
    release = tap(event, "finish", talk.uid, 42.5)
    assert times(event, talk, coffee, panel) == [(0, 42), (60, 30), (90, 60)]
    assert release.note == "“Talk” has finished."


def test_what_just_began_keeps_one_minute_when_it_is_finished(morning: Morning) -> None:
    event, talk, *_rest = morning
    tap(event, "finish", talk.uid, 0.5)
    assert times(event, talk) == [(0, 1)]


def test_starting_late_pushes_what_follows(morning: Morning) -> None:
    event, talk, coffee, panel = morning
    release = tap(event, "start", talk.uid, 12)
    assert times(event, talk, coffee, panel) == [(12, 60), (72, 18), (90, 60)]
    assert release.note == "“Talk” starts at 09:12."


def test_starting_early_ends_what_is_on(morning: Morning) -> None:
    event, talk, coffee, panel = morning
    tap(event, "start", coffee.uid, 55)
    assert times(event, talk, coffee, panel) == [(0, 55), (55, 30), (90, 60)]


def test_other_rooms_are_not_touched(app: Flask) -> None:
    event = make_event()
    annex = Room(name={"en": "Annex"}, position=1)
    event.rooms.append(annex)
    mine, other = make_session(event), make_session(event, room=annex)
    mine_next, other_next = (make_session(event, room=room, starts_at=NINE + HOUR) for room in event.rooms)
    publish_agenda(event, at=BEFORE)
    tap(event, "later", mine.uid, 30, event.rooms[0].uid)
    assert times(event, mine, other, mine_next, other_next) == [(0, 65), (0, 60), (65, 60), (60, 60)]


@pytest.fixture
def slots(app: Flask) -> tuple[Event, Session]:
    """Published: an hour of three slots of twenty minutes."""
    event = make_event()
    session = make_session(event)
    for title in ("One", "Two", "Three"):
        make_slot(session, minutes=20, title={"en": title})
    publish_agenda(event, at=BEFORE)
    return event, session


def lengths(event: Event, session: Session) -> tuple[int, list[int], list[int]]:
    """Of the session, its slots in public, its slots in the draft."""
    [(_start, minutes)] = times(event, session)
    shown = [(slot.ends_at - slot.starts_at) // MINUTE for slot in frozen(event, session).slots]
    return minutes, shown, [slot.minutes for slot in session.slots]


def test_a_slot_takes_longer_and_its_session_with_it(slots: tuple[Event, Session]) -> None:
    event, session = slots
    tap(event, "later", session.slots[0].uid, 10)
    assert lengths(event, session) == (65, [25, 20, 20], [25, 20, 20])


def test_time_that_no_slot_takes_is_used_up_first(app: Flask) -> None:
    event = make_event()
    session = make_session(event)
    slot = make_slot(session, minutes=50)
    publish_agenda(event, at=BEFORE)
    tap(event, "later", slot.uid, 10)
    assert lengths(event, session) == (60, [55], [55])


def test_the_next_slot_starts_now(slots: tuple[Event, Session]) -> None:
    event, session = slots
    tap(event, "start", session.slots[1].uid, 15)
    assert lengths(event, session) == (55, [15, 20, 20], [15, 20, 20])
    tap(event, "start", session.slots[2].uid, 40)
    assert lengths(event, session) == (60, [15, 25, 20], [15, 25, 20])


def test_the_first_slot_starts_late_with_its_session(slots: tuple[Event, Session]) -> None:
    event, session = slots
    tap(event, "start", session.slots[0].uid, 7)
    assert (times(event, session), lengths(event, session)[1]) == ([(7, 60)], [20, 20, 20])


def test_a_slot_finishes_now(slots: tuple[Event, Session]) -> None:
    event, session = slots
    tap(event, "finish", session.slots[1].uid, 30)
    assert lengths(event, session) == (50, [20, 10, 20], [20, 10, 20])


def test_unpublished_edits_stay_unpublished(morning: Morning) -> None:
    event, talk, coffee, panel = morning
    panel.title = {"en": "Secret plan"}
    panel.minutes = 45
    event.venue_name = {"en": "Elsewhere"}
    make_session(event, title={"en": "Not yet"}, starts_at=NINE + 3 * HOUR)
    coffee.withdrawn_at = NINE
    tap(event, "later", talk.uid, 50)
    snapshot = public(event)
    assert [(each.title["en"], each.status) for each in snapshot.sessions] == [
        ("Talk", "confirmed"),
        ("Coffee", "confirmed"),
        ("Panel", "confirmed"),
    ]
    assert (times(event, panel), snapshot.event.venue and snapshot.event.venue.name) == (
        [(90, 60)],
        {"en": "Conference hall"},
    )


def test_the_next_full_release_keeps_the_times_of_the_light_one(morning: Morning) -> None:
    event, talk, _coffee, _panel = morning
    tap(event, "later", talk.uid, 50)
    _old, _new, changes = pending_changes(event, at=NINE)
    assert changes == []


def test_a_time_that_is_being_changed_in_the_draft_stays_as_wanted(morning: Morning) -> None:
    event, talk, coffee, _panel = morning
    coffee.starts_at = NINE + 5 * HOUR
    tap(event, "later", talk.uid, 50)
    assert (times(event, coffee), drafted(coffee)) == ([(65, 25)], [(300, 30)])


def test_calendars_are_told_of_what_moved_alone(morning: Morning) -> None:
    event, talk, coffee, panel = morning
    tap(event, "later", talk.uid, 50)
    at = NINE + 50 * MINUTE
    stamps = [(each.sequence, each.changed_at) for each in (frozen(event, one) for one in (talk, coffee, panel))]
    assert stamps == [(1, at), (1, at), (0, BEFORE)]


def test_editors_of_a_moved_session_are_warned(morning: Morning) -> None:
    event, talk, coffee, panel = morning
    tap(event, "later", talk.uid, 50)
    assert (talk.version, coffee.version, panel.version) == (2, 2, 1)


def test_the_second_of_two_taps_does_nothing(morning: Morning) -> None:
    event, talk, *_rest = morning
    tap(event, "later", talk.uid, 50)
    with pytest.raises(ReleasedMeanwhile):
        run(event, "later", talk.uid, room=None, at=NINE + 50 * MINUTE, by="Mo", after=1)
    assert times(event, talk) == [(0, 65)]


@pytest.mark.parametrize(("what", "minutes"), [("finish", 80), ("start", 0), ("sing", 10)])
def test_what_is_not_possible_is_refused(morning: Morning, what: str, minutes: int) -> None:
    event, talk, *_rest = morning
    with pytest.raises(NotRunning):
        tap(event, what, talk.uid, minutes)
    assert public(event).number == 1


def test_a_tap_is_in_the_log(morning: Morning) -> None:
    event, talk, *_rest = morning
    tap(event, "later", talk.uid, 50)
    [entry] = db.session.query(AuditEntry).filter_by(action="run")
    assert (entry.after["number"], entry.after["note"]) == (2, "“Talk” takes 5 minutes longer.")


def test_the_sheet_tells_what_is_on_and_what_comes(slots: tuple[Event, Session]) -> None:
    event, session = slots
    after = make_session(event, title={"en": "After"}, starts_at=NINE + HOUR)
    make_session(event, title={"en": "Tomorrow"}, starts_at=NINE + 24 * HOUR)
    publish_agenda(event, at=BEFORE)
    found = sheet(public(event), None, NINE + 25 * MINUTE)
    assert found.current
    assert found.current.key == session.slots[1].uid
    assert [part.key for part in found.coming] == [session.slots[2].uid, after.uid]


def test_time_after_the_last_slot_is_a_part_of_its_own(app: Flask) -> None:
    event = make_event()
    session = make_session(event)
    slot = make_slot(session, minutes=40)
    publish_agenda(event, at=BEFORE)
    found = [(part.key, (part.starts_at - NINE) // MINUTE) for part in parts_of(frozen(event, session))]
    assert found == [(slot.uid, 0), (session.uid, 40)]


def test_only_rooms_of_the_day_are_offered(app: Flask) -> None:
    event = make_event()
    event.rooms.append(Room(name={"en": "Annex"}, position=1))
    make_session(event)
    publish_agenda(event, at=BEFORE)
    assert rooms_of(public(event), NINE) == [event.rooms[0].uid]
    assert rooms_of(public(event), NINE + 24 * HOUR) == []


def open_at(owner: FlaskClient, minutes: int, **data: str) -> tuple[int, str]:
    """Open the page, or send a tap, so many minutes after nine."""
    moment: datetime = NINE + minutes * MINUTE
    with fixed_at(moment):
        answer = owner.post(RUN, data=data) if data else owner.get(RUN)
    return answer.status_code, text(answer)


def test_the_page_without_a_release_says_what_to_do(draft: Event, owner: FlaskClient) -> None:
    status, page = open_at(owner, 0)
    assert (status, "Publish the agenda first." in page) == (200, True)


def test_a_tap_on_the_page(draft: Event, owner: FlaskClient) -> None:
    event, talk, *_rest = published_morning(draft)
    _status, page = open_at(owner, 50)
    assert ("+5 min: Talk" in page, "Start now: Coffee" in page) == (True, True)
    assert open_at(owner, 50, tap="later", part=talk.uid, after="1", room="")[0] == 302
    assert times(event, talk) == [(0, 65)]


def test_a_double_tap_on_the_page_shows_what_is_on_now(draft: Event, owner: FlaskClient) -> None:
    event, talk, *_rest = published_morning(draft)
    taps = [open_at(owner, 50, tap="later", part=talk.uid, after="1", room="") for _time in range(2)]
    assert ([status for status, _page in taps], times(event, talk)) == ([302, 409], [(0, 65)])
    assert "The programme was already changed." in taps[1][1]


@pytest.mark.parametrize("data", [{"tap": "sing"}, {"part": "nothing"}, {"after": "x"}, {"room": "x", "tap": ""}])
def test_a_tap_that_makes_no_sense_is_refused(draft: Event, owner: FlaskClient, data: dict[str, str]) -> None:
    event, talk, *_rest = published_morning(draft)
    sent = {"tap": "later", "part": talk.uid, "after": "1", "room": "", **data}
    assert (open_at(owner, 50, **sent)[0], public(event).number) == (409, 1)


def test_who_may_not_publish_may_not_run(draft: Event, sign_in: Callable[[User], FlaskClient]) -> None:
    viewer = make_user("viewer@example.org")
    make_member(draft, viewer, TeamRole.VIEWER)
    assert open_at(sign_in(viewer), 0)[0] == 403
