"""Who was there, one by one: a page of people, and when each was seen where."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, func, or_, select
from werkzeug.datastructures import MultiDict

from inser_events.attendance.online import online_at, online_of
from inser_events.attendance.presence import attended
from inser_events.attendance.report_counts import seen_in_room
from inser_events.checkin.models import Direction, Scan
from inser_events.checkin.projection import Fact, passages
from inser_events.database import db
from inser_events.events.models import Event
from inser_events.people import search_index
from inser_events.registration.models import Registration, State

PAGE = 50
ATTENDED, ROOM, ONLINE, BOTH, ABSENT = "attended", "room", "online", "both", "absent"
CHOICES = ("", ATTENDED, ROOM, ONLINE, BOTH, ABSENT)


@dataclass(frozen=True)
class Wanted:
    """Which people the list shows; ``seen`` is one of `CHOICES`."""

    query: str = ""
    seen: str = ""
    page: int = 1


@dataclass(frozen=True)
class Page:
    """One page of the list."""

    rows: Sequence[Registration]
    total: int
    number: int

    @property
    def pages(self) -> int:
        """How many pages there are, at least one."""
        return max(1, -(-self.total // PAGE))


@dataclass(frozen=True, slots=True)
class Stay:
    """A time in one place. *area*: what a door leads to, or empty for online."""

    area: str
    since: datetime | None
    """None: let out without having been let in."""
    until: datetime | None
    """None: not known."""


@dataclass(slots=True)
class Trace:
    """When somebody was seen."""

    stays: list[Stay] = field(default_factory=list)
    days: set[date] = field(default_factory=set)
    """Days on which they were online at a time nobody knows."""
    moments: list[datetime] = field(default_factory=list)

    @property
    def first(self) -> datetime | None:
        """The first time."""
        return min(self.moments, default=None)

    @property
    def last(self) -> datetime | None:
        """The last time."""
        return max(self.moments, default=None)


def wanted_from(values: MultiDict[str, str]) -> Wanted:
    """What an address asks for; what it does not know counts for nothing."""
    seen = values.get("seen", "")
    return Wanted(
        query=values.get("q", "")[:100],
        seen=seen if seen in CHOICES else "",
        page=values.get("page", 1, type=int),
    )


def listing(event: Event, wanted: Wanted) -> Page:
    """One page, by family name."""
    chosen = select(Registration).where(*_fitting(event, wanted))
    total = db.session.scalar(chosen.with_only_columns(func.count())) or 0
    number = min(max(1, wanted.page), max(1, -(-total // PAGE)))
    # Only ids are put in order: rows are long, and a hundred thousand of them are many.
    ids = chosen.with_only_columns(Registration.id).order_by(
        Registration.family_name, Registration.given_name, Registration.id
    )
    shown = db.session.scalars(ids.limit(PAGE).offset((number - 1) * PAGE)).all()
    people = {one.id: one for one in db.session.scalars(select(Registration).where(Registration.id.in_(shown)))}
    return Page([people[one] for one in shown], total, number)


def reported(event: Event, *, everyone: bool) -> Select[Any]:
    """Ids of those whom a report names: who attended, or with *everyone* also who did not."""
    return select(Registration.id).where(*_fitting(event, Wanted(seen="" if everyone else ATTENDED)))


def _fitting(event: Event, wanted: Wanted) -> list[ColumnElement[bool]]:
    there = Registration.id.in_(attended(event).with_only_columns(Registration.id).order_by(None))
    in_room, online = Registration.id.in_(seen_in_room(event)), Registration.id.in_(online_at(event))
    confirmed = Registration.state == State.CONFIRMED
    narrowed: dict[str, list[ColumnElement[bool]]] = {
        "": [or_(confirmed, there)],
        ATTENDED: [there],
        ROOM: [confirmed, in_room],
        ONLINE: [there, online],
        BOTH: [confirmed, in_room, online],
        ABSENT: [confirmed, ~there],
    }
    found: list[ColumnElement[bool]] = [Registration.event_id == event.id, *narrowed[wanted.seen]]
    return [*found, *search_index.holding(Registration, wanted.query)]


def traces(event: Event, registration_ids: Sequence[int]) -> dict[int, Trace]:
    """When some people were seen, in order of time; who never was is not in the answer."""
    found: dict[int, Trace] = {}
    scans = select(Scan).where(Scan.event_id == event.id, Scan.registration_id.in_(registration_ids))
    walks: dict[int, list[Fact]] = {}
    for fact in passages(db.session.scalars(scans)):
        if fact.registration_id is not None:
            walks.setdefault(fact.registration_id, []).append(fact)
    zone = ZoneInfo(event.time_zone)
    for person, walk in walks.items():
        if any(fact.direction == Direction.IN for fact in walk):
            found[person] = Trace(_stays(walk, zone), moments=[fact.scanned_at for fact in walk])
    for person, online in online_of(event, registration_ids).items():
        trace = found.setdefault(person, Trace())
        trace.stays += [Stay("", since, until) for since, until in online.intervals]
        trace.moments += [moment for interval in online.intervals for moment in interval]
        trace.days |= {*online.days, *online.untimed}
    for trace in found.values():
        trace.stays.sort(key=lambda stay: (stay.since or stay.until or trace.moments[0], stay.area))
    return found


def _stays(walk: Sequence[Fact], zone: ZoneInfo) -> list[Stay]:
    """Entries with their exits, each area and each day for itself."""
    open_since: dict[tuple[str, date], datetime] = {}
    found: list[Stay] = []
    for fact in walk:
        where = fact.area, fact.scanned_at.astimezone(zone).date()
        if fact.direction == Direction.OUT:
            found.append(Stay(fact.area, open_since.pop(where, None), fact.scanned_at))
        else:
            open_since.setdefault(where, fact.scanned_at)
    return [*found, *(Stay(area, since, None) for (area, _day), since in open_since.items())]
