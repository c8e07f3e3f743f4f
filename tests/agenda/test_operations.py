from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from inser_events.agenda.errors import AlreadySpeaks, ElsewhereRoom, Published, TitleMissing, UnusableMinutes
from inser_events.agenda.models import Session, Slot, Speaker, SpeakerState
from inser_events.agenda.operations import (
    SessionData,
    SlotData,
    add_session,
    add_slot,
    change_session,
    change_slot,
    copy_session,
    move_slot,
    remove_session,
    remove_slot,
    restore_session,
    slot_seen,
    withdraw_session,
)
from inser_events.agenda.publishing import publish_agenda
from inser_events.agenda.speaking import (
    Appearing,
    add_speaker,
    answer_for,
    change_speaker,
    remove_speaker,
    speaker_seen,
)
from inser_events.audit import AuditEntry
from inser_events.clock import now
from inser_events.database import db
from inser_events.events.errors import Outdated
from inser_events.people.models import Person
from inser_events.people.operations import PersonData
from tests.factories import NINE, make_event, make_person, make_session, make_slot


def data(**values: Any) -> SessionData:
    return SessionData(**{"title": {"en": "Opening"}, "starts_at": NINE, "minutes": 60, **values})


def titles(session: Session) -> list[str]:
    return [slot.title["en"] for slot in session.slots]


def actions() -> list[str]:
    return list(db.session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)))


def test_adding_a_session_is_recorded(app: Flask) -> None:
    session = add_session(make_event(), data(title={"en": " Opening\nremarks "}))
    assert (session.title, session.version, actions()) == ({"en": "Opening remarks"}, 1, ["add session"])


@pytest.mark.parametrize("title", [{}, {"en": "  "}, {"fr": "Ouverture"}])
def test_a_session_needs_a_title_in_the_main_language(app: Flask, title: dict[str, str]) -> None:
    with pytest.raises(TitleMissing) as refused:
        add_session(make_event(languages=["en", "fr"]), data(title=title))
    assert refused.value.field == "title_en"


@pytest.mark.parametrize("minutes", [0, -1])
def test_a_session_takes_some_time(app: Flask, minutes: int) -> None:
    with pytest.raises(UnusableMinutes):
        add_session(make_event(), data(minutes=minutes))


def test_a_session_is_in_a_room_of_its_own_event(app: Flask) -> None:
    with pytest.raises(ElsewhereRoom):
        add_session(make_event(), data(room=make_event().rooms[0]))


def test_an_abstract_is_cleaned_and_plain_text_becomes_paragraphs(app: Flask) -> None:
    session = add_session(make_event(), data(abstract={"en": "One\n\nTwo", "fr": "<p>Un<script>x</script></p>"}))
    assert session.abstract == {"en": "<p>One</p>\n<p>Two</p>", "fr": "<p>Un</p>"}


def test_a_spoken_language_needs_no_interpretation(app: Flask) -> None:
    session = add_session(make_event(), data(languages=["en"], interpretation=["en", "fr"]))
    assert session.interpretation == ["fr"]


def test_changing_a_session_raises_its_version_and_tells_what_differed(app: Flask) -> None:
    session = make_session(make_event())
    change_session(session, data(minutes=90, room=session.room, languages=["en"]), version=1)
    entry = db.session.scalars(select(AuditEntry)).one()
    assert (session.minutes, session.version, entry.before, entry.after) == (90, 2, {"minutes": 60}, {"minutes": 90})


def test_a_stale_save_changes_nothing(app: Flask) -> None:
    session = make_session(make_event())
    change_session(session, data(minutes=90), version=1)
    with pytest.raises(Outdated):
        change_session(session, data(minutes=30), version=1)
    assert (session.minutes, session.version) == (90, 2)


def test_a_session_never_published_can_be_removed(app: Flask) -> None:
    session = make_session(make_event())
    make_slot(session, person=make_person())
    remove_session(session)
    assert [db.session.query(table).count() for table in (Session, Slot, Speaker, Person)] == [0, 0, 0, 1]


def test_a_published_session_is_withdrawn_instead(app: Flask) -> None:
    event = make_event()
    session = make_session(event)
    publish_agenda(event, at=now())
    with pytest.raises(Published):
        remove_session(session)
    withdraw_session(session, at=now())
    assert session.withdrawn_at == pytest.approx(now(), abs=timedelta(minutes=1))


def test_a_withdrawn_session_can_come_back(app: Flask) -> None:
    session = withdraw_session(make_session(make_event()), at=now())
    assert restore_session(session).withdrawn_at is None


def test_a_copy_has_its_own_slots_and_speakers(app: Flask) -> None:
    session = make_session(make_event())
    make_slot(session, person=make_person())
    copy = copy_session(session, starts_at=NINE + timedelta(hours=2))
    assert copy.uid != session.uid
    assert [(slot.title, len(slot.speakers)) for slot in copy.slots] == [({"en": "Remarks"}, 1)]
    assert copy.slots[0].uid != session.slots[0].uid


