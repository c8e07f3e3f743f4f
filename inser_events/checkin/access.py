"""Who may do what at the door."""

from inser_events.accounts.models import User
from inser_events.events.access import may_register, may_scan
from inser_events.events.models import Event

may_watch = may_scan
"""Door staff see the board, the recent scans, and pair their own devices."""


def may_run(user: User, event: Event) -> bool:
    """Registrars (and editors, owners) add checkpoints, sign devices off, settle conflicts."""
    return may_register(user, event)
