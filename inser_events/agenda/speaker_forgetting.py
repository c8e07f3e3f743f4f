"""What is kept of somebody as a speaker of one event: told to them, and forgotten at their wish.

Their name stays in the programme that was published. Photo and address belong to the person, not to the event: they
stay while the person appears in another event or belongs to a network.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import exists, func, or_, select

from inser_events.agenda import pictures, speaker_files
from inser_events.agenda.models import Session, Speaker
from inser_events.agenda.speaker_models import SpeakerFile, SpeakerLink, SpeakerPhoto
from inser_events.audit import AuditEntry, record
from inser_events.database import after_commit, db
from inser_events.networks.models import Membership
from inser_events.people.models import Person
from inser_events.people.operations import searchable


def speakers_with(event_id: int, addresses: Collection[str]) -> Sequence[Person]:
    """The people of an event's draft, or with a link or files of it, who have one of these folded addresses."""
    appears = exists().where(
        Speaker.person_id == Person.id, Speaker.session_id == Session.id, Session.event_id == event_id
    )
    linked = exists().where(SpeakerLink.person_id == Person.id, SpeakerLink.event_id == event_id)
    sent = exists().where(SpeakerFile.person_id == Person.id, SpeakerFile.event_id == event_id)
    mine = select(Person).where(func.lower(Person.email).in_(list(addresses)), or_(appears, linked, sent))
    return db.session.scalars(mine.order_by(Person.id)).all()


def told_as_speaker(event_id: int, address: str) -> list[dict[str, Any]]:
    """Parts, links, photo and files of the speakers with a folded address, ready for JSON."""
    told: list[dict[str, Any]] = []
    for person in speakers_with(event_id, {address}):
        parts = select(Speaker.role, Speaker.state, Session.starts_at).join(Session, Speaker.session_id == Session.id)
        mine = parts.where(Speaker.person_id == person.id, Session.event_id == event_id).order_by(Session.starts_at)
        told += [
            {"name": person.name, "role": row[0], "state": row[1], "at": row[2]} for row in db.session.execute(mine)
        ]
        told += [{"act": "link", "issued_at": link.issued_at} for link in _links(event_id, person)]
        if photo := db.session.get(SpeakerPhoto, person.id):
            told.append({"act": "photo", "at": photo.received_at})
        told += [{"name": one.filename, "bytes": one.size, "at": one.received_at} for one in _files(event_id, person)]
    return [{name: _plain(value) for name, value in entry.items()} for entry in told]


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value


def forget_speaker(event_id: int, person: Person, *, at: datetime) -> None:
    """Remove a speaker's files, close their link, and where nothing else needs them their photo and address."""
    files, links = _files(event_id, person), _links(event_id, person)
    subjects = [f"person:{person.id}", *(f"speaker_file:{file.id}" for file in files)]
    for file in files:
        after_commit(partial(speaker_files.path_of(file).unlink, missing_ok=True))
        db.session.delete(file)
    for link in links:
        link.revoked_at = link.revoked_at or at
    for entry in db.session.scalars(
        select(AuditEntry).where(AuditEntry.event_id == event_id, AuditEntry.subject.in_(subjects))
    ):
        entry.before, entry.after = {}, {}
    elsewhere = _is_elsewhere(event_id, person)
    photo = None if elsewhere else db.session.get(SpeakerPhoto, person.id)
    if photo is not None:
        _drop_photo(photo)
    if not elsewhere:
        person.email = ""
        person.search_text = searchable(person)
    counts = {"files": len(files), "links": len(links), "photos": int(photo is not None)}
    record("forget speaker", person, event_id=event_id, after=counts)
    db.session.flush()  # whoever lists the files next must not find them


def _drop_photo(photo: SpeakerPhoto) -> None:
    same = select(func.count()).select_from(SpeakerPhoto).where(SpeakerPhoto.digest == photo.digest)
    if db.session.scalar(same) == 1:
        after_commit(partial(pictures.path_of(photo.digest).unlink, missing_ok=True))
    db.session.delete(photo)


def _is_elsewhere(event_id: int, person: Person) -> bool:
    in_events = (
        select(Speaker.id)
        .join(Session, Speaker.session_id == Session.id)
        .where(Speaker.person_id == person.id, Session.event_id != event_id)
    )
    in_networks = select(Membership.id).where(Membership.person_id == person.id)
    return any(db.session.scalar(found.limit(1)) is not None for found in (in_events, in_networks))


def _files(event_id: int, person: Person) -> Sequence[SpeakerFile]:
    mine = select(SpeakerFile).where(SpeakerFile.event_id == event_id, SpeakerFile.person_id == person.id)
    return db.session.scalars(mine.order_by(SpeakerFile.id)).all()


def _links(event_id: int, person: Person) -> Sequence[SpeakerLink]:
    mine = select(SpeakerLink).where(SpeakerLink.event_id == event_id, SpeakerLink.person_id == person.id)
    return db.session.scalars(mine.order_by(SpeakerLink.id)).all()
