"""``inser-events event import``."""

from pathlib import Path

import click
from flask import Flask
from sqlalchemy import select

from inser_events import terminal
from inser_events.accounts.models import User
from inser_events.agenda.commands import group
from inser_events.agenda.differences import headline, in_words
from inser_events.agenda.importing.applying import apply_plan, create_from
from inser_events.agenda.importing.importing import Prepared, check_usable, prepare_by_address
from inser_events.agenda.importing.planning import Plan
from inser_events.agenda.importing.report import AnswerToInvitation, Level, Report, UnreadableSchedule, level_label
from inser_events.agenda.publishing import pending_changes, publish_agenda
from inser_events.clock import now
from inser_events.database import commit, db
from inser_events.errors import Refused
from inser_events.events.models import Event
from inser_events.networks.models import Network
from inser_events.networks.queries import find_network


class NobodyThere(Refused):
    """An event needs an owner, and there is no account yet."""

    def __init__(self) -> None:
        super().__init__("There is no account to own the event. First: inser-events user create EMAIL --admin")


@group.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--network", help="Address of the network that holds the event.")
@click.option("--slug", default="", help="Address of the event: an existing one is changed (default: from the file).")
@click.option("--zone", default="", help="Time zone of a new event, where the file does not say.")
@click.option("--publish", is_flag=True, help="Publish it too; refused when something could not be read.")
def import_command(file: Path, *, network: str | None, slug: str, zone: str, publish: bool) -> None:
    """Read an agenda (schedule.xml, schedule.json, .ics, .xlsx or .csv) into an event, new or existing."""
    held_by = find_network(network) if network else None
    try:
        prepared = prepare_by_address(_content(file), file.name, slug, zone=zone)
    except AnswerToInvitation as error:
        raise UnreadableSchedule(f"{error.message} Take it in with: inser-events calendar reply {file}") from error
    _tell_report(prepared.report, prepared.plan)
    check_usable(prepared, to_publish=publish)
    _tell_plan(prepared.plan)
    event = _apply(prepared, slug, held_by)
    click.echo(f"{event.slug}: {_publish(event) if publish else 'kept as a draft; publish it to make it public'}.")
    commit()


def _publish(event: Event) -> str:
    """Publish what is different from the last release, and say what was done."""
    previous, _new, changes = pending_changes(event, at=now())
    if previous is not None and not changes:
        return f"nothing differs from release {previous.number}"
    return f"published as release {publish_agenda(event, at=now()).number}"


def _content(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise UnreadableSchedule(f"{file}: {error.strerror}.") from error


def _tell_report(report: Report, plan: Plan) -> None:
    tree = plan.tree
    rooms = sum(room.place == "room" for room in tree.rooms)
    much = f"{_counted(len(tree.sessions), 'session')} in {_counted(rooms, 'room')}"
    click.echo(f"{report.name}: {tree.source}, {much}, {tree.event.zone}")
    for note in report.notes:
        where = f"{note.where}: " if note.where else ""
        click.echo(f"  {level_label(note.level):9} {where}{note.message} [{note.code}]")
    counts = report.counts()
    told = [f"{counts[level]} {level_label(level).lower()}" for level in Level if counts[level]]
    if told:
        click.echo(f"  {', '.join(told)}")


def _counted(number: int, thing: str) -> str:
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"


def _tell_plan(plan: Plan) -> None:
    """What changes, in words; of a new event only how much there is."""
    if plan.event is None:
        return
    for step in plan.steps:
        click.echo(headline(step.change, plan.event.time_zone))
        for sentence in in_words(step.change, plan.event.time_zone):
            click.echo(f"  {sentence}")
    kinds = [f"{plan.count(kind)} {kind}" for kind in ("added", "moved", "changed", "removed")]
    click.echo(f"{', '.join(kinds)}, {len(plan.unchanged)} unchanged, {len(plan.kept)} only here.")


def _apply(prepared: Prepared, slug: str, network: Network | None) -> Event:
    plan = prepared.plan
    event = plan.event or create_from(
        plan, _owner(), slug=slug or plan.tree.event.slug, network_id=network.id if network else None
    )
    if network is not None and event.network_id != network.id:
        event.network = network
    with terminal.steps(len(plan.steps), "Importing") as bar:
        apply_plan(plan, event, at=now(), progress=lambda _number: bar.update(1))
    return event


def _owner() -> User:
    """The first administrator, else the first account."""
    users = db.session.scalars(select(User).where(User.active).order_by(User.id)).all()
    owner = next((user for user in users if user.is_administrator), None) or next(iter(users), None)
    if owner is None:
        raise NobodyThere
    return owner


def init_app(_app: Flask) -> None:
    """The command joins the group of `agenda.commands`, which is added there."""
