"""Naming people: entering several at once, correcting, replacing, withdrawing, answering those who ask to come."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import select

from inser_events.addresses import folded_email
from inser_events.audit import record
from inser_events.database import db
from inser_events.delegations import mails, news
from inser_events.delegations.errors import RowsRefused, TooLate, UnusableDelegation
from inser_events.delegations.models import Delegate, Delegation, Role
from inser_events.delegations.operations import next_position
from inser_events.delegations.queries import people_of
from inser_events.events.models import Mode
from inser_events.events.queries import registration_state
from inser_events.people.search import fold
from inser_events.registration import approval, operations, parties
from inser_events.registration.errors import AlreadyRegistered, NotPending, PartyTooLarge
from inser_events.registration.groups import caps_of, move_to_group
from inser_events.registration.models import Registration, State
from inser_events.registration.operations import RegistrationData
from inser_events.registration.parties import Entry
from inser_events.registration.queries import active_for
from inser_events.registration.questions import Values, settings_of
from inser_events.registration.seating import lock_seats
from inser_events.web.filters import comma

MOST_AT_ONCE = 200
CLOSED = frozenset({"past", "cancelled"})


@dataclass(frozen=True)
class Nominee:
    """Somebody whom a focal point names. An empty ``data.email``: reached through the focal point."""

    data: RegistrationData
    role: str = Role.REPRESENTATIVE
    answers: Values = field(default_factory=dict)


def may_name(delegation: Delegation, at: datetime) -> bool:
    """Whether the focal point may still name people."""
    in_time = delegation.deadline is None or at < delegation.deadline
    return in_time and registration_state(delegation.event, at) not in CLOSED


def places_left(delegation: Delegation) -> dict[str, int]:
    """By mode, how many more may be named; a mode without a limit is missing."""
    caps = caps_of(delegation.event_id, delegation.uid)
    named = Counter(one.registration.mode for one in people_of(delegation) if not one.asked)
    return {mode: max(0, cap - named[mode]) for mode, cap in caps.items()}


def enter_people(delegation: Delegation, nominees: Sequence[Nominee], *, at: datetime) -> list[Registration]:
    """Register people of a delegation, all or none: a party that is seated together or waits together.

    Each person with an address of their own gets their ticket by mail; the focal point gets one mail about all.
    Raises TooLate, RowsRefused.
    """
    _hold(delegation)
    if not may_name(delegation, at):
        raise TooLate
    nominees = [_completed(delegation, one) for one in nominees]
    if problems := _judged(delegation, nominees):
        raise RowsRefused(problems)
    entries = [Entry(one.data, one.answers) for one in nominees]
    position = next_position(delegation)
    try:
        registrations = parties.register_together(delegation.event, entries, at=at, by_staff=True)
    except PartyTooLarge as refusal:
        raise RowsRefused({0: [refusal.message]}) from refusal
    for number, (registration, nominee) in enumerate(zip(registrations, nominees, strict=True)):
        # Those who wait for approval or a seat were heard of already.
        known = db.session.get(Delegate, registration.id) or Delegate(registration_id=registration.id)
        known.delegation_id, known.role, known.asked = delegation.id, nominee.role, False
        known.position = position + number
        db.session.add(known)
    db.session.flush()  # the page lists them
    news.forget(registrations)
    names = comma().join(one.name for one in registrations)
    record("name delegates", delegation, event_id=delegation.event_id, after={"name": names})
    people = [(one.id, "registered" if one.state == State.CONFIRMED else one.state) for one in registrations]
    mails.send(delegation, "delegation_entered", f"delegation-entered:{registrations[0].id}", people=people)
    return registrations


def _hold(delegation: Delegation) -> None:
    """Nobody else names people of this delegation, or takes a seat, meanwhile."""
    lock_seats(delegation.event_id)
    db.session.execute(select(Delegation.id).where(Delegation.id == delegation.id).with_for_update()).all()


def _completed(delegation: Delegation, nominee: Nominee) -> Nominee:
    """What the row leaves open, as the delegation has it."""
    data = nominee.data
    through = not data.email
    return replace(
        nominee,
        data=replace(
            data,
            category=delegation.category,
            group_key=delegation.uid,
            email=data.email or delegation.focal_email,
            through_focal_point=through,
            country=data.country or delegation.country,
            language=data.language or delegation.language,
        ),
    )


def problems_of(delegation: Delegation, nominees: Sequence[Nominee]) -> Mapping[int, Sequence[str]]:
    """What stands in the way of each, by their place in the list, before anybody is entered."""
    return _judged(delegation, [_completed(delegation, one) for one in nominees])


def _judged(delegation: Delegation, nominees: Sequence[Nominee]) -> Mapping[int, Sequence[str]]:
    there = people_of(delegation)
    found: dict[int, list[str]] = {}
    for place, message in _faults(delegation, nominees, there):
        found.setdefault(place, []).append(message)
    return found


def _faults(
    delegation: Delegation, nominees: Sequence[Nominee], there: Sequence[Delegate]
) -> Iterator[tuple[int, str]]:
    names = Counter(_named(one.registration) for one in there)
    heads = [one.registration.name for one in there if one.role == Role.HEAD and not one.asked]
    known = _addresses_known(delegation, nominees)
    caps = caps_of(delegation.event_id, delegation.uid)
    named = Counter(one.registration.mode for one in there if not one.asked)
    addresses: Counter[str] = Counter()
    for place, nominee in enumerate(nominees):
        data = nominee.data
        address = "" if data.through_focal_point else folded_email(data.email)
        if data.mode not in delegation.event.modes:
            yield place, _("This event does not offer that way of taking part.")
        if not data.email:
            yield place, _("Enter an e-mail address: the organisers have none for your delegation either.")
        elif addresses[address] and address:
            yield place, _("Another row has the same address.")
        elif address in known:
            yield place, _("Somebody is registered with this address already. Write to the organisers.")
        if names[_named(data)]:
            yield place, _("A person of this name is in your delegation already.")
        if nominee.role == Role.HEAD and heads:
            yield place, _("A delegation has one head. Here it is %(name)s.", name=heads[0])
        if data.mode in caps and named[data.mode] >= caps[data.mode]:
            yield place, _no_place(data.mode, caps[data.mode])
        addresses[address] += 1
        names[_named(data)] += 1
        named[data.mode] += 1
        heads += [_whole_name(data)] if nominee.role == Role.HEAD else []


def _no_place(mode: str, cap: int) -> str:
    if mode == Mode.IN_PERSON:
        return str(
            ngettext(
                "Your delegation has %(num)s place in the room. Let others take part online.",
                "Your delegation has %(num)s places in the room. Let others take part online.",
                cap,
            )
        )
    return str(ngettext("Your delegation has %(num)s place online.", "Your delegation has %(num)s places online.", cap))


def _addresses_known(delegation: Delegation, nominees: Iterable[Nominee]) -> set[str]:
    wanted = {folded_email(one.data.email) for one in nominees if one.data.email and not one.data.through_focal_point}
    mine = select(Registration.active_email).where(
        Registration.event_id == delegation.event_id, Registration.active_email.in_(wanted)
    )
    return {address for address in db.session.scalars(mine) if address}


def _named(person: RegistrationData | Registration) -> str:
    return fold(person.given_name, person.family_name)


def _whole_name(data: RegistrationData) -> str:
    return Registration(given_name=data.given_name, family_name=data.family_name).name


def withdraw(delegate: Delegate, *, at: datetime) -> None:
    """Somebody does not come after all; they are told, and whoever waits gets the seat. Raises NotActive."""
    registration = delegate.registration
    operations.cancel_registration(registration, at=at)
    news.forget([registration])
    _record("withdraw delegate", delegate)


def replace_delegate(delegate: Delegate, nominee: Nominee, *, at: datetime) -> Registration:
    """Put somebody else in a person's place, with their role and their seat. Raises TooLate, RowsRefused, NotActive."""
    delegation, old = delegate.delegation, delegate.registration
    _hold(delegation)
    if not may_name(delegation, at):
        raise TooLate
    nominee = _completed(delegation, nominee)
    others = [one for one in people_of(delegation) if one.registration_id != old.id]
    if any(_named(one.registration) == _named(nominee.data) for one in others):
        raise RowsRefused({0: [_("A person of this name is in your delegation already.")]})
    if not nominee.data.email:
        raise RowsRefused({0: [_("Enter an e-mail address: the organisers have none for your delegation either.")]})
    try:
        new = parties.replace_person(old, Entry(nominee.data, nominee.answers), at=at)
    except AlreadyRegistered as refusal:
        message = _("Somebody is registered with this address already. Write to the organisers.")
        raise RowsRefused({0: [message]}) from refusal
    db.session.add(
        Delegate(
            registration_id=new.id,
            delegation_id=delegation.id,
            role=delegate.role,
            position=delegate.position,
            replaces_id=old.id,
        )
    )
    db.session.flush()  # the mails tell of it
    parties.tell_of_replacement(old, new)
    news.forget([old, new])
    record(
        "replace delegate",
        delegation,
        event_id=delegation.event_id,
        before={"name": old.name},
        after={"name": new.name},
    )
    if new.through_focal_point:
        people = [(new.id, "registered" if new.state == State.CONFIRMED else new.state)]
        mails.send(delegation, "delegation_entered", f"delegation-entered:{new.id}", people=people)
    return new


