"""The draft as bare rows says what its objects say, and an edit makes objects of what it changed alone."""

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings

from inser_events.agenda import draft_rows, steps
from inser_events.agenda.draft_rows import SessionRows, whole_session
from inser_events.agenda.freezing import frozen_session
from inser_events.agenda.models import Session, SpeakerState
from inser_events.agenda.queries import draft_sessions
from inser_events.agenda.shifting import retime
from inser_events.events.models import Event
from tests.agenda.desk import HOME
from tests.agenda.test_steps import HOUR, edit, edits, some_draft
from tests.factories import NINE, make_person, make_session, make_slot


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=15, deadline=None)
@given(some=edits)
def test_rows_say_what_the_objects_say(app: Flask, some: list[tuple[int, int]]) -> None:
    event = some_draft()
    for kind, pick in some:
        edit(event, kind, pick)
    rows = draft_rows.draft_rows(event)
    objects = {one.uid: frozen_session(one, whole=True) for one in draft_sessions(event)}
    assert {uid: whole_session(one) for uid, one in rows.items()} == objects


def test_a_session_without_room_or_texts_and_someone_who_declined_are_read(app: Flask) -> None:
    event = some_draft()
    session = make_session(event, room=None, title={"ar": "افتتاح", "en": "“Opening”"}, languages=[], track="A")
    slot = make_slot(session, person=make_person("Zhang"), title={})
    slot.speakers[0].state = SpeakerState.DECLINED
    slot.speakers[0].time_zone = "Asia/Shanghai"
    found = whole_session(draft_rows.draft_rows(event)[session.uid])
    assert (found.room, found.title, found.languages, found.track) == (None, session.title, [], "A")
    assert [(one.state, one.time_zone) for one in found.slots[0].speakers] == [("declined", "Asia/Shanghai")]


def test_an_edit_makes_values_of_the_session_it_changed_alone(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    event = some_draft()
    made: list[str] = []

    def counted(rows: SessionRows) -> Any:
        made.append(rows.session.uid)
        return whole_session(rows)

    monkeypatch.setattr(steps, "whole_session", counted)
    before = steps.begin(event)
    touched: Session = draft_sessions(event)[0]
    retime(touched, NINE + HOUR, touched.minutes)
    step = steps.keep(event, before)
    assert (step is not None, made) == (True, [touched.uid, touched.uid])


def test_a_refused_move_keeps_no_step_and_answers_with_the_draft(owner: FlaskClient, draft: Event) -> None:
    session = make_session(draft)
    sent = {"start": "nowhere", "minutes": 5, "room": "", "version": session.version}
    answer = owner.post(f"{HOME}/sessions/{session.uid}/move", json=sent)
    assert (answer.status_code, steps.last_steps(draft)) == (422, (None, None))
