"""How full it is behind the doors: capacities by area, and the light that goes with them."""

from sqlalchemy import select

from inser_events.agenda.models import Session
from inser_events.checkin.models import VENUE
from inser_events.database import db
from inser_events.events.models import Mode, Room, Seats
from inser_events.registration.capacity_models import SessionSeats

NEARLY_FULL = 0.85


def light_of(inside: int, capacity: int | None) -> str:
    """``green``, ``amber`` from 85 % on, ``red`` when full; empty where there is no limit. As in scan/engine.js."""
    if not capacity:
        return ""
    return "red" if inside >= capacity else "amber" if inside >= capacity * NEARLY_FULL else "green"


def capacities(event_id: int) -> dict[str, int]:
    """How many each area holds, by `Checkpoint.area`; areas without a limit are left out."""
    found: dict[str, int | None] = {
        VENUE: db.session.scalar(select(Seats.capacity).where(Seats.event_id == event_id, Seats.mode == Mode.IN_PERSON))
    }
    rooms = db.session.execute(select(Room.id, Room.capacity).where(Room.event_id == event_id))
    found |= {f"room:{room_id}": capacity for room_id, capacity in rooms}
    sessions = db.session.execute(
        select(Session.uid, SessionSeats.capacity, Room.capacity)
        .outerjoin(SessionSeats, SessionSeats.session_uid == Session.uid)
        .outerjoin(Room, Room.id == Session.room_id)
        .where(Session.event_id == event_id, Session.withdrawn_at.is_(None))
    )
    found |= {f"session:{uid}": seats if seats is not None else room for uid, seats, room in sessions}
    return {area: capacity for area, capacity in found.items() if capacity}
