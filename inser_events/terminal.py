"""What commands have in common: bars for whoever watches, and files that are written whole or not at all."""

import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, TypeVar

import click

from inser_events.errors import Refused

if TYPE_CHECKING:
    from click._termui_impl import ProgressBar

T = TypeVar("T")
FEW = 20
"""Fewer things than this are done before anybody wonders."""
NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL
FOR_EVERYBODY = 0o666
"""What a new file may be, before the umask."""


class CannotWrite(Refused):
    """The file cannot be made where it was asked for."""

    title = "The file cannot be written"


def steps(number: int, label: str) -> "ProgressBar[int]":
    """A bar for work that counts itself: ``bar.update(1)``."""
    return click.progressbar(length=number, label=label, file=sys.stderr, hidden=_unseen(number))


def each(things: Iterable[T], number: int, label: str) -> "ProgressBar[T]":
    """The same *number* of things, one after the other, behind a bar."""
    return click.progressbar(things, number, label=label, file=sys.stderr, hidden=_unseen(number))


def _unseen(number: int) -> bool:
    """Whether a bar would only flicker, or fill the log of a program that watches in nobody's place."""
    return number < FEW or not sys.stderr.isatty()


def check_place(path: Path, *endings: str) -> None:
    """Raise CannotWrite where `writing` would, before long work has been done for nothing.

    *endings* are those that a name may have, in small letters; none stands for any.
    """
    if endings and path.suffix.lower() not in endings:
        raise CannotWrite(f"{path}: the name must end in {' or '.join(endings)}.")
    if path.is_dir():
        raise CannotWrite(f"{path} is a folder. Name a file in it.")
    if not path.parent.is_dir():
        raise CannotWrite(f"There is no folder {path.parent}.")
    # The folder counts for a file that is there, too: it is replaced, not written over.
    if not os.access(path if _is_special(path) else path.parent, os.W_OK):
        raise CannotWrite(f"{path}: you may not write there.")


@contextmanager
def writing(path: Path, *, mode: int = FOR_EVERYBODY) -> Iterator[BinaryIO]:
    """A file to write to, which takes the place of *path* when all is there. Raises CannotWrite."""
    special = _is_special(path)
    target = path if special else path.resolve()  # where /dev/fd/… of a pipe leads has no name
    partial = target if special else target.with_name(f"{target.name}.part")
    try:
        if not special:
            partial.unlink(missing_ok=True)  # left by an attempt that was killed, and perhaps open to others
        with os.fdopen(os.open(partial, os.O_WRONLY if special else NEW, mode), "wb") as file:
            yield file
        if not special:
            partial.replace(target)
    except OSError as error:
        raise CannotWrite(f"{path}: {error.strerror or error}.") from error
    finally:
        if not special:
            with suppress(OSError):
                partial.unlink(missing_ok=True)


def write(path: Path, content: bytes) -> None:
    """Write a file: all of it, or nothing. Raises CannotWrite."""
    with writing(path) as file:
        file.write(content)


def _is_special(path: Path) -> bool:
    """Whether it is a pipe or a device, whose place nothing may take."""
    return path.exists() and not path.is_file()
