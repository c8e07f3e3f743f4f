"""An event's limits beside the room itself, and why somebody still waits."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from flask_babel import gettext, ngettext
from sqlalchemy import delete, func, select

from inser_events.audit import record
from inser_events.database import db
from inser_events.events.models import Category, Event, Mode, Seats
from inser_events.registration.capacity_models import CategorySeats, GroupSeats, OrganisationSeats
from inser_events.registration.errors import UnusableLimit
from inser_events.registration.form_operations import stored_settings
from inser_events.registration.models import Registration, State
from inser_events.registration.queries import waiting_position, waiting_together
from inser_events.registration.questions import settings_of
from inser_events.registration.seating import MOST_OFFERS, lock_seats, promote_waiting
from inser_events.registration.shares import holding, shortages
from inser_events.web.filters import category_label, mode_label, moment

MOST_SEATS = 1_000_000
LONGEST_OFFER = 24 * 14
LARGEST_PARTY = 10


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What an organiser decides. ``shares``: seats per (mode, category); what is not named has no limit of its own."""

    shares: Mapping[tuple[str, str], int] = field(default_factory=dict)
    organisation_cap: int | None = None
    offer_hours: int | None = None
    approved_categories: Sequence[str] = ()
    party_size: int | None = None
    parties_overtaken: bool = False
    group_approval: bool = False


def limits_of(event: Event) -> Limits:
    """The limits as they stand."""
    settings = settings_of(event.id)
    return Limits(
        shares={(row.mode, row.category): row.capacity for row in shares_of(event.id)},
        organisation_cap=settings.organisation_cap,
        offer_hours=settings.offer_hours,
        approved_categories=list(settings.approved_categories),
        party_size=settings.party_size,
        parties_overtaken=settings.parties_overtaken,
        group_approval=settings.group_approval,
    )


def shares_of(event_id: int) -> Sequence[CategorySeats]:
    """The categories with a limit of their own."""
    return db.session.scalars(
        select(CategorySeats)
        .where(CategorySeats.event_id == event_id)
        .order_by(CategorySeats.mode, CategorySeats.category)
    ).all()


def set_limits(event: Event, limits: Limits, *, at: datetime) -> None:
    """Change the limits; whoever waited only for one of them gets a seat. Nobody loses theirs. Raises UnusableLimit."""
    _check(limits)
    before = limits_of(event)
    if limits == before:
        return
    lock_seats(event.id)
    settings = stored_settings(event)
    settings.organisation_cap, settings.offer_hours = limits.organisation_cap, limits.offer_hours
    settings.approved_categories = [str(one) for one in Category if one in limits.approved_categories]
    settings.party_size, settings.parties_overtaken = limits.party_size, limits.parties_overtaken
    settings.group_approval = limits.group_approval
    rows = {(row.mode, row.category): row for row in shares_of(event.id)}
    for key, capacity in limits.shares.items():
        if key in rows:
            rows.pop(key).capacity = capacity
        else:
            db.session.add(CategorySeats(event_id=event.id, mode=key[0], category=key[1], capacity=capacity))
    for row in rows.values():
        db.session.delete(row)
    recount_shares(event.id)
    record("change limits", event, event_id=event.id, before=_audited(before), after=_audited(limits))
    for mode in event.modes:
        promote_waiting(event.id, mode, at=at)


def _check(limits: Limits) -> None:
    numbers = [*limits.shares.values(), limits.organisation_cap, limits.offer_hours]
    if any(number is not None and not 0 <= number <= MOST_SEATS for number in numbers):
        raise UnusableLimit(_("Enter a whole number, or nothing for no limit."))
    if limits.offer_hours is not None and not 1 <= limits.offer_hours <= LONGEST_OFFER:
        raise UnusableLimit(_("Enter 1 to 336 hours, or leave it empty."))
    if limits.party_size is not None and not 2 <= limits.party_size <= LARGEST_PARTY:  # noqa: PLR2004 — one is no party
        raise UnusableLimit(_("Enter 2 to 10, or leave it empty."))


