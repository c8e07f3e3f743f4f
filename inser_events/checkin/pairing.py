"""Devices and checkpoints: pairing, signing off, adding, renaming."""

import secrets
from datetime import UTC, datetime, time, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from sqlalchemy import exists, select

from inser_events.accounts.models import User
from inser_events.audit import record
from inser_events.checkin.devices import hash_of
from inser_events.checkin.errors import CheckpointInUse, NameMissing
from inser_events.checkin.models import BOTH, Checkpoint, CheckpointKind, Device, Scan
from inser_events.clock import now
from inser_events.database import db
from inser_events.documents.text import one_line
from inser_events.events.models import Event
from inser_events.languages import Localized
from inser_events.web.languages import DEFAULT, TRANSLATED, in_language

LONGEST_PAIRING = timedelta(days=30)
AFTER_THE_EVENT = timedelta(days=1)
LONGEST_NAME = 80


class Place(NamedTuple):
    """What is behind a door, where it is a room or a session of the agenda."""

    room_id: int | None = None
    session_uid: str | None = None


NOWHERE = Place()


def pair_device(event: Event, user: User | None, name: str) -> tuple[Device, str]:
    """Let a device scan for *event*; return it and its token, of which only a hash is kept. Raises NameMissing."""
    name = one_line(name)[:LONGEST_NAME]
    if not name:
        raise NameMissing
    ensure_entrance(event)
    token = secrets.token_urlsafe(32)
    moment = now()
    device = Device(
        event_id=event.id,
        user_id=user.id if user else None,
        name=name,
        token_hash=hash_of(token),
        created_at=moment,
        expires_at=expiry(event, moment),
    )
    db.session.add(device)
    db.session.flush()  # the audit entry needs the id
    record("pair device", device, event_id=event.id, after={"name": name})
    return device, token


def expiry(event: Event, moment: datetime) -> datetime:
    """A day after the event, but never more than 30 days from now, nor less than one: people also practise."""
    end = datetime.combine(event.ends_on + timedelta(days=1), time(), ZoneInfo(event.time_zone)).astimezone(UTC)
    latest = max(end + AFTER_THE_EVENT, moment + AFTER_THE_EVENT)
    return min(latest, moment + LONGEST_PAIRING)


def revoke_device(device: Device) -> None:
    """Sign a device off: its token stops working now, and it wipes itself at its next contact."""
    if device.revoked_at is not None:
        return
    device.revoked_at = now()
    record("revoke device", device, event_id=device.event_id, after={"name": device.name})


def ensure_entrance(event: Event) -> Checkpoint:
    """The event's first checkpoint; made when there is none."""
    first = db.session.scalar(
        select(Checkpoint).where(Checkpoint.event_id == event.id).order_by(Checkpoint.position, Checkpoint.id).limit(1)
    )
    if first is not None:
        return first
    languages = [language for language in event.languages if language in TRANSLATED] or [DEFAULT]
    return _add(Checkpoint(event_id=event.id, name=dict(map(_entrance, languages)), kind=CheckpointKind.ENTRANCE))


def _entrance(language: str) -> tuple[str, str]:
    with in_language(language):
        return language, _("Entrance")


def add_checkpoint(
    event: Event,
    name: Localized,
    *,
    kind: str = CheckpointKind.ROOM,
    direction: str = BOTH,
    rules: dict[str, Any] | None = None,
    place: Place = NOWHERE,
) -> Checkpoint:
    """Add a door. Raises NameMissing."""
    ensure_entrance(event)
    positions = select(Checkpoint.position).where(Checkpoint.event_id == event.id)
    return _add(
        Checkpoint(
            event_id=event.id,
            name=_named(name),
            kind=kind,
            direction=direction,
            rules=rules or {},
            room_id=place.room_id,
            session_uid=place.session_uid,
            position=max(db.session.scalars(positions), default=-1) + 1,
        )
    )


def _add(checkpoint: Checkpoint) -> Checkpoint:
    db.session.add(checkpoint)
    db.session.flush()  # the audit entry needs the id
    after = {"name": checkpoint.name, "rules": checkpoint.rules}
    record("add checkpoint", checkpoint, event_id=checkpoint.event_id, after=after)
    return checkpoint


def change_checkpoint(checkpoint: Checkpoint, *, name: Localized, direction: str, rules: dict[str, Any]) -> None:
    """Rename a door or change who may pass. What was scanned keeps its outcome. Raises NameMissing."""
    names: Localized = {**checkpoint.name, **_named(name)}
    before = {"name": checkpoint.name, "direction": checkpoint.direction, "rules": checkpoint.rules}
    after = {"name": names, "direction": direction, "rules": rules}
    if before == after:
        return
    checkpoint.name, checkpoint.direction, checkpoint.rules = names, direction, rules
    record("change checkpoint", checkpoint, event_id=checkpoint.event_id, before=before, after=after)


def remove_checkpoint(checkpoint: Checkpoint) -> None:
    """Remove a door where nobody was scanned yet. Raises CheckpointInUse."""
    if db.session.scalar(select(exists().where(Scan.checkpoint_id == checkpoint.id))):
        raise CheckpointInUse
    record("remove checkpoint", checkpoint, event_id=checkpoint.event_id, before={"name": checkpoint.name})
    db.session.delete(checkpoint)


def _named(name: Localized) -> Localized:
    kept = {language: one_line(text)[:LONGEST_NAME] for language, text in name.items() if one_line(text)}
    if not kept:
        raise NameMissing
    return kept
