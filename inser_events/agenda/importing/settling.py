"""What can only be settled with the whole file in view: repeated ids, missing lengths, sessions given twice."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from flask_babel import ngettext

from inser_events.agenda.importing.report import Report
from inser_events.agenda.importing.tree import ReadSession, Tree
from inser_events.agenda.pasting import DEFAULT_MINUTES
from inser_events.agenda.timing import LONGEST

MOST_SESSIONS = 10_000
LONGEST_GAP = 3 * 60
"""Minutes up to the next session that are taken for the length of one that has none."""


def settle(tree: Tree, report: Report) -> Tree:
    """The tree with every session's key and length; what is there twice is left out."""
    sessions = _with_lengths(_each_once(tree.sessions, report), tree.event.zone, report)
    return replace(tree, sessions=tuple(_with_keys(sessions, report)))


def _each_once(sessions: Iterable[ReadSession], report: Report) -> list[ReadSession]:
    kept: list[ReadSession] = []
    seen: set[tuple[object, ...]] = set()
    for session in sessions:
        facts = (session.guid or session.number, session.title, session.starts_at, session.room)
        if facts in seen and facts[0]:
            report.left_out("given-twice", session.where, _("The same session stands in the file before."))
        else:
            seen.add(facts)
            kept.append(session)
    if len(kept) > MOST_SESSIONS:
        report.broken("too-many", "", _("More than %(most)s sessions.", most=MOST_SESSIONS))
    return kept


def _with_lengths(sessions: list[ReadSession], zone: str, report: Report) -> list[ReadSession]:
    """Nothing lasts no time, and nothing more than a day."""
    starts: dict[str, list[datetime]] = {}
    for session in sessions:
        starts.setdefault(session.room, []).append(session.starts_at)
    clock = ZoneInfo(zone)
    return [_with_length(session, starts[session.room], clock, report) for session in sessions]


def _with_length(session: ReadSession, starts: list[datetime], clock: ZoneInfo, report: Report) -> ReadSession:
    if 0 < session.minutes <= LONGEST:
        return session
    if session.minutes > LONGEST:
        report.mended(
            "too-long", session.where, _("It lasts %(said)s minutes; 24 hours were taken.", said=session.minutes)
        )
        return replace(session, minutes=LONGEST)
    later = [start for start in starts if start > session.starts_at]
    gap = int((min(later) - session.starts_at).total_seconds()) // 60 if later else 0
    same_day = later and min(later).astimezone(clock).date() == session.starts_at.astimezone(clock).date()
    minutes = gap if same_day and 0 < gap <= LONGEST_GAP else DEFAULT_MINUTES
    taken = ngettext(
        "Its length is not given; one minute was taken.",
        "Its length is not given; %(num)s minutes were taken.",
        minutes,
    )
    report.mended("length-missing", session.where, taken)
    return replace(session, minutes=minutes)


def _with_keys(sessions: list[ReadSession], report: Report) -> Iterable[ReadSession]:
    """A key for each: its guid, else its number, else its title and start; the second of one id gets another."""
    guids = Counter(session.guid for session in sessions if session.guid)
    numbers = Counter(session.number for session in sessions if session.number)
    taken: Counter[str] = Counter()
    for session in sorted(sessions, key=lambda session: session.starts_at):
        number = session.number if numbers[session.number] == 1 else ""
        if session.number and not number and not session.guid:
            _tell_repeated(session, session.number, report)
        if guids[session.guid] > 1:
            _tell_repeated(session, session.guid, report)
        wanted = session.guid or (f"number:{number}" if number else f"{session.title}@{session.starts_at.isoformat()}")
        taken[wanted] += 1
        again = taken[wanted] > 1
        yield replace(
            session,
            key=f"{wanted}#{taken[wanted]}" if again else wanted,
            guid="" if again else session.guid,
            number=number,
        )


def _tell_repeated(session: ReadSession, shared: str, report: Report) -> None:
    report.mended(
        "id-repeated",
        session.where,
        _("Other sessions have the same id %(id)s; each got one of its own.", id=shared),
    )
