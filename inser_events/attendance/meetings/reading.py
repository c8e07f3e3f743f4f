"""Reading attendance reports of Zoom, Teams, Meet, Webex, and tables that somebody made.

No two exports of one platform are alike over the years, and labels are translated. So nothing is looked for by line
number: a file is lines; a line whose cells are known headings begins a table; what a platform says of itself stands
before the tables. Times are those of whoever made the report, so the reader's zone is asked for.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import zip_longest
from zoneinfo import ZoneInfo

from flask_babel import gettext as _

from inser_events.attendance.meetings import cells
from inser_events.attendance.meetings.comings import Coming, stays
from inser_events.attendance.meetings.errors import DayNeeded, UnknownColumns, UnreadableReport
from inser_events.attendance.meetings.headings import field_of
from inser_events.attendance.meetings.report import Connection, MeetingReport, Platform
from inser_events.documents.tables import UnreadableTable, heading_key, lines_from

WHO = frozenset({"name", "given_name", "family_name", "email"})
WHEN = frozenset({"joined_at", "left_at", "minutes", "moment"})
MOST_WARNINGS = 100
SAMPLE_ROWS = 5
TEAMS_TABLES = {
    7: ("name", "joined_at", "left_at", "minutes", "email", "upn", "role"),
    6: ("name", "joined_at", "left_at", "minutes", "email", "role"),
}
"""What the columns of the numbered parts of a Teams report hold, in languages whose labels we do not know."""


_NO_HEADING = re.compile(r"[@\d]|.{60}")


@dataclass(frozen=True, slots=True)
class Part:
    """A table of the file: what its columns hold, and its rows with their numbers."""

    fields: Sequence[str]
    rows: list[tuple[int, list[str]]] = field(default_factory=list)

    def people(self) -> Iterator[tuple[int, dict[str, str]]]:
        """The rows of those who came, by field; the first of two columns for one thing that says anything counts."""
        for number, row in self.rows:
            found: dict[str, str] = {}
            for name, cell in zip(self.fields, row, strict=False):
                if name and not found.get(name):
                    found[name] = cell
            if _came(found):
                yield number, found


def _came(row: Mapping[str, str]) -> bool:
    absent = row.get("attended", "").strip().lower() in {"no", "false", "0"}
    waited = row.get("waiting", "").strip().lower() in {"yes", "true", "1"}
    return not absent and not waited and any(row.get(name) for name in WHO)


def read_report(
    content: bytes, *, zone: ZoneInfo, day: date | None = None, labels: Mapping[str, str] | None = None
) -> MeetingReport:
    """Read a platform's report.

    *zone*: of the times that do not name theirs. *day*: when the meeting was, for reports that tell hours alone or
    write 05/06/2025. *labels*: what columns with unknown headings hold, as one of `headings.FIELDS`, by heading.
    Raises UnreadableReport, DayNeeded, UnknownColumns.
    """
    told = {heading_key(heading): name for heading, name in (labels or {}).items()}

    def meaning(heading: str) -> str:
        if not told and _NO_HEADING.search(heading):
            return ""  # nearly every cell of a long report
        return told.get(heading_key(heading)) or field_of(heading)

    try:
        lines = lines_from(content, _("This file"), lambda line: sum(1 for cell in line if cell and meaning(cell)))
    except UnreadableTable as unreadable:
        raise UnreadableReport(unreadable.message) from unreadable
    parts, said = _parts([(number, line, [meaning(cell) for cell in line]) for number, line in lines])
    if not parts:
        headings, rows = _widest(lines)
        raise UnknownColumns(headings, rows)
    platform = _platform(lines, parts)
    counted = parts[-1:] if platform is Platform.TEAMS else parts
    try:
        return _report(platform, counted, said, zone, day)
    except cells.UndecidableDate as undecidable:
        raise DayNeeded from undecidable


Line = tuple[int, list[str], list[str]]
"""Number, cells, and what each cell means as a heading."""
END: Line = (0, [""], [])


def _parts(lines: Sequence[Line]) -> tuple[list[Part], dict[str, str]]:
    """The tables of people, and what the report says of the meeting."""
    parts: list[Part] = []
    said: dict[str, str] = {}
    here: Part | None = None
    about: Sequence[str] = ()
    number_of_part = 0
    for (number, line, meanings), (_next, _below, heads) in zip_longest(lines, lines[1:], fillvalue=END):
        section = line[0][:2] in {"1.", "2.", "3."} and len(line) == 1
        by_place = TEAMS_TABLES.get(len(line), ()) if number_of_part > 1 and here is None else ()
        if section:
            number_of_part, here = int(line[0][0]), None
        elif _heads_people(meanings) or by_place:
            here = Part(_without_host(meanings) if _heads_people(meanings) else by_place)
            parts.append(here)
            about = ()
        elif len(line) == 1 and (_heads_people(heads) or _heads_meeting(heads)):
            here = None  # the title of the next part
        elif here is not None:
            here.rows.append((number, line))
        elif about:
            said |= {name: cell for name, cell in zip(about, line, strict=False) if name and cell} | said
            about = ()
        elif _heads_meeting(meanings):
            about = meanings
        elif len(line) == 2 and meanings[0]:  # noqa: PLR2004 — a label and what it says
            said.setdefault(meanings[0], line[1])
    return parts, said


def _without_host(meanings: Sequence[str]) -> Sequence[str]:
    """In an administrator's report the host stands in each row before the participant."""
    if meanings.count("name") < 2 or "title" not in meanings:  # noqa: PLR2004 — the host's and the participant's
        return meanings
    own = len(meanings) - 1 - meanings[::-1].index("name")
    return [*(one if one in {"title", "started", "ended"} else "" for one in meanings[:own]), *meanings[own:]]


