"""Reading the draft agenda and its releases."""

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import Engine, bindparam, func, select
from sqlalchemy.orm import joinedload, selectinload

from inser_events.agenda import snapshot as snapshots
from inser_events.agenda.errors import NoSuchRelease, NotInAgenda
from inser_events.agenda.models import Document, Item, Release, Session, Slot, Speaker
from inser_events.agenda.snapshot import Snapshot
from inser_events.database import ask, db, find_or_raise
from inser_events.events.errors import NoSuchEvent
from inser_events.events.models import Event, Room
from inser_events.events.queries import of_event
from inser_events.people.models import Person


class Published(NamedTuple):
    """The release that the public sees, and what of the event takes effect without one."""

    event_id: int
    release_id: int
    number: int


_published = (
    select(Event.id, Release.id, Release.number)
    .join(Release, Release.event_id == Event.id)
    .where(Event.published_at.is_not(None))
    .order_by(Release.number.desc())
    .limit(1)
)


def find_published(slug: str) -> Published:
    """The latest release of the event at this address, by one query without objects. Raises NoSuchEvent."""
    row = db.session.execute(_published.where(Event.slug == slug)).first()
    if row is None:
        raise NoSuchEvent
    return Published(*row)


def is_called_off(event_id: int) -> bool:
    """Whether the event was cancelled, which does not wait for a release."""
    return db.session.scalar(select(Event.cancelled_at).where(Event.id == event_id)) is not None


def snapshot_of(release_id: int) -> Snapshot:
    """What a release froze. Raises NoSuchRelease.

    The last few are kept decoded: a release never changes, and a busy event asks for its own all the time.
    """
    # The event's uid is part of the key: after a restore or a fresh start the same number is another release.
    key = select(Release.id, Release.published_at, Event.uid).join(Event, Release.event_id == Event.id)
    row = db.session.execute(key.where(Release.id == release_id)).first()
    if row is None:
        raise NoSuchRelease
    return _decoded(_address(db.engine), *row)


@lru_cache(maxsize=4)
def _address(engine: Engine) -> str:
    return str(engine.url)


@lru_cache(maxsize=16)
def _decoded(_database: str, release_id: int, _published_at: datetime, _event: str) -> Snapshot:
    return snapshots.load(db.session.scalar(select(Release.snapshot).where(Release.id == release_id)) or "")


def latest_release(event: Event) -> Release | None:
    """The last release, or None before the first."""
    return db.session.scalar(
        select(Release).where(Release.event_id == event.id).order_by(Release.number.desc()).limit(1)
    )


_releases: Any = Release.__table__
_NEWEST = (
    select(_releases.c.id, _releases.c.published_at)
    .where(_releases.c.event_id == bindparam("event_id"))
    .order_by(_releases.c.number.desc())
    .limit(1)
)


def latest_snapshot(event: Event) -> Snapshot | None:
    """What the last release froze, or None before the first."""
    newest = ask(_NEWEST, event_id=event.id).first()
    return _decoded(_address(db.engine), newest[0], newest[1], event.uid) if newest else None


def releases_of(event_id: int, *, limit: int = 50) -> Sequence[Release]:
    """The last releases, newest first."""
    return db.session.scalars(
        select(Release).where(Release.event_id == event_id).order_by(Release.number.desc()).limit(limit)
    ).all()


def draft_sessions(event: Event) -> Sequence[Session]:
    """Every session of the draft with slots, speakers and items, by start and then by the order of rooms."""
    return db.session.scalars(
        select(Session)
        .outerjoin(Room, Session.room_id == Room.id)
        .where(Session.event_id == event.id)
        .order_by(Session.starts_at, Room.position.is_(None), Room.position, Session.id)
        .options(
            joinedload(Session.room),
            selectinload(Session.slots).selectinload(Slot.speakers),
            selectinload(Session.slots).selectinload(Slot.items),
            selectinload(Session.speakers),
        )
        .execution_options(populate_existing=True)
    ).all()


def find_session(event: Event, uid: str) -> Session:
    """One of the event's sessions. Raises NotInAgenda."""
    return of_event(Session, event, uid, NotInAgenda)


def find_slot(event: Event, uid: str) -> Slot:
    """One of the event's slots. Raises NotInAgenda."""
    return find_or_raise(select(Slot).join(Session).where(Session.event_id == event.id, Slot.uid == uid), NotInAgenda)


def find_speaker(event: Event, uid: str) -> Speaker:
    """One of the event's speakers in their role. Raises NotInAgenda."""
    return find_or_raise(
        select(Speaker)
        .join(Session, Speaker.session_id == Session.id)
        .where(Session.event_id == event.id, Speaker.uid == uid),
        NotInAgenda,
    )


def find_item(event: Event, uid: str) -> Item:
    """One of the event's items. Raises NotInAgenda."""
    return of_event(Item, event, uid, NotInAgenda)


def find_document(event: Event, uid: str) -> Document:
    """One of the event's documents. Raises NotInAgenda."""
    return of_event(Document, event, uid, NotInAgenda)


def items_of(event: Event) -> Sequence[Item]:
    """The numbered items with their documents, in order."""
    return db.session.scalars(
        select(Item)
        .where(Item.event_id == event.id)
        .order_by(Item.position, Item.id)
        .options(selectinload(Item.documents))
    ).all()


def documents_of(event: Event) -> Sequence[Document]:
    """The register of documents with their files, by symbol."""
    mine = select(Document).where(Document.event_id == event.id).order_by(Document.symbol)
    return db.session.scalars(
        mine.options(selectinload(Document.files)).execution_options(populate_existing=True)
    ).all()


def people_of(event: Event) -> Sequence[Person]:
    """Everybody who appears in the draft agenda."""
    appearing = select(Speaker.person_id).join(Session, Speaker.session_id == Session.id)
    return db.session.scalars(
        select(Person).where(Person.id.in_(appearing.where(Session.event_id == event.id))).order_by(Person.id)
    ).all()


def find_person(event: Event, uid: str) -> Person:
    """Somebody who appears in the event's agenda. Raises NotInAgenda."""
    person = next((person for person in people_of(event) if person.uid == uid), None)
    if person is None:
        raise NotInAgenda
    return person


def last_session(event: Event) -> Session | None:
    """The session that starts last; None while there are none."""
    return db.session.scalar(
        select(Session)
        .where(Session.event_id == event.id, Session.withdrawn_at.is_(None))
        .order_by(Session.starts_at.desc(), Session.id.desc())
        .limit(1)
    )


def session_count(event: Event) -> int:
    """How many sessions the draft has."""
    return db.session.scalar(select(func.count()).select_from(Session).where(Session.event_id == event.id)) or 0
