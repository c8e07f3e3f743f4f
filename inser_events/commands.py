"""Commands of the instance as a whole: serve, worker."""

import click
from flask import Flask, current_app

from inser_events.jobs import consumer
from inser_events.serving import serve


@click.command("serve")
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.option("--workers", type=click.IntRange(1, 64), help="Processes (default: 1 on SQLite, else one per core).")
def serve_command(host: str, port: int, workers: int | None) -> None:
    """Serve the pages."""
    app = current_app._get_current_object()  # type: ignore[attr-defined] # noqa: SLF001 — werkzeug's documented way out of a proxy
    serve(app, host=host, port=port, workers=workers)


@click.command("worker")
@click.option("--threads", default=1, show_default=True, type=click.IntRange(1, 32))
def worker_command(threads: int) -> None:
    """Work off the queue in a process of its own (with INSER_REDIS_URL; else the server does it)."""
    app = current_app._get_current_object()  # type: ignore[attr-defined] # noqa: SLF001 — werkzeug's documented way out of a proxy
    consumer(app, threads=threads).run()


def init_app(app: Flask) -> None:
    """Add the commands."""
    for command in (serve_command, worker_command):
        app.cli.add_command(command)
