"""Undo and redo on the pages: what the buttons say, whose step it is, and that every edit is one."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from flask import Flask
from flask.testing import FlaskClient

from inser_events.accounts.models import User
from inser_events.agenda import papers, steps
from inser_events.agenda.papers import ItemData
from inser_events.agenda.publishing import publish_agenda
from inser_events.audit import AuditEntry
from inser_events.clock import now
from inser_events.database import db
from inser_events.events.models import Event, TeamRole
from tests.agenda.desk import HOME, sessions, text
from tests.agenda.test_steps import HOUR, slots_of
from tests.factories import NINE, make_member, make_session, make_slot, make_user

SignIn = Callable[[User], FlaskClient]
SESSION = {"title_en": "Opening", "day": "2025-09-15", "at": "09:00", "minutes": "60", "kind": "opening", "room": ""}
BUTTON = re.compile(r'formaction="[^"]+/(undo|redo)"[^>]*value="([^"]+)"[^>]*>.*?<span>(.*?)</span>', re.DOTALL)


def buttons(page: str) -> dict[str, tuple[str, str]]:
    """The undo and redo buttons of a page: step and label."""
    return {way: (uid, label) for way, uid, label in BUTTON.findall(page)}


def test_a_move_is_told_and_taken_back_on_the_page(owner: FlaskClient, draft: Event) -> None:
    session = make_session(draft)
    page = text(owner.get(f"{HOME}/sessions/{session.uid}/edit"))
    version = re.findall(r'name="version"[^>]*value="(\d+)"', page)[0]
    form = {**SESSION, "at": "10:00", "kind": "plenary", "room": draft.rooms[0].uid, "languages": "en"}
    owner.post(f"{HOME}/sessions/{session.uid}/edit", data={**form, "online": "y", "version": version})
    uid, label = buttons(text(owner.get(HOME)))["undo"]
    assert (label, session.starts_at) == ("Undo: moved “Opening” to 10:00", NINE + HOUR)
    answer = owner.post(f"{HOME}/undo", data={"step": uid}, follow_redirects=True)
    assert text(answer).count("Taken back: moved “Opening” to 10:00.") == 1
    assert session.starts_at == NINE
    assert buttons(text(answer))["redo"][1] == "Redo: moved “Opening” to 10:00"
    owner.post(f"{HOME}/redo", data={"step": uid})
    assert session.starts_at == NINE + HOUR


def test_undo_says_whose_step_it_takes_back_and_is_in_the_history(
    owner: FlaskClient, draft: Event, sign_in: SignIn
) -> None:
    colleague = make_user("amina@example.org", name="Amina")
    make_member(draft, colleague, TeamRole.EDITOR)
    sign_in(colleague).post(f"{HOME}/sessions/new", data=SESSION)
    uid, label = buttons(text(owner.get(HOME)))["undo"]
    assert label == "Undo what Amina did: added “Opening”"
    owner.post(f"{HOME}/undo", data={"step": uid})
    entry = db.session.query(AuditEntry).filter_by(action="undo step").one()
    assert (entry.actor, entry.after["of"], sessions(draft)) == ("owner@example.org", "amina@example.org", [])


def test_a_button_that_is_out_of_date_changes_nothing_and_says_so(owner: FlaskClient, draft: Event) -> None:
    owner.post(f"{HOME}/sessions/new", data=SESSION)
    page = text(owner.post(f"{HOME}/undo", data={"step": "another"}, follow_redirects=True))
    assert page.count("Someone else changed the draft in the meantime.") == 1
    assert len(sessions(draft)) == 1


def test_a_step_that_cannot_be_taken_back_does_not_block_the_others(owner: FlaskClient, draft: Event) -> None:
    owner.post(f"{HOME}/sessions/new", data=SESSION)
    [session] = sessions(draft)
    session.track = "A"
    uid, _label = buttons(text(owner.get(HOME)))["undo"]
    page = text(owner.post(f"{HOME}/undo", data={"step": uid}, follow_redirects=True))
    assert (page.count("The same place has been changed since."), buttons(page)) == (1, {})


def test_a_refused_form_leaves_no_step(owner: FlaskClient, draft: Event) -> None:
    owner.post(f"{HOME}/sessions/new", data={**SESSION, "minutes": "0"})
    assert steps.last_steps(draft) == (None, None)


def test_a_paste_is_one_step(owner: FlaskClient, draft: Event) -> None:
    lines = {"text": "9:00 One\n10:00 Two\n11:00 Three", "day": "2025-09-15", "room": "", "within": "sessions"}
    owner.post(f"{HOME}/paste", data={**lines, "then": "add"})
    uid, label = buttons(text(owner.get(HOME)))["undo"]
    owner.post(f"{HOME}/undo", data={"step": uid})
    assert (label, sessions(draft)) == ("Undo: added 3 sessions", [])


def starts(event: Event) -> list[Any]:
    return [(one.starts_at, one.withdrawn_at is None) for one in sessions(event)]


def undo_on_the_page(owner: FlaskClient) -> str:
    """Press the button; what it said."""
    uid, label = buttons(text(owner.get(HOME)))["undo"]
    owner.post(f"{HOME}/undo", data={"step": uid})
    return label


def test_a_shift_is_one_step(owner: FlaskClient, draft: Event) -> None:
    make_session(draft)
    make_session(draft, starts_at=NINE + HOUR)
    form = {"day": "2025-09-15", "after": "09:00", "room": "", "minutes": "20"}
    page = text(owner.post(f"{HOME}/shift", data={**form, "then": "show"}))
    seen = re.findall(r'name="seen"[^>]*value="(\w+)"', page)[0]
    owner.post(f"{HOME}/shift", data={**form, "seen": seen, "then": "apply"})
    assert starts(draft)[0][0] == NINE + timedelta(minutes=20)
    assert undo_on_the_page(owner) == "Undo: moved 2 sessions"
    assert starts(draft) == [(NINE, True), (NINE + HOUR, True)]


def test_going_back_to_a_release_is_one_step(owner: FlaskClient, draft: Event) -> None:
    session = make_session(draft)
    publish_agenda(draft, at=now())
    session.starts_at = NINE + 3 * HOUR
    make_session(draft, title={"en": "New"}, starts_at=NINE + 5 * HOUR)
    before = starts(draft)
    page = text(owner.get("/manage/launch/publish/releases/1"))
    seen = re.findall(r'name="seen"[^>]*value="(\w+)"', page)[0]
    owner.post("/manage/launch/publish/releases/1", data={"seen": seen})
    assert starts(draft) == [(NINE, True)]
    assert undo_on_the_page(owner) == "Undo: changed 2 sessions"
    assert starts(draft) == before


def test_a_withdrawal_is_taken_back(owner: FlaskClient, draft: Event) -> None:
    session = make_session(draft)
    publish_agenda(draft, at=now())
    owner.post(f"{HOME}/sessions/{session.uid}/withdraw")
    assert undo_on_the_page(owner) == "Undo: withdrew “Opening”"
    assert starts(draft) == [(NINE, True)]


def test_an_item_and_what_names_it_come_back(owner: FlaskClient, draft: Event) -> None:
    item = papers.add_item(draft, ItemData(number="3", title={"en": "Adoption"}))
    slot = make_slot(make_session(draft))
    slot.items = [item]
    owner.post(f"{HOME}/items/{item.uid}/remove")
    assert undo_on_the_page(owner) == "Undo: changed the items and documents"
    assert [one.number for one in slots_of(draft)[0].items] == ["3"]


def test_undo_comes_back_to_where_it_was_pressed(owner: FlaskClient, draft: Event) -> None:
    session = make_session(draft)
    places = [
        ({"view": "grid", "day": "all"}, f"{HOME}?view=grid&day=all"),
        ({"view": "grid", "day": "//evil.example"}, f"{HOME}?view=grid"),
        ({"view": "//evil.example"}, HOME),
        ({"session": session.uid}, f"{HOME}/sessions/{session.uid}"),
        ({"session": "gone"}, HOME),
    ]
    assert [owner.post(f"{HOME}/undo", data=data).location for data, _to in places] == [to for _data, to in places]


def test_who_only_looks_gets_no_buttons_and_may_not_undo(owner: FlaskClient, draft: Event, sign_in: SignIn) -> None:
    owner.post(f"{HOME}/sessions/new", data=SESSION)
    uid, _label = buttons(text(owner.get(HOME)))["undo"]
    viewer = make_user("viewer@example.org")
    make_member(draft, viewer, TeamRole.VIEWER)
    browser = sign_in(viewer)
    assert buttons(text(browser.get(HOME))) == {}
    assert browser.post(f"{HOME}/undo", data={"step": uid}).status_code == 403


def test_every_edit_of_the_draft_is_a_step(app: Flask) -> None:
    """A new POST route below an event's agenda makes a step, or stands here with the reason why not."""
    no_draft = {
        "draft_steps.step",  # takes one back
        "agenda_grid.move",  # makes its step itself, before it answers
        "agenda_import.update",  # receives a file; nothing changes before the next page
        "documents.files",  # files stand beside the draft, and a withdrawn one must stay withdrawn
        "documents.withdraw",  # the same
    }
    missing = {
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/manage/<slug>/agenda") and "POST" in (rule.methods or ())
        if not getattr(app.view_functions[rule.endpoint], "is_a_step", False)
    }
    assert missing == no_draft
