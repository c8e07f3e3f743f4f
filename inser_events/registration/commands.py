"""``inser-events registrations``."""

from collections.abc import Sequence
from datetime import datetime
from itertools import chain
from pathlib import Path

import click
from flask import Flask
from flask.cli import AppGroup
from sqlalchemy import Select, select

from inser_events import terminal
from inser_events.clock import now
from inser_events.database import commit, db, rollback
from inser_events.documents.sheets import Sheet, csv_chunks, xlsx
from inser_events.documents.tables import Table, UnreadableTable, read_table
from inser_events.events.models import Event
from inser_events.events.queries import find_event
from inser_events.languages import text_in
from inser_events.registration import answers, import_plans, imports, notices, queries
from inser_events.registration.exports import header, table
from inser_events.registration.groups import group_names
from inser_events.registration.import_answers import askable, headings_of
from inser_events.registration.import_batches import usual_defaults
from inser_events.registration.import_headings import guess, is_heading, key
from inser_events.registration.import_models import ImportMemory
from inser_events.registration.import_plans import Planned
from inser_events.registration.import_reading import LOOKS, Defaults, read_rows
from inser_events.registration.models import Registration
from inser_events.registration.queries import Wanted, filtered

MOST_TOLD = 20
group = AppGroup("registrations", help="Who is registered for an event.")


@group.command("import")
@click.argument("slug")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--dry-run", is_flag=True, help="Say what would happen, change nothing.")
@click.option("--send-tickets", is_flag=True, help="Mail new people their ticket.")
def import_command(slug: str, file: Path, *, dry_run: bool, send_tickets: bool) -> None:
    """Register the people of FILE (CSV or XLSX, Microsoft Forms too) for SLUG; change those who are registered.

    Columns are read as they were last corrected on the event's import page, else as guessed. All rows are used, or
    none when one has a problem.
    """
    event = find_event(slug)
    read = read_table(file, is_heading=is_heading, keep_breaks=True)
    columns, defaults = _reading(event, read)
    if "email" not in columns.values():
        raise UnreadableTable(f"{file.name}: no column “E-mail”. Correct the columns on the event's import page.")
    imports.hold(event)
    questions = {question.field: question for question in askable(event)}
    plan = import_plans.planned(event, list(read_rows(read, columns, questions)), defaults)
    _refuse_faulty(file.name, plan)
    moment = now()
    chosen = import_plans.chosen_of(plan, None)
    with terminal.steps(len(chosen), "Importing") as bar:
        imports.carry_out(event, chosen, defaults, at=moment, progress=lambda done: bar.update(done - bar.pos))
    if send_tickets and not dry_run:
        for registration in db.session.scalars(_entered(event, moment)).all():
            notices.registered(registration)
    if dry_run:
        rollback()
    else:
        commit()
    counts = import_plans.counted(plan)
    verb = "would be added" if dry_run else "added"
    click.echo(f"{counts['new']} {verb}, {counts['changed']} changed, {counts['same']} the same.")


def _reading(event: Event, read: Table) -> tuple[dict[int, str], Defaults]:
    memory = db.session.get(ImportMemory, event.id)
    columns = guess(read, LOOKS, memory.headings if memory else None, headings_of(askable(event)))
    return columns, Defaults(**memory.defaults) if memory else usual_defaults(event)


def _entered(event: Event, moment: datetime) -> Select[Registration]:
    return select(Registration).where(Registration.event_id == event.id, Registration.created_at == moment)


def _refuse_faulty(name: str, plan: list[Planned]) -> None:
    faulty = [one for one in plan if one.problems]
    for one in faulty[:MOST_TOLD]:
        click.echo(f"{name}, row {one.row.number}: {' '.join(one.problems)}", err=True)
    if faulty:
        raise UnreadableTable(f"{name}: rows that cannot be used: {len(faulty)}. Nothing was changed.")


@group.command("export")
@click.argument("slug")
@click.option("-o", "output", type=click.Path(dir_okay=False, path_type=Path), help="File ending in .csv or .xlsx.")
@click.option("--columns", help="Only these, parted by commas: name,email,… and headings of your questions.")
def export(slug: str, output: Path | None, columns: str | None) -> None:
    """Write everyone registered for SLUG to a file (default: SLUG-registrations.csv), with their answers."""
    event = find_event(slug)
    path = output or Path(f"{slug}-registrations.csv")
    terminal.check_place(path, ".csv", ".xlsx")
    questions = answers.columns(event)
    labels = header([text_in(question.wording.label, event.languages).value for question in questions])
    places = _places(labels, columns)
    chosen = db.session.scalars(filtered(event, Wanted()).execution_options(yield_per=500))
    people, names = sum(queries.counts(event).values()), group_names(event, event.languages[0])
    lines = ([cells[place] for place in places] for cells in table(answers.cells(event, questions, chosen), names))
    titles = [labels[place] for place in places]
    with terminal.each(lines, people, "Writing") as told:
        if path.suffix.lower() == ".csv":
            content = b"".join(csv_chunks(chain([titles], told)))
        else:
            content = xlsx([Sheet(name="Registrations", header=titles, rows=told)], created=now())
    terminal.write(path, content)
    click.echo(str(path))


def _places(labels: Sequence[str], wanted: str | None) -> list[int]:
    """Which columns to write, in the order wanted."""
    if wanted is None:
        return list(range(len(labels)))
    names = {key(label): place for place, label in enumerate(labels)}
    asked = [name.strip() for name in wanted.split(",") if name.strip()]
    unknown = [name for name in asked if key(name) not in names]
    if unknown or not asked:
        message = f"There is no column {', '.join(unknown) or wanted!r}. There are: {', '.join(labels)}."
        raise click.UsageError(message)
    return [names[key(name)] for name in asked]


def init_app(app: Flask) -> None:
    """Add the commands."""
    app.cli.add_command(group)
