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


def event_name(event: Event) -> str:
    """The draft name, in the page's language where there is one."""
    return text_in(event.name, [page_language(), *event.languages]).value


def entries(event: Event, user: User, here: str) -> list[NavEntry]:
    """The pages this user may open, in the order of the work."""
    pages: list[tuple[str, str, str, str, Roles]] = [
        ("overview", _("Overview"), "", "soil", SEE),
        ("agenda", _("Agenda"), "/agenda", "calendar", SEE),
        ("speakers", _("Speakers"), "/speakers", "user", EDIT),
        ("publish", _("Publish"), "/publish", "check", EDIT),
        ("run", _("Run sheet"), "/run", "clock", EDIT),
        ("registrations", _("Registrations"), "/registrations", "users", REGISTER),
        ("delegations", _("Delegations"), "/delegations", "globe", REGISTER),
        ("statistics", _("Statistics"), "/statistics", "chart", REGISTER),
        ("badges", _("Print"), "/print", "print", REGISTER),
        ("door", _("Door"), "/door", "scan", SCAN),
        ("mail", _("Mail"), "/messages", "mail", REGISTER),
        ("team", _("Team"), "/team", "user", OWN),
        ("settings", _("Settings"), "/settings", "settings", EDIT),
        ("privacy", _("Privacy"), "/privacy", "info", EDIT),
        ("history", _("History"), "/history", "history", SEE),
    ]
    role = strongest_role(user, event)
    return [
        (label, f"/manage/{event.slug}{path}", icon, key == here)
        for key, label, path, icon, roles in pages
        if role in roles
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
        nav=entries(event, current_user, here),
        nav_label=event_name(event),
        switcher=switcher(event, current_user),
        **context,
    )
