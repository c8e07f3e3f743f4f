"""Whatever people and organisers do, in any order: nobody sits on a seat that is not there, and the queue stays one.

Hypothesis makes up the order. After every step the counters are compared with the registrations themselves.
"""

from collections.abc import Callable

import pytest
from flask import Flask
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test
from sqlalchemy import update

from inser_events.database import db
from inser_events.events.models import Seats
from inser_events.registration import (
    operations,
    parties,
    queries,
    seating,
    shares,
)
from inser_events.registration.models import Registration, State
from tests.registration.machine import DELEGATION, Registering

pytestmark = pytest.mark.slow
EXAMPLES = settings(
    max_examples=40, stateful_step_count=30, deadline=None, suppress_health_check=list(HealthCheck), database=None
)


def test_no_order_of_events_oversells_or_loses_anyone(app: Flask) -> None:
    run_state_machine_as_test(Registering, settings=EXAMPLES)


def take_without_looking(patch: pytest.MonkeyPatch) -> None:
    def careless(event_id: int, mode: str, size: int = 1) -> bool:
        mine = Seats.event_id == event_id, Seats.mode == mode
        db.session.execute(update(Seats).where(*mine).values(taken=Seats.taken + size))
        return True

    patch.setattr(seating, "_take_seat", careless)


def take_shares_without_looking(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(shares, "_take_of_category", lambda *_seat: True)


def serve_the_last_first(patch: pytest.MonkeyPatch) -> None:
    in_order = queries.waiting_in_order
    patch.setattr(
        queries, "waiting_in_order", lambda *queue: in_order(*queue).order_by(None).order_by(Registration.id.desc())
    )


def forget_the_sessions(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(operations, "leave_sessions", lambda _registration, **_how: None)


def forget_that_an_offer_holds_a_seat(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Registration, "holds_seat", property(lambda self: self.state == State.CONFIRMED))


def forget_who_comes_together(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(queries, "waiting_together", lambda registration: [registration])


def take_of_a_delegation_without_looking(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(shares, "_take_of_group", lambda *_seat: True)


def lose_the_place_of_who_is_replaced(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(parties, "take_over", lambda successor: successor)


def two_take_one_seat(machine: Registering) -> None:
    machine.start(in_person=1, online=None, press=None, cap=None, hours=None, first=2)


def two_of_the_press_take_one_seat(machine: Registering) -> None:
    machine.start(in_person=3, online=None, press=1, cap=None, hours=None, first=0)
    for _ in range(2):
        machine.register("in_person", "press", "")


def a_seat_becomes_free_for_two(machine: Registering) -> None:
    machine.start(in_person=1, online=None, press=None, cap=None, hours=None, first=3)
    machine.counters_agree_with_the_registrations()
    machine.cancel(0)


def someone_signed_up_cancels(machine: Registering) -> None:
    machine.start(in_person=1, online=None, press=None, cap=None, hours=None, first=1)
    machine.sign_up(0)
    machine.counters_agree_with_the_registrations()
    machine.cancel(0)


def a_free_seat_is_offered(machine: Registering) -> None:
    machine.start(in_person=1, online=None, press=None, cap=None, hours=2, first=2)
    machine.cancel(0)


def one_seat_becomes_free_for_a_pair(machine: Registering) -> None:
    machine.start(in_person=2, online=None, press=None, cap=None, hours=None, first=2)
    machine.register_together(2, "in_person", "participant", "", "")
    machine.counters_agree_with_the_registrations()
    machine.cancel(0)


def two_pairs_of_a_delegation_take_three_seats(machine: Registering) -> None:
    machine.start(in_person=9, online=None, press=None, cap=None, hours=None, first=0)
    machine.change_delegation(3)
    for _ in range(2):
        machine.register_together(2, "in_person", "participant", "", DELEGATION)


def someone_is_replaced(machine: Registering) -> None:
    machine.start(in_person=1, online=None, press=None, cap=None, hours=None, first=1)
    machine.counters_agree_with_the_registrations()
    machine.replace(0)


COURSES: dict[Callable[[pytest.MonkeyPatch], None], Callable[[Registering], None]] = {
    take_without_looking: two_take_one_seat,
    take_shares_without_looking: two_of_the_press_take_one_seat,
    serve_the_last_first: a_seat_becomes_free_for_two,
    forget_the_sessions: someone_signed_up_cancels,
    forget_that_an_offer_holds_a_seat: a_free_seat_is_offered,
    forget_who_comes_together: one_seat_becomes_free_for_a_pair,
    take_of_a_delegation_without_looking: two_pairs_of_a_delegation_take_three_seats,
    lose_the_place_of_who_is_replaced: someone_is_replaced,
}
"""Each fault with a course of events in which it shows for certain."""


@pytest.mark.parametrize("fault", COURSES)
def test_the_machine_notices_a_fault(
    app: Flask, monkeypatch: pytest.MonkeyPatch, fault: Callable[[pytest.MonkeyPatch], None]
) -> None:
    fault(monkeypatch)
    machine = Registering()
    COURSES[fault](machine)
    with pytest.raises(AssertionError):
        machine.counters_agree_with_the_registrations()


@pytest.mark.parametrize("course", COURSES.values())
def test_without_a_fault_the_same_course_is_in_order(app: Flask, course: Callable[[Registering], None]) -> None:
    machine = Registering()
    course(machine)
    machine.counters_agree_with_the_registrations()
