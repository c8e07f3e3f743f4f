"""Moving what comes later: by so many minutes, or only as far as what runs over pushes it.

The rules work on plain `Piece`s, so the draft and a frozen release follow the same ones.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from msgspec.structs import replace
from sqlalchemy import select

from inser_events.agenda import models
from inser_events.agenda.conflicts import Conflict, conflicts_of
from inser_events.agenda.differences import Change, difference
from inser_events.agenda.editing import fingerprint
from inser_events.agenda.freezing import build_snapshot, with_times
from inser_events.agenda.queries import draft_sessions
from inser_events.audit import record
from inser_events.database import db
from inser_events.events.errors import Outdated
from inser_events.events.models import Event, Room

SHORTEST_BREAK = 5
"""Minutes that a break keeps, however late it gets."""
MINUTE = timedelta(minutes=1)


class Piece(NamedTuple):
    """A session as far as time goes."""

    uid: str
    starts_at: datetime
    minutes: int
    room: str | None = None
    """None: it takes place for every room at once, as a shared break does."""
    least: int | None = None
    """The minutes it may shrink to, for a break; None for what keeps its length."""

    @property
    def ends_at(self) -> datetime:
        """Start plus minutes."""
        return self.starts_at + self.minutes * MINUTE


def least_minutes(kind: str, minutes: int, taken: int) -> int | None:
    """What a session may shrink to: a break to SHORTEST_BREAK and to its slots (*taken*); None for anything else."""
    return min(minutes, max(SHORTEST_BREAK, taken)) if kind == models.SessionKind.BREAK else None


def in_lane(pieces: Iterable[Piece], room: str | None) -> list[Piece]:
    """What concerns a room, in order: its own sessions, and those for everyone unless other rooms share them."""
    pieces = sorted(pieces, key=_by_start)
    others = {piece.room for piece in pieces} - {None, room}
    if room is None:
        return pieces
    return [piece for piece in pieces if piece.room == room or (piece.room is None and not others)]


def shifted(pieces: Sequence[Piece], minutes: int, *, absorb_breaks: bool) -> list[Piece]:
    """Every piece so many minutes later (or earlier), in order of time.

    With *absorb_breaks* a delay is used up by the breaks it meets: each shrinks to its least before what follows
    has to move. A break that something overlaps absorbs nothing, and one in a room helps that room alone.
    """
    pieces = sorted(pieces, key=_by_start)
    delays = dict.fromkeys({piece.room for piece in pieces}, minutes)
    done = []
    for piece in pieces:
        delay = max(delays.values()) if piece.room is None else delays[piece.room]
        given = 0
        if absorb_breaks and delay > 0 and piece.least is not None and not _overlapped(piece, pieces):
            given = min(delay, piece.minutes - piece.least)
            for room in delays if piece.room is None else [piece.room]:
                delays[room] = min(delays[room], delay - given)
        done.append(piece._replace(starts_at=piece.starts_at + delay * MINUTE, minutes=piece.minutes - given))
    return done


def pushed(pieces: Sequence[Piece], free_at: datetime) -> list[Piece]:
    """Each piece no earlier than the one before it lets it begin, the first not before *free_at*.

    Pauses are used up first, then breaks down to their least. Sessions that begin together stay together.
    """
    done: list[tuple[Piece, Piece]] = []
    for piece in sorted(pieces, key=_by_start):
        limits = [
            moved.ends_at if was.ends_at <= piece.starts_at else moved.starts_at
            for was, moved in done
            if piece.room is None or was.room in {None, piece.room}
        ]
        starts_at = max(piece.starts_at, free_at, *limits)
        late = (starts_at - piece.starts_at) // MINUTE
        given = min(late, piece.minutes - piece.least) if piece.least is not None else 0
        done.append((piece, piece._replace(starts_at=starts_at, minutes=piece.minutes - given)))
    return [moved for _was, moved in done]


def shift(
    event: Event,
    after: datetime,
    room: Room | None,
    minutes: int,
    *,
    absorb_breaks: bool,
    seen: str | None = None,
) -> list[models.Session]:
    """Move what starts at *after* or later that day, in *room* or everywhere, by *minutes* in the draft.

    *seen*: what `shift_preview` said of the sessions; raises Outdated when one was changed since.
    """
    db.session.execute(select(Event.id).where(Event.id == event.id).with_for_update())
    drafts = draft_sessions(event)
    chosen = _affected(event, drafts, after, room)
    if seen is not None and seen != _seen(drafts):
        raise Outdated
    by_uid = {draft.uid: draft for draft in drafts}
    touched = [
        by_uid[piece.uid]
        for piece in shifted(chosen, minutes, absorb_breaks=absorb_breaks)
        if retime(by_uid[piece.uid], piece.starts_at, piece.minutes)
    ]
    db.session.flush()  # whoever reads the draft next sees the new times
    return touched


def shift_preview(
    event: Event, after: datetime, room: Room | None, minutes: int, *, absorb_breaks: bool
) -> tuple[list[Change], str]:
    """What `shift` would change in the draft, and what to hand to it as *seen*. Writes nothing."""
    drafts = draft_sessions(event)
    now = build_snapshot(event, number=0, at=after, previous=None)
    pieces = shifted(_affected(event, drafts, after, room), minutes, absorb_breaks=absorb_breaks)
    times = {piece.uid: piece for piece in pieces}
    then = [
        with_times(session, times[session.uid].starts_at, times[session.uid].minutes)
        if session.uid in times
        else session
        for session in now.sessions
    ]
    return difference(now, replace(now, sessions=then)), _seen(drafts)


def clashes_after_shift(
    event: Event, after: datetime, room: Room | None, minutes: int, *, absorb_breaks: bool
) -> list[Conflict]:
    """What would not fit after `shift` and fits now. Writes nothing."""
    drafts = draft_sessions(event)
    by_uid = {draft.uid: draft for draft in drafts}
    known = {conflict.message for conflict in conflicts_of(event, drafts)}
    pieces = shifted(_affected(event, drafts, after, room), minutes, absorb_breaks=absorb_breaks)
    before = [(by_uid[piece.uid], by_uid[piece.uid].starts_at, by_uid[piece.uid].minutes) for piece in pieces]
    with db.session.no_autoflush:  # the rows have these times for a moment only
        for piece in pieces:
            by_uid[piece.uid].starts_at, by_uid[piece.uid].minutes = piece.starts_at, piece.minutes
        found = conflicts_of(event, drafts)
        for draft, starts_at, length in before:
            draft.starts_at, draft.minutes = starts_at, length
    return [conflict for conflict in found if conflict.message not in known and conflict.severity != "info"]


def retime(session: models.Session, starts_at: datetime, minutes: int) -> bool:
    """Give a session of the draft its time; True when that is a new one."""
    before = {"title": session.title, "starts_at": session.starts_at.isoformat(), "minutes": session.minutes}
    if (session.starts_at, session.minutes) == (starts_at, minutes):
        return False
    session.starts_at, session.minutes = starts_at, minutes
    session.version += 1
    after = {**before, "starts_at": starts_at.isoformat(), "minutes": minutes}
    record("shift session", session, event_id=session.event_id, before=before, after=after)
    return True


def piece_of(draft: models.Session) -> Piece:
    """A session of the draft as far as time goes."""
    least = least_minutes(draft.kind, draft.minutes, sum(slot.minutes for slot in draft.slots))
    return Piece(draft.uid, draft.starts_at, draft.minutes, draft.room.uid if draft.room else None, least)


def _affected(event: Event, drafts: Iterable[models.Session], after: datetime, room: Room | None) -> list[Piece]:
    clock = ZoneInfo(event.time_zone)
    day = after.astimezone(clock).date()
    that_day = [
        piece_of(draft)
        for draft in drafts
        if draft.withdrawn_at is None and draft.starts_at.astimezone(clock).date() == day
    ]
    return [piece for piece in in_lane(that_day, room.uid if room else None) if piece.starts_at >= after]


def _seen(drafts: Iterable[models.Session]) -> str:
    rows: list[Any] = [(draft.uid, draft.version, draft.withdrawn_at is None) for draft in drafts]
    return fingerprint([*rows, [(slot.uid, slot.minutes) for draft in drafts for slot in draft.slots]])


def _overlapped(pause: Piece, pieces: Iterable[Piece]) -> bool:
    return any(
        piece.uid != pause.uid
        and (pause.room is None or piece.room in {None, pause.room})
        and piece.starts_at < pause.ends_at
        and pause.starts_at < piece.ends_at
        for piece in pieces
    )


def _by_start(piece: Piece) -> tuple[datetime, str]:
    return piece.starts_at, piece.uid
