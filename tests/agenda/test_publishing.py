import threading
from contextvars import copy_context
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from inser_events.agenda.differences import difference, headline, in_words
from inser_events.agenda.errors import ReleasedMeanwhile
from inser_events.agenda.models import Release, Session, SpeakerState
from inser_events.agenda.operations import withdraw_session
from inser_events.agenda.papers import DocumentData, ItemData, add_document, add_item
from inser_events.agenda.publishing import build_snapshot, pending_changes, publish_agenda
from inser_events.agenda.queries import latest_snapshot
from inser_events.agenda.snapshot import EventFacts, Snapshot, dump, load
from inser_events.agenda.snapshot import Room as FrozenRoom
from inser_events.agenda.snapshot import Session as Frozen
from inser_events.agenda.speaking import Appearing, add_speaker
from inser_events.audit import AuditEntry
from inser_events.database import commit, db
from inser_events.events.models import Event
from inser_events.events.queries import find_event
from tests.factories import LAUNCH_DAY, NINE, make_event, make_person, make_session, make_slot

FIRST = datetime(2025, 9, 1, 12, tzinfo=UTC)
SECOND = FIRST + timedelta(days=1)
THIRD = FIRST + timedelta(days=2)
ZONE = "Africa/Casablanca"


def frozen(event: Event, session: Session) -> Frozen:
    """The session as the last release has it."""
    snapshot = latest_snapshot(event)
    assert snapshot is not None
    return next(each for each in snapshot.sessions if each.uid == session.uid)


def stamps(event: Event, session: Session) -> tuple[int, datetime | None]:
    found = frozen(event, session)
    return found.sequence, found.changed_at


def words(event: Event) -> list[str]:
    """What publishing now would change, in words."""
    _old, _new, changes = pending_changes(event, at=SECOND)
    return [line for each in changes for line in (headline(each, ZONE), *in_words(each, ZONE))]


def test_the_first_release_makes_the_event_public(app: Flask) -> None:
    event = make_event()
    session = make_session(event)
    make_slot(session, minutes=20, person=make_person())
    make_slot(session, minutes=15)
    release = publish_agenda(event, at=FIRST, note="Out", by="Olga")
    found = frozen(event, session)
    assert (release.number, release.note, release.published_by, event.published_at) == (1, "Out", "Olga", FIRST)
    assert [(slot.starts_at, slot.ends_at) for slot in found.slots] == [
        (NINE, NINE + timedelta(minutes=20)),
        (NINE + timedelta(minutes=20), NINE + timedelta(minutes=35)),
    ]
    assert (found.sequence, found.changed_at) == (0, FIRST)


def test_an_event_without_sessions_can_be_published(app: Flask) -> None:
    event = make_event()
    assert publish_agenda(event, at=FIRST).number == 1


def test_the_join_link_is_never_part_of_a_release(app: Flask) -> None:
    event = make_event()
    make_session(event)
    assert "secret-link" not in publish_agenda(event, at=FIRST).snapshot


def test_mail_addresses_of_speakers_are_never_part_of_a_release(app: Flask) -> None:
    event = make_event()
    make_slot(make_session(event), person=make_person(email="li@example.org"))
    assert "li@example.org" not in publish_agenda(event, at=FIRST).snapshot


def test_who_declined_is_not_published(app: Flask) -> None:
    event = make_event()
    session = make_session(event)
    add_speaker(make_slot(session), make_person(), Appearing(state=SpeakerState.DECLINED))
    publish_agenda(event, at=FIRST)
    snapshot = latest_snapshot(event)
    assert snapshot is not None
    assert (snapshot.people, frozen(event, session).slots[0].speakers) == ({}, [])


def test_the_snapshot_survives_being_stored(app: Flask) -> None:
    event = make_event(languages=["en", "fr"])
    make_slot(make_session(event), person=make_person("李", "立峰", name_latin="Li Lifeng"))
    add_item(event, ItemData(number="1", title={"en": "Adoption"}, purpose="decision"))
    add_document(event, DocumentData(symbol="A/1", languages=["en"]))
    snapshot = build_snapshot(event, number=1, at=FIRST, previous=None)
    assert load(dump(snapshot)) == snapshot


