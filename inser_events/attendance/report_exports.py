"""The report of attendance as a workbook or a table. Pure: values in, bytes out, in the language that is spoken."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from flask_babel import pgettext

from inser_events.attendance.presence import Attendance
from inser_events.attendance.report_counts import FEWEST, UNSAID, Count, Figures, protected
from inser_events.attendance.report_days import DayCount
from inser_events.attendance.report_people import Trace
from inser_events.attendance.report_sessions import SessionCount
from inser_events.badges.guests import Guest
from inser_events.documents.collation import sort_key
from inser_events.documents.sheets import Cell, Sheet, csv, xlsx
from inser_events.events.models import Mode
from inser_events.languages import direction, text_in
from inser_events.people.countries import country_name
from inser_events.registration.forms import gender_label, mode_words
from inser_events.web.filters import category_label


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A person of the report, and where they stand in the list."""

    part: str
    guest: Guest
    attendance: Attendance | None
    trace: Trace | None
    phone: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """All that a report says."""

    name: str
    dates: str
    zone: str
    languages: Sequence[str]
    """In which texts of the agenda are looked for, the best first."""
    figures: Figures
    network: str
    """What the network is called; empty without one."""
    members: Count | None
    delegations: tuple[int, int]
    """Of how many Members somebody attended, and how many there are."""
    organisations: Sequence[tuple[str, Count]]
    days: Sequence[DayCount]
    sessions: Sequence[SessionCount]
    people: Iterable[Line]
    """Read once."""
    contacts: bool
    """Whether addresses and telephones go with it, of those who agreed to be listed."""
    made_at: datetime


def workbook(report: Report) -> bytes:
    """Five sheets as XLSX."""
    right_to_left = direction(report.languages[0]) == "rtl"
    sheets = [_summary(report), _people(report), _countries(report), _organisations(report), _sessions(report)]
    return xlsx(
        [
            Sheet(name=name, header=header, rows=rows, widths=widths, right_to_left=right_to_left)
            for name, header, rows, widths in sheets
        ],
        created=report.made_at,
    )


def people_csv(report: Report) -> bytes:
    """The people alone."""
    _name, header, rows, _widths = _people(report)
    return csv(row for part in ([header], rows) for row in part)


Table = tuple[str, Sequence[str], Iterable[Sequence[Cell]], Sequence[int]]


def _summary(report: Report) -> Table:
    return _("Summary"), [report.name, _("People"), _("Who is counted")], list(_summary_rows(report)), (44, 12, 60)


def _summary_rows(report: Report) -> Iterator[list[Cell]]:
    whole, figures, once = report.figures.whole, report.figures, _("Seen at a door or online at least once")
    yield [_("Dates of the event"), None, report.dates]
    yield [pgettext("people", "Registered"), whole.registered, _("Confirmed: they have a place")]
    yield [_("Attended"), whole.attended, once]
    yield [_("Seen in the room"), whole.room, _("Let in at a door at least once")]
    yield [_("Seen online"), whole.online, _("Known to have joined the call at least once")]
    yield [
        _("Seen in the room and online"),
        whole.both,
        _("Part of both numbers, counted once"),
    ]
    yield [_("Not seen"), whole.absent, _("Confirmed, and seen nowhere")]
    if report.members is not None:
        about = _("Members of %(network)s", network=report.network)
        yield [about, report.members.registered, _("Whether they registered or not")]
        yield [_("Members of %(network)s who attended", network=report.network), report.members.attended, once]
    there, every = report.delegations
    if every:
        yield [_("Delegations of Members"), every, _("Expected at the event")]
        yield [_("Delegations of Members present"), there, _("At least one of their people attended")]
    for day in report.days:
        on = day.day.isoformat()
        yield [_("Attended: %(group)s", group=on), day.people, once]
        yield [_("Came in on %(day)s", day=on), day.room, _("Let in at a door that day")]
    for category, count in sorted(figures.categories.items()):
        if count.attended:
            yield [_("Attended: %(group)s", group=category_label(category)), count.attended, once]
    yield from _genders(figures)


