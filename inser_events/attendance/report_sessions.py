"""Who was in a session: let in at the door of its room, or at its own, before it ended and not gone before it began."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import and_, case, func, or_, select

from inser_events.agenda.queries import latest_snapshot
from inser_events.agenda.snapshot import Session
from inser_events.checkin.models import COUNTED, Direction, Presence, Scan
from inser_events.database import db
from inser_events.events.models import Event, Room
from inser_events.languages import Localized
from inser_events.registration.capacity_models import SessionSeats
from inser_events.registration.models import Registration, State

AT_ONCE = 40
"""Sessions counted by one statement."""
LONGEST_STAY = timedelta(hours=14)
"""Whoever forgot to scan out is not inside the next morning."""


class SessionCount(NamedTuple):
    """What is known of one session."""

    uid: str
    title: Localized
    starts_at: datetime
    ends_at: datetime
    signed_up: int | None
    """None: nobody signs up for it."""
    in_room: int | None
    """None: no door of it was scanned."""


def sessions(event: Event) -> list[SessionCount]:
    """Published sessions of which something is known, in order of time."""
    snapshot = latest_snapshot(event)
    if snapshot is None:
        return []
    ordered = sorted(snapshot.live_sessions, key=lambda one: (one.starts_at, one.uid))
    doors, signed, rooms = _scanned_areas(event), _signed_up(event), _rooms(event)
    areas = {one.uid: _area(one, rooms, doors) for one in ordered}
    seen: dict[str, int] = {}
    watched = [(one, area) for one in ordered if (area := areas[one.uid])]
    for place in range(0, len(watched), AT_ONCE):
        seen |= _inside(event, watched[place : place + AT_ONCE])
    return [
        SessionCount(
            *(one.uid, one.title, one.starts_at, one.ends_at, signed.get(one.uid)),
            seen.get(one.uid, 0) if areas[one.uid] else None,
        )
        for one in ordered
        if areas[one.uid] or signed.get(one.uid) is not None
    ]


def _area(session: Session, rooms: dict[str, int], scanned: set[str]) -> str:
    """The area that was scanned for a session, its own before its room's; empty when neither was."""
    own, room = f"session:{session.uid}", f"room:{rooms.get(session.room or '')}"
    return own if own in scanned else room if room in scanned else ""


def _scanned_areas(event: Event) -> set[str]:
    return set(db.session.scalars(select(Presence.area).where(Presence.event_id == event.id).distinct()))


def _rooms(event: Event) -> dict[str, int]:
    rows = db.session.execute(select(Room.uid, Room.id).where(Room.event_id == event.id))
    return {row[0]: row[1] for row in rows}


def _signed_up(event: Event) -> dict[str, int]:
    rows = db.session.execute(
        select(SessionSeats.session_uid, SessionSeats.taken).where(SessionSeats.event_id == event.id)
    )
    return {row[0]: row[1] for row in rows}


def _inside(event: Event, watched: Sequence[tuple[Session, str]]) -> dict[str, int]:
    """How many people were in each of some sessions; one statement."""
    undone = select(Scan.undoes).where(Scan.event_id == event.id, Scan.undoes.is_not(None))
    following = func.lead(Scan.scanned_at).over(
        partition_by=(Scan.registration_id, Scan.area), order_by=(Scan.scanned_at, Scan.id)
    )
    passage = (
        select(
            *(Scan.registration_id, Scan.area, Scan.direction, Scan.scanned_at),
            following.label("next_at"),
        )
        .join(Registration, Registration.id == Scan.registration_id)
        .where(
            Scan.event_id == event.id,
            Scan.area.in_({area for _session, area in watched}),
            Scan.outcome.in_(COUNTED),
            Scan.undoes.is_(None),
            Scan.id.not_in(undone),
            Registration.state == State.CONFIRMED,
        )
        .subquery()
    )
    return {
        session.uid: number
        for (session, _area), number in zip(watched, db.session.execute(
            select(*(_people_in(passage, session, area) for session, area in watched))
        ).one(), strict=True)
    }  # fmt: skip


def _people_in(passage: Any, session: Session, area: str) -> Any:
    there = and_(
        passage.c.area == area,
        passage.c.direction == Direction.IN,
        passage.c.scanned_at < session.ends_at,
        passage.c.scanned_at >= session.starts_at - LONGEST_STAY,
        or_(
            passage.c.scanned_at >= session.starts_at,
            passage.c.next_at.is_(None),
            passage.c.next_at > session.starts_at,
        ),
    )
    return func.count(case((there, passage.c.registration_id)).distinct())
