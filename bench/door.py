"""The door: scans uploaded one by one and a hundred at a time, each stored before it is answered."""

import json
from collections.abc import Iterator, Sequence
from functools import partial
from itertools import count, islice
from statistics import median
from uuid import uuid4

from sqlalchemy import func, select

from bench.events import LARGE, add_registrations, door_of
from bench.load import CLIENTS, Load, Stream, drive, request
from bench.rounds import compare
from bench.stage import Instance, Stage
from bench.table import Line, at_least, at_most, milliseconds
from inser_events.checkin.models import Scan
from inser_events.clock import now
from inser_events.database import db

PEOPLE = 5_000
"""Far more than are under way at once, or somebody would leave before having come."""
BATCH = 100
SINGLE, TAIL, BATCHED = 0.2, 5, 10
LET_IN = (b'"outcome":"admitted"', b'"outcome":"left"')


def measure(stage: Stage) -> Iterator[Line]:
    """Scans per second, and how long each takes."""
    instance = stage.instance()
    uploads = door(instance, PEOPLE)
    with instance.served() as server:
        warm = _load(server.port, uploads, 1, stage.seconds)
        single = compare(stage, partial(_load, server.port, uploads, 1, stage.seconds))
        yield at_least("scan upload, single, 8 clients", f"{single.rate:.0f} scans/s", single.ratios, SINGLE)
        p50, p99 = median(single.seconds), Load(seconds=single.seconds).percentile(99)
        measured = f"p50 {milliseconds(p50)}, p99 {milliseconds(p99)}"
        yield at_most("scan upload, single: slowest", measured, p99 / p50, TAIL, "p50")
        batches = [_load(server.port, uploads, BATCH, stage.seconds) for _ in range(stage.rounds)]
        ratios = [load.rate * BATCH / single.rate for load in batches]
        rate = median(load.rate for load in batches) * BATCH
        yield at_least(f"scan upload, batches of {BATCH}", f"{rate:.0f} scans/s", ratios, BATCHED, "single")
    answered = sum(len(load.seconds) for load in (warm, *single.loads)) + sum(len(b.seconds) * BATCH for b in batches)
    yield _stored(instance, answered)


def _stored(instance: Instance, answered: int) -> Line:
    with instance.opened():
        kept = db.session.scalar(select(func.count()).select_from(Scan)) or 0
    return Line("scans kept of those answered", f"{kept} of {answered}", "", "all", kept == answered)


class Uploads:
    """Endless uploads of a paired device: everybody goes in, then everybody out, and so on."""

    def __init__(self, token: str, checkpoint: str, codes: Sequence[str]) -> None:
        self._headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        self._scans = self._endless(checkpoint, codes)

    def of(self, size: int) -> Iterator[bytes]:
        """Requests with so many scans each."""
        while True:
            body = json.dumps({"scans": list(islice(self._scans, size))}).encode()
            yield request("POST", "/api/v1/checkin/scans", self._headers, body)

    @staticmethod
    def _endless(checkpoint: str, codes: Sequence[str]) -> Iterator[dict[str, object]]:
        for number in count():
            turn, place = divmod(number, len(codes))
            yield {
                "id": str(uuid4()),
                "checkpoint": checkpoint,
                "ticket": f"HTTPS://EVENTS.EXAMPLE.ORG/B/{codes[place]}",
                "direction": "out" if turn % 2 else "in",
                "scanned_at": now().isoformat(),
                "offline": False,
            }


def door(instance: Instance, people: int, slug: str = LARGE) -> Uploads:
    """Fill an instance with *people* and pair a device that scans them."""
    with instance.opened():
        add_registrations(slug, people)
    with instance.opened():
        return Uploads(*door_of(slug, people))


def is_refused(size: int, status: int, body: bytes) -> bool:
    """Whether an answer is not that all *size* were let in or out."""
    return status == 200 and sum(body.count(outcome) for outcome in LET_IN) != size  # noqa: PLR2004 — HTTP status


def _load(port: int, uploads: Uploads, size: int, seconds: float) -> Load:
    stream = Stream(uploads.of(size), CLIENTS, partial(is_refused, size))
    return drive(port, stream, seconds=seconds)[0].must_be(200)
