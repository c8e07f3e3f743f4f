"""What organisers reach for on an event's overview as its day comes near, arrives and is over."""

from dataclasses import dataclass
from datetime import date, timedelta

from flask_babel import gettext as _

from inser_events.events.access import EDIT, REGISTER, SCAN, Roles
from inser_events.events.models import Event, Mode

Shortcut = tuple[str, str, str]
"""Label, address, icon."""
_Page = tuple[str, str, str, Roles]
"""The same, and who may open it."""
NEAR = timedelta(days=7)
"""How long before the first day the papers and the doors are got ready."""


@dataclass(frozen=True)
class Moment:
    """A heading and the pages that are needed now."""

    title: str
    shortcuts: list[Shortcut]


def moment_of(event: Event, role: str | None, today: date) -> Moment | None:
    """What someone with *role* needs on *today*, a day of the event's zone; None while it is far off or called off."""
    if not event.published_at or event.cancelled_at or today < event.starts_on - NEAR:
        return None
    home = f"/manage/{event.slug}"
    if today < event.starts_on:
        title, pages = _("Before the event"), _before(home, event)
    elif today <= event.ends_on:
        title, pages = _("Today"), _during(home, event)
    else:
        title, pages = _("After the event"), _after(home)
    shortcuts = [(label, href, icon) for label, href, icon, roles in pages if role in roles]
    return Moment(title, shortcuts) if shortcuts else None


def _before(home: str, event: Event) -> list[_Page]:
    in_the_room = [
        (_("Print badges"), f"{home}/badges/print", "ticket", REGISTER),
        (_("Papers"), f"{home}/print", "print", REGISTER),
        (_("Doors"), f"{home}/door", "scan", SCAN),
    ]
    return [
        *(in_the_room if Mode.IN_PERSON in event.modes else []),
        (_("Write a message"), f"{home}/messages/new", "mail", REGISTER),
        (_("Run sheet"), f"{home}/run", "clock", EDIT),
    ]


def _during(home: str, event: Event) -> list[_Page]:
    in_the_room = [
        (_("Scan badges"), "/scan", "scan", SCAN),
        (_("Register someone"), f"{home}/registrations/new", "plus", REGISTER),
        (_("Door"), f"{home}/door", "room", SCAN),
    ]
    return [
        (_("Run sheet"), f"{home}/run", "clock", EDIT),
        *(in_the_room if Mode.IN_PERSON in event.modes else []),
    ]


def _after(home: str) -> list[_Page]:
    return [
        (_("Attendance"), f"{home}/attendance", "chart", REGISTER),
        (_("List of participants"), f"{home}/papers/participants.pdf", "users", REGISTER),
        (_("Export"), f"{home}/export", "download", REGISTER),
        (_("Letters and certificates"), f"{home}/letters", "file", REGISTER),
        (_("Write a message"), f"{home}/messages/new", "mail", REGISTER),
        (_("Statistics"), f"{home}/statistics", "chart", REGISTER),
    ]
