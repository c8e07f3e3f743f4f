"""What can be done with an event: create, change, rooms, capacities, cancel, delete."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import date, datetime
from typing import Any

from babel import Locale, UnknownLocaleError
from flask_babel import gettext as _
from sqlalchemy import select, update

from inser_events.accounts.models import User
from inser_events.addresses import UnusableEmail, clean_email
from inser_events.audit import record
from inser_events.clock import now, zone_names
from inser_events.database import db
from inser_events.documents import richtext
from inser_events.documents.text import one_line
from inser_events.events import cards
from inser_events.events.cards import PublishedCard
from inser_events.events.errors import AlreadyCancelled, AlreadyPublic, Outdated, SlugTaken, UnusableEvent
from inser_events.events.models import Event, Kind, Mode, Room, Seats, TeamMember, TeamRole
from inser_events.languages import Localized
from inser_events.people.countries import is_country
from inser_events.people.search import fold

SLUG_LENGTH = 60
LONGEST_EVENT_DAYS = 60
MOST_SEATS = 1_000_000
RESERVED_SLUGS = frozenset({"new", "users", "networks", "account", "import"})
"""Taken by the organisers' own pages: /manage/new."""

_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_NOT_IN_SLUGS = re.compile(r"[^a-z0-9]+")
_LINES = ("name", "tagline", "venue_name", "venue_city", "organiser")
"""Localized fields that are one line of text."""


@dataclass(frozen=True, kw_only=True)
class EventData:
    """What an organiser says about an event. Moments are aware; ``languages`` starts with the main one."""

    name: Localized
    time_zone: str
    starts_on: date
    ends_on: date
    kind: str = Kind.WORKSHOP
    languages: list[str] = field(default_factory=lambda: ["en"])
    slug: str = ""
    """Suggested from the name when empty."""
    network_id: int | None = None
    tagline: Localized = field(default_factory=dict)
    description: Localized = field(default_factory=dict)
    """Rich text as typed; cleaned here."""
    venue_name: Localized = field(default_factory=dict)
    venue_address: str = ""
    venue_city: Localized = field(default_factory=dict)
    venue_country: str = ""
    venue_directions: Localized = field(default_factory=dict)
    latitude: float | None = None
    longitude: float | None = None
    online_platform: str = ""
    online_link: str = ""
    organiser: Localized = field(default_factory=dict)
    contact_email: str = ""
    registration_opens_at: datetime | None = None
    registration_closes_at: datetime | None = None


@dataclass(frozen=True)
class RoomData:
    """A room as typed. ``capacity``: persons, None when not known."""

    name: Localized
    capacity: int | None = None


def create_event(
    data: EventData,
    owner: User,
    *,
    rooms: Sequence[RoomData] = (),
    capacities: Mapping[str, int | None] | None = None,
    is_sample: bool = False,
) -> Event:
    """Start an event; *owner* runs it. *capacities* names the modes offered, None meaning no limit.

    Both modes are offered without limit when *capacities* is None. Raises UnusableEvent, SlugTaken.
    """
    values = _checked(data)
    values["slug"] = _free_slug(data.slug) if data.slug else _suggested_slug(data)
    offered: dict[str, int | None] = dict.fromkeys(Mode) if capacities is None else dict(capacities)
    _check_modes(offered)
    event = Event(**values, is_sample=is_sample, created_at=now())
    event.seats = [Seats(mode=mode, offered=mode in offered, capacity=offered.get(mode)) for mode in Mode]
    event.rooms = [
        Room(name=_room_name(room.name), capacity=_room_capacity(room.capacity), position=position)
        for position, room in enumerate(rooms)
    ]
    db.session.add(event)
    db.session.flush()  # the audit entry and the team need the id
    db.session.add(TeamMember(event=event, user=owner, role=TeamRole.OWNER))
    record("create event", event, event_id=event.id, after=_plain(values))
    return event


def change_event(event: Event, data: EventData, version: int) -> None:
    """Save an event that was read as *version*. Raises Outdated, UnusableEvent, SlugTaken."""
    values = _checked(data)
    values["slug"] = event.slug
    if data.slug and data.slug != event.slug:
        values["slug"] = _changed_slug(event, data.slug)
    before = {name: getattr(event, name) for name in values}
    changed = {name: value for name, value in values.items() if value != before[name]}
    raise_version(event, version)
    for name, value in changed.items():
        setattr(event, name, value)
    if changed:
        was = {name: before[name] for name in changed}
        record("change event", event, event_id=event.id, before=_plain(was), after=_plain(changed))


