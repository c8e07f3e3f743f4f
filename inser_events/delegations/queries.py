"""Finding delegations, their people and their letters; how far each one is."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from flask import current_app
from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload, lazyload

from inser_events import tokens
from inser_events.config import Settings
from inser_events.database import db, find_or_raise
from inser_events.delegations.errors import NoSuchDelegate, NoSuchDelegation, NoSuchDelegationPage, NoSuchLetter
from inser_events.delegations.models import Delegate, Delegation, DelegationKind, LetterState, NominationLetter, Role
from inser_events.delegations.names import called
from inser_events.documents.collation import sort_key
from inser_events.events.models import Event
from inser_events.events.queries import of_event
from inser_events.people.search import fold, words
from inser_events.registration.models import ACTIVE, Registration

LINK_KEY = "delegation links"
PURPOSE = "delegation"
LONGEST_ADDRESS = 200
PAGE = 50
KINDS = list(DelegationKind)
ROLES = list(Role)


@dataclass(frozen=True)
class Standing:
    """How far one delegation is."""

    delegation: Delegation
    name: str
    in_person: int = 0
    online: int = 0
    asking: int = 0
    head: str = ""
    letter: str = ""
    """A `LetterState`, or empty."""

    @property
    def people(self) -> int:
        """How many it has named who still come."""
        return self.in_person + self.online

    @property
    def letter_missing(self) -> bool:
        """Whether the focal point still has to send a letter."""
        return self.delegation.letter_needed and self.letter not in {LetterState.RECEIVED, LetterState.ACCEPTED}

    @property
    def letter_open(self) -> bool:
        """Whether a letter is asked for that has not been accepted yet."""
        return self.delegation.letter_needed and self.letter != LetterState.ACCEPTED

    @property
    def state(self) -> str:
        """``new``, ``invited``, ``opened``, ``named`` or ``ready``, by what is still missing."""
        if self.people:
            return "ready" if self.head and not self.letter_open else "named"
        if self.delegation.opened_at:
            return "opened"
        return "invited" if self.delegation.invited_at else "new"


def find_delegation(event: Event, uid: str) -> Delegation:
    """One of the event's delegations. Raises NoSuchDelegation."""
    return of_event(Delegation, event, uid, NoSuchDelegation)


def token_of(delegation: Delegation) -> str:
    """The secret token of the focal point's page; empty when there is none."""
    if delegation.link_number is None:
        return ""
    return tokens.link_token(delegation.link_number, _secret(), purpose=PURPOSE)


def page_url(delegation: Delegation) -> str:
    """The address of the focal point's page; empty when there is none."""
    settings: Settings = current_app.extensions["settings"]
    token = token_of(delegation)
    return f"{settings.base_url}/delegations/{token}" if token else ""


def find_by_link(text: str) -> Delegation:
    """The delegation whose focal point has this token. Raises NoSuchDelegationPage, also for a closed link."""
    token = tokens.find_token(text) if len(text) < LONGEST_ADDRESS else None
    if token is None or not tokens.is_authentic_link(token, _secret(), purpose=PURPOSE):
        raise NoSuchDelegationPage
    return find_or_raise(
        select(Delegation).where(Delegation.link_number == tokens.ticket_number(token)), NoSuchDelegationPage
    )


def _secret() -> bytes:
    settings: Settings = current_app.extensions["settings"]
    return tokens.key_from(settings.secret_key.encode(), LINK_KEY)


def people_of(delegation: Delegation) -> Sequence[Delegate]:
    """Who comes, the head first; who asks to come last."""
    mine = _delegates(delegation).where(Registration.state.in_(ACTIVE))
    return sorted(db.session.scalars(mine), key=lambda one: (one.asked, *in_order(one)))


def in_order(delegate: Delegate) -> tuple[int, int, int]:
    """Where somebody stands in the list of a delegation: the head first, else as the focal point has put them."""
    return 0 if delegate.role == Role.HEAD else 1, delegate.position, delegate.registration_id


def former_of(delegation: Delegation) -> Sequence[Delegate]:
    """Who was in the delegation and does not come any more, the last first."""
    mine = _delegates(delegation).where(Registration.state.not_in(ACTIVE))
    return db.session.scalars(mine.order_by(Registration.cancelled_at.desc(), Registration.id.desc()).limit(PAGE)).all()


def _delegates(delegation: Delegation) -> Select[Delegate]:
    return select(Delegate).join(Delegate.registration).where(Delegate.delegation_id == delegation.id)


