"""1,000 A6 badges against one naive WeasyPrint document; 2,000 against 1,000; size and memory."""

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from statistics import median

from bench.events import LARGE, add_registrations
from bench.servers import MIB, NotStarted
from bench.stage import Instance, Stage
from bench.table import Line, at_least, at_most, limit

COUNT, FEWER = 1_000, 100
RUNS = 3
FASTER, GROWTH, LARGEST_MB, PEAK = 5, 2.2, 3, 400
KIB = 1024


@dataclass(frozen=True)
class Run:
    """One print run. ``megabytes``: of the file; ``peak``: MiB of memory at most."""

    seconds: float
    megabytes: float
    peak: float


def measure(stage: Stage) -> Iterator[Line]:
    """Seconds, bytes and memory."""
    count = FEWER if stage.quick else COUNT
    instance = stage.instance()
    with instance.opened():
        add_registrations(LARGE, 2 * count)
    naive = [_run(instance, "naive", count)]
    runs = 1 if stage.quick else RUNS
    ours = [_run(instance, "ours", count) for _ in range(runs)]
    twice = [_run(instance, "ours", 2 * count) for _ in range(runs)]
    designed = [_run(instance, "designed", count) for _ in range(runs)]
    took = median(run.seconds for run in ours)
    if not stage.quick:
        naive.append(_run(instance, "naive", count))
    ratios = [run.seconds / took for run in naive]
    slow = median(run.seconds for run in naive)
    yield at_least(f"{count} A6 badges", f"{took:.2f} s, naive {slow:.2f} s", ratios, FASTER, "faster than naive")
    own = median(run.seconds for run in designed)
    yield at_least(
        f"{count} badges of an own layout",
        f"{own:.2f} s",
        [run.seconds / own for run in naive],
        FASTER,
        "faster than naive",
    )
    double = median(run.seconds for run in twice)
    yield at_most(f"{2 * count} A6 badges", f"{double:.2f} s", double / took, GROWTH, f"{count}")
    yield limit(f"{count} A6 badges, file", ours[0].megabytes, LARGEST_MB, "MB")
    yield limit(f"{count} A6 badges, peak memory", max(run.peak for run in ours), PEAK, "MiB")


def _run(instance: Instance, kind: str, count: int) -> Run:
    path = instance.folder / f"{kind}-{count}.pdf"
    words = [sys.executable, "-m", "bench.badge_run", kind, LARGE, str(count), str(path)]
    with subprocess.Popen(
        words, env={**os.environ, **instance.environment}, stdout=subprocess.PIPE, text=True
    ) as child:
        printed = child.stdout.read() if child.stdout else ""
        _pid, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise NotStarted(f"{' '.join(words)} ended with {child.returncode}")
    # Linux counts in KiB, macOS in bytes.
    peak = usage.ru_maxrss * (KIB if sys.platform == "linux" else 1) / MIB
    return Run(float(printed.split()[-1]), path.stat().st_size / 1e6, peak)
