"""What every reader of a release needs: its programme days, the people of a session, addresses, words.

Values in, values out: nothing here knows the database or the request. The words of the interface come in the
language set by `speaking`.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from itertools import chain
from typing import Literal
from urllib.parse import quote
from zoneinfo import ZoneInfo

from flask_babel import force_locale
from flask_babel import gettext as _

from inser_events.agenda.snapshot import Appearance, Session, Slot, Snapshot
from inser_events.documents.text import one_line, with_commas
from inser_events.languages import INTERFACE, Localized, Text, text_in
from inser_events.web.filters import kind_label, language_name, role_label, zone_name

NIGHT_ENDS = time(4)
"""A session that starts before this hour may belong to the evening it goes on from."""
SAME_EVENING = timedelta(hours=2)
"""The longest pause after which it still does."""
SHARED = frozenset({"break", "social"})
"""Sessions that need no room of their own."""


def event_url(base_url: str, slug: str) -> str:
    """The event's public page."""
    return f"{base_url.rstrip('/')}/events/{quote(slug, safe='')}"


def session_url(base_url: str, slug: str, uid: str) -> str:
    """Where the public agenda shows a session."""
    return f"{event_url(base_url, slug)}/agenda#s-{quote(uid, safe='')}"


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Use the interface's words in *language*, or in English where it has none."""
    with force_locale(language if language in INTERFACE else "en"):
        yield


def programme_days(sessions: Iterable[Session], zone: str) -> dict[date, list[Session]]:
    """Sessions by programme day, both in order of time.

    A programme day is not a date: a session that starts before four in the morning belongs to the evening before
    when another session of that evening ended less than two hours earlier. A webinar at three stands for itself.
    """
    clock = ZoneInfo(zone)
    days: dict[date, list[Session]] = {}
    evening_ends: dict[date, datetime] = {}
    for session in sorted(sessions, key=lambda session: session.starts_at):
        local = session.starts_at.astimezone(clock)
        day, before = local.date(), local.date() - timedelta(days=1)
        if local.time() < NIGHT_ENDS and before in days and session.starts_at - evening_ends[before] <= SAME_EVENING:
            day = before
        days.setdefault(day, []).append(session)
        evening_ends[day] = max(evening_ends.get(day, session.ends_at), session.ends_at)
    return dict(sorted(days.items()))


def appearances(session: Session) -> Iterator[Appearance]:
    """Everybody who appears in a session: its chairs and moderators, then the speakers of its slots."""
    return chain(session.speakers, *(slot.speakers for slot in session.slots))


def setting(snapshot: Snapshot, session: Session) -> Literal["room", "everywhere", "online"]:
    """Whether a session has a room, takes place all over the venue (a break, a visit), or only in the call."""
    modes = snapshot.event.modes
    if snapshot.room_named(session.room):
        return "room"
    if not session.online or "online" not in modes:
        return "everywhere"
    return "everywhere" if session.kind in SHARED and "in_person" in modes else "online"


def span(snapshot: Snapshot) -> tuple[datetime, datetime] | None:
    """Start of the first session and end of the last one that take place; None when there are none."""
    live = snapshot.live_sessions
    if not live:
        return None
    return min(session.starts_at for session in live), max(session.ends_at for session in live)


class Wording:
    """The words of one export: content in the wanted languages, labels in the language of `speaking`.

    Labels are looked up once each, because an export asks for the same few of them hundreds of times.
    """

    def __init__(self, snapshot: Snapshot, languages: Sequence[str]) -> None:
        self.snapshot = snapshot
        self.languages = list(dict.fromkeys([*languages, *snapshot.event.languages]))
        self.clock = ZoneInfo(snapshot.event.time_zone)
        self._labels: dict[tuple[str, str], str] = {}
        self._people: dict[str, str] = {}
        self._zones: dict[timedelta | None, str] = {}

    def chosen(self, localized: Localized) -> Text:
        """The text and the language it is in."""
        return text_in(localized, self.languages)

    def text(self, localized: Localized) -> str:
        """The text alone."""
        return self.chosen(localized).value

    def title(self, session: Session) -> str:
        """The session's title on one line; what sort of session it is when it has none."""
        return one_line(self.text(session.title)) or self.kind(session.kind)

    def kind(self, kind: str) -> str:
        """What sort of session or slot it is."""
        return self._labels.get(("kind", kind)) or self._labels.setdefault(("kind", kind), kind_label(kind))

    def role(self, role: str) -> str:
        """What a person does in a session."""
        return self._labels.get(("role", role)) or self._labels.setdefault(("role", role), role_label(role))

    def language(self, code: str) -> str:
        """The name of a language."""
        return self._labels.get(("lang", code)) or self._labels.setdefault(("lang", code), language_name(code))

    def zone(self, at: datetime) -> str:
        """The event's zone with its distance from UTC at that moment."""
        offset = at.astimezone(self.clock).utcoffset()
        if offset not in self._zones:
            self._zones[offset] = zone_name(self.snapshot.event.time_zone, at)
        return self._zones[offset]

    def clock_time(self, at: datetime) -> str:
        """Hours and minutes in the event's zone."""
        local = at.astimezone(self.clock)
        return f"{local.hour:02}:{local.minute:02}"

    def person(self, uid: str) -> str:
        """``Mr Lifeng Li (FAO)``; empty for somebody the release does not know."""
        if uid not in self._people:
            person = self.snapshot.people.get(uid)
            name = one_line(f"{person.honorific} {person.name}") if person else ""
            organisation = one_line(person.organisation) if person else ""
            self._people[uid] = f"{name} ({organisation})" if organisation else name
        return self._people[uid]

    def people(self, speakers: Iterable[Appearance]) -> list[str]:
        """Names in order; a role other than speaker is said."""
        return [
            name if each.role == "speaker" else f"{self.role(each.role)}: {name}"
            for each in speakers
            if (name := self.person(each.person))
        ]

    def tongues(self, session: Session) -> str:
        """In which languages a session is held and interpreted; empty when nobody said."""
        key = "tongues", " ".join([*session.languages, ">", *session.interpretation])
        if key not in self._labels:
            spoken = with_commas(map(self.language, session.languages))
            interpreted = with_commas(map(self.language, session.interpretation))
            parts = [
                _("Language: %(names)s", names=spoken) if spoken else "",
                _("Interpretation: %(names)s", names=interpreted) if interpreted else "",
            ]
            self._labels[key] = ". ".join(part for part in parts if part)
        return self._labels[key]


def slot_lines(session: Session, wording: Wording) -> list[str]:
    """The course of a session: who leads it, then a line for each slot with its time in the event's zone."""
    return [*wording.people(session.speakers), *(_slot_line(slot, wording) for slot in session.slots)]


def _slot_line(slot: Slot, wording: Wording) -> str:
    title = one_line(wording.text(slot.title)) or wording.kind(slot.kind)
    numbered = " ".join([*slot.items, title])
    names = ", ".join(wording.people(slot.speakers))
    times = f"{wording.clock_time(slot.starts_at)}\N{EN DASH}{wording.clock_time(slot.ends_at)}"
    return f"{times} {numbered} \N{EM DASH} {names}" if names else f"{times} {numbered}"
