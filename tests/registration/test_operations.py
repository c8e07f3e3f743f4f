"""The rules of registering: seats, waiting, cancelling, switching."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from inser_events.audit import AuditEntry
from inser_events.clock import now
from inser_events.database import db
from inser_events.events.models import Event, Seats
from inser_events.mail import OutboxMail
from inser_events.registration import operations, queries, seating
from inser_events.registration.errors import (
    AlreadyRegistered,
    ModeNotOffered,
    NoSuchTicket,
    NotActive,
    RegistrationClosed,
)
from inser_events.registration.models import Registration, State
from tests.registration.factories import make_open_event, someone

pytestmark = pytest.mark.usefixtures("app")


def register(event: Event, **values: object) -> Registration:
    return operations.register(event, someone(**values), at=now())


def seats(event: Event, mode: str = "in_person") -> tuple[int, int]:
    row = db.session.execute(
        select(Seats.taken, Seats.waiting).where(Seats.event_id == event.id, Seats.mode == mode)
    ).one()
    return row.taken, row.waiting


def causes() -> list[str]:
    return [cause.split(":")[0] for cause in db.session.scalars(select(OutboxMail.cause).order_by(OutboxMail.id))]


def test_register_confirms_while_there_are_seats_and_then_makes_wait() -> None:
    event = make_open_event(in_person=2)
    states = [register(event).state for _ in range(3)]
    assert (states, seats(event)) == (["confirmed", "confirmed", "waitlisted"], (2, 1))


def test_register_never_waits_without_a_limit() -> None:
    event = make_open_event(online=None)
    assert [register(event, mode="online").state for _ in range(3)] == ["confirmed"] * 3


def test_modes_have_seats_of_their_own() -> None:
    event = make_open_event(in_person=1, online=1)
    register(event)
    assert register(event, mode="online").state == "confirmed"


def test_register_refuses_a_second_active_registration_of_an_address() -> None:
    event = make_open_event()
    first = register(event, email="amina@example.org")
    with pytest.raises(AlreadyRegistered) as refusal:
        register(event, email="AMINA@example.org")
    assert (refusal.value.registration_id, seats(event)) == (first.id, (1, 0))


def test_the_same_form_sent_twice_makes_one_registration() -> None:
    event = make_open_event()
    form = someone(form_key="a")
    first, second = (operations.register(event, form, at=now()) for _ in range(2))
    assert (first.id, seats(event)) == (second.id, (1, 0))


def test_an_address_may_register_again_after_cancelling() -> None:
    event = make_open_event()
    operations.cancel_registration(register(event, email="amina@example.org"), at=now())
    assert register(event, email="amina@example.org").state == "confirmed"


@pytest.mark.parametrize(
    "values",
    [
        {"cancelled_at": now()},
        {"registration_opens_at": now() + timedelta(hours=1)},
        {"registration_closes_at": now() - timedelta(hours=1)},
        {"starts_on": now().date() - timedelta(days=9), "ends_on": now().date() - timedelta(days=9)},
    ],
    ids=["cancelled", "not yet", "closed", "past"],
)
def test_register_is_refused_when_registration_is_not_open(values: dict[str, object]) -> None:
    with pytest.raises(RegistrationClosed):
        register(make_open_event(**values))


def test_register_refuses_a_mode_that_is_not_offered() -> None:
    event = make_open_event()
    event.seats[1].offered = False
    with pytest.raises(ModeNotOffered):
        register(event, mode="online")


def test_cancelling_seats_the_first_who_waits() -> None:
    event = make_open_event(in_person=1)
    seated, first, second = (register(event) for _ in range(3))
    operations.cancel_registration(seated, at=now())
    assert (first.state, second.state, queries.waiting_position(second), seats(event)) == (
        "confirmed",
        "waitlisted",
        1,
        (1, 1),
    )


def test_cancelling_twice_is_refused_and_gives_back_one_seat() -> None:
    event = make_open_event(in_person=2)
    registration = register(event)
    operations.cancel_registration(registration, at=now())
    with pytest.raises(NotActive):
        operations.cancel_registration(registration, at=now())
    assert seats(event) == (0, 0)


def test_someone_who_waits_and_gives_up_leaves_the_queue() -> None:
    event = make_open_event(in_person=1)
    _, first, second = (register(event) for _ in range(3))
    operations.cancel_registration(first, at=now())
    assert (queries.waiting_position(second), seats(event)) == (1, (1, 1))


def test_nobody_new_is_seated_past_those_who_wait() -> None:
    event = make_open_event(in_person=1)
    register(event)
    waiting = register(event)
    event.seats[0].capacity = 2
    newcomer = register(event)
    seating.fill_free_seats()
    assert (waiting.state, newcomer.state) == ("confirmed", "waitlisted")


def test_switching_gives_the_seat_to_the_first_who_waits() -> None:
    event = make_open_event(in_person=1, online=5)
    seated, waiting = register(event), register(event)
    operations.switch_mode(seated, "online", at=now())
    assert (seated.mode, seated.state, waiting.state, seats(event), seats(event, "online")) == (
        "online",
        "confirmed",
        "confirmed",
        (1, 0),
        (1, 0),
    )


def test_waiting_for_the_room_gives_online_access_meanwhile() -> None:
    event = make_open_event(in_person=0)
    assert register(event).has_online_access


def test_waiting_for_a_place_online_gives_no_access() -> None:
    event = make_open_event(online=0)
    assert not register(event, mode="online").has_online_access


def test_reissue_makes_the_old_link_worthless() -> None:
    registration = register(make_open_event())
    old = queries.link_of(registration)
    operations.reissue_ticket(registration, at=now())
    with pytest.raises(NoSuchTicket):
        queries.find_by_link(old)
    assert queries.find_by_link(queries.link_of(registration)).id == registration.id


def test_a_badge_code_does_not_open_the_ticket_page() -> None:
    registration = register(make_open_event())
    with pytest.raises(NoSuchTicket):
        queries.find_by_link(queries.badge_code(registration))


def test_correcting_a_name_keeps_the_badge_code() -> None:
    registration = register(make_open_event())
    code = queries.badge_code(registration)
    operations.correct_details(registration, {"family_name": "Ould"})
    assert (queries.badge_code(registration), registration.search_text.startswith("amina ould")) == (code, True)


def test_each_cause_sends_one_mail() -> None:
    event = make_open_event(in_person=1)
    seated = register(event, email="amina@example.org")
    register(event)
    operations.cancel_registration(seated, at=now())
    for _ in range(2):
        operations.resend_links("person@example.org", at=now())
    assert causes() == ["registered", "registered", "cancelled", "promoted"]


def test_the_link_is_sent_again_at_most_once_an_hour() -> None:
    register(make_open_event(), email="amina@example.org")
    for _ in range(3):
        operations.resend_links("Amina@Example.org", at=now())
    assert causes() == ["registered", "link-again"]


def test_every_step_leaves_an_audit_entry() -> None:
    event = make_open_event(in_person=1)
    seated = register(event)
    register(event)
    operations.cancel_registration(seated, at=now())
    actions = db.session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all()
    assert actions == ["register", "register", "cancel registration", "promote"]


def test_states_are_the_public_ones() -> None:
    assert [state.value for state in State] == ["pending", "confirmed", "waitlisted", "cancelled", "declined"]
