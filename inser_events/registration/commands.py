"""``inser-events registrations``."""

from pathlib import Path

import click
from flask import Flask
from flask.cli import AppGroup

from inser_events.clock import now
from inser_events.database import db
from inser_events.documents.sheets import csv_chunks, xlsx
from inser_events.events.queries import find_event
from inser_events.registration.exports import COLUMNS, rows, sheet
from inser_events.registration.queries import Wanted, filtered

group = AppGroup("registrations", help="Who is registered for an event.")


@group.command("export")
@click.argument("slug")
@click.option("-o", "output", type=click.Path(dir_okay=False, path_type=Path), help="File ending in .csv or .xlsx.")
def export(slug: str, output: Path | None) -> None:
    """Write everyone registered for SLUG to a file (default: SLUG-registrations.csv)."""
    event = find_event(slug)
    path = output or Path(f"{slug}-registrations.csv")
    if path.suffix not in {".csv", ".xlsx"}:
        message = f"{path}: the name must end in .csv or .xlsx."
        raise click.UsageError(message)
    if not path.parent.is_dir():
        message = f"There is no folder {path.parent}."
        raise click.UsageError(message)
    chosen = db.session.scalars(filtered(event, Wanted()).execution_options(yield_per=500))
    if path.suffix == ".csv":
        path.write_bytes(b"".join(csv_chunks([list(COLUMNS), *rows(chosen)])))
    else:
        path.write_bytes(xlsx([sheet(chosen)], created=now()))
    click.echo(str(path))


def init_app(app: Flask) -> None:
    """Add the commands."""
    app.cli.add_command(group)
