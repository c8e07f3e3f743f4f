"""A schedule.xml or schedule.json taken apart, before anything is understood: fields by name, as the file has them."""

from dataclasses import dataclass, field
from typing import Any

Fields = dict[str, Any]
"""A conference, room, talk or person: values by the format's own names. ``where`` is ours: the place in the file."""


@dataclass
class RawColumn:
    """One room of one day."""

    name: str
    guid: str = ""
    talks: list[Fields] = field(default_factory=list)


@dataclass
class RawDay:
    """A programme day. Its bounds may lie on the next date."""

    date: str = ""
    start: str = ""
    end: str = ""
    columns: list[RawColumn] = field(default_factory=list)


@dataclass
class RawSchedule:
    """A whole file."""

    source: str
    generator: str = ""
    version: str = ""
    base_url: str = ""
    conference: Fields = field(default_factory=dict)
    rooms: list[Fields] = field(default_factory=list)
    days: list[RawDay] = field(default_factory=list)
    persons: dict[str, Fields] = field(default_factory=dict)
    """Details of people by guid, where the file keeps them apart (version 2)."""

    @property
    def is_ours(self) -> bool:
        """Whether this application wrote it."""
        return self.generator == "inser_events"
