"""``inser-events`` and ``python -m inser_events``."""

import sys

from flask.cli import FlaskGroup

from inser_events import create_app
from inser_events.config import ConfigError
from inser_events.errors import Refused

BAD_INPUT = 2


def main() -> None:
    """Run the command line. Bad input: one clear line on stderr, exit 2, nothing changed."""
    group = FlaskGroup(
        name="inser-events", create_app=create_app, add_default_commands=False, help="Events of professional networks."
    )
    try:
        group.main(prog_name="inser-events")
    except (ConfigError, Refused) as error:
        sys.stderr.write(f"inser-events: {error}\n")
        sys.exit(BAD_INPUT)


if __name__ == "__main__":
    main()
