"""``inser-events user``."""

import click
from flask import Flask
from flask.cli import AppGroup

from inser_events.accounts import safety
from inser_events.accounts.errors import NoSuchUser
from inser_events.accounts.operations import create_user, find_user
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


@group.command("reset-second-step")
@click.argument("email")
def reset(email: str) -> None:
    """Take the authenticator app, recovery codes and passkeys off the account of EMAIL, and sign it out."""
    user = find_user(email)
    if user is None:
        raise NoSuchUser
    safety.reset_second_step(user)
    commit()
    click.echo(f"{user.email} signs in with the password alone now.")


def init_app(app: Flask) -> None:
    """Add the commands."""
    app.cli.add_command(group)
