"""Importing reports of meetings: once, in the place of another, back again; and saying who their people are."""

import pytest
from flask import Flask

from inser_events.attendance import matches, meeting_imports
from inser_events.attendance.errors import AlreadyImported, CannotRegister, MeetingChanged, NobodyInReport
from inser_events.attendance.meeting_imports import import_report, take_back
from inser_events.attendance.meeting_models import MeetingAttendee, MeetingImport, MeetingStay
from inser_events.attendance.meeting_queries import same_meeting, standings
from inser_events.attendance.presence import attendances, attended_count
from inser_events.audit import AuditEntry
from inser_events.clock import now
from inser_events.database import db
from inser_events.events.models import Event
from inser_events.registration.errors import NotTheSame, SameName
from tests.attendance.factories import make_published
from tests.attendance.meetings_made import import_stays, make_report, open_report, people, stay
from tests.checkin.factories import make_registration
from tests.queries import count_queries


@pytest.fixture
def event(app: Flask) -> Event:
    return make_published()


def acts() -> list[str]:
    db.session.flush()
    told = db.session.query(AuditEntry).filter(AuditEntry.subject.like("meeting%")).order_by(AuditEntry.id)
    return [entry.action for entry in told]


def test_an_import_keeps_everybody_and_every_stay_with_its_row(event: Event) -> None:
    person = make_registration(event)
    meeting = import_stays(
        event,
        stay("A", person.email, 0, 10, row=2),
        stay("Nobody", "nobody@example.org", row=3),
        stay("A", person.email, 20, 30, row=4),
        stay("+212 600 00 00 00", row=5),
    )
    rows = [(one.attendee_id, one.row) for one in db.session.query(MeetingStay).order_by(MeetingStay.row)]
    first, second, third = people(meeting)
    assert rows == [(first.id, 2), (second.id, 3), (first.id, 4), (third.id, 5)]
    assert [(one.matched, one.registration_id, one.aside) for one in (first, second, third)] == [
        ("email", person.id, False), ("", None, False), ("", None, True),
    ]  # fmt: skip
    assert standings([meeting.id]) == {meeting.id: {"suggested": 0, "unknown": 1, "matched": 1, "aside": 1}}
    assert (meeting.people, meeting.rows, acts()) == (3, 4, ["import meeting"])


def test_a_draft_counts_for_nothing(event: Event) -> None:
    person = make_registration(event)
    open_report(event, make_report(stay("A", person.email)))
    assert attended_count(event) == 0


def test_a_report_without_people_is_refused(event: Event) -> None:
    with pytest.raises(NobodyInReport):
        open_report(event, make_report())


def test_a_file_counts_once_for_an_event_whoever_comes_second(event: Event) -> None:
    report = make_report(stay("A", "a@example.org"))
    first, second, elsewhere = (open_report(one, report) for one in (event, event, make_published()))
    for meeting in (first, elsewhere):
        import_report(meeting, report, at=now())
    with pytest.raises(AlreadyImported) as refused:
        import_report(second, report, at=now())
    assert (refused.value.uid, db.session.query(MeetingAttendee).count()) == (first.uid, 2)


def test_without_the_unique_digest_the_file_would_count_twice(event: Event) -> None:
    report = make_report(stay("A", "a@example.org"))
    for number in range(2):
        meeting = open_report(event, report)
        meeting.sha256 = f"no guard {number}"
        import_report(meeting, report, at=now())
    assert db.session.query(MeetingAttendee).count() == 2


def test_an_import_that_is_done_is_not_done_again(event: Event) -> None:
    report = make_report(stay("A", "a@example.org"))
    meeting = open_report(event, report)
    import_report(meeting, report, at=now())
    with pytest.raises(MeetingChanged):
        import_report(meeting, report, at=now())


