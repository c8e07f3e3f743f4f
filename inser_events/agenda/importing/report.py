"""What happened while a file was read, line by line: what was mended, left out, or could not be used, and why."""

from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum

from flask_babel import gettext as _

from inser_events.errors import Refused


class Level(StrEnum):
    """How much a note matters, least first."""

    INFO = "info"
    MENDED = "mended"
    LEFT_OUT = "left_out"
    ERROR = "error"
    BROKEN = "broken"
    """The file as a whole cannot be trusted: nothing of it is used."""


class UnreadableSchedule(Refused):
    """Nothing can be read from the file; the message says why."""

    status = 422
    title = "Not readable"


class AnswerToInvitation(UnreadableSchedule):
    """What somebody answered to an invitation: for `registration.replies`, no agenda."""


@dataclass(frozen=True)
class Note:
    """One thing to know. ``where``: the place in the file; empty for the file as a whole."""

    level: Level
    code: str
    where: str
    message: str


@dataclass
class Report:
    """Everything to know about one file."""

    name: str
    notes: list[Note] = field(default_factory=list)

    def add(self, level: Level, code: str, where: str, message: str) -> None:
        """Note something."""
        self.notes.append(Note(level, code, where, message))

    def info(self, code: str, where: str, message: str) -> None:
        """Note what is good to know."""
        self.add(Level.INFO, code, where, message)

    def mended(self, code: str, where: str, message: str) -> None:
        """Note what was wrong and what was taken instead."""
        self.add(Level.MENDED, code, where, message)

    def left_out(self, code: str, where: str, message: str) -> None:
        """Note what was left out on purpose."""
        self.add(Level.LEFT_OUT, code, where, message)

    def error(self, code: str, where: str, message: str) -> None:
        """Note what could not be used."""
        self.add(Level.ERROR, code, where, message)

    def broken(self, code: str, where: str, message: str) -> None:
        """Note why nothing of the file is used."""
        self.add(Level.BROKEN, code, where, message)

    def of(self, *levels: Level) -> list[Note]:
        """The notes of some levels, in the order of the file."""
        return [note for note in self.notes if note.level in levels]

    @property
    def errors(self) -> list[Note]:
        """What could not be used."""
        return self.of(Level.ERROR, Level.BROKEN)

    @property
    def is_broken(self) -> bool:
        """Whether nothing of the file may be used."""
        return bool(self.of(Level.BROKEN))

    def counts(self) -> Counter[Level]:
        """How many notes of each level."""
        return Counter(note.level for note in self.notes)


def level_label(level: Level) -> str:
    """The level in a word."""
    words = {
        Level.INFO: _("Note"),
        Level.MENDED: _("Mended"),
        Level.LEFT_OUT: _("Left out"),
        Level.ERROR: _("Not read"),
        Level.BROKEN: _("Not usable"),
    }
    return str(words[level])
