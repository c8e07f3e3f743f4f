"""Registering, cancelling, switching mode, correcting. Never oversold: see `seating`."""

from dataclasses import dataclass, replace
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy.orm.attributes import set_committed_value

from inser_events.addresses import clean_email, folded_email
from inser_events.audit import record
from inser_events.clock import now
from inser_events.database import db, insert_whole, new_uid
from inser_events.events.models import Category, Event, Mode
from inser_events.events.queries import registration_state
from inser_events.people.search import fold
from inser_events.registration import notices, queries
from inser_events.registration.answers import keep_answers
from inser_events.registration.errors import (
    AlreadyRegistered,
    ModeNotOffered,
    NotActive,
    OrganisationFull,
    RegistrationClosed,
)
from inser_events.registration.groups import group_named
from inser_events.registration.models import Registration, State, Ticket
from inser_events.registration.questions import Approval, Values, approval_of
from inser_events.registration.seating import lock, place, promote_waiting, release
from inser_events.registration.shares import change_organisation, give_shares, take_of_organisation, take_shares_anyway
from inser_events.registration.signups import leave_sessions
from inser_events.tokens import new_ticket_number


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
    group_key: str = ""
    """The delegation the person comes with."""
    through_focal_point: bool = False
    """``email`` is that of the delegation's focal point."""
    party: str | None = None


def register(
    event: Event,
    data: RegistrationData,
    *,
    at: datetime,
    answers: Values | None = None,
    notify: bool = True,
    by_staff: bool = False,
    approval: Approval | None = None,
) -> Registration:
    """Register a person for an event, or put them on the waiting list.

    *answers* to the event's own questions are by the questions' ``uid``; *approval* as the form was asked with, else as
    it is now. The same ``form_key`` again returns the
    registration it made. *by_staff* registers outside the opening times. Raises RegistrationClosed, ModeNotOffered,
    UnusableEmail, AlreadyRegistered, UnusableAnswer.
    """
    closed = registration_state(event, at) != "open"
    if closed and data.form_key and (earlier := queries.made_by_form(event.id, data.form_key)):
        return earlier
    check_open(event, at, by_staff=by_staff)
    if data.mode not in event.modes:
        raise ModeNotOffered
    email = clean_email(data.email)
    data, approved = judged(event, data, by_staff=by_staff, approval=approval)
    # Writing tells whether form or address are known: looking first would tell only what was true a moment before.
    registration = enter(event, data, email, at, approved=approved)
    if registration is None:
        return _entered_before(event, data, email)
    if registration.state == State.WAITLISTED:
        # Those before may all wait for a share of their own while the room has seats for others.
        promote_waiting(event.id, data.mode, at=at, newcomers=[registration])
    if answers:
        keep_answers(registration, answers, at=at)
    record("register", registration, event_id=event.id, after={"mode": data.mode, "state": registration.state})
    if notify:
        notices.registered(registration)
    return registration


def judged(
    event: Event, data: RegistrationData, *, by_staff: bool, approval: Approval | None = None
) -> tuple[RegistrationData, bool]:
    """The data with the delegation it names, and whether nobody's answer has to be waited for."""
    by_group, approved_categories = approval or approval_of(event.id)
    if by_group and not by_staff and not data.group_key:
        key = group_named(event, data.category, data.country, data.organisation)
        if key:
            return replace(data, group_key=key), False
    return data, by_staff or data.category not in approved_categories


def check_open(event: Event, at: datetime, *, by_staff: bool) -> None:
    """Refuse a registration outside its time. Raises RegistrationClosed."""
    state = registration_state(event, at)
    if state == "open" or (by_staff and state != "cancelled"):
        return
    raise RegistrationClosed(
        {
            "cancelled": _("This event was cancelled. Registration is closed."),
            "past": _("This event is over. Registration is closed."),
            "not_yet": _("Registration has not opened yet. Come back on the date shown."),
        }.get(state, _("Registration has closed. Write to the organisers if you would still like to come."))
    )


def _entered_before(event: Event, data: RegistrationData, email: str) -> Registration:
    """What the same form has made already. Raises AlreadyRegistered when it was another form with this address."""
    if data.form_key and (earlier := queries.made_by_form(event.id, data.form_key)):
        return earlier
    raise in_the_way(event, email)


def in_the_way(event: Event, email: str) -> AlreadyRegistered:
    """The refusal that names the active registration of an address. Raises LookupError when it has gone again."""
    known = queries.active_id(event.id, folded_email(email))
    if known is None:
        message = f"what was in the way of a registration for event {event.id} has gone in the same moment"
        raise LookupError(message)
    return AlreadyRegistered(known)


def enter(event: Event, data: RegistrationData, email: str, at: datetime, *, approved: bool) -> Registration | None:
    """Write a new registration: seated or queued when approved, else pending.

    None, and nothing written, when its form or address is there already.
    """
    values = vars(data) | {"email": email}
    uid = new_uid()
    registration = Registration(
        uid=uid,
        event_id=event.id,
        event=event,
        active_email=active_key(uid, email, through_focal_point=data.through_focal_point),
        created_at=at,
        is_sample=event.is_sample,
        state=State.PENDING,
        **values,
    )
    if approved:
        place(registration, at=at)
    registration.search_text = searchable(registration)
    if not insert_whole(registration):
        release(registration)
        return None
    ticket = Ticket(number=new_ticket_number(), registration_id=registration.id, issued_at=at)
    while not insert_whole(ticket):
        ticket.number = new_ticket_number()
    set_committed_value(ticket, "registration", registration)
    set_committed_value(registration, "tickets", [ticket])
    return registration


