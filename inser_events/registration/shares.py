"""Shares of the seats: so many of a category, so many of an organisation, so many of a delegation.

Whoever takes or gives back a share holds the event's `Seats` row of that mode already; the conditional UPDATE decides
all the same, so that a forgotten lock cannot oversell. People of a delegation count for it, others for their
organisation.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Select, bindparam, func, select, update

from inser_events.database import ask, db
from inser_events.events.models import Mode
from inser_events.registration.capacity_models import CategorySeats, GroupSeats, OrganisationSeats
from inser_events.registration.form_models import FormSettings
from inser_events.registration.models import Registration, State


class Share(NamedTuple):
    """One share that somebody needs: of which kind (``category``, ``organisation``, ``group``), and whose."""

    kind: str
    key: str


class Shortage(NamedTuple):
    """A share of which fewer are left than are needed."""

    share: Share
    needed: int
    capacity: int
    taken: int

    @property
    def for_good(self) -> bool:
        """There will never be enough, whoever cancels."""
        return self.needed > self.capacity


def take_shares(registration: Registration) -> bool:
    """Take one share of each kind that is limited, or none at all; True when there were some left."""
    event_id, mode = registration.event_id, registration.mode
    if not _take_of_category(event_id, mode, registration.category):
        return False
    if not take_of_organisation(event_id, mode, registration.counted_organisation):
        _change_category(registration, -1)
        return False
    if not _take_of_group(event_id, mode, registration.group_key):
        _change_category(registration, -1)
        _change_organisation(registration, -1)
        return False
    return True


def take_shares_together(party: Sequence[Registration]) -> bool:
    """Take the shares of everyone in a party, or of nobody."""
    for number, registration in enumerate(party):
        if not take_shares(registration):
            for earlier in party[:number]:
                give_shares(earlier)
            return False
    return True


def take_shares_anyway(registration: Registration) -> None:
    """Count a seat that somebody gave against the limits."""
    _change_category(registration, +1)
    if cap_of(registration.event_id, registration.mode, registration.counted_organisation) is not None:
        _known(registration.event_id, registration.counted_organisation)
    _change_organisation(registration, +1)
    _change_group(registration, +1)


def give_shares(registration: Registration) -> None:
    """Give back what `take_shares` took."""
    _change_category(registration, -1)
    _change_organisation(registration, -1)
    _change_group(registration, -1)


# Built once: everybody who is seated passes through these two.
_categories: Any = CategorySeats.__table__
_LIMITED = select(_categories.c.id).where(
    _categories.c.event_id == bindparam("event_id"),
    _categories.c.mode == bindparam("mode"),
    _categories.c.category == bindparam("category"),
)
_settings: Any = FormSettings.__table__
_CAP = select(_settings.c.organisation_cap).where(_settings.c.event_id == bindparam("event_id"))


def _take_of_category(event_id: int, mode: str, category: str) -> bool:
    if ask(_LIMITED, event_id=event_id, mode=mode, category=category).scalar() is None:
        return True
    mine = CategorySeats.event_id == event_id, CategorySeats.mode == mode, CategorySeats.category == category
    free = CategorySeats.taken < CategorySeats.capacity
    taking = update(CategorySeats).where(*mine, free).values(taken=CategorySeats.taken + 1)
    return db.session.scalar(taking.returning(CategorySeats.id)) is not None


def take_of_organisation(event_id: int, mode: str, key: str) -> bool:
    """Take one of an organisation's seats in the room; True when it had one left, or none are counted."""
    if cap_of(event_id, mode, key) is None:
        return True
    _known(event_id, key)
    cap = select(FormSettings.organisation_cap).where(FormSettings.event_id == event_id).scalar_subquery()
    mine = OrganisationSeats.event_id == event_id, OrganisationSeats.organisation_key == key
    free = OrganisationSeats.taken < cap
    taking = update(OrganisationSeats).where(*mine, free).values(taken=OrganisationSeats.taken + 1)
    return db.session.scalar(taking.returning(OrganisationSeats.id)) is not None


def _take_of_group(event_id: int, mode: str, key: str) -> bool:
    if not key:
        return True
    mine = GroupSeats.event_id == event_id, GroupSeats.group_key == key, GroupSeats.mode == mode
    if db.session.scalar(select(GroupSeats.id).where(*mine)) is None:
        return True
    free = GroupSeats.taken < GroupSeats.capacity
    taking = update(GroupSeats).where(*mine, free).values(taken=GroupSeats.taken + 1)
    return db.session.scalar(taking.returning(GroupSeats.id)) is not None


def cap_of(event_id: int, mode: str, key: str) -> int | None:
    """How many of this organisation may sit in the room; None for those not counted: online, or of none."""
    if mode != Mode.IN_PERSON or not key:
        return None
    cap: int | None = ask(_CAP, event_id=event_id).scalar()
    return cap


