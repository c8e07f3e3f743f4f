"""Importing registrations from a table: carrying out what `import_plans` found, all or nothing.

Thousands of rows come at once, so new people are seated and written in bulk, by the same rules as one at a time.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from inser_events.audit import record
from inser_events.database import db, rollback
from inser_events.errors import Refused
from inser_events.events.models import Event, Seats
from inser_events.registration import operations
from inser_events.registration.capacity_models import CategorySeats
from inser_events.registration.errors import AlreadyRegistered
from inser_events.registration.form_models import Answer
from inser_events.registration.import_plans import AT_ONCE, COMPARED, TEXTS, Outcome, Planned, slices
from inser_events.registration.import_reading import Defaults, Row
from inser_events.registration.models import Registration, State, Ticket
from inser_events.registration.questions import Values, plan_of, settings_of
from inser_events.registration.seating import lock_seats, place, promote_waiting
from inser_events.tokens import new_ticket_number


class AtTheSameMoment(Refused):
    """Somebody registered between the plan and the writing: `hold` does not keep out those who need no seat."""

    title = "Not imported"

    def __init__(self) -> None:
        super().__init__(
            _("Somebody registered with one of these addresses at the same moment. Nothing was imported: try again.")
        )


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
    """Write the rows of a plan made in this transaction, after `hold`. *progress* is told how many are done.

    Raises AtTheSameMoment.
    """
    try:
        _carry_out(event, plan, defaults, at, progress)
    except (IntegrityError, AlreadyRegistered) as error:
        rollback()  # nothing is kept either way, and the words of the refusal may have to look for a language
        raise AtTheSameMoment from error


def _carry_out(
    event: Event, plan: Sequence[Planned], defaults: Defaults, at: datetime, progress: Callable[[int], None]
) -> None:
    done = 0
    new = [one for one in plan if one.outcome == Outcome.NEW]
    changed = [one for one in plan if one.outcome == Outcome.CHANGED]
    seated = None if _has_shares(event) else _seated(event, [one.row for one in new], defaults)
    for some in slices(new, AT_ONCE):
        entered = _enter(event, [one.row for one in some], defaults, seated, at)
        _answer(event, dict(zip(entered, (one.answers for one in some), strict=True)), at)
        progress(done := done + len(some))
    if new and seated is None:
        for mode in event.modes:
            promote_waiting(event.id, mode, at=at)
    for some in slices(changed, AT_ONCE):
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


def _enter(event: Event, rows: Sequence[Row], defaults: Defaults, seated: set[int] | None, at: datetime) -> list[int]:
    """Write new people; their ids. *seated*: the rows that got a seat; None: each is seated as if registered alone."""
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
    return [registration.id for registration in entered]


def _answer(event: Event, answers: Mapping[int, Values], at: datetime) -> None:
    """Write what new people answered, by their ids."""
    form = plan_of(event) if any(answers.values()) else None
    if form is None:
        return
    rows = [
        {
            "registration_id": person,
            "question_id": form.by_uid[uid].id,
            "wording_id": form.by_uid[uid].wording.id,
            "value": value,
            "answered_at": at,
        }
        for person, values in answers.items()
        for uid, value in values.items()
    ]
    if rows:
        db.session.execute(insert(Answer), rows)


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
    wanted = {one.registration_id: one for one in plan}
    for registration in db.session.scalars(select(Registration).where(Registration.id.in_(wanted))).all():
        one = wanted[registration.id]
        values = {name: new for name, (_old, new) in one.changes.items() if name in {*COMPARED, "email"}}
        answering = len(values) < len(one.changes)
        mode, category = values.pop("mode", None), values.pop("category", None)
        if values:
            operations.correct_details(registration, values, at=at, by_staff=True)
        if category is not None:
            operations.change_category(registration, category, at=at)
        if mode is not None:
            operations.switch_mode(registration, mode, at=at)
        if answering:
            # Last: which questions concern them depends on mode and category.
            operations.correct_details(registration, {}, answers=one.answers, at=at, by_staff=True)
    db.session.flush()  # what is read after the import is what the import wrote
