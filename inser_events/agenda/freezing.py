"""From the draft to a Release: plain values with computed times, and which calendar entries have to be told.

``sequence`` rises in the release that changes when, where or whether something takes place, or what it is called:
what a calendar program must put before its owner again (RFC 5546 section 2.1.4). ``changed_at`` moves with any change.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec

from inser_events.agenda import models
from inser_events.agenda.document_files import download_name
from inser_events.agenda.pictures import photos_of
from inser_events.agenda.queries import documents_of, draft_sessions, items_of
from inser_events.agenda.snapshot import (
    Appearance,
    Document,
    EventFacts,
    File,
    Item,
    Network,
    Person,
    Place,
    Room,
    Session,
    Slot,
    Snapshot,
)
from inser_events.agenda.speaker_files import public_files
from inser_events.agenda.speaker_models import SpeakerFile
from inser_events.agenda.timing import retimed
from inser_events.events.models import Event, Mode
from inser_events.people import models as people


def build_snapshot(event: Event, *, number: int, at: datetime, previous: Snapshot | None, note: str = "") -> Snapshot:
    """Freeze the draft as release *number*, published *at*.

    Sessions of the *previous* release that were withdrawn or removed stay as they were published, with status
    ``cancelled``. What did not change keeps its sequence and its time of change.
    """
    drafts = [draft for draft in draft_sessions(event) if draft.withdrawn_at is None]
    gone = _gone(previous, {draft.uid for draft in drafts})
    facts = _event_facts(event)
    rooms = [_room(room) for room in event.rooms]
    known = {room.uid for room in rooms}
    kept_rooms = {session.room for session in gone} - known
    rooms += [room for room in (previous.rooms if previous else []) if room.uid in kept_rooms]
    sessions = _in_order([*map(frozen_session, drafts), *gone], rooms)
    snapshot = Snapshot(
        number=number,
        published_at=at,
        event=facts,
        rooms=rooms,
        sessions=sessions,
        people=_people(event, drafts) | _kept_people(gone, previous),
        items=[frozen_item(item) for item in items_of(event)],
        documents=[frozen_document(document) for document in documents_of(event)],
        note=note,
    )
    return _stamped(snapshot, previous, at)


def refreeze(previous: Snapshot, sessions: Sequence[Session], *, at: datetime, note: str = "") -> Snapshot:
    """The *previous* release again with new times of some sessions, as the next one; nothing of the draft gets in."""
    again = {session.uid: session for session in sessions}
    every = [again.get(session.uid, session) for session in previous.sessions]
    new = msgspec.structs.replace(
        previous,
        number=previous.number + 1,
        published_at=at,
        sessions=_in_order(every, previous.rooms),
        note=note,
    )
    return _stamped(new, previous, at)


def called_off(previous: Snapshot, *, off: bool, at: datetime, note: str = "") -> Snapshot:
    """The *previous* release again as the next one, with the event cancelled, or taking place after all.

    Nothing of the draft gets in.
    """
    facts = msgspec.structs.replace(previous.event, status="cancelled" if off else "confirmed")
    new = msgspec.structs.replace(previous, number=previous.number + 1, published_at=at, event=facts, note=note)
    return _stamped(new, previous, at)


def with_times(
    session: Session, starts_at: datetime, minutes: int, slot_minutes: Sequence[int] | None = None
) -> Session:
    """A frozen session at another time, its slots following from the start as they do in the draft."""
    lengths = slot_minutes or [(slot.ends_at - slot.starts_at) // timedelta(minutes=1) for slot in session.slots]
    slots = [
        msgspec.structs.replace(slot, starts_at=span.starts_at, ends_at=span.ends_at)
        for slot, span in zip(session.slots, retimed(starts_at, lengths), strict=True)
    ]
    ends_at = starts_at + timedelta(minutes=minutes)
    return msgspec.structs.replace(session, starts_at=starts_at, ends_at=ends_at, slots=slots)


def material(session: Session, snapshot: Snapshot) -> tuple[Any, ...]:
    """When, where and whether a session takes place, and its title: what raises its sequence."""
    event = snapshot.event
    room = snapshot.room_named(session.room)
    return (
        session.title,
        session.starts_at,
        session.ends_at,
        session.room,
        room.name if room else None,
        session.online,
        session.status,
        event.time_zone,
        event.venue,
        event.online_platform,
        event.status,
    )


def _event_material(snapshot: Snapshot) -> tuple[Any, ...]:
    event = snapshot.event
    live = snapshot.live_sessions
    span = (min(s.starts_at for s in live), max(s.ends_at for s in live)) if live else None
    return (
        event.name,
        event.starts_on,
        event.ends_on,
        span,
        event.time_zone,
        event.venue,
        event.online_platform,
        event.modes,
        event.status,
    )


def _stamped(new: Snapshot, old: Snapshot | None, at: datetime) -> Snapshot:
    """Give every session and the event their sequence and time of change."""
    before = {session.uid: session for session in old.sessions} if old else {}
    sessions = [_stamped_session(session, new, before.get(session.uid), old, at) for session in new.sessions]
    return msgspec.structs.replace(new, sessions=sessions, event=_stamped_event(new, old, at))


def _stamped_session(
    session: Session, new: Snapshot, was: Session | None, old: Snapshot | None, at: datetime
) -> Session:
    if was is None or old is None:
        return msgspec.structs.replace(session, sequence=0, changed_at=at)
    kept = msgspec.structs.replace(session, sequence=was.sequence, changed_at=was.changed_at)
    moved = material(session, new) != material(was, old)
    if not moved and kept == was and _public_people(session, new) == _public_people(was, old):
        return kept
    return msgspec.structs.replace(session, sequence=was.sequence + moved, changed_at=at)


def _stamped_event(new: Snapshot, old: Snapshot | None, at: datetime) -> EventFacts:
    if old is None:
        return msgspec.structs.replace(new.event, sequence=0, changed_at=at)
    kept = msgspec.structs.replace(new.event, sequence=old.event.sequence, changed_at=old.event.changed_at)
    moved = _event_material(new) != _event_material(old)
    if not moved and kept == old.event:
        return kept
    return msgspec.structs.replace(new.event, sequence=old.event.sequence + moved, changed_at=at)


def _public_people(session: Session, snapshot: Snapshot) -> list[Person | None]:
    return [snapshot.people.get(each.person) for each in _appearing([session])]


def _appearing(sessions: Iterable[Session]) -> list[Appearance]:
    return [
        each
        for session in sessions
        for speakers in (session.speakers, *(slot.speakers for slot in session.slots))
        for each in speakers
    ]


def _gone(previous: Snapshot | None, there: set[str]) -> list[Session]:
    """The sessions that were published and are not in the draft any more."""
    return [
        msgspec.structs.replace(session, status="cancelled")
        for session in (previous.sessions if previous else [])
        if session.uid not in there
    ]


def _in_order(sessions: Iterable[Session], rooms: Sequence[Room]) -> list[Session]:
    place = {room.uid: position for position, room in enumerate(rooms)}
    return sorted(sessions, key=lambda s: (s.starts_at, place.get(s.room or "", len(place)), s.ends_at, s.uid))


def _event_facts(event: Event) -> EventFacts:
    return EventFacts(
        uid=event.uid,
        slug=event.slug,
        kind=event.kind,
        name=event.name,
        time_zone=event.time_zone,
        starts_on=event.starts_on,
        ends_on=event.ends_on,
        languages=list(event.languages),
        modes=[str(mode) for mode in event.modes],
        tagline=event.tagline,
        description=event.description,
        venue=_place(event),
        online_platform=event.online_platform if Mode.ONLINE in event.modes else "",
        organiser=event.organiser,
        contact_email=event.contact_email,
        network=_network(event),
        status="cancelled" if event.cancelled_at else "confirmed",
        is_sample=event.is_sample,
    )


def _place(event: Event) -> Place | None:
    if Mode.IN_PERSON not in event.modes or not (event.venue_name or event.venue_city):
        return None
    return Place(
        name=event.venue_name,
        address=event.venue_address,
        city=event.venue_city,
        country=event.venue_country,
        latitude=event.latitude,
        longitude=event.longitude,
        directions=event.venue_directions,
    )


def _network(event: Event) -> Network | None:
    network = event.network
    return Network(slug=network.slug, acronym=network.acronym, name=network.name) if network else None


def _room(room: Any) -> Room:
    return Room(uid=room.uid, name=room.name, capacity=room.capacity)


def frozen_session(draft: models.Session, *, whole: bool = False) -> Session:
    """A session of the draft as plain values; *whole* with what is never published, such as who declined."""
    spans = retimed(draft.starts_at, (slot.minutes for slot in draft.slots))
    return Session(
        uid=draft.uid,
        title=draft.title,
        kind=draft.kind,
        starts_at=draft.starts_at,
        ends_at=draft.ends_at,
        room=draft.room.uid if draft.room else None,
        abstract=draft.abstract,
        track=draft.track,
        languages=list(draft.languages),
        interpretation=list(draft.interpretation),
        online=draft.online,
        status="cancelled" if draft.withdrawn_at else "confirmed",
        speakers=_appearances(draft.speakers, whole=whole),
        slots=[
            Slot(
                uid=slot.uid,
                title=slot.title,
                kind=slot.kind,
                starts_at=span.starts_at,
                ends_at=span.ends_at,
                abstract=slot.abstract,
                speakers=_appearances(slot.speakers, whole=whole),
                items=[item.number for item in slot.items],
            )
            for slot, span in zip(draft.slots, spans, strict=True)
        ],
    )


def _appearances(speakers: Iterable[models.Speaker], *, whole: bool) -> list[Appearance]:
    """Everybody but those who declined; *whole* them too."""
    if whole:
        return [
            Appearance(
                speaker.person.uid,
                speaker.role,
                online=speaker.online,
                uid=speaker.uid,
                state=speaker.state,
                time_zone=speaker.time_zone,
            )
            for speaker in speakers
        ]
    return [
        Appearance(person=speaker.person.uid, role=speaker.role, online=speaker.online)
        for speaker in speakers
        if speaker.state != models.SpeakerState.DECLINED
    ]


def _people(event: Event, drafts: Iterable[models.Session]) -> dict[str, Person]:
    appearing = [
        speaker
        for draft in drafts
        for speakers in (draft.speakers, *(slot.speakers for slot in draft.slots))
        for speaker in speakers
        if speaker.state != models.SpeakerState.DECLINED
    ]
    photos, files = photos_of({speaker.person_id for speaker in appearing}), public_files(event)
    return {
        speaker.person.uid: _person(speaker.person, photos.get(speaker.person_id, ""), files.get(speaker.person_id, []))
        for speaker in appearing
    }


def _kept_people(gone: Iterable[Session], previous: Snapshot | None) -> dict[str, Person]:
    if previous is None:
        return {}
    return {each.person: previous.people[each.person] for each in _appearing(gone) if each.person in previous.people}


def _person(person: people.Person, photo: str, files: Iterable[SpeakerFile]) -> Person:
    return Person(
        uid=person.uid,
        name=person.name,
        name_latin=person.name_latin,
        family_name=person.family_name,
        honorific=person.honorific,
        job_title=person.job_title,
        organisation=person.organisation,
        country=person.country,
        bio=person.biography,
        job_titles=person.job_titles,
        photo=photo,
        files=[File(uid=file.uid, name=file.filename, media_type=file.media_type, size=file.size) for file in files],
    )


def frozen_item(item: models.Item, *, whole: bool = False) -> Item:
    """A numbered item as plain values; *whole* with its id."""
    return Item(
        number=item.number,
        title=item.title,
        purpose=item.purpose,
        documents=[document.symbol for document in item.documents],
        uid=item.uid if whole else "",
    )


def frozen_document(document: models.Document, *, whole: bool = False) -> Document:
    """An entry of the register as plain values; *whole* with its id and the files that are not public yet."""
    return Document(
        symbol=document.symbol,
        title=document.title,
        languages=list(document.languages),
        status=document.status,
        uid=document.uid if whole else "",
        files=[
            File(
                uid=file.uid,
                name=download_name(document.symbol, file.language, file.media_type),
                media_type=file.media_type,
                size=file.size,
                language=file.language,
            )
            for file in document.files
            if whole or document.status == "available"
        ],
    )
