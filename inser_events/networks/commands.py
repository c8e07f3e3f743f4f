"""``inser-events members``."""

import sys
from pathlib import Path

import click
from flask import Flask
from flask.cli import AppGroup

from inser_events import terminal
from inser_events.clock import now
from inser_events.database import commit, rollback
from inser_events.documents.tables import UnreadableTable, read_table
from inser_events.networks import exports
from inser_events.networks.operations import import_members
from inser_events.networks.queries import find_network, members
from inser_events.people.tables import people_in, person_columns

MOST_TOLD = 20
group = AppGroup("members", help="Members of networks.")


@group.command("import")
@click.argument("network")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--dry-run", is_flag=True, help="Say what would happen, change nothing.")
def import_command(network: str, file: Path, *, dry_run: bool) -> None:
    """Add the people of FILE (CSV or XLSX) to NETWORK. All rows are used, or none when one has a problem."""
    found = find_network(network)
    table = read_table(file)
    columns = person_columns(table, file.name)
    people = list(people_in(table, columns))
    with terminal.each(people, len(people), "Importing") as shown:
        result = import_members(found, shown, at=now())
    for place, problem in result.problems[:MOST_TOLD]:
        click.echo(f"{file.name}, row {table.numbers[place]}: {problem}", err=True)
    if result.problems:
        rollback()
        raise UnreadableTable(f"{file.name}: rows that cannot be used: {len(result.problems)}. Nothing was changed.")
    if dry_run:
        rollback()
    else:
        commit()
    verb = "would be added" if dry_run else "added"
    click.echo(f"{result.added} {verb}, {result.known} known already.")


@group.command("export")
@click.argument("network")
@click.option("-o", "--output", type=click.Path(path_type=Path), help="FILE.csv or FILE.xlsx (default: CSV on stdout).")
def export_command(network: str, output: Path | None) -> None:
    """Write the members of NETWORK as a table."""
    found = find_network(network)
    if output is None:
        sys.stdout.buffer.write(exports.csv(members(found)))
        return
    terminal.check_place(output, ".csv", ".xlsx")
    as_book = output.suffix.lower() == ".xlsx"
    terminal.write(output, exports.xlsx(found.acronym, members(found)) if as_book else exports.csv(members(found)))
    click.echo(f"Wrote {output}.")


def init_app(app: Flask) -> None:
    """Add the commands."""
    app.cli.add_command(group)
