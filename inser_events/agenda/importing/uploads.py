"""Files that wait to be confirmed: in the instance's uploads, each readable only by the user who sent it."""

import re
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from shutil import rmtree

from flask import current_app
from flask_babel import gettext as _

from inser_events.clock import now
from inser_events.config import Settings
from inser_events.documents.text import one_line
from inser_events.errors import NotFound
from inser_events.jobs import every

KEPT_SECONDS = 24 * 3600
NAME_LENGTH = 120
_TOKEN = re.compile(r"[0-9a-f]{32}")
_NOT_IN_NAMES = re.compile(r"[^\w .()\-]")


class NoSuchFile(NotFound):
    """The file was used, or waited for more than a day, or somebody else sent it."""

    def __init__(self) -> None:
        super().__init__(_("This file is not here any more. Choose it once again."))


@dataclass(frozen=True)
class Kept:
    """A file that waits. ``name``: as its sender called it."""

    token: str
    name: str
    path: Path

    @property
    def content(self) -> bytes:
        """Its bytes."""
        return self.path.read_bytes()


def folder() -> Path:
    """Where the files wait."""
    settings: Settings = current_app.extensions["settings"]
    return settings.uploads / "imports"


def keep(content: bytes, name: str, user_id: int) -> Kept:
    """Keep a file until it is confirmed, or for a day."""
    token = secrets.token_hex(16)
    home = folder() / f"{user_id}-{token}"
    home.mkdir(parents=True)
    path = home / _readable(name)
    path.write_bytes(content)
    return Kept(token, path.name, path)


def find(token: str, user_id: int) -> Kept:
    """A file of this user. Raises NoSuchFile."""
    if not _TOKEN.fullmatch(token):
        raise NoSuchFile
    path = next((folder() / f"{user_id}-{token}").glob("*"), None)
    if path is None:
        raise NoSuchFile
    return Kept(token, path.name, path)


def forget(kept: Kept) -> None:
    """Throw a file away."""
    rmtree(kept.path.parent, ignore_errors=True)


def _readable(name: str) -> str:
    """The sender's name for it without folders and without letters that a file system may refuse."""
    plain = _NOT_IN_NAMES.sub("_", one_line(name).replace("\\", "/").rpartition("/")[2]).strip(" .")
    return plain[-NAME_LENGTH:].strip(" .") or "agenda"


def _old() -> Iterator[Path]:
    oldest = now().timestamp() - KEPT_SECONDS
    yield from (home for home in folder().glob("*-*") if home.stat().st_mtime < oldest)


@every(minutes=30)
def sweep_imports() -> None:
    """Throw away what nobody confirmed within a day."""
    for home in list(_old()):
        rmtree(home, ignore_errors=True)
