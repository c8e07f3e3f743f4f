"""Finding imported reports of meetings and the people in them."""

from collections.abc import Mapping, Sequence
from datetime import date
from enum import StrEnum
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, and_, case, func, select
from sqlalchemy.orm import selectinload

from inser_events.agenda.models import Session
from inser_events.attendance.errors import NoSuchMeeting, NoSuchSession
from inser_events.attendance.meeting_models import MeetingAttendee, MeetingImport
from inser_events.database import db, find_or_raise
from inser_events.events.models import Event
from inser_events.events.queries import of_event

PAGE = 50


class Standing(StrEnum):
    """What is known of somebody in a report."""

    SUGGESTED = "suggested"
    UNKNOWN = "unknown"
    MATCHED = "matched"
    ASIDE = "aside"


def standing(kind: Standing) -> ColumnElement[bool]:
    """Who stands so, as a condition."""
    if kind == Standing.ASIDE:
        return MeetingAttendee.aside.is_(True)
    here = MeetingAttendee.aside.is_(False)
    if kind == Standing.MATCHED:
        return and_(here, MeetingAttendee.registration_id.is_not(None))
    open_ = and_(here, MeetingAttendee.registration_id.is_(None))
    known = MeetingAttendee.suggested_id.is_not(None)
    return and_(open_, known if kind == Standing.SUGGESTED else ~known)


def find_meeting(event: Event, uid: str) -> MeetingImport:
    """One of the event's reports. Raises NoSuchMeeting."""
    return of_event(MeetingImport, event, uid, NoSuchMeeting)


def find_attendee(meeting: MeetingImport, number: int) -> MeetingAttendee:
    """Somebody of a report. Raises NoSuchMeeting."""
    mine = select(MeetingAttendee).where(MeetingAttendee.id == number, MeetingAttendee.import_id == meeting.id)
    return find_or_raise(mine, NoSuchMeeting)


def find_session(event: Event, uid: str) -> Session:
    """A session of the agenda. Raises NoSuchSession."""
    return of_event(Session, event, uid, NoSuchSession)


def sessions_of(event: Event) -> Sequence[Session]:
    """The sessions a call can have been for, in their order."""
    mine = select(Session).where(Session.event_id == event.id)
    return db.session.scalars(mine.order_by(Session.starts_at, Session.id)).all()


def meetings_of(event: Event, *, limit: int = 100) -> Sequence[MeetingImport]:
    """The imported reports, newest first."""
    mine = select(MeetingImport).where(MeetingImport.event_id == event.id, MeetingImport.imported_at.is_not(None))
    return db.session.scalars(
        mine.order_by(MeetingImport.imported_at.desc(), MeetingImport.id.desc()).limit(limit)
    ).all()


def same_file(event: Event, sha256: str) -> MeetingImport | None:
    """The import of this very file, if it counts."""
    mine = MeetingImport.event_id == event.id, MeetingImport.digest == sha256
    return db.session.scalar(select(MeetingImport).where(*mine))


def same_meeting(meeting: MeetingImport) -> MeetingImport | None:
    """The import of an earlier report of this meeting: the same file, or the same title and beginning."""
    same = same_file(meeting.event, meeting.sha256)
    if same is not None or meeting.started_at is None:
        return same
    mine = select(MeetingImport).where(
        MeetingImport.event_id == meeting.event_id,
        MeetingImport.imported_at.is_not(None),
        MeetingImport.title == meeting.title,
        MeetingImport.started_at == meeting.started_at,
    )
    return db.session.scalar(mine.order_by(MeetingImport.id.desc()).limit(1))


def standings(meeting_ids: Sequence[int]) -> Mapping[int, Mapping[str, int]]:
    """How many people stand how, by report."""
    kind = case(*((standing(one), str(one)) for one in Standing))
    rows = db.session.execute(
        select(MeetingAttendee.import_id, kind, func.count())
        .where(MeetingAttendee.import_id.in_(meeting_ids))
        .group_by(MeetingAttendee.import_id, kind)
    )
    found = {number: dict.fromkeys(map(str, Standing), 0) for number in meeting_ids}
    for number, name, count in rows:
        found[number][name] = count
    return found


def attendees(meeting: MeetingImport, kind: Standing, page: int) -> Sequence[MeetingAttendee]:
    """A page of the people of a report who stand so, in the order of the file."""
    mine = select(MeetingAttendee).where(MeetingAttendee.import_id == meeting.id, standing(kind))
    mine = mine.options(selectinload(MeetingAttendee.registration), selectinload(MeetingAttendee.suggested))
    return db.session.scalars(mine.order_by(MeetingAttendee.place).limit(PAGE).offset((page - 1) * PAGE)).all()


def day_of(event: Event, session_uid: str) -> date | None:
    """The day of a meeting, where it follows from the agenda: that of its session, or of an event of one day."""
    if session_uid:
        return find_session(event, session_uid).starts_at.astimezone(ZoneInfo(event.time_zone)).date()
    return event.starts_on if event.starts_on == event.ends_on else None
