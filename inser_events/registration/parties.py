"""People who register together: confirmed together, or waiting together. See `seating.promote_waiting` for the queue.

A party is kept together within each mode: those of it who come to the room have a seat each or wait, all of them.
Each has a ticket and a link of their own; what one of them changes later is theirs alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlalchemy import select

from inser_events.addresses import clean_email, folded_email
from inser_events.audit import record
from inser_events.database import db, new_uid
from inser_events.events.models import Event, Seats
from inser_events.registration import notices, queries
from inser_events.registration.answers import keep_answers
from inser_events.registration.errors import AlreadyRegistered, ModeNotOffered, NotActive, PartyTooLarge
from inser_events.registration.models import Registration, State
from inser_events.registration.operations import (
    RegistrationData,
    check_open,
    enter,
    in_the_way,
    judged,
    register,
    resend_links,
    searchable,
)
from inser_events.registration.questions import Approval, Values
from inser_events.registration.seating import lock, lock_seats, place_together, promote_waiting, release, take_over
from inser_events.registration.shares import shortages
from inser_events.registration.signups import leave_sessions


@dataclass(frozen=True)
class Entry:
    """One person of a party, with answers to the event's questions by their ``uid``."""

    data: RegistrationData
    answers: Values = field(default_factory=dict)


def register_together(
    event: Event, entries: Sequence[Entry], *, at: datetime, notify: bool = True, by_staff: bool = False
) -> list[Registration]:
    """Register people who come together: a seat each, or all of them on the waiting list, per mode.

    All or none are registered. *by_staff*: outside the opening times, and without an address. The first one's
    ``form_key`` again returns the party it made. Raises RegistrationClosed, ModeNotOffered, UnusableEmail,
    UnusableAnswer, PartyTooLarge, and AlreadyRegistered naming the registration in the way.
    """
    first = entries[0].data
    if first.form_key and (earlier := queries.made_by_form(event.id, first.form_key)):
        return party_of(earlier)
    check_open(event, at, by_staff=by_staff)
    if any(entry.data.mode not in event.modes for entry in entries):
        raise ModeNotOffered
    lock_seats(event.id)
    if first.form_key and (earlier := queries.made_by_form(event.id, first.form_key)):  # a double click has waited here
        return party_of(earlier)
    party = new_uid() if len(entries) > 1 else None
    registrations: list[Registration] = []
    at_once: list[Registration] = []
    for entry in entries:
        # Whoever a focal point has named still needs the organisers' approval where the category does.
        data, approved = judged(event, entry.data, by_staff=by_staff and not entry.data.group_key)
        email = clean_email(entry.data.email) if entry.data.email or not by_staff else ""
        known = None if entry.data.through_focal_point else queries.active_for(event.id, folded_email(email))
        if known is not None:
            raise AlreadyRegistered(known.id)
        registrations.append(_enter(event, replace(data, party=party), email, at))
        at_once += registrations[-1:] if approved else []
    _check_size(registrations)
    for mode in dict.fromkeys(one.mode for one in at_once):
        _place([one for one in at_once if one.mode == mode], at)
    for registration, entry in zip(registrations, entries, strict=True):
        if entry.answers:
            keep_answers(registration, entry.answers, at=at)
        after = {"mode": registration.mode, "state": registration.state}
        record("register", registration, event_id=event.id, after=after)
        if notify:
            notices.registered(registration)
    return registrations


def register_party(
    event: Event, entries: Sequence[Entry], *, at: datetime, approval: Approval | None = None
) -> Registration | None:
    """Register what the public form says: one person, or several. None when the first was registered before.

    Whoever was registered before gets their link by mail; nobody else learns of it. Raises as `register_together`.
    """
    if len(entries) == 1:
        return _alone(event, entries[0], at, approval)
    first = entries[0].data
    if first.form_key and (earlier := queries.made_by_form(event.id, first.form_key)):
        return earlier
    lock_seats(event.id)  # nobody registers between looking and writing
    fresh = []
    for entry in entries:
        address = clean_email(entry.data.email)
        if queries.active_for(event.id, folded_email(address)) is None:
            fresh.append(entry)
        else:
            resend_links(address, at=at, event_id=event.id)
    made = register_together(event, fresh, at=at) if len(fresh) > 1 else [_alone(event, one, at) for one in fresh]
    return made[0] if entries[0] in fresh else None


