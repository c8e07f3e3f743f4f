"""Who was there on each day of an event: let in at a door, or online. Counted by the database."""

from collections import Counter, defaultdict
from datetime import date, timedelta
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, and_, case, func, literal, select, union_all

from inser_events.attendance.meeting_models import MeetingAttendee, MeetingImport, MeetingStay, WayIn
from inser_events.attendance.report_counts import entries
from inser_events.checkin.models import Scan
from inser_events.checkin.tally import bounds
from inser_events.database import db
from inser_events.events.models import Event
from inser_events.registration.models import Registration, State

MOST_DAYS = 62
ELSEWHEN = -1


class DayCount(NamedTuple):
    """Who was there on a day. *room* and *online* both hold those who were in both; *people* holds them once."""

    day: date
    people: int
    room: int
    online: int
    groups: frozenset[str]
    """Keys of the delegations of whom somebody was there."""


def days(event: Event) -> list[DayCount]:
    """The days on which somebody was there, on the event's calendar, a day before and after it included.

    A stay online belongs to the day on which it began; without a time, to that of its report.
    """
    first = event.starts_on - timedelta(days=1)
    each_day = [first + timedelta(days=one) for one in range(min((event.ends_on - first).days + 2, MOST_DAYS))]
    seen = union_all(_let_in(event, each_day), _stayed(event, each_day), _went(event, each_day)).subquery()
    place, group, person, in_room = seen.c
    people = (
        select(place, group, person, func.max(in_room).label("in_room"), func.max(1 - in_room).label("was_online"))
        .where(place > ELSEWHEN)
        .group_by(place, group, person)
        .subquery()
    )
    totals: defaultdict[int, Counter[str]] = defaultdict(Counter)
    groups: defaultdict[int, set[str]] = defaultdict(set)
    sums = func.count(), func.sum(people.c.in_room), func.sum(people.c.was_online)
    for number, key, *counts in db.session.execute(
        select(people.c[0], people.c[1], *sums).group_by(people.c[0], people.c[1])
    ):
        totals[number].update(dict(zip(("people", "room", "online"), counts, strict=True)))
        groups[number].update({key} - {""})
    return [DayCount(each_day[one], **totals[one], groups=frozenset(groups[one])) for one in sorted(totals)]


def _let_in(event: Event, each_day: list[date]) -> Select[*tuple[Any, ...]]:
    return (
        select(
            _on(event, each_day, Scan.scanned_at).label("place"), Registration.group_key, Registration.id, literal(1)
        )
        .join(Registration, Registration.id == Scan.registration_id)
        .where(*entries(event), Registration.state == State.CONFIRMED)
    )


def _stayed(event: Event, each_day: list[date]) -> Select[*tuple[Any, ...]]:
    began = func.coalesce(MeetingStay.joined_at, MeetingImport.started_at)
    untimed = _of_date(each_day, func.coalesce(MeetingImport.day, event.starts_on))
    return (
        select(case((began.is_(None), untimed), else_=_on(event, each_day, began)), *_someone_online())
        .select_from(MeetingStay)
        .join(MeetingAttendee, MeetingAttendee.id == MeetingStay.attendee_id)
        .join(MeetingImport, MeetingImport.id == MeetingAttendee.import_id)
        .join(Registration, Registration.id == MeetingAttendee.registration_id)
        .where(MeetingAttendee.event_id == event.id, MeetingAttendee.aside.is_(False), _may_be_online())
    )


def _went(event: Event, each_day: list[date]) -> Select[*tuple[Any, ...]]:
    return (
        select(_of_date(each_day, WayIn.day), *_someone_online())
        .select_from(WayIn)
        .join(Registration, Registration.id == WayIn.registration_id)
        .where(WayIn.event_id == event.id, _may_be_online())
    )


def _someone_online() -> tuple[Any, ...]:
    return Registration.group_key, Registration.id, literal(0)


def _may_be_online() -> ColumnElement[bool]:
    """Those who wait for a seat in the room have access meanwhile."""
    return Registration.state.in_((State.CONFIRMED, State.WAITLISTED))


def _on(event: Event, each_day: list[date], moment: Any) -> ColumnElement[int]:
    limits = [bounds(event, day) for day in each_day]
    spans = [(and_(moment >= begin, moment < end), place) for place, (begin, end) in enumerate(limits)]
    return case(*spans, else_=ELSEWHEN)


def _of_date(each_day: list[date], day: Any) -> ColumnElement[int]:
    return case(*((day == one, place) for place, one in enumerate(each_day)), else_=ELSEWHEN)
