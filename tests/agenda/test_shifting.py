import itertools
from collections.abc import Sequence
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from inser_events.agenda.differences import headline, in_words
from inser_events.agenda.models import Session
from inser_events.agenda.queries import draft_sessions
from inser_events.agenda.shifting import Piece, clashes_after_shift, in_lane, pushed, shift, shift_preview, shifted
from inser_events.audit import AuditEntry
from inser_events.database import db
from inser_events.events.errors import Outdated
from inser_events.events.models import Event, Room
from tests.agenda.desk import text
from tests.factories import NINE, make_event, make_session, make_slot

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
ZONE = "Africa/Casablanca"


@st.composite
def days(draw: st.DrawFn) -> list[Piece]:
    """A day of some rooms: sessions one after the other in each, some of them breaks."""
    pieces = []
    for room in draw(st.sampled_from([("a",), ("a", "b"), (None,), (None, "a")])):
        at = NINE
        for number, (gap, minutes, pause) in enumerate(
            draw(st.lists(st.tuples(st.integers(0, 30), st.integers(1, 90), st.booleans()), max_size=6))
        ):
            at += gap * MINUTE
            least = min(minutes, 5) if pause else None
            pieces.append(Piece(f"{room}-{number}", at, minutes, room, least))
            at += minutes * MINUTE
    return sorted(pieces, key=lambda piece: (piece.starts_at, piece.uid))


def by_uid(pieces: Sequence[Piece]) -> dict[str, Piece]:
    return {piece.uid: piece for piece in pieces}


@given(days(), st.integers(-120, 120), st.booleans())
def test_a_shift_keeps_the_order_in_every_room(day: list[Piece], minutes: int, absorb: bool) -> None:
    moved = shifted(day, minutes, absorb_breaks=absorb)
    for room in {piece.room for piece in day}:
        before = [piece.uid for piece in day if piece.room == room]
        after = sorted((piece for piece in moved if piece.room == room), key=lambda piece: piece.starts_at)
        assert [piece.uid for piece in after] == before


@given(days(), st.integers(-120, 120))
def test_a_shift_without_breaks_moves_everything_alike(day: list[Piece], minutes: int) -> None:
    assert shifted(day, minutes, absorb_breaks=False) == [
        piece._replace(starts_at=piece.starts_at + minutes * MINUTE) for piece in day
    ]


@given(days(), st.integers(0, 300))
def test_no_break_gets_shorter_than_its_least(day: list[Piece], minutes: int) -> None:
    for piece in shifted(day, minutes, absorb_breaks=True):
        assert piece.minutes >= (by_uid(day)[piece.uid].minutes if piece.least is None else piece.least) > 0


@given(days(), st.integers(0, 300))
def test_every_minute_of_delay_is_kept_or_taken_from_a_break(day: list[Piece], minutes: int) -> None:
    old = by_uid(day)
    alone = [piece for piece in day if piece.room == "a"]
    moved = shifted(alone, minutes, absorb_breaks=True)
    taken = 0
    for piece in moved:
        assert piece.starts_at - old[piece.uid].starts_at == (minutes - taken) * MINUTE
        taken += old[piece.uid].minutes - piece.minutes


@given(days(), st.integers(0, 300))
def test_a_shift_makes_no_new_overlap_in_a_room(day: list[Piece], minutes: int) -> None:
    moved = shifted(day, minutes, absorb_breaks=True)
    for room in {piece.room for piece in day}:
        lane = [piece for piece in moved if piece.room == room]
        for first, second in itertools.pairwise(lane):
            assert first.ends_at <= second.starts_at


@given(days(), st.integers(0, 120))
def test_what_is_pushed_moves_no_further_than_it_must(day: list[Piece], late: int) -> None:
    alone = [piece for piece in day if piece.room == "a"]
    free_at = NINE + late * MINUTE
    old = by_uid(alone)
    for piece in pushed(alone, free_at):
        assert piece.starts_at == max(old[piece.uid].starts_at, free_at)
        assert piece.minutes >= (old[piece.uid].minutes if piece.least is None else piece.least)
        free_at = piece.ends_at


