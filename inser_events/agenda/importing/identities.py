"""Finding what a file means among what an event has: by remembered or equal ids, then by names."""

from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from sqlalchemy import select

from inser_events.agenda.importing.models import LONGEST_ID, ImportedId, ImportedKind
from inser_events.agenda.importing.tree import IN_WORDS, ReadPerson, ReadRoom, ReadSession
from inser_events.agenda.models import Session
from inser_events.agenda.queries import people_of
from inser_events.database import Model, db
from inser_events.events.models import Event, Room
from inser_events.people.models import Person
from inser_events.people.search import fold


class Identities:
    """The ids of one event's things; empty for an event that is still to be made."""

    def __init__(self, event: Event | None) -> None:
        self._event = event
        self._known: dict[tuple[str, str], str] = {}
        if event is not None:
            rows = db.session.scalars(select(ImportedId).where(ImportedId.event_id == event.id))
            self._known = {(row.kind, row.foreign_id): row.uid for row in rows}
        self._taken: dict[type[Model], set[str]] = {}

    def uid_of(self, kind: ImportedKind, foreign_id: str) -> str | None:
        """Our uid for a foreign id: remembered, or the id itself where it may be one of ours."""
        if not foreign_id:
            return None
        foreign_id = foreign_id[:LONGEST_ID]
        return self._known.get((kind, foreign_id)) or (foreign_id if is_uuid(foreign_id) else None)

    def look_for_taken(self, table: type[Session | Room | Person], guids: Iterable[str]) -> None:
        """Find out at once which of these guids other things have as their uid already."""
        wanted = [guid for guid in dict.fromkeys(guids) if is_uuid(guid)]
        found: set[str] = set()
        for begin in range(0, len(wanted), 500):
            part = wanted[begin : begin + 500]
            found |= set(db.session.scalars(select(table.uid).where(table.uid.in_(part))))
        self._taken[table] = found

    def claim(self, table: type[Session | Room | Person], foreign_id: str) -> str | None:
        """The foreign id as the uid of a new row, when it is a UUID that nothing else has."""
        taken = self._taken.setdefault(table, set())
        if not is_uuid(foreign_id) or foreign_id in taken:
            return None
        taken.add(foreign_id)
        return foreign_id

    def remember(self, event: Event, kind: ImportedKind, foreign_id: str, uid: str) -> None:
        """Let the thing with this uid be found by a foreign id from now on."""
        foreign_id = foreign_id[:LONGEST_ID]
        if foreign_id and foreign_id != uid and self._known.get((kind, foreign_id)) != uid:
            self._note(event, kind, foreign_id, uid)

    def _note(self, event: Event, kind: ImportedKind, foreign_id: str, uid: str) -> None:
        mine = select(ImportedId).where(ImportedId.event_id == event.id, ImportedId.kind == kind)
        there = (kind, foreign_id) in self._known
        known = db.session.scalar(mine.where(ImportedId.foreign_id == foreign_id)) if there else None
        if known is not None:
            known.uid = uid
        else:
            db.session.add(ImportedId(event_id=event.id, kind=kind, foreign_id=foreign_id, uid=uid))
        self._known[kind, foreign_id] = uid


def is_uuid(text: str) -> bool:
    """Whether a text is a UUID as we write them."""
    try:
        return str(UUID(text)) == text
    except ValueError:
        return False


class Rooms:
    """Which of the event's rooms a read room is."""

    def __init__(self, identities: Identities, rooms: Sequence[Room]) -> None:
        self._identities = identities
        self._rooms = {room.uid: room for room in rooms}

    def match(self, read: Iterable[ReadRoom]) -> dict[str, Room]:
        """Rooms by the keys of the tree: by id, then by name; each of ours stands for one of theirs."""
        found: dict[str, Room] = {}
        left = dict(self._rooms)
        wanted = [room for room in read if room.place == "room"]
        for room in wanted:
            uid = self._identities.uid_of(ImportedKind.ROOM, room.guid) or ""
            if uid in left:
                found[room.key] = left.pop(uid)
        for room in wanted:
            if room.key not in found:
                same = (uid for uid, ours in left.items() if fold(room.name) in set(map(fold, ours.name.values())))
                if uid := next(same, ""):
                    found[room.key] = left.pop(uid)
        return found


class People:
    """Which of the event's people a read person is."""

    def __init__(self, identities: Identities, people: Sequence[Person]) -> None:
        self._identities = identities
        self._by_uid = {person.uid: person for person in people}
        self._by_name: dict[str, Person] = {}
        for person in people:
            for name in (person.name, person.name_latin):
                if name:
                    self._by_name.setdefault(fold(name), person)
        self._claimed: dict[str, str] = {}

    @classmethod
    def of(cls, identities: Identities, event: Event | None) -> "People":
        """Those who appear in the event's draft."""
        return cls(identities, people_of(event) if event is not None else [])

    def find(self, read: ReadPerson) -> Person | None:
        """By id, then by name; two people of one name and different ids are not the same."""
        uid = self._identities.uid_of(ImportedKind.PERSON, guid_of(read))
        if uid in self._by_uid:
            return self._by_uid[uid or ""]
        person = self._by_name.get(fold(read.name))
        if person is None:
            return None
        if read.key and self._claimed.setdefault(person.uid, read.key) != read.key:
            return None
        return person

    def add(self, read: ReadPerson, person: Person) -> None:
        """From now on *person* is who *read* is."""
        self._by_uid[person.uid] = person
        self._by_name.setdefault(fold(read.name), person)
        if read.key:
            self._claimed[person.uid] = read.key


def guid_of(read: ReadPerson) -> str:
    """The id under which a person is remembered: a bare guid, else with the kind of id in front; empty for none."""
    return "" if read.key.startswith(IN_WORDS) else read.key.removeprefix("guid:")


def match_sessions(
    identities: Identities, read: Sequence[ReadSession], ours: Sequence[Session], names: Mapping[int, frozenset[str]]
) -> dict[str, Session]:
    """Our sessions by the keys of the tree: by guid, then by number, then by title and people.

    *names*: the folded names of those who appear in each of our sessions, by its id.
    """
    found: dict[str, Session] = {}
    left = {session.uid: session for session in ours}
    for kind in (ImportedKind.SESSION, ImportedKind.NUMBER):
        for session in read:
            ids = (session.guid, session.key) if kind is ImportedKind.SESSION else (session.number,)
            uid = next((uid for each in ids if (uid := identities.uid_of(kind, each)) in left), None)
            if session.key not in found and uid is not None:
                found[session.key] = left.pop(uid)
    by_title: dict[str, list[Session]] = {}
    for ours_left in left.values():
        for title in {fold(text) for text in ours_left.title.values()}:
            by_title.setdefault(title, []).append(ours_left)
    for session in read:
        if session.key in found:
            continue
        people = frozenset(fold(person.name) for person in session.everybody)
        same = [
            each
            for each in by_title.get(fold(session.title), [])
            if each.uid in left and (names[each.id] == people or not names[each.id] or not people)
        ]
        if same:
            # Of several with one title the one that begins nearest.
            nearest = min(same, key=lambda each: abs(each.starts_at - session.starts_at))
            found[session.key] = left.pop(nearest.uid)
    return found
