"""Recording scans. Every scan is stored, whatever it says; ids are looked up first."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

from flask import current_app
from sqlalchemy import Connection, update

from inser_events import tokens
from inser_events.checkin import store
from inser_events.checkin.answers import Phrases, bad_scan
from inser_events.checkin.devices import Paired
from inser_events.checkin.history import History
from inser_events.checkin.judgement import Batch, Holder, clock_offset, judge
from inser_events.checkin.models import Device
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
    holders = _holders(connection, device, {scan.ticket for scan in scans}) if scans else {}
    batch = Batch(
        device=device,
        at=at,
        offset=clock_offset(upload.sent_at, at),
        holders=holders,
        history=_history(connection, {holder.registration_id for holder in holders.values() if holder.of_this_event}),
        stored=_stored(connection, device.event_id, [scan.id for scan in scans]) if scans else {},
        phrases=Phrases(device.zone),
    )
    results = [judge(batch, scan) if isinstance(scan, Reported) else bad_scan(scan) for scan in upload.scans]
    if batch.entries and (lost := store.append(connection, [entry._asdict() for entry in batch.entries])):
        # Another request stored the same ids while this one was judging them: its answers are the ones that count.
        won = _stored(connection, device.event_id, lost)
        results = [
            won[scan.id][0] if isinstance(scan, Reported) and scan.id in won else result
            for scan, result in zip(upload.scans, results, strict=True)
        ]
    if batch.repeats:
        store.append_repeats(connection, batch.repeats)
    _touch(device, upload, batch)
    return Answers(results, sorted({repeat["scan_id"] for repeat in batch.repeats}))


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
        if _is_genuine(token, key):
            name = full_name(given, family)
            ours = event_id == device.event_id
            holders[text] = Holder(identity, ours, state, mode, category, name, organisation, revoked_at is not None)
    return holders


def _is_genuine(token: str, key: bytes) -> bool:
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


def _history(connection: Connection, registrations: set[int]) -> History:
    return History(store.fact_rows(connection, registrations)) if registrations else History(())


def _stored(connection: Connection, event_id: int, ids: Iterable[str]) -> dict[str, tuple[str, str]]:
    rows = store.stored_rows(connection, event_id, ids)
    return {identity: (result, fingerprint) for identity, result, fingerprint in rows}


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
