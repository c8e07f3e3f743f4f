"""The side navigation of an event's pages for organisers, shared by the domains that add pages to it."""

from typing import Any

from flask import render_template
from flask_babel import gettext as _
from flask_security import current_user
from markupsafe import Markup

from inser_events.accounts.models import User
from inser_events.events.access import EDIT, OWN, REGISTER, SCAN, SEE, Roles, strongest_role
from inser_events.events.models import Event
from inser_events.events.queries import events_of
from inser_events.languages import text_in
from inser_events.web.filters import localized
from inser_events.web.languages import page_language

NavEntry = tuple[str, str, str, bool]
"""Label, address, icon, whether it is the page being shown."""
NavGroup = tuple[str, list[NavEntry]]
"""Heading (empty for the first, which needs none) and its pages."""


def event_name(event: Event) -> str:
    """The draft name, in the page's language where there is one."""
    return text_in(event.name, [page_language(), *event.languages]).value


def groups(event: Event, user: User, here: str) -> list[NavGroup]:
    """The pages this user may open, in the order of the work; a group of which they may open none is left out."""
    role = strongest_role(user, event)
    found: dict[str, list[NavEntry]] = {}
    for heading, key, label, path, icon, roles in _pages():
        if role in roles:
            found.setdefault(heading, []).append((label, f"/manage/{event.slug}{path}", icon, key == here))
    return list(found.items())


def _pages() -> list[tuple[str, str, str, str, str, Roles]]:
    """The part of the work it belongs to, key, label, path, icon and the roles of every page."""
    programme, people, on_the_day, whole = _("Programme"), _("People"), _("At the event"), _("Event")
    return [
        ("", "overview", _("Overview"), "", "soil", SEE),
        (programme, "agenda", _("Agenda"), "/agenda", "calendar", SEE),
        (programme, "speakers", _("Speakers"), "/speakers", "user", EDIT),
        (programme, "publish", _("Publish"), "/publish", "check", EDIT),
        (people, "registrations", _("Registrations"), "/registrations", "ticket", REGISTER),
        (people, "delegations", _("Delegations"), "/delegations", "globe", REGISTER),
        (people, "mail", _("Mail"), "/messages", "mail", REGISTER),
        (people, "statistics", _("Statistics"), "/statistics", "chart", REGISTER),
        (on_the_day, "badges", _("Print"), "/print", "print", REGISTER),
        (on_the_day, "door", _("Door"), "/door", "scan", SCAN),
        (on_the_day, "run", _("Run sheet"), "/run", "clock", EDIT),
        (on_the_day, "attendance", _("Attendance"), "/attendance", "users", REGISTER),
        (whole, "settings", _("Settings"), "/settings", "settings", EDIT),
        (whole, "team", _("Team"), "/team", "users", OWN),
        (whole, "privacy", _("Privacy"), "/privacy", "info", EDIT),
        (whole, "history", _("History"), "/history", "history", SEE),
    ]


def switcher(event: Event, user: User) -> list[tuple[Markup, str, bool]]:
    """The user's events, to go from one to another: name, address, whether it is this one."""
    return [(localized(one.name), f"/manage/{one.slug}", one.id == event.id) for one, _role in events_of(user)]


def render_managed(template: str, event: Event, here: str, **context: Any) -> str:
    """Render one of the event's pages for organisers. *here* is the key of its navigation entry."""
    return render_template(
        template,
        event=event,
        event_name=event_name(event),
        nav=groups(event, current_user, here),
        nav_label=event_name(event),
        switcher=switcher(event, current_user),
        **context,
    )
