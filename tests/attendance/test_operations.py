"""Issuing, numbering and withdrawing letters."""

import pytest
from flask import Flask

from inser_events.attendance import operations, queries
from inser_events.attendance.errors import NobodyToWriteTo, NotConfirmed, NotPresent, TemplateChanged
from inser_events.attendance.models import Letter, LetterKind
from inser_events.attendance.operations import Wording, issue_letters, save_wording, start_run, withdraw_letter
from inser_events.attendance.wording import TemplateProblem
from inser_events.audit import AuditEntry
from inser_events.clock import now
from inser_events.database import db
from inser_events.events.models import Event
from inser_events.registration.models import Registration
from tests.attendance.factories import make_attendee, make_published, scan
from tests.checkin.factories import make_registration

CERTIFICATE = LetterKind.CERTIFICATE


@pytest.fixture
def event(app: Flask) -> Event:
    return make_published()


def issue(*people: Registration, kind: str = CERTIFICATE) -> list[Letter]:
    return issue_letters(people[0].event, people, kind, at=now())


def test_letters_are_numbered_in_order_per_kind_and_event(event: Event) -> None:
    people = [make_attendee(event) for _ in range(3)]
    other = make_attendee(make_published())
    numbers = [[letter.number for letter in issue(*some)] for some in (people[:2], people[2:], [other])]
    assert (numbers, issue(people[0], kind="invitation")[0].number) == ([[1, 2], [3], [1]], 1)


def test_a_person_keeps_the_first_letter(event: Event) -> None:
    person = make_attendee(event)
    assert issue(person)[0].id == issue(person)[0].id


def test_certificate_tells_days_and_minutes(event: Event) -> None:
    person = make_attendee(event)
    scan(person, "out", 95)
    letter = issue(person)[0]
    assert (letter.days, letter.minutes) == (1, 95)


def test_no_certificate_without_presence(event: Event) -> None:
    with pytest.raises(NotPresent):
        issue(make_attendee(event), make_registration(event))
    assert db.session.query(Letter).count() == 0


def test_invitation_needs_no_presence_but_a_place(event: Event) -> None:
    assert issue(make_registration(event), kind="invitation")[0].days == 0
    with pytest.raises(NotConfirmed):
        issue(make_registration(event, state="waitlisted"), kind="invitation")


def test_withdrawn_letter_is_followed_by_another_with_a_new_number(event: Event) -> None:
    person = make_attendee(event)
    first = withdraw_letter(issue(person)[0], at=now())
    second = issue(person)[0]
    assert [first.number, second.number, first.revoked_at is None] == [1, 2, False]


def test_numbers_are_taken_past_another_who_was_quicker(event: Event, monkeypatch: pytest.MonkeyPatch) -> None:
    issue(make_attendee(event))
    scalar, stale = db.session.scalar, [0]

    def first_answer_is_old(statement: object) -> object:
        is_number = str(statement).startswith("SELECT letter_template.last_number")
        return stale.pop() if is_number and stale else scalar(statement)  # type: ignore[call-overload] # a spy

    monkeypatch.setattr(db.session, "scalar", first_answer_is_old)
    assert (issue(make_attendee(event))[0].number, stale) == (2, [])


def test_token_of_a_letter_finds_it_and_nothing_else_does(event: Event) -> None:
    letter = issue(make_attendee(event))[0]
    token = queries.verify_url(letter).rsplit("/", 1)[1]
    swapped = str.maketrans("CBDEFGHIJKLNRTUV", "BDEFGHIJKLNRTUVC")
    assert queries.find_by_token(token) is letter
    assert [queries.find_by_token(text) for text in (token[:-1], "", "x" * 500, token.translate(swapped))] == [None] * 4


def test_wording_is_kept_per_language(event: Event) -> None:
    save_wording(event, CERTIFICATE, "fr", Wording("Attestation", "Pour {{ name }}", "Le directeur"), version=1)
    save_wording(event, CERTIFICATE, "en", Wording("", "For {{ name }}", ""), version=2)
    template = queries.template_of(event, CERTIFICATE)
    assert template is not None
    assert (template.title, template.body, template.version) == (
        {"fr": "Attestation"},
        {"fr": "Pour {{ name }}", "en": "For {{ name }}"},
        3,
    )


def test_two_editors_do_not_overwrite_each_other(event: Event) -> None:
    save_wording(event, CERTIFICATE, "en", Wording("", "First", ""), version=1)
    with pytest.raises(TemplateChanged):
        save_wording(event, CERTIFICATE, "en", Wording("", "Second", ""), version=1)


def test_wording_that_is_not_understood_is_not_kept(event: Event) -> None:
    with pytest.raises(TemplateProblem):
        save_wording(event, CERTIFICATE, "en", Wording("", "{{ secret }}", ""), version=1)
    assert queries.template_of(event, CERTIFICATE) is None


def test_a_run_needs_somebody(event: Event) -> None:
    with pytest.raises(NobodyToWriteTo):
        start_run(event, CERTIFICATE, at=now())


def test_every_act_leaves_an_entry(event: Event) -> None:
    letter = issue(make_attendee(event))[0]
    operations.withdraw_letter(letter, at=now())
    db.session.flush()
    entries = db.session.query(AuditEntry).filter(AuditEntry.subject == f"letter:{letter.id}").order_by(AuditEntry.id)
    assert [entry.action for entry in entries] == ["issue letter", "withdraw letter"]
