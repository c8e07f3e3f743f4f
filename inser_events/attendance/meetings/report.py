"""What a platform says about one meeting, whichever platform it was."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Platform(StrEnum):
    """Who wrote a report."""

    ZOOM = "zoom"
    TEAMS = "teams"
    MEET = "meet"
    WEBEX = "webex"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Connection:
    """One stay of one device: somebody who comes back, or has two devices, has several."""

    row: int
    """Of the file, counted from 1."""
    name: str
    """As shown in the meeting, without "(Guest)" and the like."""
    email: str
    """In lower case; empty for telephones and where the platform does not tell."""
    joined_at: datetime | None
    """UTC; None where a report knows durations alone."""
    left_at: datetime | None
    minutes: float | None
    """As the platform declares them."""


@dataclass(frozen=True, slots=True)
class MeetingReport:
    """A whole file, read."""

    platform: Platform
    title: str
    started_at: datetime | None
    """UTC."""
    ended_at: datetime | None
    connections: list[Connection]
    warnings: list[str] = field(default_factory=list)
    """What could not be read or does not agree with itself, for whoever imports; with the row where there is one."""
