"""Undo and redo: any sequence of edits taken back leaves the draft it began with, and nobody's work is lost."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace as changed
from datetime import timedelta
from typing import Any, TypeVar

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from inser_events.agenda import operations as desk
from inser_events.agenda import papers, speaking, steps
from inser_events.agenda.bulk import copy_day
from inser_events.agenda.errors import AlreadySpeaks, ChangedSince, NumberTaken, OtherStep
from inser_events.agenda.models import Session, Slot, Speaker, SpeakerState
from inser_events.agenda.operations import SessionData, SlotData
from inser_events.agenda.papers import ItemData
from inser_events.agenda.publishing import publish_agenda
from inser_events.agenda.queries import draft_sessions, items_of
from inser_events.agenda.restoring import take_out
from inser_events.agenda.shifting import shift
from inser_events.agenda.speaking import Appearing
from inser_events.agenda.step_models import DraftStep, Held
from inser_events.clock import now
from inser_events.database import db
from inser_events.events.models import Event
from tests.factories import NINE, make_event, make_person, make_session, make_slot

HOUR = timedelta(hours=1)
T = TypeVar("T")


@contextmanager
def a_step(event: Event) -> Iterator[None]:
    """What the block changes is one step."""
    before = steps.begin(event)
    yield
    db.session.flush()
    steps.keep(event, before)


def undo(event: Event) -> DraftStep:
    last, _next = steps.last_steps(event)
    return steps.undo(event, last.uid if last else "", at=now())


def redo(event: Event) -> DraftStep:
    _last, next_one = steps.last_steps(event)
    return steps.redo(event, next_one.uid if next_one else "", at=now())


def data_of(session: Session) -> SessionData:
    """What a form of the session says when nothing was typed."""
    names = ("title", "starts_at", "minutes", "kind", "room", "languages", "interpretation", "online", "track")
    return SessionData(**{name: getattr(session, name) for name in names}, abstract=session.abstract)


def change(session: Session, **values: Any) -> None:
    desk.change_session(session, changed(data_of(session), **values), version=session.version)


def slots_of(event: Event) -> list[Slot]:
    return [slot for session in draft_sessions(event) for slot in session.slots]


def speakers_of(event: Event) -> list[Speaker]:
    return [
        speaker
        for session in draft_sessions(event)
        for voices in (session.speakers, *(slot.speakers for slot in session.slots))
        for speaker in voices
    ]


def on(thing: T | None, act: Callable[[T], object]) -> None:
    """Do it where there is something to do it to."""
    if thing is not None:
        act(thing)


def edit(event: Event, kind: int, pick: int) -> None:
    """One of the organisers' edits, on whatever *pick* hits."""
    live = [one for one in draft_sessions(event) if one.withdrawn_at is None]
    session = live[pick % len(live)] if live else make_session(event)
    slots, speakers, items = slots_of(event), speakers_of(event), items_of(event)
    slot = slots[pick % len(slots)] if slots else None
    speaker = speakers[pick % len(speakers)] if speakers else None
    item = items[pick % len(items)] if items else None
    renumbered = ItemData(number=f"{pick}.7", title={"en": "Other"})
    acts: list[Callable[[], object]] = [
        lambda: change(session, starts_at=session.starts_at + pick * HOUR, room=[None, *event.rooms][pick % 2]),
        lambda: change(session, minutes=5 + pick, title={"en": f"New {pick}"}, languages=["fr", "en"][: pick % 3]),
        lambda: desk.add_session(event, changed(data_of(session), title={"en": f"Added {pick}"})),
        lambda: desk.copy_session(session, starts_at=session.ends_at),
        lambda: take_out(session, at=now()),
        lambda: desk.add_slot(session, SlotData(minutes=5 + pick, items=items[: pick % 3])),
        lambda: on(slot, lambda one: desk.move_slot(one, 1 - 2 * (pick % 2))),
        lambda: on(slot, desk.remove_slot),
        lambda: on(slot, lambda one: desk.change_slot(one, SlotData(minutes=9), seen=desk.slot_seen(one))),
        lambda: speaking.add_speaker(slot or session, make_person(f"Person {pick}"), Appearing(online=pick % 2 == 0)),
        lambda: on(speaker, speaking.remove_speaker),
        lambda: on(speaker, lambda one: speaking.answer_for(one, list(SpeakerState)[pick % 3])),
        lambda: papers.add_item(event, ItemData(number=str(pick + 1), title={"en": "Item"})),
        lambda: on(item, lambda one: papers.remove_item(event, one)),
        lambda: on(item, lambda one: papers.change_item(event, one, renumbered, seen=papers.item_seen(one))),
        lambda: shift(event, NINE, None, 5 + pick, absorb_breaks=pick % 2 == 0),
        lambda: copy_day(event, NINE.date(), NINE.date() + timedelta(days=1 + pick)),
        lambda: publish_agenda(event, at=now()),
    ]
    with suppress(AlreadySpeaks, NumberTaken):
        acts[kind % len(acts)]()
    db.session.flush()
    db.session.expire_all()


