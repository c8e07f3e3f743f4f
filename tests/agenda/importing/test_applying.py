"""What an import does to an event: compared first, then done by operations."""

from typing import Any

import pytest
from sqlalchemy import func, select

from inser_events.accounts.models import User
from inser_events.agenda.differences import headline, in_words
from inser_events.agenda.errors import ElsewhereRoom, TitleMissing, Unusable, UnusableMinutes
from inser_events.agenda.importing.applying import apply_plan, create_from
from inser_events.agenda.importing.importing import Prepared, prepare
from inser_events.agenda.importing.models import ImportedId
from inser_events.agenda.importing.operations import WholeSession, add_sessions
from inser_events.agenda.models import Session, Speaker, SpeakerState
from inser_events.agenda.operations import SessionData
from inser_events.agenda.publishing import publish_agenda
from inser_events.agenda.queries import draft_sessions
from inser_events.audit import AuditEntry
from inser_events.clock import now
from inser_events.database import db
from inser_events.events.models import Event
from inser_events.people.models import Person
from tests.agenda.importing.files import DAY, schedule, talk
from tests.factories import make_event, make_person, make_session, make_slot, make_user
from tests.queries import count_queries

GUID = "8079583e-8321-4506-95af-fd2903a5f075"
OTHER = "2d64f8e2-26ee-429f-b5ab-3b3f326e31b9"
ADA = {"id": 1, "public_name": "Ada Lovelace"}
BOB = {"id": 2, "public_name": "Bob"}


@pytest.fixture
def owner(app: Any) -> User:
    return make_user()


def created(owner: User, content: bytes, **options: Any) -> Event:
    prepared = prepare(content, "file", None)
    event = create_from(prepared.plan, owner, **options)
    apply_plan(prepared.plan, event, at=now())
    return event


def compared(event: Event, content: bytes) -> Prepared:
    return prepare(content, "file", event)


def update(event: Event, content: bytes) -> list[str]:
    """Import into an existing event; the changes in words."""
    plan = compared(event, content).plan
    words = [
        " ".join([headline(step.change, "UTC").partition(" (")[0], *in_words(step.change, "UTC")])
        for step in plan.steps
    ]
    apply_plan(plan, event, at=now())
    return words


def titles(event: Event) -> list[str]:
    return [session.title["en"] for session in draft_sessions(event) if session.withdrawn_at is None]


def people(session: Session) -> list[str]:
    return [speaker.person.name for slot in session.slots for speaker in slot.speakers]


def test_a_new_event_has_zone_days_rooms_and_people(owner: User) -> None:
    event = created(owner, schedule(talk(guid=GUID, id=3, language="en", persons=[ADA, BOB]), title="Soil days"))
    [session] = draft_sessions(event)
    assert (event.name, event.slug, event.time_zone, event.published_at) == (
        {"en": "Soil days"},
        "soil-days",
        "Africa/Casablanca",
        None,
    )
    assert (event.starts_on.isoformat(), event.ends_on.isoformat()) == (DAY, DAY)
    assert [room.name for room in event.rooms] == [{"en": "Hall"}]
    assert (session.uid, session.minutes, session.room, people(session)) == (
        GUID,
        30,
        event.rooms[0],
        ["Ada Lovelace", "Bob"],
    )
    assert [(slot.minutes, slot.title) for slot in session.slots] == [(30, {})]


def test_the_main_language_is_that_of_most_talks(owner: User) -> None:
    event = created(
        owner, schedule(talk(language="fr"), talk("B", language="fr", id=2), talk("C", language="en", id=3))
    )
    assert event.languages == ["fr"]


def test_the_same_file_again_changes_nothing(owner: User) -> None:
    content = schedule(talk(guid="no uuid", id=1, persons=[ADA]), talk("Two", id=2, duration="01:00"))
    event = created(owner, content)
    entries = db.session.scalar(select(func.count()).select_from(AuditEntry))
    plan = compared(event, content).plan
    assert (plan.steps, len(plan.unchanged), plan.kept) == ([], 2, [])
    apply_plan(plan, event, at=now())
    assert db.session.scalar(select(func.count()).select_from(AuditEntry)) == entries