def test_a_newer_report_takes_the_place_and_keeps_what_people_decided(event: Event) -> None:
    zoe, other = make_registration(event, given_name="Zoë", family_name="Berg"), make_registration(event)
    first = import_stays(event, stay("Zoe Berg"), stay("iPad"), stay("Podium", "host@example.org"), stay("Nobody"))
    by_name, by_hand, machine, _nobody = people(first)
    matches.confirm(by_name)
    matches.match_by_hand(by_hand, other)
    matches.set_aside(machine)
    report = make_report(stay("IPAD", "", 0, 90), stay("Podium", "host@example.org"), stay("Zoe Berg", "", 0, 95))
    newer = open_report(event, report, content=b"newer")
    assert same_meeting(newer) is first
    import_report(newer, report, at=now(), replacing=first)
    kept = [(one.name, one.registration_id, one.matched, one.aside) for one in people(newer)]
    assert kept == [("IPAD", other.id, "hand", False), ("Podium", None, "", True), ("Zoe Berg", zoe.id, "name", False)]
    assert db.session.query(MeetingImport).all() == [newer]
    assert attendances(event, [zoe.id])[zoe.id].minutes == 95


def test_of_two_who_replace_a_report_the_second_is_told(event: Event) -> None:
    first = import_stays(event, stay("A", "a@example.org"))
    report = make_report(stay("A", "a@example.org"))
    one, other = (open_report(event, report, content=content) for content in (b"one", b"other"))
    kept = db.session.get_one(MeetingImport, first.id)
    import_report(one, report, at=now(), replacing=kept)
    with pytest.raises(MeetingChanged):
        import_report(other, report, at=now(), replacing=kept)


def test_an_import_can_be_taken_back_and_made_again(event: Event) -> None:
    person = make_registration(event)
    take_back(import_stays(event, stay("A", person.email)))
    assert (attended_count(event), db.session.query(MeetingStay).count()) == (0, 0)
    import_stays(event, stay("A", person.email))
    assert (attended_count(event), acts()) == (1, ["import meeting", "take back meeting", "import meeting"])


def test_confirming_all_confirms_what_was_seen_and_nothing_else(event: Event) -> None:
    persons = [make_registration(event, given_name="Zoë", family_name=name) for name in ("Berg", "Dal", "Ek")]
    meeting = import_stays(event, stay("Zoe Berg"), stay("Zoe Dal"), stay("Nobody Known"), stay("Zoe Ek"))
    matches.set_aside(people(meeting)[0])
    assert matches.confirm_all(meeting, up_to=people(meeting)[2].id) == 1
    found = [(one.registration_id, one.matched) for one in people(meeting)]
    assert found == [(None, ""), (persons[1].id, "name"), (None, ""), (None, "")]
    assert matches.confirm_all(meeting, up_to=0) == 0


def test_what_was_decided_can_be_undone(event: Event) -> None:
    make_registration(event, given_name="Zoë", family_name="Berg")
    meeting = import_stays(event, stay("Zoe Berg"))
    for act in (matches.confirm, matches.undo, matches.set_aside, matches.undo):
        act(people(meeting)[0])
    assert (standings([meeting.id])[meeting.id]["suggested"], attended_count(event)) == (1, 0)
    assert acts()[1:] == ["match attendee", "unmatch attendee", "set attendee aside", "unmatch attendee"]


def test_nobody_is_confirmed_where_nobody_is_suggested(event: Event) -> None:
    with pytest.raises(MeetingChanged):
        matches.confirm(people(import_stays(event, stay("Nobody")))[0])


def test_somebody_of_another_event_is_nobody_here(event: Event) -> None:
    with pytest.raises(NotTheSame):
        matches.match_by_hand(people(import_stays(event, stay("A")))[0], make_registration(make_published()))


def test_somebody_without_a_registration_gets_one(event: Event) -> None:
    meeting = import_stays(event, stay("Dr Ana Lima", "ana@example.org"), stay("Bo Ek"), stay("C", "no address"))
    ana, *others = people(meeting)
    registration = matches.register_attendee(ana, event, at=now())
    facts = registration.honorific, registration.given_name, registration.email, registration.mode
    assert (facts, attended_count(event)) == (("Dr", "Ana", "ana@example.org", "online"), 1)
    for one in others:
        with pytest.raises(CannotRegister):
            matches.register_attendee(one, event, at=now())
    with pytest.raises(SameName):
        matches.register_attendee(ana, event, at=now())


def test_an_import_of_many_asks_as_often_as_one_of_few(event: Event, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(meeting_imports, "AT_ONCE", 100)

    def asked(number: int) -> int:
        report = make_report(*(stay(f"Ana B{n}", f"a{n}@example.org") for n in range(number)))
        meeting = open_report(event, report, content=bytes(number))
        with count_queries() as queries:
            import_report(meeting, report, at=now())
        return len(queries)

    assert asked(1) == asked(90)
