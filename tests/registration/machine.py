"""People and organisers who do whatever can be done, one act after the other; after each all counts must be right."""

from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from sqlalchemy import select

from inser_events.clock import fixed_at, now
from inser_events.database import db, rollback
from inser_events.errors import Refused
from inser_events.events.models import Event, Seats
from inser_events.registration import (
    approval,
    capacities,
    groups,
    offers,
    operations,
    parties,
    queries,
    seating,
    shares,
    signups,
)
from inser_events.registration.capacities import Limits
from inser_events.registration.capacity_models import CategorySeats, GroupSeats, OrganisationSeats, SignUp
from inser_events.registration.models import ACTIVE, Registration, State
from inser_events.registration.parties import Entry
from inser_events.registration.seating import MOST_OFFERS
from tests.registration.factories import make_open_event, someone

MODES = st.sampled_from(["in_person", "online"])
CATEGORIES = st.sampled_from(["participant", "press"])
ORGANISATIONS = st.sampled_from(["", "INRA", "FAO"])
CAPACITIES = st.one_of(st.none(), st.integers(0, 3))
OFFER_HOURS = st.sampled_from([None, 2])
NUMBERS = st.integers(0, 9)
VISIT = "visit"
DELEGATION = "morocco"
GROUPS = st.sampled_from(["", DELEGATION])
Place = tuple[str, datetime, str, str, str]
"""Mode, since when, category, delegation or organisation, and who waits together."""
Places = dict[int, Place]


def share_of(person: Registration) -> str:
    return person.group_key or person.organisation_key


def is_pending(person: Registration) -> bool:
    return person.state == State.PENDING


