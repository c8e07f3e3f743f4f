"""Registering, waiting, cancelling, switching mode. Never oversold: see `_take_seat`."""

from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import or_, select, update
from sqlalchemy.exc import IntegrityError

from inser_events.addresses import clean_email, folded_email
from inser_events.audit import record
from inser_events.clock import now
from inser_events.database import db
from inser_events.events.models import Category, Event, Seats
from inser_events.events.queries import registration_state
from inser_events.jobs import every
from inser_events.people.search import fold
from inser_events.registration import notices, queries
from inser_events.registration.answers import keep_answers
from inser_events.registration.errors import AlreadyRegistered, ModeNotOffered, NotActive, RegistrationClosed
from inser_events.registration.models import Registration, State, Ticket
from inser_events.registration.questions import Values
from inser_events.tokens import new_ticket_number

PROMOTED_AT_ONCE = 500


@dataclass(frozen=True, kw_only=True)
class RegistrationData:
    """What a person says when registering. ``country``: ISO 3166-1 alpha-2; ``language``: of mails and papers."""

    mode: str
    email: str
    family_name: str
    given_name: str = ""
    name_latin: str = ""
    honorific: str = ""
    organisation: str = ""
    job_title: str = ""
    country: str = ""
    phone: str = ""
    gender: str = ""
    language: str = "en"
    category: str = Category.PARTICIPANT
    listed: bool = False
    privacy_version: str = ""
    form_key: str | None = None


def register(
    event: Event,
    data: RegistrationData,
    *,
    at: datetime,
    answers: Values | None = None,
    notify: bool = True,
    by_staff: bool = False,
) -> Registration:
    """Register a person for an event, or put them on the waiting list.

    *answers* to the event's own questions are by the questions' ``uid``. The same ``form_key`` again returns the
    registration it made. *by_staff* registers outside the opening times. Raises RegistrationClosed, ModeNotOffered,
    UnusableEmail, AlreadyRegistered, UnusableAnswer.
    """
    if data.form_key and (earlier := _made_by_form(event, data.form_key)):
        return earlier
    _check_open(event, at, by_staff=by_staff)
    if data.mode not in event.modes:
        raise ModeNotOffered
    email = clean_email(data.email)
    if (known := queries.active_for(event.id, folded_email(email))) is not None:
        raise AlreadyRegistered(known.id)
    try:
        with db.session.begin_nested():
            registration = _enter(event, data, email, at)
    except IntegrityError as error:
        return _settle_race(event, data, email, error)
    if answers:
        keep_answers(registration, answers, at=at)
    record("register", registration, event_id=event.id, after={"mode": data.mode, "state": registration.state})
    if notify:
        notices.registered(registration)
    return registration


def _check_open(event: Event, at: datetime, *, by_staff: bool) -> None:
    state = registration_state(event, at)
    if state == "open" or (by_staff and state != "cancelled"):
        return
    raise RegistrationClosed(
        {
            "cancelled": "This event was cancelled. Registration is closed.",
            "past": "This event is over. Registration is closed.",
            "not_yet": "Registration has not opened yet. Come back on the date shown.",
        }.get(state, "Registration has closed. Write to the organisers if you would still like to come.")
    )


def _made_by_form(event: Event, form_key: str) -> Registration | None:
    return db.session.scalar(
        select(Registration).where(Registration.event_id == event.id, Registration.form_key == form_key)
    )


def _settle_race(event: Event, data: RegistrationData, email: str, error: IntegrityError) -> Registration:
    """The same form or address came twice at once and the other was first."""
    if data.form_key and (earlier := _made_by_form(event, data.form_key)):
        return earlier
    known = queries.active_for(event.id, folded_email(email))
    if known is None:
        raise error
    raise AlreadyRegistered(known.id) from error


