"""Commands of the instance as a whole: serve, worker, db, doctor, backup, restore."""

from pathlib import Path

import click
from flask import Flask, current_app
from flask.cli import AppGroup

from inser_events import migrating, terminal
from inser_events.backup import back_up, check, check_empty, restore_files, restore_tables, tables
from inser_events.config import Settings
from inser_events.database import commit
from inser_events.doctor import Finding, Level, examine
from inser_events.jobs import check_queue, consumer
from inser_events.older_backups import brought_up_to_date
from inser_events.serving import check_port, serve, use_address

COLOURS = {Level.OK: "green", Level.WARNING: "yellow", Level.PROBLEM: "red"}
PORT = click.IntRange(1, 65535)
db_group = AppGroup("db", help="Tables of the database.")


def this_app() -> Flask:
    """The application itself, for what outlives the command's context."""
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined] # noqa: SLF001 — werkzeug's documented way out of a proxy
    return app


def check_tables() -> None:
    """Raise UsageError before something that runs for weeks fails at everything it does."""
    if not migrating.is_current():
        message = "The database is not up to date. Run: inser-events db upgrade"
        raise click.UsageError(message)


@click.command("serve")
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True, type=PORT)
@click.option("--workers", type=click.IntRange(1, 64), help="Processes (default: 1 on SQLite, else one per core).")
def serve_command(host: str, port: int, workers: int | None) -> None:
    """Serve the pages."""
    check_port(host, port)
    app = this_app()
    check_tables()
    click.echo(f"Serving on {use_address(app, host, port)} (stop with Ctrl+C)")
    serve(app, host=host, port=port, workers=workers)


@click.command("worker")
@click.option("--threads", default=1, show_default=True, type=click.IntRange(1, 32))
def worker_command(threads: int) -> None:
    """Work off the queue in a process of its own (with INSER_REDIS_URL; else the server does it)."""
    check_tables()
    check_queue(this_app())
    consumer(this_app(), threads=threads).run()


@db_group.command("upgrade")
def upgrade_command() -> None:
    """Create the tables, or bring them to what this version needs."""
    before = migrating.revision()
    migrating.bring_up_to_date()
    after = migrating.revision()
    click.echo("The database is up to date." if before == after else f"The database is at {after} now.")


@click.command("doctor")
@click.pass_context
def doctor_command(context: click.Context) -> None:
    """Say what is missing and how to get it; exit 1 when something is."""
    found: list[Finding] = []
    for finding in examine(current_app.extensions["settings"]):
        found.append(finding)
        click.echo(f"{click.style(f'{finding.level:8}', fg=COLOURS[finding.level])} {finding.what}: {finding.text}")
        if finding.remedy:
            click.echo(f"         {finding.remedy}")
    context.exit(any(finding.level is Level.PROBLEM for finding in found))


@click.command("backup")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def backup_command(file: Path) -> None:
    """Write everything (tables, uploads, secret) to FILE, a .tar.gz for the owner's eyes only."""
    settings: Settings = current_app.extensions["settings"]
    terminal.check_place(file)
    with terminal.steps(len(tables()), "Saving") as bar:
        rows = back_up(file, settings, lambda _table: bar.update(1))
    click.echo(f"Saved {rows} rows to {file}. Keep it safe: it contains personal data and the instance's secret.")


@click.command("restore")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--replace", is_flag=True, help="Also when this instance already holds data: it is lost.")
def restore_command(file: Path, *, replace: bool) -> None:
    """Fill a new instance from FILE, a backup. Stop the server first."""
    settings: Settings = current_app.extensions["settings"]
    check(file, settings)
    check_empty(replace=replace)
    with brought_up_to_date(file, settings) as today:
        migrating.bring_up_to_date()
        with terminal.steps(len(tables()), "Restoring") as bar:
            rows = restore_tables(today, replace=replace, progress=lambda _table: bar.update(1))
    fits = restore_files(file, settings)
    commit()
    click.echo(f"Restored {rows} rows.")
    if not fits:
        click.echo("Its tickets and links are signed with another secret than INSER_SECRET_KEY sets. Take that setting")
        click.echo(f"away: the right secret is in {settings.instance / 'secret'} now.")


def init_app(app: Flask) -> None:
    """Add the commands."""
    for command in (serve_command, worker_command, db_group, doctor_command, backup_command, restore_command):
        app.cli.add_command(command)
