from datetime import datetime, timedelta

import pytest
from msgspec.structs import replace

from inser_events.agenda.onscreen import Frame, frame, moments, position
from inser_events.agenda.snapshot import EventFacts, Room, Session, Slot, Snapshot
from tests.factories import LAUNCH_DAY, NINE

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
HALL, ANNEX = Room("hall", {"en": "Hall"}), Room("annex", {"en": "Annex"})


def session(uid: str, start: int, minutes: int = 60, room: str | None = "hall", **values: object) -> Session:
    """A session that starts so many minutes after nine."""
    at = NINE + start * MINUTE
    values = {"kind": "talk", "title": {"en": uid}, **values}
    return Session(uid=uid, starts_at=at, ends_at=at + minutes * MINUTE, room=room, **values)  # type: ignore[arg-type] # plain values


def day(*sessions: Session, rooms: tuple[Room, ...] = (HALL,)) -> Snapshot:
    facts = EventFacts(
        uid="e",
        slug="e",
        kind="launch",
        name={"en": "Launch"},
        time_zone="Africa/Casablanca",
        starts_on=LAUNCH_DAY,
        ends_on=LAUNCH_DAY,
        languages=["en"],
        modes=["in_person", "online"],
    )
    return Snapshot(number=1, published_at=NINE - DAY, event=facts, rooms=list(rooms), sessions=list(sessions))


def shown(snapshot: Snapshot, minutes: float, room: str | None = None) -> Frame:
    """The frame so many minutes after nine."""
    changes = moments(snapshot, room)
    return frame(snapshot, room, changes, position(changes, NINE + timedelta(minutes=minutes)))


def lanes(found: Frame) -> list[tuple[str | None, str | None, str | None]]:
    """Room, what is on and what is next in each lane."""
    return [
        (lane.room.uid if lane.room else None, lane.now.uid if lane.now else None, lane.next.uid if lane.next else None)
        for lane in found.lanes
    ]


@pytest.mark.parametrize(
    ("minutes", "state", "lane"),
    [
        (-30, "before", [("hall", None, "first")]),
        (0, "on", [("hall", "first", "second")]),
        (59.9, "on", [("hall", "first", "second")]),
        (60, "on", [("hall", None, "second")]),
        (90, "on", [("hall", "second", None)]),
        (150, "after", []),
        (-2 * 24 * 60, "before", [("hall", None, "first")]),
        (2 * 24 * 60, "after", []),
    ],
)
def test_one_room_through_the_day(minutes: float, state: str, lane: list[tuple[str | None, ...]]) -> None:
    found = shown(day(session("first", 0), session("second", 90)), minutes)
    assert (found.state, lanes(found)) == (state, lane)


def test_a_slot_is_what_is_on_inside_its_session() -> None:
    slots = [
        Slot(str(number), {}, "talk", NINE + number * 20 * MINUTE, NINE + (number + 1) * 20 * MINUTE)
        for number in range(3)
    ]
    [lane] = shown(day(session("talks", 0, slots=slots)), 25).lanes
    assert (lane.slot, lane.next_slot) == (slots[1], slots[2])


def test_the_lobby_shows_every_room_in_use() -> None:
    snapshot = day(session("a", 0), session("b", 0, room="annex"), rooms=(HALL, ANNEX, Room("empty", {})))
    assert lanes(shown(snapshot, 10)) == [("hall", "a", None), ("annex", "b", None)]


def test_a_room_sees_its_own_sessions_and_those_for_everybody() -> None:
    lunch = session("lunch", 60, room=None, kind="break")
    snapshot = day(session("a", 0), session("b", 0, room="annex"), lunch, rooms=(HALL, ANNEX))
    assert lanes(shown(snapshot, 10, "annex")) == [("annex", "b", "lunch")]
    assert lanes(shown(snapshot, 70, "annex")) == [("annex", "lunch", None)]


def test_what_is_online_only_has_a_line_of_its_own_in_the_lobby_and_none_in_a_room() -> None:
    snapshot = day(session("a", 0), session("call", 0, room=None))
    assert lanes(shown(snapshot, 10)) == [("hall", "a", None), (None, "call", None)]
    assert lanes(shown(snapshot, 10, "hall")) == [("hall", "a", None)]


def test_withdrawn_sessions_are_not_shown() -> None:
    snapshot = day(session("a", 0, status="cancelled"), session("b", 90))
    assert lanes(shown(snapshot, 10)) == [("hall", None, "b")]


def test_a_room_that_is_done_for_the_day_leaves_the_lobby_to_the_others() -> None:
    snapshot = day(session("a", 0, 30), session("b", 0, room="annex"), rooms=(HALL, ANNEX))
    assert lanes(shown(snapshot, 40)) == [("annex", "b", None)]


def test_an_event_without_sessions_and_one_that_is_cancelled() -> None:
    snapshot = day()
    assert shown(snapshot, 0).state == "empty"
    off = replace(snapshot, event=replace(snapshot.event, status="cancelled"))
    assert shown(off, 0).state == "cancelled"


def test_midnight_is_a_change_because_tomorrow_becomes_today() -> None:
    midnight = datetime.combine(LAUNCH_DAY, datetime.min.time(), NINE.tzinfo) - timedelta(hours=1)
    assert moments(day(session("a", 0)), None)[0] == midnight
