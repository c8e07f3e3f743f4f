"""Answers to invitations come back from calendars."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from inser_events.audit import AuditEntry
from inser_events.database import commit, db
from inser_events.documents.calendar_reading import Reply, UnreadableCalendar
from inser_events.events.models import Event
from inser_events.registration.models import Registration, State
from inser_events.registration.replies.errors import NotAReply, UnknownAttendee, UnknownInvitation
from inser_events.registration.replies.models import CalendarReply
from inser_events.registration.replies.operations import Outcome, receive_reply
from tests.agenda.sample import outside_data
from tests.factories import make_event

NOON = datetime(2025, 9, 1, 12, 0, tzinfo=UTC)
ADDRESS = "testuserb@example.com"


@pytest.fixture
def event(app: Flask) -> Event:
    return make_event(uid="libkcal-1387792342.429")


@pytest.fixture
def registration(event: Event) -> Registration:
    return add_registration(event)


def add_registration(event: Event, *, state: State = State.CONFIRMED, sequence: int | None = 0) -> Registration:
    one = Registration(
        event=event,
        email="TestUserB@example.com",
        active_email=ADDRESS if state == State.CONFIRMED else None,
        family_name="UserB",
        state=state,
        created_at=NOON,
        invited_sequence=sequence,
    )
    db.session.add(one)
    db.session.flush()
    return one


def reply(answer: str = "ACCEPTED", *, method: str = "REPLY", sequence: int | None = 0, minutes: int = 0) -> Reply:
    stamp = NOON + timedelta(minutes=minutes)
    return Reply(method, "libkcal-1387792342.429", ADDRESS, answer, sequence, stamp)


def stored() -> list[tuple[str, int]]:
    return [(each.partstat, each.sequence) for each in db.session.scalars(select(CalendarReply))]


def test_an_answer_sets_the_state_of_the_invitation(registration: Registration) -> None:
    received = receive_reply(reply("TENTATIVE"), at=NOON)
    assert (received.outcome, received.registration, stored()) == (Outcome.STORED, registration, [("TENTATIVE", 0)])
    assert registration.state == "confirmed"
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "answer invitation")).one()
    assert (entry.before, entry.after["answer"]) == ({"answer": "NEEDS-ACTION"}, "TENTATIVE")


def test_a_later_answer_replaces_an_earlier_one(registration: Registration) -> None:
    receive_reply(reply("ACCEPTED"), at=NOON)
    receive_reply(reply("DECLINED", minutes=5), at=NOON)
    assert stored() == [("DECLINED", 0)]


def test_an_answer_that_comes_in_late_is_ignored(registration: Registration) -> None:
    receive_reply(reply("DECLINED", minutes=5), at=NOON)
    assert receive_reply(reply("ACCEPTED"), at=NOON).outcome is Outcome.OUTDATED
    assert stored() == [("DECLINED", 0)]


def test_an_answer_to_an_earlier_invitation_is_ignored(registration: Registration) -> None:
    registration.invited_sequence = 3
    assert receive_reply(reply(sequence=2), at=NOON).outcome is Outcome.OUTDATED
    assert receive_reply(reply(sequence=3), at=NOON).outcome is Outcome.STORED
    assert stored() == [("ACCEPTED", 3)]


def test_an_answer_without_a_sequence_counts_for_the_invitation_sent(registration: Registration) -> None:
    registration.invited_sequence = 3
    assert receive_reply(reply(sequence=None), at=NOON).outcome is Outcome.STORED
    assert stored() == [("ACCEPTED", 3)]


def test_a_higher_sequence_counts_even_with_an_earlier_stamp(registration: Registration) -> None:
    receive_reply(reply("ACCEPTED", sequence=1, minutes=5), at=NOON)
    receive_reply(reply("DECLINED", sequence=2), at=NOON)
    assert stored() == [("DECLINED", 2)]


def test_a_proposal_of_another_time_changes_nothing(registration: Registration) -> None:
    assert receive_reply(reply("TENTATIVE", method="COUNTER"), at=NOON).outcome is Outcome.COUNTER
    assert stored() == []


def test_an_unheard_of_answer_is_none(registration: Registration) -> None:
    receive_reply(reply("X-PERHAPS"), at=NOON)
    assert stored() == [("NEEDS-ACTION", 0)]


def test_a_cancelled_registration_can_still_be_answered_for(event: Event) -> None:
    ended = add_registration(event, state=State.CANCELLED)
    assert receive_reply(reply("DECLINED"), at=NOON).registration is ended


def test_unknown_ones_are_named(event: Event) -> None:
    with pytest.raises(UnknownAttendee, match=r"testuserb@example\.com"):
        receive_reply(reply(), at=NOON)
    with pytest.raises(UnknownInvitation, match="nothing"):
        receive_reply(Reply("REPLY", "nothing", ADDRESS, "ACCEPTED", 0, None), at=NOON)


@pytest.mark.parametrize("method", ["REQUEST", "PUBLISH", ""])
def test_other_calendars_are_no_answers(registration: Registration, method: str) -> None:
    with pytest.raises(NotAReply):
        receive_reply(reply(method=method), at=NOON)


Run = Callable[[Path], str]


@pytest.fixture
def run(app: Flask) -> Run:
    def run(path: Path) -> str:
        commit()
        try:
            return (
                app.test_cli_runner()
                .invoke(args=["calendar", "reply", str(path)], catch_exceptions=False, standalone_mode=False)
                .output
            )
        finally:
            db.session.rollback()  # as the end of a process does

    return run


def test_the_command_takes_in_an_answer_from_korganizer(run: Run, registration: Registration) -> None:
    path = outside_data("ics/korganizer_itip_reply_accepted.ics")
    assert run(path) == "UserB <TestUserB@example.com>: accepted\n"
    assert stored() == [("ACCEPTED", 0)]


def test_the_command_says_what_was_ignored(run: Run, registration: Registration) -> None:
    receive_reply(reply("DECLINED", minutes=5), at=NOON)
    path = outside_data("ics/korganizer_itip_reply_accepted.ics")
    assert run(path) == "UserB <TestUserB@example.com>: accepted (to an earlier invitation: ignored)\n"
    assert stored() == [("DECLINED", 0)]


@pytest.mark.parametrize(
    ("content", "error"),
    [(b"Dear all,", UnreadableCalendar), (b"BEGIN:VCALENDAR\nMETHOD:REPLY\nEND:VCALENDAR\n", NotAReply)],
)
def test_the_command_refuses_other_files(run: Run, tmp_path: Path, content: bytes, error: type[Exception]) -> None:
    path = tmp_path / "reply.ics"
    path.write_bytes(content)
    with pytest.raises(error):
        run(path)


def test_one_unknown_attendee_leaves_all_as_it_was(run: Run, registration: Registration, tmp_path: Path) -> None:
    path = tmp_path / "reply.ics"
    path.write_text(
        "BEGIN:VCALENDAR\nMETHOD:REPLY\nBEGIN:VEVENT\nUID:libkcal-1387792342.429\n"
        f"ATTENDEE;PARTSTAT=ACCEPTED:MAILTO:{ADDRESS.upper()}\nATTENDEE;PARTSTAT=ACCEPTED:mailto:x@example.org\n"
        "END:VEVENT\nEND:VCALENDAR\n"
    )
    with pytest.raises(UnknownAttendee):
        run(path)
    assert stored() == []


def test_a_missing_file_is_one_line(run: Run, tmp_path: Path) -> None:
    with pytest.raises(UnreadableCalendar, match="No such file"):
        run(tmp_path / "nothing.ics")
