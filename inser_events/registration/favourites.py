"""An attendee's own choice of sessions, behind their ticket: starred ones, and those they signed up for.

Stars are a private note: nobody else sees them, so that they leave no entry in the event's history.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select

from inser_events.agenda.choosing import MOST, Choice, narrowed
from inser_events.agenda.models import SessionKind
from inser_events.agenda.snapshot import Snapshot
from inser_events.database import db
from inser_events.registration.favourite_models import Favourite
from inser_events.registration.models import Registration
from inser_events.registration.signups import session_seats, signups_of

GENERAL = frozenset({SessionKind.OPENING, SessionKind.CLOSING, SessionKind.BREAK, SessionKind.SOCIAL})
"""What is for everybody, unless it needs signing up."""


def starred(registration: Registration) -> frozenset[str]:
    """The ``uid`` of every session a person starred."""
    mine = select(Favourite.session_uid).where(Favourite.registration_id == registration.id)
    return frozenset(db.session.scalars(mine))


def star(registration: Registration, uids: Iterable[str], snapshot: Snapshot, *, at: datetime) -> int:
    """Star sessions of the release; what it does not name, or is starred already, changes nothing. Return how many."""
    # Two taps at once must not both write the same star.
    db.session.execute(select(Registration.id).where(Registration.id == registration.id).with_for_update()).all()
    known, already = {session.uid for session in snapshot.sessions}, starred(registration)
    new = [uid for uid in dict.fromkeys(uids) if uid in known and uid not in already][: MOST - len(already)]
    db.session.add_all(Favourite(registration_id=registration.id, session_uid=uid, starred_at=at) for uid in new)
    db.session.flush()  # the page shows them at once
    return len(new)


def unstar(registration: Registration, uids: Iterable[str]) -> None:
    """Take stars back."""
    chosen = Favourite.session_uid.in_(list(uids))
    db.session.execute(delete(Favourite).where(Favourite.registration_id == registration.id, chosen))


def forget_stars(ids: Sequence[int]) -> None:
    """Delete the stars of registrations that are erased."""
    db.session.execute(delete(Favourite).where(Favourite.registration_id.in_(ids)))


def stars_of(registration: Registration) -> list[dict[str, Any]]:
    """A person's stars for the export of their data."""
    mine = select(Favourite).where(Favourite.registration_id == registration.id).order_by(Favourite.starred_at)
    return [{"session": one.session_uid, "at": one.starred_at.isoformat()} for one in db.session.scalars(mine)]


def own_uids(registration: Registration) -> frozenset[str]:
    """The sessions a person starred or signed up for."""
    return starred(registration) | frozenset(signups_of(registration))


def own_agenda(registration: Registration, snapshot: Snapshot) -> Snapshot:
    """The release with a person's own sessions, and those for everybody; without sessions while they chose none."""
    own = own_uids(registration)
    if not any(session.uid in own for session in snapshot.sessions):
        return narrowed(snapshot, Choice(mine=()))
    asking = {seats.session_uid for seats in session_seats(registration.event_id)}
    shared = {session.uid for session in snapshot.sessions if session.kind in GENERAL} - asking
    return narrowed(snapshot, Choice(mine=tuple(own | shared)))
