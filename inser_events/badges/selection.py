"""Whose badges are printed, and in which order."""

import hashlib
from collections.abc import Sequence
from enum import StrEnum
from functools import reduce
from operator import add
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Select, func, or_, select

from inser_events.badges.models import BadgeStanding
from inser_events.database import db
from inser_events.documents.collation import sort_key
from inser_events.events.models import Event
from inser_events.people.countries import country_name
from inser_events.people.names import name_key
from inser_events.registration.models import Registration, State, Ticket


class Which(StrEnum):
    """Which of the confirmed people."""

    ALL = "all"
    NEW = "new"
    CHANGED = "changed"
    DUE = "due"
    CHOSEN = "chosen"


class Order(StrEnum):
    """By what they are sorted."""

    NAME = "name"
    ORGANISATION = "organisation"
    COUNTRY = "country"


class Selection(msgspec.Struct, frozen=True, kw_only=True):
    """What was chosen on the print page."""

    which: Which = Which.ALL
    uids: tuple[str, ...] = ()
    mode: str = ""
    category: str = ""
    order: Order = Order.NAME


SHOWN = (
    Registration.honorific,
    Registration.given_name,
    Registration.family_name,
    Registration.name_latin,
    Registration.job_title,
    Registration.organisation,
    Registration.country,
    Registration.category,
    Registration.mode,
)
"""What a badge shows of a registration: when one of these changes, so does the badge."""
_BETWEEN = "\x1f"


def shown(registration: Registration) -> str:
    """The texts of a badge one after the other; the same as `_shown_now` says in SQL."""
    return _BETWEEN.join(getattr(registration, column.key) for column in SHOWN)


def version_of(text: str, ticket_id: int) -> str:
    """Short hash of what a badge shows."""
    return hashlib.sha256(f"{text}{_BETWEEN}{ticket_id}".encode()).hexdigest()[:8]


def _shown_now() -> ColumnElement[str]:
    first, *rest = SHOWN
    return reduce(add, (_BETWEEN + column for column in rest), first.expression)


def chosen(event: Event, selection: Selection) -> Select[Registration]:
    """The registrations, in no order."""
    found = select(Registration).where(Registration.event_id == event.id, Registration.state == State.CONFIRMED)
    if selection.mode:
        found = found.where(Registration.mode == selection.mode)
    if selection.category:
        found = found.where(Registration.category == selection.category)
    if selection.which == Which.CHOSEN:
        return found.where(Registration.uid.in_(selection.uids))
    if selection.which == Which.ALL:
        return found
    found = found.outerjoin(BadgeStanding, BadgeStanding.registration_id == Registration.id)
    ticket = select(func.max(Ticket.id)).where(Ticket.registration_id == Registration.id).scalar_subquery()
    is_new = BadgeStanding.registration_id.is_(None)
    is_changed = or_(BadgeStanding.shown != _shown_now(), BadgeStanding.ticket_id != ticket)
    wanted = {Which.NEW: is_new, Which.CHANGED: is_changed, Which.DUE: or_(is_new, is_changed)}
    return found.where(wanted[selection.which])


def count(event: Event, selection: Selection) -> int:
    """How many badges that makes."""
    found = chosen(event, selection).with_only_columns(func.count(), maintain_column_froms=True)
    return db.session.scalar(found) or 0


def ordered_ids(event: Event, selection: Selection, language: str) -> list[int]:
    """The ids in the order to print, in the alphabet of *language*."""
    columns = (
        Registration.id, Registration.family_name, Registration.given_name, Registration.name_latin,
        Registration.organisation, Registration.country,
    )  # fmt: skip
    found = chosen(event, selection).with_only_columns(*columns, maintain_column_froms=True)
    rows: Sequence[Any] = db.session.execute(found).all()
    return [row.id for row in sorted(rows, key=lambda row: _key(row, selection.order, language))]


def _key(row: Any, order: Order, language: str) -> tuple[Any, ...]:
    name = (name_key(row.family_name, row.given_name, row.name_latin, language), row.id)
    if order == Order.ORGANISATION:
        return (sort_key(row.organisation, language), *name)
    if order == Order.COUNTRY:
        return (sort_key(country_name(row.country, language) if row.country else "", language), *name)
    return name
