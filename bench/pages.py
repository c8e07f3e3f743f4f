"""The published agenda as page, calendar and JSON: warm, anonymous, compressed; and ``304``."""

from collections.abc import Iterator
from itertools import repeat

from bench.events import LARGE, SESSIONS
from bench.load import Load, Stream, drive, request
from bench.rounds import CLIENTS, compare
from bench.servers import Server
from bench.stage import Stage
from bench.table import Line, at_least

FILES = ("agenda", "agenda.ics", "schedule.json")
FULL, UNCHANGED = 0.5, 0.8
ZIPPED = {"Accept-Encoding": "gzip"}


def measure(stage: Stage) -> Iterator[Line]:
    """Requests per second against hello's."""
    with stage.instance().served() as server:
        for name in FILES:
            path = f"/events/{LARGE}/{name}"
            warm = drive(server.port, Stream(iter([request("GET", path, ZIPPED)] * 9), clients=1))[0].must_be(200)
            size = warm.received // 9 // 1024
            found = compare(stage, lambda path=path: _load(stage, server, path, 200))  # type: ignore[misc] # mypy types no lambda with defaults
            what = f"{name}, {SESSIONS} sessions, {size} KiB zipped"
            yield at_least(what, f"{found.rate:.0f} requests/s", found.ratios, FULL)
            etag = _etag(server, path)
            found = compare(stage, lambda path=path, etag=etag: _load(stage, server, path, 304, etag))  # type: ignore[misc] # same
            yield at_least(f"{name}, unchanged (304)", f"{found.rate:.0f} requests/s", found.ratios, UNCHANGED)
