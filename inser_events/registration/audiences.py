"""Whom a message is for: a filter over registrations, the same for counting, previewing and sending."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

from sqlalchemy import Select, case, exists, false, func, or_, select

from inser_events.addresses import folded_email
from inser_events.database import db
from inser_events.events.models import Event
from inser_events.registration.message_models import Suppression
from inser_events.registration.models import Registration, State

PRESENT, ABSENT = "present", "absent"
_presence: list[Callable[[], Select[Any]]] = []
"""Ids of registrations of people who came; added by the domains that know, which stand to the right of this one."""


@dataclass(frozen=True)
class Audience:
    """Empty means any; without ``states`` those who have a place. ``people``: uids chosen one by one, or none."""

    states: Sequence[str] = ()
    modes: Sequence[str] = ()
    categories: Sequence[str] = ()
    countries: Sequence[str] = ()
    languages: Sequence[str] = ()
    presence: str = ""
    people: Sequence[str] = ()
    groups: Sequence[str] = ()
    """Keys of delegations."""


def audience_from(values: Mapping[str, Any]) -> Audience:
    """An audience as it is stored; what it does not know is left out."""
    known = {field.name for field in fields(Audience)}
    return Audience(**{name: value for name, value in values.items() if name in known})


def know_presence(people: Callable[[], Select[Any]]) -> None:
    """Add a source of who came: a function that returns a SELECT of registration ids."""
    if people not in _presence:
        _presence.append(people)


def chosen(event_id: int, audience: Audience) -> Select[Registration]:
    """The registrations an audience chooses, those left out by suppression and erased ones not among them."""
    return everyone(event_id, audience).where(~suppressed())


def everyone(event_id: int, audience: Audience) -> Select[Registration]:
    """The registrations an audience chooses, suppressed addresses too."""
    return _fitting(event_id, audience).where(Registration.email != "")


def present(event_id: int) -> Select[Any]:
    """Ids of the registrations of those confirmed who came, as far as anybody knows."""
    return _fitting(event_id, Audience(presence=PRESENT)).with_only_columns(Registration.id)


def without_address(event_id: int, audience: Audience) -> int:
    """How many people fit whom no mail reaches: they were registered at the desk, without an address."""
    unreached = Registration.email == "", Registration.search_text != ""  # of those who were erased nothing is left
    return _number(_fitting(event_id, audience).where(*unreached))


def _fitting(event_id: int, audience: Audience) -> Select[Registration]:
    wanted = select(Registration).where(Registration.event_id == event_id)
    for column, values in (
        (Registration.state, audience.states or (State.CONFIRMED,)),
        (Registration.mode, audience.modes),
        (Registration.category, audience.categories),
        (Registration.country, audience.countries),
        (Registration.language, audience.languages),
        (Registration.uid, audience.people),
        (Registration.group_key, audience.groups),
    ):
        if values:
            wanted = wanted.where(column.in_(list(values)))
    came = or_(false(), *(Registration.id.in_(people()) for people in _presence))
    if audience.presence:
        wanted = wanted.where(came if audience.presence == PRESENT else ~came)
    return wanted


def suppressed() -> Any:
    """Whether a registration's address is suppressed for its event, as a condition."""
    address = func.lower(Registration.email)
    own = func.coalesce(Registration.active_email, address)
    folded = case((Registration.through_focal_point, address), else_=own)
    return exists().where(Suppression.event_id == Registration.event_id, Suppression.address == folded)


def by_address(
    event_id: int, audience: Audience, people: Sequence[Registration]
) -> Mapping[str, Sequence[Registration]]:
    """All whom an audience reaches at the addresses of some people who share one, by address, first come first.

    A focal point's address stands for people whose own is not known, and may be a person's own as well.
    """
    addresses = {folded_email(one.email) for one in people}
    wanted = chosen(event_id, audience)
    through = wanted.where(Registration.through_focal_point, Registration.group_key != "")
    shared = db.session.scalars(through.where(func.lower(Registration.email).in_(addresses))).all()
    found: dict[str, list[Registration]] = {}
    for one in shared:
        found.setdefault(folded_email(one.email), []).append(one)
    for one in db.session.scalars(wanted.where(Registration.active_email.in_(list(found)))) if found else ():
        found[folded_email(one.email)].append(one)
    return {address: sorted(theirs, key=lambda one: one.id) for address, theirs in found.items()}


def count(event: Event, audience: Audience) -> tuple[int, int]:
    """How many people an audience has, and how many more are left out because their address is suppressed."""
    all_of_them = _number(everyone(event.id, audience))
    reached = _number(chosen(event.id, audience))
    return reached, all_of_them - reached


def _number(wanted: Select[Registration]) -> int:
    return db.session.scalar(wanted.with_only_columns(func.count())) or 0
