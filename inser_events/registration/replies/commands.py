"""``inser-events calendar reply``."""

from pathlib import Path

import click
from flask import Flask
from flask.cli import AppGroup

from inser_events.clock import now
from inser_events.database import commit
from inser_events.documents.calendar_reading import UnreadableCalendar, read_replies
from inser_events.registration.replies.errors import NotAReply
from inser_events.registration.replies.operations import Outcome, receive_reply

group = AppGroup("calendar", help="Calendars that come back.")
WORDS = {
    "ACCEPTED": "accepted",
    "DECLINED": "declined",
    "TENTATIVE": "tentative",
    "DELEGATED": "delegated",
    "NEEDS-ACTION": "no answer yet",
}
ENDINGS = {
    Outcome.STORED: "",
    Outcome.OUTDATED: " (to an earlier invitation: ignored)",
    Outcome.COUNTER: " (another time was proposed, which is not possible here: ignored)",
}


@group.command("reply")
@click.argument("file", type=click.Path(path_type=Path))
def reply_command(file: Path) -> None:
    """Take in FILE, an answer to an invitation (.ics, or the mail it came in): all of it, or nothing."""
    try:
        replies = read_replies(file.read_bytes(), file.name)
    except OSError as error:
        raise UnreadableCalendar(f"{file}: {error.strerror}.") from error
    if not replies:
        raise NotAReply(f"{file.name}: nobody answers in this calendar.")
    received = [receive_reply(reply, at=now()) for reply in replies]
    commit()
    for one in received:
        person = one.registration
        click.echo(f"{person.name} <{person.email}>: {WORDS[one.answer]}{ENDINGS[one.outcome]}")


def init_app(app: Flask) -> None:
    """Add the commands."""
    app.cli.add_command(group)
