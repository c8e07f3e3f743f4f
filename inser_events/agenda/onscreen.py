"""What a room or lobby screen shows: now, next, and when that changes. Values in, values out.

A screen's day is a row of frames, each the same from one moment to the next. The page carries the coming ones, so
that a screen goes on by itself while the network is away.
"""

from bisect import bisect_right
from collections.abc import Sequence
from datetime import datetime, time, timedelta
from typing import Literal, NamedTuple
from zoneinfo import ZoneInfo

from inser_events.agenda.reading import setting
from inser_events.agenda.snapshot import Appearance, Room, Session, Slot, Snapshot

AHEAD = 16
"""Frames that a page carries, the shown one included, when there is one room."""
LEAST_AHEAD = 4
BEGINNING = timedelta(seconds=1)


class Lane(NamedTuple):
    """A room (None: the call, or no room at all), what is on there and what follows."""

    room: Room | None
    setting: Literal["room", "everywhere", "online"]
    now: Session | None
    slot: Slot | None
    """The part of the session that is on, when it has parts."""
    next: Session | None
    next_slot: Slot | None
    """The next part of the session that is on."""

    @property
    def voices(self) -> list[Appearance]:
        """Who speaks now: in the slot, else in all slots of the session and leading it."""
        if self.now is None:
            return []
        return self.slot.speakers if self.slot else self.now.speakers


class Frame(NamedTuple):
    """What a screen shows from one moment on."""

    starts_at: datetime
    state: Literal["before", "on", "after", "empty", "cancelled"]
    lanes: list[Lane]


def moments(snapshot: Snapshot, room: str | None) -> list[datetime]:
    """When the screen of a room (None: of all) changes, in order: starts, ends, and the midnights between."""
    clock = ZoneInfo(snapshot.event.time_zone)
    found: set[datetime] = set()
    for session in concerning(snapshot, room):
        parts: list[Session | Slot] = [session, *session.slots]
        for part in parts:
            found |= {part.starts_at, part.ends_at}
            found.add(datetime.combine(part.starts_at.astimezone(clock).date(), time(), clock))
    return sorted(found)


def position(changes: Sequence[datetime], at: datetime) -> int:
    """Which frame is shown *at* a moment; 0 before the first change."""
    return bisect_right(changes, at)


def frame(snapshot: Snapshot, room: str | None, changes: Sequence[datetime], number: int) -> Frame:
    """The frame of this number."""
    if snapshot.event.status == "cancelled":
        return Frame(snapshot.published_at, "cancelled", [])
    if not changes:
        return Frame(snapshot.published_at, "empty", [])
    at = changes[number - 1] if number else changes[0] - BEGINNING
    held = concerning(snapshot, room)
    if at >= max(session.ends_at for session in held):
        return Frame(at, "after", [])
    state: Literal["before", "on"] = "before" if at < min(session.starts_at for session in held) else "on"
    return Frame(at, state, lanes(snapshot, room, at))


def frames_ahead(lanes: int) -> int:
    """How many frames a page carries: fewer where each shows many rooms."""
    return max(LEAST_AHEAD, AHEAD // max(1, lanes))


def concerning(snapshot: Snapshot, room: str | None) -> list[Session]:
    """The sessions that the screen of a room (None: of all) tells of."""
    return [
        session
        for session in snapshot.live_sessions
        if room is None or session.room == room or setting(snapshot, session) == "everywhere"
    ]


def lanes(snapshot: Snapshot, room: str | None, at: datetime) -> list[Lane]:
    """Every room with what is on; in the lobby those only where something is on or follows the same day."""
    held = concerning(snapshot, room)
    shared = [session for session in held if setting(snapshot, session) == "everywhere"]
    rooms = [each for each in snapshot.rooms if room in {None, each.uid}]
    found = [
        _lane(each, "room", [session for session in held if session.room == each.uid], shared, at)
        for each in rooms
        if room or any(session.room == each.uid for session in held)
    ]
    online = [session for session in held if setting(snapshot, session) == "online"]
    if online:
        found.append(_lane(None, "online", online, shared, at))
    if not found:
        found.append(_lane(None, "everywhere", [], shared, at))
    if len(found) == 1:
        return found
    clock = ZoneInfo(snapshot.event.time_zone)
    today = at.astimezone(clock).date()
    busy = [lane for lane in found if lane.now or (lane.next and lane.next.starts_at.astimezone(clock).date() == today)]
    return busy or found


def _lane(
    room: Room | None,
    kind: Literal["room", "everywhere", "online"],
    own: Sequence[Session],
    shared: Sequence[Session],
    at: datetime,
) -> Lane:
    """What is on; a session of the room itself goes before one for everybody."""
    on = [session for session in (*shared, *own) if session.starts_at <= at < session.ends_at]
    coming = sorted((s for s in (*own, *shared) if s.starts_at > at), key=lambda s: s.starts_at)
    now = on[-1] if on else None
    slots = now.slots if now else []
    slot = next((each for each in slots if each.starts_at <= at < each.ends_at), None)
    following = next((each for each in slots if each.starts_at > at), None)
    return Lane(room, kind, now, slot, coming[0] if coming else None, following)
