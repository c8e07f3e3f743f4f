"""Presence online beside presence in the room: counted once, kept twice."""

from datetime import timedelta

import pytest
from flask import Flask

from inser_events.attendance.meeting_models import MeetingAttendee, MeetingImport, WayIn
from inser_events.attendance.online import something_left
from inser_events.attendance.operations import issue_letters
from inser_events.attendance.presence import Attendance, attendances, attended, attended_count
from inser_events.attendance.ways_in import note_way_in
from inser_events.clock import now
from inser_events.database import commit, db
from inser_events.events.models import Event, Mode
from inser_events.registration import retention
from inser_events.registration.audiences import Audience, chosen
from inser_events.registration.duplicates import merge
from inser_events.registration.models import Registration
from inser_events.registration.person_papers import labels, worded
from inser_events.registration.personal_data import data_of, erase_person
from tests.attendance.factories import EIGHT, make_attendee, make_published, scan
from tests.attendance.meetings_made import import_stays, make_report, open_report, people, stay
from tests.checkin.factories import make_registration
from tests.factories import make_event
from tests.queries import count_queries

ONLINE, ROOM = frozenset({Mode.ONLINE}), frozenset({Mode.IN_PERSON})


@pytest.fixture
def event(app: Flask) -> Event:
    return make_published()


def of(person: Registration) -> Attendance | None:
    return attendances(person.event, [person.id]).get(person.id)


def test_two_devices_at_once_count_once(event: Event) -> None:
    person = make_registration(event)
    import_stays(
        event, stay("A", person.email, 0, 60), stay("A", person.email, 30, 90), stay("A", person.email, 100, 110)
    )
    assert of(person) == Attendance(1, 100, ONLINE)


def test_room_and_call_at_the_same_time_count_once(event: Event) -> None:
    person = make_attendee(event)
    scan(person, "out", 60)
    import_stays(event, stay("A", person.email, 45, 120))
    assert of(person) == Attendance(1, 120, ROOM | ONLINE)


def test_two_reports_of_one_meeting_count_once(event: Event) -> None:
    person = make_registration(event)
    import_stays(event, stay("A", person.email, 0, 60))
    import_stays(event, stay("A", person.email, 10, 70), content=b"another")
    assert of(person) == Attendance(1, 70, ONLINE)


def test_durations_without_times_count_the_longest_of_a_report(event: Event) -> None:
    person = make_registration(event)
    devices = [stay("A", person.email, None, None, minutes=minutes) for minutes in (20, 50)]
    import_stays(event, *devices)
    import_stays(event, stay("A", person.email, None, None, minutes=10), content=b"another")
    assert of(person) == Attendance(1, 60, ONLINE)


def test_minutes_without_times_are_not_added_to_those_in_the_room(event: Event) -> None:
    person = make_attendee(event)
    scan(person, "out", 60)
    import_stays(event, stay("A", person.email, None, None, minutes=45))
    assert of(person) == Attendance(1, 60, ROOM | ONLINE)


def test_end_follows_from_the_duration(event: Event) -> None:
    person = make_registration(event)
    import_stays(event, stay("A", person.email, 0, None, minutes=25))
    assert of(person) == Attendance(1, 25, ONLINE)


def test_days_count_in_the_zone_of_the_event(app: Flask) -> None:
    person = make_registration(make_event(time_zone="Asia/Tokyo"))
    import_stays(person.event, stay("A", person.email, 0, 30), stay("A", person.email, 8 * 60, 8 * 60 + 30))
    assert of(person) == Attendance(2, 60, ONLINE)


def test_a_way_into_the_call_is_presence_without_minutes(event: Event) -> None:
    person = make_registration(event, mode="online")
    note_way_in(person, EIGHT)
    note_way_in(person, EIGHT + timedelta(hours=2))
    row = db.session.query(WayIn).one()
    db.session.refresh(row)
    assert (row.first_at, row.last_at, row.times) == (EIGHT, EIGHT + timedelta(hours=2), 2)
    assert of(person) == Attendance(1, None, ONLINE)


def test_a_way_in_adds_nothing_where_the_report_knows_more(event: Event) -> None:
    person = make_registration(event, mode="online")
    note_way_in(person, EIGHT)
    import_stays(event, stay("A", person.email, 5, 65))
    assert of(person) == Attendance(1, 60, ONLINE)


@pytest.mark.parametrize(
    ("state", "counts"), [("confirmed", 1), ("waitlisted", 1), ("pending", 0), ("cancelled", 0), ("declined", 0)]
)
def test_who_was_online_attended_with_a_place_or_while_waiting(event: Event, state: str, counts: int) -> None:
    person = make_registration(event)
    import_stays(event, stay("A", person.email))
    person.state = state
    db.session.flush()
    assert (attended_count(event), len(db.session.scalars(attended(event)).all())) == (counts, counts)


