"""The documentation names every setting and every command."""

from pathlib import Path

import click
import pytest
from flask import Flask

from inser_events.__main__ import FROM_EXTENSIONS
from inser_events.config import ROOT, VARIABLES

DEPLOY = (Path(ROOT) / "docs" / "deploy.md").read_text()


def command_names(group: click.Group, before: str = "") -> list[str]:
    names = []
    for name, command in group.commands.items():
        full = f"{before}{name}"
        names += command_names(command, f"{full} ") if isinstance(command, click.Group) else [full]
    return names


@pytest.mark.parametrize("variable", VARIABLES)
def test_every_setting_is_documented(variable: str) -> None:
    assert f"`{variable}`" in DEPLOY


def test_every_command_is_documented(app: Flask) -> None:
    ours = [name for name in command_names(app.cli) if name.split()[0] not in FROM_EXTENSIONS]
    assert [name for name in ours if f"`{name}" not in DEPLOY] == []