def test_what_did_not_change_keeps_its_stamps(app: Flask) -> None:
    event = make_event()
    same, other = make_session(event), make_session(event, starts_at=NINE + timedelta(hours=1))
    publish_agenda(event, at=FIRST)
    other.minutes = 30
    publish_agenda(event, at=SECOND)
    assert (stamps(event, same), stamps(event, other)) == ((0, FIRST), (1, SECOND))


@pytest.mark.parametrize(
    "change",
    [
        {"starts_at": NINE + timedelta(minutes=5)},
        {"minutes": 61},
        {"room": None},
        {"online": False},
        {"title": {"en": "Closing"}},
    ],
    ids=["start", "length", "room", "online", "title"],
)
def test_what_calendars_must_show_again_raises_the_sequence(app: Flask, change: dict[str, Any]) -> None:
    event = make_event()
    session = make_session(event)
    publish_agenda(event, at=FIRST)
    for name, value in change.items():
        setattr(session, name, value)
    publish_agenda(event, at=SECOND)
    assert stamps(event, session) == (1, SECOND)
    publish_agenda(event, at=THIRD)
    assert stamps(event, session) == (1, SECOND)


def test_another_venue_raises_every_sequence(app: Flask) -> None:
    event = make_event()
    session = make_session(event)
    publish_agenda(event, at=FIRST)
    event.venue_name = {"en": "Another hall"}
    publish_agenda(event, at=SECOND)
    snapshot = latest_snapshot(event)
    assert snapshot is not None
    assert (stamps(event, session), snapshot.event.sequence) == ((1, SECOND), 1)


def test_a_new_speaker_is_a_change_but_no_new_sequence(app: Flask) -> None:
    event = make_event()
    session = make_session(event)
    slot = make_slot(session)
    publish_agenda(event, at=FIRST)
    add_speaker(slot, make_person(), Appearing())
    publish_agenda(event, at=SECOND)
    assert stamps(event, session) == (0, SECOND)


def test_a_corrected_name_is_a_change_of_the_sessions_it_stands_in(app: Flask) -> None:
    event = make_event()
    session, other = make_session(event), make_session(event, starts_at=NINE + timedelta(hours=1))
    person = make_person()
    make_slot(session, person=person)
    publish_agenda(event, at=FIRST)
    person.job_title = "Director"
    publish_agenda(event, at=SECOND)
    assert (stamps(event, session), stamps(event, other)) == ((0, SECOND), (0, FIRST))


def test_a_withdrawn_session_stays_as_cancelled_and_as_it_was_public(app: Flask) -> None:
    event = make_event()
    session = make_session(event)
    make_slot(session, person=make_person())
    publish_agenda(event, at=FIRST)
    session.title = {"en": "A draft nobody may see"}
    withdraw_session(session, at=SECOND)
    publish_agenda(event, at=SECOND)
    found = frozen(event, session)
    snapshot = latest_snapshot(event)
    assert (found.status, found.title, found.sequence) == ("cancelled", {"en": "Opening"}, 1)
    assert snapshot is not None
    assert len(snapshot.people) == 1
    publish_agenda(event, at=THIRD)
    assert stamps(event, session) == (1, SECOND)


def test_a_withdrawn_session_that_was_never_public_stays_unknown(app: Flask) -> None:
    event = make_event()
    withdraw_session(make_session(event), at=FIRST)
    publish_agenda(event, at=FIRST)
    snapshot = latest_snapshot(event)
    assert snapshot is not None
    assert snapshot.sessions == []


def test_a_session_that_comes_back_is_confirmed_with_a_higher_sequence(app: Flask) -> None:
    event = make_event()
    session = make_session(event)
    publish_agenda(event, at=FIRST)
    session.withdrawn_at = SECOND
    publish_agenda(event, at=SECOND)
    session.withdrawn_at = None
    publish_agenda(event, at=THIRD)
    assert (frozen(event, session).status, stamps(event, session)) == ("confirmed", (2, THIRD))


