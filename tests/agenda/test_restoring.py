from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from msgspec.structs import replace

from inser_events.agenda.errors import NoSuchRelease
from inser_events.agenda.models import Release, Session, Slot, Speaker, SpeakerState
from inser_events.agenda.operations import withdraw_session
from inser_events.agenda.papers import DocumentData, ItemData, add_document, add_item
from inser_events.agenda.publishing import build_snapshot, publish_agenda
from inser_events.agenda.queries import draft_sessions
from inser_events.agenda.restoring import find_release, restore_preview, use_release
from inser_events.agenda.snapshot import Snapshot, load
from inser_events.audit import AuditEntry
from inser_events.database import db
from inser_events.events.errors import Outdated
from inser_events.events.models import Event
from tests.agenda.desk import text
from tests.factories import NINE, make_event, make_person, make_session, make_slot

FIRST = NINE - timedelta(days=10)
SECOND = NINE - timedelta(days=5)
HOUR = timedelta(hours=1)


def content(snapshot: Snapshot) -> tuple[object, ...]:
    """What a release says, without its stamps."""
    held = [replace(session, sequence=0, changed_at=None) for session in snapshot.live_sessions]
    return held, snapshot.items, snapshot.documents, snapshot.people, snapshot.rooms


def draft_of(event: Event) -> tuple[object, ...]:
    return content(build_snapshot(event, number=0, at=NINE, previous=None))


def released(event: Event) -> tuple[Session, Release]:
    """A session with two slots, a chair, items and documents, as release 1."""
    document = add_document(event, DocumentData(symbol="A/1", title={"en": "Report"}, languages=["en"]))
    item = add_item(event, ItemData(number="1", title={"en": "Adoption"}, purpose="decision", documents=[document]))
    session = make_session(event)
    slot = make_slot(session, person=make_person("Li"), title={"en": "One"})
    slot.items.append(item)
    make_slot(session, person=make_person("Ghaouti", "Lamiae"), title={"en": "Two"}, minutes=15)
    session.speakers.append(
        Speaker(session_id=session.id, person=make_person("Chair"), role="chair", state=SpeakerState.CONFIRMED)
    )
    db.session.flush()
    return session, publish_agenda(event, at=FIRST)


def change_everything(event: Event, session: Session) -> None:
    session.title, session.starts_at, session.minutes = {"en": "Other"}, NINE + HOUR, 30
    session.room, session.kind, session.track = None, "panel", "A"
    first, second = session.slots
    first.position, second.position = 1, 0
    first.title, first.minutes, first.items = {"en": "New"}, 5, []
    db.session.delete(second)
    session.speakers.clear()
    first.speakers[0].person = make_person("Someone")
    make_slot(session, title={"en": "Extra"})
    add_item(event, ItemData(number="2", title={"en": "More"}))
    db.session.flush()
    db.session.expire_all()


def test_the_draft_says_again_what_the_release_said(app: Flask) -> None:
    event = make_event()
    session, release = released(event)
    before = draft_of(event)
    change_everything(event, session)
    assert draft_of(event) != before
    use_release(event, release, at=SECOND)
    assert draft_of(event) == content(load(release.snapshot)) == before


def test_ids_stay_so_that_calendars_keep_their_entries(app: Flask) -> None:
    event = make_event()
    session, release = released(event)
    ids = session.id, [slot.uid for slot in session.slots]
    change_everything(event, session)
    use_release(event, release, at=SECOND)
    [found] = draft_sessions(event)
    assert (found.id, [slot.uid for slot in found.slots]) == ids


def test_what_did_not_change_keeps_its_rows(app: Flask) -> None:
    event = make_event()
    _session, release = released(event)
    rows = [db.session.query(table.id).order_by(table.id).all() for table in (Session, Slot, Speaker)]
    use_release(event, release, at=SECOND)
    assert [db.session.query(table.id).order_by(table.id).all() for table in (Session, Slot, Speaker)] == rows


def test_a_withdrawn_session_comes_back(app: Flask) -> None:
    event = make_event()
    session, release = released(event)
    withdraw_session(session, at=SECOND)
    use_release(event, release, at=SECOND)
    assert (session.withdrawn_at, session.version) == (None, 3)


