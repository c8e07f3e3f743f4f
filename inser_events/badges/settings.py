"""What an event remembers of its printers."""

from inser_events.badges.stock import settings_of
from inser_events.database import db
from inser_events.events.models import Event


def remember_shift(event: Event, layout: str, right: float, down: float) -> None:
    """Move every print on this layout by so many millimetres."""
    settings = settings_of(event.id)
    settings.shifts = {**settings.shifts, layout: [right, down]}
    db.session.add(settings)
