"""Going to the call by one's own link, as presence: somebody was there at a time, nobody knows for how long."""

from datetime import datetime

from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from inser_events.attendance.meeting_models import WayIn
from inser_events.database import db
from inser_events.events.queries import today_in
from inser_events.registration.models import Registration


def note_way_in(registration: Registration, at: datetime) -> None:
    """Remember that somebody opened the call; each day has its first time, its last and how often."""
    key = registration.id, today_in(registration.event, at)
    # Two taps at once: whoever comes second finds the row, or is told by the key that it is there.
    if db.session.get(WayIn, key) is None:
        row = WayIn(
            registration_id=key[0], day=key[1], event_id=registration.event_id, first_at=at, last_at=at, times=0
        )
        _add(row)
    mine = WayIn.registration_id == key[0], WayIn.day == key[1]
    db.session.execute(update(WayIn).where(*mine).values(last_at=at, times=WayIn.times + 1))


def _add(row: WayIn) -> None:
    try:
        with db.session.begin_nested():
            db.session.add(row)
    except IntegrityError:
        return
