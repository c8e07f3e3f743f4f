"""How far long work is: a number in a file. The work itself is one transaction, into which nobody can look."""

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple


class Progress(NamedTuple):
    """The progress of one piece of work; its folder is there before the work begins."""

    path: Path

    def note(self, done: int) -> None:
        """Say how many are done."""
        self.path.write_text(str(done))

    def after(self, before: int) -> Callable[[int], None]:
        """`note` for a part of the work, when *before* were done in the parts before it."""
        return lambda done: self.note(before + done)

    def done(self) -> int:
        """How many are done; 0 before the first and once it is forgotten."""
        try:
            return int(self.path.read_text() or "0")
        except (OSError, ValueError):
            return 0

    def forget(self) -> None:
        """Take the file away."""
        self.path.unlink(missing_ok=True)
