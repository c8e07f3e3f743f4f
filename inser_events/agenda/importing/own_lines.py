"""Our own exports write the course of a session as lines of text; here they become leads and slots again.

    Chair: Ms Thorunn Petursdottir (Global Soil Partnership)
    09:00–09:20 Opening remarks — Mr Lifeng Li (FAO)

The opposite of `reading.slot_lines`. Whatever cannot be taken apart stays whole as the title of its slot or the name
of its lead, so that the lines come out again as they were.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from inser_events.agenda.importing.tree import IN_WORDS, ReadPerson, ReadSlot
from inser_events.agenda.importing.values import MINUTES_PER_DAY, MINUTES_PER_HOUR
from inser_events.agenda.models import SessionKind, SlotKind, SpeakerRole
from inser_events.agenda.reading import speaking
from inser_events.languages import INTERFACE
from inser_events.people.models import Person
from inser_events.people.names import name_parts
from inser_events.web.filters import kind_label, language_name, role_label

_TIMES = re.compile(r"(\d{2}):(\d{2})\u2013(\d{2}):(\d{2}) (.*)", re.DOTALL)
_BEFORE_PEOPLE = " \N{EM DASH} "
_CLOCK_CHANGES = (0, 60, -60, 30, -30)
"""Minutes by which clocks may have been moved while a slot was running."""


@dataclass(frozen=True)
class Words:
    """The labels of an export in one language, and what they stand for."""

    language: str
    roles: dict[str, str]
    slot_kinds: dict[str, str]
    session_kinds: dict[str, str]


@dataclass(frozen=True)
class Course:
    """What the lines of a session say."""

    leads: tuple[ReadPerson, ...]
    slots: tuple[ReadSlot, ...]


def words_in(language: str) -> Words:
    """The labels that an export in *language* uses."""
    with speaking(language):
        return Words(
            language=language,
            roles={role_label(role): str(role) for role in SpeakerRole},
            slot_kinds={kind_label(kind): str(kind) for kind in SlotKind},
            session_kinds={kind_label(kind): str(kind) for kind in SessionKind},
        )


def best_words(lines: Sequence[str], wanted: Sequence[str]) -> Words:
    """The words of the language whose role labels occur most; of *wanted* the first where none stands out."""
    languages = dict.fromkeys([*wanted, *INTERFACE])
    every = [words_in(language) for language in languages if language in INTERFACE or language in wanted]
    return max(every, key=lambda words: sum(line.split(":", 1)[0] in words.roles for line in lines))


def language_codes(text: str, words: Words, codes: Sequence[str]) -> tuple[str, ...]:
    """Language names as an export lists them, back as codes of *codes*."""
    with speaking(words.language):
        names = {language_name(code): code for code in reversed(codes)}
    return tuple(names[name] for name in text.split(", ") if name in names)


def read_course(
    text: str, starts_at: datetime, clock: ZoneInfo, words: Words, persons: Sequence[ReadPerson] | None
) -> Course | None:
    """The course that the lines of *text* tell; None when they are no such lines.

    *persons*: those who appear, where the file lists them (schedule.json and .xml do, calendars do not).
    """
    lines = [line for line in text.split("\n") if line]
    first = next((place for place, line in enumerate(lines) if _TIMES.fullmatch(line)), len(lines))
    names = Names(words, persons)
    leads = tuple(names.lead(line) for line in lines[:first])
    slots, begins = [], starts_at
    for line in lines[first:]:
        slot = _slot(line, begins, clock, names)
        if slot is None:
            return None
        slots.append(slot)
        begins += timedelta(minutes=slot.minutes)
    return Course(leads, tuple(slots))


def _slot(line: str, begins: datetime, clock: ZoneInfo, names: "Names") -> ReadSlot | None:
    found = _TIMES.fullmatch(line)
    local = begins.astimezone(clock)
    if found is None or (local.hour, local.minute) != (int(found[1]), int(found[2])):
        return None
    until = int(found[3]) * MINUTES_PER_HOUR + int(found[4])
    shown = (until - local.hour * MINUTES_PER_HOUR - local.minute) % MINUTES_PER_DAY
    # Equal times are a whole day, or the clocks were moved back meanwhile.
    lengths = [shown + change for change in _CLOCK_CHANGES] + [MINUTES_PER_DAY]
    minutes = next(
        (length for length in lengths if length > 0 and _shows(begins + timedelta(minutes=length), clock, until)),
        0,
    )
    if not minutes:
        return None
    title, people = names.behind(found[5])
    kind = names.words.slot_kinds.get(title)
    return ReadSlot(minutes=minutes, title="" if kind else title, kind=kind or SlotKind.TALK, people=people)


def _shows(at: datetime, clock: ZoneInfo, minutes: int) -> bool:
    local = at.astimezone(clock)
    return local.hour * MINUTES_PER_HOUR + local.minute == minutes


class Names:
    """Takes people apart as `reading.Wording.people` puts them together: ``Chair: Mr Lifeng Li (FAO)``."""

    def __init__(self, words: Words, persons: Sequence[ReadPerson] | None) -> None:
        self.words = words
        self._persons = persons
        self._told: dict[str, tuple[str, str]] = {}

    def lead(self, line: str) -> ReadPerson:
        """Somebody with a line of their own."""
        found = self.several(line)
        return found[0] if found is not None and len(found) == 1 else ReadPerson(name=line)

    def behind(self, text: str) -> tuple[str, tuple[ReadPerson, ...]]:
        """The title and the people of a slot. A dash may also stand in a title, and even in a name."""
        place = text.rfind(_BEFORE_PEOPLE)
        while place != -1:
            people = self.several(text[place + len(_BEFORE_PEOPLE) :])
            if people is not None:
                return text[:place], people
            place = text.rfind(_BEFORE_PEOPLE, 0, place + len(_BEFORE_PEOPLE) - 1)
        return text, ()

    def several(self, text: str) -> tuple[ReadPerson, ...] | None:
        """People with commas between; None when not all of them are known."""
        if self._persons is None:
            return tuple(map(self._unknown, _at_commas(text)))
        found = self._known(text, dict(self._told), frozenset())
        self._told.update({person.key: (person.honorific, person.organisation) for person in found or ()})
        return found

    def _known(
        self, text: str, told: Mapping[str, tuple[str, str]], here: frozenset[tuple[str, str]]
    ) -> tuple[ReadPerson, ...] | None:
        """The people of one line. *here*: who stands in it already, and in which role: nobody does so twice."""
        role, rest = self._role(text)
        for person, left in sorted(self._candidates(rest), key=lambda each: _preference(each[0], told)):
            if (person.key, role) in here:
                continue
            mentioned = {**told, person.key: (person.honorific, person.organisation)}
            others = self._known(left, mentioned, here | {(person.key, role)}) if left else ()
            if others is not None:
                return (replace(person, role=role), *others)
        return None

    def _candidates(self, text: str) -> Iterator[tuple[ReadPerson, str]]:
        """Who may stand at the beginning, with honorific and organisation, and what is left of the text."""
        for person in self._persons or ():
            before, found, after = text.partition(person.name)
            if not found or (before and (not before.endswith(" ") or ", " in before)):
                continue
            for organisation, left in _endings(after):
                yield replace(person, honorific=before.strip(), organisation=organisation), left

    def _unknown(self, text: str) -> ReadPerson:
        role, rest = self._role(text)
        organisation = ""
        if rest.endswith(")") and " (" in rest:
            rest, _, organisation = rest[:-1].partition(" (")
        parts = name_parts(rest)
        whole = Person(given_name=parts.given_name, family_name=parts.family_name).name
        exact = f"{parts.honorific} {whole}".strip() == rest
        return ReadPerson(
            name=whole if exact else rest,
            # Without ids, whoever is told of in the same words is the same.
            key=f"{IN_WORDS}{rest} ({organisation})",
            honorific=parts.honorific if exact else "",
            organisation=organisation,
            role=role,
        )

    def _role(self, text: str) -> tuple[str, str]:
        label, colon, rest = text.partition(": ")
        role = self.words.roles.get(label) if colon else None
        return (role, rest) if role else ("speaker", text)


def _preference(person: ReadPerson, told: Mapping[str, tuple[str, str]]) -> tuple[int, int]:
    """The longest name first: "Li" must not be found inside "Li Wei".

    Of namesakes the one who was told of in the same words, then one who was not told of yet.
    """
    said = told.get(person.key)
    return -len(person.name), 1 if said is None else 0 if said == (person.honorific, person.organisation) else 2


def _endings(after: str) -> Iterator[tuple[str, str]]:
    """What may follow a name: an organisation in brackets, or nothing; then the end or a comma and more people."""
    if not after:
        yield "", ""
    elif after.startswith(", "):
        yield "", after[2:]
    elif after.startswith(" ("):
        place = after.find(")", 2)
        while place != -1:
            rest = after[place + 1 :]
            if not rest or rest.startswith(", "):
                yield after[2:place], rest[2:]
            place = after.find(")", place + 1)


def _at_commas(text: str) -> list[str]:
    """Parts between commas, but not at those inside brackets."""
    parts, depth, begin = [], 0, 0
    for place, letter in enumerate(text):
        depth += (letter == "(") - (letter == ")")
        if depth <= 0 and text.startswith(", ", place):
            parts.append(text[begin:place])
            begin = place + 2
    return [*parts, text[begin:]]
