"""Addresses that messages leave out, one event at a time: lists of bounces, and people who asked for silence."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import delete, func, select

from inser_events.addresses import UnusableEmail, clean_email, folded_email
from inser_events.audit import record
from inser_events.database import db
from inser_events.documents.tables import Table
from inser_events.documents.text import one_line
from inser_events.events.models import Event
from inser_events.people.search import like, words
from inser_events.registration.import_headings import key
from inser_events.registration.message_models import Suppression

PAGE = 100
MOST = 20_000
REASON_LENGTH = 200
_REASONS = {
    key(word)
    for word in ("Reason", "Error", "Status", "Bounce", "Message", "Diagnostic", "Raison", "Motivo", "Причина")
}


def addresses_in_text(text: str) -> dict[str, str]:
    """Addresses typed or pasted, parted by anything; no reasons."""
    parts = text.replace(";", " ").replace(",", " ").replace("<", " ").replace(">", " ").split()
    return {part: "" for part in parts if "@" in part}


def addresses_in_table(table: Table) -> dict[str, str]:
    """The addresses of a table, from the column with the most of them, each with what its row says of a reason.

    A list without headings, as many mail providers write it, counts its first row too.
    """
    rows = [table.header, *table.rows]
    places = range(len(table.header))
    best = max(places, key=lambda place: sum("@" in row[place] for row in rows))
    reason = next((place for place in places if key(table.header[place]) in _REASONS), None)
    return {row[best]: row[reason] if reason is not None else "" for row in rows if "@" in row[best]}


def suppress(event: Event, addresses: Mapping[str, str], *, at: datetime) -> tuple[int, int]:
    """Leave these addresses out of the event's messages; how many were added, how many could not be read."""
    known = set(db.session.scalars(select(Suppression.address).where(Suppression.event_id == event.id)))
    added = unusable = 0
    for text, reason in list(addresses.items())[:MOST]:
        try:
            address = folded_email(clean_email(text))
        except UnusableEmail:
            unusable += 1
            continue
        if address not in known:
            known.add(address)
            added += 1
            told = one_line(reason)[:REASON_LENGTH]
            db.session.add(Suppression(event_id=event.id, address=address, reason=told, added_at=at))
    db.session.flush()  # the page that follows lists them
    if added:
        record("suppress addresses", event, event_id=event.id, after={"number": added})
    return added, unusable


def release(event: Event, address: str) -> bool:
    """Write to an address again; False when it was not suppressed."""
    gone = db.session.execute(
        delete(Suppression)
        .where(Suppression.event_id == event.id, Suppression.address == address)
        .returning(Suppression.id)
    )
    if gone.scalar() is None:
        return False
    record("release address", event, event_id=event.id, after={"number": 1})
    return True


def suppressions_of(event: Event, query: str, page: int) -> tuple[Sequence[Suppression], int]:
    """One page of the list, by address, and how many there are."""
    mine = select(Suppression).where(Suppression.event_id == event.id)
    for word in words(query):
        mine = mine.where(Suppression.address.like(like(word), escape="\\"))
    total = db.session.scalar(mine.with_only_columns(func.count())) or 0
    in_order = mine.order_by(Suppression.address).limit(PAGE).offset((max(1, page) - 1) * PAGE)
    return db.session.scalars(in_order).all(), total