def recount_shares(event_id: int) -> None:
    """Count the shares anew from who holds a seat: when limits change, after many rows were written at once.

    Holds the event's seats meanwhile.
    """
    lock_seats(event_id)
    db.session.flush()  # what was just decided is counted
    mine = holding().where(Registration.event_id == event_id)
    for row in shares_of(event_id):
        row.taken = (
            db.session.scalar(mine.where(Registration.mode == row.mode, Registration.category == row.category)) or 0
        )
    for group in db.session.scalars(select(GroupSeats).where(GroupSeats.event_id == event_id)):
        whose = Registration.mode == group.mode, Registration.group_key == group.group_key
        group.taken = db.session.scalar(mine.where(*whose)) or 0
    db.session.execute(delete(OrganisationSeats).where(OrganisationSeats.event_id == event_id))
    if settings_of(event_id).organisation_cap is not None:
        room = mine.where(
            Registration.mode == Mode.IN_PERSON, Registration.organisation_key != "", Registration.group_key == ""
        )
        by_organisation = room.with_only_columns(Registration.organisation_key, func.count()).group_by(
            Registration.organisation_key
        )
        db.session.add_all(
            OrganisationSeats(event_id=event_id, organisation_key=key, taken=number)
            for key, number in db.session.execute(by_organisation).all()
        )
    db.session.flush()  # the conditional UPDATEs must find them


def _audited(limits: Limits) -> dict[str, Any]:
    return {
        "shares": {f"{category} ({mode})": number for (mode, category), number in limits.shares.items()},
        "organisation_cap": limits.organisation_cap,
        "offer_hours": limits.offer_hours,
        "approved_categories": list(limits.approved_categories),
        "party_size": limits.party_size,
        "parties_overtaken": limits.parties_overtaken,
        "group_approval": limits.group_approval,
    }


def why_waiting(registration: Registration) -> list[str]:
    """Why somebody on the waiting list has no seat yet, in sentences for the registrar; empty for others."""
    if registration.state != State.WAITLISTED:
        return []
    if registration.offer_expires_at is not None:
        until = moment(registration.offer_expires_at, registration.event.time_zone)
        return [_("A seat is kept until %(moment)s. An answer is awaited.", moment=until)]
    reasons = [*_own_reasons(registration), *_room_reasons(registration)]
    return reasons or [_("A seat is free: it is given within a minute.")]


def _own_reasons(registration: Registration) -> Iterator[str]:
    if registration.offers_made >= MOST_OFFERS:
        yield _("%(number)s offers ran out unanswered. Nobody is asked again after that.", number=MOST_OFFERS)
    party = waiting_together(registration)
    for short in shortages(party):
        counts = {"taken": short.taken, "capacity": short.capacity}
        if short.share.kind == "category":
            category = category_label(short.share.key)
            yield _("%(category)s: %(taken)s of %(capacity)s seats are taken.", category=category, **counts)
        elif short.share.kind == "group":
            yield _("The delegation has %(taken)s of %(capacity)s seats.", **counts)
        else:
            named = next(one.organisation for one in party if one.organisation_key == short.share.key)
            yield _("%(organisation)s has %(taken)s of %(capacity)s seats in the room.", organisation=named, **counts)
    if len(party) > 1:
        yield ngettext(
            "One person waits together with them and is seated together with them.",
            "%(num)s people wait together with them and are seated together with them.",
            len(party) - 1,
        )


def _room_reasons(registration: Registration) -> Iterator[str]:
    seats = db.session.execute(
        select(Seats.taken, Seats.capacity).where(
            Seats.event_id == registration.event_id, Seats.mode == registration.mode
        )
    ).one()
    before = (waiting_position(registration) or 1) - 1
    if seats.capacity is None:
        return
    if seats.taken + len(waiting_together(registration)) > seats.capacity:
        yield _(
            "%(mode)s: %(taken)s of %(capacity)s seats are taken.",
            mode=mode_label(registration.mode),
            taken=seats.taken,
            capacity=seats.capacity,
        )
    elif not before:
        return
    if before:
        yield ngettext("One person waits before this person.", "%(num)s people wait before this person.", before)


def _(message: str, **values: object) -> str:
    return str(gettext(message, **values))
