"""The passages of a few people, kept in order while a batch of scans is added to them."""

from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterable
from datetime import date, datetime
from zoneinfo import ZoneInfo

from inser_events.checkin.models import COUNTED, Direction
from inser_events.checkin.projection import Fact, passages, takes_back

_Key = tuple[datetime, str]
NEIGHBOURS = 50


class Walk:
    """One person's passages in one area, in order of time."""

    def __init__(self) -> None:
        self.keys: list[_Key] = []
        self.facts: list[Fact] = []
        self.ins: list[_Key] = []
        self.outs: list[_Key] = []

    def add(self, fact: Fact) -> None:
        """Put a passage in its place."""
        key = (fact.scanned_at, fact.id)
        place = bisect_left(self.keys, key)
        self.keys.insert(place, key)
        self.facts.insert(place, fact)
        insort(self.outs if fact.direction == Direction.OUT else self.ins, key)

    def remove(self, fact: Fact) -> None:
        """Take a passage out, if it is there."""
        key = (fact.scanned_at, fact.id)
        place = bisect_left(self.keys, key)
        if place < len(self.keys) and self.keys[place] == key:
            del self.keys[place], self.facts[place]
            (self.outs if fact.direction == Direction.OUT else self.ins).remove(key)

    def place(self, moment: datetime, scan_id: str) -> int:
        """Where a passage at this moment would stand."""
        return bisect_left(self.keys, (moment, scan_id))

    def end(self, day: date, zone: ZoneInfo) -> int:
        """The place after the last passage of this day."""
        place = len(self.facts)
        while place and self.facts[place - 1].scanned_at.astimezone(zone).date() > day:
            place -= 1
        return place

    def first_in(self) -> datetime | None:
        """The first admission ever."""
        return self.ins[0][0] if self.ins else None

    def before(self, place: int, day: date, zone: ZoneInfo) -> Fact | None:
        """The passage before *place*, if it was on this day."""
        return self._on(place - 1, day, zone) if place > 0 else None

    def after(self, place: int, day: date, zone: ZoneInfo) -> Fact | None:
        """The passage at *place*, if it was on this day."""
        return self._on(place, day, zone) if place < len(self.facts) else None

    def stay_before(self, place: int, day: date, zone: ZoneInfo) -> list[Fact]:
        """The passages of the stay that lasts at *place*: the entry first, then at most the nearest fifty."""
        last_out = bisect_left(self.outs, self.keys[place - 1]) if place else 0
        start = bisect_right(self.keys, self.outs[last_out - 1]) if last_out else 0
        while start < place and self._on(start, day, zone) is None:
            start += 1
        return self.facts[start : start + 1] + self.facts[max(start + 1, place - NEIGHBOURS) : place]

    def _on(self, place: int, day: date, zone: ZoneInfo) -> Fact | None:
        fact = self.facts[place]
        return fact if fact.scanned_at.astimezone(zone).date() == day else None


class History:
    """The passages of all people in a batch."""

    def __init__(self, facts: Iterable[Fact]) -> None:
        known = list(facts)
        self.by_id = {fact.id: fact for fact in known}
        self._undos: dict[str, list[Fact]] = {}
        self._walks: dict[tuple[int | None, str], Walk] = {}
        for fact in known:
            if fact.undoes and fact.outcome in COUNTED:
                self._undos.setdefault(fact.undoes, []).append(fact)
        for fact in passages(known):
            self.walk(fact.registration_id, fact.area).add(fact)

    def walk(self, registration_id: int | None, area: str) -> Walk:
        """The passages of one person in one area."""
        return self._walks.setdefault((registration_id, area), Walk())

    def add(self, fact: Fact) -> None:
        """Take a new scan into account."""
        self.by_id[fact.id] = fact
        if fact.outcome not in COUNTED:
            return
        if fact.undoes:
            self._undos.setdefault(fact.undoes, []).append(fact)
            target = self.by_id.get(fact.undoes)
            if target is not None and takes_back(fact, target):
                self.walk(target.registration_id, target.area).remove(target)
        elif not any(takes_back(undo, fact) for undo in self._undos.get(fact.id, ())):
            self.walk(fact.registration_id, fact.area).add(fact)
