"""What domains further right offer for one registration: to its holder on the ticket, to registrars on its page.

They hand over functions when the application is built; the pages ask each of them, in the order they came.
"""

from collections.abc import Callable
from typing import NamedTuple

from inser_events.registration.models import Registration


class Link(NamedTuple):
    """Where it leads, what it is called in the reader's language, and its icon."""

    href: str
    label: str
    icon: str


Links = Callable[[Registration, str], list[Link]]
"""Of a registration and the address of its own page."""
_for_holders: list[Links] = []
_for_registrars: list[Links] = []


def offer_holders(links: Links) -> None:
    """Show what *links* returns on the ticket page, to follow."""
    if links not in _for_holders:
        _for_holders.append(links)


def offer_registrars(links: Links) -> None:
    """Show what *links* returns on the registrar's page, as buttons that post."""
    if links not in _for_registrars:
        _for_registrars.append(links)


def for_holder(registration: Registration, home: str) -> list[Link]:
    """What the ticket page shows; *home*: its address."""
    return [link for links in _for_holders for link in links(registration, home)]


def for_registrar(registration: Registration, home: str) -> list[Link]:
    """What the registrar's page shows; *home*: the event's address for organisers."""
    return [link for links in _for_registrars for link in links(registration, home)]