def some_draft() -> Event:
    event = make_event(languages=["en", "fr"])
    papers.add_item(event, ItemData(number="1", title={"en": "Adoption"}))
    first = make_session(event)
    slot = make_slot(first, person=make_person("Li"))
    slot.items = list(items_of(event))
    make_slot(first, person=make_person("Tong"), title={"en": "Two"})
    make_session(event, starts_at=NINE + HOUR, title={"en": "Coffee"}, kind="break", room=None)
    db.session.flush()
    db.session.expire_all()
    return event


edits = st.lists(st.tuples(st.integers(0, 17), st.integers(0, 8)), min_size=1, max_size=8)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=20, deadline=None)
@given(edits=edits)
def test_any_edits_taken_back_leave_the_draft_as_it_was_and_made_again_as_it_became(
    app: Flask, edits: list[tuple[int, int]]
) -> None:
    event = some_draft()
    states = [steps.held(event)]
    for kind, pick in edits:
        with a_step(event):
            edit(event, kind, pick)
        if (draft := steps.held(event)) != states[-1]:
            states.append(draft)
    for state in reversed(states[:-1]):
        undo(event)
        assert without_the_gone(steps.held(event)) == without_the_gone(state)
    for state in states[1:]:
        redo(event)
        assert without_the_gone(steps.held(event)) == without_the_gone(state)
    db.session.rollback()


def without_the_gone(draft: Held) -> Held:
    """A draft but for what is withdrawn: what was published in between can only be withdrawn, not unmade."""
    live = {uid: session for uid, session in draft.sessions.items() if session.status == "confirmed"}
    return Held(live, draft.items, draft.documents)


def test_speakers_come_back_with_their_answer_and_their_id(app: Flask) -> None:
    event = some_draft()
    speaker = speakers_of(event)[0]
    uid, state = speaker.uid, speaker.state
    with a_step(event):
        speaking.remove_speaker(speaker)
    undo(event)
    assert (speakers_of(event)[0].uid, speakers_of(event)[0].state) == (uid, state)


def test_what_was_edited_elsewhere_since_stays(app: Flask) -> None:
    event = some_draft()
    session = draft_sessions(event)[0]
    with a_step(event):
        change(session, starts_at=NINE + 2 * HOUR)
    speakers_of(event)[0].state = SpeakerState.DECLINED  # on the speaker's own page, which makes no step
    session.abstract = {"en": "<p>New</p>"}
    db.session.flush()
    undo(event)
    assert (session.starts_at, session.abstract) == (NINE, {"en": "<p>New</p>"})
    assert SpeakerState.DECLINED in [speaker.state for speaker in speakers_of(event)]


def test_the_same_place_edited_since_is_never_overwritten(app: Flask) -> None:
    event = some_draft()
    session = draft_sessions(event)[0]
    with a_step(event):
        change(session, starts_at=NINE + 2 * HOUR)
    session.starts_at = NINE + 5 * HOUR
    db.session.flush()
    with pytest.raises(ChangedSince):
        undo(event)
    assert session.starts_at == NINE + 5 * HOUR


def test_a_slot_that_was_worked_on_since_is_not_taken_away(app: Flask) -> None:
    event = some_draft()
    session = draft_sessions(event)[0]
    with a_step(event):
        slot = desk.add_slot(session, SlotData(minutes=5))
    slot.title = {"en": "Worked out meanwhile"}
    db.session.flush()
    with pytest.raises(ChangedSince):
        undo(event)


def test_another_step_meanwhile_stops_an_undo(app: Flask) -> None:
    event = some_draft()
    session = draft_sessions(event)[0]
    with a_step(event):
        change(session, minutes=30)
    seen, _next = steps.last_steps(event)
    with a_step(event):
        change(session, minutes=40)
    with pytest.raises(OtherStep):
        steps.undo(event, seen.uid if seen else "", at=now())
    assert session.minutes == 40


def test_an_edit_after_an_undo_ends_what_could_be_made_again(app: Flask) -> None:
    event = some_draft()
    with a_step(event):
        change(draft_sessions(event)[0], minutes=30)
    undo(event)
    with a_step(event):
        change(draft_sessions(event)[0], minutes=40)
    assert steps.last_steps(event)[1] is None


def test_fifty_steps_are_kept(app: Flask) -> None:
    event = some_draft()
    for minutes in range(1, 54):
        with a_step(event):
            change(draft_sessions(event)[0], minutes=minutes)
    assert db.session.query(DraftStep).filter_by(event_id=event.id).count() == steps.MOST == 50


def test_large_steps_push_out_older_ones_but_the_last_stays(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    event = some_draft()
    monkeypatch.setattr(steps, "MOST_BYTES", 10)
    for minutes in (20, 30):
        with a_step(event):
            change(draft_sessions(event)[0], minutes=minutes)
    [step] = db.session.query(DraftStep).filter_by(event_id=event.id)
    assert step.size > 10


def test_nothing_changed_is_no_step(app: Flask) -> None:
    event = some_draft()
    with a_step(event):
        pass
    assert steps.last_steps(event) == (None, None)
