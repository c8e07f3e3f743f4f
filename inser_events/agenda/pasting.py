"""An agenda as people send it, in a mail or a spreadsheet, read line by line.

    09:00-09:15 Opening remarks — Lifeng Li, Director, FAO
    09:15 – 09:30<tab>Vision and goals<tab>Yuxin Tong, FAO
    8 :00-8 :30 Accueil des participants
    De 11h15 à 11h30 Pause café
    0900-0930 Registration

Cells of a spreadsheet are read as `agenda.pasting_cells` puts them in order.

A line with a time begins something; lines without one add speakers to what came before, or are reported. What comes
after a dash, a tab or a semicolon is the people: several are parted by semicolons, each is a name, then perhaps a
position, then an organisation. Times may lack their end: it is then the start of the next line.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, time

from inser_events.agenda.models import SessionKind, SlotKind, SpeakerRole
from inser_events.agenda.pasting_cells import in_lines
from inser_events.agenda.pasting_days import day_named, names_a_day
from inser_events.documents.text import one_line
from inser_events.people.names import name_parts
from inser_events.people.operations import PersonData

DEFAULT_MINUTES = 30
MINUTES_PER_HOUR = 60
MINUTES_PER_DAY = 24 * 60

# 9:00, 09.00, 8 :00 (French typography), 9h, 9h15, 14 h 30, 9:00 am
_CLOCK = r"(\d{1,2})\s*(?:[:.hH\uff1a]\s*(\d{2})|[hH])(?:\s*([AaPp]\.?[Mm]\.?))?"
_FROM = r"(?:(?:from|at|de|du|des|à|von|um|с|в|من|上午|早上)\s*)?"
_UNTIL = r"(?:[-\t~\u2010-\u2014\u2192\uff0d\uff5e]|to|à|a|al|bis|до|по|至|إلى|حتى)"
# What people write after a time: 9:30 h, 11:00 hrs, 10:15 (CEST), 12:00 UTC+2, 9 Uhr
_AFTER = r"(?:[ \xa0]*\(?\b(?:hrs?|hs|h|uhr|ч|[A-Z]{2,4}T|UTC|GMT)\b(?:[+-]\d{1,2})?\.?\)?)?"
_LINE = re.compile(
    rf"^[\s\W]*?{_FROM}{_CLOCK}{_AFTER}(?:[ \xa0]*{_UNTIL}\s*{_CLOCK}{_AFTER})?[\s:.)\]|,–—-]*(.*)$", re.IGNORECASE
)
# 0900-0930: without a sign between hours and minutes only as a pair, and not for years such as 2025-2026
_BARE = re.compile(r"^(\W*)([01]\d|2[0-4])([0-5]\d)\s*[-\u2010-\u2014]\s*([01]\d|2[0-4])([0-5]\d)(?!\d)")
_AFTERNOON = re.compile(
    r"^(\W*)(?:下午|晚上)\s*(\d{1,2})(\s*[:\uff1a]\s*\d{2}\s*[-~\u2010-\u2014\uff0d至]\s*)(\d{1,2})"
)
_RULE = re.compile(r"[\s|:+=_-]+")
_LENGTH = re.compile(r"\s*\((\d{1,3})\s*(?:min|mn|minutes|minutos|мин|')\.?\)\s*")
_PARTS = re.compile(r"\s+[\u2014\u2013-]\s+|\s*\t+\s*|\s*\|\s*")
_BULLETS = " \t•·*-–—"
_ROLES = {
    SpeakerRole.MODERATOR: ("moderator", "moderated by", "modérat", "moderador", "модератор", "مدير الجلسة", "主持"),
    SpeakerRole.CHAIR: ("chair", "président", "preside", "presidente", "председатель", "رئيس", "主席"),
    SpeakerRole.PANELLIST: ("panelist", "panellist", "panéliste", "panelista", "участники", "المتحدثون", "嘉宾"),
    SpeakerRole.RAPPORTEUR: ("rapporteur", "relator", "докладчик сессии"),
    SpeakerRole.SPEAKER: ("speaker", "presenter", "intervenant", "orateur", "ponente", "orador", "докладчик", "发言"),
}
LONGEST_LABEL = 30
LONGEST_LINE = 2_000
"""A longer one is no line of an agenda, and costs too much to look at."""
SHORTEST_BARE = 5
_WORDS = {
    SessionKind.BREAK: (
        "break",
        "coffee",
        "lunch",
        "pause",
        "déjeuner",
        "café",
        "almuerzo",
        "receso",
        "перерыв",
        "обед",
        "استراحة",
        "غداء",
        "茶歇",
        "午餐",
    ),
    SessionKind.SOCIAL: (
        *("reception", "registration", "dinner", "cocktail", "field trip", "réception", "accueil", "inscription"),
        *(
            "dîner",
            "recepción",
            "cena",
            "registro",
            "inscripción",
            "регистрация",
            "ужин",
            "التسجيل",
            "签到",
            "注册",
            "晚宴",
        ),
    ),
    SessionKind.OPENING: ("opening", "ouverture", "welcome", "bienvenue", "apertura", "открытие", "افتتاح", "开幕"),
    SessionKind.CLOSING: ("closing", "clôture", "conclusion", "clausura", "cierre", "закрытие", "ختام", "闭幕"),
    SessionKind.PANEL: ("panel", "round table", "table ronde", "mesa redonda", "круглый стол"),
    SessionKind.DISCUSSION: ("discussion", "débat", "questions", "q&a", "debate", "дискуссия", "مناقشة", "讨论"),
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
    roles: tuple[str, ...] = ()
    """Of the people, in their order."""
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
    above: list[str] = field(default_factory=list)
    """Every line without a time before the first entry: the last is the heading, one may name the day."""
    entries: list[PastedEntry] = field(default_factory=list)
    day: date | None = None
    """None: that of the block before, or the one that was chosen."""

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
    for number, line in in_lines(text):
        if len(line) > LONGEST_LINE:
            unread.append(Unread(number, f"{line.strip()[:LONGEST_LABEL]}…"))
            continue
        if not line.strip():
            if blocks[-1].entries:
                blocks.append(Block())
            continue
        if blocks[-1].entries and _entry(number, line) is None and names_a_day(line):
            blocks.append(Block())
        if not _read_line(number, line, blocks[-1]):
            unread.append(Unread(number, line.strip()))
    return Pasted(_with_ends(block for block in blocks if block.entries), unread)


def on_days(pasted: Pasted, days: Sequence[date]) -> Pasted:
    """The same with the days that lines above the blocks name, among the *days* of the event."""
    blocks = []
    named = set()
    for block in pasted.blocks:
        lines = {line: day for line in block.above if (day := day_named([line], days))}
        headings = [line for line in block.above if line not in lines]
        day = day_named(list(lines), days)
        named |= set(lines)
        blocks.append(replace(block, day=day, heading=headings[-1] if headings else ""))
    return Pasted(blocks, [line for line in pasted.unread if one_line(line.text) not in named])


def _read_line(number: int, line: str, block: Block) -> bool:
    """Put a line where it belongs; False when it is no use, or only as the heading of what follows."""
    entry = _entry(number, line)
    if _RULE.fullmatch(line):
        return True
    if entry is not None:
        block.entries.append(entry)
        return True
    if not block.entries:
        block.heading = one_line(line)
        block.above.append(block.heading)
        return False
    role, named = _role(line.strip(_BULLETS))
    people = _people(named) if role or _looks_like_people(line) else []
    if people:
        last = block.entries[-1]
        roles = (*last.roles, *[role or SpeakerRole.SPEAKER] * len(people))
        block.entries[-1] = replace(last, people=(*last.people, *people), roles=roles)
    return bool(people)


def _role(text: str) -> tuple[str, str]:
    """Role and names from ``Moderator: Ms Jane Doe``; no role where the line does not begin with one."""
    label, colon, names = text.partition(":")
    folded = label.strip().casefold()
    role = next((role for role, words in _ROLES.items() if folded.startswith(words)), "")
    return (role, names.strip()) if colon and role and len(folded) < LONGEST_LABEL else ("", text)


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
    found = _LINE.match(_with_signs(line))
    if found is None:
        return None
    begins, ends = _clock(found.groups()[0:3]), _clock(found.groups()[3:6])
    title, people = _title_and_people(found.group(7))
    length = _LENGTH.search(title)
    title = _LENGTH.sub(" ", title).strip()
    if not people:
        title, people = _people_in_brackets(title)
    if begins is None or not title:
        return None
    minutes = 0
    if ends is not None:
        minutes = (ends - begins) % MINUTES_PER_DAY
    elif length:
        minutes = int(length.group(1))
    roles = (SpeakerRole.SPEAKER,) * len(people)
    return PastedEntry(number, begins, minutes, title, _kind(title), tuple(people), roles)


def _with_signs(line: str) -> str:
    """The line with its times written in the usual way: ``0900-0930`` and ``下午2:00`` are not."""
    bare = _BARE.match(line)
    if bare and int("".join(bare.group(4, 5))) - int("".join(bare.group(2, 3))) >= SHORTEST_BARE:
        space, *clocks = bare.groups()
        return f"{space}{clocks[0]}:{clocks[1]}-{clocks[2]}:{clocks[3]}{line[bare.end() :]}"
    later = _AFTERNOON.match(line)
    if later:
        space, hour, until, end = later.groups()
        return f"{space}{int(hour) % 12 + 12}{until}{int(end) % 12 + 12}{line[later.end() :]}"
    return line


def _people_in_brackets(title: str) -> tuple[str, list[PersonData]]:
    """``Vision (Mr Yuxin Tong, FAO)``: brackets at the end name people when they begin with a form of address."""
    found = re.fullmatch(r"(.+?)\s*\(([^()]+)\)", title)
    if found is None or not name_parts(found.group(2).split(",")[0]).honorific:
        return title, []
    return found.group(1), _people(found.group(2))


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
    named = re.findall(r"([^(),;]+\([^()]+\))\s*(?:[,;،]|$)", text)
    if named and "".join(named).replace(" ", "") == re.sub(r"[,;،](?![^(]*\))|\s", "", text):
        parts = named  # John Smith (WASWAC), Mary Jones (IUSS)
    else:
        parts = re.split(r"\s*[;؛]\s*", text)
    return [person for part in parts if (person := _person(part))]


def _person(text: str) -> PersonData | None:
    parts = [part.strip() for part in re.split(r"\s*[,\uff0c\u060c]\s*", one_line(text)) if part.strip()]
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
    return any(comma in line for comma in ",\uff0c\u060c") or bool(name_parts(line.strip(_BULLETS)).honorific)


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
        filled.append(Block(block.heading, block.above, entries))
    return filled