def _heads_people(meanings: Sequence[str]) -> bool:
    """Whether a line has the headings of a table of people: who, and when; not those of a table about the meeting."""
    found = set(meanings)
    is_meeting = bool(found & {"title", "meeting"}) and not found & {"name", "joined_at"}
    return bool(found & WHO) and bool(found & WHEN) and not is_meeting


def _heads_meeting(meanings: Sequence[str]) -> bool:
    found = set(meanings)
    return len(found & {"title", "meeting", "started", "ended", "minutes"}) > 1


def _widest(lines: Sequence[tuple[int, list[str]]]) -> tuple[list[str], list[list[str]]]:
    """The line that looks like headings, and some of the lines below it."""
    first = max(range(min(len(lines), 30)), key=lambda place: len(lines[place][1]))
    return lines[first][1], [line for _number, line in lines[first + 1 : first + 1 + SAMPLE_ROWS]]


def _platform(lines: Sequence[tuple[int, list[str]]], parts: Sequence[Part]) -> Platform:
    keys = {heading_key(cell) for _number, line in lines[:60] for cell in line[:30]}
    held = {name for part in parts for name in part.fields}
    if "upn" in held or "action" in held or lines[0][1][0].startswith("1.") or "meetingsummary" in keys:
        return Platform.TEAMS
    if "connection" in held or "attendeeemail" in keys:
        return Platform.WEBEX
    if {"guest", "waiting", "attended"} & held or keys & {
        *("meetingid", "webinarid", "nameoriginalname", "usernameoriginalname", "timeinsessionminutes"),
    }:
        return Platform.ZOOM
    if keys & {"timejoined", "timeexited", "timeincall"}:
        return Platform.MEET
    return Platform.OTHER


def _report(
    platform: Platform, parts: Sequence[Part], said: Mapping[str, str], zone: ZoneInfo, day: date | None
) -> MeetingReport:
    rows = [(number, row) for part in parts for number, row in part.people()]
    wanted = ("joined_at", "left_at", "moment", "started", "ended")
    texts = {row[name] for _number, row in rows for name in wanted if row.get(name)}
    texts |= {said[name] for name in ("started", "ended") if name in said}
    moments = {text: found for text in texts if (found := cells.moment(text))}
    first = cells.day_first(moments.values(), day)
    known = {
        text: when
        for text, found in moments.items()
        if (when := cells.in_utc(found, is_day_first=first, day=_day_of(found, said, moments, day), zone=zone))
    }
    warnings: list[str] = []
    comings = [one for number, row in rows if (one := _coming(number, row, known, warnings))]
    connections = stays(comings, warnings)
    about: dict[str, str] = dict(said)
    about |= {name: row[name] for _number, row in rows[:1] for name in ("title", "started", "ended") if row.get(name)}
    return MeetingReport(
        platform,
        cells.plain_name(about.get("title", "")),
        known.get(about.get("started", ""))
        or min((one.joined_at for one in connections if one.joined_at), default=None),
        known.get(about.get("ended", "")) or max((one.left_at for one in connections if one.left_at), default=None),
        connections,
        _few(warnings),
    )


def _day_of(
    found: cells.Moment, said: Mapping[str, str], moments: Mapping[str, cells.Moment], day: date | None
) -> date | None:
    """The day of a time alone: the one that was told, else that of the meeting's start."""
    start = moments.get(said.get("started", ""))
    return day if found.numbers or day or not start else cells.day_of(start)


def _coming(number: int, row: Mapping[str, str], known: Mapping[str, datetime], warnings: list[str]) -> Coming | None:
    whole = cells.name(row.get("name", ""))
    parts = [cells.plain_name(row.get(name, "")) for name in ("given_name", "family_name")]
    coming = Coming(
        Connection(
            row=number,
            name=whole or " ".join(part for part in parts if part),
            email=cells.email(row.get("email", "")) or cells.email(row.get("upn", "")),
            joined_at=known.get(row.get("joined_at", "")),
            left_at=known.get(row.get("left_at", "")),
            minutes=cells.minutes(row.get("minutes", "")),
        ),
        action=row.get("action", ""),
        moment=known.get(row.get("moment", "")),
    )
    stay = coming.stay
    if not (stay.name or stay.email) or not (coming.moment or stay.joined_at or stay.left_at or stay.minutes):
        warnings.append(_("Row %(number)s: no name or no time; left out.", number=number))
        return None
    said = [row.get(name, "") for name in ("joined_at", "left_at", "moment")]
    warnings += [
        _("Row %(number)s: no time we can read in “%(cell)s”.", number=number, cell=cell[:60])
        for cell in said
        if cell not in known and cells.plain(cell).strip("-–—")
    ]
    return coming


def _few(warnings: list[str]) -> list[str]:
    left = len(warnings) - MOST_WARNINGS
    return warnings if left <= 0 else [*warnings[:MOST_WARNINGS], _("And %(number)s more like these.", number=left)]
