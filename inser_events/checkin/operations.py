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
from inser_events.checkin.judgement import Batch, Holder, Ledger, Newest, clock_offset, judge, latecomers, new_standings
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


class Delivery(NamedTuple):
    """An upload, who sent it, and when it arrived."""

    device: Paired
    upload: Upload
    at: datetime


def record_scans(device: Paired, upload: Upload, *, at: datetime) -> Answers:
    """Store the scans of one upload and answer each, in order. See `record_deliveries`."""
    return record_deliveries([Delivery(device, upload, at)])[0]


def record_deliveries(deliveries: Sequence[Delivery]) -> list[Answers]:
    """Store several uploads and answer each of their scans, in order. A known id gets its answer word for word.

    Two devices that admit one ticket at once: one `admitted`, because the transaction holds the registrations
    (PostgreSQL) or is the only writer (SQLite). Raises RacedUpload when PostgreSQL let another transaction store one
    of the ids first: roll back and call again.
    """
    connection = db.session.connection()
    ledger = Ledger()
    batches = [
        Batch(one.device, one.at, clock_offset(one.upload.sent_at, one.at), ledger, Phrases(one.device.zone))
        for one in deliveries
    ]
    good = [[scan for scan in one.upload.scans if isinstance(scan, Reported)] for one in deliveries]
    if any(good):
        _gather(connection, batches, good)
    answers = [_judged(batch, one.upload) for batch, one in zip(batches, deliveries, strict=True)]
    _keep(connection, ledger)
    for batch, one in zip(batches, deliveries, strict=True):
        _touch(one.device, one.upload, batch)
    return answers


def _judged(batch: Batch, upload: Upload) -> Answers:
    results = [judge(batch, scan) if isinstance(scan, Reported) else bad_scan(scan) for scan in upload.scans]
    return Answers(results, sorted(batch.flagged))


def _gather(connection: Connection, batches: Sequence[Batch], good: Sequence[Sequence[Reported]]) -> None:
    """Look up all that judging needs, with the registrations locked first."""
    ledger = batches[0].ledger
    ledger.holders = _holders(connection, {scan.ticket for scans in good for scan in scans})
    events = {batch.device.event_id for batch in batches}
    undone: set[str | None] = set()
    ids = {scan.id for scans in good for scan in scans}
    for event_id, identity, result, fingerprint, undoes in store.stored_rows(connection, events, ids):
        ledger.stored[event_id, identity] = (result, fingerprint)
        undone.add(undoes)
    people = {holder.registration_id for holder in ledger.holders.values()}
    if not people:
        return
    if any(gate.door.sessions is not None for batch in batches for gate in batch.device.gates.values()):
        for registration_id, session_uid in store.signup_rows(connection, people):
            ledger.sessions.setdefault(registration_id, []).append(session_uid)
    for registration_id, area, *values in store.standing_rows(connection, people):
        ledger.standings[registration_id, area] = Standing(*values)
    newest: Newest = {}
    for batch, scans in zip(batches, good, strict=True):
        fresh = [scan for scan in scans if (batch.device.event_id, scan.id) not in ledger.stored]
        ledger.late |= latecomers(batch, fresh, undone, newest)
    if ledger.late:
        ledger.history = History(store.fact_rows(connection, ledger.late))


def _keep(connection: Connection, ledger: Ledger) -> None:
    """Append the scans, and write where people stand now."""
    if ledger.entries and (lost := store.append(connection, [entry._asdict() for entry in ledger.entries])):
        raise RacedUpload(lost)
    rows: list[dict[str, Any]] = []
    for (registration_id, area), event_id, standing in new_standings(ledger):
        if standing is None:
            store.drop_standing(connection, registration_id, area)
        else:
            rows.append(
                {"registration_id": registration_id, "area": area, "event_id": event_id, **standing.columns()},
            )  # fmt: skip
    if rows:
        store.keep_standings(connection, rows)
    if ledger.repeats:
        store.append_repeats(connection, ledger.repeats)


def _holders(connection: Connection, texts: Iterable[str]) -> dict[str, Holder]:
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
            holders[text] = Holder(
                identity, event_id, state, mode, category, name, organisation, revoked_at is not None
            )
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