def test_slots_are_added_at_the_end(app: Flask) -> None:
    session = make_session(make_event())
    for title in ("One", "Two", "Three"):
        add_slot(session, SlotData(title={"en": title}, minutes=10))
    db.session.expire_all()
    assert titles(session) == ["One", "Two", "Three"]


@pytest.mark.parametrize(
    ("place", "by", "order"),
    [(0, 1, "bac"), (2, -1, "acb"), (0, -1, "abc"), (2, 5, "abc"), (0, 2, "bca")],
)
def test_a_slot_moves_and_the_others_make_room(app: Flask, place: int, by: int, order: str) -> None:
    session = make_session(make_event())
    slots = [add_slot(session, SlotData(title={"en": title}, minutes=10)) for title in "abc"]
    move_slot(slots[place], by)
    assert "".join(titles(session)) == order
    assert [slot.position for slot in session.slots] == [0, 1, 2]


def test_removing_a_slot_closes_the_gap(app: Flask) -> None:
    session = make_session(make_event())
    slots = [add_slot(session, SlotData(title={"en": title}, minutes=10)) for title in "abc"]
    remove_slot(slots[1])
    assert [(slot.title["en"], slot.position) for slot in session.slots] == [("a", 0), ("c", 1)]


def test_a_slot_changed_meanwhile_is_not_overwritten(app: Flask) -> None:
    slot = make_slot(make_session(make_event()))
    seen = slot_seen(slot)
    change_slot(slot, SlotData(title={"en": "First"}, minutes=20), seen=seen)
    with pytest.raises(Outdated):
        change_slot(slot, SlotData(title={"en": "Second"}, minutes=20), seen=seen)
    assert slot.title == {"en": "First"}


def test_a_slot_takes_some_time(app: Flask) -> None:
    with pytest.raises(UnusableMinutes):
        add_slot(make_session(make_event()), SlotData(minutes=0))


def test_one_person_in_two_slots_stays_one_record(app: Flask) -> None:
    session = make_session(make_event())
    who = PersonData(given_name="Lifeng", family_name="Li", organisation="FAO")
    first = add_speaker(make_slot(session), who, Appearing())
    again = PersonData(given_name="lifeng", family_name="LI", organisation="fao", job_title="Director")
    second = add_speaker(make_slot(session), again, Appearing())
    assert first.person is second.person
    assert (first.person.job_title, first.person.name) == ("Director", "Lifeng Li")


def test_a_person_of_another_event_is_left_alone(app: Flask) -> None:
    who = PersonData(given_name="Lifeng", family_name="Li", organisation="FAO")
    here = add_speaker(make_slot(make_session(make_event())), who, Appearing())
    there = add_speaker(make_slot(make_session(make_event())), who, Appearing())
    assert here.person_id != there.person_id


def test_a_person_has_a_role_only_once_in_a_slot(app: Flask) -> None:
    slot, person = make_slot(make_session(make_event())), make_person()
    add_speaker(slot, person, Appearing())
    with pytest.raises(AlreadySpeaks):
        add_speaker(slot, person, Appearing())


def test_a_chair_belongs_to_the_whole_session(app: Flask) -> None:
    session = make_session(make_event())
    add_speaker(session, make_person(), Appearing(role="chair"))
    db.session.expire_all()
    assert [(speaker.role, speaker.slot_id) for speaker in session.speakers] == [("chair", None)]


def test_correcting_a_speaker_corrects_the_person(app: Flask) -> None:
    speaker = add_speaker(make_slot(make_session(make_event())), make_person("Lee", "Lifeng"), Appearing())
    how = Appearing(role="panellist", state=SpeakerState.CONFIRMED)
    change_speaker(speaker, PersonData(family_name="Li", given_name="Lifeng"), how, seen=speaker_seen(speaker))
    assert (speaker.person.name, speaker.role, speaker.state) == ("Lifeng Li", "panellist", "confirmed")


def test_a_speaker_changed_meanwhile_is_not_overwritten(app: Flask) -> None:
    speaker = add_speaker(make_slot(make_session(make_event())), make_person(), Appearing())
    seen = speaker_seen(speaker)
    speaker.person.organisation = "INRA"
    db.session.flush()
    with pytest.raises(Outdated):
        change_speaker(speaker, PersonData(family_name="X"), Appearing(), seen=seen)
    assert speaker.person.family_name == "Li"


def test_an_answer_is_noted_once(app: Flask) -> None:
    speaker = add_speaker(make_slot(make_session(make_event())), make_person(), Appearing())
    answer_for(speaker, SpeakerState.CONFIRMED)
    answer_for(speaker, SpeakerState.CONFIRMED)
    assert (speaker.state, actions().count("answer")) == ("confirmed", 1)


def test_removing_a_speaker_keeps_the_person(app: Flask) -> None:
    speaker = add_speaker(make_slot(make_session(make_event())), make_person(), Appearing())
    remove_speaker(speaker)
    assert [db.session.query(table).count() for table in (Speaker, Person)] == [0, 1]
