"""Where a registration, a speaker's answer or a document stands, in the words of the page.

Each has words of its own: what is “confirmed” of a registration is not said alike of a session in every language.
"""

from collections.abc import Mapping

from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext
from flask_babel.speaklater import LazyString

_STATES: Mapping[str, LazyString] = {
    "pending": _l("Awaiting approval"),
    "confirmed": lazy_pgettext("registration", "Confirmed"),
    "waitlisted": _l("Waiting list"),
    "cancelled": lazy_pgettext("registration", "Cancelled"),
    "declined": lazy_pgettext("registration", "Declined"),
    "open": _l("Registration open"),
    "not_yet": _l("Registration not open yet"),
    "closed": _l("Registration closed"),
    "past": lazy_pgettext("event", "Past"),
}
_ANSWERS: Mapping[str, LazyString] = {
    "confirmed": lazy_pgettext("speaker", "Confirmed"),
    "declined": _l("Said no"),
}
_DOCUMENT_STATUSES: Mapping[str, LazyString] = {
    "available": lazy_pgettext("document", "Available"),
    "in_preparation": lazy_pgettext("document", "In preparation"),
    "withdrawn": lazy_pgettext("document", "Withdrawn"),
}


def state_label(state: str) -> str:
    """Where a registration stands, or the registration for an event."""
    return worded(_STATES, state)


def answer_label(state: str) -> str:
    """What a speaker answered."""
    return worded(_ANSWERS, state)


def document_status_label(status: str) -> str:
    """Whether a document can be had."""
    return worded(_DOCUMENT_STATUSES, status)


def worded(words: Mapping[str, object], value: str) -> str:
    """The word for a value; one without a word as it is, readably. Only the word that is asked for is looked up."""
    return str(words[value]) if value in words else value.replace("_", " ").strip().capitalize()
