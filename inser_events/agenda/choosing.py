"""What a reader wants to see of a published agenda: a day, room, language or track, words, or their own sessions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from flask_babel import gettext as _
from msgspec.structs import replace

from inser_events.agenda.reading import appearances, programme_days
from inser_events.agenda.snapshot import Session, Snapshot
from inser_events.documents.text import plain_text
from inser_events.languages import Text
from inser_events.people.search import fold, words
from inser_events.web.filters import best_text, language_name, plain, short_day

MOST = 300
"""Sessions that one address may name."""
LONGEST = 100


@dataclass(frozen=True)
class Choice:
    """Empty texts choose everything; ``mine`` None: not asked for, empty: no session."""

    day: str = ""
    room: str = ""
    language: str = ""
    track: str = ""
    q: str = ""
    mine: tuple[str, ...] | None = None

    @property
    def everything(self) -> bool:
        """Whether nothing is left out."""
        return self == EVERYTHING


EVERYTHING = Choice()


class Field(NamedTuple):
    """A list to choose from: its name in the address, its label, its choices, what is chosen."""

    name: str
    label: str
    choices: Sequence[tuple[str, str | Text]]
    chosen: str


def choice_of(given: Mapping[str, str]) -> Choice:
    """What an address asks for; too long or strange values choose nothing rather than fail."""
    texts = {name: given.get(name, "").strip()[:LONGEST] for name in ("day", "room", "language", "track", "q")}
    return Choice(**texts, mine=uids_in(given["mine"]) if "mine" in given else None)


def uids_in(text: str) -> tuple[str, ...]:
    """The ids of sessions in ``uid,uid``."""
    found = (part.strip() for part in text.split(",", MOST)[:MOST])
    return tuple(dict.fromkeys(part for part in found if part))


def narrowed(snapshot: Snapshot, choice: Choice) -> Snapshot:
    """The release with the chosen sessions alone."""
    days = programme_days(snapshot.sessions, snapshot.event.time_zone)
    on_day = {session.uid for day, held in days.items() if choice.day == day.isoformat() for session in held}
    wanted = words(choice.q)

    def is_chosen(session: Session) -> bool:
        return (
            (not choice.day or session.uid in on_day)
            and (not choice.room or session.room == choice.room)
            and (not choice.language or choice.language in {*session.languages, *session.interpretation})
            and (not choice.track or session.track == choice.track)
            and (choice.mine is None or session.uid in choice.mine)
            and (not wanted or _says(session, snapshot, wanted))
        )

    return replace(snapshot, sessions=[session for session in snapshot.sessions if is_chosen(session)])


def _says(session: Session, snapshot: Snapshot, wanted: list[str]) -> bool:
    """Whether every word occurs in what the page shows of a session."""
    room = snapshot.room_named(session.room)
    people = [snapshot.people[each.person] for each in appearances(session) if each.person in snapshot.people]
    text = fold(
        plain(session.title),
        plain_text(plain(session.abstract)),
        plain(room.name) if room else "",
        session.track,
        *(plain(slot.title) for slot in session.slots),
        *(plain_text(plain(slot.abstract)) for slot in session.slots),
        *(f"{person.honorific} {person.name} {person.job_title} {person.organisation}" for person in people),
    )
    return all(word in text for word in wanted)


def fields_of(snapshot: Snapshot, choice: Choice) -> list[Field]:
    """The lists that offer more than one thing to choose."""
    sessions = snapshot.sessions
    days = programme_days(sessions, snapshot.event.time_zone)
    rooms = {session.room for session in sessions}
    tongues = dict.fromkeys(code for s in sessions for code in (*s.languages, *s.interpretation))
    tracks = dict.fromkeys(session.track for session in sessions if session.track)
    fields = [
        Field("day", _("Day"), [(day.isoformat(), short_day(day)) for day in days], choice.day),
        Field("room", _("Room"), [(r.uid, best_text(r.name)) for r in snapshot.rooms if r.uid in rooms], choice.room),
        Field("language", _("Language"), [(code, language_name(code)) for code in tongues], choice.language),
        Field("track", _("Track"), [(track, track) for track in tracks], choice.track),
    ]
    return [field for field in fields if len(field.choices) > 1]
