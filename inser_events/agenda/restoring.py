"""Going back: an earlier release becomes the draft again.

Sessions, slots and speakers are found again by their ids, items by their numbers and documents by their symbols, so
that calendars, seats and papers keep what they belong to. What the release does not have is withdrawn, or removed
when it was never public. The event's own settings, its rooms and people's details are not touched, and nothing
becomes public: that takes publishing.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from msgspec.structs import replace
from sqlalchemy import select

from inser_events.agenda import models
from inser_events.agenda import snapshot as snapshots
from inser_events.agenda.differences import Change, difference
from inser_events.agenda.document_files import take_back_files
from inser_events.agenda.editing import fingerprint
from inser_events.agenda.errors import NoSuchRelease
from inser_events.agenda.freezing import build_snapshot
from inser_events.agenda.models import Release
from inser_events.agenda.operations import remove_session, was_published, withdraw_session
from inser_events.agenda.queries import documents_of, draft_sessions, items_of
from inser_events.agenda.snapshot import Appearance, Session, Slot, Snapshot
from inser_events.audit import record
from inser_events.database import db, find_or_raise, new_uid
from inser_events.events.errors import Outdated
from inser_events.events.models import Event, Room
from inser_events.people.models import Person

MINUTE = timedelta(minutes=1)


def find_release(event: Event, number: int) -> Release:
    """One of the event's releases. Raises NoSuchRelease."""
    return find_or_raise(select(Release).where(Release.event_id == event.id, Release.number == number), NoSuchRelease)


def restore_preview(event: Event, release: Release) -> tuple[list[Change], str]:
    """What using the release would change in the draft, and what to hand on as *seen*. Writes nothing."""
    # Stamped alike each time, so that the same draft gives the same fingerprint.
    draft = build_snapshot(event, number=0, at=release.published_at, previous=None)
    kept = snapshots.load(release.snapshot)
    rooms = {room.uid for room in draft.rooms}
    then = replace(
        draft,
        sessions=[session if session.room in rooms else replace(session, room=None) for session in kept.live_sessions],
        people={**kept.people, **draft.people},
        items=kept.items,
        documents=kept.documents,
    )
    return difference(draft, then), _seen(draft)


def use_release(event: Event, release: Release, *, at: datetime, seen: str | None = None) -> list[Change]:
    """Make the draft say what the release said; what changed.

    *seen*: what `restore_preview` said; raises Outdated when somebody changed the draft since.
    """
    db.session.execute(select(Event.id).where(Event.id == event.id).with_for_update())
    changes, now_seen = restore_preview(event, release)
    if seen is not None and seen != now_seen:
        raise Outdated
    kept = snapshots.load(release.snapshot)
    put_papers(event, kept.items, kept.documents)
    rows = {draft.uid: draft for draft in draft_sessions(event)}
    for session in kept.live_sessions:
        put_session(event, session, rows.get(session.uid), at=at)
    for uid, row in rows.items():
        if uid not in {session.uid for session in kept.live_sessions}:
            take_out(row, at=at)
    db.session.flush()  # whoever reads the draft next sees it as it was
    after = {"number": release.number, "changes": [f"{each.kind} {each.uid}" for each in changes]}
    record("use release", release, event_id=event.id, after=after)
    db.session.expire_all()
    return changes


def _seen(draft: Snapshot) -> str:
    return fingerprint([draft.sessions, draft.items, draft.documents])


def take_out(row: models.Session, *, at: datetime) -> None:
    """Take a session out of the draft: withdrawn when a release has named it, else removed."""
    if row.withdrawn_at is not None:
        return
    if was_published(row):
        withdraw_session(row, at=at)
    else:
        remove_session(row)


def put_session(event: Event, kept: Session, row: models.Session | None, *, at: datetime, whole: bool = False) -> None:
    """Make a session of the draft say what was kept of it; without a *row* it comes back under its old id.

    *whole*: with who had agreed to appear. Otherwise whoever has declined since stays declined, and those who come
    back are asked anew.
    """
    if row is None:
        row = models.Session(uid=kept.uid, event_id=event.id)
        db.session.add(row)
    else:
        row.version += 1
    for name in ("title", "kind", "starts_at", "abstract", "track", "online"):
        setattr(row, name, getattr(kept, name))
    row.minutes = (kept.ends_at - kept.starts_at) // MINUTE
    row.languages, row.interpretation = list(kept.languages), list(kept.interpretation)
    row.room = db.session.scalar(select(Room).where(Room.event_id == event.id, Room.uid == kept.room))
    row.withdrawn_at = at if kept.status == "cancelled" else None
    db.session.flush()  # slots and speakers name the session they belong to
    _restore_speakers(row, None, kept.speakers, whole=whole)
    _restore_slots(event, row, kept, whole=whole)


