"""Background work: one queue (Huey, on SQLite or Redis), one generic task, jobs by name.

A job is a function with plain JSON arguments, registered by `@job` or `@every(minutes)`. It runs inside an
application context and one transaction. Enqueue with `enqueue`, which waits for the commit of the transaction that
causes the work: what was rolled back never runs. A sweep of each domain picks up what a crash left.
"""

import logging
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic
from typing import Any, TypeVar

from flask import Flask, current_app

from inser_events.config import Settings
from inser_events.database import after_commit, commit, db, expect_writing, rollback
from inser_events.errors import Refused
from inser_events.lean import without

# Huey imports the drivers of all storages it knows. Ours is SQLite, or Redis where the environment says so.
with without("psycopg", *(() if os.environ.get("INSER_REDIS_URL") else ("redis",))):
    from huey import Huey, MemoryHuey, RedisHuey, crontab
    from huey.consumer import Consumer
    from huey.storage import SqliteStorage

SHARE = 19
QUIET = 0.02
"""Seconds without a request after which nobody is kept waiting by a job."""
LONGEST = 0.5
"""Seconds of work that are made up for, at the most."""
FORGOTTEN_AFTER = 5
"""Seconds after which a job that was woken and did not begin is woken again."""

log = logging.getLogger(__name__)


class QueueAway(Refused):
    """The queue's storage cannot be reached."""

    title = "The queue does not answer"


Job = Callable[..., None]
Got = TypeVar("Got")
_jobs: dict[str, Job] = {}
_periodic: dict[str, int] = {}


def job(function: Job) -> Job:
    """Register *function* as a job under its module and name."""
    _jobs[name_of(function)] = function
    return function


def every(minutes: int) -> Callable[[Job], Job]:
    """Register a job without arguments that also runs each *minutes*."""

    def register(function: Job) -> Job:
        _periodic[name_of(function)] = minutes
        return job(function)

    return register


def name_of(function: Callable[..., object]) -> str:
    """The name under which a job, or what it is to call, travels through the queue."""
    return f"{function.__module__}.{function.__name__}"


def init_app(app: Flask, settings: Settings) -> None:
    """Give the application its queue."""
    huey = _queue(settings)

    @huey.task(name="run_job")  # type: ignore[untyped-decorator] # huey carries no types
    def run_job(name: str, arguments: dict[str, Any]) -> None:
        run(app, name, arguments)

    for name, minutes in _periodic.items():
        huey.periodic_task(crontab(minute=f"*/{minutes}"), name=f"periodic {name}")(_runner(app, name))
    app.extensions["jobs"] = huey
    app.extensions["run_job"] = run_job


def _queue(settings: Settings) -> Huey:
    if settings.testing:
        return MemoryHuey("inser-events", immediate=False)
    if settings.redis_url:
        return RedisHuey("inser-events", url=settings.redis_url)
    return Huey("inser-events", storage_class=_Storage, filename=str(settings.instance / "queue.db"))


class _Storage(SqliteStorage):  # type: ignore[misc] # huey carries no types
    """The queue in SQLite, without a trip to the disk for each job: the sweeps find what a loss of power takes."""

    def _create_connection(self) -> Any:
        connection = super()._create_connection()
        connection.execute("PRAGMA synchronous=NORMAL")
        return connection


def _runner(app: Flask, name: str) -> Callable[[], None]:
    return lambda: run(app, name, {})


def enqueue(function: Job, **arguments: Any) -> None:
    """Run a registered job after the commit of the current transaction."""
    name = name_of(function)
    if name not in _jobs:
        message = f"{name} is not registered as a job"
        raise LookupError(message)
    send = current_app.extensions["run_job"]
    after_commit(lambda: _send(send, name, arguments))


def _send(send: Callable[[str, dict[str, Any]], object], name: str, arguments: dict[str, Any]) -> None:
    """Hand a job to the queue. What caused it is committed: whoever did it must not be told that it failed."""
    try:
        send(name, arguments)
    except Exception as error:  # whatever the queue's storage raises
        log.error("queue does not answer; the next sweep does the job", extra={"job": name}, exc_info=error)  # noqa: TRY400 — with the job


def check_queue(app: Flask) -> None:
    """Raise QueueAway when there is no queue to work off."""
    huey: Huey = app.extensions["jobs"]
    try:
        huey.pending_count()
    except Exception as error:
        raise QueueAway(f"The queue does not answer: {error} Run: inser-events doctor") from error


def works_here() -> bool:
    """Whether the queue's one worker lives in this process, so that jobs can be woken."""
    return "woken" in current_app.extensions


