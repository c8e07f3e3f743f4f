"""Importing the report of a meeting: looked at first, then written whole or not at all, replaced or taken back."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from inser_events.attendance.errors import AlreadyImported, MeetingChanged, NobodyInReport
from inser_events.attendance.matching import Person, key_of, match, people_of
from inser_events.attendance.meeting_models import Matched, MeetingAttendee, MeetingImport, MeetingStay
from inser_events.attendance.meeting_queries import same_file
from inser_events.attendance.meetings.report import Connection, MeetingReport
from inser_events.audit import record
from inser_events.database import db
from inser_events.documents.text import one_line
from inser_events.events.models import Event
from inser_events.registration.import_plans import slices

AT_ONCE = 500
DRAFTS_KEPT = timedelta(days=1)
LONGEST_TITLE = 300
MOST_WARNINGS = 200


@dataclass(frozen=True)
class Given:
    """What whoever imports says of a file."""

    filename: str
    content: bytes
    zone: str
    day: date | None = None
    session_uid: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)


def open_meeting(event: Event, given: Given, report: MeetingReport | None, *, by: str, at: datetime) -> MeetingImport:
    """Keep what a report says of itself, to look at before it counts; *report*: None while its columns are unknown.

    Raises NobodyInReport.
    """
    old = MeetingImport.event_id == event.id, MeetingImport.imported_at.is_(None)
    db.session.execute(delete(MeetingImport).where(*old, MeetingImport.created_at < at - DRAFTS_KEPT))
    meeting = MeetingImport(
        event_id=event.id,
        session_uid=given.session_uid,
        filename=one_line(given.filename)[:200],
        sha256=sha256(given.content).hexdigest(),
        zone=given.zone,
        day=given.day,
        labels=dict(given.labels),
        actor=by,
        created_at=at,
    )
    if report is not None:
        describe(meeting, report)
    db.session.add(meeting)
    db.session.flush()  # the file is named after the uid
    return meeting


def describe(meeting: MeetingImport, report: MeetingReport) -> None:
    """Take over what a report says of itself. Raises NobodyInReport."""
    if not report.connections:
        raise NobodyInReport
    meeting.platform, meeting.title = str(report.platform), one_line(report.title)[:LONGEST_TITLE]
    meeting.started_at, meeting.ended_at = report.started_at, report.ended_at
    meeting.rows, meeting.people = len(report.connections), len(people_of(report))
    meeting.warnings = report.warnings[:MOST_WARNINGS]


def matched_people(event: Event, report: MeetingReport, replacing: MeetingImport | None = None) -> list[Person]:
    """The people of a report and who they are. What a person decided about the import it replaces holds on."""
    people = people_of(report)
    match(event, people)
    settled = _settled(replacing) if replacing else {}
    for one in people:
        before = settled.get(one.key)
        if before is not None and one.registration_id is None:
            one.registration_id, one.matched, one.aside = before.registration_id, before.matched, before.aside
    return people


def import_report(
    meeting: MeetingImport,
    report: MeetingReport,
    *,
    at: datetime,
    replacing: MeetingImport | None = None,
    progress: Callable[[int], None] = lambda _done: None,
) -> None:
    """Let a report count from now on, in the place of *replacing* if that is given. All or nothing.

    *progress* is told how many more people are written. Raises AlreadyImported, MeetingChanged, NobodyInReport.
    """
    describe(meeting, report)
    people = matched_people(meeting.event, report, replacing)
    if replacing is not None:
        _make_way(replacing)
    _claim(meeting, at)
    for some in slices(list(enumerate(people, 1)), AT_ONCE):
        _write(meeting, some)
        progress(len(some))
    facts: dict[str, Any] = {"title": meeting.title or meeting.filename, "people": len(people)}
    if replacing is not None:
        facts["replaces"] = True
    record("import meeting", meeting, event_id=meeting.event_id, after=facts)


def _make_way(old: MeetingImport) -> None:
    """Delete the import that is replaced; of two who replace it at once, the second is told."""
    gone = delete(MeetingImport).where(MeetingImport.id == old.id, MeetingImport.imported_at.is_not(None))
    if not getattr(db.session.execute(gone.execution_options(synchronize_session=False)), "rowcount", 0):
        raise MeetingChanged
    db.session.expunge(old)


def _claim(meeting: MeetingImport, at: datetime) -> None:
    """Let the file count, once: the unique digest refuses whoever imports it at the same moment."""
    mine = MeetingImport.id == meeting.id, MeetingImport.imported_at.is_(None)
    values = {"imported_at": at, "digest": meeting.sha256}
    db.session.flush()  # what the report says of itself is written before the row is read again
    try:
        with db.session.begin_nested():
            claimed = db.session.execute(update(MeetingImport).where(*mine).values(**values))
    except IntegrityError as error:
        first = same_file(meeting.event, meeting.sha256)
        raise AlreadyImported(first.uid if first else "") from error
    if not getattr(claimed, "rowcount", 0):
        raise MeetingChanged
    db.session.refresh(meeting)


def _settled(replaced: MeetingImport) -> dict[str, MeetingAttendee]:
    """About whom a person decided, by `Person.key`."""
    mine = select(MeetingAttendee).where(MeetingAttendee.import_id == replaced.id)
    return {
        key_of(one.name, one.email): one
        for one in db.session.scalars(mine)
        if one.aside or (one.registration_id is not None and one.matched in {Matched.NAME, Matched.HAND})
    }


def _write(meeting: MeetingImport, people: Sequence[tuple[int, Person]]) -> None:
    db.session.execute(insert(MeetingAttendee), [_row(meeting, place, one) for place, one in people])
    first, last = people[0][0], people[-1][0]
    mine = MeetingAttendee.import_id == meeting.id, MeetingAttendee.place.between(first, last)
    written = db.session.execute(select(MeetingAttendee.place, MeetingAttendee.id).where(*mine))
    numbers = dict(iter(written))
    stays = [_stay(numbers[place], connection) for place, one in people for connection in one.connections]
    db.session.execute(insert(MeetingStay), stays)


def _row(meeting: MeetingImport, place: int, one: Person) -> dict[str, Any]:
    return {
        "import_id": meeting.id,
        "event_id": meeting.event_id,
        "place": place,
        "name": one_line(one.name)[:200],
        "email": one.email[:254],
        "registration_id": one.registration_id,
        "matched": one.matched,
        "suggested_id": one.suggested_id,
        "exact": one.exact,
        "namesakes": one.namesakes,
        "aside": one.aside,
    }


def _stay(attendee_id: int, connection: Connection) -> dict[str, Any]:
    """A stay as it is kept: the end follows from the duration where only that is told."""
    joined, left, minutes = connection.joined_at, connection.left_at, connection.minutes
    if joined is not None and left is None and minutes is not None:
        left = joined + timedelta(minutes=minutes)
    return {
        "attendee_id": attendee_id, "row": connection.row, "joined_at": joined, "left_at": left, "minutes": minutes,
    }  # fmt: skip


def take_back(meeting: MeetingImport) -> None:
    """An import counts no more and is gone, or a draft is dropped."""
    if meeting.imported_at is not None:
        facts = {"title": meeting.title or meeting.filename, "people": meeting.people}
        record("take back meeting", meeting, event_id=meeting.event_id, before=facts)
    db.session.delete(meeting)
    db.session.flush()  # lists of attendance read the database
