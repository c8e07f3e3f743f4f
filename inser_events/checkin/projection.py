"""Who is inside: a projection over scans, in the order of their corrected times.

It looks only at facts that the order of uploads cannot change, so replaying or shuffling uploads gives the same state.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Protocol
from zoneinfo import ZoneInfo

from inser_events.checkin.models import COUNTED, UNDO_TIME, Direction, Outcome


class Fact(Protocol):
    """What the projection reads of a scan."""

    @property
    def id(self) -> str:
        """Made on the device."""

    @property
    def registration_id(self) -> int | None:
        """Whose ticket it was."""

    @property
    def checkpoint_id(self) -> int | None:
        """Which door."""

    @property
    def device_id(self) -> int | None:
        """Which device."""

    @property
    def area(self) -> str:
        """What lies behind the door."""

    @property
    def direction(self) -> str:
        """``in`` or ``out``."""

    @property
    def offline(self) -> bool:
        """Whether the device decided alone."""

    @property
    def shown(self) -> str:
        """What the device had shown, if it said so."""

    @property
    def undoes(self) -> str | None:
        """The scan it takes back, if any."""

    @property
    def scanned_at(self) -> datetime:
        """By the corrected clock."""

    @property
    def outcome(self) -> str:
        """What the server said."""


@dataclass(slots=True)
class Stay:
    """One person's day in one area."""

    entry: Fact | None = None
    """The scan since which the person is inside; None: outside."""
    first: Fact | None = None
    """The first admission of the day."""
    doubles: list[tuple[Fact, Fact]] = field(default_factory=list)
    """Pairs of scans by which two devices let one ticket in."""


Key = tuple[int, str, date]
"""Registration, area, local day: whoever forgot to scan out is not inside the next morning."""


def passages(facts: Iterable[Fact]) -> list[Fact]:
    """The scans that count, in order: by people who may pass, without those taken back."""
    counted = [fact for fact in facts if fact.outcome in COUNTED]
    undone: dict[str, list[Fact]] = {}
    for fact in counted:
        if fact.undoes:
            undone.setdefault(fact.undoes, []).append(fact)
    kept = [f for f in counted if not f.undoes and not any(takes_back(u, f) for u in undone.get(f.id, ()))]
    return sorted(kept, key=lambda fact: (fact.scanned_at, fact.id))


def takes_back(undo: Fact, fact: Fact) -> bool:
    """Whether *undo* takes *fact* back: the same person, not before it, not too late."""
    return (
        undo.registration_id == fact.registration_id
        and fact.scanned_at <= undo.scanned_at <= fact.scanned_at + UNDO_TIME
    )


def stay(ordered: Sequence[Fact]) -> Stay:
    """Walk the passages of one person in one area on one day, in order."""
    result = Stay()
    for fact in ordered:
        if fact.direction == Direction.OUT:
            result.entry = None
        elif result.entry is None:
            result.entry = fact
            result.first = result.first or fact
        elif fact.device_id != result.entry.device_id and let_in(fact):
            result.doubles.append((result.entry, fact))
    return result


def let_in(fact: Fact) -> bool:
    """Whether the door opened: for a scan made without the network its device decided, else the server."""
    if fact.offline:
        return fact.shown in {"", Outcome.ADMITTED}
    return fact.outcome in {Outcome.ADMITTED, Outcome.CONFLICT}


def stays(facts: Iterable[Fact], zone: ZoneInfo) -> dict[Key, Stay]:
    """Every person's stay per area and day."""
    walks: dict[Key, list[Fact]] = {}
    for fact in passages(facts):
        if fact.registration_id is not None:
            day = fact.scanned_at.astimezone(zone).date()
            walks.setdefault((fact.registration_id, fact.area, day), []).append(fact)
    return {key: stay(walk) for key, walk in walks.items()}