def wake(function: Job) -> None:
    """Have a job that looks itself for what there is to do begin after the commit, if it is not about to.

    A rush of five thousand mails is one task at a time this way, not five thousand. The job does one piece and wakes
    itself while there are more, so that each piece gives way to requests.
    """
    if not works_here():
        enqueue(function)
        return
    woken: dict[str, float] = current_app.extensions["woken"]
    name, send = name_of(function), current_app.extensions["run_job"]

    def tell() -> None:
        # What it was told before it has begun covers this commit too. What another worker took is told again.
        if monotonic() - woken.get(name, -FORGOTTEN_AFTER) >= FORGOTTEN_AFTER:
            woken[name] = monotonic()
            send(name, {})

    after_commit(tell)


def run(app: Flask, name: str, arguments: dict[str, Any]) -> None:
    """Do one job in its own context and transaction."""
    app.extensions.get("woken", {}).pop(name, None)
    with app.app_context():
        try:
            _jobs[name](**arguments)
            commit()
        except Exception:
            rollback()
            log.exception("job failed", extra={"job": name})
            raise
        finally:
            db.session.remove()


def settle() -> None:
    """Commit what the job has written: it must be known before an act that cannot be undone, whatever happens then."""
    commit()


@contextmanager
def apart() -> Iterator[None]:
    """Read, lay out or wait for others without holding up those who write; what was read is let go at the end."""
    expect_writing(expected=False)
    try:
        yield
    finally:
        rollback()
        expect_writing()


def in_two_steps(
    what: str, read: Callable[[], Got | None], write: Callable[[Got], None], fail: Callable[[Exception], None]
) -> None:
    """Long work that somebody watches: *read* takes its time `apart`, then *write* keeps what it has made.

    *read* returns None when there is nothing to do; *what* is for the log. Whatever goes wrong, nothing is written but
    what *fail* writes: the page of the work must say that it ended.
    """
    try:
        with apart():
            got = read()
        if got is not None:
            write(got)
    except Exception as error:  # whatever it is, it ends here
        rollback()
        log.warning("work failed", extra={"work": what}, exc_info=error)
        fail(error)


def run_waiting(app: Flask) -> int:
    """Do everything that waits in the queue, here and now; return how many. For tests and the command line."""
    huey: Huey = app.extensions["jobs"]
    done = 0
    while (task := huey.dequeue()) is not None:
        huey.execute(task)
        done += 1
    return done


def consumer(app: Flask, *, threads: int = 1) -> Consumer:
    """A consumer for this queue; `run()` it in a process of its own."""
    return Consumer(app.extensions["jobs"], workers=threads, worker_type="thread", max_delay=1.0, initial_delay=0.05)


class EmbeddedConsumer(Consumer):  # type: ignore[misc] # huey carries no types
    """A consumer that lives as threads of the server process and leaves its signals alone."""

    def _set_signal_handlers(self) -> None:
        """Signals belong to the server."""


def start_embedded(app: Flask, *, alone: bool = True) -> EmbeddedConsumer:
    """Start the queue's worker inside the server, for instances without Redis. *alone*: no other process has one."""
    huey: Huey = app.extensions["jobs"]
    if alone:
        app.extensions["woken"] = {}
    embedded = EmbeddedConsumer(huey, workers=1, worker_type="thread", max_delay=1.0, initial_delay=0.05)
    give_way = _GiveWay(app, embedded.stop_flag)
    huey.pre_execute(name="give way")(give_way.before)
    huey.post_execute(name="give way")(give_way.after)
    embedded.start()
    threading.Thread(target=_watch, args=(embedded,), daemon=True, name="job-health").start()
    return embedded


class _GiveWay:
    """Before each job, wait while people ask: a process does one thing at a time, and they wait for its answer.

    Work still goes on under a load that does not end: for each second of it there are `SHARE` seconds for requests.
    """

    def __init__(self, app: Flask, stopping: threading.Event) -> None:
        self._stopping, self._asked = stopping, 0
        self._began = self._worked = 0.0
        app.before_request_funcs.setdefault(None, []).insert(0, self._count)

    def _count(self) -> None:
        self._asked += 1

    def before(self, _task: Any) -> None:
        """Wait as long as the work of the last job is worth; time without any work is worth nothing."""
        until = monotonic() + SHARE * min(self._worked, LONGEST)
        while monotonic() < until:
            before = self._asked
            if self._stopping.wait(QUIET) or self._asked == before:
                break
        self._began = monotonic()

    def after(self, _task: Any, _value: Any, _error: Any) -> None:
        """Note how long a job took."""
        self._worked = monotonic() - self._began


def _watch(embedded: EmbeddedConsumer) -> None:
    while not embedded.stop_flag.wait(10):
        embedded.check_worker_health()
