"""Commits are on the disk before anybody is told, and share the trips to it."""

import os
import threading
from pathlib import Path

import pytest
from flask import Flask

from inser_events import journal
from inser_events.database import after_commit, commit, expect_writing
from inser_events.journal import Journal

WAIT = 20


class Disk:
    """A disk that finishes a trip when it is told to."""

    def __init__(self) -> None:
        self.trips = 0
        self.started, self.may_end = threading.Semaphore(0), threading.Semaphore(0)

    def sync(self, _log: int) -> None:
        self.trips += 1
        self.started.release()
        assert self.may_end.acquire(timeout=WAIT)


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> Disk:
    slow = Disk()
    monkeypatch.setattr(journal, "_sync", slow.sync)
    return slow


@pytest.fixture
def log(tmp_path: Path) -> Journal:
    """The journal of a database that has a log."""
    (tmp_path / "some.db-wal").touch()
    return Journal(tmp_path / "some.db")


def committing(log: Journal, known: list[int]) -> threading.Thread:
    """Somebody who has committed."""

    def commit_and_tell() -> None:
        log.make_durable()
        known.append(1)

    thread = threading.Thread(target=commit_and_tell)
    thread.start()
    return thread


def test_those_who_commit_during_a_trip_share_the_next(disk: Disk, log: Journal) -> None:
    told: list[int] = []
    first = committing(log, told)
    assert disk.started.acquire(timeout=WAIT)
    others = [committing(log, told) for _ in range(5)]
    while log._committed < 6:
        os.sched_yield()
    disk.may_end.release()
    first.join(WAIT)
    assert disk.started.acquire(timeout=WAIT)
    told_after_one_trip = len(told)
    disk.may_end.release()
    for one in others:
        one.join(WAIT)
    assert (told_after_one_trip, len(told), disk.trips) == (1, 6, 2)


def test_one_who_comes_while_the_disk_works_is_not_told_by_that_trip(disk: Disk, log: Journal) -> None:
    told: list[int] = []
    committing(log, [])
    assert disk.started.acquire(timeout=WAIT)
    late = committing(log, told)
    while log._committed < 2:
        os.sched_yield()
    disk.may_end.release()
    assert disk.started.acquire(timeout=WAIT)
    assert told == []
    disk.may_end.release()
    late.join(WAIT)
    assert told == [1]


def test_a_database_whose_log_was_moved_into_it_needs_no_trip(disk: Disk, tmp_path: Path) -> None:
    Journal(tmp_path / "closed.db").make_durable()
    assert disk.trips == 0


def test_a_disk_that_fails_is_tried_again_by_the_next(monkeypatch: pytest.MonkeyPatch, log: Journal) -> None:
    answers = iter([OSError("the disk is gone"), None])

    def failing(_log: int) -> None:
        if answer := next(answers):
            raise answer

    monkeypatch.setattr(journal, "_sync", failing)
    with pytest.raises(OSError, match="the disk is gone"):
        log.make_durable()
    log.make_durable()
    assert next(answers, "none left") == "none left"


def test_what_waits_for_a_commit_comes_after_the_trip(
    app: Flask, monkeypatch: pytest.MonkeyPatch, database_url: str
) -> None:
    order: list[str] = []
    monkeypatch.setattr(Journal, "make_durable", lambda _journal: order.append("on the disk"))
    expect_writing()
    after_commit(lambda: order.append("told"))
    commit()
    expect_writing(expected=False)
    durable = [] if database_url.startswith("postgresql") else ["on the disk"]
    assert order == [*durable, "told"]


def test_reading_makes_no_trip(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    trips: list[int] = []
    monkeypatch.setattr(Journal, "make_durable", lambda _journal: trips.append(1))
    expect_writing(expected=False)
    commit()
    assert trips == []
