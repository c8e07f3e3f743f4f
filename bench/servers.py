"""Starting and stopping what is measured, and how much memory it takes."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter, sleep

from bench.load import HOST, Stream, drive, request
from tests.servers import free_port

START_SECONDS = 30
STOP_SECONDS = 20
MIB = 1024 * 1024


class NotStarted(Exception):
    """A server did not come up; the message holds what it said."""


@dataclass(frozen=True)
class Server:
    """A running server. ``seconds``: from its start to its first page."""

    port: int
    pid: int
    seconds: float

    @property
    def memory(self) -> tuple[float, list[float]]:
        """MiB resident in the master and in each worker."""
        table = _processes()
        return table[self.pid][1], [size for parent, size in table.values() if parent == self.pid]


def product(*words: str) -> list[str]:
    """A command of the product as users type it."""
    command = Path(sys.executable).with_name("inser-events")
    return [str(command), *words] if command.is_file() else [sys.executable, "-m", "inser_events", *words]


def call(words: Sequence[str], environment: Mapping[str, str]) -> None:
    """Run a command to its end. Raises NotStarted when it fails."""
    done = subprocess.run(
        list(words), env={**os.environ, **environment}, capture_output=True, text=True, check=False, timeout=120
    )
    if done.returncode:
        raise NotStarted(f"{' '.join(words)}: {done.stderr.strip()[-500:]}")


@contextmanager
def serving(words: Sequence[str], environment: Mapping[str, str], path: str, log: Path) -> Iterator[Server]:
    """Start a server (``{port}`` in *words* is replaced), wait for its first page at *path*, and stop it in the end."""
    port = free_port()
    with log.open("ab") as out:
        started = perf_counter()
        process = subprocess.Popen(
            [word.format(port=port) for word in words],
            env={**os.environ, **environment},
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
        )
        try:
            _wait(process, port, path, log)
            yield Server(port, process.pid, perf_counter() - started)
        finally:
            _stop(process)


def _wait(process: "subprocess.Popen[bytes]", port: int, path: str, log: Path) -> None:
    until = perf_counter() + START_SECONDS
    content = request("GET", path)
    while perf_counter() < until and process.poll() is None:
        try:
            drive(port, Stream(iter([content]), clients=1))[0].must_be(200)
        except ConnectionRefusedError:
            sleep(0.005)
        else:
            return
    raise NotStarted(f"{HOST}:{port}{path}: {log.read_text(errors='replace')[-500:]}")


def _stop(process: "subprocess.Popen[bytes]") -> None:
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _processes() -> dict[int, tuple[int, float]]:
    """Every process: its parent and its resident memory in MiB."""
    if not Path("/proc/self/stat").exists():
        listed = subprocess.run(["ps", "-axo", "pid=,ppid=,rss="], capture_output=True, text=True, check=True)  # noqa: S607 — the system's own, where it is
        rows = (line.split() for line in listed.stdout.splitlines())
        return {int(pid): (int(parent), int(kib) / 1024) for pid, parent, kib in rows}
    found = {}
    page = os.sysconf("SC_PAGE_SIZE") / MIB
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                # The name of the program, in brackets, may hold blanks.
                fields = (folder / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue  # it ended meanwhile
            found[int(folder.name)] = int(fields[1]), int(fields[21]) * page
    return found