def test_a_session_keeps_the_room_that_was_removed_when_it_is_withdrawn(app: Flask) -> None:
    event = make_event()
    session = make_session(event)
    publish_agenda(event, at=FIRST)
    session.withdrawn_at = SECOND
    session.room = None
    event.rooms.clear()
    publish_agenda(event, at=SECOND)
    snapshot = latest_snapshot(event)
    assert snapshot is not None
    room = snapshot.room_named(frozen(event, session).room)
    assert room is not None
    assert room.name == {"en": "Plenary hall"}


def test_sessions_stand_by_start_and_then_by_room(app: Flask) -> None:
    event = make_event()
    late = make_session(event, starts_at=NINE + timedelta(hours=1), title={"en": "late"})
    nowhere = make_session(event, room=None, title={"en": "nowhere"})
    hall = make_session(event, title={"en": "hall"})
    snapshot = build_snapshot(event, number=1, at=FIRST, previous=None)
    assert [each.uid for each in snapshot.sessions] == [hall.uid, nowhere.uid, late.uid]


def test_publishing_is_recorded_with_what_changed(app: Flask) -> None:
    event = make_event()
    session = make_session(event)
    publish_agenda(event, at=FIRST)
    entry = db.session.query(AuditEntry).filter_by(action="publish").one()
    assert entry.after == {"number": 1, "note": "", "changes": [f"added {session.uid}"]}


def test_who_compared_with_an_older_release_is_told(app: Flask) -> None:
    event = make_event()
    publish_agenda(event, at=FIRST, after=0)
    with pytest.raises(ReleasedMeanwhile):
        publish_agenda(event, at=SECOND, after=0)
    assert publish_agenda(event, at=SECOND, after=1).number == 2


