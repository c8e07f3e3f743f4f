"""How long the server takes to its first page, and how much memory it holds then."""

from collections.abc import Iterator
from statistics import median
from time import sleep

from bench.events import LARGE
from bench.stage import Stage
from bench.table import Line, limit

COLD_START, IDLE = 2.0, 120.0
SETTLE = 1.0
PAGE = f"/events/{LARGE}/agenda"


def measure(stage: Stage) -> Iterator[Line]:
    """Seconds from the start of the command to the first agenda page; MiB a little later."""
    instance = stage.instance()
    starts, masters, workers = [], [], []
    for _ in range(2 if stage.quick else 5):
        with instance.served(PAGE) as server:
            starts.append(server.seconds)
            sleep(SETTLE)
            master, of_workers = server.memory
            masters.append(master)
            workers += of_workers
    yield limit(f"cold start to the first agenda page, {stage.database}", median(starts), COLD_START, "s")
    yield limit("memory of an idle worker", median(workers), IDLE, "MiB")
    yield Line("memory of the master, mostly shared with the workers", f"{median(masters):.0f} MiB")
