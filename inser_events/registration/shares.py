"""Shares of the seats: so many of a category, so many of an organisation.

Whoever takes or gives back a share holds the event's `Seats` row of that mode already; the conditional UPDATE decides
all the same, so that a forgotten lock cannot oversell.
"""

from sqlalchemy import Select, func, select, update

from inser_events.database import db
from inser_events.events.models import Mode
from inser_events.registration.capacity_models import CategorySeats, OrganisationSeats
from inser_events.registration.form_models import FormSettings
from inser_events.registration.models import Registration, State


def take_shares(registration: Registration) -> bool:
    """Take one share of each kind that is limited, or none at all; True when there were some left."""
    if not _take_of_category(registration.event_id, registration.mode, registration.category):
        return False
    if not take_of_organisation(registration.event_id, registration.mode, registration.organisation_key):
        _change_category(registration, -1)
        return False
    return True


def take_shares_anyway(registration: Registration) -> None:
    """Count a seat that somebody gave against the limits."""
    _change_category(registration, +1)
    if cap_of(registration.event_id, registration.mode, registration.organisation_key) is not None:
        _known(registration.event_id, registration.organisation_key)
    _change_organisation(registration, +1)


def give_shares(registration: Registration) -> None:
    """Give back what `take_shares` took."""
    _change_category(registration, -1)
    _change_organisation(registration, -1)


def _take_of_category(event_id: int, mode: str, category: str) -> bool:
    mine = CategorySeats.event_id == event_id, CategorySeats.mode == mode, CategorySeats.category == category
    if db.session.scalar(select(CategorySeats.id).where(*mine)) is None:
        return True
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


def cap_of(event_id: int, mode: str, key: str) -> int | None:
    """How many of this organisation may sit in the room; None for those not counted: online, or of none."""
    if mode != Mode.IN_PERSON or not key:
        return None
    return db.session.scalar(select(FormSettings.organisation_cap).where(FormSettings.event_id == event_id))


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
        change_organisation(registration.event_id, registration.organisation_key, by)


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


def holding() -> Select[int]:
    """Counts registrations that hold a seat; add the conditions."""
    offered = (Registration.state == State.WAITLISTED) & Registration.offer_expires_at.is_not(None)
    return select(func.count()).select_from(Registration).where((Registration.state == State.CONFIRMED) | offered)
