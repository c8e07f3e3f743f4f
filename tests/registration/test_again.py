"""Taking back the end of a registration: the seat, the ticket, the mails, and who may not come back."""

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from inser_events.accounts.models import User
from inser_events.clock import now
from inser_events.database import db
from inser_events.events.models import Event, Seats, TeamRole
from inser_events.mail import OutboxMail
from inser_events.registration import approval, operations, parties, queries
from inser_events.registration.errors import AlreadyRegistered, NoSuchTicket, StillActive
from inser_events.registration.models import Registration
from inser_events.registration.parties import Entry
from inser_events.registration.personal_data import erase_person
from tests.factories import make_member, make_user
from tests.registration.factories import make_open_event, someone


@pytest.fixture
def event(app: Flask) -> Event:
    return make_open_event(in_person=1)


@pytest.fixture
def person(event: Event) -> Registration:
    person = operations.register(event, someone(email="amina@example.org"), at=now())
    operations.cancel_registration(person, at=now())
    return person


def seats() -> tuple[int, int]:
    row = db.session.execute(select(Seats.taken, Seats.waiting).where(Seats.mode == "in_person")).one()
    return row.taken, row.waiting


def causes() -> list[str]:
    return [one.partition(":")[0] for one in db.session.scalars(select(OutboxMail.cause).order_by(OutboxMail.id))]


def test_the_seat_and_the_ticket_are_those_from_before(person: Registration) -> None:
    link, number = queries.link_of(person), person.tickets[-1].number
    approval.register_again(person, at=now())
    assert (person.state, person.active_email, person.cancelled_at) == ("confirmed", "amina@example.org", None)
    assert (queries.find_by_link(link), person.tickets[-1].number, seats()) == (person, number, (1, 0))


def test_every_end_and_every_return_is_told(person: Registration) -> None:
    approval.register_again(person, at=now())
    operations.cancel_registration(person, at=now())
    assert causes() == ["registered", "cancelled", "registered-again", "cancelled"]


def test_whoever_comes_back_waits_behind_the_others(event: Event, person: Registration) -> None:
    for _one in range(2):
        operations.register(event, someone(), at=now())
    approval.register_again(person, at=now())
    assert (person.state, queries.waiting_position(person), seats()) == ("waitlisted", 2, (1, 2))


def test_a_place_that_somebody_else_took_needs_a_new_ticket(event: Event) -> None:
    old = operations.register(event, someone(), at=now())
    link = queries.link_of(old)
    parties.replace_person(old, Entry(someone()), at=now())
    approval.register_again(old, at=now())
    assert (old.state, len(old.tickets), queries.find_by_link(queries.link_of(old))) == ("waitlisted", 2, old)
    with pytest.raises(NoSuchTicket):
        queries.find_by_link(link)


def test_who_registered_anew_is_not_registered_twice(event: Event, person: Registration) -> None:
    operations.register(event, someone(email="Amina@example.org"), at=now())
    with pytest.raises(AlreadyRegistered):
        approval.register_again(person, at=now())
    assert person.state == "cancelled"


def test_who_is_registered_or_erased_does_not_come_back(person: Registration) -> None:
    approval.register_again(person, at=now())
    with pytest.raises(StillActive):
        approval.register_again(person, at=now())
    erase_person(person, at=now())
    with pytest.raises(NoSuchTicket):
        approval.register_again(person, at=now())


def test_the_registrar_has_a_button_for_it(
    event: Event, person: Registration, sign_in: Callable[[User], FlaskClient]
) -> None:
    registrar = make_user()
    make_member(event, registrar, TeamRole.REGISTRAR)
    client, address = sign_in(registrar), f"/manage/{event.slug}/registrations/{person.uid}"
    assert f'action="{address}/again"' in client.get(address).get_data(as_text=True)
    page = client.post(f"{address}/again", follow_redirects=True).get_data(as_text=True)
    assert ("has been told by mail." in page, f'action="{address}/again"' in page) == (True, False)
    operations.cancel_registration(person, at=now())
    operations.register(event, someone(email="amina@example.org"), at=now())
    refused = client.post(f"{address}/again", follow_redirects=True).get_data(as_text=True)
    assert "Another registration for this event uses this address." in refused


def test_door_staff_bring_nobody_back(
    event: Event, person: Registration, sign_in: Callable[[User], FlaskClient]
) -> None:
    staff = make_user()
    make_member(event, staff, TeamRole.DOOR)
    client = sign_in(staff)
    assert client.post(f"/manage/{event.slug}/registrations/{person.uid}/again").status_code == 403
    assert person.state == "cancelled"
