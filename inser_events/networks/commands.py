"""``inser-events members``."""

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TypeVar

import click
from flask import Flask
from flask.cli import AppGroup

from inser_events.clock import now
from inser_events.database import commit, rollback
from inser_events.documents.tables import UnreadableTable, read_table
from inser_events.networks import exports
from inser_events.networks.operations import import_members
from inser_events.networks.queries import find_network, members
from inser_events.people.tables import people_in, person_columns

T = TypeVar("T")
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
    result = import_members(found, shown(people, "Importing"), at=now())
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
    as_book = output.suffix.lower() == ".xlsx"
    content = exports.xlsx(found.acronym, members(found)) if as_book else exports.csv(members(found))
    try:
        output.write_bytes(content)
    except OSError as error:
        raise UnreadableTable(f"{output}: {error.strerror}.") from error
    click.echo(f"Wrote {output}.")


def shown(things: Sequence[T], label: str) -> Iterator[T]:
    """The same things, with a progress bar when somebody watches."""
    with click.progressbar(things, label=label, file=sys.stderr, hidden=not sys.stderr.isatty()) as bar:
        yield from bar


def init_app(app: Flask) -> None:
    """Add the commands."""
    app.cli.add_command(group)
