"""``python -m bench [NAME …] [--quick] [--database postgresql]``: measure, and print the table."""

import argparse
import os
import platform
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from types import FrameType

from bench import badges, crowd, door, fairness, pages, process, programme, rush
from bench.stage import Stage
from bench.table import Line, show

Measure = Callable[[Stage], Iterator[Line]]
ROWS: dict[str, Measure] = {
    "pages": pages.measure,
    "scans": door.measure,
    "rush": rush.measure,
    "badges": badges.measure,
    "programme": programme.measure,
    "crowd": crowd.measure,
    "process": process.measure,
    "fairness": fairness.measure,
}
ROW_SECONDS, QUICK_ROW_SECONDS = 150, 60
MISSED = 1


class OutOfTime(Exception):
    """A row took longer than it may."""


def main() -> int:
    """Measure what was asked for; exit status 1 when something missed."""
    asked = _arguments()
    lines: list[Line] = []
    started = perf_counter()
    # A stop must reach the servers too: as an exception it leaves through the blocks that hold them.
    signal.signal(signal.SIGTERM, lambda _number, _frame: sys.exit(MISSED))
    with TemporaryDirectory(prefix="inser-bench-") as folder, ExitStack() as stack:
        stage = Stage(Path(folder), stack, quick=asked.quick, on_postgres=asked.database == "postgresql")
        for name in asked.names or ROWS:
            print(f"{perf_counter() - started:5.0f} s  {name} …", file=sys.stderr, flush=True)
            lines += _measured(name, stage)
    print(_machine(asked))
    print()
    show(lines)
    print(f"\nMeasured in {perf_counter() - started:.0f} s.")
    return MISSED if any(line.ok is False for line in lines) else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description="Measure, and print the table.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"rows to measure (default: all): {', '.join(ROWS)}")
    parser.add_argument("--quick", action="store_true", help="smaller numbers, shorter rounds")
    parser.add_argument("--database", choices=["sqlite", "postgresql"], default="sqlite")
    asked = parser.parse_args()
    unknown = [name for name in asked.names if name not in ROWS]
    if unknown:
        parser.error(f"there is no row {', '.join(unknown)}; there are {', '.join(ROWS)}")
    return asked


def _measured(name: str, stage: Stage) -> list[Line]:
    """The lines of one row; one that fails says so and the others go on."""
    lines: list[Line] = []
    try:
        with _at_most(QUICK_ROW_SECONDS if stage.quick else ROW_SECONDS):
            for line in ROWS[name](stage):
                lines.append(line)  # noqa: PERF402 — what was measured before a failure stays
    except Exception as error:  # noqa: BLE001 — whatever broke, the other rows are worth having
        said = " ".join(f"{type(error).__name__}: {error}".split())
        lines.append(Line(f"{name}: failed", said[:200].replace("|", "/"), "", "", ok=False))
    return lines


@contextmanager
def _at_most(seconds: int) -> Iterator[None]:
    def stop(_number: int, _frame: FrameType | None) -> None:
        raise OutOfTime(f"took longer than {seconds} s")

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def _machine(asked: argparse.Namespace) -> str:
    load = os.getloadavg()[0]
    return (
        f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, "
        f"{asked.database}{', quick' if asked.quick else ''}, load of the machine {load:.1f}"
    )


if __name__ == "__main__":
    sys.exit(main())
