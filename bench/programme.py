"""The printed programme of 100 slots: laid out for the first reader, kept for the others."""

from collections.abc import Iterator
from statistics import median

from bench.events import PROGRAMME, SLOTS
from bench.load import Stream, drive, request
from bench.stage import Stage
from bench.table import Line, limit, milliseconds

FIRST = 2.5
KEPT_SHARE = 0.1
"""What is kept must take less than this share of the first time; DESIGN says no more than that it is kept."""


def measure(stage: Stage) -> Iterator[Line]:
    """Seconds to the first programme, and to the next."""
    with stage.instance().served() as server:
        content = request("GET", f"/events/{PROGRAMME}/programme.pdf")
        loads = [drive(server.port, Stream(iter([content] * count), clients=1))[0].must_be(200) for count in (1, 5)]
    first, kept = (median(load.seconds) for load in loads)
    size = loads[0].received / 1e6
    yield limit(f"programme of {SLOTS} slots, first ({size:.1f} MB)", first, FIRST, "s")
    yield Line(
        "programme, from cache", milliseconds(kept), f"{kept / first:.2g} × first", "cache", kept < first * KEPT_SHARE
    )
