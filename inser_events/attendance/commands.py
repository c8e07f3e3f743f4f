"""``inser-events attendance``."""

from flask import Flask
from flask.cli import AppGroup

group = AppGroup("attendance", help="Who was at an event.")


def init_app(app: Flask) -> None:
    """Add the commands."""
    app.cli.add_command(group)
