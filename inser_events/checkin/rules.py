"""What a scan means. One pure decision, the same in static/js/scan/rules.js.

Both are driven by tests/vectors/checkin_rules.json: change the table first, then both.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from inser_events.checkin.models import BOTH, Direction, Outcome
from inser_events.events.models import Mode
from inser_events.registration.models import State

KNOWN = "known"
"""The ticket is genuine and its registration is known."""
REVOKED = "revoked"
"""Genuine, but another ticket has replaced it."""
AUTHENTIC = "authentic"
"""Genuine, but issued after this device's snapshot: the server settles it later."""
UNKNOWN = "unknown"
"""Not a ticket of this event."""

IN_THE_ROOM = (Mode.IN_PERSON,)
OVERRIDABLE = frozenset({Outcome.NOT_CONFIRMED, Outcome.WRONG_MODE, Outcome.WRONG_CHECKPOINT, Outcome.WRONG_TIME})


@dataclass(frozen=True, slots=True)
class Door:
    """A checkpoint's rules. ``modes`` None: those with a place in the room; any other None: no rule of that kind.

    ``days`` and ``hours`` are those of the clock on the wall in ``zone``; hours that end before they begin last past
    midnight and belong to the day they began on.
    """

    direction: str = BOTH
    modes: Sequence[str] | None = None
    categories: Sequence[str] | None = None
    sessions: Sequence[str] | None = None
    """Only those who have a seat in one of these sessions."""
    opens_at: datetime | None = None
    closes_at: datetime | None = None
    days: Sequence[date] | None = None
    hours: tuple[time, time] | None = None
    zone: ZoneInfo | None = None
    override: bool = False
    """Whether staff may let people in against the rules, giving a reason."""


@dataclass(frozen=True, slots=True)
class Passage:
    """Another passage of the same person in the same area on the same day."""

    direction: str
    same_device: bool


@dataclass(frozen=True, slots=True)
class Undone:
    """The scan that another one takes back, and until when that may be done."""

    direction: str
    at: datetime
    until: datetime
    same_ticket: bool = True


@dataclass(frozen=True, slots=True)
class Case:
    """Everything that a decision depends on.

    A scan that is decided at once (``offline`` false) has in ``before`` the last passage known. One that was decided
    by its device alone and is judged afterwards (``offline`` true) has in ``before`` and ``after`` its neighbours in
    time.
    """

    ticket: str
    direction: str
    at: datetime
    door: Door | None
    state: str = State.CONFIRMED
    mode: str = Mode.IN_PERSON
    category: str = ""
    sessions: Sequence[str] = ()
    """Where the person has a seat."""
    offline: bool = False
    shown: str = ""
    reason: str = ""
    before: Passage | None = None
    after: Passage | None = None


class Verdict(NamedTuple):
    """What the door says, and why, as a word of the table: the outcome alone may have several causes."""

    outcome: Outcome
    detail: str = ""


def decide(case: Case) -> Verdict:
    """What the door says."""
    refusal = _ticket_refusal(case)
    if refusal is not None:
        return Verdict(refusal)
    door = case.door
    if door is None:
        return Verdict(Outcome.WRONG_CHECKPOINT, "no_door")
    if door.direction not in {BOTH, case.direction}:
        return Verdict(Outcome.WRONG_CHECKPOINT, "exit_only" if case.direction == Direction.IN else "entrance_only")
    if case.direction == Direction.OUT:
        return Verdict(Outcome.LEFT)  # whoever stands outside now is outside, whatever the rules for coming in
    refused = _person_refusal(case, door)
    if refused is None:
        return Verdict(_entry(case))
    return Verdict(Outcome.ADMITTED) if _overridden(case, door, refused.outcome) else refused


def decide_undo(target: Undone | None, at: datetime) -> Outcome:
    """What the door says when a scan is taken back. *target* None: that scan has not arrived here yet."""
    if target is None:
        return Outcome.LEFT
    if not target.same_ticket:
        return Outcome.UNKNOWN_TICKET
    if not target.at <= at <= target.until:
        return Outcome.WRONG_TIME
    return Outcome.ADMITTED if target.direction == Direction.OUT else Outcome.LEFT


def _ticket_refusal(case: Case) -> Outcome | None:
    if case.ticket == UNKNOWN:
        return Outcome.UNKNOWN_TICKET
    if case.ticket == REVOKED:
        return Outcome.CANCELLED if case.state == State.CANCELLED else Outcome.REVOKED
    return None


def _person_refusal(case: Case, door: Door) -> Verdict | None:
    if case.ticket == KNOWN:
        if case.state == State.CANCELLED:
            return Verdict(Outcome.CANCELLED)
        if case.state != State.CONFIRMED:
            return Verdict(Outcome.NOT_CONFIRMED)
        if case.mode not in (IN_THE_ROOM if door.modes is None else door.modes):
            return Verdict(Outcome.WRONG_MODE, "in_the_room" if case.mode == Mode.IN_PERSON else "")
        if door.categories is not None and case.category not in door.categories:
            return Verdict(Outcome.WRONG_CHECKPOINT, "category")
        if door.sessions is not None and not set(door.sessions).intersection(case.sessions):
            return Verdict(Outcome.WRONG_CHECKPOINT, "not_signed_up")
    detail = _wrong_time(case.at, door)
    return Verdict(Outcome.WRONG_TIME, detail) if detail else None


def _wrong_time(at: datetime, door: Door) -> str:
    """Why this is not the time; nothing when it is."""
    if door.opens_at and at < door.opens_at:
        return "too_early"
    if door.closes_at and at >= door.closes_at:
        return "too_late"
    if door.days is None and door.hours is None:
        return ""
    local = at.astimezone(door.zone or UTC)
    day, clock = local.date(), local.time()
    begin, end = door.hours or (time.min, time.max)
    past_midnight = end <= begin
    if past_midnight and clock < end:
        day -= timedelta(days=1)
    if door.days is not None and day not in door.days:
        return "other_day"
    if door.hours is None or (past_midnight and (clock >= begin or clock < end)):
        return ""
    return "too_early" if clock < begin else "too_late" if clock >= end else ""


def _overridden(case: Case, door: Door, refusal: Outcome) -> bool:
    return door.override and bool(case.reason.strip()) and refusal in OVERRIDABLE


def _entry(case: Case) -> Outcome:
    before = case.before if case.before is not None and case.before.direction == Direction.IN else None
    if not case.offline:
        return Outcome.ADMITTED if before is None else Outcome.ALREADY_IN
    if case.shown == Outcome.ALREADY_IN:
        return Outcome.ALREADY_IN
    if before is not None:
        return Outcome.ALREADY_IN if before.same_device else Outcome.CONFLICT
    came_later = case.after is not None and case.after.direction == Direction.IN and not case.after.same_device
    return Outcome.CONFLICT if came_later else Outcome.ADMITTED
