from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any, cast

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from inser_events.agenda.conflicts import _Stretch, conflicts_of, is_night, overlaps
from inser_events.agenda.models import Session, SpeakerState
from inser_events.agenda.queries import draft_sessions
from inser_events.agenda.speaking import Appearing, add_speaker
from inser_events.clock import now
from inser_events.database import db
from inser_events.events.models import Event
from tests.factories import NINE, make_event, make_person, make_session, make_slot

HOUR = timedelta(hours=1)


def found(event: Event) -> list[tuple[str, str, str]]:
    db.session.flush()
    return [(each.severity, each.kind, each.message) for each in conflicts_of(event, draft_sessions(event))]


def kinds(event: Event) -> list[str]:
    return [kind for _severity, kind, _message in found(event)]


def test_an_agenda_that_fits_has_no_conflicts(app: Flask) -> None:
    event = make_event()
    make_slot(make_session(event), person=make_person())
    make_session(event, starts_at=NINE + HOUR)
    assert found(event) == []


def test_a_room_is_taken_twice(app: Flask) -> None:
    event = make_event()
    make_session(event)
    make_session(event, starts_at=NINE + HOUR - timedelta(minutes=1), title={"en": "Vision"})
    assert found(event) == [("bad", "room", "Plenary hall is taken twice: “Opening” and “Vision” overlap.")]


def test_one_session_may_begin_when_another_ends(app: Flask) -> None:
    event = make_event()
    make_session(event)
    make_session(event, starts_at=NINE + HOUR)
    assert kinds(event) == []


def test_sessions_without_a_room_or_in_two_rooms_of_one_name_do_not_meet(app: Flask) -> None:
    event = make_event()
    event.rooms.append(type(event.rooms[0])(name={"en": "Plenary hall"}, position=1))
    make_session(event)
    make_session(event, room=event.rooms[1])
    make_session(event, room=None)
    make_session(event, room=None)
    assert kinds(event) == []


def test_a_withdrawn_session_takes_no_room(app: Flask) -> None:
    event = make_event()
    make_session(event)
    make_session(event, withdrawn_at=now())
    assert kinds(event) == []


def test_a_person_is_in_two_places_in_whatever_role(app: Flask) -> None:
    event = make_event()
    person = make_person()
    add_speaker(make_session(event), person, Appearing(role="chair", state=SpeakerState.CONFIRMED))
    make_slot(make_session(event, room=None, title={"en": "Vision"}), person=person)
    assert found(event) == [("bad", "person", "Lifeng Li is in two places at once: “Opening” and “Vision”.")]


def test_two_sessions_that_meet_twice_are_named_once(app: Flask) -> None:
    event = make_event()
    person = make_person()
    add_speaker(make_session(event), person, Appearing(role="chair", state=SpeakerState.CONFIRMED))
    parallel = make_session(event, room=None)
    for _ in range(3):
        make_slot(parallel, person=person)
    assert kinds(event) == ["person"]


def test_slots_that_do_not_meet_are_no_conflict(app: Flask) -> None:
    event = make_event()
    person = make_person()
    make_slot(make_session(event), minutes=10, person=person)
    parallel = make_session(event, room=None)
    make_slot(parallel, minutes=10)
    make_slot(parallel, minutes=10, person=person)
    assert kinds(event) == []


def test_a_chair_may_speak_in_their_own_session(app: Flask) -> None:
    event = make_event()
    person = make_person()
    session = make_session(event)
    add_speaker(session, person, Appearing(role="chair", state=SpeakerState.CONFIRMED))
    make_slot(session, person=person)
    assert kinds(event) == []


def test_a_session_outside_the_days_of_the_event(app: Flask) -> None:
    event = make_event()
    make_session(event, starts_at=NINE + timedelta(days=1))
    assert found(event) == [("bad", "day", "“Opening” is on Tue 16 Sept, outside the days of the event.")]


def test_the_day_is_that_of_the_events_own_clock(app: Flask) -> None:
    event = make_event(time_zone="Pacific/Auckland")
    make_session(event, starts_at=datetime(2025, 9, 14, 20, tzinfo=NINE.tzinfo))
    assert kinds(event) == []


def test_slots_longer_than_their_session(app: Flask) -> None:
    event = make_event()
    session = make_session(event)
    make_slot(session, minutes=50)
    make_slot(session, minutes=15)
    assert found(event) == [("bad", "length", "The slots of “Opening” take 5 minutes longer than the session.")]


