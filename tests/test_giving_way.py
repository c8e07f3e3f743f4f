"""The worker inside the server gives way to those who ask, without ever stopping for good."""

from collections.abc import Callable

import pytest
from flask import Flask

from inser_events import jobs
from inser_events.jobs import LONGEST, QUIET, SHARE


class Day:
    """A clock that moves while somebody waits; *asking* requests come in each wait."""

    def __init__(self, app: Flask, asking: int) -> None:
        self.now, self._app, self._asking = 100.0, app, asking

    def monotonic(self) -> float:
        return self.now

    def wait(self, seconds: float) -> bool:
        self.now += seconds
        for _ in range(self._asking):
            self._app.test_client().get("/healthz")
        return False


@pytest.fixture
def waited(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Callable[..., float]:
    """How long a job waits after so many seconds of work, while so many ask."""

    def measure(asking: int, worked: float, idle: float = 0.0) -> float:
        day = Day(app, asking)
        monkeypatch.setattr(jobs, "monotonic", day.monotonic)
        give_way = jobs._GiveWay(app, day)  # type: ignore[arg-type]
        give_way.before(None)
        day.now += worked
        give_way.after(None, None, None)
        day.now += idle
        began = day.now
        give_way.before(None)
        return day.now - began

    return measure


def test_nobody_asks_and_the_next_job_starts_at_once(waited: Callable[..., float]) -> None:
    assert waited(0, 1.0) == pytest.approx(QUIET)


def test_under_a_load_requests_have_most_of_the_time(waited: Callable[..., float]) -> None:
    assert waited(1, 0.1) == pytest.approx(0.1 * SHARE, abs=QUIET)


def test_a_long_job_does_not_hold_up_the_next_for_minutes(waited: Callable[..., float]) -> None:
    assert waited(1, 60.0) == pytest.approx(LONGEST * SHARE, abs=QUIET)


def test_a_minute_without_work_is_not_made_up_for(waited: Callable[..., float]) -> None:
    assert waited(1, 0.1, idle=60.0) == pytest.approx(0.1 * SHARE, abs=QUIET)
