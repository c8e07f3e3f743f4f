"""Running an event: what is on in a room, and the three taps of its moderator. Each is public at once.

A light release takes the last release, changes the times of a few sessions and nothing else, and is published as the
next one. It never reads the draft, so edits that nobody has published yet stay unpublished. The same new times are
given to the draft where it still says what was public, so that the next full release does not take them back; a
time that somebody is changing in the draft stays as they want it. Nobody gets a mail because of a light release: who
is there sees it on the screens, and calendars that subscribe follow.
"""

from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise
from typing import NamedTuple
from zoneinfo import ZoneInfo

from flask_babel import gettext as _

from inser_events.agenda.differences import difference
from inser_events.agenda.errors import NotRunning
from inser_events.agenda.freezing import refreeze, with_times
from inser_events.agenda.models import Release
from inser_events.agenda.publishing import release_of, take_turn
from inser_events.agenda.queries import draft_sessions, latest_snapshot
from inser_events.agenda.reading import speaking
from inser_events.agenda.shifting import MINUTE, Piece, in_lane, least_minutes, pushed, retime
from inser_events.agenda.snapshot import Session, Slot, Snapshot
from inser_events.audit import record
from inser_events.database import db
from inser_events.events.models import Event
from inser_events.languages import text_in

LATER = 5
"""Minutes of one tap on "later"."""


class Part(NamedTuple):
    """What the moderator acts on: a session, or one of its slots."""

    session: Session
    slot: Slot | None = None

    @property
    def key(self) -> str:
        """Names the part in a form."""
        return self.slot.uid if self.slot else self.session.uid

    @property
    def starts_at(self) -> datetime:
        """When it starts."""
        if self.slot is None and self.session.slots:
            return self.session.slots[-1].ends_at
        return (self.slot or self.session).starts_at

    @property
    def ends_at(self) -> datetime:
        """When it ends."""
        return (self.slot or self.session).ends_at


class Sheet(NamedTuple):
    """A room's day: what is on, and what is still to come."""

    current: Part | None
    coming: list[Part]
    day: list[Session]


def sheet(snapshot: Snapshot, room: str | None, at: datetime) -> Sheet:
    """What is on in a room (None: everywhere) *at* a moment and what comes after it that day."""
    parts = [part for session in lane(snapshot, room, at) for part in parts_of(session)]
    on = [part for part in parts if part.starts_at <= at < part.ends_at]
    coming = [part for part in parts if part.starts_at > at]
    return Sheet(on[-1] if on else None, coming, lane(snapshot, room, at))


def rooms_of(snapshot: Snapshot, at: datetime) -> list[str]:
    """The rooms in use on the day of *at*, in the order of the rooms."""
    used = {session.room for session in _of_day(snapshot, at)}
    return [room.uid for room in snapshot.rooms if room.uid in used]


def lane(snapshot: Snapshot, room: str | None, at: datetime) -> list[Session]:
    """What happens in a room on the local day of *at*, what is for everyone included, in order."""
    found = [session for session in _of_day(snapshot, at) if room is None or session.room in {room, None}]
    return sorted(found, key=lambda session: (session.starts_at, session.ends_at, session.uid))


def parts_of(session: Session) -> list[Part]:
    """The slots, and what of the session is left after them; the session itself when it has none."""
    parts = [Part(session, slot) for slot in session.slots]
    if not parts or parts[-1].ends_at < session.ends_at:
        parts.append(Part(session))
    return parts


def run(event: Event, tap: str, key: str, *, room: str | None, at: datetime, by: str, after: int) -> Release:
    """Do what the moderator tapped, and publish it as a light release. Only times change; see the module.

    *tap* is ``later``, ``start`` or ``finish``, *key* names the part, *after* is the release that the moderator saw.
    Raises ReleasedMeanwhile when there is a newer one, which a second tap of an impatient finger meets too, and
    NotRunning when the part cannot do that now.
    """
    take_turn(event, after)
    previous = latest_snapshot(event)
    if previous is None:
        raise NotRunning
    part = _part(previous, key)
    with speaking(event.languages[0]):
        changed, note = _tapped(previous, part, tap, room, at.replace(second=0, microsecond=0))
    if not changed:
        raise NotRunning
    snapshot = refreeze(previous, changed, at=at, note=note)
    release = release_of(event, snapshot, by=by)
    db.session.add(release)
    _follow(event, previous, changed)
    db.session.flush()  # the audit entry needs the id
    changes = [f"{each.kind} {each.uid}" for each in difference(previous, snapshot)]
    after_values = {"number": release.number, "note": note, "changes": changes}
    record("run", release, event_id=event.id, after=after_values)
    return release