def _genders(figures: Figures) -> Iterator[list[Cell]]:
    if not figures.asks_gender:
        return
    why = _("Numbers that could point to a single person are not given")
    for gender, number in protected(figures.genders).items():
        words = gender_label(gender) if gender != UNSAID else _("Gender not said")
        few = _("fewer than %(number)s", number=FEWEST) if figures.genders[gender] < FEWEST else _("not given")
        yield [_("Attended: %(group)s", group=words), few if number is None else number, why if number is None else ""]


def _people(report: Report) -> Table:
    heads = [
        *(_("Comes as"), _("Delegation"), _("Form of address"), _("Given name"), _("Family name")),
        *(_("Name in Latin letters"), _("Position"), _("Organisation"), _("Country"), _("Category")),
        *(_("Registered for"), _("Attended"), _("Seen in the room"), _("Seen online"), _("Days present")),
        _("First seen (%(zone)s)", zone=report.zone),
        _("Last seen (%(zone)s)", zone=report.zone),
        _("Minutes present"),
    ]
    more = [_("E-mail"), _("Phone")] if report.contacts else []
    widths = (16, 24, 10, 18, 20, 18, 24, 28, 24, 14, 14, 10, 10, 10, 10, 18, 18, 12, 28, 18)
    return _("People"), [*heads, *more], _people_rows(report), widths


def _people_rows(report: Report) -> Iterator[list[Cell]]:
    zone = ZoneInfo(report.zone)
    for line in report.people:
        guest, there, trace = line.guest, line.attendance, line.trace
        first, last = (trace.first, trace.last) if trace else (None, None)
        yield [
            *(line.part, guest.delegation, guest.honorific, guest.given_name, guest.family_name, guest.name_latin),
            *(guest.job_title, guest.organisation, guest.country, category_label(guest.category)),
            mode_words(guest.mode),
            *(_yes(there is not None), _yes(there is not None and Mode.IN_PERSON in there.modes)),
            _yes(there is not None and Mode.ONLINE in there.modes),
            there.days if there else 0,
            first.astimezone(zone) if first else None,
            last.astimezone(zone) if last else None,
            _minutes(there),
            *((guest.email, line.phone if guest.email else "") if report.contacts else ()),
        ]


def _minutes(there: Attendance | None) -> Cell:
    if there is None:
        return None
    return _("not known") if there.minutes is None else there.minutes


def _yes(fact: bool) -> str:  # noqa: FBT001 — the fact itself is the question
    return str(_("Yes") if fact else _("No"))


def _count_heads() -> list[str]:
    return [
        *(pgettext("people", "Registered"), _("Attended"), _("Seen in the room"), _("Seen online")),
        *(_("Seen in the room and online"), _("Not seen")),
    ]


def _counted(count: Count) -> list[Cell]:
    return [count.registered, count.attended, count.room, count.online, count.both, count.absent]


def _countries(report: Report) -> Table:
    language = report.languages[0]
    named = [(country_name(code, language), code, count) for code, count in report.figures.countries.items() if code]
    named.sort(key=lambda row: (sort_key(row[0], language), row[1]))
    rows: list[list[Cell]] = [[name, code, *_counted(count)] for name, code, count in named]
    if "" in report.figures.countries:
        rows.append([_("No country given"), "", *_counted(report.figures.countries[""])])
    return _("By country"), [_("Country"), _("Code"), *_count_heads()], rows, (40, 8)


def _organisations(report: Report) -> Table:
    language = report.languages[0]
    rows: list[list[Cell]] = [
        [name, *_counted(count)]
        for name, count in sorted(report.organisations, key=lambda row: (row[0] == "", sort_key(row[0], language)))
    ]
    if rows and not rows[-1][0]:
        rows[-1][0] = _("No organisation")
    return _("By organisation"), [_("Organisation"), *_count_heads()], rows, (44,)


def _sessions(report: Report) -> Table:
    zone = ZoneInfo(report.zone)
    heads = [
        _("Session"),
        _("Begins (%(zone)s)", zone=report.zone),
        _("Ends (%(zone)s)", zone=report.zone),
        *(_("Signed up"), _("Seen in the room")),
    ]
    rows = [
        [
            text_in(one.title, report.languages).value,
            *(one.starts_at.astimezone(zone), one.ends_at.astimezone(zone)),
            *(one.signed_up, one.in_room),
        ]
        for one in report.sessions
    ]
    return _("By session"), heads, rows, (50, 18, 18)