class Registering(RuleBasedStateMachine):
    """People register, wait, switch, cancel, answer offers; organisers change every limit."""

    event: Event
    overtaking = False
    parties_overtaken = False

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
        self.apart: set[int] = set()
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

    @rule(size=st.integers(2, 3), mode=MODES, category=CATEGORIES, organisation=ORGANISATIONS, delegation=GROUPS)
    def register_together(self, size: int, mode: str, category: str, organisation: str, delegation: str) -> None:
        values = {"mode": mode, "category": category, "organisation": organisation, "group_key": delegation}
        entries = [Entry(someone(**values)) for _ in range(size)]
        with db.session.begin_nested() as savepoint:
            made = self.do(parties.register_together, self.event, entries, notify=False)
            if made is None:
                savepoint.rollback()
        self.people += made or []

    @rule(number=NUMBERS)
    def replace(self, number: int) -> None:
        """Somebody else takes a place: who waits and who sits stays the same, under another name."""
        old = self.one(number)
        new = self.do(parties.replace_person, old, Entry(someone(organisation=old.organisation)))
        if new is not None:
            self.people.append(new)
            if old.id in self.apart:
                self.apart.add(new.id)
            if old.id in self.queue:
                self.queue[new.id] = self.queue.pop(old.id)

    @rule(capacity=CAPACITIES)
    def change_delegation(self, capacity: int | None) -> None:
        self.do(groups.set_caps, self.event.id, DELEGATION, {"in_person": capacity})

    @rule(number=NUMBERS, delegation=GROUPS)
    def move_to_delegation(self, number: int, delegation: str) -> None:
        person = self.one(number)
        self.apart.add(person.id)
        self.do(groups.move_to_group, person, delegation)

    @rule(number=NUMBERS, mode=MODES)
    def switch(self, number: int, mode: str) -> None:
        person = self.one(number)
        self.apart.add(person.id)
        self.do(operations.switch_mode, person, mode)

    @rule(number=NUMBERS)
    def cancel(self, number: int) -> None:
        self.do(operations.cancel_registration, self.one(number), notify=False)

    @rule(number=NUMBERS)
    def cancel_a_seat(self, number: int) -> None:
        self.do(operations.cancel_registration, self.one(number, lambda person: person.holds_seat), notify=False)

    @rule(number=NUMBERS)
    def accept(self, number: int) -> None:
        person = self.one(number, lambda person: person.offered)
        self.apart.add(person.id)
        self.do(offers.accept_offer, person)

    @rule(number=NUMBERS)
    def give_up_offer(self, number: int) -> None:
        person = self.one(number, lambda person: person.offered)
        self.apart.add(person.id)
        self.do(offers.decline_offer, person)

    @rule(number=NUMBERS)
    def approve(self, number: int) -> None:
        person = self.one(number, is_pending)
        self.apart.add(person.id)
        self.do(approval.approve, person)

    @rule(number=NUMBERS)
    def refuse(self, number: int) -> None:
        self.do(approval.decline, self.one(number, is_pending))

    @rule(number=NUMBERS)
    def come_back(self, number: int) -> None:
        person = self.one(number, lambda person: not person.active)
        self.apart.add(person.id)
        self.do(approval.register_again, person)

    @rule(number=NUMBERS)
    def seat_anyway(self, number: int) -> None:
        person = self.one(number, lambda person: person.active and not person.holds_seat)
        if person.active and not person.holds_seat:
            self.exceptions[person.mode] += 1
        self.apart.add(person.id)
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
        overtaken=st.booleans(),
    )
    def change_limits(
        self, press: int | None, cap: int | None, hours: int | None, approved: list[str], *, overtaken: bool = False
    ) -> None:
        shares = {} if press is None else {("in_person", "press"): press}
        limits = Limits(
            shares=shares,
            organisation_cap=cap,
            offer_hours=hours,
            approved_categories=approved,
            parties_overtaken=overtaken,
        )
        self.do(capacities.set_limits, self.event, limits)
        self.parties_overtaken = overtaken

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
        organisations = Counter(one.counted_organisation for one in holding if one.mode == "in_person")
        for room in db.session.scalars(select(OrganisationSeats).where(OrganisationSeats.event_id == self.event.id)):
            assert room.taken == organisations[room.organisation_key]
        delegations = Counter((one.group_key, one.mode) for one in holding)
        for group in db.session.scalars(select(GroupSeats).where(GroupSeats.event_id == self.event.id)):
            assert group.taken == delegations[group.group_key, group.mode]
        self._check_session()
        self._check_parties(everyone)
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

    def _check_parties(self, everyone: Any) -> None:
        """Who registered together and did nothing alone since sits together or waits together."""
        together: dict[tuple[str, str], set[tuple[bool, datetime | None]]] = {}
        for one in everyone:
            if one.party and one.active and not is_pending(one) and one.id not in self.apart:
                standing = (one.holds_seat, None if one.holds_seat else one.waiting_since)
                together.setdefault((one.party, one.mode), set()).add(standing)
        assert [key for key, standings in together.items() if len(standings) > 1] == []

    def _check_order(self, everyone: Any) -> None:
        """Nobody was seated before someone of the same kind who had waited longer in the same queue."""
        waiting: Places = {}
        for one in everyone:
            if one.state == State.WAITLISTED and not one.offered and one.offers_made < MOST_OFFERS:
                waiting[one.id] = (one.mode, one.waiting_since, one.category, share_of(one), one.party or "")
        stayed = {key: place for key, place in self.queue.items() if waiting.get(key) == place}
        seated = [one for one in everyone if one.holds_seat and one.id in self.queue]
        for one in [] if self.overtaking else seated:
            mode, since, _category, _share, _party = self.queue[one.id]
            kind = (one.mode, one.category, share_of(one))
            before = [
                key
                for key, (its_mode, its_since, its_category, its_share, its_party) in stayed.items()
                if (its_mode, its_category, its_share) == kind
                and mode == one.mode
                and (its_since, key) < (since, one.id)
                if not (its_party and self._may_pass(one, key))
            ]
            assert before == []
        self.overtaking = False
        self.queue = waiting

    def _may_pass(self, one: Registration, key: int) -> bool:
        """Whether somebody may be seated before a party: it never can be seated, or lacks what the other needs not."""
        waiting = db.session.get_one(Registration, key)
        party = queries.waiting_together(waiting)
        capacity = next(seats.capacity for seats in self.event.seats if seats.mode == waiting.mode)
        if self.parties_overtaken or (capacity is not None and len(party) > capacity):
            return True
        lacking = list(shares.shortages(party))
        needed = shares.shares_needed([one])
        return any(short.for_good for short in lacking) or any(short.share not in needed for short in lacking)
