"""``inser-events demo``: try everything on the launch of INSER."""

import os
import shutil
from datetime import UTC, datetime
from pathlib import Path

import click
from flask import Flask
from sqlalchemy import func, select

from inser_events import migrating, terminal
from inser_events.accounts.models import User
from inser_events.backup import has_tables
from inser_events.commands import PORT, this_app
from inser_events.config import OFFSET_VARIABLE, Settings
from inser_events.database import commit, db
from inser_events.demo.loading import LAUNCH, STEPS, SignIn, is_loaded, load_demo
from inser_events.errors import Refused
from inser_events.events.models import Event, Mode
from inser_events.networks.models import Network
from inser_events.people.models import Person
from inser_events.registration.models import Registration
from inser_events.registration.queries import ticket_url
from inser_events.serving import check_port, serve, use_address

LIVE_MOMENT = datetime(2025, 9, 15, 7, 30, tzinfo=UTC)
"""08:30 in Rabat on the day of the launch."""
SIGN_IN_FILE = "demo-sign-in"
HOST = "127.0.0.1"


class NotOnlySamples(Refused):
    """The instance holds something that was not part of the demo."""

    title = "Not a demo instance"

    def __init__(self, what: str) -> None:
        super().__init__(f"This instance holds {what}, so it is kept. Use another one: INSER_INSTANCE=some/folder")


@click.command("demo")
@click.option("--port", default=8000, show_default=True, type=PORT)
@click.option("--fresh", is_flag=True, help="Start over. Refused when anything but sample data is there.")
@click.option("--live", is_flag=True, help="Set the clock to 08:30 in Rabat on the day of the launch.")
@click.option("--no-serve", is_flag=True, help="Only load the data and print the addresses.")
def demo_command(port: int, *, fresh: bool, live: bool, no_serve: bool) -> None:
    """Load the launch of INSER as sample data into a new instance, and serve it."""
    if not no_serve:
        check_port(HOST, port)
    app = this_app()
    settings: Settings = app.extensions["settings"]
    if fresh and has_tables():
        start_over(settings)
    migrating.bring_up_to_date()
    if not _is_new():
        if not is_loaded():
            click.echo("This instance already has events of its own; the sample data was not loaded.")
    else:
        load(settings)
    _show(use_address(app, HOST, port), settings)
    if no_serve:
        return
    if live:
        os.environ[OFFSET_VARIABLE] = str((LIVE_MOMENT - datetime.now(UTC)).total_seconds())
        click.echo("  The clock shows 15 September 2025, 08:30 in Rabat.\n")
    serve(app, host=HOST, port=port)


def start_over(settings: Settings) -> None:
    """Empty a demo instance. Raises NotOnlySamples."""
    if what := not_sample():
        raise NotOnlySamples(what)
    migrating.drop_everything()
    for folder in (settings.uploads, settings.instance / "mail"):
        shutil.rmtree(folder, ignore_errors=True)
    for path in settings.instance.glob("queue.db*"):
        path.unlink()


def not_sample() -> str:
    """What here is not sample data, in words; empty when all is."""
    kinds: tuple[tuple[type[Event | User | Person | Registration], str], ...] = (
        (Event, "events"),
        (Registration, "registrations"),
        (User, "accounts"),
        (Person, "people"),
    )
    for kind, words in kinds:
        own = db.session.scalar(select(func.count()).select_from(kind).where(kind.is_sample.is_(False)))
        if own:
            return f"{own} {words} that are not sample data"
    return ""


def load(settings: Settings) -> None:
    """Load the demo and keep the passwords of its accounts beside the database, for the owner only."""
    with terminal.steps(STEPS, "Loading") as bar:
        sign_ins = load_demo(bar.update)
    commit()
    path = settings.instance / SIGN_IN_FILE
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.writelines(f"{email} {password}\n" for email, password in sign_ins)


def sign_ins_of(instance: Path) -> list[SignIn]:
    """The accounts of the demo, as they were made."""
    path = instance / SIGN_IN_FILE
    lines = path.read_text().splitlines() if path.is_file() else []
    return [SignIn(*line.split(" ", 1)) for line in lines if " " in line]


def _is_new() -> bool:
    return not any(db.session.scalar(select(func.count()).select_from(kind)) for kind in (Event, User, Network))


def _show(address: str, settings: Settings) -> None:
    lines = [
        ("Home page", "/"),
        ("The launch of INSER", f"/events/{LAUNCH}"),
        ("Its agenda", f"/events/{LAUNCH}/agenda"),
        ("Register for a workshop", "/events/sample-workshop/register"),
        ("Organisers", "/manage"),
        ("Scanner", "/scan"),
    ]
    click.echo("\nINSER events, with sample data\n")
    for label, path in lines:
        click.echo(f"  {label:24} {address}{path}")
    if ticket := _sample_ticket():
        click.echo(f"  {'A ticket':24} {ticket}")
    for role, (email, password) in zip(("Organiser", "Door staff"), sign_ins_of(settings.instance), strict=False):
        click.echo(f"  {role:24} {email}  password: {password}")
    click.echo("")


def _sample_ticket() -> str:
    first = db.session.scalar(
        select(Registration)
        .join(Event, Registration.event_id == Event.id)
        .where(Event.slug == LAUNCH, Registration.mode == Mode.IN_PERSON, Registration.active_email.is_not(None))
        .order_by(Registration.id)
        .limit(1)
    )
    return ticket_url(first) if first else ""


def init_app(app: Flask) -> None:
    """Add the command."""
    app.cli.add_command(demo_command)
