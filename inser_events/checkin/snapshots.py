"""Everything a device needs to decide alone, and what changed since it last asked.

A delta by change numbers or timestamps can miss a transaction that took its number early and committed late. So
the marker that a device sends back says what it *has*, not when it asked: registrations are spread over 64 buckets,
the marker holds a digest of each, and whatever bucket now reads otherwise is sent whole. Nothing can be missed, rows
that vanished vanish on the device, and no other part of the product has to keep books for the door. The price is
reading the event's registrations once per request, which `refresh_seconds` keeps small.
"""

import base64
import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import select

from inser_events import tokens
from inser_events.checkin.answers import stamp
from inser_events.checkin.devices import Gate, Paired
from inser_events.checkin.filling import capacities
from inser_events.checkin.models import Presence
from inser_events.checkin.operations import full_name
from inser_events.checkin.photos import photo_names
from inser_events.database import db
from inser_events.documents.timezones import observances
from inser_events.events.models import Event
from inser_events.registration.capacity_models import SessionSeats, SignUp
from inser_events.registration.models import Registration, State, Ticket

BUCKETS = 64
COLUMNS = (
    "id", "name", "name_latin", "organisation", "category", "mode", "state", "tickets", "revoked", "passages",
    "sessions", "photo",
)  # fmt: skip
"""``tickets`` and ``revoked``: the first ten letters of each code. ``passages``: per area [first admission, beginning
of the stay, last direction, last passage, checkpoint]; times in milliseconds since 1970. ``sessions``: where the
person has a seat, of the sessions that some door asks for. ``photo``: the name of a small picture, or empty."""

NUMBER_LETTERS = 10
DIGEST_BYTES = 6
LEAST_REFRESH = 20
PEOPLE_PER_SECOND = 200
FAR = timedelta(days=60)
"""People try the door before the event, and look at it afterwards."""


@dataclass(frozen=True)
class Snapshot:
    """The state of an event's door."""

    frame: dict[str, Any]
    """Event and checkpoints: small, sent each time."""
    buckets: dict[str, list[list[Any]]]
    people: int
    marker: str

    @property
    def etag(self) -> str:
        """Changes exactly when the content does."""
        return f'W/"{hashlib.sha256(self.marker.encode()).hexdigest()[:24]}"'

    def body(self, since: str, at: datetime) -> bytes:
        """The JSON for a device that has the state *since*; all of it for an unknown one."""
        known = _digests(since)
        now_ = _digests(self.marker)
        changed = {name: rows for name, rows in self.buckets.items() if known.get(name) != now_[name]}
        content = {
            "marker": self.marker,
            "server_time": stamp(at),
            "refresh_seconds": LEAST_REFRESH + self.people // PEOPLE_PER_SECOND,
            **self.frame,
            "columns": COLUMNS,
            "buckets": changed,
            "people": self.people,
        }
        return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()


def snapshot_for(device: Paired) -> Snapshot:
    """The state now."""
    rows = _rows(device)
    buckets: dict[str, list[list[Any]]] = {str(number): [] for number in range(BUCKETS)}
    for identity, row in rows:
        buckets[str(identity % BUCKETS)].append(row)
    frame = _frame(device)
    parts = [frame, *buckets.values()]
    return Snapshot(frame, buckets, len(rows), "".join(map(_digest, parts)))


def _frame(device: Paired) -> dict[str, Any]:
    holds = capacities(device.event_id)
    event = db.session.execute(
        select(Event.name, Event.slug, Event.starts_on, Event.ends_on).where(Event.id == device.event_id)
    ).one()
    return {
        "event": {
            "name": event.name,
            "slug": event.slug,
            "time_zone": device.zone.key,
            "offsets": _offsets(device.zone.key, event.starts_on, event.ends_on),
            "starts_on": event.starts_on.isoformat(),
            "ends_on": event.ends_on.isoformat(),
            "ticket_key": base64.b64encode(device.ticket_key).decode(),
        },
        "checkpoints": [_checkpoint(gate, device.zone.key, holds.get(gate.area)) for gate in device.gates.values()],
        "device": {"name": device.name},
    }