def _tapped(previous: Snapshot, part: Part, tap: str, room: str | None, at: datetime) -> tuple[list[Session], str]:
    session, slot = part
    title = _title(part, previous)
    if tap == "later":
        longer = _stretched(session, slot, LATER)
        words = _("“%(title)s” takes %(count)s minutes longer.", title=title, count=LATER)
        return _with_rest(previous, longer, room), words
    if tap == "finish":
        if not part.starts_at <= at < part.ends_at:
            raise NotRunning
        least = part.starts_at + MINUTE
        shorter = _stretched(session, slot, -((part.ends_at - max(at, least)) // MINUTE))
        return ([shorter] if shorter != session else []), _("“%(title)s” has finished.", title=title)
    if tap != "start":
        raise NotRunning
    words = _("“%(title)s” starts at %(time)s.", title=title, time=f"{at.astimezone(_clock(previous)):%H:%M}")
    return _started(previous, part, room, at), words


def _started(previous: Snapshot, part: Part, room: str | None, at: datetime) -> list[Session]:
    """The part starts at *at*. What was still on in its room ends; what it now runs into is pushed."""
    session, slot = part
    if slot is None and session.slots:
        raise NotRunning
    if slot is not None and slot.uid != session.slots[0].uid:
        before = next(first for first, second in pairwise(session.slots) if second.uid == slot.uid)
        by = (at - slot.starts_at) // MINUTE
        if before.starts_at + MINUTE > at:
            raise NotRunning
        changed = _stretched(session, before, by)
        return _with_rest(previous, changed, room) if changed != session else []
    moved = with_times(session, at, (session.ends_at - session.starts_at) // MINUTE)
    if moved == session:
        return []
    return [*_cut(previous, session, room, at), *_with_rest(previous, moved, room)]


def _cut(previous: Snapshot, starting: Session, room: str | None, at: datetime) -> list[Session]:
    """What is on in the room of *starting* ends *at*, so that it can start."""
    day = _of_day(previous, at)
    here = {piece.uid for piece in in_lane(map(_piece, day), starting.room or room)} - {starting.uid}
    found = [session for session in day if session.uid in here and session.starts_at < at < session.ends_at]
    # What began together with it, or ran beside it anyway, is not in its way.
    return [_ended(session, at) for session in found if session.ends_at <= starting.starts_at]


def _ended(session: Session, at: datetime) -> Session:
    """The session cut off; a slot that would start later keeps one minute at its end, so that it is not lost."""
    lengths = [max(1, (min(slot.ends_at, at) - slot.starts_at) // MINUTE) for slot in session.slots]
    return with_times(session, session.starts_at, (at - session.starts_at) // MINUTE, lengths)


def _stretched(session: Session, slot: Slot | None, by: int) -> Session:
    """The session longer *by* minutes (negative: shorter), in one of its slots when it is given."""
    minutes = (session.ends_at - session.starts_at) // MINUTE
    lengths = [(each.ends_at - each.starts_at) // MINUTE + (by if each == slot else 0) for each in session.slots]
    if slot is not None and min(lengths) < 1:
        raise NotRunning
    # Time that no slot takes is used up before the session gets longer.
    minutes = max(minutes, sum(lengths)) if slot is not None and by > 0 else max(1, minutes + by)
    return with_times(session, session.starts_at, minutes, lengths)


def _with_rest(previous: Snapshot, changed: Session, room: str | None) -> list[Session]:
    """The changed session, and those after it in its room that it now pushes."""
    day = {session.uid: session for session in _of_day(previous, changed.starts_at)}
    was = day.get(changed.uid, changed)
    pieces = in_lane(map(_piece, day.values()), changed.room or room)
    later = [piece for piece in pieces if piece.uid != changed.uid and piece.starts_at >= was.ends_at]
    if was.starts_at > changed.starts_at:  # it starts early: what follows keeps its time
        return [changed]
    moved = [(day[new.uid], new) for new in pushed(later, changed.ends_at)]
    return [changed, *(_moved(old, new) for old, new in moved if _piece(old) != new)]


def _moved(session: Session, piece: Piece) -> Session:
    return with_times(session, piece.starts_at, piece.minutes)


def _piece(session: Session) -> Piece:
    minutes = (session.ends_at - session.starts_at) // MINUTE
    taken = sum((slot.ends_at - slot.starts_at) // MINUTE for slot in session.slots)
    return Piece(session.uid, session.starts_at, minutes, session.room, least_minutes(session.kind, minutes, taken))


def _follow(event: Event, previous: Snapshot, changed: Sequence[Session]) -> None:
    """Give the draft the new times wherever it still says what was public."""
    before = {session.uid: session for session in previous.sessions}
    after = {session.uid: session for session in changed}
    for draft in draft_sessions(event):
        if draft.uid not in after:
            continue
        old, new = before[draft.uid], after[draft.uid]
        if (draft.starts_at, draft.ends_at) == (old.starts_at, old.ends_at):
            retime(draft, new.starts_at, (new.ends_at - new.starts_at) // MINUTE)
        lengths = {slot.uid: (slot.ends_at - slot.starts_at) // MINUTE for slot in old.slots}
        wanted = {slot.uid: (slot.ends_at - slot.starts_at) // MINUTE for slot in new.slots}
        for slot in draft.slots:
            if slot.minutes == lengths.get(slot.uid):
                slot.minutes = wanted[slot.uid]


def _of_day(snapshot: Snapshot, at: datetime) -> list[Session]:
    clock = _clock(snapshot)
    day = at.astimezone(clock).date()
    return [session for session in snapshot.live_sessions if session.starts_at.astimezone(clock).date() == day]


def _part(snapshot: Snapshot, key: str) -> Part:
    for session in snapshot.live_sessions:
        for part in parts_of(session):
            if part.key == key:
                return part
    raise NotRunning


def _title(part: Part, snapshot: Snapshot) -> str:
    titles = ([part.slot.title] if part.slot and part.slot.title else []) + [part.session.title]
    return text_in(titles[0], snapshot.event.languages).value


def _clock(snapshot: Snapshot) -> ZoneInfo:
    return ZoneInfo(snapshot.event.time_zone)
