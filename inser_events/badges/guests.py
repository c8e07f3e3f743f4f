"""Who comes, for lists on paper: names in the order of a language's alphabet, contact details only with consent."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from sqlalchemy import Select, select
from sqlalchemy.orm import lazyload

from inser_events.database import db
from inser_events.delegations.models import Delegate, Delegation, Role
from inser_events.delegations.names import called
from inser_events.documents.collation import Key
from inser_events.documents.text import one_line
from inser_events.events.models import Category, Event, Mode
from inser_events.people.countries import country_name
from inser_events.people.names import name_key
from inser_events.registration.models import Registration, State

MOST_PEOPLE = 1_000_000
"""Behind everybody who has a place in a delegation's list."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Guest:
    """A person on a list; texts are on one line."""

    honorific: str = ""
    given_name: str = ""
    family_name: str
    name_latin: str = ""
    job_title: str = ""
    organisation: str = ""
    country: str = ""
    """The country's name."""
    category: str = Category.PARTICIPANT
    mode: str = Mode.IN_PERSON
    email: str = ""
    """Empty without consent."""
    delegation: str = ""
    """Its name, for those who come in one."""
    kind: str = ""
    """Of the delegation: ``member``, ``observer``, ``un``, ``partner``, ``secretariat`` or nothing."""
    role: str = ""
    position: int = 0
    """In the delegation's own list."""
    number: int = field(default=0, compare=False)
    """``id`` of the registration."""

    @property
    def name(self) -> str:
        """As the person writes it."""
        return Registration(given_name=self.given_name, family_name=self.family_name).name

    @property
    def official_name(self) -> str:
        """As documents of the United Nations write it: family name in capitals."""
        named = Registration(given_name=self.given_name, family_name=self.family_name.upper()).name
        return one_line(f"{self.honorific} {named}")

    def sort_key(self, language: str) -> tuple[Key, str]:
        """Where the name stands in the alphabet: by family name, in Latin letters where readers know no other."""
        return name_key(self.family_name, self.given_name, self.name_latin, language), self.organisation

    def delegation_order(self, language: str) -> tuple[bool, int, tuple[Key, str]]:
        """Where the person stands among those of one delegation or country: the head first, then as the list has it."""
        return self.role != Role.HEAD, self.position if self.role else MOST_PEOPLE, self.sort_key(language)


def guests(
    event: Event, language: str, *, mode: str = "", categories: Iterable[str] = (), among: Select[Any] | None = None
) -> list[Guest]:
    """Everyone confirmed, by family name in the order of *language*; only one mode or some categories if told.

    *among*: ids of registrations, of whatever state, instead of everyone confirmed.
    """
    fields = Registration.honorific, Registration.given_name, Registration.family_name, Registration.name_latin
    more = Registration.job_title, Registration.organisation, Registration.country, Registration.category
    chosen = (
        select(*fields, *more, Registration.mode, Registration.email, Registration.listed)
        .add_columns(Delegate.role, Delegate.position, Delegate.delegation_id, Registration.id)
        .outerjoin(Delegate, Delegate.registration_id == Registration.id)
        .where(Registration.event_id == event.id)
    )
    chosen = chosen.where(Registration.state == State.CONFIRMED if among is None else Registration.id.in_(among))
    if mode:
        chosen = chosen.where(Registration.mode == mode)
    if categories:
        chosen = chosen.where(Registration.category.in_(list(categories)))
    mine = select(Delegation).where(Delegation.event_id == event.id).options(lazyload(Delegation.event))
    delegations = {
        one.id: (one.kind, one_line(called(one.name, one.country, [language, *event.languages])))
        for one in db.session.scalars(mine)
    }
    found = [_guest(dict(row), delegations, language) for row in db.session.execute(chosen).mappings()]
    return sorted(found, key=lambda guest: guest.sort_key(language))


def _guest(row: dict[str, object], delegations: Mapping[int, tuple[str, str]], language: str) -> Guest:
    is_listed, position, number = row.pop("listed"), row.pop("position"), row.pop("delegation_id")
    person = row.pop("id")
    role = row.pop("role") or ""
    kind, delegation = delegations.get(cast("int", number), ("", ""))
    values = {name: one_line(str(value)) for name, value in row.items()}
    values["country"] = country_name(values["country"], language) if values["country"] else ""
    values["email"] = values["email"] if is_listed else ""
    return Guest(
        **values,
        role=str(role),
        position=cast("int", position or 0),
        kind=kind,
        delegation=delegation,
        number=cast("int", person),
    )
