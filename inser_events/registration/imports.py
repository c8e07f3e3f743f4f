"""Importing registrations from a table: what each row would do, and doing it, all or nothing.

People are found by their address. A row changes only what it says: an empty cell leaves things as they are.
Thousands of rows come at once, so new people are seated and written in bulk, by the same rules as one at a time.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, TypeVar

from flask_babel import gettext as _
from sqlalchemy import or_, select, update

from inser_events.audit import record
from inser_events.database import db
from inser_events.events.models import Event, Seats
from inser_events.registration import operations
from inser_events.registration.capacity_models import CategorySeats
from inser_events.registration.import_reading import Defaults, Row
from inser_events.registration.models import Registration, State, Ticket
from inser_events.registration.questions import settings_of
from inser_events.registration.seating import lock_seats, place, promote_waiting
from inser_events.tokens import new_ticket_number

AT_ONCE = 500
TEXTS = ("honorific", "given_name", "family_name", "name_latin", "organisation", "job_title", "country")
COMPARED = (*TEXTS, "language", "category", "listed", "mode")
"""What a row can change of someone who is registered already."""
T = TypeVar("T")


class Outcome(StrEnum):
    """What a row does."""

    NEW = "new"
    CHANGED = "changed"
    SAME = "same"
    FAULTY = "faulty"


DOES_SOMETHING = frozenset({Outcome.NEW, Outcome.CHANGED})


@dataclass(frozen=True)
class Planned:
    """A row and what it would do. ``changes``: field → what stands there now and what the row says."""

    row: Row
    outcome: Outcome
    problems: Sequence[str] = ()
    changes: Mapping[str, tuple[Any, Any]] = field(default_factory=dict)
    registration_id: int | None = None


def planned(event: Event, rows: Sequence[Row], defaults: Defaults) -> list[Planned]:
    """What each row would do now, in the order of the table."""
    known = _registered(event, {row.email for row in rows if row.email})
    last = {row.email: row.number for row in rows if row.email}
    offered = {str(mode) for mode in event.modes}
    plan = []
    for row in rows:
        problems = [*row.problems, *_problems(row, last, known, offered, defaults)]
        person = known.get(row.email)
        if problems:
            plan.append(Planned(row, Outcome.FAULTY, problems))
        elif person is None:
            plan.append(Planned(row, Outcome.NEW))
        else:
            changes = {
                name: (person[name], value)
                for name, value in row.values.items()
                if name in COMPARED and person[name] != value
            }
            outcome = Outcome.CHANGED if changes else Outcome.SAME
            plan.append(Planned(row, outcome, changes=changes, registration_id=person["id"]))
    return plan


def _registered(event: Event, emails: set[str]) -> dict[str, Mapping[str, Any]]:
    """Those who are registered already, by folded address."""
    columns = [getattr(Registration, name) for name in ("id", "active_email", *COMPARED)]
    found: dict[str, Mapping[str, Any]] = {}
    for some in _slices(sorted(emails), AT_ONCE):
        mine = select(*columns).where(Registration.event_id == event.id, Registration.active_email.in_(some))
        found |= {row["active_email"]: row for row in db.session.execute(mine).mappings()}
    return found


def _problems(
    row: Row, last: Mapping[str, int], known: Mapping[str, Any], offered: set[str], defaults: Defaults
) -> Iterator[str]:
    if row.email and last[row.email] != row.number:
        yield _("Row %(number)s has the same address; that one counts.", number=last[row.email])
    if row.email and row.email not in known and "family_name" not in row.values:
        yield _("There is no name.")
    mode = row.values.get("mode", defaults.mode if row.email not in known else "")
    if mode and mode not in offered:
        yield _("This event does not offer that way of taking part.")


def counted(plan: Sequence[Planned]) -> dict[str, int]:
    """How many rows do what."""
    numbers = Counter(one.outcome for one in plan)
    return {str(outcome): numbers[outcome] for outcome in Outcome}


def chosen_of(plan: Sequence[Planned], numbers: Sequence[int] | None) -> list[Planned]:
    """The rows that do something, of those chosen; None chooses all."""
    wanted = None if numbers is None else set(numbers)
    return [one for one in plan if one.outcome in DOES_SOMETHING and (wanted is None or one.row.number in wanted)]


def hold(event: Event) -> None:
    """Hold the event's seats, so that nobody registers between planning and writing."""
    lock_seats(event.id)


