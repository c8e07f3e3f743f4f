"""Where the time of a request goes: ``python -m bench.costs [NAME …] [--count N] [--sort tottime|cumulative]``.

The application is called in this process, without a server, under cProfile. ``agenda`` takes the short way of
`agenda.front`; ``agenda-long`` the one through Flask that everything else takes. cProfile makes Python's own calls
look dearer than C's, so read the order, not the seconds. It counts the work of this process, not its waiting for the
disk; the time per request is measured without it.
"""

import argparse
import cProfile
import io
import pstats
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from itertools import islice, repeat
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter, process_time
from typing import Any

from flask import Flask

from bench import hello
from bench.door import door
from bench.events import LARGE, RUSH
from bench.load import request
from bench.pages import ZIPPED
from bench.rush import registrations
from bench.stage import Stage
from inser_events import create_app
from inser_events.agenda.front import Front
from inser_events.config import settings_from

Environ = dict[str, Any]
PEOPLE = 500
SHOWN = 45
NAMES = ("hello", "agenda", "agenda-long", "event", "scan", "batch", "register")


class Caller:
    """An application called as a server would, without one."""

    def __init__(self, app: Flask) -> None:
        self._short: Any = app.wsgi_app
        self._long: Any = self._short._application if isinstance(self._short, Front) else self._short  # noqa: SLF001 — to measure what it saves
        self._statuses: set[str] = set()

    def call(self, environ: Environ, *, long_way: bool = False) -> None:
        """Answer one request and throw the answer away."""
        answer: Iterable[bytes] = (self._long if long_way else self._short)(dict(environ), self._start)
        for _chunk in answer:
            pass
        getattr(answer, "close", lambda: None)()

    @property
    def statuses(self) -> str:
        """What was answered so far, then forgotten."""
        seen, self._statuses = ", ".join(sorted(self._statuses)), set()
        return seen

    def _start(self, status: str, _headers: object, _info: object = None) -> None:
        self._statuses.add(status)


def environ_of(content: bytes) -> Environ:
    """A request of `bench.load` as WSGI has it."""
    head, _blank, body = content.partition(b"\r\n\r\n")
    first, *lines = head.decode().split("\r\n")
    method, path, _version = first.split()
    environ: Environ = {
        "REQUEST_METHOD": method,
        "PATH_INFO": path,
        "QUERY_STRING": "",
        "SCRIPT_NAME": "",
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "wsgi.url_scheme": "http",
        "wsgi.version": (1, 0),
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": io.StringIO(),
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    for line in lines:
        name, _colon, value = line.partition(": ")
        key = name.upper().replace("-", "_")
        environ[key if key in {"CONTENT_TYPE", "CONTENT_LENGTH"} else f"HTTP_{key}"] = value
    return environ


def measured(name: str, caller: Caller, environs: Iterator[Environ], count: int, sort: str) -> None:
    """Print the time per request, then the profile."""
    long_way = name == "agenda-long"
    for environ in islice(environs, max(3, count // 20)):
        caller.call(environ, long_way=long_way)
    started, worked = perf_counter(), process_time()
    for environ in islice(environs, count):
        caller.call(environ, long_way=long_way)
    took, work = (
        (after - before) / count * 1e6 for after, before in ((perf_counter(), started), (process_time(), worked))
    )
    with cProfile.Profile(process_time) as profile:
        for environ in islice(environs, count):
            caller.call(environ, long_way=long_way)
    out = io.StringIO()
    pstats.Stats(profile, stream=out).sort_stats(sort).print_stats(SHOWN)
    print(f"== {name}: {took:.0f} µs each without the profile, {work:.0f} µs of them work ({caller.statuses})")
    print(out.getvalue().partition("Ordered by")[2])


def main() -> None:
    """Profile what was asked for."""
    parser = argparse.ArgumentParser(prog="python -m bench.costs")
    parser.add_argument("names", nargs="*", default=["hello", "agenda", "agenda-long"], help=", ".join(NAMES))
    parser.add_argument("--count", type=int, default=2_000)
    parser.add_argument("--sort", default="tottime", choices=["tottime", "cumulative"])
    asked = parser.parse_args()
    with TemporaryDirectory(prefix="inser-bench-") as folder, ExitStack() as stack:
        instance = Stage(Path(folder), stack, quick=True, on_postgres=False).instance()
        uploads = door(instance, PEOPLE)
        paths = {"agenda": f"{LARGE}/agenda", "agenda-long": f"{LARGE}/agenda", "event": LARGE}
        kinds: dict[str, Iterator[Environ]] = {
            "hello": repeat(environ_of(request("GET", "/"))),
            **{name: repeat(environ_of(request("GET", f"/events/{path}", ZIPPED))) for name, path in paths.items()},
            "scan": map(environ_of, uploads.of(1)),
            "batch": map(environ_of, uploads.of(100)),
            "register": map(environ_of, registrations(f"{RUSH}-0", 3 * asked.count)),
        }
        ours, bare = Caller(create_app(settings_from(instance.environment))), Caller(hello.make_app())
        for name in asked.names:
            measured(name, bare if name == "hello" else ours, kinds[name], asked.count, asked.sort)


if __name__ == "__main__":
    main()
