"""Sessions for which people in the room sign up."""

import pytest
from sqlalchemy import select

from inser_events.clock import now
from inser_events.database import db
from inser_events.events.models import Event
from inser_events.mail import OutboxMail
from inser_events.registration import operations, signups
from inser_events.registration.capacity_models import SessionSeats, SignUp
from inser_events.registration.errors import NoSignUp, NoSuchSession, UnusableLimit
from inser_events.registration.models import Registration
from tests.registration.factories import make_open_event, someone

pytestmark = pytest.mark.usefixtures("app")
VISIT = "a-field-visit"


@pytest.fixture
def event() -> Event:
    event = make_open_event(in_person=9)
    signups.set_session_capacity(event, VISIT, needed=True, capacity=1, at=now())
    return event


def register(event: Event, **values: object) -> Registration:
    return operations.register(event, someone(**values), at=now())


def sign_up(registration: Registration) -> str:
    return signups.sign_up(registration, VISIT, at=now()).state


def counted(event: Event) -> tuple[int, int]:
    seats = signups.find_seats(event.id, VISIT)
    return seats.taken, seats.waiting


def state_of(registration: Registration) -> str:
    return signups.signups_of(registration)[VISIT].state


def test_a_session_has_no_more_seats_than_it_has(event: Event) -> None:
    assert [sign_up(register(event)) for _ in range(3)] == ["confirmed", "waitlisted", "waitlisted"]
    assert counted(event) == (1, 2)


def test_signing_up_twice_takes_one_seat(event: Event) -> None:
    registration = register(event)
    assert ([sign_up(registration) for _ in range(2)], counted(event)) == (["confirmed", "confirmed"], (1, 0))


def test_a_seat_given_up_goes_to_the_first_who_waits_and_they_are_told(event: Event) -> None:
    first, second, third = (register(event) for _ in range(3))
    for registration in (first, second, third):
        sign_up(registration)
    signups.give_up(first, VISIT, at=now())
    signups.give_up(first, VISIT, at=now())
    assert (state_of(second), state_of(third), counted(event)) == ("confirmed", "waitlisted", (1, 1))
    told = db.session.scalars(select(OutboxMail.recipient).where(OutboxMail.cause.startswith("session-seat:"))).all()
    assert told == [second.email]


@pytest.mark.parametrize("leave", ["cancel", "switch"])
def test_leaving_the_room_gives_the_sessions_back(event: Event, leave: str) -> None:
    first, second = register(event), register(event)
    sign_up(first)
    sign_up(second)
    if leave == "cancel":
        operations.cancel_registration(first, at=now())
    else:
        operations.switch_mode(first, "online", at=now())
    assert (signups.signups_of(first), state_of(second), counted(event)) == ({}, "confirmed", (1, 0))


def test_only_people_with_a_seat_in_the_room_sign_up(event: Event) -> None:
    event.seats[0].capacity = 0
    for registration in (register(event), register(event, mode="online")):
        with pytest.raises(NoSignUp):
            sign_up(registration)


def test_a_session_without_sign_up_is_not_found(event: Event) -> None:
    with pytest.raises(NoSuchSession):
        signups.sign_up(register(event), "another", at=now())


def test_more_seats_go_to_those_who_wait(event: Event) -> None:
    people = [register(event) for _ in range(3)]
    for registration in people:
        sign_up(registration)
    signups.set_session_capacity(event, VISIT, needed=True, capacity=2, at=now())
    assert [state_of(registration) for registration in people] == ["confirmed", "confirmed", "waitlisted"]
    signups.set_session_capacity(event, VISIT, needed=True, capacity=None, at=now())
    assert counted(event) == (3, 0)


def test_ending_sign_up_forgets_who_signed_up(event: Event) -> None:
    sign_up(register(event))
    signups.set_session_capacity(event, VISIT, needed=False, capacity=None, at=now())
    assert (db.session.scalars(select(SessionSeats)).all(), db.session.scalars(select(SignUp)).all()) == ([], [])


def test_a_negative_capacity_is_refused(event: Event) -> None:
    with pytest.raises(UnusableLimit):
        signups.set_session_capacity(event, VISIT, needed=True, capacity=-1, at=now())
