"""What delegations, a domain to the right, know of registrations and want to hear of them; and their seats."""

from collections.abc import Callable, Mapping
from datetime import datetime

from sqlalchemy import select

from inser_events.audit import record
from inser_events.database import db
from inser_events.events.models import Event
from inser_events.registration.capacity_models import GroupSeats
from inser_events.registration.models import Registration
from inser_events.registration.seating import lock, lock_seats, promote_waiting
from inser_events.registration.shares import give_shares, holding, take_shares_anyway

Finder = Callable[[Event, str, str, str], str]
"""Given an event, and somebody's category, country and organisation: the key of the delegation named, or nothing."""
_finders: list[Finder] = []


def find_groups_with(finder: Finder) -> None:
    """Let another domain say for which delegation somebody registers."""
    if finder not in _finders:
        _finders.append(finder)


Namer = Callable[[Event, str], Mapping[str, str]]
"""Given an event and a language: what its delegations are called, by their keys, in the order of a list."""
_namers: list[Namer] = []


def name_groups_with(namer: Namer) -> None:
    """Let another domain say what its groups are called."""
    if namer not in _namers:
        _namers.append(namer)


def group_names(event: Event, language: str) -> dict[str, str]:
    """What the delegations of an event are called, by their keys, in the order of a list."""
    return {key: name for namer in _namers for key, name in namer(event, language).items()}


def group_named(event: Event, category: str, country: str, organisation: str) -> str:
    """The key of the delegation that somebody names who registers alone; empty for none."""
    return next((key for finder in _finders if (key := finder(event, category, country, organisation))), "")


def caps_of(event_id: int, key: str) -> dict[str, int]:
    """By mode, how many of a delegation may have a seat; a mode without a limit is missing."""
    mine = GroupSeats.event_id == event_id, GroupSeats.group_key == key
    return {row.mode: row.capacity for row in db.session.scalars(select(GroupSeats).where(*mine))}


def set_caps(event_id: int, key: str, caps: Mapping[str, int | None], *, at: datetime) -> None:
    """Say how many of a delegation may have a seat in each mode. Nobody loses theirs; who waited for it is seated."""
    lock_seats(event_id)
    mine = GroupSeats.event_id == event_id, GroupSeats.group_key == key
    rows = {row.mode: row for row in db.session.scalars(select(GroupSeats).where(*mine))}
    for mode, capacity in caps.items():
        row = rows.get(mode)
        if capacity is None:
            if row is not None:
                db.session.delete(row)
        elif row is not None:
            row.capacity = capacity
        else:
            taken = db.session.scalar(
                holding().where(
                    Registration.event_id == event_id, Registration.group_key == key, Registration.mode == mode
                )
            )
            db.session.add(GroupSeats(event_id=event_id, group_key=key, mode=mode, capacity=capacity, taken=taken or 0))
    db.session.flush()  # promotion reads them
    for mode in caps:
        promote_waiting(event_id, mode, at=at)


def move_to_group(registration: Registration, key: str, *, at: datetime) -> None:
    """Count somebody for a delegation from now on, or for none. Their seat stays theirs, whatever the limits."""
    lock(registration)
    if registration.group_key == key:
        return
    if registration.holds_seat:
        give_shares(registration)
    before, registration.group_key = registration.group_key, key
    if registration.holds_seat:
        take_shares_anyway(registration)
    record(
        "change delegation",
        registration,
        event_id=registration.event_id,
        before={"delegation": before},
        after={"delegation": key},
    )
    promote_waiting(registration.event_id, registration.mode, at=at)
