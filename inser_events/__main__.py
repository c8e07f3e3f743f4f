"""``inser-events`` and ``python -m inser_events``."""

import errno
import re
import sys
from typing import Any

import click
from flask.cli import FlaskGroup
from sqlalchemy.exc import DatabaseError, DataError, DBAPIError, IntegrityError

from inser_events import __version__, create_app

BAD_INPUT = 2
INTERRUPTED = 130
"""Ctrl+C, as every shell tells it: 128 and the number of the signal."""
OF_THE_MACHINE = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EROFS})
"""A disk that takes no more is nobody's mistake here."""
OUTDATED = re.compile(r"no such (table|column)|has no column|(relation|column) .* does not exist")
FROM_EXTENSIONS = frozenset({"limiter", "openapi", "roles", "users"})
"""Commands that extensions add to every application."""
NAME = "inser-events"


class Commands(FlaskGroup):
    """Our own commands: neither those of Flask's extensions nor options that choose another application."""

    def __init__(self, **options: Any) -> None:
        super().__init__(add_default_commands=False, add_version_option=False, set_debug_flag=False, **options)
        self._loaded_plugin_commands = True
        self.params = [option for option in self.params if option.name not in {"app", "env_file", "debug"}]

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Our commands, by name."""
        return [name for name in super().list_commands(ctx) if name not in FROM_EXTENSIONS]

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        """One of our commands."""
        return None if name in FROM_EXTENSIONS else super().get_command(ctx, name)


def main() -> None:
    """Run the command line. Bad input: one clear line on stderr, exit 2, nothing changed."""
    group = click.version_option(__version__, prog_name=NAME)(
        Commands(
            name=NAME, create_app=create_app, help="Events of professional networks, in a room and online at once."
        )
    )
    try:
        sys.exit(group.main(prog_name=NAME, standalone_mode=False))
    except click.exceptions.NoArgsIsHelpError as error:
        error.show()
        sys.exit(BAD_INPUT)
    except click.ClickException as error:
        _refuse(error.format_message())
    except DBAPIError as error:
        _refuse(_said_by_database(error))
    except OSError as error:
        if error.errno not in OF_THE_MACHINE:
            raise
        _refuse(f"{error.filename or 'What this command says'} cannot be written: {error.strerror}.")
    except click.Abort:
        sys.exit(INTERRUPTED)


def _said_by_database(error: DBAPIError) -> str:
    """What is wrong with the database, for whoever runs it. Raises *error* again when it is our own mistake."""
    said = str(error.orig).strip()
    if OUTDATED.search(said):
        return "The database is not up to date. Run: inser-events db upgrade"
    if isinstance(error, IntegrityError | DataError) or not isinstance(error, DatabaseError):
        raise error
    return f"The database does not answer: {said.splitlines()[0]}. Run: inser-events doctor"


def _refuse(message: str) -> None:
    sys.stderr.write(f"{NAME}: {' '.join(message.split())}\n")
    sys.exit(BAD_INPUT)


if __name__ == "__main__":
    main()