def raise_version(event: Event, version: int) -> None:
    """Claim the next version for a writer who read *version*, decided by the database. Raises Outdated."""
    claimed = db.session.execute(
        update(Event)
        .where(Event.id == event.id, Event.version == version)
        .values(version=version + 1)
        .returning(Event.id)
        .execution_options(synchronize_session=False)
    ).scalar()
    if claimed is None:
        raise Outdated
    db.session.refresh(event, ["version"])


def slug_from(text: str) -> str:
    """An address part out of any text; empty when nothing of it can be written in plain Latin letters."""
    return _NOT_IN_SLUGS.sub("-", fold(text)).strip("-")[:SLUG_LENGTH].rstrip("-")


def add_room(event: Event, data: RoomData) -> Room:
    """Add a room after the others. Raises UnusableEvent."""
    position = max((room.position for room in event.rooms), default=-1) + 1
    room = Room(name=_room_name(data.name), capacity=_room_capacity(data.capacity), position=position)
    event.rooms.append(room)
    db.session.flush()  # the audit entry needs the id
    record("add room", room, event_id=event.id, after={"name": room.name, "capacity": room.capacity})
    return room


def change_room(room: Room, data: RoomData) -> None:
    """Rename a room or correct its capacity. Names in languages not given stay, empty ones go. Raises UnusableEvent."""
    before = {"name": dict(room.name), "capacity": room.capacity}
    kept = {code: text for code, text in room.name.items() if code not in data.name}
    room.name = {**kept, **_room_name(data.name)}
    room.capacity = _room_capacity(data.capacity)
    after = {"name": dict(room.name), "capacity": room.capacity}
    if after != before:
        record("change room", room, event_id=room.event_id, before=before, after=after)


def move_room(room: Room, steps: int) -> None:
    """Move a room up (negative) or down in the order of columns and lists."""
    rooms = sorted(room.event.rooms, key=lambda one: (one.position, one.id))
    before = rooms.index(room)
    rooms.insert(max(0, min(len(rooms) - 1, before + steps)), rooms.pop(before))
    for position, one in enumerate(rooms):
        one.position = position
    record("move room", room, event_id=room.event_id, before={"place": before + 1}, after={"place": room.position + 1})


def remove_room(room: Room) -> None:
    """Remove a room. Sessions of the draft that were in it stay, without a room."""
    record("remove room", room, event_id=room.event_id, before={"name": room.name, "capacity": room.capacity})
    room.event.rooms.remove(room)
    db.session.flush()  # the draft must show its sessions without the room at once


def set_capacity(event: Event, mode: str, capacity: int | None, *, offered: bool = True) -> None:
    """Set how many may take part in a *mode*; None: as many as come.

    Nobody is thrown out: when more are registered than there are seats, those who come later wait. Raises
    UnusableEvent.
    """
    modes = {seats.mode: seats.capacity for seats in event.seats if seats.offered and seats.mode != mode}
    _check_modes(modes | ({mode: capacity} if offered else {}))
    seats = next((one for one in event.seats if one.mode == mode), None)
    if seats is None:
        seats = Seats(mode=mode, offered=False)
        event.seats.append(seats)
        db.session.flush()  # the audit entry needs the id
    before = {"mode": mode, "offered": seats.offered, "capacity": seats.capacity}
    after = {"mode": mode, "offered": offered, "capacity": capacity}
    if before == after:
        return
    seats.offered, seats.capacity = offered, capacity
    record("set capacity", seats, event_id=event.id, before=before, after=after)


def show_published(event: Event, card: PublishedCard, *, at: datetime) -> None:
    """Let lists of events show what a release made at *at* says."""
    event.published_card = cards.dump(card)
    event.published_at = event.published_at or at


def cancel_event(event: Event) -> None:
    """Call the event off; registration closes at once. Raises AlreadyCancelled."""
    if event.cancelled_at is not None:
        raise AlreadyCancelled
    event.cancelled_at = now()
    record("cancel event", event, event_id=event.id)


def restore_event(event: Event) -> None:
    """Take back the cancelling."""
    if event.cancelled_at is None:
        return
    event.cancelled_at = None
    record("take back cancelling", event, event_id=event.id)


def delete_event(event: Event) -> None:
    """Delete an event that was never public. Raises AlreadyPublic."""
    if event.published_at is not None:
        raise AlreadyPublic
    record("delete event", event, before={"slug": event.slug, "name": event.name})
    db.session.delete(event)


def _checked(data: EventData) -> dict[str, Any]:
    """The columns of an event, cleaned. Raises UnusableEvent."""
    values = {item.name: getattr(data, item.name) for item in fields(data) if item.name != "slug"}
    for name in _LINES:
        values[name] = {code: one_line(text) for code, text in values[name].items() if one_line(text)}
    for name in ("venue_address", "online_platform", "online_link"):
        values[name] = one_line(values[name])
    for name in ("description", "venue_directions"):
        values[name] = _rich(values[name])
    _check_words(data, values)
    _check_time(data)
    values["contact_email"] = _address(data.contact_email)
    values["online_link"] = _link(values["online_link"])
    values["kind"] = str(data.kind)
    return values


