"""``inser-events badges``."""

from pathlib import Path

import click
from flask import Flask

from inser_events.agenda.queries import latest_snapshot
from inser_events.badges.exports import badges_pdf
from inser_events.badges.faces import confirmed_count, faces
from inser_events.badges.layouts import LAYOUTS
from inser_events.clock import now
from inser_events.events.errors import NoSuchEvent
from inser_events.events.navigation import event_name
from inser_events.events.queries import find_event


@click.command("badges")
@click.argument("slug")
@click.option("-o", "output", type=click.Path(dir_okay=False, path_type=Path), help="File (default: SLUG-badges.pdf).")
@click.option("--layout", default="a6", show_default=True, type=click.Choice(list(LAYOUTS)))
def badges_command(slug: str, output: Path | None, layout: str) -> None:
    """Print the badges of everyone confirmed for SLUG, by family name."""
    event = find_event(slug)
    snapshot = latest_snapshot(event)
    if snapshot is None:
        raise NoSuchEvent
    path = output or Path(f"{slug}-badges.pdf")
    if not path.parent.is_dir():
        message = f"There is no folder {path.parent}."
        raise click.UsageError(message)
    total = confirmed_count(event)
    with click.progressbar(length=total, label="Badges") as bar:
        body = badges_pdf(
            faces(event, snapshot),
            LAYOUTS[layout],
            title=f"{event_name(event)}: badges",
            when=now(),
            language=snapshot.event.languages[0],
            progress=lambda done: bar.update(done - bar.pos),
        )
    path.write_bytes(body)
    click.echo(f"{total} badges in {path}")


def init_app(app: Flask) -> None:
    """Add the command."""
    app.cli.add_command(badges_command)