def _known(event_id: int, key: str) -> None:
    """Make sure that the organisation has its row. The lock on the event's seats keeps two from making it."""
    mine = OrganisationSeats.event_id == event_id, OrganisationSeats.organisation_key == key
    if db.session.scalar(select(OrganisationSeats.id).where(*mine)) is None:
        db.session.add(OrganisationSeats(event_id=event_id, organisation_key=key))
        db.session.flush()  # the UPDATE must find it


def _change_category(registration: Registration, by: int) -> None:
    db.session.execute(
        update(CategorySeats)
        .where(
            CategorySeats.event_id == registration.event_id,
            CategorySeats.mode == registration.mode,
            CategorySeats.category == registration.category,
            CategorySeats.taken + by >= 0,
        )
        .values(taken=CategorySeats.taken + by)
    )


def _change_organisation(registration: Registration, by: int) -> None:
    if registration.mode == Mode.IN_PERSON:
        change_organisation(registration.event_id, registration.counted_organisation, by)


def change_organisation(event_id: int, key: str, by: int) -> None:
    """Count one more or one fewer of an organisation in the room."""
    db.session.execute(
        update(OrganisationSeats)
        .where(
            OrganisationSeats.event_id == event_id,
            OrganisationSeats.organisation_key == key,
            OrganisationSeats.taken + by >= 0,
        )
        .values(taken=OrganisationSeats.taken + by)
    )


def _change_group(registration: Registration, by: int) -> None:
    if not registration.group_key:
        return
    db.session.execute(
        update(GroupSeats)
        .where(
            GroupSeats.event_id == registration.event_id,
            GroupSeats.group_key == registration.group_key,
            GroupSeats.mode == registration.mode,
            GroupSeats.taken + by >= 0,
        )
        .values(taken=GroupSeats.taken + by)
    )


def full_categories(event_id: int, mode: str) -> Select[str]:
    """The categories without a share left."""
    return select(CategorySeats.category).where(
        CategorySeats.event_id == event_id,
        CategorySeats.mode == mode,
        CategorySeats.taken >= CategorySeats.capacity,
    )


def full_organisations(event_id: int, cap: int) -> Select[str]:
    """The organisations that have all the seats in the room they may have."""
    return select(OrganisationSeats.organisation_key).where(
        OrganisationSeats.event_id == event_id, OrganisationSeats.taken >= cap
    )


def full_groups(event_id: int, mode: str) -> Select[str]:
    """The delegations without a share left."""
    return select(GroupSeats.group_key).where(
        GroupSeats.event_id == event_id, GroupSeats.mode == mode, GroupSeats.taken >= GroupSeats.capacity
    )


def shares_needed(party: Sequence[Registration]) -> Counter[Share]:
    """How many of which shares people of one mode would take, were all of them limited."""
    needed: Counter[Share] = Counter()
    for one in party:
        needed[Share("category", one.category)] += 1
        if one.group_key:
            needed[Share("group", one.group_key)] += 1
        elif one.organisation_key and one.mode == Mode.IN_PERSON:
            needed[Share("organisation", one.organisation_key)] += 1
    return needed


def shortages(party: Sequence[Registration]) -> Iterator[Shortage]:
    """The shares of which fewer are left than a party of one mode needs."""
    event_id, mode = party[0].event_id, party[0].mode
    for share, needed in shares_needed(party).items():
        standing = _standing(event_id, mode, share)
        if standing is not None and needed > standing[0] - standing[1]:
            yield Shortage(share, needed, *standing)


def _standing(event_id: int, mode: str, share: Share) -> tuple[int, int] | None:
    """Capacity of a share and how much of it is taken; None where there is no limit."""
    if share.kind == "organisation":
        cap = cap_of(event_id, mode, share.key)
        mine = OrganisationSeats.event_id == event_id, OrganisationSeats.organisation_key == share.key
        taken = db.session.scalar(select(OrganisationSeats.taken).where(*mine))
        return None if cap is None else (cap, taken or 0)
    if share.kind == "group":
        whose = GroupSeats.group_key == share.key, GroupSeats.event_id == event_id, GroupSeats.mode == mode
        row = db.session.execute(select(GroupSeats.capacity, GroupSeats.taken).where(*whose)).one_or_none()
    else:
        sort = CategorySeats.category == share.key, CategorySeats.event_id == event_id, CategorySeats.mode == mode
        row = db.session.execute(select(CategorySeats.capacity, CategorySeats.taken).where(*sort)).one_or_none()
    return None if row is None else (row.capacity, row.taken)


def holding() -> Select[int]:
    """Counts registrations that hold a seat; add the conditions."""
    offered = (Registration.state == State.WAITLISTED) & Registration.offer_expires_at.is_not(None)
    return select(func.count()).select_from(Registration).where((Registration.state == State.CONFIRMED) | offered)
