"""Who the people of a meeting's report are: by address for certain, by name as a suggestion.

Whatever the size of a report, the database is asked a few times, not once a row.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import permutations

from sqlalchemy import select

from inser_events.addresses import folded_email
from inser_events.attendance.meeting_models import Matched
from inser_events.attendance.meetings.report import Connection, MeetingReport
from inser_events.database import db
from inser_events.events.models import Event
from inser_events.people.search import fold
from inser_events.registration.import_plans import slices
from inser_events.registration.models import ACTIVE, Registration

AT_ONCE = 500
MISTYPED, LEAST_LETTERS = 2, 5
"""So many letters in a row may be missing, too much or others, of a part that is not too short to tell."""
LEAST_PARTS = 2
"""A given name alone tells nobody."""
MOST_PARTS = 8
LEAST_DIGITS = 5
_NO_LETTERS = re.compile(r"[^\w\s]|_")
_TELEPHONE = re.compile(r"[\d\s+()*x.\-‑–]+", re.IGNORECASE)
Names = dict[tuple[str, ...], set[int]]
Holding = dict[tuple[str, str], set[tuple[str, ...]]]


@dataclass(slots=True)
class Person:
    """Somebody of a report, with every connection they made."""

    name: str
    email: str
    connections: list[Connection] = field(default_factory=list)
    registration_id: int | None = None
    matched: str = ""
    """A `Matched`, where ``registration_id`` says who it is."""
    suggested_id: int | None = None
    exact: bool = False
    namesakes: int = 0
    aside: bool = False

    @property
    def key(self) -> str:
        """By what two reports know the same person: the address, else the name."""
        return key_of(self.name, self.email)


def key_of(name: str, email: str) -> str:
    """See `Person.key`."""
    return folded_email(email) or " ".join(_parts(name)) or name.strip()


def people_of(report: MeetingReport) -> list[Person]:
    """The distinct people of a report, in its order."""
    found: dict[str, Person] = {}
    for connection in report.connections:
        key = key_of(connection.name, connection.email)
        if key not in found:
            aside = not connection.email and is_telephone(connection.name)
            found[key] = Person(connection.name, folded_email(connection.email), aside=aside)
        found[key].connections.append(connection)
    return list(found.values())


def is_telephone(name: str) -> bool:
    """Somebody who dialled in: a number, perhaps with stars in it, stands for the name."""
    return bool(_TELEPHONE.fullmatch(name)) and sum(letter.isdigit() for letter in name) >= LEAST_DIGITS


def match(event: Event, people: Sequence[Person]) -> None:
    """Say of each who it is, or who it may be."""
    _by_email(event, people)
    unknown = [one for one in people if one.registration_id is None and not one.aside]
    if unknown:
        _by_name(unknown, *_names_of(event))


def _by_email(event: Event, people: Iterable[Person]) -> None:
    addressed = {one.email: one for one in people if one.email}
    for some in slices(list(addressed), AT_ONCE):
        mine = select(Registration.id, Registration.active_email).where(
            Registration.event_id == event.id, Registration.active_email.in_(some)
        )
        for number, email in db.session.execute(mine):
            if email is not None:
                addressed[email].registration_id, addressed[email].matched = number, Matched.EMAIL


def _names_of(event: Event) -> tuple[Names, Holding]:
    """The names people are registered under, and which of them hold a part beside another with some first letter."""
    registered = select(
        Registration.id, Registration.given_name, Registration.family_name, Registration.name_latin
    ).where(Registration.event_id == event.id, Registration.state.in_(ACTIVE))
    names: Names = defaultdict(set)
    for number, given, family, latin in db.session.execute(registered):
        for written in (f"{given} {family}", latin):
            if parts := _parts(written):
                names[parts].add(number)
    holding: Holding = defaultdict(set)
    for name in names:
        for part, other in permutations(name, 2):
            holding[part, other[0]].add(name)
    return names, holding


def _parts(name: str) -> tuple[str, ...]:
    """A name, whatever the order of its parts, accents, case, commas and hyphens."""
    return tuple(sorted(_NO_LETTERS.sub(" ", fold(name)).split()[:MOST_PARTS]))


def _by_name(people: Iterable[Person], names: Names, holding: Holding) -> None:
    for one in people:
        parts = _parts(one.name)
        if len(parts) < LEAST_PARTS:
            continue
        candidates, one.exact = names.get(parts, set()), True
        if not candidates:
            pairs = {(part, other[0]) for part, other in permutations(parts, 2)}
            near = {name for pair in pairs for name in holding.get(pair, ()) if _are_alike(parts, name)}
            candidates, one.exact = {number for name in near for number in names[name]}, False
        one.suggested_id = next(iter(candidates)) if len(candidates) == 1 else None
        one.namesakes = len(candidates) if len(candidates) > 1 else 0
        one.exact = one.exact and one.suggested_id is not None


def _are_alike(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """One has all parts of the other, or what is not the same in both differs in one place."""
    mine, theirs = set(one), set(other)
    if mine <= theirs or theirs <= mine:
        return min(len(mine), len(theirs)) >= LEAST_PARTS
    return _mistyped(" ".join(sorted(mine - theirs)), " ".join(sorted(theirs - mine)))


def _mistyped(one: str, other: str) -> bool:
    longest = max(len(one), len(other))
    if longest < LEAST_LETTERS or abs(len(one) - len(other)) > MISTYPED:
        return False
    start = _same_letters(one, other)
    end = _same_letters(one[start:][::-1], other[start:][::-1])
    return start + end >= longest - MISTYPED


def _same_letters(one: str, other: str) -> int:
    """With how many of the same letters two texts begin."""
    for place, (mine, theirs) in enumerate(zip(one, other, strict=False)):
        if mine != theirs:
            return place
    return min(len(one), len(other))
