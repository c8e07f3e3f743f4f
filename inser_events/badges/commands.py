"""``inser-events badges``."""

from pathlib import Path

import click
from flask import Flask

from inser_events import terminal
from inser_events.badges.errors import NoSuchLayout, NothingToPrint
from inser_events.badges.exports import Printing, badges_pdf
from inser_events.badges.faces import faces_of
from inser_events.badges.layouts import LAYOUTS, Layout
from inser_events.badges.log import Printed, note
from inser_events.badges.runs import published, registrations
from inser_events.badges.selection import Order, Selection, Which, ordered_ids
from inser_events.badges.stock import find_layout, own_layouts, pictures_of, shift_of
from inser_events.clock import now
from inser_events.database import commit
from inser_events.events.models import Category, Event, Mode
from inser_events.events.navigation import event_name
from inser_events.events.queries import find_event

WHICH = [str(which) for which in Which if which != Which.CHOSEN]


@click.command("badges")
@click.argument("slug")
@click.option("-o", "output", type=click.Path(dir_okay=False, path_type=Path), help="File (default: SLUG-badges.pdf).")
@click.option("--layout", default="a6", show_default=True, help="A ready layout, or one of the event's own by name.")
@click.option("--which", default="all", show_default=True, type=click.Choice(WHICH), help="due: new and changed.")
@click.option("--mode", type=click.Choice([str(mode) for mode in Mode]), help="Only these people.")
@click.option("--category", type=click.Choice([str(one) for one in Category]), help="Only these people.")
@click.option("--sort", default="name", show_default=True, type=click.Choice([str(order) for order in Order]))
@click.option("--start", default=1, show_default=True, type=click.IntRange(1), help="First free label of the sheet.")
@click.option("--printed", is_flag=True, help="Count them as printed.")
def badges_command(  # noqa: PLR0913, PLR0917 — the options of the command line
    slug: str,
    output: Path | None,
    layout: str,
    which: str,
    mode: str | None,
    category: str | None,
    sort: str,
    start: int,
    printed: bool,  # noqa: FBT001 — a flag of the command line
) -> None:
    """Print the badges of everyone confirmed for SLUG, by family name."""
    event = find_event(slug)
    snapshot = published(event)
    path = output or Path(f"{slug}-badges.pdf")
    terminal.check_place(path)
    chosen = _layout(event, layout)
    if start > chosen.per_page:
        message = f"A sheet of this layout has places 1 to {chosen.per_page}."
        raise click.UsageError(message)
    language = chosen.language or snapshot.event.languages[0]
    selection = Selection(which=Which(which), mode=mode or "", category=category or "", order=Order(sort))
    ids = ordered_ids(event, selection, language)
    if not ids and which != Which.ALL:
        raise NothingToPrint
    done: list[Printed] = []
    with terminal.steps(len(ids), "Badges") as bar:
        body = badges_pdf(
            faces_of(registrations(ids, done), snapshot, language),
            chosen,
            title=f"{event_name(event)}: badges",
            when=now(),
            language=language,
            progress=lambda count: bar.update(count - bar.pos),
            printing=Printing(start - 1, shift_of(event.id, chosen.name), pictures_of(chosen)),
        )
    terminal.write(path, body)
    if printed:
        note(event.id, done, at=now(), actor="system", layout_name=chosen.description)
        commit()
    click.echo(f"{len(done)} badges in {path}")


def _layout(event: Event, name: str) -> Layout:
    """A layout by the name people know it by. Raises UsageError."""
    own = {row.name: f"own-{row.uid}" for row in own_layouts(event)}
    try:
        return find_layout(event, own.get(name, name))
    except NoSuchLayout as error:
        message = f"There is no layout {name!r}. Choose from: {', '.join([*own, *LAYOUTS])}."
        raise click.UsageError(message) from error


def init_app(app: Flask) -> None:
    """Add the command."""
    app.cli.add_command(badges_command)