def carry_out(
    event: Event,
    plan: Sequence[Planned],
    defaults: Defaults,
    *,
    at: datetime,
    progress: Callable[[int], None] = lambda _done: None,
) -> None:
    """Write the rows of a plan made in this transaction, after `hold`. *progress* is told how many are done."""
    done = 0
    new = [one.row for one in plan if one.outcome == Outcome.NEW]
    changed = [one for one in plan if one.outcome == Outcome.CHANGED]
    seated = None if _has_shares(event) else _seated(event, new, defaults)
    for rows in _slices(new, AT_ONCE):
        _enter(event, rows, defaults, seated, at)
        progress(done := done + len(rows))
    if new and seated is None:
        for mode in event.modes:
            promote_waiting(event.id, mode, at=at)
    for some in _slices(changed, AT_ONCE):
        _change(some, at)
        progress(done := done + len(some))


def _has_shares(event: Event) -> bool:
    """Whether categories or organisations have seats of their own: then people are seated one by one."""
    limited = select(CategorySeats.id).where(CategorySeats.event_id == event.id).limit(1)
    return settings_of(event.id).organisation_cap is not None or db.session.scalar(limited) is not None


def _seated(event: Event, rows: Sequence[Row], defaults: Defaults) -> set[int]:
    """Take seats for new people in the order of the table; the numbers of the rows that got one."""
    seated: set[int] = set()
    for mode in event.modes:
        numbers = [row.number for row in rows if row.values.get("mode", defaults.mode) == mode]
        seated |= set(numbers[: _take_seats(event.id, mode, len(numbers))])
    return seated


def _take_seats(event_id: int, mode: str, wanted: int) -> int:
    """Take as many seats as there are, queue for the others; how many were taken.

    The condition of the UPDATE names what was read, so it cannot oversell whoever comes in between.
    """
    while True:
        mine = Seats.event_id == event_id, Seats.mode == mode
        capacity, taken, waiting = db.session.execute(
            select(Seats.capacity, Seats.taken, Seats.waiting).where(*mine)
        ).one()
        free = wanted if capacity is None else 0 if waiting else max(0, capacity - taken)
        seats = min(wanted, free)
        still_so = (
            Seats.taken == taken,
            Seats.waiting == waiting,
            or_(Seats.capacity.is_(None), Seats.capacity == capacity),
        )
        written = db.session.execute(
            update(Seats)
            .where(*mine, *still_so)
            .values(taken=taken + seats, waiting=waiting + wanted - seats)
            .returning(Seats.id)
        )
        if written.scalar() is not None:
            return seats


def _enter(event: Event, rows: Sequence[Row], defaults: Defaults, seated: set[int] | None, at: datetime) -> None:
    """Write new people. *seated*: the rows that got a seat; None: each is seated as if registered alone."""
    fallback = dict.fromkeys(TEXTS, "") | asdict(defaults)
    entered = []
    numbers = _ticket_numbers(len(rows))
    for row, number in zip(rows, numbers, strict=True):
        registration = Registration(
            event_id=event.id,
            active_email=row.email,
            created_at=at,
            is_sample=event.is_sample,
            **(fallback | row.values),
        )
        if seated is None:
            place(registration, at=at)
        else:
            _put(registration, seat=row.number in seated, at=at)
        registration.search_text = operations.searchable(registration)
        registration.tickets.append(Ticket(number=number, issued_at=at))
        entered.append(registration)
    db.session.add_all(entered)
    db.session.flush()  # the audit entries need the ids
    for registration in entered:
        after = {"mode": registration.mode, "state": registration.state}
        record("import registration", registration, event_id=event.id, after=after)
    db.session.flush()  # what is written can leave the memory: ten thousand people would fill it
    for registration in entered:
        db.session.expunge(registration)


def _put(registration: Registration, *, seat: bool, at: datetime) -> None:
    registration.state = State.CONFIRMED if seat else State.WAITLISTED
    registration.confirmed_at = at if seat else None
    registration.waiting_since = None if seat else at


def _ticket_numbers(count: int) -> list[int]:
    """Random numbers that no ticket has."""
    numbers: set[int] = set()
    while len(numbers) < count:
        numbers |= {new_ticket_number() for _n in range(count - len(numbers))}
        numbers -= set(db.session.scalars(select(Ticket.number).where(Ticket.number.in_(numbers))))
    return list(numbers)


def _change(plan: Sequence[Planned], at: datetime) -> None:
    wanted = {one.registration_id: one.changes for one in plan}
    for registration in db.session.scalars(select(Registration).where(Registration.id.in_(wanted))).all():
        values = {name: new for name, (_old, new) in wanted[registration.id].items()}
        mode, category = values.pop("mode", None), values.pop("category", None)
        if values:
            operations.correct_details(registration, values, at=at, by_staff=True)
        if category is not None:
            operations.change_category(registration, category, at=at)
        if mode is not None:
            operations.switch_mode(registration, mode, at=at)
    db.session.flush()  # what is read after the import is what the import wrote


def _slices(things: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    return (things[start : start + size] for start in range(0, len(things), size))
