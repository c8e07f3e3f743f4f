"""The rooms of a schedule: listed once, named by every day and every talk, and not always the same way."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import lru_cache
from graphlib import CycleError, TopologicalSorter
from itertools import pairwise
from typing import Any
from uuid import UUID

from flask_babel import force_locale
from flask_babel import gettext as _

from inser_events.agenda.importing.raw import RawColumn, RawSchedule
from inser_events.agenda.importing.report import Report
from inser_events.agenda.importing.tree import Place, ReadRoom
from inser_events.agenda.importing.values import line_of
from inser_events.agenda.reading import SHARED
from inser_events.languages import INTERFACE

NOWHERE = frozenset({"-", "–", "tba", "tbd", "n/a", "none", "null"})
"""What stands for a room where there is none yet."""
FROM_A_NAME = 5
"""Version of a UUID made from a name, as our own exports make for what is not a room."""


class Columns:
    """Finds the room that a talk means, and keeps them in the order of the file."""

    def __init__(self, raw: RawSchedule, report: Report) -> None:
        self.is_ours = raw.is_ours
        self.tracks = {
            line_of(track.get("slug")): line_of(track.get("name"))
            for track in raw.conference.get("tracks") or []
            if isinstance(track, Mapping)
        }
        self._report = report
        self._rooms: dict[str, ReadRoom] = {}
        self._doubtful = self._repeated_guids(raw)
        for room in raw.rooms:
            capacity = room.get("capacity")
            self._key(
                line_of(room.get("name")),
                line_of(room.get("guid")),
                int(capacity) if isinstance(capacity, int | float) and 0 < capacity < 10**6 else None,
            )
        self._listed = list(self._rooms)
        self._by_column: dict[int, str] = {}
        for day in raw.days:
            taken: set[str] = set()
            for column in day.columns:
                key = self._column_key(column, taken)
                taken.add(key)
                self._by_column[id(column)] = key
        self._columns = [column for day in raw.days for column in day.columns]
        self._days = [[self._by_column[id(column)] for column in day.columns] for day in raw.days]
        self._mark_places()

    def of(self, named: Any, column: RawColumn, where: str) -> str:
        """The key of a talk's room: that of the column it stands in, else the one it names; empty for none."""
        if key := self._by_column.get(id(column), ""):
            return key
        name = line_of(named.get("name")) if isinstance(named, Mapping) else line_of(named)
        guid = line_of(named.get("guid")) if isinstance(named, Mapping) else ""
        if key := self._key(name, guid, None):
            return key
        self._report.info("room-missing", where, _("No room is given."))
        return ""

    def rooms(self) -> list[ReadRoom]:
        """All rooms, those of the list first, else in an order that every day agrees with."""
        order = self._listed or self._agreed_order()
        return [self._rooms[key] for key in dict.fromkeys([*order, *self._rooms])]

    def venue_name(self) -> str:
        """What the column of the whole venue is called, where it is not just called so."""
        names = (room.name for room in self._rooms.values() if room.place == "everywhere")
        return next((name for name in names if name not in words_for("Everywhere")), "")

    @property
    def are_online(self) -> bool:
        """Whether there is no place but the call."""
        return bool(self._rooms) and all(room.place == "online" for room in self._rooms.values())

    def _repeated_guids(self, raw: RawSchedule) -> set[str]:
        """Guids that rooms of different names share; they cannot tell rooms apart."""
        names: defaultdict[str, set[str]] = defaultdict(set)
        listed = [(line_of(room.get("guid")), line_of(room.get("name"))) for room in raw.rooms]
        columns = [(column.guid, column.name) for day in raw.days for column in day.columns]
        for guid, name in [*listed, *columns]:
            if guid:
                names[guid].add(name)
        doubtful = {guid for guid, found in names.items() if len(found) > 1}
        for guid in sorted(doubtful):
            self._report.mended(
                "room-guid-repeated",
                guid,
                _("Rooms share one id and are told apart by name: %(names)s.", names=", ".join(sorted(names[guid]))),
            )
        return doubtful

    def _key(self, name: str, guid: str, capacity: int | None) -> str:
        if not name or (name.casefold() in NOWHERE and not self.is_ours):
            return ""
        reliable = guid if guid not in self._doubtful else ""
        if reliable:
            key = f"guid:{reliable}"
        else:
            key = next((key for key, room in self._rooms.items() if room.name == name), f"name:{name}")
        if key not in self._rooms:
            if any(room.name == name for room in self._rooms.values()):
                self._report.info(
                    "room-name-repeated", "", _("Two rooms are called “%(name)s”; they were kept apart.", name=name)
                )
            self._rooms[key] = ReadRoom(key=key, name=name, guid=reliable, capacity=capacity)
        return key

    def _column_key(self, column: RawColumn, taken: set[str]) -> str:
        """The room of a column. Of two columns of one name on one day the second is another room."""
        if column.guid or not column.name:
            return self._key(column.name, column.guid, None)
        same = [key for key, room in self._rooms.items() if room.name == column.name]
        free = next((key for key in same if key not in taken), None)
        if free is None and same:
            key = f"name:{column.name}#{len(same) + 1}"
            self._rooms[key] = ReadRoom(key=key, name=column.name)
            return key
        return free or self._key(column.name, "", None)

    def _agreed_order(self) -> Iterable[str]:
        """Days name only the rooms they need; together they tell the order, unless they contradict each other."""
        sorter: TopologicalSorter[str] = TopologicalSorter()
        for day in self._days:
            keys = [key for key in dict.fromkeys(day) if key]
            for key in keys:
                sorter.add(key)
            for before, after in pairwise(keys):
                sorter.add(after, before)
        try:
            return list(sorter.static_order())
        except CycleError:
            return []

    def _mark_places(self) -> None:
        """In our own files the last columns may stand for the whole venue and for the call."""
        if not self.is_ours:
            return
        order = [room.key for room in self.rooms() if _from_a_name(room.guid) and room.capacity is None]
        if order and self._rooms[order[-1]].name in words_for("Online"):
            self._set_place(order.pop(), "online")
        if order and (self._rooms[order[-1]].name in words_for("Everywhere") or self._is_shared(order[-1])):
            self._set_place(order[-1], "everywhere")

    def _is_shared(self, key: str) -> bool:
        """Whether nothing but breaks and social hours takes place there: then it is the venue, not a room."""
        talks = [talk for column in self._columns if self._by_column[id(column)] == key for talk in column.talks]
        return bool(talks) and all(line_of(talk.get("type")) in SHARED for talk in talks)

    def _set_place(self, key: str, place: Place) -> None:
        self._rooms[key] = replace(self._rooms[key], place=place)


@lru_cache(maxsize=8)
def words_for(word: str) -> frozenset[str]:
    """A word of the interface in all its languages."""
    found = {word}
    for language in INTERFACE:
        with force_locale(language):
            found.add(str(_(word)))
    return frozenset(found)


def _from_a_name(guid: str) -> bool:
    try:
        return UUID(guid).version == FROM_A_NAME
    except ValueError:
        return False
