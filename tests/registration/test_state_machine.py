"""Whatever people and organisers do, in any order: nobody sits on a seat that is not there, and the queue stays one.

Hypothesis makes up the order. After every step the counters are compared with the registrations themselves.
"""

from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import select, update

from inser_events.clock import fixed_at, now
from inser_events.database import db, rollback
from inser_events.errors import Refused
from inser_events.events.models import Event, Seats
from inser_events.registration import approval, capacities, offers, operations, queries, seating, shares, signups
from inser_events.registration.capacities import Limits
from inser_events.registration.capacity_models import CategorySeats, OrganisationSeats, SignUp
from inser_events.registration.models import ACTIVE, Registration, State
from inser_events.registration.seating import MOST_OFFERS
from tests.registration.factories import make_open_event, someone

MODES = st.sampled_from(["in_person", "online"])
CATEGORIES = st.sampled_from(["participant", "press"])
ORGANISATIONS = st.sampled_from(["", "INRA", "FAO"])
pytestmark = pytest.mark.slow
CAPACITIES = st.one_of(st.none(), st.integers(0, 3))
OFFER_HOURS = st.sampled_from([None, 2])
NUMBERS = st.integers(0, 9)
VISIT = "visit"
Places = dict[int, tuple[str, datetime, str, str]]


def is_pending(person: Registration) -> bool:
    return person.state == State.PENDING


