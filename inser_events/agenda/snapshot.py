"""What a Release freezes: the whole published event as plain values, with computed times.

Public pages, calendars, exports, PDF and live screens read only this. Times are aware UTC datetimes;
ids are the ``uid`` strings of the draft's rows and never change. Serialised as JSON by msgspec.
"""

from datetime import date, datetime
from typing import Literal

import msgspec

from inser_events.languages import Localized

Status = Literal["confirmed", "cancelled"]


class Place(msgspec.Struct, frozen=True, omit_defaults=True):
    """Where the room audience meets."""

    name: Localized
    address: str = ""
    city: Localized = {}
    country: str = ""
    """ISO 3166-1 alpha-2."""
    latitude: float | None = None
    longitude: float | None = None
    directions: Localized = {}


class Network(msgspec.Struct, frozen=True, omit_defaults=True):
    """The network that holds the event."""

    slug: str
    acronym: str
    name: Localized


class EventFacts(msgspec.Struct, frozen=True, omit_defaults=True):
    """The event as published. The join link itself is personal and never part of a release."""

    uid: str
    slug: str
    kind: str
    """``launch``, ``plenary``, ``workshop`` or ``webinar``."""
    name: Localized
    time_zone: str
    starts_on: date
    ends_on: date
    languages: list[str]
    """First is the main language."""
    modes: list[str]
    """Any of ``in_person``, ``online``."""
    tagline: Localized = {}
    description: Localized = {}
    """Sanitised HTML."""
    venue: Place | None = None
    online_platform: str = ""
    organiser: Localized = {}
    contact_email: str = ""
    network: Network | None = None
    status: Status = "confirmed"
    is_sample: bool = False
    sequence: int = 0
    changed_at: datetime | None = None


class Room(msgspec.Struct, frozen=True, omit_defaults=True):
    """A room of the venue."""

    uid: str
    name: Localized
    capacity: int | None = None


class File(msgspec.Struct, frozen=True, omit_defaults=True):
    """A file that the public may download, by its ``uid``; its bytes are not part of the release."""

    uid: str
    name: str
    media_type: str
    size: int
    """Bytes."""
    language: str = ""
    """Of an official document, else empty."""


class Person(msgspec.Struct, frozen=True, omit_defaults=True):
    """A speaker's public details. ``name`` is as the person writes it, ``name_latin`` for the badge."""

    uid: str
    name: str
    name_latin: str = ""
    family_name: str = ""
    honorific: str = ""
    job_title: str = ""
    organisation: str = ""
    country: str = ""
    bio: Localized = {}
    job_titles: Localized = {}
    """The position in further languages than that of ``job_title``."""
    photo: str = ""
    """Digest of the photo, which names its file; empty: none."""
    files: list[File] = []
    """Slides and papers that the organisers show."""


class Appearance(msgspec.Struct, frozen=True, omit_defaults=True):
    """A person in a role: chair, moderator, speaker, panellist, rapporteur."""

    person: str
    """``uid`` of a Person in ``Snapshot.people``."""
    role: str = "speaker"
    online: bool = False
    uid: str = ""
    """This and what follows is never published: it is filled only for the steps that can be undone."""
    state: str = ""
    time_zone: str = ""


class Slot(msgspec.Struct, frozen=True, omit_defaults=True):
    """A speaker slot inside a session; its times follow from the session's start and the slots before it."""

    uid: str
    title: Localized
    kind: str
    """``remarks``, ``talk``, ``panel``, ``item``, ``discussion``, ``break``."""
    starts_at: datetime
    ends_at: datetime
    abstract: Localized = {}
    speakers: list[Appearance] = []
    items: list[str] = []
    """Numbers of the agenda items taken here, such as ``3.1``."""


class Session(msgspec.Struct, frozen=True, omit_defaults=True):
    """A block of the agenda in a room."""

    uid: str
    title: Localized
    kind: str
    """``opening``, ``plenary``, ``panel``, ``workshop``, ``discussion``, ``break``, ``social``, ``closing``."""
    starts_at: datetime
    ends_at: datetime
    room: str | None = None
    """``uid`` of a Room; None: online only, or everywhere."""
    abstract: Localized = {}
    track: str = ""
    languages: list[str] = []
    interpretation: list[str] = []
    online: bool = True
    """Whether the online audience can follow it."""
    status: Status = "confirmed"
    speakers: list[Appearance] = []
    """Chairs and moderators of the whole session."""
    slots: list[Slot] = []
    items: list[str] = []
    sequence: int = 0
    """iCalendar SEQUENCE: raised by the release that last changed time, place or status."""
    changed_at: datetime | None = None
    """When the release that last changed this session was published."""


class Item(msgspec.Struct, frozen=True, omit_defaults=True):
    """A numbered item of a plenary's agenda."""

    number: str
    title: Localized
    purpose: str = ""
    """``decision``, ``information``, ``information_and_decision`` or empty."""
    documents: list[str] = []
    """Symbols, such as ``GSPPA X/2022/3``."""
    uid: str = ""
    """Filled only for the steps that can be undone."""


class Document(msgspec.Struct, frozen=True, omit_defaults=True):
    """An official document: one symbol in all its languages."""

    symbol: str
    title: Localized
    languages: list[str] = []
    status: str = "available"
    uid: str = ""
    """Filled only for the steps that can be undone."""
    files: list[File] = []
    """At most one in each language, none while the status is another than ``available``."""


class Snapshot(msgspec.Struct, frozen=True, omit_defaults=True):
    """One release of one event."""

    number: int
    published_at: datetime
    event: EventFacts
    rooms: list[Room] = []
    sessions: list[Session] = []
    """By start, then room order. Withdrawn sessions stay, with status ``cancelled``."""
    people: dict[str, Person] = {}
    items: list[Item] = []
    documents: list[Document] = []
    note: str = ""

    @property
    def live_sessions(self) -> list[Session]:
        """The sessions that will take place."""
        return [s for s in self.sessions if s.status == "confirmed"]

    @property
    def files(self) -> dict[str, File]:
        """Everything that the public may download, by ``uid``."""
        held = [*(document.files for document in self.documents), *(person.files for person in self.people.values())]
        return {file.uid: file for files in held for file in files}

    def room_named(self, uid: str | None) -> Room | None:
        """The room with this uid, or None."""
        return next((room for room in self.rooms if room.uid == uid), None)


_decoder = msgspec.json.Decoder(Snapshot)


def dump(snapshot: Snapshot) -> str:
    """Serialise to the JSON kept in ``Release.snapshot``."""
    return msgspec.json.encode(snapshot, order="deterministic").decode()


def load(text: str | bytes) -> Snapshot:
    """Read what `dump` wrote. Raises msgspec.ValidationError for anything else."""
    return _decoder.decode(text)