def test_who_has_not_confirmed_or_has_declined(app: Flask) -> None:
    event = make_event()
    slot = make_slot(make_session(event))
    add_speaker(slot, make_person("Li", "Lifeng"), Appearing())
    add_speaker(slot, make_person("Tong", "Yuxin"), Appearing(state=SpeakerState.DECLINED))
    assert found(event) == [
        ("warn", "unconfirmed", "Lifeng Li has not confirmed yet (“Opening”)."),
        ("warn", "declined", "Yuxin Tong has declined and will not be shown (“Opening”)."),
    ]


def test_interpretation_is_missing_only_where_it_is_in_play(app: Flask) -> None:
    event = make_event(languages=["en", "fr"])
    make_session(event)
    assert kinds(event) == []
    make_session(event, starts_at=NINE + HOUR, interpretation=["fr"])
    make_session(event, starts_at=NINE + 2 * HOUR, kind="break")
    assert found(event) == [("info", "interpretation", "“Opening” cannot be followed in French.")]


@pytest.mark.parametrize(
    ("start", "minutes", "night"),
    [
        *(("22:00", 30, True), ("05:59", 1, True), ("06:00", 30, False), ("21:00", 60, False), ("21:30", 31, True)),
        *(("00:10", 5, True), ("12:00", 60, False), ("21:00", 900, True), ("06:00", 959, False)),
    ],
)
def test_night_is_from_ten_to_six_on_the_speakers_clock(start: str, minutes: int, *, night: bool) -> None:
    begins = datetime.fromisoformat(f"2025-09-15T{start}")
    assert is_night(begins, begins + timedelta(minutes=minutes)) is night


def test_an_online_speaker_who_would_speak_at_night_is_named_with_the_local_time(app: Flask) -> None:
    event = make_event()
    session = make_session(event)
    make_slot(session, minutes=20)
    make_slot(session, person=make_person())
    speaker = session.slots[1].speakers[0]
    speaker.online, speaker.time_zone = True, "America/Los_Angeles"
    words = "For Lifeng Li in Los Angeles it is 01:20\N{EN DASH}01:30, at night (“Opening”)."
    assert found(event) == [("warn", "night", words)]


@pytest.mark.parametrize(
    ("online", "zone", "state"),
    [
        (False, "America/Los_Angeles", SpeakerState.CONFIRMED),
        (True, "", SpeakerState.CONFIRMED),
        (True, "Europe/Rome", SpeakerState.CONFIRMED),
        (True, "America/Los_Angeles", SpeakerState.DECLINED),
    ],
)
def test_who_is_in_the_room_awake_or_absent_is_no_matter_of_night(
    app: Flask, online: bool, zone: str, state: SpeakerState
) -> None:
    event = make_event()
    session = make_session(event)
    make_slot(session, person=make_person())
    speaker = session.slots[0].speakers[0]
    speaker.online, speaker.time_zone, speaker.state = online, zone, state
    assert "night" not in kinds(event)


def test_a_conflict_says_where_and_when_to_look(app: Flask) -> None:
    event = make_event()
    make_session(event)
    second = make_session(event, starts_at=NINE + HOUR / 2, title={"en": "Vision"})
    db.session.flush()
    [conflict] = conflicts_of(event, draft_sessions(event))
    assert (conflict.sessions[0], conflict.at) == (second, NINE + HOUR / 2)


def test_the_worst_stands_first(app: Flask) -> None:
    event = make_event()
    add_speaker(make_slot(make_session(event)), make_person(), Appearing())
    make_session(event, starts_at=NINE + timedelta(days=3))
    assert kinds(event) == ["day", "unconfirmed"]


stretch = st.tuples(st.integers(0, 20), st.integers(1, 6))


@given(st.lists(stretch, max_size=14))
def test_the_sweep_finds_the_same_pairs_as_comparing_all(times: list[tuple[int, int]]) -> None:
    held = [cast("Session", SimpleNamespace(number=number)) for number in range(len(times))]
    stretches = [
        _Stretch(NINE + start * HOUR, NINE + (start + length) * HOUR, number, held[number])
        for number, (start, length) in enumerate(times)
    ]
    pairs = [frozenset(_numbers(pair)) for pair in overlaps(stretches)]
    expected = {
        frozenset((a, b))
        for a, one in enumerate(stretches)
        for b, two in enumerate(stretches)
        if a < b and one.starts_at < two.ends_at and two.starts_at < one.ends_at
    }
    assert (set(pairs), len(pairs)) == (expected, len(expected))


def _numbers(pair: tuple[Any, Any]) -> tuple[int, int]:
    return pair[0].number, pair[1].number