class Registering(RuleBasedStateMachine):
    """People register, wait, switch, cancel, answer offers; organisers change every limit."""

    event: Event
    overtaking = False

    @initialize(
        in_person=st.integers(0, 3),
        online=CAPACITIES,
        press=CAPACITIES,
        cap=CAPACITIES,
        hours=OFFER_HOURS,
        first=st.integers(3, 6),
    )
    def start(
        self,
        in_person: int,
        online: int | None,
        press: int | None,
        cap: int | None,
        hours: int | None,
        first: int,
    ) -> None:
        """A new event with few seats, and the first who want one."""
        self.at = now()
        self.exceptions: Counter[str] = Counter()
        self.event = make_open_event(in_person=in_person, online=online)
        signups.set_session_capacity(self.event, VISIT, needed=True, capacity=1, at=self.at)
        self.taken = {"in_person": 0, "online": 0}
        self.queue: Places = {}
        self.people: list[Registration] = []
        self.change_limits(press, cap, hours, [])
        for _ in range(first):
            self.register("in_person", "participant", "")

    def teardown(self) -> None:
        rollback()

    def do(self, act: Any, *arguments: Any, **options: Any) -> Any:
        """Do something a minute later. A refusal changes nothing, so it is a step like any other."""
        self.at += timedelta(minutes=1)
        with fixed_at(self.at):
            try:
                return act(*arguments, at=self.at, **options)
            except Refused:
                return None

    def one(self, number: int, wanted: Callable[[Registration], bool] = lambda person: person.active) -> Registration:
        """Somebody for whom *wanted* holds, or anybody when it does for none."""
        fitting = [person for person in self.people if wanted(person)] or self.people
        return fitting[number % len(fitting)]

    @rule(mode=MODES, category=CATEGORIES, organisation=ORGANISATIONS)
    def register(self, mode: str, category: str, organisation: str) -> None:
        data = someone(mode=mode, category=category, organisation=organisation)
        self.people.append(self.do(operations.register, self.event, data, notify=False))

    @rule(number=NUMBERS, mode=MODES)
    def switch(self, number: int, mode: str) -> None:
        self.do(operations.switch_mode, self.one(number), mode)

    @rule(number=NUMBERS)
    def cancel(self, number: int) -> None:
        self.do(operations.cancel_registration, self.one(number), notify=False)

    @rule(number=NUMBERS)
    def cancel_a_seat(self, number: int) -> None:
        self.do(operations.cancel_registration, self.one(number, lambda person: person.holds_seat), notify=False)

    @rule(number=NUMBERS)
    def accept(self, number: int) -> None:
        self.do(offers.accept_offer, self.one(number, lambda person: person.offered))

    @rule(number=NUMBERS)
    def give_up_offer(self, number: int) -> None:
        self.do(offers.decline_offer, self.one(number, lambda person: person.offered))

    @rule(number=NUMBERS)
    def approve(self, number: int) -> None:
        self.do(approval.approve, self.one(number, is_pending))

    @rule(number=NUMBERS)
    def refuse(self, number: int) -> None:
        self.do(approval.decline, self.one(number, is_pending))

    @rule(number=NUMBERS)
    def seat_anyway(self, number: int) -> None:
        person = self.one(number, lambda person: person.active and not person.holds_seat)
        if person.active and not person.holds_seat:
            self.exceptions[person.mode] += 1
        self.overtaking = True
        self.do(approval.seat_anyway, person, "an exception")

    @rule(number=NUMBERS, organisation=ORGANISATIONS)
    def correct(self, number: int, organisation: str) -> None:
        self.do(operations.correct_details, self.one(number), {"organisation": organisation})

    @rule(number=NUMBERS, category=CATEGORIES)
    def change_category(self, number: int, category: str) -> None:
        self.do(operations.change_category, self.one(number), category)

    @rule(number=NUMBERS)
    def sign_up(self, number: int) -> None:
        self.do(signups.sign_up, self.one(number, signups.may_sign_up), VISIT)

    @rule(number=NUMBERS)
    def leave_session(self, number: int) -> None:
        self.do(signups.give_up, self.one(number, lambda person: bool(signups.signups_of(person))), VISIT)

    @rule(mode=MODES, capacity=CAPACITIES)
    def change_capacity(self, mode: str, capacity: int | None) -> None:
        """Raise or lower; the job that fills new seats comes by."""
        next(seats for seats in self.event.seats if seats.mode == mode).capacity = capacity
        db.session.flush()
        with fixed_at(self.at):
            seating.fill_free_seats()

    @rule(
        press=CAPACITIES,
        cap=CAPACITIES,
        hours=OFFER_HOURS,
        approved=st.lists(CATEGORIES, max_size=1),
    )
    def change_limits(self, press: int | None, cap: int | None, hours: int | None, approved: list[str]) -> None:
        shares = {} if press is None else {("in_person", "press"): press}
        limits = Limits(shares=shares, organisation_cap=cap, offer_hours=hours, approved_categories=approved)
        self.do(capacities.set_limits, self.event, limits)

    @rule(hours=st.integers(1, 3))
    def time_passes(self, hours: int) -> None:
        """Offers may run out."""
        self.at += timedelta(hours=hours)
        with fixed_at(self.at):
            offers.expire_offers()
            seating.fill_free_seats()

    @invariant()
    def counters_agree_with_the_registrations(self) -> None:
        if not hasattr(self, "event"):
            return
        db.session.flush()
        db.session.expire_all()
        everyone = db.session.scalars(select(Registration).where(Registration.event_id == self.event.id)).all()
        holding = [one for one in everyone if one.holds_seat]
        taken = Counter(one.mode for one in holding)
        waiting = Counter(one.mode for one in everyone if one.state == State.WAITLISTED and not one.offered)
        self._check_each(everyone)
        for seats in db.session.scalars(select(Seats).where(Seats.event_id == self.event.id)):
            assert (seats.taken, seats.waiting) == (taken[seats.mode], waiting[seats.mode])
            self._check_capacity(seats)
        by_category = Counter((one.mode, one.category) for one in holding)
        for share in db.session.scalars(select(CategorySeats).where(CategorySeats.event_id == self.event.id)):
            assert share.taken == by_category[share.mode, share.category]
        organisations = Counter(one.organisation_key for one in holding if one.mode == "in_person")
        for room in db.session.scalars(select(OrganisationSeats).where(OrganisationSeats.event_id == self.event.id)):
            assert room.taken == organisations[room.organisation_key]
        self._check_session()
        self._check_order(everyone)

    def _check_each(self, everyone: Any) -> None:
        """Everyone is in one state, and nothing about them says another."""
        for one in everyone:
            assert one.state in set(State)
            assert (one.active_email is not None) == (one.state in ACTIVE)
            assert (one.waiting_since is not None) == (one.state == State.WAITLISTED)
            assert one.offer_expires_at is None or one.state == State.WAITLISTED

    def _check_capacity(self, seats: Seats) -> None:
        """More than the capacity only where the organiser lowered it, or made an exception."""
        before = self.taken[seats.mode] + self.exceptions.pop(seats.mode, 0)
        assert seats.capacity is None or seats.taken <= max(seats.capacity, before)
        self.taken[seats.mode] = seats.taken

    def _check_session(self) -> None:
        visit = signups.find_seats(self.event.id, VISIT)
        mine = db.session.scalars(select(SignUp).where(SignUp.seats_id == visit.id)).all()
        states = Counter(signup.state for signup in mine)
        assert (visit.taken, visit.waiting) == (states[State.CONFIRMED], states[State.WAITLISTED])
        assert visit.taken <= (visit.capacity or 0)
        assert all(signups.may_sign_up(signup.registration) for signup in mine)

    def _check_order(self, everyone: Any) -> None:
        """Nobody was seated before someone of the same kind who had waited longer in the same queue."""
        waiting: Places = {}
        for one in everyone:
            if one.state == State.WAITLISTED and not one.offered and one.offers_made < MOST_OFFERS:
                waiting[one.id] = (one.mode, one.waiting_since, one.category, one.organisation_key)
        stayed = {key: place for key, place in self.queue.items() if waiting.get(key) == place}
        seated = [one for one in everyone if one.holds_seat and one.id in self.queue]
        for one in [] if self.overtaking else seated:
            mode, since, _category, _organisation = self.queue[one.id]
            kind = (one.mode, one.category, one.organisation_key)
            before = [
                key
                for key, (its_mode, its_since, *its_kind) in stayed.items()
                if (its_mode, *its_kind) == kind and mode == one.mode and (its_since, key) < (since, one.id)
            ]
            assert before == []
        self.overtaking = False
        self.queue = waiting


