"""Placeholders in messages: ``{{name}}`` and a few more. Nothing is run: known words are replaced, once.

What a person typed as their name is put in as it is and never looked at again, so a name that reads
``{{ticket_link}}`` stays one. HTML escapes the filled text as a whole.
"""

import re
from collections.abc import Mapping
from difflib import get_close_matches

from flask_babel import gettext as _

from inser_events.documents.text import one_line

_PLACEHOLDER = re.compile(r"\{\{\s*([^{}]*?)\s*\}\}")
_BRACES = re.compile(r"\{\{|\}\}")
NAMES = (
    *("name", "honorific", "given_name", "family_name", "organisation", "category", "mode"),
    *("event", "date", "venue", "platform", "agenda_link", "ticket_link", "join_link", "cancel_link", "organiser"),
)


def descriptions() -> dict[str, str]:
    """Every placeholder and what stands there in the mail."""
    return {
        "name": _("Whole name"),
        "honorific": _("Form of address"),
        "given_name": _("Given name"),
        "family_name": _("Family name"),
        "organisation": _("Organisation"),
        "category": _("Category, such as Speaker"),
        "mode": _("In the room, or Online"),
        "event": _("Name of the event"),
        "date": _("Days of the event"),
        "venue": _("Place and city"),
        "platform": _("Online platform"),
        "agenda_link": _("Address of the agenda"),
        "ticket_link": _("Address of the person’s own ticket"),
        "join_link": _("The person’s own way into the call; empty for those in the room"),
        "cancel_link": _("Where the person can cancel"),
        "organiser": _("Who organises the event"),
    }


def problems(text: str) -> list[str]:
    """What is wrong with the placeholders of a text, in sentences; empty when all can be filled."""
    found = []
    for match in _PLACEHOLDER.finditer(text):
        name = match[1]
        if name in NAMES:
            continue
        near = get_close_matches(name.casefold().replace(" ", "_"), NAMES, n=1)
        found.append(
            _("There is no placeholder {{%(name)s}}. Did you mean {{%(near)s}}?", name=name[:40], near=near[0])
            if near
            else _("There is no placeholder {{%(name)s}}.", name=name[:40])
        )
    if _BRACES.search(_PLACEHOLDER.sub("", text)):
        found.append(_("A placeholder is not complete: it begins with {{ and ends with }}."))
    return found


def used(text: str) -> set[str]:
    """Which placeholders a text has."""
    return {match[1] for match in _PLACEHOLDER.finditer(text)}


def fill(text: str, values: Mapping[str, str]) -> str:
    """The text with the placeholders replaced that have a value; a value never adds a line or another placeholder."""
    return _PLACEHOLDER.sub(lambda match: one_line(values[match[1]]) if match[1] in values else match[0], text)
