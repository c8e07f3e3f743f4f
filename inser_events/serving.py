"""The server: gunicorn with threads.

On SQLite one process serves (two writing processes starve each other, see `database`) and also works off the queue.
On PostgreSQL any number of processes serve; the queue is worked off by them when there is no Redis, else by
``inser-events worker``.
"""

import os
import socket
from dataclasses import replace
from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication

from inser_events import logs
from inser_events.config import Settings
from inser_events.database import db
from inser_events.errors import Refused
from inser_events.jobs import start_embedded

THREADS = 8
ACCESS_LOG_OFF = None


class PortTaken(Refused):
    """Another program listens there."""

    title = "Port in use"


def check_port(host: str, port: int) -> None:
    """Raise PortTaken, with a way out, when nothing can listen there."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            reason = error.strerror or str(error)
            raise PortTaken(f"Cannot listen on {host}:{port}: {reason}. Choose another port with --port.") from error


def use_address(app: Flask, host: str, port: int) -> str:
    """Where people reach this server: INSER_BASE_URL, or the chosen host and port when that is not set."""
    settings: Settings = app.extensions["settings"]
    if not os.environ.get("INSER_BASE_URL"):
        everywhere = host in {"0.0.0.0", "::", ""}  # noqa: S104 — compared, not bound
        name = "127.0.0.1" if everywhere else f"[{host}]" if ":" in host else host
        settings = replace(settings, base_url=f"http://{name}:{port}")
        app.extensions["settings"] = settings
    return settings.base_url


class Server(BaseApplication):
    """gunicorn, configured here instead of by a file."""

    def __init__(self, app: Flask, options: dict[str, Any]) -> None:
        self.app, self.options = app, options
        super().__init__()

    def load_config(self) -> None:
        """Take our options."""
        for name, value in self.options.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        """The application was made before; workers inherit it."""
        return self.app


def serve(app: Flask, *, host: str, port: int, workers: int | None = None) -> None:
    """Serve until stopped. Called by a command, in its application context."""
    logs.set_up()
    settings: Settings = app.extensions["settings"]
    # What the command has read so far holds the write lock, and the forked workers would inherit it so.
    db.session.remove()
    db.engine.dispose()
    Server(
        app,
        {
            "bind": f"{f'[{host}]' if ':' in host else host}:{port}",
            "workers": workers or default_workers(settings),
            "worker_class": "gthread",
            "threads": THREADS,
            "timeout": 120,
            "graceful_timeout": 20,
            "keepalive": 30,
            "preload_app": True,
            "accesslog": ACCESS_LOG_OFF,
            "loglevel": "warning",
            "proc_name": "inser-events",
            "worker_tmp_dir": "/dev/shm" if os.path.isdir("/dev/shm") else None,  # noqa: PTH112, S108 — a heartbeat file
            "post_fork": _forked,
            "forwarded_allow_ips": os.environ.get("FORWARDED_ALLOW_IPS", "127.0.0.1"),
        },
    ).run()


def default_workers(settings: Settings) -> int:
    """One process on SQLite, one per core on PostgreSQL."""
    return 1 if settings.on_sqlite else os.cpu_count() or 1


def _forked(server: Any, _worker: Any) -> None:
    app: Flask = server.app.app
    settings: Settings = app.extensions["settings"]
    with app.app_context():
        # Connections opened before the fork belong to the parent.
        from_before = app.extensions["sqlalchemy"].engine
        from_before.dispose(close=False)
    if not settings.redis_url:
        start_embedded(app, alone=server.cfg.workers == 1)