def _alone(event: Event, entry: Entry, at: datetime, approval: Approval | None = None) -> Registration | None:
    try:
        return register(event, entry.data, at=at, answers=entry.answers or None, approval=approval)
    except AlreadyRegistered:
        resend_links(entry.data.email, at=at, event_id=event.id)
        return None


def _enter(event: Event, data: RegistrationData, email: str, at: datetime) -> Registration:
    entered = enter(event, data, email, at, approved=False)
    if entered is None:
        raise in_the_way(event, email)
    return entered


def _place(party: Sequence[Registration], at: datetime) -> None:
    place_together(party, at=at)
    db.session.flush()  # the queue is read from the database
    if party[0].state == State.WAITLISTED:
        promote_waiting(party[0].event_id, party[0].mode, at=at, newcomers=party)


def _check_size(registrations: Sequence[Registration]) -> None:
    """Refuse a party that could wait for ever: larger than the room, or than what it may have of it."""
    for mode in dict.fromkeys(one.mode for one in registrations):
        party = [one for one in registrations if one.mode == mode]
        if len(party) == 1:
            continue
        mine = Seats.event_id == party[0].event_id, Seats.mode == mode
        capacity = db.session.scalar(select(Seats.capacity).where(*mine))
        most = [short.capacity for short in shortages(party) if short.for_good]
        if capacity is not None and len(party) > capacity:
            most.append(capacity)
        if most:
            raise PartyTooLarge(min(most))


def party_of(registration: Registration) -> list[Registration]:
    """Everybody who registered together with somebody, themselves included, in the order of their form."""
    if not registration.party:
        return [registration]
    mine = select(Registration).where(
        Registration.event_id == registration.event_id, Registration.party == registration.party
    )
    return list(db.session.scalars(mine.order_by(Registration.id)))


def replace_person(old: Registration, entry: Entry, *, at: datetime) -> Registration:
    """Put somebody else in the place of a registered person: the same seat, or the same place in the queue.

    The old registration is cancelled and its ticket revoked; both histories name the other. Nobody who waits gets in
    between. *entry* has the new person's details; mode, category, delegation and party are those of the old one.
    Raises NotActive, UnusableEmail, UnusableAnswer, AlreadyRegistered.
    """
    lock(old)
    if not old.active:
        raise NotActive
    event, email = old.event, clean_email(entry.data.email)
    known = None if entry.data.through_focal_point else queries.active_for(event.id, folded_email(email))
    if known is not None and known.id != old.id:
        raise AlreadyRegistered(known.id)
    state, since, offer, offers_made = old.state, old.waiting_since, old.offer_expires_at, old.offers_made
    leave_sessions(old, at=at)
    release(old)
    old.state, old.cancelled_at, old.active_email, old.waiting_since = State.CANCELLED, at, None, None
    for ticket in old.tickets:
        ticket.revoked_at = ticket.revoked_at or at
    db.session.flush()  # the address is free again
    same = replace(entry.data, mode=old.mode, category=old.category, group_key=old.group_key, party=old.party)
    new = _enter(event, same, email, at)
    new.state, new.waiting_since, new.offer_expires_at, new.offers_made = state, since, offer, offers_made
    new.confirmed_at = at if state == State.CONFIRMED else None
    take_over(new)
    new.search_text = searchable(new)
    if entry.answers:
        keep_answers(new, entry.answers, at=at)
    record("replaced by another", old, event_id=event.id, before={"state": state}, after={"name": new.name})
    record("replace person", new, event_id=event.id, before={"person": old.name}, after={"person": new.name})
    db.session.flush()  # both are read from the database
    return new


def tell_of_replacement(old: Registration, new: Registration) -> None:
    """Mail the one who was replaced, and the one who comes instead."""
    notices.cancelled(old)
    notices.registered(new)
