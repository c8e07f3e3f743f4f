"""Measuring two things by turns, so that what else the machine does falls on both."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import repeat
from statistics import median

from bench.load import CLIENTS, Load, Stream, drive, request
from bench.stage import Stage


@dataclass(frozen=True)
class Compared:
    """The loads of one thing, and each one's rate over the mean of hello's before and after it."""

    loads: Sequence[Load]
    ratios: Sequence[float]

    @property
    def rate(self) -> float:
        """Median answers per second."""
        return median(load.rate for load in self.loads)

    @property
    def seconds(self) -> list[float]:
        """How long each request of all rounds took."""
        return [value for load in self.loads for value in load.seconds]


def hello_rate(stage: Stage) -> float:
    """Answers per second of the bare Flask, now."""
    stream = Stream(repeat(request("GET", "/")), CLIENTS)
    return drive(stage.hello.port, stream, seconds=stage.seconds)[0].must_be(200).rate


def compare(stage: Stage, measure: Callable[[], Load], rounds: int = 0) -> Compared:
    """Measure hello, then *measure*, then hello, and so on."""
    before = hello_rate(stage)
    loads, ratios = [], []
    for _ in range(rounds or stage.rounds):
        load = measure()
        after = hello_rate(stage)
        loads.append(load)
        ratios.append(load.rate / ((before + after) / 2))
        before = after
    return Compared(loads, ratios)
