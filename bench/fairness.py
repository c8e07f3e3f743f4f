"""Whether anybody waits while one client writes scans without pause: readers, and another writer."""

from collections.abc import Iterator
from functools import partial
from itertools import repeat

from bench.door import door, is_refused
from bench.events import LARGE
from bench.load import Load, Stream, drive, request
from bench.rush import REGISTERED, registrations
from bench.stage import Stage
from bench.table import Line, milliseconds

PEOPLE, READERS = 1_000, 4
LONGEST_MS = 250
"""Our own limit; the busy wait of two writing processes takes seconds."""
MOST_REGISTRATIONS = 1_000
"""The public form takes 1,200 a minute from one address."""


def measure(stage: Stage) -> Iterator[Line]:
    """The 99th percentile of each, alone and beside the writer."""
    instance = stage.instance()
    uploads = door(instance, PEOPLE)
    seconds = stage.seconds * 4
    page = request("GET", f"/events/{LARGE}", {"Accept-Encoding": "gzip"})
    others = registrations(LARGE, MOST_REGISTRATIONS)
    with instance.served() as server:
        drive(server.port, Stream(repeat(page, READERS), READERS))
        alone = drive(server.port, Stream(repeat(page), READERS), seconds=seconds)[0].must_be(200)
        scans, pages, writes = drive(
            server.port,
            Stream(uploads.of(1), 1, partial(is_refused, 1)),
            Stream(repeat(page), READERS),
            Stream(others, 1),
            seconds=seconds,
        )
    yield Line(
        f"beside each other, {stage.database}",
        f"{scans.rate:.0f} scans, {pages.rate:.0f} pages, {writes.rate:.0f} registrations/s",
    )
    yield _waiting(
        "event page read while others write", pages.must_be(200), f", alone {milliseconds(alone.percentile(99))}"
    )
    yield _waiting("registration while scans are written", writes.must_be(REGISTERED))
    yield _waiting("scan while others register", scans.must_be(200))


def _waiting(what: str, load: Load, more: str = "") -> Line:
    slow = load.percentile(99)
    measured = f"p99 {milliseconds(slow)}, worst {milliseconds(max(load.seconds))}{more}"
    return Line(what, measured, "", f"p99 ≤ {LONGEST_MS} ms", slow * 1000 <= LONGEST_MS)