def _enter(event: Event, data: RegistrationData, email: str, at: datetime) -> Registration:
    seated = _take_seat(event.id, data.mode)
    values = asdict(data) | {"email": email}
    registration = Registration(
        event=event,
        active_email=folded_email(email),
        created_at=at,
        is_sample=event.is_sample,
        state=State.CONFIRMED if seated else State.WAITLISTED,
        confirmed_at=at if seated else None,
        waiting_since=None if seated else at,
        **values,
    )
    registration.search_text = searchable(registration)
    registration.tickets.append(Ticket(number=new_ticket_number(), issued_at=at))
    db.session.add(registration)
    db.session.flush()  # the unique constraints speak now, inside the savepoint
    return registration


def searchable(registration: Registration) -> str:
    """What the registrar's and the door's search look through."""
    return fold(registration.name, registration.name_latin, registration.organisation, registration.email)


def _take_seat(event_id: int, mode: str) -> bool:
    """Take a seat or join the queue, each by one conditional UPDATE; True when seated.

    The condition is checked by the database while it holds the row, so no two requests take the same seat.
    """
    seat = Seats.event_id == event_id, Seats.mode == mode
    free = or_(Seats.capacity.is_(None), (Seats.taken < Seats.capacity) & (Seats.waiting == 0))
    taken = db.session.execute(update(Seats).where(*seat, free).values(taken=Seats.taken + 1).returning(Seats.id))
    if taken.scalar() is not None:
        return True
    db.session.execute(update(Seats).where(*seat).values(waiting=Seats.waiting + 1))
    return False


def _lock(registration: Registration) -> None:
    """Hold the event's seats, then the registration, and read its state anew.

    Everything that gives seats back takes the rows in this order, so that PostgreSQL can neither deadlock nor let two
    cancellations of one registration give its seat back twice. On SQLite the writer is alone anyway.
    """
    event_seats = select(Seats.id).where(Seats.event_id == registration.event_id).order_by(Seats.id)
    db.session.execute(event_seats.with_for_update()).all()
    db.session.execute(select(Registration.id).where(Registration.id == registration.id).with_for_update()).all()
    db.session.refresh(registration, ["state", "mode", "active_email", "waiting_since"])


def _release(registration: Registration) -> None:
    """Give back what the registration holds: its seat, or its place in the queue."""
    column = Seats.taken if registration.state == State.CONFIRMED else Seats.waiting
    db.session.execute(
        update(Seats)
        .where(Seats.event_id == registration.event_id, Seats.mode == registration.mode, column > 0)
        .values({column: column - 1})
    )


def cancel_registration(registration: Registration, *, at: datetime, notify: bool = True) -> None:
    """End a registration; whoever waits first gets the seat. Raises NotActive."""
    _lock(registration)
    if not registration.active:
        raise NotActive
    before = registration.state
    _release(registration)
    registration.state, registration.cancelled_at, registration.active_email = State.CANCELLED, at, None
    registration.waiting_since = None
    record("cancel registration", registration, event_id=registration.event_id, before={"state": before})
    if notify:
        notices.cancelled(registration)
    promote_waiting(registration.event_id, registration.mode, at=at)


def switch_mode(registration: Registration, mode: str, *, at: datetime) -> None:
    """Move to the other mode: seated there, or waiting for it. Raises NotActive, ModeNotOffered."""
    _lock(registration)
    if not registration.active:
        raise NotActive
    if mode not in registration.event.modes:
        raise ModeNotOffered
    if mode == registration.mode:
        return
    before = {"mode": registration.mode, "state": registration.state}
    _release(registration)
    left = registration.mode
    seated = _take_seat(registration.event_id, mode)
    registration.mode = mode
    registration.state = State.CONFIRMED if seated else State.WAITLISTED
    registration.confirmed_at = at if seated else None
    registration.waiting_since = None if seated else at
    record(
        "switch mode",
        registration,
        event_id=registration.event_id,
        before=before,
        after={"mode": mode, "state": registration.state},
    )
    db.session.flush()  # the queue must see this person gone before the next one is seated
    notices.mode_switched(registration, at=at)
    promote_waiting(registration.event_id, left, at=at)