def test_what_the_release_does_not_have_is_withdrawn_or_removed(app: Flask) -> None:
    event = make_event()
    session, release = released(event)
    public = make_session(event, title={"en": "Public"}, starts_at=NINE + HOUR)
    publish_agenda(event, at=SECOND)
    private = make_session(event, title={"en": "Private"}, starts_at=NINE + 2 * HOUR)
    uid = private.uid
    use_release(event, release, at=SECOND)
    assert (session.withdrawn_at, public.withdrawn_at) == (None, SECOND)
    assert db.session.query(Session).filter_by(uid=uid).count() == 0


def test_who_declined_since_stays_declined(app: Flask) -> None:
    event = make_event()
    session, release = released(event)
    speaker = session.slots[0].speakers[0]
    speaker.state = SpeakerState.DECLINED
    use_release(event, release, at=SECOND)
    assert [each.state for each in session.slots[0].speakers] == [SpeakerState.DECLINED]


def test_who_declined_before_the_release_stays_in_the_draft(app: Flask) -> None:
    event = make_event()
    session, _first = released(event)
    speaker = session.slots[0].speakers[0]
    speaker.state = SpeakerState.DECLINED
    second = publish_agenda(event, at=SECOND)
    use_release(event, second, at=NINE)
    assert [each.state for each in session.slots[0].speakers] == [SpeakerState.DECLINED]


def test_who_comes_back_is_asked_anew(app: Flask) -> None:
    event = make_event()
    session, release = released(event)
    session.slots[0].speakers.clear()
    db.session.flush()
    use_release(event, release, at=SECOND)
    assert [(each.person.family_name, each.state) for each in session.slots[0].speakers] == [("Li", "invited")]


def test_a_room_that_is_gone_is_left_out(app: Flask) -> None:
    event = make_event()
    session, release = released(event)
    session.room = None
    event.rooms.clear()
    db.session.flush()
    use_release(event, release, at=SECOND)
    assert session.room is None


def test_nothing_becomes_public_by_going_back(app: Flask) -> None:
    event = make_event()
    session, release = released(event)
    session.title = {"en": "Other"}
    publish_agenda(event, at=SECOND)
    use_release(event, release, at=SECOND)
    assert db.session.query(Release).count() == 2
    third = load(publish_agenda(event, at=NINE).snapshot)
    assert (third.sessions[0].title, third.sessions[0].sequence) == ({"en": "Opening"}, 2)


def test_going_back_is_in_the_log(app: Flask) -> None:
    event = make_event()
    session, release = released(event)
    session.title = {"en": "Other"}
    use_release(event, release, at=SECOND)
    [entry] = db.session.query(AuditEntry).filter_by(action="use release")
    assert entry.after == {"number": 1, "changes": [f"changed {session.uid}"]}


def test_a_draft_that_changed_since_the_preview_is_kept(app: Flask) -> None:
    event = make_event()
    session, release = released(event)
    _changes, seen = restore_preview(event, release)
    session.track = "B"
    db.session.flush()
    with pytest.raises(Outdated):
        use_release(event, release, at=SECOND, seen=seen)
    assert session.track == "B"


def test_releases_of_other_events_cannot_be_used(app: Flask) -> None:
    released(make_event())
    with pytest.raises(NoSuchRelease):
        find_release(make_event(), 1)


def test_the_page_shows_what_changes_then_does_it(draft: Event, owner: FlaskClient) -> None:
    session, _release = released(draft)
    session.title = {"en": "Other"}
    page = owner.get("/manage/launch/publish/releases/1")
    assert (page.status_code, "New title; was “Other”." in text(page)) == (200, True)
    assert session.title == {"en": "Other"}
    seen = text(page).split('name="seen" value="')[1].split('"')[0]
    assert owner.post("/manage/launch/publish/releases/1", data={"seen": seen}).status_code == 302
    assert session.title == {"en": "Opening"}


def test_the_page_asks_again_when_the_draft_changed(draft: Event, owner: FlaskClient) -> None:
    session, _release = released(draft)
    session.title = {"en": "Other"}
    assert owner.post("/manage/launch/publish/releases/1", data={"seen": "old"}).status_code == 409
    assert session.title == {"en": "Other"}


def test_the_page_of_a_release_that_is_not_there(draft: Event, owner: FlaskClient) -> None:
    assert owner.get("/manage/launch/publish/releases/7").status_code == 404
