import pytest
from flask import Flask

from inser_events.agenda import queries
from inser_events.agenda.errors import NoSuchRelease, NotInAgenda
from inser_events.agenda.models import Item
from inser_events.agenda.publishing import publish_agenda
from inser_events.clock import now
from inser_events.database import commit, db
from inser_events.events.errors import NoSuchEvent
from inser_events.events.models import Event
from tests.factories import make_event, make_person, make_session, make_slot
from tests.queries import count_queries


def filled(event: Event, sessions: int) -> None:
    for number in range(sessions):
        session = make_session(event)
        for _ in range(sessions):
            make_slot(session, person=make_person(f"Person {number}")).items.append(
                Item(event_id=event.id, number=f"{number}.{len(session.slots)}", title={"en": "Item"})
            )


def queries_for(sessions: int) -> int:
    event = make_event()
    filled(event, sessions)
    commit()
    db.session.expunge_all()
    with count_queries() as ran:
        for session in queries.draft_sessions(event):
            assert session.room is not None
            for slot in session.slots:
                assert [(speaker.person.name, slot.items) for speaker in slot.speakers] != []
    return len(ran)


def test_three_sessions_take_as_many_queries_as_one(app: Flask) -> None:
    assert queries_for(1) == queries_for(3)


def test_the_last_release_is_found_by_one_query(app: Flask) -> None:
    event = make_event()
    publish_agenda(event, at=now())
    second = publish_agenda(event, at=now())
    commit()
    slug, expected = event.slug, (event.id, second.id, 2)
    with count_queries() as ran:
        assert queries.find_published(slug) == expected
    assert len(ran) == 1


def test_what_is_not_published_is_not_found(app: Flask) -> None:
    event = make_event()
    make_session(event)
    for slug in (event.slug, "nothing"):
        with pytest.raises(NoSuchEvent):
            queries.find_published(slug)


def test_an_event_taken_back_is_not_found(app: Flask) -> None:
    event = make_event()
    publish_agenda(event, at=now())
    event.published_at = None
    with pytest.raises(NoSuchEvent):
        queries.find_published(event.slug)


def test_a_release_that_is_not_there(app: Flask) -> None:
    with pytest.raises(NoSuchRelease):
        queries.snapshot_of(1)


def test_entries_are_found_in_their_own_event_only(app: Flask) -> None:
    event, other = make_event(), make_event()
    session = make_session(event)
    slot = make_slot(session, person=make_person())
    for find, uid in (
        (queries.find_session, session.uid),
        (queries.find_slot, slot.uid),
        (queries.find_speaker, slot.speakers[0].uid),
        (queries.find_person, slot.speakers[0].person.uid),
    ):
        assert find(event, uid).uid == uid
        with pytest.raises(NotInAgenda):
            find(other, uid)


def test_everybody_in_the_agenda_is_named_once(app: Flask) -> None:
    event = make_event()
    li = make_person("Li")
    make_slot(make_session(event), person=li)
    make_slot(make_session(event), person=li)
    make_slot(make_session(event), person=make_person("Ghaouti"))
    assert [person.family_name for person in queries.people_of(event)] == ["Li", "Ghaouti"]