EXAMPLES = settings(
    max_examples=40, stateful_step_count=30, deadline=None, suppress_health_check=list(HealthCheck), database=None
)


def test_no_order_of_events_oversells_or_loses_anyone(app: Flask) -> None:
    run_state_machine_as_test(Registering, settings=EXAMPLES)


def take_without_looking(patch: pytest.MonkeyPatch) -> None:
    def careless(event_id: int, mode: str) -> bool:
        mine = Seats.event_id == event_id, Seats.mode == mode
        db.session.execute(update(Seats).where(*mine).values(taken=Seats.taken + 1))
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
    patch.setattr(operations, "leave_sessions", lambda _registration, at: at)


def forget_that_an_offer_holds_a_seat(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Registration, "holds_seat", property(lambda self: self.state == State.CONFIRMED))


# These need a rarer course of events, which two hundred random ones may miss.
MOSTLY = pytest.mark.xfail(strict=False, reason="found by chance in most runs")


@pytest.mark.parametrize(
    "fault",
    [
        take_without_looking,
        pytest.param(take_shares_without_looking, marks=MOSTLY),
        pytest.param(serve_the_last_first, marks=MOSTLY),
        pytest.param(forget_the_sessions, marks=MOSTLY),
        pytest.param(forget_that_an_offer_holds_a_seat, marks=MOSTLY),
    ],
)
def test_the_machine_notices_a_fault(
    app: Flask, monkeypatch: pytest.MonkeyPatch, fault: Callable[[pytest.MonkeyPatch], None]
) -> None:
    fault(monkeypatch)
    quick = settings(EXAMPLES, phases=[Phase.generate], max_examples=200)
    with pytest.raises(AssertionError):
        run_state_machine_as_test(Registering, settings=quick)
