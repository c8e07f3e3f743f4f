"""Uploads that arrive at once share one transaction.

Making a transaction durable costs a trip to the disk, and a disk makes a few hundred a second. So while one request
writes, those that come meanwhile wait; the next of them takes the uploads of all and commits them together. Each is
answered after that commit. When something goes wrong, each of them tries again alone, so that none can spoil another.
"""

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from inser_events.checkin.operations import Answers
from inser_events.checkin.uploads import Upload
from inser_events.errors import Refused

MOST_SCANS = 2_000
PATIENCE = 60.0


class Busy(Refused):
    """The upload had no turn for too long."""

    status = 503
    title = "Busy"

    def __init__(self) -> None:
        super().__init__("The server is busy. Keep the scans and send them again in a moment.")


def _held_lock() -> threading.Lock:
    lock = threading.Lock()
    lock.acquire()
    return lock


@dataclass(slots=True, eq=False)
class Waiting:
    """An upload that waits for its turn, or for its answer."""

    token: str
    upload: Upload
    at: datetime
    answer: Answers | Refused | None = None
    is_alone: bool = False
    """It was part of a group that failed: next time it goes by itself."""
    group: list["Waiting"] = field(default_factory=list)
    """When it is its turn: those whose uploads it writes, itself first."""
    call: threading.Lock = field(default_factory=_held_lock)
    """Let go to wake the thread that waits: only the one whose turn it is, and those who get an answer."""


class Queue:
    """The uploads of one process that wait for the database."""

    def __init__(self, patience: float = PATIENCE) -> None:
        self._lock = threading.Lock()
        self._waiting: list[Waiting] = []
        self._is_busy = False
        self._patience = patience

    def turn(self, own: Waiting) -> list[Waiting]:
        """Wait for the answer (then: nothing to do), or for the turn to write (then: whose uploads). Raises Busy."""
        with self._lock:
            self._waiting.append(own)
            if not self._is_busy:
                self._call_next()
        if not own.call.acquire(timeout=self._patience):
            with self._lock:
                # Either it has a turn or an answer by now, or it leaves.
                if own in self._waiting:
                    self._waiting.remove(own)
                    raise Busy
            own.call.acquire()
        group, own.group = own.group, []
        return group

    def done(self, answers: Sequence[tuple[Waiting, Answers | Refused]]) -> None:
        """Give the answers out, and the turn to the next."""
        for one, answer in answers:
            one.answer = answer
            one.call.release()
        with self._lock:
            self._call_next()

    def give_back(self, group: Sequence[Waiting], *, alone: bool) -> None:
        """Let others of a group wait again, and give the turn to the next."""
        with self._lock:
            for one in group:
                one.is_alone = one.is_alone or alone
            self._waiting = [*group, *self._waiting]
            self._call_next()

    def _call_next(self) -> None:
        self._is_busy = bool(self._waiting)
        if self._waiting:
            first = self._waiting[0]
            first.group = self._group(first)
            self._waiting = [one for one in self._waiting if one not in first.group]
            first.call.release()

    def _group(self, first: Waiting) -> list[Waiting]:
        group, scans = [first], len(first.upload.scans)
        if first.is_alone:
            return group
        for one in self._waiting[1:]:
            scans += len(one.upload.scans)
            if not one.is_alone and scans <= MOST_SCANS:
                group.append(one)
        return group
