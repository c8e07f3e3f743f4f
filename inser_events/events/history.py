"""The audit log in words: who did what, and what changed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext as _

from inser_events.audit import SYSTEM, AuditEntry
from inser_events.documents.text import plain_text
from inser_events.languages import text_in
from inser_events.web.languages import page_language

LONGEST = 300
NAMES = ("title", "name", "email", "person", "number", "symbol")
"""Under which of these an entry keeps the name of what it is about, most telling first."""


@dataclass(frozen=True)
class Change:
    """One value, before and after, as people read it."""

    field: str
    before: str
    after: str


@dataclass(frozen=True)
class Told:
    """One act in words."""

    at: datetime
    actor: str
    act: str
    thing: str
    changes: list[Change]


def told(entry: AuditEntry) -> Told:
    """An audit entry in words, in the language of the page."""
    thing = next((_text(source[name]) for source in (entry.after, entry.before) for name in NAMES if source.get(name)), "")
    return Told(entry.at, _actor(entry.actor), _act(entry.action), thing, _changes(entry))


def _actor(label: str) -> str:
    return {SYSTEM.label: _("The system"), "visitor": _("A visitor")}.get(label, label)


def _act(action: str) -> str:
    words = {
        "create event": _("created the event"),
        "change event": _("changed the event"),
        "cancel event": _("cancelled the event"),
        "take back cancelling": _("took back the cancelling"),
        "add room": _("added a room"),
        "change room": _("changed a room"),
        "move room": _("moved a room"),
        "remove room": _("removed a room"),
        "set capacity": _("set the number of places"),
        "add to team": _("added to the team"),
        "change role": _("changed a role"),
        "remove from team": _("removed from the team"),
        "add session": _("added a session"),
        "change session": _("changed a session"),
        "withdraw session": _("withdrew a session"),
        "restore session": _("took back a withdrawn session"),
        "remove session": _("removed a session"),
        "copy session": _("copied a session"),
        "add slot": _("added a slot"),
        "change slot": _("changed a slot"),
        "move slot": _("moved a slot"),
        "remove slot": _("removed a slot"),
        "add speaker": _("added a speaker"),
        "remove speaker": _("removed a speaker"),
        "publish": _("published the agenda"),
        "register": _("registered"),
        "cancel registration": _("cancelled a registration"),
        "switch mode": _("switched between room and online"),
        "promote": _("gave a free seat to the next person waiting"),
        "reissue ticket": _("made a new ticket"),
        "correct registration": _("corrected a registration"),
    }
    return words.get(action, action)


def _changes(entry: AuditEntry) -> list[Change]:
    names = [*entry.before, *(name for name in entry.after if name not in entry.before)]
    if not entry.before:
        return []
    pairs = ((name, entry.before.get(name), entry.after.get(name)) for name in names)
    return [Change(_field(name), _text(old), _text(new)) for name, old, new in pairs if old != new]


def _field(name: str) -> str:
    words = {
        "starts_on": _("First day"),
        "ends_on": _("Last day"),
        "starts_at": _("Start"),
        "network_id": _("Network"),
        "venue_name": _("Venue"),
        "venue_city": _("City"),
        "online_link": _("Join link"),
        "registration_opens_at": _("Registration opens"),
        "registration_closes_at": _("Registration closes"),
    }
    return words.get(name) or name.replace("_", " ").capitalize()


def _text(value: Any) -> str:
    if isinstance(value, Mapping):
        value = text_in(value, [page_language(), "en"]).value
    elif isinstance(value, list):
        value = ", ".join(str(one) for one in value)
    elif isinstance(value, bool):
        value = _("yes") if value else _("no")
    text = "" if value is None else str(value)
    text = plain_text(text) if text.startswith("<") else text
    return text if len(text) <= LONGEST else text[:LONGEST].rstrip() + "…"