def test_ids_that_are_no_uuids_are_remembered(owner: User) -> None:
    event = created(owner, schedule(talk(guid="abc", id=7, persons=[ADA])))
    [session] = draft_sessions(event)
    rows = db.session.scalars(select(ImportedId).order_by(ImportedId.kind)).all()
    person = db.session.scalars(select(Person)).one()
    assert [(row.kind, row.foreign_id, row.uid) for row in rows] == [
        ("number", "7", session.uid),
        ("person", "id:1", person.uid),
        ("session", "abc", session.uid),
    ]


def test_a_uuid_that_another_event_has_gets_a_new_uid(owner: User) -> None:
    first = created(owner, schedule(talk(guid=GUID)))
    second = created(owner, schedule(talk(guid=GUID)), slug="second")
    assert draft_sessions(first)[0].uid == GUID
    assert draft_sessions(second)[0].uid != GUID
    assert compared(second, schedule(talk(guid=GUID))).plan.steps == []


def test_changes_in_words(owner: User) -> None:
    event = created(
        owner,
        schedule(
            talk("Stays", guid=GUID, persons=[ADA]), talk("Moves", id=2), talk("Goes", id=3), talk("Renamed", id=4)
        ),
    )
    words = update(
        event,
        schedule(
            talk("Stays", guid=GUID, persons=[ADA, BOB]),
            talk("Moves", id=2, date=f"{DAY}T10:00:00+01:00"),
            talk("New name", id=4),
            talk("Comes", id=5),
        ),
    )
    assert sorted(words) == [
        "Added: Comes",
        "Changed: New name New title; was “Renamed”.",
        "Changed: Stays New: Bob.",
        "Moved: Moves Now 09:00–09:30, was 08:00–08:30.",
        "Withdrawn: Goes",
    ]
    assert sorted(titles(event)) == ["Comes", "Moves", "New name", "Stays"]
    assert people(next(each for each in draft_sessions(event) if each.uid == GUID)) == ["Ada Lovelace", "Bob"]


def test_a_session_moves_to_another_room(owner: User) -> None:
    event = created(owner, schedule(talk(guid=GUID)))
    assert update(event, schedule(talk(guid=GUID), room="Side room")) == [
        "Moved: Opening Now in Side room, was in Hall."
    ]
    assert [room.name["en"] for room in event.rooms] == ["Hall", "Side room"]


def test_matching_goes_by_guid_then_number_then_title_and_people(owner: User) -> None:
    event = make_event(owner=owner)
    by_guid = make_session(event, title={"en": "A"}, uid=GUID)
    by_title = make_session(event, title={"en": "B"})
    make_slot(by_title, person=make_person("Lovelace", "Ada"))
    other_people = make_session(event, title={"en": "B"})
    make_slot(other_people, person=make_person("Else", "Somebody"))
    plan = compared(event, schedule(talk("A2", guid=GUID), talk("B", persons=[ADA]))).plan
    assert {step.ours.uid: step.change.kind for step in plan.steps if step.ours} == {
        by_guid.uid: "moved",
        by_title.uid: "moved",
        other_people.uid: "removed",
    }


def test_a_file_about_something_else_removes_nothing(owner: User) -> None:
    event = make_event(owner=owner)
    mine = make_session(event, title={"en": "Mine"})
    plan = compared(event, schedule(talk("Theirs"))).plan
    assert ([step.change.kind for step in plan.steps], plan.kept, plan.is_related) == (["added"], [mine], False)


def test_a_file_that_was_read_in_part_removes_nothing(owner: User) -> None:
    event = created(owner, schedule(talk("One", id=1), talk("Two", id=2)))
    plan = compared(event, schedule(talk("One", id=1), talk("Two", id=2, date="", start=""))).plan
    # Without a date the day's own counts; without a time nothing does.
    assert ([step.change.kind for step in plan.steps], len(plan.kept)) == ([], 1)


