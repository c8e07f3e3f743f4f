"""Counting who was there, by the database alone: in the room, online, both, or not seen at all.

Somebody attended who was seen at a door or online at least once; in both places they count once.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Select, and_, func, or_, select

from inser_events.attendance.online import online_at
from inser_events.checkin.models import COUNTED, Direction, Presence, Scan
from inser_events.database import db
from inser_events.delegations.models import Delegation, DelegationKind
from inser_events.events.models import Event
from inser_events.networks.models import Membership
from inser_events.people.models import Person
from inser_events.registration.models import Gender, Registration, State

MOST_ORGANISATIONS = 15
FEWEST = 5
"""Smaller groups of one gender are not told: somebody could be recognised."""
MOST_DAYS = 62
UNSAID = ""


@dataclass(slots=True)
class Count:
    """People of one kind. *room* and *online* both hold those who were in *both*."""

    registered: int = 0
    """Confirmed: they have a place."""
    absent: int = 0
    """Those of them who were never seen."""
    room: int = 0
    online: int = 0
    both: int = 0

    @property
    def attended(self) -> int:
        """Seen at a door or online at least once."""
        return self.room + self.online - self.both

    def add(self, number: int, *, confirmed: bool, in_room: bool, online: bool) -> None:
        """Count *number* people more, of one state and presence; see `presence.attended` for whose counts."""
        self.registered += number if confirmed else 0
        self.absent += number if confirmed and not (in_room or online) else 0
        self.room += number if confirmed and in_room else 0
        self.online += number if online else 0
        self.both += number if confirmed and in_room and online else 0


@dataclass(slots=True)
class Figures:
    """The numbers of an event, each kind by its key; an empty country is of those who named none."""

    whole: Count = field(default_factory=Count)
    modes: dict[str, Count] = field(default_factory=lambda: defaultdict(Count))
    """By how they registered, wherever they were seen."""
    categories: dict[str, Count] = field(default_factory=lambda: defaultdict(Count))
    countries: dict[str, Count] = field(default_factory=lambda: defaultdict(Count))
    groups: dict[str, Count] = field(default_factory=lambda: defaultdict(Count))
    """By delegation."""
    genders: Counter[str] = field(default_factory=Counter)
    """Of those who attended; `UNSAID` for those who did not say."""

    @property
    def asks_gender(self) -> bool:
        """Whether anybody said."""
        return any(self.genders[gender] for gender in self.genders if gender != UNSAID)


def seen_in_room(event: Event) -> Select[Any]:
    """Ids of the registrations that a door has let in at least once."""
    inside = Presence.event_id == event.id, Presence.first_at.is_not(None)
    return select(Presence.registration_id).where(*inside).distinct()


def figures(event: Event) -> Figures:
    """All numbers, from one statement."""
    each = _each(
        event,
        *(Registration.state, Registration.mode, Registration.category, Registration.country),
        *(Registration.gender, Registration.group_key),
    )
    found = Figures()
    for state, mode, category, country, gender, group, in_room, online, number in db.session.execute(each):
        counts = [found.whole, found.modes[mode], found.categories[category], found.countries[country]]
        confirmed = state == State.CONFIRMED
        for count in [*counts, found.groups[group]] if group else counts:
            count.add(number, confirmed=confirmed, in_room=bool(in_room), online=bool(online))
        if online or (confirmed and in_room):
            found.genders[gender if gender in {Gender.WOMAN, Gender.MAN, Gender.OTHER} else UNSAID] += number
    return found


def _each(event: Event, *columns: Any) -> Select[Any]:
    """Those with a place or waiting, counted by *columns*, by whether they were in the room and whether online."""
    # IN makes one list of each and looks into it; a join would look through them for every person.
    in_room, online = Registration.id.in_(seen_in_room(event)), Registration.id.in_(online_at(event))
    people = (
        select(*columns, in_room.label("in_room"), online.label("was_online"))
        .where(
            Registration.event_id == event.id,
            or_(
                Registration.state == State.CONFIRMED,
                and_(Registration.state == State.WAITLISTED, online),
            ),
        )
        .subquery()
    )
    return select(*people.c, func.count()).group_by(*people.c)


def organisations(event: Event) -> list[tuple[str, Count]]:
    """Each organisation by the name most write it with, most people first; at the end ("", …) those of none."""
    key, name = Registration.organisation_key, Registration.organisation
    found: dict[str, Count] = defaultdict(Count)
    names: dict[str, Counter[str]] = defaultdict(Counter)
    for state, folded, written, in_room, online, number in db.session.execute(
        _each(event, Registration.state, key, name)
    ):
        names[folded][written] += number
        found[folded].add(
            number, confirmed=state == State.CONFIRMED, in_room=bool(in_room), online=bool(online)
        )  # fmt: skip
    in_order = sorted(found, key=lambda one: (one == "", -found[one].attended, -found[one].registered, one))
    return [(names[one].most_common(1)[0][0] if one else "", found[one]) for one in in_order]


def members(event: Event) -> Count | None:
    """The network's members: how many, how many attended; None for an event of no network."""
    if event.network_id is None:
        return None
    mine = select(func.count()).select_from(Membership).where(Membership.network_id == event.network_id)
    addresses = (
        select(func.lower(Person.email))
        .join(Membership, Membership.person_id == Person.id)
        .where(Membership.network_id == event.network_id, Person.email != "")
    )
    known = _each(event, Registration.state, Registration.active_email).subquery()
    count = Count()
    each = select(known.c[0], known.c[2], known.c[3], func.count()).where(known.c[1].in_(addresses))
    for state, in_room, online, number in db.session.execute(each.group_by(known.c[0], known.c[2], known.c[3])):
        count.add(number, confirmed=state == State.CONFIRMED, in_room=bool(in_room), online=bool(online))
    count.registered = db.session.scalar(mine) or 0
    return count


