"""Scanning one ticket from an ordinary page, without the scanner."""

import json
import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from inser_events import tokens
from inser_events.accounts.models import User
from inser_events.checkin.devices import hash_of, paired_of
from inser_events.checkin.models import VENUE, Device, Direction, Presence, Scan
from inser_events.checkin.operations import is_genuine, record_scans
from inser_events.checkin.pairing import expiry
from inser_events.checkin.uploads import Reported, Upload
from inser_events.clock import now
from inser_events.database import db
from inser_events.events.models import Event
from inser_events.registration.models import Registration, Ticket


@dataclass(frozen=True)
class Held:
    """A genuine ticket and its registration."""

    code: str
    registration: Registration
    revoked: bool


def held_by(text: str) -> Held | None:
    """The ticket whose code this is; None when it is none of ours."""
    token = tokens.find_token(text)
    if token is None:
        return None
    ticket = db.session.scalar(select(Ticket).where(Ticket.number == tokens.ticket_number(token)))
    if ticket is None or not is_genuine(token, ticket.registration.event.ticket_key):
        return None
    return Held(token, ticket.registration, ticket.revoked_at is not None)


def scan_by_hand(held: Held, user: User, scan_id: str, door: str, direction: str) -> None:
    """Scan a ticket in the name of a user; the same *scan_id* again is the same scan."""
    event, moment = held.registration.event, now()
    way = Direction.OUT if direction == Direction.OUT else Direction.IN
    scan = Reported(
        id=scan_id.lower(),
        sent_id=scan_id,
        checkpoint=door,
        ticket=held.code,
        direction=way,
        device_time=moment,
        offline=False,
        shown="",
        reason="",
        undoes=None,
    )
    record_scans(paired_of(_page_device(event, user)), Upload([scan]), at=moment)


def _page_device(event: Event, user: User) -> Device:
    """What stands for a user's browser among the event's devices. Nobody holds its token."""
    name = f"{user.name or user.email} (web)"
    device = db.session.scalar(
        select(Device).where(Device.event_id == event.id, Device.user_id == user.id, Device.name == name).limit(1)
    )
    if device is None:
        moment = now()
        device = Device(
            event_id=event.id,
            user_id=user.id,
            name=name,
            token_hash=hash_of(secrets.token_urlsafe(32)),
            created_at=moment,
            expires_at=expiry(event, moment),
        )
        db.session.add(device)
        db.session.flush()  # the scan names its device
    return device


def result_of(event: Event, scan_id: str) -> dict[str, Any] | None:
    """The stored answer to a scan."""
    found = db.session.scalar(select(Scan.result).where(Scan.event_id == event.id, Scan.id == scan_id.lower()))
    result: dict[str, Any] | None = json.loads(found) if found else None
    return result


def inside_since(registration: Registration) -> datetime | None:
    """Since when the person is in the venue, as far as scans tell."""
    return db.session.scalar(
        select(Presence.entered_at).where(Presence.registration_id == registration.id, Presence.area == VENUE)
    )