def _rich(texts: Localized) -> Localized:
    clean = {code: richtext.cleaned(text) for code, text in texts.items()}
    return {code: text for code, text in clean.items() if text}


def _check_words(data: EventData, values: Mapping[str, Any]) -> None:
    if not data.languages or len(set(data.languages)) != len(data.languages):
        raise UnusableEvent("languages", _("Choose at least one language."))
    for code in data.languages:
        _check_language(code)
    if not values["name"].get(data.languages[0]):
        raise UnusableEvent("name", _("Enter the name of the event."))
    if data.kind not in set(Kind):
        raise UnusableEvent("kind", _("Choose what kind of event it is."))
    if data.venue_country and not is_country(data.venue_country):
        raise UnusableEvent("venue_country", _("Choose a country from the list."))


def _check_language(code: str) -> None:
    try:
        Locale.parse(code, sep="-")
    except (UnknownLocaleError, ValueError):
        raise UnusableEvent("languages", _("“%(code)s” is not a language we know.", code=code)) from None


def _check_time(data: EventData) -> None:
    if data.time_zone not in zone_names():
        raise UnusableEvent("time_zone", _("Choose a time zone from the list, such as Africa/Casablanca."))
    if data.ends_on < data.starts_on:
        raise UnusableEvent("ends_on", _("The last day is before the first day."))
    if (data.ends_on - data.starts_on).days >= LONGEST_EVENT_DAYS:
        raise UnusableEvent("ends_on", _("An event can last up to %(days)s days.", days=LONGEST_EVENT_DAYS))
    opens, closes = data.registration_opens_at, data.registration_closes_at
    if opens and closes and closes <= opens:
        raise UnusableEvent("registration_closes_at", _("Registration closes before it opens."))


def _check_modes(capacities: Mapping[str, int | None]) -> None:
    if not capacities or not set(capacities) <= set(Mode):
        raise UnusableEvent("modes", _("Choose at least one way to take part."))
    for mode, capacity in capacities.items():
        if capacity is not None and not 0 <= capacity <= MOST_SEATS:
            raise UnusableEvent(f"{mode}_capacity", _("Enter how many people can take part, or leave it empty."))


def _address(text: str) -> str:
    if not text.strip():
        return ""
    try:
        return clean_email(text)
    except UnusableEmail as error:
        raise UnusableEvent("contact_email", error.message) from error


def _link(text: str) -> str:
    if text and not re.match(r"https?://[^\s/]", text):
        raise UnusableEvent("online_link", _("Enter the whole link, starting with https://"))
    return text


def _room_name(name: Localized) -> Localized:
    clean = {code: one_line(text) for code, text in name.items() if one_line(text)}
    if not clean:
        raise UnusableEvent("rooms", _("Every room needs a name."))
    return clean


def _room_capacity(capacity: int | None) -> int | None:
    if capacity is not None and not 0 < capacity <= MOST_SEATS:
        raise UnusableEvent("rooms", _("A room holds at least one person."))
    return capacity


def _changed_slug(event: Event, slug: str) -> str:
    if event.published_at is not None:
        raise UnusableEvent("slug", _("The address of a published event stays, so that links keep working."))
    return _free_slug(slug)


def _free_slug(slug: str) -> str:
    """Check an address typed by a person. Raises UnusableEvent, SlugTaken."""
    if len(slug) > SLUG_LENGTH or not _SLUG.fullmatch(slug) or slug in RESERVED_SLUGS:
        raise UnusableEvent("slug", _("Use small letters, digits and hyphens, such as soil-workshop-2026."))
    if _is_taken(slug):
        raise SlugTaken(slug)
    return slug


def _suggested_slug(data: EventData) -> str:
    latin = (slug_from(text) for text in (data.name.get("en", ""), *data.name.values()))
    wanted = next((slug for slug in latin if slug), "") or f"{data.kind}-{data.starts_on:%Y}"
    slug, number = wanted, 1
    while slug in RESERVED_SLUGS or _is_taken(slug):
        number += 1
        slug = f"{wanted[: SLUG_LENGTH - 5].rstrip('-')}-{number}"
    return slug


def _is_taken(slug: str) -> bool:
    return db.session.scalar(select(Event.id).where(Event.slug == slug)) is not None


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    """Values as the audit log can keep them; the join link is a secret, so only that it changed is told."""
    plain = {
        name: value.isoformat() if isinstance(value, date) else value
        for name, value in values.items()
        if value not in ("", {}, None) or name == "network_id"
    }
    return plain | ({"online_link": "…"} if plain.get("online_link") else {})
