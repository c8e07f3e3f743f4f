"""Making commits durable: one trip to the disk for all who have committed meanwhile (group commit).

With ``synchronous=FULL`` SQLite syncs its write-ahead log inside each commit, while everybody else waits for the lock.
With ``NORMAL`` it never does, and a loss of power could take back what somebody was told. So commits are ``NORMAL``,
and whoever has committed calls `make_durable` before saying so: those who come while the disk works share the next
trip. The log is written in order, so a trip covers every commit before it (https://www.sqlite.org/wal.html).
"""

import os
import threading
from pathlib import Path

_sync = getattr(os, "fdatasync", os.fsync)


class Journal:
    """The write-ahead log of one database file."""

    def __init__(self, database: Path) -> None:
        self._log = f"{database}-wal"
        self._counting, self._syncing = threading.Lock(), threading.Lock()
        self._committed = self._synced = 0

    def make_durable(self) -> None:
        """Return once everything this thread has committed is on the disk."""
        with self._counting:
            self._committed += 1
            mine = self._committed
        with self._syncing:
            if self._synced >= mine:
                return
            covered = self._committed
            self._write_out()
            self._synced = covered

    def _write_out(self) -> None:
        try:
            log = os.open(self._log, os.O_RDONLY)
        except FileNotFoundError:
            return  # the last connection was closed: SQLite has moved the log into the database and synced that
        try:
            _sync(log)
        finally:
            os.close(log)