def test_a_talk_that_was_rejected_since_is_removed(owner: User) -> None:
    event = created(owner, schedule(talk("One", id=1), talk("Two", id=2)))
    assert update(event, schedule(talk("One", id=1), talk("Two", id=2, state="rejected"))) == ["Withdrawn: Two"]


def test_what_was_published_is_withdrawn_and_can_come_back(owner: User) -> None:
    both = schedule(talk("One", id=1), talk("Two", guid=GUID))
    event = created(owner, both)
    publish_agenda(event, at=now())
    update(event, schedule(talk("One", id=1)))
    gone = db.session.scalars(select(Session).where(Session.uid == GUID)).one()
    assert gone.withdrawn_at is not None
    assert update(event, both) == ["Added: Two"]
    assert gone.withdrawn_at is None


def test_only_the_chosen_changes_are_made(owner: User) -> None:
    event = created(owner, schedule(talk("One", id=1)))
    plan = compared(event, schedule(talk("Uno", id=1), talk("Two", id=2))).plan
    added = next(step.key for step in plan.steps if step.change.kind == "added")
    assert apply_plan(plan, event, at=now(), chosen=frozenset({added})) == 1
    assert titles(event) == ["One", "Two"]


def test_what_organisers_added_since_stays(owner: User) -> None:
    content = schedule(talk(guid=GUID, persons=[ADA]))
    event = created(owner, content)
    [session] = draft_sessions(event)
    session.title = {**session.title, "fr": "Ouverture"}
    session.interpretation = ["ar"]
    session.slots[0].speakers[0].state = SpeakerState.CONFIRMED
    db.session.flush()
    update(event, schedule(talk("New", guid=GUID, persons=[ADA, BOB])))
    assert (session.title, session.interpretation) == ({"en": "New", "fr": "Ouverture"}, ["ar"])
    assert [(each.person.name, each.state) for each in session.slots[0].speakers] == [
        ("Ada Lovelace", "confirmed"),
        ("Bob", "invited"),
    ]


def test_somebody_who_declined_stays_declined(owner: User) -> None:
    event = created(owner, schedule(talk(guid=GUID, persons=[ADA, BOB])))
    ada = db.session.scalars(select(Speaker).join(Person).where(Person.family_name == "Lovelace")).one()
    ada.state = SpeakerState.DECLINED
    db.session.flush()
    assert update(event, schedule(talk(guid=GUID, persons=[BOB]))) == []
    assert ada.state == "declined"


def test_a_slot_that_filled_its_session_still_does(owner: User) -> None:
    event = created(owner, schedule(talk(guid=GUID, persons=[ADA])))
    update(event, schedule(talk(guid=GUID, persons=[ADA], duration="00:45")))
    [session] = draft_sessions(event)
    assert (session.minutes, session.slots[0].minutes) == (45, 45)


def test_two_people_of_one_name_and_two_ids_stay_two(owner: User) -> None:
    twin = {"id": 9, "public_name": "Ada Lovelace"}
    event = created(
        owner, schedule(talk("A", id=1, persons=[ADA]), talk("B", id=2, persons=[twin]), talk("C", id=3, persons=[ADA]))
    )
    persons = [session.slots[0].speakers[0].person_id for session in draft_sessions(event)]
    assert (len(set(persons)), persons[0]) == (2, persons[2])


def test_a_person_known_by_name_is_not_added_again(owner: User) -> None:
    event = make_event(owner=owner)
    session = make_session(event)
    make_slot(session, person=make_person("Lovelace", "Ada", organisation="FAO"))
    update(event, schedule(talk("Other", persons=[{"public_name": "Ada LOVELACE", "biography": "Counts."}])))
    ada = db.session.scalars(select(Person)).one()
    assert (ada.organisation, ada.biography) == ("FAO", {"en": "<p>Counts.</p>"})


