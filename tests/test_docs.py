"""The documentation names every setting and every command."""

from pathlib import Path

import click
import pytest
from flask import Flask

from inser_events.__main__ import FROM_EXTENSIONS
from inser_events.config import ROOT, VARIABLES

DEPLOY = (Path(ROOT) / "docs" / "deploy.md").read_text()


def commands(group: click.Group, before: str = "") -> dict[str, click.Command]:
    found: dict[str, click.Command] = {}
    for name, command in group.commands.items():
        full = f"{before}{name}"
        found |= commands(command, f"{full} ") if isinstance(command, click.Group) else {full: command}
    return {name: command for name, command in found.items() if name.split()[0] not in FROM_EXTENSIONS}


def undocumented(name: str, command: click.Command) -> list[str]:
    """Options that are not in the line of the command."""
    line = next((line for line in DEPLOY.splitlines() if f"`{name}" in line and line.startswith("| `")), "")
    options = [option for option in command.params if isinstance(option, click.Option)]
    return [f"{name} {option.opts[-1]}" for option in options if not any(f"[{one}" in line for one in option.opts)]


@pytest.mark.parametrize("variable", VARIABLES)
def test_every_setting_is_documented(variable: str) -> None:
    assert f"`{variable}`" in DEPLOY


def test_every_command_is_documented(app: Flask) -> None:
    assert [name for name in commands(app.cli) if f"`{name}" not in DEPLOY] == []


def test_every_option_is_documented(app: Flask) -> None:
    missing = [option for name, command in commands(app.cli).items() for option in undocumented(name, command)]
    assert missing == ["event export --format"]  # which has no brackets, because it must be given
