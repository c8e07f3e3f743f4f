"""Commands of the agenda: the printed programme, and a release as a file."""

from collections.abc import Callable, Mapping
from pathlib import Path

import click
from flask import Flask, current_app
from flask.cli import AppGroup

from inser_events.agenda import exports
from inser_events.agenda.printing import PAPERS, paper_of
from inser_events.agenda.programme import programme_pdf
from inser_events.agenda.queries import find_published, snapshot_of
from inser_events.agenda.snapshot import Snapshot
from inser_events.config import Settings
from inser_events.documents.pdf import PdfUnavailable
from inser_events.errors import Refused
from inser_events.languages import INTERFACE

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
    """This machine cannot do it: the file cannot be written, or a library is missing."""


@click.command("programme")
@click.argument("slug")
@click.option("-o", "--output", type=click.Path(path_type=Path, dir_okay=False), help="Default: SLUG-programme.pdf")
@click.option("--lang", type=click.Choice(INTERFACE), help="Default: the event's main language.")
@click.option("--paper", type=click.Choice(sorted(PAPERS)), default="a4", show_default=True)
def programme_command(slug: str, output: Path | None, lang: str | None, paper: str) -> None:
    """Write the printed programme of the last release."""
    snapshot = snapshot_of(find_published(slug).release_id)
    language = lang or snapshot.event.languages[0]
    try:
        pdf = programme_pdf(snapshot, language=language, paper=paper_of(paper), base_url=_base_url())
    except PdfUnavailable as error:
        raise NotHere(str(error)) from error
    _write(output or Path(f"{slug}-programme.pdf"), pdf)


@group.command("export")
@click.argument("slug")
@click.option("--format", "kind", type=click.Choice(list(FORMATS)), required=True)
@click.option("-o", "--output", type=click.Path(path_type=Path, dir_okay=False), help="Default: SLUG-… here")
def export_command(slug: str, kind: str, output: Path | None) -> None:
    """Write the last release as a file."""
    snapshot = snapshot_of(find_published(slug).release_id)
    _write(output or Path(f"{slug}-{NAMES[kind]}"), FORMATS[kind](snapshot, _base_url()))


def _base_url() -> str:
    settings: Settings = current_app.extensions["settings"]
    return settings.base_url


def _write(path: Path, content: bytes) -> None:
    try:
        path.write_bytes(content)
    except OSError as error:
        raise NotHere(f"cannot write {path}: {error.strerror}") from error
    click.echo(str(path))


def init_app(app: Flask) -> None:
    """Add the commands."""
    app.cli.add_command(programme_command)
    app.cli.add_command(group)