def change_role(delegate: Delegate, role: str) -> None:
    """Say what somebody is in the delegation. A new head makes the one before an alternate."""
    delegation = delegate.delegation
    if role not in set(Role):
        raise UnusableDelegation("role", _("Choose from what is shown."))
    _hold(delegation)
    if role == Role.HEAD:
        for other in people_of(delegation):
            if other.role == Role.HEAD and other is not delegate:
                other.role = Role.ALTERNATE
                _record("change role of delegate", other, before=Role.HEAD)
    if delegate.role != role:
        before, delegate.role = delegate.role, role
        _record("change role of delegate", delegate, before=before)


def move(delegate: Delegate, by: int) -> None:
    """Put somebody one place up (-1) or down (+1) in the list; the head stays first."""
    there = [one for one in people_of(delegate.delegation) if not one.asked and one.role != Role.HEAD]
    if delegate not in there:
        return
    place = there.index(delegate)
    target = min(max(0, place + by), len(there) - 1)
    there.insert(target, there.pop(place))
    for number, one in enumerate(there, start=1):
        one.position = number


def answer(delegate: Delegate, *, yes: bool, reason: str = "", at: datetime) -> None:
    """Say whether somebody who registered alone comes with the delegation.

    Where their category needs the organisers' approval too, they wait for that next. Raises NotPending.
    """
    registration, delegation = delegate.registration, delegate.delegation
    _hold(delegation)
    if not delegate.asked or registration.state != State.PENDING:
        raise NotPending
    if yes:
        if registration.category not in settings_of(delegation.event_id).approved_categories:
            approval.approve(registration, at=at)
        delegate.asked = False
    else:
        approval.decline(registration, reason, at=at)
    news.forget([registration])
    _record("vouch for delegate" if yes else "refuse delegate", delegate)