def test_who_waits_for_the_room_gets_a_certificate_for_the_call(event: Event) -> None:
    waiting, absent = make_registration(event, state="waitlisted"), make_registration(event, state="waitlisted")
    import_stays(event, stay("A", waiting.email, 0, 90))
    letter = issue_letters(event, [waiting], "certificate", at=now())[0]
    assert (letter.days, letter.minutes) == (1, 90)
    for kind, person in (("invitation", waiting), ("certificate", absent)):
        with pytest.raises(Exception, match="not confirmed"):
            issue_letters(event, [person], kind, at=now())


def test_a_suggestion_counts_for_nothing(event: Event) -> None:
    person = make_registration(event, given_name="Zoë", family_name="Berg")
    attendee = people(import_stays(event, stay("Zoe Berg")))[0]
    assert (attendee.suggested_id, attendee.exact, of(person), attended_count(event)) == (person.id, True, None, 0)


def test_messages_know_who_was_online(event: Event) -> None:
    there, clicked, absent = (make_registration(event) for _ in range(3))
    import_stays(event, stay("A", there.email))
    note_way_in(clicked, EIGHT)
    present = [one.id for one in db.session.scalars(chosen(event.id, Audience(presence="present")))]
    away = [one.id for one in db.session.scalars(chosen(event.id, Audience(presence="absent")))]
    assert (present, away) == ([there.id, clicked.id], [absent.id])


def test_a_person_is_told_and_forgotten_and_still_counts_by_number(event: Event) -> None:
    person = make_registration(event)
    import_stays(event, stay("Amina's iPad", person.email), stay("Somebody Else", "else@example.org"))
    note_way_in(person, EIGHT)
    told = data_of(person, at=now())["online"]
    assert [one.get("name") for one in told] == ["Amina's iPad", None]
    email = person.email
    erase_person(person, at=now())
    db.session.expire_all()
    kept = [(one.name, one.email) for one in db.session.query(MeetingAttendee).order_by(MeetingAttendee.id)]
    assert (kept, email in str(kept)) == ([("—", ""), ("Somebody Else", "else@example.org")], False)
    assert of(person) == Attendance(1, 60, ONLINE)


def test_erasing_a_person_forgets_them_where_nobody_matched_them_yet(event: Event) -> None:
    meeting = import_stays(event, stay("Amina", "amina@example.org"), stay("Amina B"), stay("Else", "else@example.org"))
    person = make_registration(event, email="Amina@example.org", active_email="amina@example.org")
    erase_person(person, at=now())
    assert [(one.name, one.email) for one in people(meeting)] == [
        ("—", ""), ("Amina B", ""), ("Else", "else@example.org"),
    ]  # fmt: skip


def test_when_the_time_is_over_nobody_of_a_report_has_a_name(event: Event) -> None:
    person = make_registration(event)
    meeting = import_stays(event, stay("Amina", person.email), stay("Somebody", "else@example.org"))
    open_report(event, make_report(stay("A draft")))
    retention.change_settings(event, list_public=False, retain_until=event.ends_on)
    commit()
    assert something_left(event) is True
    retention.erase_slice(event.id)
    commit()
    assert [(one.name, one.email, one.registration_id) for one in people(meeting)] == [
        ("—", "", person.id), ("—", "", None),
    ]  # fmt: skip
    assert (something_left(event), meeting.filename, db.session.query(MeetingImport).all()) == (False, "", [meeting])


def test_the_paper_of_a_person_tells_it_in_words(event: Event) -> None:
    person = make_registration(event)
    import_stays(event, stay("Amina", person.email, 0, None, minutes=25.0))
    stays = data_of(person, at=now())["online"]
    told = [(labels()[name], worded(name, value, "UTC")) for name, value in stays[0].items()]
    assert told == [
        ("Name", "Amina"), ("E-mail", person.email), ("Call", "Launch"), ("Joined at", "15 September 2025, 08:00"),
        ("Left at", "15 September 2025, 08:25"), ("Minutes", "25.0"),
    ]  # fmt: skip


def test_merging_two_registrations_keeps_what_is_known_of_both(event: Event) -> None:
    older, newer = make_registration(event), make_registration(event)
    import_stays(event, stay("A", older.email, 0, 30), stay("B", newer.email, 60, 90))
    for person, hours in ((older, 1), (newer, 0), (newer, 24)):
        note_way_in(person, EIGHT + timedelta(hours=hours))
    kept = merge(older, newer, at=now())
    db.session.expire_all()
    assert of(kept) == Attendance(2, None, ONLINE)
    ways = [(way.registration_id, way.first_at, way.times) for way in db.session.query(WayIn).order_by(WayIn.day)]
    assert ways == [(kept.id, EIGHT, 2), (kept.id, EIGHT + timedelta(hours=24), 1)]
    assert {one.registration_id for one in db.session.query(MeetingAttendee)} == {kept.id}


def test_asking_for_many_people_takes_as_many_queries_as_for_one(event: Event) -> None:
    persons = [make_registration(event) for _ in range(5)]
    import_stays(event, *(stay("A", one.email) for one in persons))

    def asked(number: int) -> int:
        with count_queries() as queries:
            attendances(event, [one.id for one in persons[:number]])
        return len(queries)

    event.time_zone  # noqa: B018 — loaded before it is counted
    assert asked(1) == asked(5)