def find_delegate(delegation: Delegation, uid: str) -> Delegate:
    """Somebody who comes with a delegation, by the registration's ``uid``. Raises NoSuchDelegate."""
    mine = _delegates(delegation).where(Registration.uid == uid, Registration.state.in_(ACTIVE))
    return find_or_raise(mine, NoSuchDelegate)


def letters_of(delegation: Delegation) -> Sequence[NominationLetter]:
    """The letters that came, the last first."""
    mine = select(NominationLetter).where(NominationLetter.delegation_id == delegation.id)
    return db.session.scalars(mine.order_by(NominationLetter.id.desc())).all()


def find_letter(delegation: Delegation, uid: str) -> NominationLetter:
    """One of the letters. Raises NoSuchLetter."""
    found = next((letter for letter in letters_of(delegation) if letter.uid == uid), None)
    if found is None:
        raise NoSuchLetter
    return found


def standings(event: Event, language: str, query: str = "") -> list[Standing]:
    """How far each delegation is, Members first, by name in the language's order. *query*: words of a name.

    An event has some hundreds of delegations at most: a handful of questions answers for all.
    """
    # The event is at hand: it is not read once more with each.
    mine = select(Delegation).where(Delegation.event_id == event.id).options(lazyload(Delegation.event))
    rows = [(called(one.name, one.country, [language, *event.languages]), one) for one in db.session.scalars(mine)]
    wanted = words(query)
    rows = [(name, one) for name, one in rows if all(word in fold(name, one.names_key) for word in wanted)]
    rows.sort(key=lambda row: (KINDS.index(DelegationKind(row[1].kind)), sort_key(row[0], language), row[1].id))
    counts, heads, letters = _counts(event), _heads(event), _letters(event)
    return [
        Standing(
            one,
            name,
            in_person=counts.get((one.id, "in_person", False), 0),
            online=counts.get((one.id, "online", False), 0),
            asking=counts.get((one.id, "in_person", True), 0) + counts.get((one.id, "online", True), 0),
            head=heads.get(one.id, ""),
            letter=letters.get(one.id, ""),
        )
        for name, one in rows
    ]


def names_by_key(event: Event, language: str) -> dict[str, str]:
    """What each delegation is called, by its ``uid``, in the language's order."""
    mine = select(Delegation.uid, Delegation.name, Delegation.country).where(Delegation.event_id == event.id)
    wanted = [language, *event.languages]
    rows = [(uid, called(name, country, wanted)) for uid, name, country in db.session.execute(mine)]
    return dict(sorted(rows, key=lambda row: (sort_key(row[1], language), row[0])))


def _counts(event: Event) -> dict[tuple[int, str, bool], int]:
    rows = db.session.execute(
        select(Delegate.delegation_id, Registration.mode, Delegate.asked, func.count())
        .join(Delegate.registration)
        .where(Registration.event_id == event.id, Registration.state.in_(ACTIVE))
        .group_by(Delegate.delegation_id, Registration.mode, Delegate.asked)
    )
    return {(delegation, mode, asked): number for delegation, mode, asked, number in rows}


def _heads(event: Event) -> dict[int, str]:
    names = Registration.given_name, Registration.family_name
    rows = db.session.execute(
        select(Delegate.delegation_id, *names)
        .join(Delegate.registration)
        .where(Registration.event_id == event.id, Registration.state.in_(ACTIVE), Delegate.role == Role.HEAD)
        .where(Delegate.asked.is_(False))
    )
    return {delegation: Registration(given_name=given, family_name=family).name for delegation, given, family in rows}


def _letters(event: Event) -> dict[int, str]:
    """The state of the last letter of each."""
    rows = db.session.execute(
        select(NominationLetter.delegation_id, NominationLetter.state)
        .join(Delegation, Delegation.id == NominationLetter.delegation_id)
        .where(Delegation.event_id == event.id)
        .order_by(NominationLetter.id)
    )
    return {delegation: state for delegation, state in rows}  # noqa: C416 — a Row is no pair to the type checker


def delegates_by_registration(ids: Iterable[int]) -> dict[int, Delegate]:
    """The places in delegations of some registrations."""
    mine = select(Delegate).where(Delegate.registration_id.in_(ids)).options(joinedload(Delegate.delegation))
    return {one.registration_id: one for one in db.session.scalars(mine)}