def take_in(delegation: Delegation, email: str, *, at: datetime) -> Delegate:
    """An organiser counts somebody who is registered already for a delegation, whatever its places.

    Raises UnusableDelegation when nobody is registered with the address.
    """
    _hold(delegation)
    registration = active_for(delegation.event_id, folded_email(email))
    if registration is None:
        raise UnusableDelegation("email", _("Nobody is registered with this address."))
    known = db.session.get(Delegate, registration.id)
    if known is None or known.delegation_id != delegation.id or known.asked:
        known = known or Delegate(registration_id=registration.id)
        known.delegation_id, known.role, known.asked = delegation.id, Role.REPRESENTATIVE, False
        known.position = next_position(delegation)
        db.session.add(known)
    move_to_group(registration, delegation.uid, at=at)
    db.session.flush()  # the page lists them
    return known


def take_out(delegate: Delegate, *, at: datetime) -> None:
    """An organiser counts somebody for no delegation any more; their registration stays."""
    registration = delegate.registration
    _hold(delegate.delegation)
    db.session.delete(delegate)
    move_to_group(registration, "", at=at)
    news.forget([registration])


def _record(act: str, delegate: Delegate, before: str = "") -> None:
    registration = delegate.registration
    record(
        act,
        registration,
        event_id=registration.event_id,
        before={"role": before} if before else {},
        after={"person": registration.name} | ({"role": delegate.role} if before else {}),
    )