def _offsets(zone: str, starts_on: date, ends_on: date) -> list[list[int]]:
    """Since when (milliseconds) the clocks of the event are how many minutes from UTC, for its years.

    A phone's own rules may be older or newer than ours, and then an hour of a meal would not be the same for both.
    """
    first, last = (datetime.combine(day, time(12), UTC) for day in (starts_on, ends_on))
    found = observances(zone, min(first, last) - FAR, max(first, last) + FAR)
    return [[int(one.onset.timestamp() * 1000), int(one.after.total_seconds() // 60)] for one in found]


def _checkpoint(gate: Gate, zone: str, capacity: int | None) -> dict[str, Any]:
    rules = gate.rules
    return {
        "id": gate.uid,
        "name": gate.name,
        "area": gate.area,
        "direction": gate.door.direction,
        "modes": rules.get("modes"),
        "categories": rules.get("categories"),
        "sessions": rules.get("sessions"),
        "opens_at": stamp(gate.door.opens_at) if gate.door.opens_at else None,
        "closes_at": stamp(gate.door.closes_at) if gate.door.closes_at else None,
        "days": rules.get("days"),
        "hours": rules.get("hours"),
        "zone": zone,
        "override": gate.door.override,
        "capacity": capacity,
    }


def _rows(device: Paired) -> list[tuple[int, list[Any]]]:
    people = db.session.execute(
        select(
            Registration.id, Registration.uid, Registration.given_name, Registration.family_name,
            Registration.name_latin, Registration.organisation, Registration.category, Registration.mode,
            Registration.state,
        )
        .where(Registration.event_id == device.event_id)
        .order_by(Registration.id)
    ).all()  # fmt: skip
    codes = _codes(device)
    passages = _passages(device)
    sessions, photos = _sessions(device), photo_names(device.event_id)
    return [
        (
            person.id,
            [
                *_about(person), *codes.get(person.id, ([], [])), passages.get(person.id, {}),
                sessions.get(person.id, []), photos.get(person.id, ""),
            ],
        )
        for person in people
    ]  # fmt: skip


def _sessions(device: Paired) -> dict[int, list[str]]:
    """Where people have seats, of the sessions that some door asks for."""
    wanted = {uid for gate in device.gates.values() for uid in gate.door.sessions or ()}
    found: dict[int, list[str]] = {}
    if wanted:
        for person, uid in db.session.execute(
            select(SignUp.registration_id, SessionSeats.session_uid)
            .join(SessionSeats, SessionSeats.id == SignUp.seats_id)
            .where(
                SessionSeats.event_id == device.event_id,
                SessionSeats.session_uid.in_(wanted),
                SignUp.state == State.CONFIRMED,
            )
            .order_by(SignUp.registration_id, SessionSeats.id)
        ):
            found.setdefault(person, []).append(uid)
    return found


def _about(person: Any) -> list[str]:
    name = full_name(person.given_name, person.family_name)
    return [
        person.uid, name, person.name_latin, person.organisation, person.category, person.mode, person.state,
    ]  # fmt: skip


def _codes(device: Paired) -> dict[int, tuple[list[str], list[str]]]:
    """Valid and revoked codes per registration."""
    found: dict[int, tuple[list[str], list[str]]] = {}
    rows: Iterable[Any] = db.session.execute(
        select(Ticket.registration_id, Ticket.number, Ticket.revoked_at)
        .join(Registration, Registration.id == Ticket.registration_id)
        .where(Registration.event_id == device.event_id)
        .order_by(Ticket.id)
    )
    for registration_id, number, revoked_at in rows:
        code = tokens.ticket_token(number, device.ticket_key)[:NUMBER_LETTERS]
        found.setdefault(registration_id, ([], []))[revoked_at is not None].append(code)
    return found


def _passages(device: Paired) -> dict[int, dict[str, list[Any]]]:
    names = {gate.id: gate.uid for gate in device.gates.values()}
    found: dict[int, dict[str, list[Any]]] = {}
    columns = (
        Presence.registration_id, Presence.area, Presence.first_at, Presence.entered_at, Presence.direction,
        Presence.last_at, Presence.entry_checkpoint_id,
    )  # fmt: skip
    for person, area, first, entered, direction, last, checkpoint_id in db.session.execute(
        select(*columns).where(Presence.event_id == device.event_id)
    ):
        found.setdefault(person, {})[area] = [
            _milliseconds(first),
            _milliseconds(entered),
            direction,
            _milliseconds(last),
            names.get(checkpoint_id or 0, ""),
        ]
    return found


def _milliseconds(moment: datetime | None) -> int | None:
    return None if moment is None else int(moment.timestamp() * 1000)


def _digest(part: Any) -> str:
    content = json.dumps(part, ensure_ascii=False, separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(hashlib.blake2b(content, digest_size=DIGEST_BYTES).digest()).decode()


def _digests(marker: str) -> dict[str, str]:
    """The digest of each bucket; none for a marker of another shape."""
    size = len(_digest(None))
    if len(marker) != size * (BUCKETS + 1):
        return {}
    return {str(number): marker[(number + 1) * size : (number + 2) * size] for number in range(BUCKETS)}
