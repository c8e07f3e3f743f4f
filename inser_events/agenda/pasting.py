"""An agenda as people send it, in a mail or a spreadsheet, read line by line.

    09:00-09:15 Opening remarks — Lifeng Li, Director, FAO
    09:15 – 09:30<tab>Vision and goals<tab>Yuxin Tong, FAO
    8 :00-8 :30 Accueil des participants
    11h15 Pause café

A line with a time begins something; lines without one add speakers to what came before, or are reported. What comes
after a dash, a tab or a semicolon is the people: several are parted by semicolons, each is a name, then perhaps a
position, then an organisation. Times may lack their end: it is then the start of the next line.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import time

from inser_events.agenda.models import SessionKind, SlotKind
from inser_events.documents.text import one_line
from inser_events.people.names import name_parts
from inser_events.people.operations import PersonData

DEFAULT_MINUTES = 30
MINUTES_PER_HOUR = 60
MINUTES_PER_DAY = 24 * 60

# 9:00, 09.00, 8 :00 (French typography), 9h, 9h15, 14 h 30, 9:00 am
_CLOCK = r"(\d{1,2})\s*(?:[:.hH\uff1a]\s*(\d{2})|[hH])(?:\s*([AaPp]\.?[Mm]\.?))?"
_UNTIL = r"(?:[-\t~\u2010-\u2014\u2192\uff0d\uff5e]|to|à|a|al|bis|до|至)"
_UNTIL = r"(?:[-\t~\u2010-\u2014\u2192\uff0d\uff5e]|to|à|a|al|bis|до|至)"
_LINE = re.compile(rf"^[\s\W]*?{_CLOCK}(?:[ \xa0]*{_UNTIL}\s*{_CLOCK})?[\s:.)\]|,–—-]*(.*)$")
_LENGTH = re.compile(r"\s*\((\d{1,3})\s*(?:min|mn|minutes|minutos|мин|')\.?\)\s*")
_PARTS = re.compile(r"\s+[\u2014\u2013-]\s+|\s*\t+\s*|\s*\|\s*")
_BULLETS = " \t•·*-–—"
_WORDS = {
    SessionKind.BREAK: ("break", "coffee", "lunch", "pause", "déjeuner", "café", "almuerzo", "receso", "перерыв"),
    SessionKind.SOCIAL: (
        *("reception", "registration", "dinner", "cocktail", "field trip", "réception", "accueil", "inscription"),
        *("dîner", "recepción", "cena"),
    ),
    SessionKind.OPENING: ("opening", "ouverture", "welcome", "bienvenue", "apertura", "открытие", "开幕"),
    SessionKind.CLOSING: ("closing", "clôture", "conclusion", "clausura", "cierre", "закрытие", "闭幕"),
    SessionKind.DISCUSSION: ("discussion", "débat", "questions", "q&a", "debate", "дискуссия"),
    SessionKind.PANEL: ("panel", "round table", "table ronde", "mesa redonda"),
}


@dataclass(frozen=True)
class PastedEntry:
    """One line that could be read. Minutes count from midnight of the day."""

    number: int
    """The line, from 1."""
    begins: int
    minutes: int
    title: str
    kind: str
    people: tuple[PersonData, ...] = ()
    guessed: bool = False
    """The line gave no end and no next line gave one."""

    @property
    def ends(self) -> int:
        """Minutes from midnight."""
        return self.begins + self.minutes

    @property
    def starts_at(self) -> time:
        """On the clock; past midnight it begins anew."""
        hours, minutes = divmod(self.begins % MINUTES_PER_DAY, MINUTES_PER_HOUR)
        return time(hours, minutes)


@dataclass(frozen=True)
class Unread:
    """A line that could not be used, and which."""

    number: int
    text: str


@dataclass
class Block:
    """Entries that no empty line parts, and the line above them that has no time."""

    heading: str = ""
    entries: list[PastedEntry] = field(default_factory=list)

    @property
    def title(self) -> str:
        """What the block as a whole is called."""
        return self.heading or self.entries[0].title


@dataclass(frozen=True)
class Pasted:
    """What a text says, in blocks that empty lines part, and the lines left out."""

    blocks: list[Block] = field(default_factory=list)
    unread: list[Unread] = field(default_factory=list)

    @property
    def entries(self) -> list[PastedEntry]:
        """All entries in order."""
        return [entry for block in self.blocks for entry in block.entries]


def read_agenda(text: str) -> Pasted:
    """Read an agenda; never fails, but says which lines it left out."""
    blocks = [Block()]
    unread = []
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            blocks.append(Block())
        elif not _read_line(number, line, blocks[-1]):
            unread.append(Unread(number, line.strip()))
    return Pasted(_with_ends(block for block in blocks if block.entries), unread)


def _read_line(number: int, line: str, block: Block) -> bool:
    """Put a line where it belongs; False when it is no use, or only as the heading of what follows."""
    entry = _entry(number, line)
    if entry is not None:
        block.entries.append(entry)
        return True
    if not block.entries:
        block.heading = one_line(line)
        return False
    people = _people(line.strip(_BULLETS)) if _looks_like_people(line) else []
    if people:
        block.entries[-1] = replace(block.entries[-1], people=(*block.entries[-1].people, *people))
    return bool(people)


def slot_kind(kind: str) -> str:
    """The kind of slot that answers to a kind of session."""
    return {
        SessionKind.BREAK: SlotKind.BREAK,
        SessionKind.SOCIAL: SlotKind.BREAK,
        SessionKind.PANEL: SlotKind.PANEL,
        SessionKind.DISCUSSION: SlotKind.DISCUSSION,
        SessionKind.OPENING: SlotKind.REMARKS,
        SessionKind.CLOSING: SlotKind.REMARKS,
    }.get(SessionKind(kind), SlotKind.TALK)


def _entry(number: int, line: str) -> PastedEntry | None:
    found = _LINE.match(line)
    if found is None:
        return None
    begins, ends = _clock(found.groups()[0:3]), _clock(found.groups()[3:6])
    title, people = _title_and_people(found.group(7))
    length = _LENGTH.search(title)
    title = _LENGTH.sub(" ", title).strip()
    if begins is None or not title:
        return None
    minutes = 0
    if ends is not None:
        minutes = (ends - begins) % MINUTES_PER_DAY
    elif length:
        minutes = int(length.group(1))
    return PastedEntry(number, begins, minutes, title, _kind(title), tuple(people))


def _clock(groups: Sequence[str | None]) -> int | None:
    hours, minutes, half = groups
    if hours is None:
        return None
    hour, minute = int(hours), int(minutes or 0)
    if half:
        hour = hour % 12 + (12 if half[0] in "pP" else 0)
    if hour > 24 or minute >= MINUTES_PER_HOUR:  # noqa: PLR2004 — hours of a day; 24:00 is midnight
        return None
    return (hour * MINUTES_PER_HOUR + minute) % MINUTES_PER_DAY


def _title_and_people(text: str) -> tuple[str, list[PersonData]]:
    parts = [part for part in _PARTS.split(text.strip()) if part.strip()]
    if not parts:
        return "", []
    return one_line(parts[0]), [person for part in parts[1:] for person in _people(part)]


def _people(text: str) -> list[PersonData]:
    return [person for part in re.split(r"\s*;\s*", text) if (person := _person(part))]


def _person(text: str) -> PersonData | None:
    parts = [part.strip() for part in re.split(r"\s*[,\uff0c]\s*", one_line(text)) if part.strip()]
    if not parts:
        return None
    in_brackets = re.fullmatch(r"(.+?)\s*\(([^()]+)\)", parts[0])
    if in_brackets and len(parts) == 1:
        parts = [in_brackets.group(1), in_brackets.group(2)]
    honorific, given_name, family_name = name_parts(parts[0])
    return PersonData(
        honorific=honorific,
        given_name=given_name,
        family_name=family_name,
        job_title=", ".join(parts[1:-1]),
        organisation=parts[-1] if len(parts) > 1 else "",
    )


def _looks_like_people(line: str) -> bool:
    """A line of its own is taken for people when it names one in the usual way: ``Name, Organisation``."""
    return "," in line or "\uff0c" in line or bool(name_parts(line.strip(_BULLETS)).honorific)


def _kind(title: str) -> str:
    folded = title.casefold()
    return next((kind for kind, words in _WORDS.items() if any(word in folded for word in words)), SessionKind.PLENARY)


def _with_ends(blocks: Iterable[Block]) -> list[Block]:
    """Give a length to what has none: up to the next start, else half an hour."""
    filled = []
    for block in blocks:
        entries = []
        for entry, after in zip(block.entries, [*block.entries[1:], None], strict=True):
            minutes, guessed = entry.minutes, False
            if not minutes and after is not None:
                minutes = (after.begins - entry.begins) % MINUTES_PER_DAY
            if not minutes:
                minutes, guessed = DEFAULT_MINUTES, True
            entries.append(replace(entry, minutes=minutes, guessed=guessed))
        filled.append(Block(block.heading, entries))
    return filled
