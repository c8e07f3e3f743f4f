"""Knowing a device by its token, in one query: the event, its key, and its doors come with it."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from inser_events.checkin import store
from inser_events.checkin.errors import DeviceRefused
from inser_events.checkin.models import BOTH, Device, area_of
from inser_events.checkin.rules import Door
from inser_events.checkin.uploads import read_time
from inser_events.database import db
from inser_events.languages import Localized


@dataclass(frozen=True, slots=True)
class Gate:
    """A checkpoint as the hot path needs it."""

    id: int
    uid: str
    name: Localized
    area: str
    door: Door
    rules: dict[str, Any]
    """As they are stored, for devices that decide alone."""


@dataclass(frozen=True, slots=True)
class Paired:
    """A device that was let in, with what it needs of its event."""

    id: int
    name: str
    event_id: int
    ticket_key: bytes
    zone: ZoneInfo
    gates: dict[str, Gate]
    """By the checkpoint's public id."""
    last_seen_at: datetime | None = None
    clock_offset: float = 0.0
    waiting: int = 0


def hash_of(token: str) -> str:
    """What is stored of a token. It has 256 random bits, so a plain hash is enough."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def authenticate(token: str, *, at: datetime) -> Paired:
    """The device with this token. Raises DeviceRefused."""
    found = authenticate_all([token], at=at)[token]
    if isinstance(found, DeviceRefused):
        raise found
    return found


def authenticate_all(tokens: Iterable[str], *, at: datetime) -> dict[str, Paired | DeviceRefused]:
    """The devices with these tokens, or why they are refused."""
    hashes = {token: hash_of(token) for token in tokens if token}
    rows_of: dict[str, list[Any]] = {}
    if hashes:
        for row in store.device_rows(db.session.connection(), set(hashes.values())):
            rows_of.setdefault(row[0], []).append(row[1:])
    return {token: _let_in(rows_of.get(hashes.get(token, ""), []), at) for token in tokens}


def _let_in(rows: list[Any], at: datetime) -> Paired | DeviceRefused:
    if not rows:
        return DeviceRefused("unknown")
    revoked_at, expires_at = rows[0][3:5]
    if revoked_at is not None:
        return DeviceRefused("revoked")
    return DeviceRefused("expired") if at >= expires_at else _paired(rows)


def paired_of(device: Device) -> Paired:
    """The same for a device row, for pages that scan without a token."""
    return _paired([row[1:] for row in store.device_row(db.session.connection(), device.id)])


def _paired(rows: list[Any]) -> Paired:
    identity, name, event_id, _revoked, _expires, seen, offset, waiting, key, zone = rows[0][:10]
    local = ZoneInfo(zone)
    gates = {row[11]: _gate(row[10:], local) for row in rows if row[10] is not None}
    return Paired(identity, name, event_id, key, local, gates, seen, offset, waiting)


def _gate(columns: Any, zone: ZoneInfo) -> Gate:
    identity, uid, name, kind, room_id, session_uid, direction, rules = columns
    return Gate(
        identity, uid, name, area_of(kind, room_id, session_uid, uid), door_of(direction, rules, zone), rules or {}
    )


def door_of(direction: str = BOTH, rules: dict[str, Any] | None = None, zone: ZoneInfo | None = None) -> Door:
    """A checkpoint's stored rules, read."""
    if not rules:
        return Door(direction=direction, zone=zone)
    days, hours = rules.get("days"), rules.get("hours")
    return Door(
        direction=direction,
        modes=rules.get("modes"),
        categories=rules.get("categories"),
        sessions=rules.get("sessions"),
        opens_at=read_time(rules.get("opens_at")),
        closes_at=read_time(rules.get("closes_at")),
        days=None if days is None else [date.fromisoformat(day) for day in days],
        hours=None if hours is None else (time.fromisoformat(hours[0]), time.fromisoformat(hours[1])),
        zone=zone,
        override=rules.get("override") is True,
    )
