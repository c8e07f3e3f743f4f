"""What a scan means. One pure decision, the same in static/js/scan/rules.js.

Both are driven by tests/vectors/checkin_rules.json: change the table first, then both.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

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
    """A checkpoint's rules. ``modes`` None: those with a place in the room; ``categories`` None: all."""

    direction: str = BOTH
    modes: Sequence[str] | None = None
    categories: Sequence[str] | None = None
    opens_at: datetime | None = None
    closes_at: datetime | None = None
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
    offline: bool = False
    shown: str = ""
    reason: str = ""
    before: Passage | None = None
    after: Passage | None = None


def decide(case: Case) -> Outcome:
    """What the door says."""
    refusal = _ticket_refusal(case)
    if refusal is not None:
        return refusal
    door = case.door
    if door is None or door.direction not in {BOTH, case.direction}:
        return Outcome.WRONG_CHECKPOINT
    if case.direction == Direction.OUT:
        return Outcome.LEFT  # whoever stands outside now is outside, whatever the rules for coming in
    refusal = _person_refusal(case, door)
    if refusal is None:
        return _entry(case)
    return Outcome.ADMITTED if _overridden(case, door, refusal) else refusal


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


def _person_refusal(case: Case, door: Door) -> Outcome | None:
    if case.ticket == KNOWN:
        if case.state == State.CANCELLED:
            return Outcome.CANCELLED
        if case.state != State.CONFIRMED:
            return Outcome.NOT_CONFIRMED
        if case.mode not in (IN_THE_ROOM if door.modes is None else door.modes):
            return Outcome.WRONG_MODE
        if door.categories is not None and case.category not in door.categories:
            return Outcome.WRONG_CHECKPOINT
    if (door.opens_at and case.at < door.opens_at) or (door.closes_at and case.at >= door.closes_at):
        return Outcome.WRONG_TIME
    return None


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
