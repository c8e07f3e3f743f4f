"""Registering somebody who stands at the desk, with a mail address or without."""

from collections.abc import Sequence
from datetime import datetime

from inser_events.events.models import Event
from inser_events.registration.approval import seat_anyway
from inser_events.registration.duplicates import namesakes
from inser_events.registration.errors import SameName
from inser_events.registration.models import Registration, State
from inser_events.registration.parties import Entry, register_together
from inser_events.registration.queries import made_by_form


def register_at_desk(
    event: Event, entry: Entry, *, at: datetime, reason: str = "", another: bool = False
) -> Registration:
    """Register one person, whatever the opening times; *reason* seats them even when it is full.

    *another*: the registrar has seen who is registered under this name, and it is not them. The same ``form_key``
    again returns the registration it made. Raises SameName, AlreadyRegistered, RegistrationClosed, ModeNotOffered,
    UnusableEmail, UnusableAnswer.
    """
    data = entry.data
    if data.form_key and (earlier := made_by_form(event.id, data.form_key)):
        return earlier
    known: Sequence[Registration] = [] if another else namesakes(event, data.given_name, data.family_name)
    if known:
        raise SameName([one.id for one in known])
    registration = register_together(event, [entry], at=at, by_staff=True)[0]
    if registration.state == State.WAITLISTED and reason:
        seat_anyway(registration, reason, at=at)
    return registration