def promote_waiting(event_id: int, mode: str, *, at: datetime) -> int:
    """Seat those who wait, in order, while there are seats; return how many."""
    promoted = 0
    db.session.flush()  # states changed so far decide who waits
    queue = select(Seats.id).where(Seats.event_id == event_id, Seats.mode == mode)
    db.session.execute(queue.with_for_update()).all()  # one promotion at a time, so that the order holds
    while promoted < PROMOTED_AT_ONCE and (first := _first_waiting(event_id, mode)) is not None:
        seat = Seats.event_id == event_id, Seats.mode == mode
        free = or_(Seats.capacity.is_(None), Seats.taken < Seats.capacity)
        seated = db.session.execute(
            update(Seats)
            .where(*seat, free, Seats.waiting > 0)
            .values(taken=Seats.taken + 1, waiting=Seats.waiting - 1)
            .returning(Seats.id)
        )
        if seated.scalar() is None:
            break
        first.state, first.confirmed_at, first.waiting_since = State.CONFIRMED, at, None
        record("promote", first, event_id=event_id, before={"state": State.WAITLISTED})
        notices.promoted(first)
        db.session.flush()  # the next one is found by the state in the database
        promoted += 1
    return promoted


def _first_waiting(event_id: int, mode: str) -> Registration | None:
    return db.session.scalar(queries.waiting_in_order(event_id, mode).limit(1))


@every(minutes=1)
def fill_free_seats() -> None:
    """Seat those who wait wherever an organiser has raised a capacity."""
    moment = now()
    gaps = select(Seats.event_id, Seats.mode).where(
        Seats.waiting > 0, or_(Seats.capacity.is_(None), Seats.taken < Seats.capacity)
    )
    for event_id, mode in db.session.execute(gaps).all():
        promote_waiting(event_id, mode, at=moment)


def reissue_ticket(registration: Registration, *, at: datetime) -> Ticket:
    """Make a new ticket; the old badge and the old link stop working. Raises NotActive."""
    if not registration.active:
        raise NotActive
    for old in registration.tickets:
        old.revoked_at = old.revoked_at or at
    ticket = Ticket(number=new_ticket_number(), issued_at=at)
    registration.tickets.append(ticket)
    db.session.flush()  # the notice names the new link
    record("reissue ticket", registration, event_id=registration.event_id)
    notices.reissued(registration)
    return ticket


def resend_links(email: str, *, at: datetime, event_id: int | None = None) -> None:
    """Mail an address the links of its active registrations again, each at most once an hour.

    Says nothing when there are none, so that the answer tells a stranger nothing.
    """
    for registration in queries.active_of(folded_email(email), event_id):
        notices.link_again(registration, at=at)


def correct_details(
    registration: Registration, values: dict[str, str], *, answers: Values | None = None, at: datetime | None = None
) -> None:
    """Change a person's details and answers. The ticket keeps its code.

    Raises NotActive, UnusableEmail, AlreadyRegistered, UnusableAnswer.
    """
    if not registration.active:
        raise NotActive
    before = {name: getattr(registration, name) for name in values}
    if "email" in values:
        values = values | {"email": clean_email(values["email"])}
        known = queries.active_for(registration.event_id, folded_email(values["email"]))
        if known is not None and known.id != registration.id:
            raise AlreadyRegistered(known.id)
        registration.active_email = folded_email(values["email"])
    for name, value in values.items():
        setattr(registration, name, value)
    registration.search_text = searchable(registration)
    answered = {} if answers is None else keep_answers(registration, answers, at=at or now())
    record(
        "correct registration",
        registration,
        event_id=registration.event_id,
        before=before,
        after=values | ({"answers": answered} if answered else {}),
    )
