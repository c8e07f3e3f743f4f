"""What an event still needs before and after it is public, as steps on its overview page.

Domains further right (agenda, registration) know of steps that this one cannot see. They hand over a function when
the application is built; the page asks each of them, in the order they came.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from flask_babel import gettext as _

from inser_events.events.models import Event, Mode


@dataclass(frozen=True)
class Step:
    """One thing to do. ``done``: it needs nothing more; ``warning``: it is done but something is wrong."""

    title: str
    text: str
    href: str
    done: bool
    warning: bool = False


Steps = Callable[[Event], Sequence[Step]]
_more: list[Steps] = []


def add_steps(steps: Steps) -> None:
    """Let the overview also show what *steps* returns for an event."""
    if steps not in _more:
        _more.append(steps)


def steps_of(event: Event) -> list[Step]:
    """Every step of an event, in the order of the work."""
    return [*_own(event), *(step for steps in _more for step in steps(event))]


def _own(event: Event) -> list[Step]:
    steps = []
    if Mode.IN_PERSON in event.modes:
        there = bool(event.venue_name and event.venue_city)
        text = _("People see where to go.") if there else _("Say where people meet: venue and city.")
        steps.append(Step(_("Venue"), text, f"/manage/{event.slug}/settings#venue_name", done=there))
        rooms = bool(event.rooms)
        text = _("The agenda can be placed in rooms.") if rooms else _("Add at least one room.")
        steps.append(Step(_("Rooms"), text, f"/manage/{event.slug}/rooms", done=rooms))
    if Mode.ONLINE in event.modes:
        linked = bool(event.online_link)
        text = _("Online tickets show the join link.") if linked else _("Add the link with which people join online.")
        steps.append(Step(_("Join link"), text, f"/manage/{event.slug}/settings#online_link", done=linked))
    return steps
