"""Recording scans. Every scan is stored, whatever it says; ids are looked up first."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from flask import current_app
from sqlalchemy import Connection, update

from inser_events import tokens
from inser_events.checkin import store
from inser_events.checkin.answers import Phrases, bad_scan
from inser_events.checkin.devices import Paired
from inser_events.checkin.errors import RacedUpload
from inser_events.checkin.history import History
from inser_events.checkin.judgement import Batch, Holder, clock_offset, judge, latecomers, new_standings
from inser_events.checkin.models import Device
from inser_events.checkin.standing import Standing
from inser_events.checkin.uploads import Reported, Upload
from inser_events.config import Settings
from inser_events.database import db
from inser_events.people.models import PersonFields
from inser_events.registration.queries import LINK_KEY

SEEN_EVERY = timedelta(seconds=15)
"""How exactly a device's last contact is kept; not every scan needs to write it."""


class Answers(NamedTuple):
    """The results in the order of the upload, each as JSON; and the ids that came again with other content."""

    results: list[str]
    flagged: list[str]


def record_scans(device: Paired, upload: Upload, *, at: datetime) -> Answers:
    """Store a batch and answer each of its scans, in order. A known id gets its stored answer word for word.

    Two devices that admit one ticket at once: one `admitted`, because the transaction holds the registrations
    (PostgreSQL) or is the only writer (SQLite).
    """
    connection = db.session.connection()
    scans = [scan for scan in upload.scans if isinstance(scan, Reported)]
    batch = _prepared(connection, device, upload, scans, at)
    results = [judge(batch, scan) if isinstance(scan, Reported) else bad_scan(scan) for scan in upload.scans]
    if batch.entries and (lost := store.append(connection, [entry._asdict() for entry in batch.entries])):
        raise RacedUpload(lost)
    _keep_standings(connection, batch)
    if batch.repeats:
        store.append_repeats(connection, batch.repeats)
    _touch(device, upload, batch)
    return Answers(results, sorted({repeat["scan_id"] for repeat in batch.repeats}))


def _prepared(
    connection: Connection, device: Paired, upload: Upload, scans: Sequence[Reported], at: datetime
) -> Batch:  # fmt: skip
    """Gather all that judging needs, with the registrations locked first."""
    batch = Batch(
        device=device,
        at=at,
        offset=clock_offset(upload.sent_at, at),
        holders=_holders(connection, device, {scan.ticket for scan in scans}),
        standings={},
        history=History(()),
        late=set(),
        stored={},
        phrases=Phrases(device.zone),
    )
    if not scans:
        return batch
    undone: set[str] = set()
    for identity, result, fingerprint, undoes in store.stored_rows(connection, device.event_id, [s.id for s in scans]):
        batch.stored[identity] = (result, fingerprint)
        undone.add(undoes)
    people = {holder.registration_id for holder in batch.holders.values() if holder.of_this_event}
    if people:
        for registration_id, area, *values in store.standing_rows(connection, people):
            batch.standings[registration_id, area] = Standing(*values)
        batch.late = latecomers(batch, (scan for scan in scans if scan.id not in batch.stored), undone)
    if batch.late:
        batch.history = History(store.fact_rows(connection, batch.late))
    return batch


def _keep_standings(connection: Connection, batch: Batch) -> None:
    rows: list[dict[str, Any]] = []
    for (registration_id, area), standing in new_standings(batch).items():
        if standing is None:
            store.drop_standing(connection, registration_id, area)
            continue
        rows.append(
            {
                "registration_id": registration_id,
                "area": area,
                "event_id": batch.device.event_id,
                "direction": standing.direction,
                "day": standing.day,
                "last_at": standing.last_at,
                "last_id": standing.last_id,
                "device_id": standing.device_id,
                "entered_at": standing.entered_at,
                "entry_device_id": standing.entry_device_id,
                "entry_checkpoint_id": standing.entry_checkpoint_id,
                "first_at": standing.first_at,
            }
        )
    if rows:
        store.keep_standings(connection, rows)


def _holders(connection: Connection, device: Paired, texts: Iterable[str]) -> dict[str, Holder]:
    """Whose tickets these are, by what was read. Locks the registrations."""
    found = {text: token for text in texts if (token := tokens.find_token(text)) is not None}
    if not found:
        return {}
    numbers = {token: tokens.ticket_number(token) for token in found.values()}
    rows = {row[0]: row for row in store.holder_rows(connection, set(numbers.values()))}
    holders: dict[str, Holder] = {}
    for text, token in found.items():
        row = rows.get(numbers[token])
        if row is None:
            continue
        _number, revoked_at, identity, event_id, state, mode, category, given, family, organisation, key = row
        if is_genuine(token, key):
            name = full_name(given, family)
            ours = event_id == device.event_id
            holders[text] = Holder(identity, ours, state, mode, category, name, organisation, revoked_at is not None)
    return holders


def is_genuine(token: str, key: bytes) -> bool:
    """A badge's code, or the link of the ticket page on somebody's phone."""
    if tokens.is_authentic(token, key):
        return True
    settings: Settings = current_app.extensions["settings"]
    return tokens.is_authentic_link(token, tokens.key_from(settings.secret_key.encode(), LINK_KEY))


def full_name(given_name: str, family_name: str) -> str:
    """A name as the person writes it, see `people.models`."""
    fields = PersonFields()
    fields.given_name, fields.family_name = given_name, family_name
    return fields.name


def _touch(device: Paired, upload: Upload, batch: Batch) -> None:
    """Note the device's contact: when, how far its clock is off, how many scans it still keeps."""
    offset = batch.offset.total_seconds()
    waiting = device.waiting if upload.waiting is None else upload.waiting
    recent = device.last_seen_at is not None and batch.at - device.last_seen_at < SEEN_EVERY
    if recent and waiting == device.waiting and abs(offset - device.clock_offset) < 1:
        return
    db.session.execute(
        update(Device)
        .where(Device.id == device.id)
        .values(last_seen_at=batch.at, clock_offset=offset, waiting=waiting)
        .execution_options(synchronize_session=False)
    )
