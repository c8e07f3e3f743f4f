"""Keeping delegations: who is asked to name people, for how many, until when."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import func, select

from inser_events.addresses import UnusableEmail, clean_email, folded_email
from inser_events.audit import record
from inser_events.database import db
from inser_events.delegations.errors import StillPeople, UnusableDelegation
from inser_events.delegations.letters import drop_letters
from inser_events.delegations.models import Delegate, Delegation, DelegationKind
from inser_events.delegations.names import name_of, names_key
from inser_events.delegations.queries import people_of
from inser_events.documents.text import one_line
from inser_events.events.models import Category, Event, Mode
from inser_events.languages import INTERFACE, Localized
from inser_events.people.countries import is_country
from inser_events.registration.groups import caps_of, set_caps
from inser_events.registration.models import Registration
from inser_events.registration.operations import searchable

MOST_DELEGATIONS = 1_000
MOST_SEATS = 10_000
NAME_LENGTH = 255


@dataclass(frozen=True, kw_only=True)
class DelegationData:
    """What an organiser says of a delegation. Caps: people with a seat in each mode; None for no limit."""

    kind: str = DelegationKind.MEMBER
    country: str = ""
    name: Localized = field(default_factory=dict)
    category: str = Category.DELEGATE
    focal_name: str = ""
    focal_email: str = ""
    language: str = "en"
    deadline: datetime | None = None
    letter_needed: bool = True
    room_cap: int | None = None
    online_cap: int | None = None


def data_of(delegation: Delegation) -> DelegationData:
    """A delegation as it stands."""
    caps = caps_of(delegation.event_id, delegation.uid)
    return DelegationData(
        kind=delegation.kind,
        country=delegation.country,
        name=dict(delegation.name),
        category=delegation.category,
        focal_name=delegation.focal_name,
        focal_email=delegation.focal_email,
        language=delegation.language,
        deadline=delegation.deadline,
        letter_needed=delegation.letter_needed,
        room_cap=caps.get(Mode.IN_PERSON),
        online_cap=caps.get(Mode.ONLINE),
    )


def create_delegation(event: Event, data: DelegationData, *, at: datetime) -> Delegation:
    """Add a delegation to an event. Raises UnusableDelegation."""
    return create_delegations(event, [data], at=at)[0]


def create_delegations(event: Event, several: Sequence[DelegationData], *, at: datetime) -> list[Delegation]:
    """Add delegations to an event, all or none. Raises UnusableDelegation."""
    held = select(Event.id).where(Event.id == event.id).with_for_update()
    db.session.execute(held).all()  # two organisers do not add one country twice
    known = set(db.session.scalars(select(Delegation.names_key).where(Delegation.event_id == event.id)))
    if len(known) + len(several) > MOST_DELEGATIONS:
        message = _("An event can have at most %(number)s delegations.", number=MOST_DELEGATIONS)
        raise UnusableDelegation("name", message)
    made = []
    for data in several:
        values = _checked(data)
        if values["names_key"] in known:
            raise UnusableDelegation("name", _("There is a delegation of this name already."))
        known.add(values["names_key"])
        delegation = Delegation(event_id=event.id, event=event, created_at=at, **values)
        db.session.add(delegation)
        db.session.flush()  # the audit needs the id, the seats the uid
        _set_caps(delegation, data, at)
        record("add delegation", delegation, event_id=event.id, after={"name": name_of(delegation, event.languages[0])})
        made.append(delegation)
    return made


def change_delegation(delegation: Delegation, data: DelegationData, *, at: datetime) -> None:
    """Change a delegation; a wider cap seats those who waited for it. Raises UnusableDelegation."""
    event, before = delegation.event, data_of(delegation)
    values = _checked(data)
    same = select(Delegation.id).where(Delegation.event_id == event.id, Delegation.names_key == values["names_key"])
    if db.session.scalar(same.where(Delegation.id != delegation.id)) is not None:
        raise UnusableDelegation("name", _("There is a delegation of this name already."))
    if data == before:
        return
    for name, value in values.items():
        setattr(delegation, name, value)
    if folded_email(before.focal_email) != folded_email(delegation.focal_email):
        # Another person: nobody has invited or reminded them, and the old link is not theirs.
        delegation.link_number = delegation.invited_at = delegation.mailed_at = delegation.opened_at = None
        _reach_through(delegation)
    record(
        "change delegation details",
        delegation,
        event_id=event.id,
        before=_audited(before),
        after={"name": name_of(delegation, event.languages[0])} | _audited(data),
    )
    _set_caps(delegation, data, at)


def _reach_through(delegation: Delegation) -> None:
    """Messages to people without an address of their own go to the focal point there is now."""
    mine = Registration.event_id == delegation.event_id, Registration.group_key == delegation.uid
    known = Registration.search_text != ""  # of those who were erased nothing is left
    for one in db.session.scalars(select(Registration).where(*mine, Registration.through_focal_point, known)):
        one.email = delegation.focal_email
        one.search_text = searchable(one)


def _set_caps(delegation: Delegation, data: DelegationData, at: datetime) -> None:
    wanted = {str(Mode.IN_PERSON): data.room_cap, str(Mode.ONLINE): data.online_cap}
    offered = {str(mode) for mode in delegation.event.modes}
    known = caps_of(delegation.event_id, delegation.uid)
    changed = {mode: cap for mode, cap in wanted.items() if mode in offered and known.get(mode) != cap}
    if changed:
        set_caps(delegation.event_id, delegation.uid, changed, at=at)


def _checked(data: DelegationData) -> dict[str, Any]:
    """The values to store. Raises UnusableDelegation."""
    if data.kind not in set(DelegationKind) or data.category not in set(Category) or data.language not in INTERFACE:
        raise UnusableDelegation("kind", _("Choose from what is shown."))
    if data.country and not is_country(data.country):
        raise UnusableDelegation("country", _("Choose a country."))
    name = {language: one_line(text)[:NAME_LENGTH] for language, text in data.name.items() if one_line(text)}
    if not name and not (data.kind == DelegationKind.MEMBER and data.country):
        raise UnusableDelegation("name", _("Enter a name, or choose the country of a Member."))
    for cap, where in ((data.room_cap, "room_cap"), (data.online_cap, "online_cap")):
        if cap is not None and not 0 <= cap <= MOST_SEATS:
            raise UnusableDelegation(where, _("Enter a whole number, or leave it empty when there is no limit."))
    return {
        "kind": data.kind,
        "country": data.country,
        "name": name,
        "names_key": names_key(name, "" if name else data.country),
        "category": data.category,
        "focal_name": one_line(data.focal_name)[:NAME_LENGTH],
        "focal_email": _address(data.focal_email),
        "language": data.language,
        "deadline": data.deadline,
        "letter_needed": data.letter_needed,
    }


def _address(text: str) -> str:
    if not text.strip():
        return ""
    try:
        return clean_email(text)
    except UnusableEmail as error:
        words = _("Check the address: it should look like name@example.org.")
        raise UnusableDelegation("focal_email", words) from error


def _audited(data: DelegationData) -> dict[str, Any]:
    return {
        "kind": data.kind,
        "focal point": data.focal_name,
        "address": data.focal_email,
        "deadline": data.deadline.isoformat() if data.deadline else "",
        "letter": data.letter_needed,
        "in the room": data.room_cap,
        "online": data.online_cap,
    }


def remove_delegation(delegation: Delegation, *, at: datetime) -> None:
    """Remove a delegation that nobody comes with. Raises StillPeople."""
    if people_of(delegation):
        raise StillPeople
    record(
        "remove delegation",
        delegation,
        event_id=delegation.event_id,
        before={"name": name_of(delegation, delegation.event.languages[0])},
    )
    caps = caps_of(delegation.event_id, delegation.uid)
    set_caps(delegation.event_id, delegation.uid, dict.fromkeys(caps), at=at)
    drop_letters(delegation)
    db.session.delete(delegation)
    db.session.flush()  # the overview reads the database


def delegation_named(event: Event, category: str, country: str, organisation: str) -> str:
    """The ``uid`` of the delegation somebody names who registers alone: by its name, or as its country's delegate."""
    mine = select(Delegation).where(Delegation.event_id == event.id, Delegation.focal_email != "")
    key = names_key({"": organisation}, "")
    if key:
        found = db.session.scalar(mine.where(Delegation.names_key.contains(key, autoescape=True)).limit(1))
        if found is not None:
            return found.uid
    if category == Category.DELEGATE and country:
        of_country = mine.where(Delegation.kind == DelegationKind.MEMBER, Delegation.country == country)
        found = db.session.scalar(of_country.order_by(Delegation.id).limit(1))
        return found.uid if found else ""
    return ""


def next_position(delegation: Delegation) -> int:
    """Behind everybody."""
    last = select(func.max(Delegate.position)).where(Delegate.delegation_id == delegation.id)
    return (db.session.scalar(last) or 0) + 1
