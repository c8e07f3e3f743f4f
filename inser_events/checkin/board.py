"""What organisers see of the door, gathered for one page."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from inser_events.checkin import queries
from inser_events.checkin.models import Checkpoint, Device
from inser_events.events.models import Event

QUIET_AFTER = timedelta(minutes=5)
BAD_CLOCK = 60


@dataclass(frozen=True)
class DeviceState:
    """A device and how far it can be trusted just now."""

    device: Device
    state: str
    """``active``, ``quiet``, ``never``, ``revoked`` or ``expired``."""

    @property
    def is_clock_wrong(self) -> bool:
        """More than a minute off; its scans are corrected."""
        return abs(self.device.clock_offset) > BAD_CLOCK


@dataclass(frozen=True)
class Board:
    """One look at the door."""

    day: date
    is_today: bool
    expected: dict[str, int]
    arrived: dict[str, int]
    inside: dict[str, int]
    recent: Sequence[Any]
    conflicts: Sequence[queries.Conflict]
    mistakes: Sequence[Any]
    devices: Sequence[DeviceState]
    checkpoints: Sequence[Checkpoint]

    @property
    def open_conflicts(self) -> int:
        """Conflicts nobody has settled yet."""
        return sum(conflict.decision is None for conflict in self.conflicts)


def board_for(event: Event, at: datetime) -> Board:
    """Gather the board of an event."""
    day = queries.board_day(event, at)
    return Board(
        day=day,
        is_today=day == queries.local_day(event, at),
        expected=queries.expected(event),
        arrived=queries.arrived(event),
        inside=queries.inside(event, day),
        recent=queries.recent_scans(event),
        conflicts=queries.conflicts(event),
        mistakes=queries.let_in_by_mistake(event),
        devices=[DeviceState(device, _state(device, at)) for device in queries.devices_of(event)],
        checkpoints=queries.checkpoints_of(event),
    )


def _state(device: Device, at: datetime) -> str:
    if device.revoked_at is not None:
        return "revoked"
    if device.expires_at <= at:
        return "expired"
    if device.last_seen_at is None:
        return "never"
    return "active" if at - device.last_seen_at <= QUIET_AFTER else "quiet"
