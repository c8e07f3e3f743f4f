"""Going to the call by one's own link, and who wants to hear of it.

Programs that look at the links of a mail open them too, so opening the link says nothing. On the days of the event it
shows a page with one button, and pressing that is the act of a person.
"""

from collections.abc import Callable
from datetime import datetime

from inser_events.events.queries import today_in
from inser_events.registration.models import Registration

Listener = Callable[[Registration, datetime], None]
_listeners: list[Listener] = []


def tell_of_joining(listener: Listener) -> None:
    """Add what another domain does when somebody goes to the call."""
    if listener not in _listeners:
        _listeners.append(listener)


def is_on(registration: Registration, at: datetime) -> bool:
    """Whether it is a day of the event, where the event is."""
    return registration.event.starts_on <= today_in(registration.event, at) <= registration.event.ends_on


def note_joining(registration: Registration, at: datetime) -> None:
    """Tell those who want to know that somebody goes to the call."""
    for listener in _listeners:
        listener(registration, at)
