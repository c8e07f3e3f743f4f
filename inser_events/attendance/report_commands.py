"""``inser-events attendance report``."""

from pathlib import Path

import click
from flask import Flask

from inser_events import terminal
from inser_events.agenda.reading import speaking
from inser_events.attendance.commands import group
from inser_events.attendance.report import report_of
from inser_events.attendance.report_exports import people_csv, workbook
from inser_events.clock import now
from inser_events.events.queries import find_event
from inser_events.languages import INTERFACE


@click.command("report")
@click.argument("slug")
@click.option("-o", "output", type=click.Path(dir_okay=False, path_type=Path), help="File ending in .xlsx or .csv.")
@click.option("--lang", type=click.Choice(INTERFACE), help="Default: the event's main language.")
@click.option("--everyone", is_flag=True, help="Also people who were not seen.")
@click.option("--contacts", is_flag=True, help="With e-mail and phone of those who agreed to be listed.")
def report_command(slug: str, output: Path | None, lang: str | None, *, everyone: bool, contacts: bool) -> None:
    """Write who attended SLUG to a file (default: SLUG-attendance.xlsx).

    A workbook has a summary, the people, and numbers by country, organisation and session; a .csv file the people.
    """
    event = find_event(slug)
    path = output or Path(f"{slug}-attendance.xlsx")
    terminal.check_place(path, ".xlsx", ".csv")
    language = lang or event.languages[0]
    with speaking(language):
        report = report_of(event, language, everyone=everyone, contacts=contacts, at=now())
        content = people_csv(report) if path.suffix.lower() == ".csv" else workbook(report)
    terminal.write(path, content)
    click.echo(str(path))


def init_app(_app: Flask) -> None:
    """Add the command to the group."""
    group.add_command(report_command)
