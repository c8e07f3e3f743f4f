"""Commands of the agenda: the printed programme, and a release as a file."""

from collections.abc import Callable, Mapping
from pathlib import Path

import click
from flask import Flask, current_app
from flask.cli import AppGroup

from inser_events.agenda import exports
from inser_events.agenda import snapshot as snapshots
from inser_events.agenda.printing import PAPERS, identity_for, paper_of
from inser_events.agenda.programme import programme_pdf
from inser_events.agenda.queries import find_published, releases_of, snapshot_of
from inser_events.agenda.snapshot import Snapshot
from inser_events.config import Settings
from inser_events.documents.engine import PdfUnavailable
from inser_events.errors import Refused
from inser_events.events.identity import look_of
from inser_events.languages import INTERFACE
from inser_events.terminal import check_place, write

Writer = Callable[[Snapshot, str], bytes]
FORMATS: Mapping[str, Writer] = {
    "schedule.json": lambda frozen, base_url: exports.schedule_json(frozen, base_url, frozen.event.languages[0]),
    "schedule.xml": lambda frozen, base_url: exports.schedule_xml(frozen, base_url, frozen.event.languages[0]),
    "ics": lambda frozen, base_url: exports.agenda_ics(frozen, base_url=base_url, languages=frozen.event.languages),
    "xlsx": lambda frozen, _base_url: exports.agenda_xlsx(frozen, frozen.event.languages[0]),
}
NAMES = {"schedule.json": "schedule.json", "schedule.xml": "schedule.xml", "ics": "agenda.ics", "xlsx": "agenda.xlsx"}


group = AppGroup("event", help="Events as files.")


class NotHere(Refused):
    """This machine cannot do it: a library is missing."""


@click.command("programme")
@click.argument("slug")
@click.option("-o", "--output", type=click.Path(path_type=Path, dir_okay=False), help="Default: SLUG-programme.pdf")
@click.option("--lang", type=click.Choice(INTERFACE), help="Default: the event's main language.")
@click.option("--paper", type=click.Choice(sorted(PAPERS)), default="a4", show_default=True)
@click.option("--archive", is_flag=True, help="PDF/A-3a, with the calendar and the schedule inside.")
def programme_command(slug: str, output: Path | None, lang: str | None, paper: str, archive: bool) -> None:  # noqa: FBT001 — a flag of the command line
    """Write the printed programme of the last release."""
    path = output or Path(f"{slug}-programme.pdf")
    published = find_published(slug)
    check_place(path)
    releases = releases_of(published.event_id, limit=2)
    snapshot = snapshot_of(published.release_id)
    settings: Settings = current_app.extensions["settings"]
    try:
        pdf = programme_pdf(
            snapshot,
            language=lang or snapshot.event.languages[0],
            paper=paper_of(paper),
            base_url=_base_url(),
            previous=snapshots.load(releases[1].snapshot) if len(releases) > 1 else None,
            variant="archive" if archive else "",
            identity=identity_for(look_of(published.event_id), settings.uploads),
        )
    except PdfUnavailable as error:
        raise NotHere(str(error)) from error
    write(path, pdf)
    click.echo(str(path))


@group.command("export")
@click.argument("slug")
@click.option("--format", "kind", type=click.Choice(list(FORMATS)), required=True)
@click.option("-o", "--output", type=click.Path(path_type=Path, dir_okay=False), help="Default: SLUG-… here")
def export_command(slug: str, kind: str, output: Path | None) -> None:
    """Write the last release as a file."""
    snapshot = snapshot_of(find_published(slug).release_id)
    path = output or Path(f"{slug}-{NAMES[kind]}")
    check_place(path)
    write(path, FORMATS[kind](snapshot, _base_url()))
    click.echo(str(path))


def _base_url() -> str:
    settings: Settings = current_app.extensions["settings"]
    return settings.base_url


def init_app(app: Flask) -> None:
    """Add the commands."""
    app.cli.add_command(programme_command)
    app.cli.add_command(group)