def test_a_room_takes_shared_breaks_along_only_when_it_is_the_only_one() -> None:
    hall, coffee = Piece("hall", NINE, 60, "hall"), Piece("coffee", NINE + HOUR, 30, None)
    other = Piece("other", NINE, 60, "annex")
    assert in_lane([hall, coffee], "hall") == [hall, coffee]
    assert in_lane([hall, coffee, other], "hall") == [hall]


def test_a_shared_break_that_a_room_talks_through_absorbs_nothing() -> None:
    day = [
        Piece("talk", NINE, 60, "a"),
        Piece("coffee", NINE + 30 * MINUTE, 30, None, 5),
        Piece("next", NINE + HOUR, 30, "a"),
    ]
    moved = by_uid(shifted(day, 20, absorb_breaks=True))
    assert (moved["coffee"].minutes, moved["next"].starts_at) == (30, NINE + 80 * MINUTE)


def test_one_room_cannot_use_up_the_break_of_another() -> None:
    day = [
        Piece("pause", NINE, 30, "a", 5),
        Piece("talk", NINE, 60, "b"),
        Piece("a2", NINE + 30 * MINUTE, 30, "a"),
        Piece("b2", NINE + HOUR, 30, "b"),
    ]
    moved = by_uid(shifted(day, 20, absorb_breaks=True))
    assert (moved["a2"].starts_at, moved["b2"].starts_at) == (NINE + 30 * MINUTE, NINE + 80 * MINUTE)


def morning(event: Event) -> tuple[Session, Session, Session]:
    """A talk at nine, coffee at ten, a panel at half past ten."""
    talk = make_session(event, title={"en": "Talk"})
    coffee = make_session(event, title={"en": "Coffee"}, kind="break", starts_at=NINE + HOUR, minutes=30)
    panel = make_session(event, title={"en": "Panel"}, starts_at=NINE + 90 * MINUTE)
    return talk, coffee, panel


