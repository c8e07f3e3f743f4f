"""The published agenda as page, calendar and JSON: warm, anonymous, compressed; and ``304``."""

from collections.abc import Iterator
from functools import partial
from itertools import repeat

from bench.events import LARGE, SESSIONS
from bench.load import CLIENTS, Load, Stream, drive, etag_of, request
from bench.rounds import compare
from bench.stage import Stage
from bench.table import Line, at_least

FILES = ("agenda", "agenda.ics", "schedule.json")
FULL, UNCHANGED = 0.5, 0.8
ZIPPED = {"Accept-Encoding": "gzip"}
WARM_UP = 16


def measure(stage: Stage) -> Iterator[Line]:
    """Requests per second against hello's."""
    with stage.instance().served() as server:
        for name in FILES:
            path = f"/events/{LARGE}/{name}"
            size = _load(server.port, path, 200, count=WARM_UP).received // WARM_UP // 1024
            found = compare(stage, partial(_load, server.port, path, 200, seconds=stage.seconds))
            what = f"{name}, {SESSIONS} sessions, {size} KiB zipped"
            yield at_least(what, f"{found.rate:.0f} requests/s", found.ratios, FULL)
            known = etag_of(server.port, path, ZIPPED)
            found = compare(stage, partial(_load, server.port, path, 304, known, seconds=stage.seconds))
            yield at_least(f"{name}, unchanged (304)", f"{found.rate:.0f} requests/s", found.ratios, UNCHANGED)


def _load(
    port: int, path: str, status: int, etag: str = "", *, count: int | None = None, seconds: float | None = None
) -> Load:
    content = request("GET", path, {**ZIPPED, **({"If-None-Match": etag} if etag else {})})
    requests = repeat(content) if count is None else repeat(content, count)
    return drive(port, Stream(requests, CLIENTS), seconds=seconds)[0].must_be(status)
