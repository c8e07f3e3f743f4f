"""Shares of categories and organisations, offers, approval, exceptions: who sits, who waits and why."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from inser_events.audit import AuditEntry
from inser_events.clock import fixed_at, now
from inser_events.database import db
from inser_events.events.models import Event, Seats
from inser_events.mail import OutboxMail, ready
from inser_events.registration import approval, capacities, offers, operations, queries, seating
from inser_events.registration.capacities import Limits
from inser_events.registration.capacity_models import CategorySeats, OrganisationSeats
from inser_events.registration.errors import (
    AlreadySeated,
    NotPending,
    OfferOver,
    OrganisationFull,
    ReasonNeeded,
    UnusableLimit,
)
from inser_events.registration.models import Registration
from tests.registration.factories import make_open_event, someone

pytestmark = pytest.mark.usefixtures("app")
PRESS = {("in_person", "press"): 1}


def event_with(limits: Limits, **values: object) -> Event:
    event = make_open_event(**values)
    capacities.set_limits(event, limits, at=now())
    return event


def register(event: Event, **values: object) -> Registration:
    return operations.register(event, someone(**values), at=now())


def states(*registrations: Registration) -> list[str]:
    return [registration.state for registration in registrations]


def seats(event: Event, mode: str = "in_person") -> tuple[int, int]:
    row = db.session.execute(
        select(Seats.taken, Seats.waiting).where(Seats.event_id == event.id, Seats.mode == mode)
    ).one()
    return row.taken, row.waiting


def press_taken(event: Event) -> int:
    return db.session.scalars(select(CategorySeats.taken).where(CategorySeats.event_id == event.id)).one()


def of_organisation(event: Event, key: str) -> int:
    mine = OrganisationSeats.event_id == event.id, OrganisationSeats.organisation_key == key
    return db.session.scalars(select(OrganisationSeats.taken).where(*mine)).one()


def causes() -> list[str]:
    return [cause.split(":")[0] for cause in db.session.scalars(select(OutboxMail.cause).order_by(OutboxMail.id))]


def later(**length: float) -> None:
    with fixed_at(now() + timedelta(**length)):
        offers.expire_offers()


def test_a_category_has_no_more_seats_than_its_share() -> None:
    event = event_with(Limits(shares=PRESS))
    assert states(*(register(event, category="press") for _ in range(2))) == ["confirmed", "waitlisted"]
    assert (seats(event), press_taken(event)) == ((1, 1), 1)


def test_someone_who_waits_for_a_share_holds_nobody_else_up() -> None:
    event = event_with(Limits(shares=PRESS), in_person=3)
    register(event, category="press")
    waiting = register(event, category="press")
    other = register(event)
    assert (states(waiting, other), seats(event)) == (["waitlisted", "confirmed"], (2, 1))
    assert causes() == ["registered"] * 3


def test_a_share_given_back_goes_to_the_next_of_the_category() -> None:
    event = event_with(Limits(shares=PRESS), in_person=5)
    first, second, third = (register(event, category="press") for _ in range(3))
    operations.cancel_registration(first, at=now())
    assert (states(second, third), press_taken(event)) == (["confirmed", "waitlisted"], 1)


def test_the_room_may_be_full_before_the_share() -> None:
    event = event_with(Limits(shares={("in_person", "press"): 5}), in_person=1)
    register(event)
    assert (register(event, category="press").state, press_taken(event)) == ("waitlisted", 0)


def test_shares_are_per_mode() -> None:
    event = event_with(Limits(shares=PRESS))
    first, second = register(event, category="press"), register(event, category="press", mode="online")
    operations.switch_mode(first, "online", at=now())
    assert (states(first, second), press_taken(event)) == (["confirmed", "confirmed"], 0)


def test_an_organisation_has_no_more_seats_in_the_room_than_allowed() -> None:
    event = event_with(Limits(organisation_cap=2))
    names = ["INRA", "inra ", "Inra", "FAO", "", ""]
    assert states(*(register(event, organisation=name) for name in names)) == [
        "confirmed",
        "confirmed",
        "waitlisted",
        "confirmed",
        "confirmed",
        "confirmed",
    ]
    assert of_organisation(event, "inra") == 2


def test_any_number_of_an_organisation_takes_part_online() -> None:
    event = event_with(Limits(organisation_cap=1))
    assert states(*(register(event, organisation="INRA", mode="online") for _ in range(3))) == ["confirmed"] * 3


def test_changing_the_organisation_moves_the_share_and_seats_the_next() -> None:
    event = event_with(Limits(organisation_cap=1))
    first, second = register(event, organisation="INRA"), register(event, organisation="INRA")
    operations.correct_details(first, {"organisation": "FAO"})
    assert (states(first, second), of_organisation(event, "inra"), of_organisation(event, "fao")) == (
        ["confirmed", "confirmed"],
        1,
        1,
    )


def test_changing_to_an_organisation_without_seats_is_refused_but_not_to_the_registrar() -> None:
    event = event_with(Limits(organisation_cap=1))
    register(event, organisation="INRA")
    other = register(event, organisation="FAO")
    with pytest.raises(OrganisationFull):
        operations.correct_details(other, {"organisation": "INRA"})
    operations.correct_details(other, {"organisation": "INRA"}, by_staff=True)
    assert of_organisation(event, "inra") == 2


def test_a_limit_set_later_counts_who_is_there_and_throws_nobody_out() -> None:
    event = make_open_event()
    there = [register(event, category="press", organisation="INRA") for _ in range(3)]
    capacities.set_limits(event, Limits(shares=PRESS, organisation_cap=2), at=now())
    assert (states(*there), press_taken(event), of_organisation(event, "inra")) == (["confirmed"] * 3, 3, 3)
    assert register(event, category="press").state == "waitlisted"


def test_a_wider_limit_seats_those_who_waited_for_it() -> None:
    event = event_with(Limits(shares=PRESS))
    first, second = register(event, category="press"), register(event, category="press")
    capacities.set_limits(event, Limits(shares={("in_person", "press"): 2}), at=now())
    assert (states(first, second), press_taken(event)) == (["confirmed", "confirmed"], 2)


@pytest.mark.parametrize(
    "limits",
    [
        Limits(organisation_cap=-1),
        Limits(offer_hours=0),
        Limits(offer_hours=999),
        Limits(shares={("online", "press"): -2}),
    ],
)
def test_an_unusable_limit_is_refused(limits: Limits) -> None:
    with pytest.raises(UnusableLimit):
        event_with(limits)


def test_an_offer_keeps_the_seat_until_it_is_answered() -> None:
    event = event_with(Limits(offer_hours=24), in_person=1)
    seated, waiting, behind = (register(event) for _ in range(3))
    operations.cancel_registration(seated, at=now())
    assert (states(waiting, behind), waiting.offered, seats(event)) == (["waitlisted", "waitlisted"], True, (1, 1))
    assert (queries.waiting_position(waiting), queries.waiting_position(behind)) == (None, 1)
    assert register(event).state == "waitlisted"
    offers.accept_offer(waiting, at=now())
    assert (waiting.state, waiting.offer_expires_at, seats(event)) == ("confirmed", None, (1, 2))
    assert causes() == ["registered"] * 3 + ["cancelled", "offered", "registered", "promoted"]


def test_an_offer_nobody_answers_goes_to_the_next() -> None:
    event = event_with(Limits(offer_hours=24), in_person=1)
    seated, waiting, behind = (register(event) for _ in range(3))
    operations.cancel_registration(seated, at=now())
    later(hours=25)
    assert (waiting.offered, behind.offered, queries.waiting_position(waiting), seats(event)) == (
        False,
        True,
        1,
        (1, 1),
    )
    with pytest.raises(OfferOver):
        offers.accept_offer(waiting, at=now())


def test_an_expired_offer_is_refused_before_the_job_has_come_by() -> None:
    event = event_with(Limits(offer_hours=24), in_person=1)
    seated, waiting = register(event), register(event)
    operations.cancel_registration(seated, at=now())
    with pytest.raises(OfferOver):
        offers.accept_offer(waiting, at=now() + timedelta(hours=25))


def test_someone_who_never_answers_is_asked_three_times() -> None:
    event = event_with(Limits(offer_hours=24), in_person=1)
    seated, waiting = register(event), register(event)
    operations.cancel_registration(seated, at=now())
    for days in range(1, 6):
        later(hours=25 * days)
    assert (causes().count("offered"), waiting.state, seats(event)) == (3, "waitlisted", (0, 1))
    assert capacities.why_waiting(waiting) == ["3 offers ran out unanswered. Nobody is asked again after that."]
    assert register(event).state == "confirmed"


def test_an_offer_given_up_leaves_the_person_online_and_the_seat_to_the_next() -> None:
    event = event_with(Limits(offer_hours=24), in_person=1)
    seated, waiting, behind = (register(event) for _ in range(3))
    operations.cancel_registration(seated, at=now())
    offers.decline_offer(waiting, at=now())
    assert (waiting.mode, waiting.state, behind.offered, seats(event)) == ("online", "confirmed", True, (1, 0))


def test_an_offer_given_up_ends_the_registration_where_there_is_no_call() -> None:
    event = event_with(Limits(offer_hours=24), in_person=1)
    event.seats[1].offered = False
    seated, waiting = register(event), register(event)
    operations.cancel_registration(seated, at=now())
    offers.decline_offer(waiting, at=now())
    assert (waiting.state, seats(event)) == ("cancelled", (0, 0))


def test_shortly_before_the_event_the_seat_is_given_without_asking() -> None:
    today = now().date()
    event = event_with(Limits(offer_hours=24), in_person=1, starts_on=today, ends_on=today + timedelta(days=3))
    seated, waiting = register(event), register(event)
    operations.cancel_registration(seated, at=now())
    assert waiting.state == "confirmed"


def test_cancelling_with_an_open_offer_passes_the_seat_on() -> None:
    event = event_with(Limits(offer_hours=24), in_person=1)
    seated, waiting, behind = (register(event) for _ in range(3))
    operations.cancel_registration(seated, at=now())
    operations.cancel_registration(waiting, at=now())
    assert (behind.offered, seats(event)) == (True, (1, 0))


def test_a_category_that_needs_approval_waits_for_it_without_a_seat() -> None:
    event = event_with(Limits(approved_categories=["press"]), in_person=1)
    asked = register(event, category="press")
    assert (asked.state, seats(event), register(event).state, causes()) == (
        "pending",
        (0, 0),
        "confirmed",
        ["pending", "registered"],
    )


def test_approval_gives_a_seat_or_a_place_in_the_queue() -> None:
    event = event_with(Limits(approved_categories=["press"]), in_person=1)
    first, second = register(event, category="press"), register(event, category="press")
    approval.approve(first, at=now())
    approval.approve(second, at=now())
    assert (states(first, second), seats(event)) == (["confirmed", "waitlisted"], (1, 1))
    with pytest.raises(NotPending):
        approval.approve(first, at=now())


def test_a_refusal_ends_the_registration_and_says_why() -> None:
    event = event_with(Limits(approved_categories=["press"]))
    asked = register(event, category="press", email="press@example.org")
    approval.decline(asked, "Accreditation closed\non Friday.", at=now())
    mail = db.session.scalars(select(OutboxMail).where(OutboxMail.cause == f"declined:{asked.id}")).one()
    letter = ready(mail)
    assert letter is not None
    assert b"Accreditation closed on Friday." in letter.message
    assert (asked.state, asked.active_email) == ("declined", None)
    assert register(event, category="press", email="press@example.org").state == "pending"


def test_the_registrar_needs_no_approval() -> None:
    event = event_with(Limits(approved_categories=["press"]))
    data = someone(category="press")
    assert operations.register(event, data, at=now(), by_staff=True).state == "confirmed"


def test_switching_and_cancelling_before_approval_touch_no_seat() -> None:
    event = event_with(Limits(approved_categories=["press"]), in_person=1)
    asked = register(event, category="press")
    operations.switch_mode(asked, "online", at=now())
    assert (asked.mode, asked.state) == ("online", "pending")
    operations.cancel_registration(asked, at=now())
    assert (seats(event), seats(event, "online")) == ((0, 0), (0, 0))


def test_an_exception_seats_over_capacity_and_keeps_its_reason() -> None:
    event = event_with(Limits(shares=PRESS), in_person=1)
    register(event, category="press")
    minister = register(event, category="press")
    approval.seat_anyway(minister, "Minister's office called", at=now())
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "seat over capacity")).one()
    assert (minister.state, seats(event), press_taken(event), entry.after["reason"]) == (
        "confirmed",
        (2, 0),
        2,
        "Minister's office called",
    )
    operations.cancel_registration(minister, at=now())
    assert (seats(event), register(event).state) == ((1, 0), "waitlisted")


def test_an_exception_needs_a_reason_and_somebody_without_a_seat() -> None:
    event = make_open_event(in_person=1)
    seated, waiting = register(event), register(event)
    with pytest.raises(ReasonNeeded):
        approval.seat_anyway(waiting, " \n", at=now())
    with pytest.raises(AlreadySeated):
        approval.seat_anyway(seated, "why not", at=now())


def test_the_registrar_may_change_a_category_at_any_time() -> None:
    event = event_with(Limits(shares=PRESS), in_person=5)
    first = register(event, category="press")
    waiting, other = register(event, category="press"), register(event)
    operations.change_category(other, "press", at=now())
    assert (press_taken(event), waiting.state) == (2, "waitlisted")
    for one in (first, other):
        operations.change_category(one, "participant", at=now())
    assert (press_taken(event), waiting.state, seats(event)) == (1, "confirmed", (3, 0))


def test_the_registrar_is_told_why_somebody_waits() -> None:
    event = event_with(Limits(shares=PRESS, organisation_cap=1), in_person=3)
    register(event, category="press", organisation="INRA")
    both = register(event, category="press", organisation="INRA")
    assert capacities.why_waiting(both) == ["Press: 1 of 1 seats are taken.", "INRA has 1 of 1 seats in the room."]
    register(event)
    register(event)
    last = register(event)
    assert capacities.why_waiting(last) == [
        "In person: 3 of 3 seats are taken.",
        "One person waits before this person.",
    ]
    assert capacities.why_waiting(register(event, mode="online")) == []


def test_a_raised_capacity_reaches_over_those_who_wait_for_a_share() -> None:
    event = event_with(Limits(shares={("in_person", "press"): 0}), in_person=1)
    press = register(event, category="press")
    register(event)
    waiting = register(event)
    event.seats[0].capacity = 2
    seating.fill_free_seats()
    assert states(press, waiting) == ["waitlisted", "confirmed"]
