"""What was printed for whom: kept, read, and taken as the measure of what is new or changed."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import func, select

from inser_events.badges.models import BadgePrint, BadgeStanding
from inser_events.badges.selection import shown, version_of
from inser_events.database import db
from inser_events.events.models import Event
from inser_events.registration.models import Registration
from inser_events.registration.personal_data import plain
from inser_events.registration.queries import current_ticket

PAGE = 50
AT_ONCE = 500


class Printed(NamedTuple):
    """A badge as it went to paper."""

    registration_id: int
    shown: str
    ticket_id: int


class Page(NamedTuple):
    """One page of the log: prints with their registrations, the newest first."""

    rows: Sequence[Any]
    total: int
    number: int

    @property
    def pages(self) -> int:
        """How many pages there are, at least one."""
        return max(1, -(-self.total // PAGE))


def as_printed(registration: Registration) -> Printed:
    """What a badge of this registration shows now."""
    return Printed(registration.id, shown(registration), current_ticket(registration).id)


def note(
    event_id: int,
    badges: Sequence[Printed],
    *,
    at: datetime,
    actor: str,
    layout_name: str,
    run_id: int | None = None,
    reason: str = "",
) -> None:
    """Note that these badges were printed."""
    for start in range(0, len(badges), AT_ONCE):
        some = {badge.registration_id: badge for badge in badges[start : start + AT_ONCE]}
        # A person may have been erased while the badges were drawn.
        there = set(db.session.scalars(select(Registration.id).where(Registration.id.in_(some))))
        before = {
            standing.registration_id: standing
            for standing in db.session.scalars(select(BadgeStanding).where(BadgeStanding.registration_id.in_(there)))
        }
        for identity in some.keys() & there:
            badge = some[identity]
            db.session.add(
                BadgePrint(
                    event_id=event_id, registration_id=identity, run_id=run_id, printed_at=at, actor=actor,
                    layout_name=layout_name, version=version_of(badge.shown, badge.ticket_id), reason=reason,
                )
            )  # fmt: skip
            standing = before.get(identity)
            if standing is None:
                standing = BadgeStanding(registration_id=identity, event_id=event_id, times=0)
                db.session.add(standing)
            standing.shown, standing.ticket_id, standing.printed_at = badge.shown, badge.ticket_id, at
            standing.times += 1
        db.session.flush()  # what is written needs no place in memory any more


def standing_of(registration: Registration) -> BadgeStanding | None:
    """When and how often a badge was printed; None: never."""
    return db.session.get(BadgeStanding, registration.id)


def prints_of(registration: Registration) -> Sequence[BadgePrint]:
    """Every print of one person's badge, the newest first."""
    mine = select(BadgePrint).where(BadgePrint.registration_id == registration.id)
    return db.session.scalars(mine.order_by(BadgePrint.id.desc()).limit(100)).all()


def listing(event: Event, number: int) -> Page:
    """One page of the log."""
    mine = BadgePrint.event_id == event.id
    total = db.session.scalar(select(func.count()).select_from(BadgePrint).where(mine)) or 0
    number = min(max(1, number), max(1, -(-total // PAGE)))
    found = (
        select(
            BadgePrint.printed_at, BadgePrint.actor, BadgePrint.layout_name, BadgePrint.version, BadgePrint.reason,
            Registration.uid, Registration.given_name, Registration.family_name,
        )
        .join(Registration, Registration.id == BadgePrint.registration_id)
        .where(mine)
        .order_by(BadgePrint.id.desc())
        .limit(PAGE)
        .offset((number - 1) * PAGE)
    )  # fmt: skip
    return Page(db.session.execute(found).all(), total, number)


def told(registration: Registration) -> list[dict[str, Any]]:
    """What a person who asks for their data is told of their badges."""
    return [{"at": plain(one.printed_at), "layout": one.layout_name} for one in prints_of(registration)]


def forget(ids: Sequence[int]) -> None:
    """Take the texts of erased people out; that a badge was printed stays in the log."""
    for standing in db.session.scalars(select(BadgeStanding).where(BadgeStanding.registration_id.in_(ids))):
        standing.shown = ""
