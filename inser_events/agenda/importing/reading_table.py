"""A spreadsheet or CSV file of an agenda: one row for each session, and in our own export one more for each slot."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from flask_babel import force_locale, pgettext
from flask_babel import gettext as _

from inser_events.agenda.importing.own_lines import Names, Words, words_in
from inser_events.agenda.importing.report import Report
from inser_events.agenda.importing.tree import MAIN, ReadEvent, ReadPerson, ReadRoom, ReadSession, ReadSlot, Tree
from inser_events.agenda.importing.values import (
    MINUTES_PER_DAY,
    clock_of,
    day_of,
    is_called_off,
    is_taken,
    kind_of,
    language_of,
    minutes_of,
    moment_of,
    paragraphs,
)
from inser_events.agenda.importing.zones import choose_zone
from inser_events.agenda.reading import NIGHT_ENDS
from inser_events.documents.richtext import cleaned
from inser_events.documents.tables import Table, UnreadableTable, heading_key, table_from
from inser_events.documents.text import one_line
from inser_events.languages import INTERFACE

OURS = {
    "day": "Day",
    "starts": "Starts",
    "ends": "Ends",
    "room": "Room",
    "title": "Session",
    "slot": "Slot",
    "kind": "Kind",
    "items": "Items",
    "people": "Speakers",
    "track": "Track",
    "languages": "Languages",
    "interpretation": "Interpretation",
    "online": "Online",
    "status": "Status",
}
"""The headings of our own export, which are translated with the interface."""
OTHERS: Mapping[str, Sequence[str]] = {
    "day": ("Date", "Start date", "Datum", "Tag", "Jour", "Fecha", "Día", "Дата", "День", "日期"),
    "starts": (
        *("Start", "Start time", "Begin", "Begins", "Time", "From", "Uhrzeit", "Zeit", "Beginn", "Von", "Heure"),
        *("Début", "Horaire", "Hora", "Inicio", "Время", "Начало", "时间", "开始"),
    ),
    "ends": ("End", "End time", "Finish", "To", "Until", "Ende", "Bis", "Fin", "Конец", "结束"),
    "length": ("Duration", "Length", "Minutes", "Dauer", "Durée", "Duración", "Длительность", "时长"),
    "room": ("Location", "Place", "Venue", "Stage", "Ort", "Raum", "Saal", "Salle", "Lieu", "Sala", "Зал", "地点"),
    "title": ("Title", "Talk", "Name", "Subject", "Titel", "Titre", "Título", "Название", "标题", "题目"),
    "subtitle": ("Subtitle", "Untertitel", "Sous-titre", "Subtítulo"),
    "abstract": ("Description", "Abstract", "Summary", "Beschreibung", "Résumé", "Descripción", "Описание", "说明"),
    "number": ("ID", "Code", "No", "Nr", "Number", "Nummer", "Proposal ID"),
    "people": ("Speaker", "Presenter", "Presenters", "Vortragende", "Referent", "Intervenants", "Orateurs", "Ponentes"),
    "names": ("Speaker names", "Names", "Speaker name"),
    "kind": ("Type", "Format", "Session type", "Art"),
    "languages": ("Language", "Sprache", "Langue", "Idioma", "Язык"),
    "status": ("State",),
}
NEEDED = ("starts", "title")
_RANGE = re.compile(r"\s*(?:[-\u2010-\u2014~]|to|bis|à|a|until)\s*")
_PERSON_ENDS = re.compile(r"\s*[;\n]\s*|(?<=\))\s+(?=\w)")


@dataclass
class _Row:
    """A row by what its cells mean."""

    number: int
    cells: dict[str, str]
    more_people: list[str]

    def __getitem__(self, name: str) -> str:
        return self.cells.get(name, "")

    @property
    def where(self) -> str:
        title = self["title"]
        return f"row {self.number}: {title}" if title else f"row {self.number}"


def read(content: bytes, report: Report, zone: str | None) -> Tree:
    """The tree of a table. Raises UnreadableTable when it has no times or no titles."""
    known = _all_headings()
    table = table_from(content, report.name, is_heading=lambda text: heading_key(text) in known)
    columns = table.columns({name: list(spellings) for name, spellings in _spellings().items()})
    if missing := [name for name in NEEDED if name not in columns]:
        headings = ", ".join(OURS[name] for name in missing)
        raise UnreadableTable(
            _("%(name)s: no agenda is in this table: no column “%(headings)s”.", name=report.name, headings=headings)
        )
    ours = "slot" in columns
    chosen, sure = (zone, True) if zone else choose_zone("", [], report, floating=True)
    sessions = _Sessions(ZoneInfo(chosen), _words_of(table, columns), report, ours=ours)
    for row in _rows(table, columns):
        sessions.take(row)
    return Tree(
        source="table",
        event=ReadEvent(zone=chosen, zone_known=sure),
        rooms=tuple(ReadRoom(key=name, name=name) for name in sessions.rooms),
        sessions=tuple(sessions.found),
        gone=frozenset(sessions.gone),
    )


@lru_cache(maxsize=1)
def _spellings() -> dict[str, tuple[str, ...]]:
    """Every heading a column may have, our own ones in all languages of the interface first."""
    spellings = {name: [word] for name, word in OURS.items()}
    for language in INTERFACE:
        with force_locale(language):
            for name, word in OURS.items():
                spellings[name].append(str(_(word)))
    return {name: (*spellings.get(name, ()), *OTHERS.get(name, ())) for name in {**spellings, **OTHERS}}


@lru_cache(maxsize=1)
def _all_headings() -> frozenset[str]:
    return frozenset(heading_key(word) for words in _spellings().values() for word in words)


def _words_of(table: Table, columns: Mapping[str, int]) -> Words:
    """The labels of the language whose words stand in the column of kinds."""
    kinds = {row[columns["kind"]] for row in table.rows} if "kind" in columns else set()
    return max(
        map(words_in, ("en", *INTERFACE)),
        key=lambda words: len(kinds & {*words.session_kinds, *words.slot_kinds}),
    )


def _rows(table: Table, columns: Mapping[str, int]) -> list[_Row]:
    # Columns that are only numbered hold one speaker each.
    numbered = [place for place, heading in enumerate(table.header) if heading.strip().isdigit()]
    numbers = table.numbers or range(2, len(table.rows) + 2)
    return [
        _Row(
            number,
            {name: row[place].strip() for name, place in columns.items()},
            [row[place].strip() for place in numbered if row[place].strip()],
        )
        for number, row in zip(numbers, table.rows, strict=True)
    ]


class _Sessions:
    """Rows become sessions one by one; a row of our own export may be a slot of the session above it."""

    def __init__(self, clock: ZoneInfo, words: Words, report: Report, *, ours: bool) -> None:
        self.found: list[ReadSession] = []
        self.rooms: dict[str, None] = {}
        self.gone: set[str] = set()
        self._clock = clock
        self._words = words
        self._names = Names(words, None)
        self._report = report
        self._ours = ours
        self._day: date | None = None
        self._before: datetime | None = None
        self._skipped: tuple[str, str] | None = None

    def take(self, row: _Row) -> None:
        """Take the next row."""
        starts_at = self._start(row)
        if starts_at is None:
            return
        if self._is_slot(row, starts_at):
            if self._skipped is None:
                self.found[-1] = self._with_slot(self.found[-1], row, starts_at)
            return
        self._skipped = None
        if not row["title"]:
            self._report.left_out("title-missing", row.where, _("This row has a time but no title."))
        elif not self._takes_place(row):
            self._report.left_out("not-confirmed", row.where, _("Its state is “%(state)s”.", state=row["status"]))
            self._skipped = (row["title"], row["room"])
            self.gone |= {row["number"]} - {""}
        else:
            self.found.append(self._session(row, starts_at))

    def _takes_place(self, row: _Row) -> bool:
        with force_locale(self._words.language):
            confirmed = str(pgettext("session", "Confirmed"))
        return (row["status"] == confirmed or is_taken(row["status"])) and not is_called_off(row["title"])

    def _start(self, row: _Row) -> datetime | None:
        """When a row begins. The day may stand only in the first row of each day."""
        whole = moment_of(row["starts"])
        day = day_of(row["day"]) or (whole.local.date() if whole and whole.local else None)
        if day is not None and day != self._day:
            self._day, self._before = day, None
        at = whole.local.time() if whole and whole.local else clock_of(_first_time(row["starts"]))
        if at is None or self._day is None:
            if row["starts"] or row["title"]:
                self._report.error("start-missing", row.where, _("It is not said when this begins."))
            return None
        local = datetime.combine(self._day, at, self._clock)
        if at < NIGHT_ENDS and self._before is not None and self._before > local:
            local += timedelta(days=1)
            self._report.mended(
                "after-midnight", row.where, _("It is after midnight, so it takes place on the next day.")
            )
        else:
            self._before = local
        return local.astimezone(UTC)

    def _is_slot(self, row: _Row, starts_at: datetime) -> bool:
        if not self._ours:
            return False
        if self._skipped is not None:
            return self._skipped == (row["title"], row["room"])
        if not self.found or self.found[-1].title != row["title"] or self.found[-1].room != row["room"]:
            return False
        return bool(row["slot"]) or self.found[-1].starts_at <= starts_at < self.found[-1].ends_at

    def _session(self, row: _Row, starts_at: datetime) -> ReadSession:
        if row["room"]:
            self.rooms[row["room"]] = None
        people = tuple(self._people(row))
        text = "\n".join(part for part in (paragraphs(row["subtitle"]), cleaned(row["abstract"])) if part)
        kind = self._words.session_kinds.get(row["kind"]) or (kind_of(row["kind"]) if row["kind"] else None)
        return ReadSession(
            where=row.where,
            title=one_line(row["title"]),
            starts_at=starts_at,
            minutes=self._minutes(row, starts_at),
            number=row["number"],
            room=row["room"],
            kind=kind,
            track=row.cells.get("track"),
            languages=_codes(row["languages"]),
            interpretation=_codes(row["interpretation"]) if "interpretation" in row.cells else None,
            online=self._online(row),
            abstract={MAIN: text} if text else None,
            people=() if self._ours else people,
            leads=people if self._ours else (),
            slots=() if self._ours else None,
        )

    def _online(self, row: _Row) -> bool | None:
        if not row["online"]:
            return None
        with force_locale(self._words.language):
            return row["online"].casefold() in {str(_("Yes")).casefold(), "yes", "1", "true", "x"}

    def _with_slot(self, session: ReadSession, row: _Row, starts_at: datetime) -> ReadSession:
        slot = ReadSlot(
            minutes=max(1, self._minutes(row, starts_at)),
            title=one_line(row["slot"]),
            kind=self._words.slot_kinds.get(row["kind"], "talk"),
            people=tuple(self._people(row)),
            items=tuple(number.strip() for number in row["items"].split(",") if number.strip()),
        )
        return replace(session, slots=(*(session.slots or ()), slot))

    def _minutes(self, row: _Row, starts_at: datetime) -> int:
        end = moment_of(row["ends"])
        at: time | None = end.local.time() if end and end.local else clock_of(row["ends"] or _last_time(row["starts"]))
        if at is not None:
            begin = starts_at.astimezone(self._clock)
            until = at.hour * 60 + at.minute - begin.hour * 60 - begin.minute
            return until % MINUTES_PER_DAY
        return minutes_of(row["length"]) or 0

    def _people(self, row: _Row) -> list[ReadPerson]:
        if self._ours:
            return [self._names.lead(part) for part in _PERSON_ENDS.split(row["people"]) if part]
        names = [name for name in re.split(r"\s*[,;]\s*", row["names"]) if name]
        cells = [part for cell in (row["people"], *row.more_people) for part in re.split(r"\s*[;\n]\s*", cell) if part]
        return [ReadPerson(name=name) for name in names] + [_described(cell) for cell in cells]


def _described(text: str) -> ReadPerson:
    """``Name, Organisation`` or ``Name, Position, Organisation``."""
    parts = [part.strip() for part in re.split(r"\s*[,\uff0c]\s*", one_line(text)) if part.strip()]
    return ReadPerson(
        name=parts[0] if parts else text,
        job_title=", ".join(parts[1:-1]),
        organisation=parts[-1] if len(parts) > 1 else "",
    )


def _first_time(text: str) -> str:
    return text if clock_of(text) else _RANGE.split(text, maxsplit=1)[0]


def _last_time(text: str) -> str:
    parts = _RANGE.split(text, maxsplit=1)
    return parts[1] if len(parts) > 1 else ""


def _codes(text: str) -> tuple[str, ...] | None:
    codes = tuple(dict.fromkeys(filter(None, (language_of(part) for part in re.split(r"\s*[,;/]\s*", text)))))
    return codes or None
