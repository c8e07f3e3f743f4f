"""``inser-events user``."""

import click
from flask import Flask
from flask.cli import AppGroup

from inser_events.accounts.operations import create_user
from inser_events.database import commit

group = AppGroup("user", help="Accounts of organisers and staff.")


@group.command("create")
@click.argument("email")
@click.option("--admin", is_flag=True, help="May do everything in every event.")
@click.option("--name", default="", help="Name shown to colleagues.")
def create(email: str, *, admin: bool, name: str) -> None:
    """Create an account for EMAIL and print its password; it can be changed after signing in."""
    user, password = create_user(email, name=name, administrator=admin)
    commit()
    click.echo(f"Created {user.email}. Password: {password}")


def init_app(app: Flask) -> None:
    """Add the commands."""
    app.cli.add_command(group)
