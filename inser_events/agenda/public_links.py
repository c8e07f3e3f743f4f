"""Links on an event's public page to pages of domains further right, such as the list of participants.

They hand over a function when the application is built; the page asks each of them, in the order they came.
"""

from collections.abc import Callable
from typing import NamedTuple

from inser_events.events.models import Event


class PublicLink(NamedTuple):
    """Where it leads, and what it is called in the reader's language."""

    href: str
    label: str


Links = Callable[[Event], list[PublicLink]]
_more: list[Links] = []


def add_links(links: Links) -> None:
    """Let the event's page also show what *links* returns for an event."""
    if links not in _more:
        _more.append(links)


def links_of(event: Event) -> list[PublicLink]:
    """Every link of an event, as of now."""
    return [link for links in _more for link in links(event)]
