"""Finding registrations and their links."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import current_app
from sqlalchemy import ColumnElement, ScalarSelect, Select, bindparam, func, select
from sqlalchemy.orm import aliased
from werkzeug.datastructures import MultiDict

from inser_events import tokens
from inser_events.config import Settings
from inser_events.database import ask, db, find_or_raise
from inser_events.events.models import Event
from inser_events.people import search_index
from inser_events.registration.errors import NoSuchTicket
from inser_events.registration.models import Registration, State, Ticket

PAGE = 50
FEW = 1_000
"""So many found people are sorted sooner than looked for among all, the newest first."""
LINK_KEY = "ticket links"
MOST_CHOSEN = 500
"""So many people can be chosen one by one."""


@dataclass(frozen=True)
class Wanted:
    """What the registrar's list shows."""

    query: str = ""
    state: str = ""
    mode: str = ""
    category: str = ""
    group: str = ""
    """Key of a delegation."""
    page: int = 1
    people: Sequence[str] = ()
    """Uids of people chosen one by one; empty: everybody."""

    @property
    def filters(self) -> dict[str, str]:
        """What narrows the list, as an address carries it."""
        values = {"q": self.query, "state": self.state, "mode": self.mode}
        values |= {"category": self.category, "group": self.group}
        return {name: value for name, value in values.items() if value}


