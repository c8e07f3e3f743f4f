"""What every format is read into: an event with rooms and sessions, as plain values.

Times are aware UTC. Text that says no language stands under ``""``, the main language of whatever event takes it.
None means that the file does not say; an empty text means that it says there is none.
"""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Literal

from inser_events.languages import Localized

MAIN = ""
"""The key of text in the file's own main language."""

IN_WORDS = "words:"
"""Begins the key of a person who is known by name and organisation alone; such a key is not remembered."""

Place = Literal["room", "everywhere", "online"]


@dataclass(frozen=True, kw_only=True)
class ReadPerson:
    """Somebody who appears. ``name`` is whole, as written; ``key`` the file's own id of the person, if any."""

    name: str
    key: str = ""
    honorific: str = ""
    organisation: str = ""
    job_title: str = ""
    country: str = ""
    biography: str = ""
    role: str = "speaker"


@dataclass(frozen=True, kw_only=True)
class ReadSlot:
    """A part of a session."""

    minutes: int
    title: str = ""
    kind: str = "talk"
    people: tuple[ReadPerson, ...] = ()
    items: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class ReadRoom:
    """A room, or a column that stands for the whole venue or the call. ``key``: what sessions name it by."""

    key: str
    name: str
    guid: str = ""
    capacity: int | None = None
    place: Place = "room"


@dataclass(frozen=True, kw_only=True)
class ReadItem:
    """A numbered item of the agenda with the symbols of its documents."""

    number: str
    title: str
    symbols: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class ReadSession:
    """A session. ``minutes`` is 0 until it is known how long it lasts.

    ``people`` appear in it; whether as leads or in which slot the file says by ``leads`` and ``slots`` instead, where
    it goes into such detail (``slots`` is then not None).
    """

    where: str
    """Where in the file it stands, for the report."""
    title: str
    starts_at: datetime
    minutes: int
    guid: str = ""
    number: str = ""
    room: str = ""
    """Key of a `ReadRoom`; empty: none."""
    kind: str | None = None
    track: str | None = None
    languages: tuple[str, ...] | None = None
    interpretation: tuple[str, ...] | None = None
    online: bool | None = None
    abstract: Localized | None = None
    people: tuple[ReadPerson, ...] = ()
    leads: tuple[ReadPerson, ...] = ()
    slots: tuple[ReadSlot, ...] | None = None
    key: str = ""
    """Unlike any other of the tree; set by `settling.settle`."""

    @property
    def ends_at(self) -> datetime:
        """Start plus minutes."""
        return self.starts_at + timedelta(minutes=self.minutes)

    @property
    def everybody(self) -> tuple[ReadPerson, ...]:
        """All who appear, in order."""
        slots = tuple(person for slot in self.slots or () for person in slot.people)
        return (*self.leads, *slots, *self.people)


@dataclass(frozen=True, kw_only=True)
class ReadVenue:
    """What a file says of where the event is."""

    name: str = ""
    city: str = ""
    latitude: float | None = None
    longitude: float | None = None


@dataclass(frozen=True, kw_only=True)
class ReadEvent:
    """What a file says of the event as a whole. ``description`` is HTML."""

    title: str = ""
    slug: str = ""
    """A wish, from an acronym or address."""
    zone: str = "UTC"
    zone_known: bool = False
    starts_on: date | None = None
    ends_on: date | None = None
    languages: tuple[str, ...] = ()
    tagline: str = ""
    description: str = ""
    venue: ReadVenue = field(default_factory=ReadVenue)
    online_platform: str = ""
    organiser: str = ""
    contact_email: str = ""
    modes: tuple[str, ...] = ("in_person", "online")


@dataclass(frozen=True, kw_only=True)
class Tree:
    """One file, read."""

    source: str
    """``schedule.xml``, ``schedule.json``, ``calendar`` or ``table``."""
    event: ReadEvent
    rooms: tuple[ReadRoom, ...] = ()
    sessions: tuple[ReadSession, ...] = ()
    items: tuple[ReadItem, ...] = ()
    is_ours: bool = False
    """Whether this application wrote the file."""
    gone: frozenset[str] = frozenset()
    """guids and numbers of talks that the file names as rejected, drafted or cancelled."""

    def room(self, key: str) -> ReadRoom | None:
        """The room with this key."""
        return next((room for room in self.rooms if room.key == key), None)
