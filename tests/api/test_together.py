"""Uploads that share a transaction: who writes, who waits, and that none can spoil another."""

import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import pytest
from flask.testing import FlaskClient

from inser_events.api import checkin
from inser_events.api.together import Busy, Queue, Waiting
from inser_events.checkin.operations import Answers, record_deliveries
from inser_events.checkin.uploads import BadScan, Upload, read_scan
from inser_events.events.models import Event
from tests.checkin.factories import Door, code_of, make_door, make_registration
from tests.factories import make_event

NOW = datetime(2025, 9, 15, 8, tzinfo=UTC)
DONE = Answers([], [])


def waiting(scans: int = 1) -> Waiting:
    return Waiting("token", Upload([BadScan(None, "")] * scans), NOW)


class Turn(threading.Thread):
    """Another request that asks for its turn."""

    def __init__(self, queue: Queue, own: Waiting) -> None:
        super().__init__(daemon=True)
        self.queue, self.own, self.group = queue, own, [own]
        self.start()
        while own not in queue._waiting:
            pass

    def run(self) -> None:
        with suppress(Busy):  # a test may end while others still wait
            self.group = self.queue.turn(self.own)


@pytest.fixture
def queue() -> Queue:
    return Queue(patience=5)


def test_the_first_writes_alone_and_at_once(queue: Queue) -> None:
    own = waiting()
    assert queue.turn(own) == [own]


def test_those_who_came_meanwhile_share_the_next_turn_and_get_their_answers(queue: Queue) -> None:
    queue.turn(first := waiting())
    threads = [Turn(queue, waiting()) for _ in range(3)]
    queue.done([])
    threads[0].join()
    assert threads[0].group == [thread.own for thread in threads]
    queue.done([(thread.own, DONE) for thread in threads[1:]])
    for thread in threads[1:]:
        thread.join()
        assert (thread.group, thread.own.answer) == ([], DONE)
    assert queue.turn(first) == [first]


def test_a_group_does_not_grow_without_end(queue: Queue) -> None:
    queue.turn(waiting())
    threads = [Turn(queue, waiting(scans)) for scans in (1_000, 900, 500, 100)]
    queue.done([])
    threads[0].join()
    assert [len(one.upload.scans) for one in threads[0].group] == [1_000, 900]


def test_after_a_failure_each_goes_alone(queue: Queue) -> None:
    queue.turn(waiting())
    threads = [Turn(queue, waiting()) for _ in range(2)]
    queue.done([])
    threads[0].join()
    queue.give_back([threads[1].own], alone=True)
    threads[1].join()
    assert threads[1].group == [threads[1].own]


def test_whoever_waits_too_long_is_told_to_come_again() -> None:
    queue = Queue(patience=0.01)
    queue.turn(waiting())
    with pytest.raises(Busy):
        queue.turn(waiting())


@pytest.fixture
def event(client: FlaskClient) -> Event:
    return make_event()


@pytest.fixture
def doors(client: FlaskClient, event: Event) -> list[Door]:
    return [make_door(client, event, name) for name in ("East", "West")]


class Group:
    """Makes the next request write the uploads of others, too."""

    def __init__(self, others: list[Waiting]) -> None:
        self.others = others
        self.given_back: list[tuple[list[Waiting], bool]] = []
        self.answers: list[Any] = []

    def turn(self, own: Waiting) -> list[Waiting]:
        others, self.others = self.others, []
        return [own, *others]

    def done(self, answers: list[Any]) -> None:
        self.answers = [answer for _one, answer in answers]

    def give_back(self, group: list[Waiting], *, alone: bool) -> None:
        self.given_back.append((group, alone))


@pytest.fixture
def grouped(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Group]:
    def with_others(*others: Waiting) -> Group:
        group = Group(list(others))
        monkeypatch.setattr(checkin, "queue", group)
        return group

    return with_others


def upload_of(door: Door, *scans: dict[str, Any]) -> Waiting:
    return Waiting(door.token, Upload([read_scan(scan) for scan in scans]), NOW)


def test_two_doors_in_one_transaction_admit_a_badge_once(
    event: Event, doors: list[Door], grouped: Callable[..., Group]
) -> None:
    code = code_of(make_registration(event))
    group = grouped(upload_of(doors[1], doors[1].scan(code)))
    assert doors[0].outcomes(doors[0].scan(code)) == ["admitted"]
    (theirs,) = group.answers
    assert '"already_in"' in theirs.results[0]


def test_a_refused_device_in_a_group_does_not_stop_the_others(
    event: Event, doors: list[Door], grouped: Callable[..., Group]
) -> None:
    code = code_of(make_registration(event))
    group = grouped(Waiting("wrong", Upload([]), NOW))
    assert doors[0].outcomes(doors[0].scan(code)) == ["admitted"]
    assert [answer.status for answer in group.answers] == [401]


def test_a_refused_writer_lets_the_others_wait_on(
    event: Event, doors: list[Door], grouped: Callable[..., Group]
) -> None:
    other = upload_of(doors[1])
    group = grouped(other)
    doors[0].headers = {"Authorization": "Bearer wrong"}
    assert doors[0].post().status_code == 401
    assert group.given_back == [([other], False)]


def test_a_failure_in_a_group_is_tried_again_alone(
    event: Event, doors: list[Door], grouped: Callable[..., Group], monkeypatch: pytest.MonkeyPatch
) -> None:
    code = code_of(make_registration(event))
    other = upload_of(doors[1])
    group, real = grouped(other), record_deliveries

    def breaks_for_two(deliveries: list[Any]) -> list[Answers]:
        if len(deliveries) > 1:
            raise RuntimeError("something in the other upload")
        return real(deliveries)

    monkeypatch.setattr(checkin, "record_deliveries", breaks_for_two)
    assert doors[0].outcomes(doors[0].scan(code)) == ["admitted"]
    assert group.given_back == [([other], True)]
