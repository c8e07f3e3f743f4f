"""What is known of people's presence online: stays from reports of meetings, and ways into the call."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Select, delete, select, union, update

from inser_events.addresses import folded_email
from inser_events.attendance.meeting_models import MeetingAttendee, MeetingImport, MeetingStay, WayIn
from inser_events.database import db
from inser_events.events.models import Event
from inser_events.registration.models import Registration
from inser_events.registration.personal_data import NOBODY, plain

Interval = tuple[datetime, datetime]


@dataclass(slots=True)
class Online:
    """One person's presence online. Intervals may overlap: two devices, or a report and another."""

    intervals: list[Interval] = field(default_factory=list)
    untimed: dict[date, dict[int, float]] = field(default_factory=dict)
    """Minutes that a report declares without saying when: by day, and by import the longest of the person's devices,
    because nobody knows whether two of them were there one after the other."""
    days: set[date] = field(default_factory=set)
    """Days on which they were there for a time nobody knows."""


def online_ids() -> Select[Any]:
    """Ids of the registrations of everybody known to have been online, at whatever event."""
    known = union(
        select(MeetingAttendee.registration_id).where(
            MeetingAttendee.registration_id.is_not(None), MeetingAttendee.aside.is_(False)
        ),
        select(WayIn.registration_id),
    ).subquery()
    return select(known.c[0])


def online_at(event: Event) -> Select[Any]:
    """The same, at one event."""
    known = union(
        select(MeetingAttendee.registration_id).where(
            MeetingAttendee.event_id == event.id,
            MeetingAttendee.registration_id.is_not(None),
            MeetingAttendee.aside.is_(False),
        ),
        select(WayIn.registration_id).where(WayIn.event_id == event.id),
    ).subquery()
    return select(known.c[0])


def online_of(event: Event, registration_ids: Sequence[int]) -> dict[int, Online]:
    """What is known of some people of an event; who was never online is not in the answer."""
    zone, found = ZoneInfo(event.time_zone), defaultdict[int, Online](Online)
    for one in db.session.execute(_stays(registration_ids, event.id)):
        person = found[one.registration_id]
        began = one.joined_at or one.started_at
        day = began.astimezone(zone).date() if began else one.day or event.starts_on
        if one.joined_at is not None and one.left_at is not None:
            person.intervals.append((one.joined_at, max(one.joined_at, one.left_at)))
        elif one.minutes is not None:
            of_day = person.untimed.setdefault(day, {})
            of_day[one.import_id] = max(of_day.get(one.import_id, 0.0), one.minutes)
        else:
            person.days.add(day)
    ways = select(WayIn.registration_id, WayIn.day).where(WayIn.registration_id.in_(registration_ids))
    for registration_id, day in db.session.execute(ways.where(WayIn.event_id == event.id)):
        found[registration_id].days.add(day)
    return dict(found)


def _stays(registration_ids: Sequence[int], event_id: int) -> Select[*tuple[Any, ...]]:
    return (
        select(
            *(MeetingAttendee.registration_id, MeetingAttendee.import_id),
            *(MeetingStay.joined_at, MeetingStay.left_at, MeetingStay.minutes),
            *(MeetingImport.started_at, MeetingImport.day),
        )
        .join(MeetingStay, MeetingStay.attendee_id == MeetingAttendee.id)
        .join(MeetingImport, MeetingImport.id == MeetingAttendee.import_id)
        .where(
            MeetingAttendee.event_id == event_id,
            MeetingAttendee.registration_id.in_(registration_ids),
            MeetingAttendee.aside.is_(False),
        )
    )


def length(intervals: Iterable[Interval]) -> timedelta:
    """How long they are together."""
    return sum((end - start for start, end in intervals), timedelta())


def told(registration: Registration) -> list[dict[str, Any]]:
    """What is kept of a person's presence online, for them."""
    mine = (
        select(MeetingAttendee.name, MeetingAttendee.email, MeetingImport.title,
               MeetingStay.joined_at, MeetingStay.left_at, MeetingStay.minutes)
        .join(MeetingStay, MeetingStay.attendee_id == MeetingAttendee.id)
        .join(MeetingImport, MeetingImport.id == MeetingAttendee.import_id)
        .where(MeetingAttendee.registration_id == registration.id)
        .order_by(MeetingStay.id)
    )  # fmt: skip
    stays = [{name: plain(value) for name, value in row._mapping.items()} for row in db.session.execute(mine)]  # noqa: SLF001 — SQLAlchemy's own name for a row's columns
    ways = db.session.scalars(select(WayIn).where(WayIn.registration_id == registration.id).order_by(WayIn.day))
    return [
        *stays,
        *({"opened_at": plain(one.first_at), "last_at": plain(one.last_at), "times": one.times} for one in ways),
    ]


def forget_people(ids: Sequence[int]) -> None:
    """Take away how people were called in meetings; how long somebody was there is still known by number."""
    own = Registration.id.in_(ids), Registration.through_focal_point.is_(False), Registration.email != ""
    people = db.session.execute(select(Registration.event_id, Registration.email).where(*own)).all()
    emptied = update(MeetingAttendee).values(name=NOBODY, email="")
    db.session.execute(emptied.where(MeetingAttendee.registration_id.in_(ids)))
    # Who was not matched yet may stand there with the address or the name by which they are registered.
    events, addresses = {one.event_id for one in people}, {folded_email(one.email) for one in people}
    theirs = MeetingAttendee.event_id.in_(events), MeetingAttendee.email.in_(addresses)
    db.session.execute(emptied.where(*theirs, MeetingAttendee.registration_id.is_(None)))
    perhaps = MeetingAttendee.suggested_id.in_(ids)
    db.session.execute(emptied.where(perhaps, MeetingAttendee.registration_id.is_(None)))
    db.session.execute(update(MeetingAttendee).where(perhaps).values(suggested_id=None))


def something_left(event: Event) -> bool:
    """Whether reports of an event's meetings still say who somebody is."""
    named = select(MeetingAttendee.id).where(MeetingAttendee.event_id == event.id, MeetingAttendee.name != NOBODY)
    drafts = select(MeetingImport.id).where(MeetingImport.event_id == event.id, MeetingImport.imported_at.is_(None))
    return any(db.session.scalar(one.limit(1)) is not None for one in (named, drafts))


def forget_event(event: Event) -> dict[str, int]:
    """Take the names out of all reports of an event; returns of how many."""
    named = MeetingAttendee.event_id == event.id, MeetingAttendee.name != NOBODY
    people = getattr(
        db.session.execute(update(MeetingAttendee).where(*named).values(name=NOBODY, email="")), "rowcount", 0
    )
    mine = MeetingImport.event_id == event.id
    db.session.execute(delete(MeetingImport).where(mine, MeetingImport.imported_at.is_(None)))
    db.session.execute(update(MeetingImport).where(mine).values(filename="", warnings=[]))
    return {"people": int(people)}


def hand_over(ended_id: int, kept_id: int) -> None:
    """What is known of one registration of a person belongs to the other from now on."""
    for column in (MeetingAttendee.registration_id, MeetingAttendee.suggested_id):
        db.session.execute(update(MeetingAttendee).where(column == ended_id).values({column: kept_id}))
    for one in db.session.scalars(select(WayIn).where(WayIn.registration_id == ended_id)).all():
        same = db.session.get(WayIn, (kept_id, one.day))
        if same is None:
            one.registration_id = kept_id
            continue
        same.first_at, same.last_at = min(same.first_at, one.first_at), max(same.last_at, one.last_at)
        same.times += one.times
        db.session.delete(one)