@dataclass(frozen=True)
class Page:
    """One page of a list. ``counts``: how many the search finds per (state, mode), whatever state and mode is shown."""

    rows: Sequence[Registration]
    total: int
    number: int
    counts: Mapping[tuple[str, str], int]

    @property
    def pages(self) -> int:
        """How many pages there are, at least one."""
        return max(1, -(-self.total // PAGE))


def wanted_from(values: MultiDict[str, str]) -> Wanted:
    """The filters in an address or a form."""
    return Wanted(
        query=values.get("q", "")[:100],
        state=values.get("state", ""),
        mode=values.get("mode", ""),
        category=values.get("category", ""),
        group=values.get("group", "")[:100],
        page=values.get("page", 1, type=int),
        people=values.getlist("uid")[:MOST_CHOSEN],
    )


def current_ticket(registration: Registration) -> Ticket:
    """The ticket that counts: the last one issued."""
    return registration.tickets[-1]


def badge_code(registration: Registration) -> str:
    """The thirty letters of the badge's QR code."""
    return tokens.ticket_token(current_ticket(registration).number, registration.event.ticket_key)


def link_of(registration: Registration) -> str:
    """The secret token of the registration's own page."""
    return tokens.link_token(current_ticket(registration).number, _link_secret())


def ticket_url(registration: Registration) -> str:
    """The address of the registration's own page."""
    settings: Settings = current_app.extensions["settings"]
    return f"{settings.base_url}/tickets/{link_of(registration)}"


def find_by_link(text: str) -> Registration:
    """The registration whose own page has this token. Raises NoSuchTicket, also for a badge code or a revoked link."""
    token = tokens.find_token(text) if len(text) < 200 else None  # noqa: PLR2004 — a link is 30 letters
    if token is None or not tokens.is_authentic_link(token, _link_secret()):
        raise NoSuchTicket
    ticket = db.session.scalar(select(Ticket).where(Ticket.number == tokens.ticket_number(token)))
    if ticket is None or ticket.revoked_at is not None:
        raise NoSuchTicket
    return ticket.registration


def _link_secret() -> bytes:
    settings: Settings = current_app.extensions["settings"]
    return tokens.key_from(settings.secret_key.encode(), LINK_KEY)


def find_registration(event: Event, uid: str) -> Registration:
    """One of the event's registrations. Raises NoSuchTicket."""
    return find_or_raise(
        select(Registration).where(Registration.event_id == event.id, Registration.uid == uid), NoSuchTicket
    )


def active_for(event_id: int, folded_email: str) -> Registration | None:
    """The active registration of an address, if any."""
    return db.session.scalar(
        select(Registration).where(Registration.event_id == event_id, Registration.active_email == folded_email)
    )


_people: Any = Registration.__table__
_ACTIVE_ID = select(_people.c.id).where(
    _people.c.event_id == bindparam("event_id"), _people.c.active_email == bindparam("folded_email")
)


def active_id(event_id: int, folded_email: str) -> int | None:
    """The id of the active registration of an address, if any."""
    found: int | None = ask(_ACTIVE_ID, event_id=event_id, folded_email=folded_email).scalar()
    return found


_MADE_BY_FORM = select(_people.c.id).where(
    _people.c.event_id == bindparam("event_id"), _people.c.form_key == bindparam("form_key")
)


def made_by_form(event_id: int, form_key: str) -> Registration | None:
    """The registration that a form has made already."""
    earlier = ask(_MADE_BY_FORM, event_id=event_id, form_key=form_key).scalar()
    return None if earlier is None else db.session.get_one(Registration, earlier)


def active_of(folded_email: str, event_id: int | None = None) -> Sequence[Registration]:
    """The active registrations of an address, for one event or all."""
    mine = select(Registration).where(Registration.active_email == folded_email).order_by(Registration.id).limit(20)
    return db.session.scalars(mine if event_id is None else mine.where(Registration.event_id == event_id)).all()


def waiting_position(registration: Registration) -> int | None:
    """Place in the waiting list, from 1, the same for people who wait together; None for those who do not wait."""
    if registration.state != State.WAITLISTED or registration.waiting_since is None or registration.offered:
        return None
    first = waiting_together(registration)[0].id if registration.party else registration.id
    before = waiting_in_order(registration.event_id, registration.mode).with_only_columns(func.count()).order_by(None)
    earlier = (Registration.waiting_since < registration.waiting_since) | (
        (Registration.waiting_since == registration.waiting_since) & (Registration.id < first)
    )
    return (db.session.scalar(before.where(earlier)) or 0) + 1


def waiting_together(registration: Registration) -> Sequence[Registration]:
    """Somebody on the waiting list with those who registered together with them and wait since the same moment."""
    if not registration.party:
        return [registration]
    mine = waiting_in_order(registration.event_id, registration.mode).where(
        Registration.party == registration.party, Registration.waiting_since == registration.waiting_since
    )
    return db.session.scalars(mine).all()


def offered_together(registration: Registration) -> Sequence[Registration]:
    """Somebody who is offered a seat with those who registered with them and are offered theirs until the same time."""
    if not registration.party or not registration.offered:
        return [registration]
    mine = select(Registration).where(
        Registration.event_id == registration.event_id,
        Registration.party == registration.party,
        Registration.mode == registration.mode,
        Registration.state == State.WAITLISTED,
        Registration.offer_expires_at == registration.offer_expires_at,
    )
    return db.session.scalars(mine.order_by(Registration.id)).all()


def party_size() -> ScalarSelect[int]:
    """How many wait together with the row of an enclosing query over the waiting list."""
    other = aliased(Registration)
    return (
        select(func.count(other.id))
        .where(
            other.party == Registration.party,
            other.waiting_since == Registration.waiting_since,
            other.mode == Registration.mode,
            other.state == State.WAITLISTED,
            other.offer_expires_at.is_(None),
        )
        .correlate(Registration)
        .scalar_subquery()
    )


def waiting_in_order(event_id: int, mode: str) -> Select[Registration]:
    """The waiting list of a mode, first come first, without those who have been offered a seat."""
    return (
        select(Registration)
        .where(
            Registration.event_id == event_id,
            Registration.mode == mode,
            Registration.state == State.WAITLISTED,
            Registration.offer_expires_at.is_(None),
        )
        .order_by(Registration.waiting_since, Registration.id)
    )


def listing(event: Event, wanted: Wanted) -> Page:
    """One page of the registrar's list, newest first."""
    found = counts(event, wanted)
    total = sum(
        number for (state, mode), number in found.items() if wanted.state in {"", state} and wanted.mode in {"", mode}
    )
    number = min(max(1, wanted.page), max(1, -(-total // PAGE)))
    chosen = filtered(event, wanted, few=total <= FEW)
    rows = db.session.scalars(chosen.limit(PAGE).offset((number - 1) * PAGE)).all()
    return Page(rows, total, number, found)


def filtered(event: Event, wanted: Wanted, *, few: bool = False) -> Select[Registration]:
    """The registrations the filters choose, newest first. *few*: they are known to be few."""
    chosen = select(Registration).where(*_fitting(event, wanted, by_id=few))
    for column, value in ((Registration.state, wanted.state), (Registration.mode, wanted.mode)):
        if value:
            chosen = chosen.where(column == value)
    return chosen.order_by(Registration.created_at.desc(), Registration.id.desc())


def counts(event: Event, wanted: Wanted | None = None) -> dict[tuple[str, str], int]:
    """How many registrations per (state, mode), of those whom search, category and delegation choose."""
    rows = db.session.execute(
        select(Registration.state, Registration.mode, func.count())
        .where(*_fitting(event, wanted or Wanted(), by_id=True))
        .group_by(Registration.state, Registration.mode)
    )
    return {(state, mode): number for state, mode, number in rows}


def _fitting(event: Event, wanted: Wanted, *, by_id: bool) -> list[ColumnElement[bool]]:
    """Event, search, category and delegation as conditions.

    Databases do not know how few people a search finds, and would walk all of an event's to pick them out: *by_id*
    keeps them from using an index of the event, so that they look up those whom the index of the search names, or
    that of delegations.
    """
    apart = by_id and (bool(wanted.group) or search_index.by_id(Registration, wanted.query))
    mine = Registration.event_id + 0 == event.id if apart else Registration.event_id == event.id
    category = [Registration.category == wanted.category] if wanted.category else []
    group = [Registration.id.in_(_of_group(event, wanted.group))] if wanted.group else []
    people = [Registration.uid.in_(list(wanted.people))] if wanted.people else []
    return [mine, *category, *group, *people, *search_index.holding(Registration, wanted.query)]


def _of_group(event: Event, key: str) -> Select[Any]:
    other = aliased(Registration)
    return select(other.id).where(other.event_id == event.id, other.group_key == key)


def countries(event: Event) -> list[tuple[str, int]]:
    """Active registrations per country code, most first."""
    number = func.count()
    rows = db.session.execute(
        select(Registration.country, number)
        .where(Registration.event_id == event.id, Registration.active_email.is_not(None), Registration.country != "")
        .group_by(Registration.country)
        .order_by(number.desc(), Registration.country)
    )
    return [(country, count) for country, count in rows]