def entries(event: Event) -> tuple[Any, ...]:
    """Conditions for scans that let somebody in and were not taken back."""
    undone = select(Scan.undoes).where(Scan.event_id == event.id, Scan.undoes.is_not(None))
    return (
        Scan.event_id == event.id,
        Scan.direction == Direction.IN,
        Scan.outcome.in_(COUNTED),
        Scan.undoes.is_(None),
        Scan.id.not_in(undone),
    )


def member_delegations(event: Event) -> list[Delegation]:
    """Those of Members."""
    mine = select(Delegation).where(Delegation.event_id == event.id, Delegation.kind == DelegationKind.MEMBER)
    return list(db.session.scalars(mine.order_by(Delegation.id)))


def protected(counts: Mapping[str, int]) -> dict[str, int | None]:
    """Numbers that name nobody: None in place of those below `FEWEST`.

    What is hidden must not follow from the total either: of the others the smallest are hidden with it, until at
    least two cells and five people are. Those who did not say come last. Cells with nobody are left out.
    """
    known = {key: number for key, number in counts.items() if number}
    hidden = {key for key, number in known.items() if number < FEWEST and key != UNSAID}
    others = sorted(known.keys() - hidden, key=lambda key: (key == UNSAID, known[key], key))
    while hidden and others and (len(hidden) == 1 or sum(known[key] for key in hidden) < FEWEST):
        hidden.add(others.pop(0))
    in_order = sorted(known, key=lambda key: (key == UNSAID, key))
    return {key: None if key in hidden else known[key] for key in in_order}


def largest(counts: Mapping[str, Count]) -> list[tuple[str, Count]]:
    """In the order of how many attended, then registered; those without a key last."""
    return sorted(counts.items(), key=lambda pair: (pair[0] == "", -pair[1].attended, -pair[1].registered, pair[0]))


def present(delegations: Sequence[Delegation], counts: Mapping[str, Count]) -> int:
    """Of how many delegations somebody attended."""
    return sum(1 for one in delegations if one.uid in counts and counts[one.uid].attended)