def times(*sessions: Session) -> list[tuple[int, int]]:
    """Minutes after nine, and length."""
    return [((session.starts_at - NINE) // MINUTE, session.minutes) for session in sessions]


def test_breaks_absorb_before_later_sessions_move(app: Flask) -> None:
    event = make_event()
    talk, coffee, panel = morning(event)
    touched = shift(event, NINE + HOUR, None, 20, absorb_breaks=True)
    assert times(talk, coffee, panel) == [(0, 60), (80, 10), (90, 60)]
    assert (touched, talk.version, coffee.version, panel.version) == ([coffee], 1, 2, 1)


def test_what_a_break_cannot_absorb_moves_the_rest(app: Flask) -> None:
    event = make_event()
    talk, coffee, panel = morning(event)
    shift(event, NINE, event.rooms[0], 40, absorb_breaks=True)
    assert times(talk, coffee, panel) == [(40, 60), (100, 5), (105, 60)]


def test_a_break_is_never_shorter_than_its_slots(app: Flask) -> None:
    event = make_event()
    _talk, coffee, panel = morning(event)
    make_slot(coffee, minutes=25)
    shift(event, NINE + HOUR, None, 20, absorb_breaks=True)
    assert times(coffee, panel) == [(80, 25), (105, 60)]


def test_other_days_rooms_and_withdrawn_sessions_stay(app: Flask) -> None:
    event = make_event()
    annex = Room(name={"en": "Annex"}, position=1)
    event.rooms.append(annex)
    mine = make_session(event)
    others = [
        make_session(event, starts_at=NINE + timedelta(days=1)),
        make_session(event, room=annex),
        make_session(event, withdrawn_at=NINE),
        make_session(event, starts_at=NINE - HOUR),
    ]
    before = times(*others)
    assert shift(event, NINE, event.rooms[0], 10, absorb_breaks=False) == [mine]
    assert times(*others) == before


def test_each_moved_session_is_told_in_the_log(app: Flask) -> None:
    event = make_event()
    make_session(event)
    shift(event, NINE, None, 10, absorb_breaks=False)
    [entry] = db.session.query(AuditEntry).filter_by(action="shift session")
    assert entry.after["starts_at"] == (NINE + 10 * MINUTE).isoformat()


def test_the_preview_tells_in_words_what_the_shift_does_and_writes_nothing(app: Flask) -> None:
    event = make_event()
    sessions = morning(event)
    before = times(*sessions)
    changes, _seen = shift_preview(event, NINE + HOUR, None, 20, absorb_breaks=True)
    words = [line for each in changes for line in (headline(each, ZONE), *in_words(each, ZONE))]
    assert words == ["Moved: Coffee (Mon 15 Sept, 10:20)", "Now 10:20–10:30, was 10:00–10:30."]
    assert times(*sessions) == before


def test_a_session_changed_since_the_preview_stops_the_shift(app: Flask) -> None:
    event = make_event()
    talk, *_rest = morning(event)
    _changes, seen = shift_preview(event, NINE, None, 20, absorb_breaks=True)
    talk.version += 1
    db.session.flush()
    with pytest.raises(Outdated):
        shift(event, NINE, None, 20, absorb_breaks=True, seen=seen)


def form(**more: str) -> dict[str, str]:
    return {"day": "2025-09-15", "after": "10:00", "room": "", "minutes": "20", "absorb_breaks": "y", **more}


PAGE = "/manage/launch/agenda/shift"


def seen_on(page: str) -> str:
    return page.split('name="seen"')[1].split('value="')[1].split('"', maxsplit=1)[0]


def test_the_page_shows_what_changes_then_does_it(draft: Event, owner: FlaskClient) -> None:
    _talk, coffee, panel = morning(draft)
    shown = owner.post(PAGE, data=form(then="show"))
    assert (shown.status_code, "Now 10:20–10:30, was 10:00–10:30." in text(shown)) == (200, True)
    assert times(coffee) == [(60, 30)]
    done = owner.post(PAGE, data=form(then="apply", seen=seen_on(text(shown))))
    assert (done.status_code, times(coffee, panel)) == (302, [(80, 10), (90, 60)])


def test_the_page_asks_again_when_somebody_was_faster(draft: Event, owner: FlaskClient) -> None:
    _talk, coffee, _panel = morning(draft)
    answer = owner.post(PAGE, data=form(then="apply", seen="old"))
    assert (answer.status_code, times(coffee)) == (409, [(60, 30)])


@pytest.mark.parametrize("wrong", [{"after": ""}, {"minutes": "many"}, {"minutes": "9999"}, {"room": "x"}])
def test_the_page_says_which_answer_is_wrong(draft: Event, owner: FlaskClient, wrong: dict[str, str]) -> None:
    assert owner.post(PAGE, data=form(**wrong)).status_code == 422


def test_the_preview_tells_what_would_not_fit_then_and_writes_nothing(app: Flask) -> None:
    event = make_event()
    make_session(event, title={"en": "Opening"})
    make_session(event, title={"en": "Talks"}, starts_at=NINE + timedelta(hours=1))
    db.session.flush()
    how = {"absorb_breaks": False}
    found = clashes_after_shift(event, NINE + timedelta(hours=1), None, -30, **how)
    assert [(one.kind, one.at) for one in found] == [("room", NINE + timedelta(minutes=30))]
    assert clashes_after_shift(event, NINE, None, 30, **how) == []
    assert not any(db.session.is_modified(one) for one in draft_sessions(event))
    assert [one.starts_at for one in draft_sessions(event)] == [NINE, NINE + timedelta(hours=1)]
