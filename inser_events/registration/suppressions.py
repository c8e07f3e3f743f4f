"""Addresses that messages leave out, one event at a time: lists of bounces, and people who asked for silence."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import delete, func, select

from inser_events.addresses import UnusableEmail, clean_email, folded_email
from inser_events.audit import record
from inser_events.database import db
from inser_events.documents.text import one_line
from inser_events.errors import Refused
from inser_events.events.models import Event
from inser_events.people.search import like, words
from inser_events.registration.message_models import Suppression

PAGE = 100
MOST = 20_000
REASON_LENGTH = 200


class TooManyAddresses(Refused):
    """The list is longer than any list of bounces; nothing of it was kept."""

    status = 422
    title = "Too many addresses"

    def __init__(self) -> None:
        super().__init__(_("There are more than %(number)s addresses in it. Send fewer at once.", number=MOST))


def suppress(event: Event, addresses: Mapping[str, str], *, at: datetime) -> tuple[int, int]:
    """Leave these addresses out of the event's messages; how many were added, how many could not be read.

    Raises TooManyAddresses.
    """
    if len(addresses) > MOST:
        raise TooManyAddresses
    known = set(db.session.scalars(select(Suppression.address).where(Suppression.event_id == event.id)))
    added = unusable = 0
    for text, reason in addresses.items():
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
