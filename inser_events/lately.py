"""What was counted a moment ago, kept in memory so that whoever turns pages does not count again.

Each process keeps its own; nothing that matters is lost with it.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Generic, TypeVar

KEPT_FOR = timedelta(seconds=15)

Counted = TypeVar("Counted")


class Lately(Generic[Counted]):
    """The last numbers of some things, those that were asked for longest ago forgotten first."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._kept: OrderedDict[str, tuple[object, datetime, Counted]] = OrderedDict()
        self._lock = threading.Lock()

    def of(self, key: str, newest: object, at: datetime, count: Callable[[], Counted]) -> Counted:
        """What *count* said for *key* less than `KEPT_FOR` ago while *newest* was the same, else what it says now."""
        with self._lock:
            known = self._kept.get(key)
            if known is not None and known[0] == newest and at - known[1] < KEPT_FOR:
                return known[2]
        counted = count()  # outside of the lock: it takes seconds where there are many people
        with self._lock:
            self._kept[key] = newest, at, counted
            self._kept.move_to_end(key)
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)
        return counted