def _restore_slots(event: Event, row: models.Session, kept: Session, *, whole: bool) -> None:
    there = {slot.uid: slot for slot in row.slots}
    wanted = [_slot(slot, position, there.get(slot.uid), row) for position, slot in enumerate(kept.slots)]
    for slot in list(row.slots):
        if slot not in wanted:
            row.slots.remove(slot)
    db.session.flush()  # speakers name the slot they belong to
    numbered = {item.number: item for item in items_of(event)}
    for slot, old in zip(wanted, kept.slots, strict=True):
        _restore_speakers(row, slot, old.speakers, whole=whole)
        slot.items = [numbered[number] for number in old.items if number in numbered]


def _slot(kept: Slot, position: int, slot: models.Slot | None, row: models.Session) -> models.Slot:
    """The slot as it was, in its place. One that moved to another session since comes back."""
    slot = slot or db.session.scalar(select(models.Slot).where(models.Slot.uid == kept.uid))
    if slot is None:
        slot = models.Slot(uid=kept.uid)
    if slot.session is not row:
        row.slots.append(slot)
    slot.position, slot.kind, slot.title, slot.abstract = position, kept.kind, kept.title, kept.abstract
    slot.minutes = (kept.ends_at - kept.starts_at) // MINUTE
    return slot


def _restore_speakers(
    row: models.Session, slot: models.Slot | None, kept: Sequence[Appearance], *, whole: bool
) -> None:
    speakers = slot.speakers if slot else row.speakers
    there = {(speaker.person.uid, speaker.role): speaker for speaker in speakers}
    known = {speaker.uid: speaker for speaker in speakers}
    found = [known.get(each.uid) or there.get((each.person, each.role)) for each in kept]
    for speaker in list(speakers):
        if speaker not in found and (whole or speaker.state != models.SpeakerState.DECLINED):
            speakers.remove(speaker)
    for position, (each, stays) in enumerate(zip(kept, found, strict=True)):
        appearing = stays or _coming_back(row, slot, each)
        if appearing is None:
            continue
        if stays is None:
            speakers.append(appearing)
        appearing.session_id, appearing.position, appearing.online = row.id, position, each.online
        if whole:
            appearing.role, appearing.state, appearing.time_zone = each.role, each.state, each.time_zone


def _coming_back(row: models.Session, slot: models.Slot | None, kept: Appearance) -> models.Speaker | None:
    person = db.session.scalar(select(Person).where(Person.uid == kept.person))
    if person is None:  # erased since
        return None
    return models.Speaker(
        uid=kept.uid or new_uid(),
        session_id=row.id,
        slot_id=slot.id if slot else None,
        person=person,
        role=kept.role,
    )


def put_papers(event: Event, items: Sequence[snapshots.Item], documents: Sequence[snapshots.Document]) -> None:
    """Make the register of documents and the numbered items say what was kept of them."""
    kept = _put_documents(event, documents)
    there = items_of(event)
    rows = {item.number: item for item in there} | {item.uid: item for item in there}
    found = [rows.get(item.number) or rows.get(item.uid) for item in items]
    _drop(item for item in there if item not in found)
    for position, (item, known) in enumerate(zip(items, found, strict=True)):
        row = known or models.Item(event_id=event.id, uid=item.uid or new_uid())
        row.number, row.title, row.purpose, row.position = item.number, item.title, item.purpose, position
        row.documents = [kept[symbol] for symbol in item.documents if symbol in kept]
        db.session.add(row)
    db.session.flush()  # slots name the items taken in them


def _put_documents(event: Event, documents: Sequence[snapshots.Document]) -> dict[str, models.Document]:
    there = documents_of(event)
    rows = {document.symbol: document for document in there} | {document.uid: document for document in there}
    found = [rows.get(document.symbol) or rows.get(document.uid) for document in documents]
    _drop(document for document in there if document not in found)
    kept = {}
    for document, known in zip(documents, found, strict=True):
        row = known or models.Document(event_id=event.id, uid=document.uid or new_uid())
        row.symbol, row.title = document.symbol, document.title
        row.languages, row.status = list(document.languages), document.status
        db.session.add(row)
        kept[document.symbol] = row
        if known is None:
            db.session.flush()  # its files name it by its id
            take_back_files(row, [file.uid for file in document.files])
    return kept


def _drop(rows: Iterable[Any]) -> None:
    for row in rows:
        db.session.delete(row)