def test_sessions_outside_the_days_widen_the_event(owner: User) -> None:
    event = created(owner, schedule(talk(id=1)))
    update(event, schedule(talk(id=1), talk("Later", id=2, date="2025-09-17T09:00:00+01:00")))
    assert (event.starts_on.isoformat(), event.ends_on.isoformat()) == (DAY, "2025-09-17")


def test_each_new_session_leaves_an_audit_entry(owner: User) -> None:
    event = created(owner, schedule(talk(guid=GUID, persons=[ADA]), talk("Two", guid=OTHER)))
    told = db.session.scalars(
        select(AuditEntry).where(AuditEntry.event_id == event.id, AuditEntry.action == "add session")
    ).all()
    assert sorted((entry.after["title"]["en"], len(entry.after["people"])) for entry in told) == [
        ("Opening", 1),
        ("Two", 0),
    ]


def test_html_of_strangers_is_cleaned(owner: User) -> None:
    event = created(owner, schedule(talk(abstract='<p onclick="x">Hi<script>alert(1)</script></p>')))
    assert draft_sessions(event)[0].abstract == {"en": "<p>Hi</p>"}


def test_texts_in_several_languages(owner: User) -> None:
    event = created(owner, schedule(talk(language="en", abstract={"en": "Hi", "de": "Hallo"})))
    assert (event.languages, draft_sessions(event)[0].abstract) == (
        ["en", "de"],
        {"en": "<p>Hi</p>", "de": "<p>Hallo</p>"},
    )


def test_a_room_of_another_event_is_refused(owner: User) -> None:
    event, other = make_event(owner=owner), make_event(owner=owner)
    data = SessionData(title={"en": "x"}, starts_at=now(), minutes=5, room=other.rooms[0])
    with pytest.raises(ElsewhereRoom):
        add_sessions(event, [WholeSession(data=data)])


@pytest.mark.parametrize(("title", "minutes", "why"), [("", 5, TitleMissing), ("x", 0, UnusableMinutes)])
def test_the_rules_of_sessions_hold_for_many_too(owner: User, title: str, minutes: int, why: type[Unusable]) -> None:
    data = SessionData(title={"en": title}, starts_at=now(), minutes=minutes)
    with pytest.raises(why):
        add_sessions(make_event(owner=owner), [WholeSession(data=data)])


@pytest.mark.parametrize("count", [10, 60])
def test_queries_grow_with_the_people_only(owner: User, count: int) -> None:
    talks = [talk(f"Talk {number}", id=number, persons=[ADA]) for number in range(count)]
    prepared = prepare(schedule(*talks), "file", None)
    with count_queries() as statements:
        event = create_from(prepared.plan, owner)
        apply_plan(prepared.plan, event, at=now())
    # Rows of one table travel in one statement or a few.
    assert len([each for each in statements if each.startswith("SELECT")]) <= 12
    assert len(statements) < 25 + 6 * count


def test_a_large_conference_is_compared_with_few_queries(owner: User) -> None:
    rooms = {f"Room {room}": [talk(f"Talk {room} {n}", id=room * 20 + n) for n in range(15)] for room in range(92)}
    content = schedule(days=[{"date": DAY, "rooms": rooms}])
    event = created(owner, content)
    assert (len(draft_sessions(event)), len(event.rooms)) == (1380, 92)
    db.session.expire_all()
    with count_queries() as statements:
        plan = compared(event, content).plan
    assert (plan.steps, len(plan.unchanged)) == ([], 1380)
    assert len(statements) < 30


def test_the_import_itself_is_in_the_history(owner: User) -> None:
    event = created(owner, schedule(talk(id=1)))
    update(event, schedule(talk("New", id=1), talk("Two", id=2)))
    told = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "import").order_by(AuditEntry.id))
    assert [(entry.event_id, entry.after) for entry in told] == [
        (event.id, {"source": "schedule.json", "sessions": 1}),
        (event.id, {"source": "schedule.json", "added": 1, "changed": 1}),
    ]
