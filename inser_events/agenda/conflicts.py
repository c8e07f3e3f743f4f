"""What does not fit in the draft. One pass over the times in order (a sweep line), not over all pairs."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from heapq import heappop, heappush
from typing import Literal, NamedTuple
from zoneinfo import ZoneInfo

from flask_babel import gettext as _

from inser_events.agenda.models import Session, SessionKind, Speaker, SpeakerState
from inser_events.agenda.timing import retimed
from inser_events.events.models import Event, Kind
from inser_events.languages import text_in
from inser_events.web.filters import comma, language_name, page_language, short_day, zone_city

Severity = Literal["bad", "warn", "info"]
RANK = {"bad": 0, "warn": 1, "info": 2}
NIGHT, MORNING = 22, 6
"""Hours between which nobody should have to speak."""
WITHOUT_INTERPRETATION = frozenset({SessionKind.BREAK, SessionKind.SOCIAL})


@dataclass(frozen=True)
class Conflict:
    """Something to look at: how bad, what sort, which sessions (the first is where to go), in words."""

    severity: Severity
    kind: str
    sessions: tuple[Session, ...]
    message: str
    at: datetime | None = None
    """When the first of the sessions starts, or would start."""


class _Stretch(NamedTuple):
    """A time that somebody or a room is taken by a session."""

    starts_at: datetime
    ends_at: datetime
    order: int
    session: Session


def conflicts_of(event: Event, sessions: Sequence[Session]) -> list[Conflict]:
    """Everything that does not fit, worst first, then by start. Withdrawn sessions do not count."""
    live = [session for session in sessions if session.withdrawn_at is None]
    found = [
        *_rooms_taken_twice(live),
        *_people_in_two_places(live),
        *_outside_the_days(event, live),
        *_slots_too_long(live),
        *_unconfirmed(live),
        *_interpretation_missing(event, live),
        *_at_night(live),
    ]
    in_order = sorted(found, key=lambda each: (RANK[each.severity], each.sessions[0].starts_at, each.sessions[0].id))
    return [replace(each, at=each.sessions[0].starts_at) for each in in_order]


def overlaps(stretches: Iterable[_Stretch]) -> Iterator[tuple[Session, Session]]:
    """Every pair of sessions whose stretches share some time, each pair once, in the order of the sessions."""
    running: list[tuple[datetime, int, Session]] = []
    told: set[tuple[int, int]] = set()
    for stretch in sorted(stretches, key=lambda each: (each.starts_at, each.ends_at, each.order)):
        while running and running[0][0] <= stretch.starts_at:
            heappop(running)
        for _ends_at, order, other in running:
            pair = (min(order, stretch.order), max(order, stretch.order))
            if order != stretch.order and pair not in told:
                told.add(pair)
                yield (other, stretch.session) if order < stretch.order else (stretch.session, other)
        heappush(running, (stretch.ends_at, stretch.order, stretch.session))


def _rooms_taken_twice(sessions: Sequence[Session]) -> Iterator[Conflict]:
    by_room = defaultdict(list)
    for order, session in enumerate(sessions):
        if session.room_id is not None:
            by_room[session.room_id].append(_Stretch(session.starts_at, session.ends_at, order, session))
    for stretches in by_room.values():
        for first, second in overlaps(stretches):
            room = _text(first.room.name) if first.room else ""
            message = _(
                "%(room)s is taken twice: “%(first)s” and “%(second)s” overlap.",
                room=room,
                first=_text(first.title),
                second=_text(second.title),
            )
            yield Conflict("bad", "room", (second, first), message)


def _people_in_two_places(sessions: Sequence[Session]) -> Iterator[Conflict]:
    taken: dict[int, list[_Stretch]] = defaultdict(list)
    names: dict[int, str] = {}
    for order, session in enumerate(sessions):
        for speaker, starts_at, ends_at in _stretches(session):
            if speaker.state != SpeakerState.DECLINED:
                taken[speaker.person_id].append(_Stretch(starts_at, ends_at, order, session))
                names[speaker.person_id] = speaker.person.name
    for person_id, stretches in taken.items():
        for first, second in overlaps(stretches):
            message = _(
                "%(name)s is in two places at once: “%(first)s” and “%(second)s”.",
                name=names[person_id],
                first=_text(first.title),
                second=_text(second.title),
            )
            yield Conflict("bad", "person", (second, first), message)


def _stretches(session: Session) -> Iterator[tuple[Speaker, datetime, datetime]]:
    """Who is needed when: chairs all the time, speakers in their slot."""
    for speaker in session.speakers:
        yield speaker, session.starts_at, session.ends_at
    for slot, span in zip(session.slots, retimed(session.starts_at, _minutes(session)), strict=True):
        for speaker in slot.speakers:
            yield speaker, span.starts_at, span.ends_at


def _minutes(session: Session) -> list[int]:
    return [slot.minutes for slot in session.slots]


def _outside_the_days(event: Event, sessions: Iterable[Session]) -> Iterator[Conflict]:
    clock = ZoneInfo(event.time_zone)
    for session in sessions:
        day = session.starts_at.astimezone(clock).date()
        if not event.starts_on <= day <= event.ends_on:
            message = _(
                "“%(title)s” is on %(day)s, outside the days of the event.",
                title=_text(session.title),
                day=short_day(day),
            )
            yield Conflict("bad", "day", (session,), message)


def _slots_too_long(sessions: Iterable[Session]) -> Iterator[Conflict]:
    for session in sessions:
        over = sum(_minutes(session)) - session.minutes
        if over > 0:
            message = _(
                "The slots of “%(title)s” take %(over)s minutes longer than the session.",
                title=_text(session.title),
                over=over,
            )
            yield Conflict("bad", "length", (session,), message)


def _unconfirmed(sessions: Iterable[Session]) -> Iterator[Conflict]:
    for session in sessions:
        people = {speaker.id: speaker for speaker, _start, _end in _stretches(session)}.values()
        for speaker in people:
            if speaker.state == SpeakerState.INVITED:
                message = _(
                    "%(name)s has not confirmed yet (“%(title)s”).",
                    name=speaker.person.name,
                    title=_text(session.title),
                )
                yield Conflict("warn", "unconfirmed", (session,), message)
            elif speaker.state == SpeakerState.DECLINED:
                message = _(
                    "%(name)s has declined and will not be shown (“%(title)s”).",
                    name=speaker.person.name,
                    title=_text(session.title),
                )
                yield Conflict("warn", "declined", (session,), message)


def _interpretation_missing(event: Event, sessions: Sequence[Session]) -> Iterator[Conflict]:
    """Only where interpretation is in play: in a plenary, or when some session has it."""
    if event.kind != Kind.PLENARY and not any(session.interpretation for session in sessions):
        return
    for session in sessions:
        missing = [code for code in event.languages if code not in {*session.languages, *session.interpretation}]
        if missing and session.kind not in WITHOUT_INTERPRETATION:
            message = _(
                "“%(title)s” cannot be followed in %(languages)s.",
                title=_text(session.title),
                languages=comma().join(map(language_name, missing)),
            )
            yield Conflict("info", "interpretation", (session,), message)


def _at_night(sessions: Iterable[Session]) -> Iterator[Conflict]:
    """Who joins by the call and has said from where, when it is night there."""
    for session in sessions:
        for speaker, starts_at, ends_at in _stretches(session):
            if not (speaker.online and speaker.time_zone) or speaker.state == SpeakerState.DECLINED:
                continue
            zone = ZoneInfo(speaker.time_zone)
            start, end = starts_at.astimezone(zone), ends_at.astimezone(zone)
            if is_night(start, end):
                message = _(
                    "For %(name)s in %(place)s it is %(time)s, at night (“%(title)s”).",
                    name=speaker.person.name,
                    place=zone_city(speaker.time_zone),
                    time=f"{start:%H:%M}\N{EN DASH}{end:%H:%M}",
                    title=_text(session.title),
                )
                yield Conflict("warn", "night", (session,), message)


def is_night(start: datetime, end: datetime) -> bool:
    """Whether any of the time from *start* to *end*, on the clock of the one who speaks, is between 22:00 and 06:00."""
    if not MORNING <= start.hour < NIGHT:
        return True
    return start.date() != end.date() or (end.hour, end.minute) > (NIGHT, 0)


def _text(localized: dict[str, str]) -> str:
    return text_in(localized, [page_language(), "en"]).value
