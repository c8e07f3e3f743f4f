"""What is known of people's presence online."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, false, select

from inser_events.events.models import Event
from inser_events.registration.models import Registration

Interval = tuple[datetime, datetime]


@dataclass(slots=True)
class Online:
    """One person's presence online. Intervals may overlap."""

    intervals: list[Interval] = field(default_factory=list)
    untimed: dict[date, dict[int, float]] = field(default_factory=dict)
    """Minutes that a report declares without saying when, by day and by import."""
    days: set[date] = field(default_factory=set)
    """Days on which they were there for a time nobody knows."""


def online_at(event: Event) -> Select[Any]:
    """Ids of the registrations of everybody known to have been online at an event: nobody until reports are read."""
    return select(Registration.id).where(Registration.event_id == event.id, false())


def online_of(_event: Event, _registration_ids: Sequence[int]) -> dict[int, Online]:
    """What is known of some people of an event; who was never online is not in the answer."""
    return {}
