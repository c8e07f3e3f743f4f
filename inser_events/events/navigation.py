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
    shown = [
        (
            heading,
            [
                (label, f"/manage/{event.slug}{path}", icon, key == here)
                for key, label, path, icon, roles in pages
                if role in roles
            ],
        )
        for heading, pages in _pages()
    ]
    return [(heading, pages) for heading, pages in shown if pages]


def _pages() -> list[tuple[str, list[tuple[str, str, str, str, Roles]]]]:
    """Key, label, path, icon and the roles of every page, by the part of the work it belongs to."""
    return [
        ("", [("overview", _("Overview"), "", "soil", SEE)]),
        (
            _("Programme"),
            [
                ("agenda", _("Agenda"), "/agenda", "calendar", SEE),
                ("speakers", _("Speakers"), "/speakers", "user", EDIT),
                ("publish", _("Publish"), "/publish", "check", EDIT),
            ],
        ),
        (
            _("People"),
            [
                ("registrations", _("Registrations"), "/registrations", "ticket", REGISTER),
                ("delegations", _("Delegations"), "/delegations", "globe", REGISTER),
                ("mail", _("Mail"), "/messages", "mail", REGISTER),
                ("statistics", _("Statistics"), "/statistics", "chart", REGISTER),
            ],
        ),
        (
            _("At the event"),
            [
                ("badges", _("Print"), "/print", "print", REGISTER),
                ("door", _("Door"), "/door", "scan", SCAN),
                ("run", _("Run sheet"), "/run", "clock", EDIT),
            ],
        ),
        (
            _("Event"),
            [
                ("settings", _("Settings"), "/settings", "settings", EDIT),
                ("team", _("Team"), "/team", "users", OWN),
                ("privacy", _("Privacy"), "/privacy", "info", EDIT),
                ("history", _("History"), "/history", "history", SEE),
            ],
        ),
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