def active_key(uid: str, email: str, *, through_focal_point: bool) -> str:
    """What nobody else may be registered with: the address, unless there is none or it is a focal point's."""
    if not email:
        return f"no address {uid}"
    return f"through a focal point {uid}" if through_focal_point else folded_email(email)


def searchable(registration: Registration) -> str:
    """What the registrar's and the door's search look through."""
    return fold(registration.name, registration.name_latin, registration.organisation, registration.email)


def cancel_registration(registration: Registration, *, at: datetime, notify: bool = True, pass_on: bool = True) -> None:
    """End a registration; whoever waits first gets the seat. Raises NotActive.

    Without *pass_on* the seat stays free until `promote_waiting`: where more of them become free at once.
    """
    lock(registration)
    if not registration.active:
        raise NotActive
    before = registration.state
    release(registration)
    registration.state, registration.cancelled_at, registration.active_email = State.CANCELLED, at, None
    registration.waiting_since = None
    leave_sessions(registration, at=at, notify=notify)
    record("cancel registration", registration, event_id=registration.event_id, before={"state": before})
    if notify:
        notices.cancelled(registration)
    if pass_on:
        promote_waiting(registration.event_id, registration.mode, at=at)


def switch_mode(registration: Registration, mode: str, *, at: datetime, pass_on: bool = True) -> None:
    """Move to the other mode: seated there, or waiting for it. Seats in sessions are given back.

    *pass_on* as in `cancel_registration`. Raises NotActive, ModeNotOffered.
    """
    lock(registration)
    if not registration.active:
        raise NotActive
    if mode not in registration.event.modes:
        raise ModeNotOffered
    if mode == registration.mode:
        return
    before = {"mode": registration.mode, "state": registration.state}
    release(registration)
    left, registration.mode = registration.mode, mode
    if registration.state != State.PENDING:
        place(registration, at=at)
    leave_sessions(registration, at=at)
    record(
        "switch mode",
        registration,
        event_id=registration.event_id,
        before=before,
        after={"mode": mode, "state": registration.state},
    )
    db.session.flush()  # the queue must see this person gone before the next one is seated
    if registration.state == State.WAITLISTED:
        promote_waiting(registration.event_id, mode, at=at, newcomers=[registration])
    notices.mode_switched(registration, at=at)
    if pass_on:
        promote_waiting(registration.event_id, left, at=at)


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
    registration: Registration,
    values: dict[str, str],
    *,
    answers: Values | None = None,
    at: datetime | None = None,
    by_staff: bool = False,
) -> None:
    """Change a person's details and answers. The ticket keeps its code.

    A new address gets the link of the ticket. *by_staff* moves someone to an organisation that has all its seats.
    Raises NotActive, UnusableEmail, AlreadyRegistered, OrganisationFull, UnusableAnswer.
    """
    if not registration.active:
        raise NotActive
    moment = at or now()
    before = {name: getattr(registration, name) for name in values}
    changes_address = "email" in values and folded_email(values["email"]) != folded_email(registration.email)
    if changes_address:
        # The history must not tie the focal point's address to the person.
        before |= {"email": ""} if registration.through_focal_point else {}
        values = values | {"email": clean_email(values["email"])}
        known = queries.active_for(registration.event_id, folded_email(values["email"]))
        if known is not None and known.id != registration.id:
            raise AlreadyRegistered(known.id)
    if fold(values.get("organisation", registration.organisation)) != registration.organisation_key:
        _change_organisation(registration, values["organisation"], by_staff=by_staff)
    if changes_address:
        registration.active_email, registration.through_focal_point = folded_email(values["email"]), False
    for name, value in values.items():
        setattr(registration, name, value)
    registration.search_text = searchable(registration)
    answered = {} if answers is None else keep_answers(registration, answers, at=moment)
    record(
        "correct registration",
        registration,
        event_id=registration.event_id,
        before=before,
        after=values | ({"answers": answered} if answered else {}),
    )
    if changes_address:
        notices.new_address(registration, at=moment)
    if registration.organisation_key != fold(before.get("organisation", registration.organisation)):
        promote_waiting(registration.event_id, registration.mode, at=moment)


def _change_organisation(registration: Registration, organisation: str, *, by_staff: bool) -> None:
    """Count a seat in the room for another organisation. Raises OrganisationFull."""
    lock(registration)
    event_id, key = registration.event_id, fold(organisation)
    if not registration.holds_seat or registration.mode != Mode.IN_PERSON or registration.group_key:
        return
    if by_staff:
        change_organisation(event_id, key, +1)
    elif not take_of_organisation(event_id, registration.mode, key):
        raise OrganisationFull
    change_organisation(event_id, registration.organisation_key, -1)


def change_category(registration: Registration, category: str, *, at: datetime) -> None:
    """A registrar says who somebody is. Their seat stays theirs, whatever the category's share. Raises NotActive."""
    lock(registration)
    if not registration.active:
        raise NotActive
    before = registration.category
    if registration.holds_seat:
        give_shares(registration)
    registration.category = Category(category)
    if registration.holds_seat:
        take_shares_anyway(registration)
    record(
        "change category",
        registration,
        event_id=registration.event_id,
        before={"category": before},
        after={"category": category},
    )
    promote_waiting(registration.event_id, registration.mode, at=at)
