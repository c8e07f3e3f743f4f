"""People registered twice: found, merged without losing anything, or settled as two."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from inser_events.accounts.models import User
from inser_events.audit import AuditEntry
from inser_events.clock import now
from inser_events.database import db
from inser_events.events.models import Event, Seats, TeamRole
from inser_events.mail import OutboxMail, ready
from inser_events.registration import answers, duplicates, form_operations, operations, signups
from inser_events.registration.errors import NotActive, NotTheSame
from inser_events.registration.form_operations import QuestionData
from inser_events.registration.models import Registration
from inser_events.registration.parties import Entry
from inser_events.registration.walk_ins import register_at_desk
from tests.factories import make_member, make_user
from tests.registration.factories import make_open_event, someone

pytestmark = pytest.mark.usefixtures("app")


@pytest.fixture
def event() -> Event:
    return make_open_event(in_person=2)


def register(event: Event, minutes: int = 0, **values: object) -> Registration:
    values = {"given_name": "Zoë", "family_name": "Ångström", "organisation": "INRA", **values}
    return operations.register(event, someone(**values), at=now() + timedelta(minutes=minutes))


def groups(event: Event) -> list[list[Registration]]:
    return [list(group) for group in duplicates.likely_duplicates(event)]


def taken(event: Event) -> tuple[int, int]:
    row = db.session.execute(
        select(Seats.taken, Seats.waiting).where(Seats.event_id == event.id, Seats.mode == "in_person")
    ).one()
    return row.taken, row.waiting


@pytest.mark.parametrize(
    ("values", "alike"),
    [
        ({"given_name": "zoe", "family_name": "ANGSTROM", "organisation": "inra "}, True),
        ({"given_name": "Ångström", "family_name": "Zoë"}, True),
        ({"organisation": "FAO"}, False),
        ({"given_name": "Zoë Maria"}, False),
    ],
)
def test_likeness_is_name_in_any_order_and_organisation(event: Event, values: dict[str, str], alike: bool) -> None:
    first, second = register(event), register(event, 1, **values)
    assert groups(event) == ([[first, second]] if alike else [])


def test_those_who_cancelled_are_no_duplicates(event: Event) -> None:
    register(event)
    operations.cancel_registration(register(event, 1), at=now())
    assert groups(event) == []


def test_merging_keeps_an_address_that_only_the_later_one_has(event: Event) -> None:
    data = someone(given_name="Zoë", family_name="Ångström", organisation="INRA", email="")
    older = register_at_desk(event, Entry(data), at=now())
    newer = register(event, 1, email="Zoe@example.org")
    assert duplicates.merge(newer, older, at=now()) is older
    assert (older.email, older.active_email, newer.active_email) == ("Zoe@example.org", "zoe@example.org", None)
    again = select(OutboxMail.recipient).where(OutboxMail.cause.startswith(f"link-again:{older.id}:"))
    assert db.session.scalars(again).all() == ["Zoe@example.org"]


def test_merging_keeps_the_older_and_frees_the_seat_of_the_other(event: Event) -> None:
    newer, older, waiting = register(event, 5, phone="+212 5"), register(event), register(event, 9, organisation="FAO")
    kept = duplicates.merge(newer, older, at=now())
    assert (kept, older.phone, newer.state, newer.active_email, waiting.state, taken(event)) == (
        older,
        "+212 5",
        "cancelled",
        None,
        "confirmed",
        (2, 0),
    )
    entries = select(AuditEntry.subject).where(AuditEntry.action == "merge registration").order_by(AuditEntry.id)
    assert db.session.scalars(entries).all() == [f"registration:{newer.id}", f"registration:{older.id}"]


def test_both_addresses_are_told_and_neither_learns_the_other(event: Event) -> None:
    older, newer = register(event, email="old@example.org"), register(event, 1, email="new@example.org")
    duplicates.merge(older, newer, at=now())
    told = select(OutboxMail).where(OutboxMail.cause.startswith("merged") | OutboxMail.cause.startswith("link-again"))
    mails = db.session.scalars(told.order_by(OutboxMail.id)).all()
    assert [mail.recipient for mail in mails] == ["new@example.org", "old@example.org"]
    letter = ready(mails[0])
    assert letter is not None
    assert b"old@example.org" not in letter.message


def test_an_older_one_that_waits_takes_over_the_seat(event: Event) -> None:
    others = [register(event, organisation=name) for name in ("FAO", "WMO")]
    older = register(event)
    operations.cancel_registration(others[0], at=now())
    first_free = register(event, organisation="IUSS")
    operations.cancel_registration(older, at=now())
    waiting, newer = register(event, 1), register(event, 2)
    operations.cancel_registration(others[1], at=now())
    assert (waiting.state, newer.state, first_free.state) == ("confirmed", "waitlisted", "confirmed")
    waiting.created_at = now() + timedelta(hours=1)
    assert duplicates.merge(waiting, newer, at=now()) is newer
    assert (newer.state, waiting.state, taken(event)) == ("confirmed", "cancelled", (2, 0))


def test_sessions_and_answers_move_to_the_one_kept(event: Event) -> None:
    question = form_operations.add_question(event, QuestionData(kind="text", label={"en": "Diet"}), at=now())
    signups.set_session_capacity(event, "visit", needed=True, capacity=1, at=now())
    older = register(event)
    newer = operations.register(
        event,
        someone(given_name="Zoë", family_name="Ångström", organisation="INRA"),
        at=now(),
        answers={question.uid: "Vegan"},
    )
    signups.sign_up(newer, "visit", at=now())
    duplicates.merge(older, newer, at=now())
    assert (answers.values_of(older), list(signups.signups_of(older))) == ({question.uid: "Vegan"}, ["visit"])
    assert signups.find_seats(event.id, "visit").taken == 1


def test_merging_needs_two_active_registrations_of_one_event(event: Event) -> None:
    first, second = register(event), register(event, 1)
    with pytest.raises(NotTheSame):
        duplicates.merge(first, first, at=now())
    with pytest.raises(NotTheSame):
        duplicates.merge(first, register(make_open_event()), at=now())
    operations.cancel_registration(second, at=now())
    with pytest.raises(NotActive):
        duplicates.merge(first, second, at=now())


def test_the_registrar_settles_what_the_list_shows(event: Event, sign_in: Callable[[User], FlaskClient]) -> None:
    registrar = make_user()
    make_member(event, registrar, TeamRole.REGISTRAR)
    first, second, third = (register(event, minutes) for minutes in range(3))
    browser = sign_in(registrar)
    address = f"/manage/{event.slug}/duplicates"
    assert third.email in browser.get(address).get_data(as_text=True)
    browser.post(f"{address}/merge", data={"one": first.uid, "other": third.uid})
    assert third.state == "cancelled"
    browser.post(f"{address}/different", data={"registration": [first.uid, second.uid]})
    assert groups(event) == []
    assert browser.get(address).status_code == 200
    assert sign_in(make_user()).get(address).status_code == 404
