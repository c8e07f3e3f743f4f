"""Where a person stands in an area, advanced passage by passage. The rows of `models.Presence`."""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from inser_events.checkin.models import Direction
from inser_events.checkin.projection import Fact


@dataclass(slots=True)
class Standing:
    """What is known of one person in one area after the last passage."""

    direction: str
    day: date
    last_at: datetime
    last_id: str
    device_id: int | None
    entered_at: datetime | None
    entry_device_id: int | None
    entry_checkpoint_id: int | None
    first_at: datetime | None

    def precedes(self, moment: datetime, scan_id: str) -> bool:
        """Whether a scan comes after everything known."""
        return (self.last_at, self.last_id) < (moment, scan_id)

    def inside_on(self, day: date) -> bool:
        """Whether the person was inside at the end of what is known of this day."""
        return self.direction == Direction.IN and self.day == day

    def columns(self) -> dict[str, Any]:
        """As `models.Presence` keeps it."""
        return {name: getattr(self, name) for name in _FIELDS}


_FIELDS = tuple(field.name for field in fields(Standing))


def advanced(standing: Standing | None, fact: Fact, day: date) -> Standing:
    """The standing after one more passage, which comes after all others."""
    first = standing.first_at if standing else None
    if fact.direction == Direction.OUT:
        entry: tuple[datetime | None, int | None, int | None] = (None, None, None)
    elif standing is not None and standing.inside_on(day):
        entry = (standing.entered_at, standing.entry_device_id, standing.entry_checkpoint_id)
    else:
        entry = (fact.scanned_at, fact.device_id, fact.checkpoint_id)
        first = first or fact.scanned_at
    return Standing(fact.direction, day, fact.scanned_at, fact.id, fact.device_id, *entry, first)


def walked(facts: Iterable[Fact], zone: ZoneInfo) -> Standing | None:
    """The standing after all passages, in order; None when there is none."""
    standing: Standing | None = None
    for fact in facts:
        standing = advanced(standing, fact, fact.scanned_at.astimezone(zone).date())
    return standing
