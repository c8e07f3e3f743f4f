"""What happens at a door: scans, devices, checkpoints."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from flask import current_app
from sqlalchemy import select, update
from sqlalchemy.dialects import postgresql

from inser_events import tokens
from inser_events.checkin.answers import bad_scan
from inser_events.checkin.devices import Paired
from inser_events.checkin.history import History
from inser_events.checkin.judgement import Batch, Entry, Holder, clock_offset, judge
from inser_events.checkin.models import Device, Scan, ScanRepeat
from inser_events.checkin.uploads import BadScan, Reported, Upload
from inser_events.config import Settings
from inser_events.database import db
from inser_events.events.models import Event
from inser_events.people.models import PersonFields
from inser_events.registration.models import Registration, Ticket
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
    scans = [scan for scan in upload.scans if isinstance(scan, Reported)]
    holders = _holders(device, {scan.ticket for scan in scans})
    batch = Batch(
        device=device,
        at=at,
        offset=clock_offset(upload.sent_at, at),
        holders=holders,
        history=_history({holder.registration_id for holder in holders.values() if holder.of_this_event}),
        stored=_stored(device.event_id, [scan.id for scan in scans]),
    )
    results = [bad_scan(scan) if isinstance(scan, BadScan) else judge(batch, scan) for scan in upload.scans]
    if (lost := _insert(batch.entries)):
        # Another request stored the same ids while this one was judging them: its answers are the ones that count.
        won = _stored(device.event_id, lost)
        results = [
            won[scan.id][0] if isinstance(scan, Reported) and scan.id in won else result
            for scan, result in zip(upload.scans, results, strict=True)
        ]
    if batch.repeats:
        db.session.execute(ScanRepeat.__table__.insert(), batch.repeats)
    _touch(device, upload, batch)
    return Answers(results, sorted({repeat["scan_id"] for repeat in batch.repeats}))


def _holders(device: Paired, texts: Iterable[str]) -> dict[str, Holder]:
    """Whose tickets these are; locks the registrations, always in the order of their ids, against a deadlock."""
    found = {text: token for text in texts if (token := tokens.find_token(text)) is not None}
    if not found:
        return {}
    numbers = {tokens.ticket_number(token) for token in found.values()}
    rows = {row.number: row for row in db.session.execute(_TICKETS.where(Ticket.number.in_(numbers)))}
    holders: dict[str, Holder] = {}
    for text, token in found.items():
        row = rows.get(tokens.ticket_number(token))
        if row is not None and _is_genuine(token, row.ticket_key):
            holders[text] = Holder(
                registration_id=row.id,
                of_this_event=row.event_id == device.event_id,
                state=row.state,
                mode=row.mode,
                category=row.category,
                name=full_name(row.given_name, row.family_name),
                organisation=row.organisation,
                revoked=row.revoked_at is not None,
            )
    return holders


_TICKETS = (
    select(
        Ticket.number, Ticket.revoked_at, Registration.id, Registration.event_id, Registration.state,
        Registration.mode, Registration.category, Registration.given_name, Registration.family_name,
        Registration.organisation, Event.ticket_key,
    )
    .join(Registration, Registration.id == Ticket.registration_id)
    .join(Event, Event.id == Registration.event_id)
    .order_by(Registration.id)
    # Lets foreign keys to the registration pass, so that only scans of one person wait for each other.
    .with_for_update(of=Registration, key_share=True)
)  # fmt: skip


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


_FACTS = select(
    Scan.id, Scan.registration_id, Scan.checkpoint_id, Scan.device_id, Scan.area, Scan.direction, Scan.offline,
    Scan.shown, Scan.undoes, Scan.scanned_at, Scan.undo_until, Scan.outcome,
)  # fmt: skip


def _history(registrations: set[int]) -> History:
    if not registrations:
        return History(())
    return History(db.session.execute(_FACTS.where(Scan.registration_id.in_(registrations))).all())


def _stored(event_id: int, ids: Iterable[str]) -> dict[str, tuple[str, str]]:
    rows = db.session.execute(
        select(Scan.id, Scan.result, Scan.fingerprint).where(Scan.event_id == event_id, Scan.id.in_(list(ids)))
    )
    return {identity: (result, fingerprint) for identity, result, fingerprint in rows}


def _insert(entries: list[Entry]) -> list[str]:
    """Append scans; return the ids that another transaction has stored meanwhile."""
    if not entries:
        return []
    rows = [entry._asdict() for entry in entries]
    if db.session.get_bind().dialect.name == "sqlite":  # the only writer: nothing can have come between
        db.session.execute(Scan.__table__.insert(), rows)
        return []
    statement = postgresql.insert(Scan).on_conflict_do_nothing().returning(Scan.id)
    kept = set(db.session.scalars(statement, rows))
    return [entry.id for entry in entries if entry.id not in kept]


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
