"""What organisers see of the door, gathered for one page."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from markupsafe import Markup

from inser_events.checkin import queries
from inser_events.checkin.filling import capacities, light_of
from inser_events.checkin.models import VENUE, Checkpoint, Device
from inser_events.checkin.tally import Tally, in_columns, of_category, of_mode, tally
from inser_events.events.models import Category, Event, Mode
from inser_events.registration.charts import Column, stacked
from inser_events.web.filters import minutes

QUIET_AFTER = timedelta(minutes=5)
BAD_CLOCK = 60
LAST_SCANS = 12
TONES = ("moss", "slate")
"""Registered before, walk-ins."""


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

    @property
    def clock_words(self) -> str:
        """How far the clock is off."""
        off = timedelta(seconds=abs(self.device.clock_offset))
        days, rest = divmod(off, timedelta(days=1))
        length = _("%(count)s d", count=days) if days else minutes(round(rest / timedelta(minutes=1)))
        behind = self.device.clock_offset > 0
        return str(_("%(time)s behind", time=length) if behind else _("%(time)s ahead", time=length))

    @property
    def never_sent(self) -> int:
        """Scans that it kept at its last contact and can send no more."""
        return self.device.waiting if self.state in {"revoked", "expired"} else 0


@dataclass(frozen=True)
class DoorState:
    """A door, who came through today, and how full it is behind it."""

    door: Checkpoint
    passed: int
    inside: int
    capacity: int | None

    @property
    def light(self) -> str:
        """See `filling.light_of`."""
        return light_of(self.inside, self.capacity)


@dataclass(frozen=True)
class Board:
    """One look at the door."""

    event: Event
    at: datetime
    is_today: bool
    tally: Tally
    recent: Sequence[Any]
    devices: Sequence[DeviceState]
    doors: Sequence[DoorState]
    capacity: int | None

    @property
    def day(self) -> date:
        """The day that is shown."""
        return self.tally.day

    @property
    def inside(self) -> int:
        """How many are in the venue."""
        return sum(self.tally.inside.values())

    @property
    def arrived(self) -> int:
        """How many ever came."""
        return sum(self.tally.arrived.values())

    @property
    def light(self) -> str:
        """How full the venue is."""
        return light_of(self.inside, self.capacity)

    @property
    def modes(self) -> list[tuple[str, int, int, int]]:
        """Each mode: expected, arrived, inside."""
        return self._rows(list(Mode), of_mode)

    @property
    def categories(self) -> list[tuple[str, int, int, int]]:
        """Each category with somebody in it: expected, arrived, inside."""
        return self._rows(list(Category), of_category)

    def _rows(self, keys: Sequence[str], of: Any) -> list[tuple[str, int, int, int]]:
        numbers = (self.tally.expected, self.tally.arrived, self.tally.inside)
        rows = [(str(key), *(of(counts, key) for counts in numbers)) for key in keys]
        return [row for row in rows if any(row[1:])]

    @cached_property
    def arrivals(self) -> list[tuple[str, int, int]]:
        """The time by the event's clock, who came then: registered before, walk-ins."""
        columns = in_columns(self.tally.arrivals, self.at)[1]
        return [(f"{self._local(at):%H:%M}", early, late) for at, early, late in columns]

    @cached_property
    def minutes_each(self) -> int:
        """How many minutes one column of the chart stands for."""
        return in_columns(self.tally.arrivals, self.at)[0]

    @property
    def chart(self) -> Markup:
        """Arrivals over time."""
        columns = in_columns(self.tally.arrivals, self.at)[1]
        drawing = stacked(
            [Column(self._local(at), self._local(at), (early, late)) for at, early, late in columns],
            title=_("Arrivals over time"),
            tones=TONES,
            labels=[f"{time}: {early + late}" for time, early, late in self.arrivals],
            mark="{:%H:%M}".format,
        )
        return Markup(drawing)  # noqa: S704 — our own drawing; its texts are escaped

    def _local(self, at: datetime) -> datetime:
        return at.astimezone(ZoneInfo(self.event.time_zone))


def board_for(event: Event, at: datetime) -> Board:
    """Gather the board of an event."""
    day = queries.board_day(event, at)
    numbers, holds = tally(event, day, at=at), capacities(event.id)
    return Board(
        event=event,
        at=at,
        is_today=day == queries.local_day(event, at),
        tally=numbers,
        recent=queries.scans_of(event, limit=LAST_SCANS),
        devices=[DeviceState(device, _state(device, at)) for device in queries.devices_of(event)],
        doors=[
            DoorState(door, numbers.passed.get(door.id, 0), numbers.areas.get(door.area, 0), holds.get(door.area))
            for door in queries.checkpoints_of(event)
        ],
        capacity=holds.get(VENUE),
    )


def _state(device: Device, at: datetime) -> str:
    if device.revoked_at is not None:
        return "revoked"
    if device.expires_at <= at:
        return "expired"
    if device.last_seen_at is None:
        return "never"
    return "active" if at - device.last_seen_at <= QUIET_AFTER else "quiet"