def test_two_who_publish_at_once_get_consecutive_numbers(app: Flask) -> None:
    event = make_event()
    make_session(event)
    slug = event.slug
    commit()
    db.session.remove()
    together = threading.Barrier(4)
    errors: list[Exception] = []

    def publish() -> None:
        with app.app_context():
            together.wait()
            try:
                publish_agenda(find_event(slug), at=FIRST)
                commit()
            except Exception as error:  # noqa: BLE001 — a thread must hand its failure over
                errors.append(error)
            finally:
                db.session.remove()

    threads = [threading.Thread(target=_writing, args=(publish,)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert sorted(release.number for release in db.session.query(Release)) == [1, 2, 3, 4]


def _writing(act: Any) -> None:
    copy_context().run(act)


def test_nothing_differs_right_after_publishing(app: Flask) -> None:
    event = make_event()
    make_slot(make_session(event), person=make_person())
    publish_agenda(event, at=FIRST)
    assert words(event) == []


def test_everything_is_new_in_the_first_release(app: Flask) -> None:
    event = make_event()
    make_session(event)
    assert words(event) == ["Added: Opening (Mon 15 Sept, 09:00)"]


def test_a_move_is_told_with_both_times_and_rooms(app: Flask) -> None:
    event = make_event()
    session = make_session(event)
    make_slot(session)
    publish_agenda(event, at=FIRST)
    session.starts_at, session.room = NINE + timedelta(minutes=30), None
    assert words(event) == [
        "Moved: Opening (Mon 15 Sept, 09:30)",
        "Now 09:30–10:30, was 09:00–10:00.",
        "Now in no room, was in Plenary hall.",
    ]


def test_a_move_to_another_day_names_the_days(app: Flask) -> None:
    event = make_event()
    session = make_session(event)
    publish_agenda(event, at=FIRST)
    session.starts_at = NINE + timedelta(days=1)
    assert words(event)[1] == "Now Tue 16 Sept, 09:00–10:00, was Mon 15 Sept, 09:00–10:00."


def test_people_who_come_and_go_are_named(app: Flask) -> None:
    event = make_event()
    slot = make_slot(make_session(event), person=make_person("Li", "Lifeng"))
    publish_agenda(event, at=FIRST)
    slot.speakers.clear()
    add_speaker(slot, make_person("Tong", "Yuxin"), Appearing())
    assert words(event)[1:3] == ["New: Yuxin Tong.", "No longer: Lifeng Li."]


def test_a_withdrawal_and_a_changed_event_are_told(app: Flask) -> None:
    event = make_event()
    session = make_session(event)
    publish_agenda(event, at=FIRST)
    session.withdrawn_at = SECOND
    event.venue_address = "Avenue de la Victoire"
    assert words(event) == [
        "The event itself",
        "The venue or its address changed.",
        "Withdrawn: Opening (Mon 15 Sept, 09:00)",
    ]


def test_new_items_and_documents_are_told(app: Flask) -> None:
    event = make_event()
    publish_agenda(event, at=FIRST)
    add_item(event, ItemData(number="1", title={"en": "Adoption"}))
    add_document(event, DocumentData(symbol="A/1"))
    assert words(event) == ["The numbered agenda", "1 is new.", "A/1 is new."]


rooms = [FrozenRoom(uid=f"r{number}", name={"en": f"Room {number}"}) for number in range(3)]
sessions = st.builds(
    Frozen,
    uid=st.sampled_from([f"s{number}" for number in range(8)]),
    title=st.sampled_from([{"en": "One"}, {"en": "Two"}]),
    kind=st.just("plenary"),
    starts_at=st.integers(0, 3).map(lambda hours: NINE + timedelta(hours=hours)),
    ends_at=st.integers(4, 6).map(lambda hours: NINE + timedelta(hours=hours)),
    room=st.sampled_from([None, "r0", "r1", "r2"]),
    online=st.booleans(),
    status=st.sampled_from(["confirmed", "cancelled"]),
)
agendas = st.lists(sessions, max_size=8, unique_by=lambda session: session.uid)
facts = EventFacts(
    uid="e",
    slug="e",
    kind="launch",
    name={"en": "E"},
    time_zone=ZONE,
    starts_on=LAUNCH_DAY,
    ends_on=LAUNCH_DAY,
    languages=["en"],
    modes=["online"],
)


def snapshot_with(held: list[Frozen]) -> Snapshot:
    return Snapshot(number=1, published_at=FIRST, event=facts, rooms=rooms, sessions=held)


@given(agendas)
def test_nothing_differs_from_itself(held: list[Frozen]) -> None:
    assert difference(snapshot_with(held), snapshot_with(list(held))) == []


@given(agendas, agendas)
def test_exactly_the_changed_sessions_are_named(before: list[Frozen], after: list[Frozen]) -> None:
    old = {session.uid: session for session in before if session.status == "confirmed"}
    new = {session.uid: session for session in after if session.status == "confirmed"}
    named = {change.uid: change.kind for change in difference(snapshot_with(before), snapshot_with(after))}
    assert set(named) == {uid for uid in old.keys() | new.keys() if old.get(uid) != new.get(uid)}
    assert {uid for uid, kind in named.items() if kind == "added"} == new.keys() - old.keys()
    assert {uid for uid, kind in named.items() if kind == "removed"} == old.keys() - new.keys()


@given(agendas, agendas)
def test_the_way_back_undoes_the_way_there(before: list[Frozen], after: list[Frozen]) -> None:
    there = difference(snapshot_with(before), snapshot_with(after))
    back = difference(snapshot_with(after), snapshot_with(before))
    opposite = {"added": "removed", "removed": "added", "moved": "moved", "changed": "changed"}
    assert {(change.uid, opposite[change.kind]) for change in there} == {(change.uid, change.kind) for change in back}


def test_a_note_and_stamps_are_no_difference() -> None:
    held = [Frozen(uid="s", title={"en": "One"}, kind="plenary", starts_at=NINE, ends_at=SECOND)]
    stamped = [msgspec.structs.replace(held[0], sequence=3, changed_at=FIRST)]
    assert difference(snapshot_with(held), snapshot_with(stamped)) == []
