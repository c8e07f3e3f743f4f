"""Doing what a plan says, by the agenda's own operations: in one transaction, or not at all."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import fields, replace
from datetime import datetime

from inser_events.accounts.models import User
from inser_events.agenda import operations
from inser_events.agenda.importing.identities import Identities, guid_of
from inser_events.agenda.importing.models import ImportedKind
from inser_events.agenda.importing.operations import WholeSession, add_sessions
from inser_events.agenda.importing.planning import Plan, Step
from inser_events.agenda.importing.sessions import coming, wanted_state
from inser_events.agenda.importing.tree import ReadPerson, ReadSession, ReadSlot
from inser_events.agenda.models import Item, Session, SessionKind, Slot, Speaker
from inser_events.agenda.operations import SessionData, SlotData
from inser_events.agenda.papers import DocumentData, ItemData, add_document, add_item
from inser_events.agenda.pasting import slot_kind
from inser_events.agenda.queries import documents_of, items_of, latest_snapshot
from inser_events.agenda.speaking import Appearing, add_speaker, remove_speaker
from inser_events.audit import record
from inser_events.database import db
from inser_events.events.models import Event, Room
from inser_events.events.operations import EventData, RoomData, add_room, change_event, change_room, create_event
from inser_events.languages import Localized
from inser_events.people.models import Person
from inser_events.people.names import name_parts
from inser_events.people.operations import PersonData, add_person, change_person, data_of

Progress = Callable[[int], object]
"""Told how many sessions are done."""


def create_from(plan: Plan, owner: User, *, slug: str = "", network_id: int | None = None) -> Event:
    """Start the event that a file describes, without its sessions. Raises UnusableEvent, SlugTaken."""
    facts = plan.tree.event
    main = plan.language

    def said(text: str) -> Localized:
        return {main: text} if text else {}

    spoken = [language for session in plan.tree.sessions for language in session.abstract or {} if language]
    data = EventData(
        name=said(facts.title),
        time_zone=facts.zone,
        starts_on=plan.starts_on,
        ends_on=plan.ends_on,
        languages=list(dict.fromkeys([main, *facts.languages, *spoken])),
        slug=slug,
        network_id=network_id,
        tagline=said(facts.tagline),
        description=said(facts.description),
        venue_name=said(facts.venue.name),
        venue_city=said(facts.venue.city),
        latitude=facts.venue.latitude,
        longitude=facts.venue.longitude,
        online_platform=facts.online_platform,
        organiser=said(facts.organiser),
        contact_email=facts.contact_email,
    )
    event = create_event(data, owner, capacities=dict.fromkeys(facts.modes))
    record("import", event, event_id=event.id, after={"source": plan.tree.source, "sessions": len(plan.tree.sessions)})
    return event


def apply_plan(
    plan: Plan, event: Event, *, at: datetime, chosen: frozenset[str] | None = None, progress: Progress | None = None
) -> int:
    """Change the draft of *event* as the plan says; of its steps only those *chosen*, or all. How many were done.

    Raises what the operations of the agenda raise; the caller then undoes everything.
    """
    steps = [step for step in plan.steps if chosen is None or step.key in chosen]
    wanted = [step.read for step in steps if step.read]
    work = _Work(plan, event, wanted)
    work.widen_days()
    work.add_items()
    added = [step.read for step in steps if step.read and step.ours is None]
    sessions = add_sessions(event, [work.whole(read) for read in added])
    for read, session in zip(added, sessions, strict=True):
        work.remember(read, session)
    published = {session.uid for session in snapshot.sessions} if (snapshot := latest_snapshot(event)) else set()
    changed = [step for step in steps if step.ours is not None]
    for number, step in enumerate(changed, start=len(added)):
        if progress is not None:
            progress(number)
        work.take(step, published, at)
    for read, ours in plan.unchanged:
        work.remember(read, ours)
    db.session.flush()  # ids that were taken over are read back
    if plan.event is not None and steps:
        counts = Counter(str(step.change.kind) for step in steps)
        record("import", event, event_id=event.id, after={"source": plan.tree.source, **counts})
    return len(steps)


class _Work:
    """What is looked up again and again while a plan is carried out."""

    def __init__(self, plan: Plan, event: Event, wanted: Sequence[ReadSession]) -> None:
        self._plan = plan
        self._event = event
        self._language = plan.language
        self._rooms = dict(plan.rooms)
        self._items: dict[str, Item] = {}
        ids = plan.identities
        ids.look_for_taken(Session, [session.guid for session in wanted])
        ids.look_for_taken(Room, [room.guid for room in plan.tree.rooms])
        ids.look_for_taken(Person, [guid_of(person) for session in wanted for person in session.everybody])
        self._ids: Identities = ids
        self._add_rooms({session.room for session in wanted})

    def widen_days(self) -> None:
        """The event's days reach from its first session to its last."""
        first, last = self._plan.starts_on, self._plan.ends_on
        event = self._event
        if (first, last) != (event.starts_on, event.ends_on):
            data = EventData(**{each.name: getattr(event, each.name) for each in fields(EventData)})
            change_event(event, replace(data, starts_on=first, ends_on=last), event.version)

    def _add_rooms(self, needed: Iterable[str]) -> None:
        """Rooms of the file that the event lacks: all for a new agenda, those that are needed for an existing one."""
        needed = set(needed)
        for room in self._plan.tree.rooms:
            if room.place != "room":
                continue
            ours = self._rooms.get(room.key)
            if ours is None and (self._plan.event is None or room.key in needed):
                ours = add_room(self._event, RoomData({self._language: room.name}, room.capacity))
                ours.uid = self._ids.claim(Room, room.guid) or ours.uid
                self._rooms[room.key] = ours
            elif ours is not None and room.capacity and not ours.capacity:
                change_room(ours, RoomData(ours.name, room.capacity))
            if ours is not None:
                self._ids.remember(self._event, ImportedKind.ROOM, room.guid, ours.uid)

    def add_items(self) -> None:
        """Numbered items that the event lacks, with their documents."""
        self._items = {item.number: item for item in items_of(self._event)}
        documents = {document.symbol: document for document in documents_of(self._event)}
        for read in self._plan.tree.items:
            if read.number in self._items:
                continue
            for symbol in read.symbols:
                if symbol not in documents:
                    documents[symbol] = add_document(self._event, DocumentData(symbol=symbol))
            item = ItemData(
                number=read.number,
                title={self._language: read.title},
                documents=[documents[symbol] for symbol in read.symbols],
            )
            self._items[read.number] = add_item(self._event, item)

    def take(self, step: Step, published: set[str], at: datetime) -> None:
        """Carry out one step about a session that is there."""
        if step.ours is None:
            return
        if step.read is None:
            _remove(step.ours, published, at)
        else:
            self._change(step.ours, step.read)

    def remember(self, read: ReadSession, session: Session) -> None:
        """Let the next file find the session by its ids."""
        self._ids.remember(self._event, ImportedKind.SESSION, read.guid or read.key, session.uid)
        self._ids.remember(self._event, ImportedKind.NUMBER, read.number, session.uid)

    def _data(self, read: ReadSession, ours: Session | None) -> SessionData:
        state = wanted_state(read, ours, self._plan.tree, self._language)
        room = self._plan.tree.room(read.room)
        titles = dict(ours.title) if ours else {}
        return SessionData(
            title={**titles, self._language: state.title},
            starts_at=state.starts_at,
            minutes=read.minutes,
            kind=state.kind,
            room=self._rooms.get(read.room) if room and room.place == "room" else None,
            languages=state.languages,
            interpretation=state.interpretation,
            online=state.online,
            abstract=state.abstract,
            track=state.track,
        )

    def whole(self, read: ReadSession) -> WholeSession:
        """A new session; people without a slot share one that fills it."""
        data = self._data(read, None)
        slots = read.slots or ()
        if read.people:
            slots = (*slots, ReadSlot(minutes=read.minutes, kind=_slot_kind(data.kind), people=read.people))
        return WholeSession(
            data=data,
            uid=self._ids.claim(Session, read.guid),
            leads=self._appearing(read.leads),
            slots=[(self._slot_data(slot, None), self._appearing(slot.people)) for slot in slots],
        )

    def _appearing(self, people: Iterable[ReadPerson]) -> list[tuple[Person, str]]:
        return [(self._person(person), person.role) for person in people]

    def _add_slot(self, session: Session, read: ReadSlot) -> None:
        slot = operations.add_slot(session, self._slot_data(read, None))
        for person in read.people:
            self._put(slot, person)

    def _slot_data(self, read: ReadSlot, ours: Slot | None) -> SlotData:
        titles = {code: text for code, text in (ours.title if ours else {}).items() if code != self._language}
        items = [self._items[number] for number in read.items if number in self._items]
        return SlotData(
            minutes=read.minutes,
            title={**titles, self._language: read.title},
            kind=ours.kind if ours and read.title else read.kind,
            abstract=ours.abstract if ours else {},
            items=items or (list(ours.items) if ours else []),
        )

    def _put(self, place: Session | Slot, read: ReadPerson) -> None:
        person = self._person(read)
        if not any(each.person_id == person.id and each.role == read.role for each in place.speakers):
            add_speaker(place, person, Appearing(role=read.role))

    def _person(self, read: ReadPerson) -> Person:
        """The event's own record of somebody, filled up with what is new; else a new record."""
        known = self._plan.people.find(read)
        if known is None:
            known = add_person(self._person_data(read), is_sample=self._event.is_sample, event_id=self._event.id)
            known.uid = self._ids.claim(Person, guid_of(read)) or known.uid
            self._ids.remember(self._event, ImportedKind.PERSON, guid_of(read), known.uid)
            self._plan.people.add(read, known)
            return known
        old = data_of(known)
        new = self._person_data(read)
        filled = {
            each.name: getattr(old, each.name) or getattr(new, each.name)
            for each in fields(PersonData)
            if each.name not in {"family_name", "given_name"}
        }
        change_person(known, replace(old, **filled), event_id=self._event.id)
        self._ids.remember(self._event, ImportedKind.PERSON, guid_of(read), known.uid)
        self._plan.people.add(read, known)
        return known

    def _person_data(self, read: ReadPerson) -> PersonData:
        """The name taken apart where it comes out the same again; else whole."""
        parts = name_parts(read.name)
        whole = Person(given_name=parts.given_name, family_name=parts.family_name).name
        exact = whole == read.name
        honorific = read.honorific
        if not exact and not honorific and f"{parts.honorific} {whole}" == read.name and not self._plan.tree.is_ours:
            exact, honorific = True, parts.honorific
        return PersonData(
            family_name=parts.family_name if exact else read.name,
            given_name=parts.given_name if exact else "",
            honorific=honorific,
            organisation=read.organisation,
            job_title=read.job_title,
            country=read.country,
            biography={self._language: read.biography} if read.biography else {},
        )

    def _change(self, session: Session, read: ReadSession) -> None:
        if session.withdrawn_at is not None:
            operations.restore_session(session)
            db.session.flush()  # the next operation reads the version anew
        filled = len(session.slots) == 1 and session.slots[0].minutes == session.minutes
        operations.change_session(session, self._data(read, session), version=session.version)
        self.remember(read, session)
        if read.slots is not None:
            self._change_course(session, read)
        elif read.people or self._plan.tree.source != "calendar":
            self._change_people(session, read)
        if filled and read.slots is None and len(session.slots) == 1:
            self._stretch(session.slots[0], read.minutes)

    def _stretch(self, slot: Slot, minutes: int) -> None:
        """A slot that filled its session still does."""
        if slot.minutes != minutes:
            data = SlotData(
                minutes=minutes, title=slot.title, kind=slot.kind, abstract=slot.abstract, items=list(slot.items)
            )
            operations.change_slot(slot, data, seen=operations.slot_seen(slot))

    def _change_course(self, session: Session, read: ReadSession) -> None:
        """Slots in their order: each is changed to what the file says, new ones are added, the rest is removed."""
        self._sync(session, read.leads)
        wanted = read.slots or ()
        for slot in list(session.slots)[len(wanted) :]:
            operations.remove_slot(slot)
        for slot, said in zip(list(session.slots), wanted, strict=False):
            operations.change_slot(slot, self._slot_data(said, slot), seen=operations.slot_seen(slot))
            self._sync(slot, said.people)
        for said in wanted[len(session.slots) :]:
            self._add_slot(session, said)

    def _change_people(self, session: Session, read: ReadSession) -> None:
        """Whoever is new speaks in the last slot, whoever is gone is taken out of every one."""
        wanted = {person.id: said for said in read.people for person in [self._person(said)]}
        there: set[int] = set()
        places: list[Session | Slot] = [session, *session.slots]
        for place in places:
            for speaker in coming(list(place.speakers)):
                if speaker.person_id in wanted:
                    there.add(speaker.person_id)
                else:
                    _take_out(place, speaker)
        missing = tuple(said for person_id, said in wanted.items() if person_id not in there)
        if missing and session.slots:
            for said in missing:
                self._put(session.slots[-1], said)
        elif missing:
            self._add_slot(session, ReadSlot(minutes=read.minutes, kind=_slot_kind(session.kind), people=missing))

    def _sync(self, place: Session | Slot, people: Sequence[ReadPerson]) -> None:
        wanted = {(self._person(said).id, said.role) for said in people}
        for speaker in coming(list(place.speakers)):
            if (speaker.person_id, speaker.role) not in wanted:
                _take_out(place, speaker)
        for said in people:
            self._put(place, said)


def _take_out(place: Session | Slot, speaker: Speaker) -> None:
    remove_speaker(speaker)
    db.session.expire(place, ["speakers"])


def _remove(session: Session, published: set[str], at: datetime) -> None:
    """Withdraw what was public, so that calendars are told; delete what never was."""
    if session.uid in published:
        operations.withdraw_session(session, at=at)
    else:
        operations.remove_session(session)


def _slot_kind(kind: str) -> str:
    return slot_kind(kind) if kind in set(SessionKind) else "talk"
