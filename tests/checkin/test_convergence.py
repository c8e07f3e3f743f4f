"""Whatever the order in which three devices' uploads arrive, and however often: the same people are inside."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select

from inser_events.checkin import queries
from inser_events.checkin.models import Presence, Scan
from inser_events.checkin.projection import stays
from inser_events.database import commit, db
from inser_events.events.models import Event
from tests.checkin.factories import Door, at, code_of, make_door, make_registration
from tests.factories import make_event

DAY = date(2025, 9, 15)
SPACE = UUID("5b0c2f0e-3a3e-4bb5-9d4e-0a1b7a5f4d11")


@dataclass(frozen=True)
class Made:
    """A scan that a device made alone: who, when (minutes), which way, what it showed, which one it takes back."""

    device: int
    person: int
    minute: int
    way: str
    shown: str
    undoes: int | None = None


made = st.builds(
    Made,
    device=st.integers(0, 2),
    person=st.integers(0, 1),
    minute=st.integers(0, 40),
    way=st.sampled_from(["in", "in", "out"]),
    shown=st.sampled_from(["admitted", "already_in"]),
    undoes=st.none() | st.integers(0, 9),
)


@st.composite
def histories(draw: st.DrawFn) -> tuple[list[Made], list[int]]:
    """Scans, and an order of upload that holds each at least once and some again."""
    scans = draw(st.lists(made, min_size=1, max_size=10))
    order = draw(st.permutations(range(len(scans))))
    again = draw(st.lists(st.integers(0, len(scans) - 1), max_size=6))
    for repeated in again:
        order.insert(draw(st.integers(0, len(order))), repeated)
    return scans, order


class Hall:
    """An event with two people and three devices."""

    def __init__(self, client: FlaskClient) -> None:
        self.event: Event = make_event()
        self.people = [make_registration(self.event) for _ in range(2)]
        self.doors: list[Door] = [make_door(client, self.event, f"Door {n}") for n in range(3)]
        self.codes = [code_of(person) for person in self.people]
        commit()

    def scan(self, scans: list[Made], place: int) -> dict[str, Any]:
        one = scans[place]
        undoes = {}
        if one.undoes is not None and one.undoes < len(scans) and one.undoes != place:
            undoes = {"undoes": str(uuid5(SPACE, str(one.undoes)))}
        return self.doors[one.device].scan(
            self.codes[one.person], id=str(uuid5(SPACE, str(place))), scanned_at=at(one.minute), direction=one.way,
            offline=True, shown=one.shown, **undoes,
        )  # fmt: skip

    def upload(self, scans: list[Made], order: list[int]) -> "State":
        """Upload in this order, one by one; return what it comes to."""
        db.session.execute(delete(Scan))
        db.session.execute(delete(Presence))
        commit()
        for place in order:
            self.doors[scans[place].device].results(self.scan(scans, place))
        return self.state()

    def state(self) -> "State":
        kept = db.session.execute(select(Presence).order_by(Presence.registration_id, Presence.area)).scalars()
        presence = tuple(
            (p.registration_id, p.direction, p.last_at, p.last_id, p.entered_at, p.entry_device_id, p.first_at)
            for p in kept
        )
        conflicts = tuple((c.first.id, c.second.id) for c in queries.conflicts(self.event))
        return State(queries.inside(self.event, DAY).get("in_person", 0), presence, conflicts)


@dataclass(frozen=True)
class State:
    """What organisers see."""

    inside: int
    presence: tuple[Any, ...]
    conflicts: tuple[Any, ...]


@pytest.fixture
def hall(app: Flask, client: FlaskClient) -> Hall:
    return Hall(client)


@settings(max_examples=60, deadline=None, suppress_health_check=[*HealthCheck])
@given(history=histories())
def test_any_order_and_any_repetition_comes_to_the_same(hall: Hall, history: tuple[list[Made], list[int]]) -> None:
    scans, order = history
    in_order = sorted(range(len(scans)), key=lambda place: scans[place].minute)
    assert hall.upload(scans, order) == hall.upload(scans, in_order)


@settings(max_examples=30, deadline=None, suppress_health_check=[*HealthCheck])
@given(history=histories())
def test_what_is_kept_is_what_the_projection_makes_of_the_scans(
    hall: Hall, history: tuple[list[Made], list[int]]
) -> None:
    scans, order = history
    state = hall.upload(scans, order)
    facts = list(db.session.scalars(select(Scan)))
    made_anew = stays(facts, ZoneInfo("Africa/Casablanca"))
    assert state.inside == sum(stay.entry is not None for stay in made_anew.values())
    firsts = {key[0]: stay.first.scanned_at for key, stay in made_anew.items() if stay.first}
    assert {row[0]: row[6] for row in state.presence if row[6]} == firsts


def test_a_batch_comes_to_the_same_as_its_scans_one_by_one(hall: Hall) -> None:
    scans = [Made(0, 0, n % 7 * 5, ("in", "out")[n % 2], "admitted") for n in range(10)]
    alone = hall.upload(scans, list(range(10)))
    hall.upload(scans, [])
    hall.doors[0].results(*(hall.scan(scans, place) for place in range(10)))
    assert hall.state() == alone


def test_two_devices_alone_let_one_badge_in_and_both_scans_stay(hall: Hall) -> None:
    scans = [Made(0, 0, 0, "in", "admitted"), Made(1, 0, 2, "in", "admitted")]
    for order in ([0, 1], [1, 0]):
        state = hall.upload(scans, order)
        ids = [str(uuid5(SPACE, str(place))) for place in (0, 1)]
        assert (state.inside, state.conflicts) == (1, (tuple(ids),))
        outcomes = db.session.execute(select(Scan.id, Scan.outcome)).all()
        assert dict(outcomes[:]) == {ids[order[0]]: "admitted", ids[order[1]]: "conflict"}
        (conflict,) = queries.conflicts(hall.event)
        assert conflict.minutes_apart == 2


def test_a_device_that_knew_makes_no_conflict(hall: Hall) -> None:
    scans = [Made(0, 0, 0, "in", "admitted"), Made(1, 0, 2, "in", "already_in")]
    assert hall.upload(scans, [1, 0]).conflicts == ()


def test_an_entry_taken_back_makes_no_conflict(hall: Hall) -> None:
    scans = [
        Made(0, 0, 0, "in", "admitted"), Made(1, 0, 2, "in", "admitted"), Made(1, 0, 3, "out", "admitted", undoes=1),
    ]  # fmt: skip
    for order in ([0, 1, 2], [2, 1, 0], [2, 0, 1], [1, 2, 0]):
        state = hall.upload(scans, order)
        assert (state.inside, state.conflicts) == (1, ())


def test_online_the_second_device_is_told(hall: Hall) -> None:
    first, second = (door.scan(hall.codes[0], scanned_at=at(n)) for n, door in enumerate(hall.doors[:2]))
    assert hall.doors[0].outcomes(first) == ["admitted"]
    assert hall.doors[1].outcomes(second) == ["already_in"]
    assert queries.conflicts(hall.event) == []


def test_an_online_scan_with_an_earlier_clock_is_not_admitted_too(hall: Hall) -> None:
    assert hall.doors[0].outcomes(hall.doors[0].scan(hall.codes[0], scanned_at=at(1))) == ["admitted"]
    assert hall.doors[1].outcomes(hall.doors[1].scan(hall.codes[0], scanned_at=at(0.5))) == ["already_in"]
