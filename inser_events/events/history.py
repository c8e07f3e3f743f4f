"""The audit log in words: who did what, and what changed."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select

from inser_events.accounts.acts import safety_acts
from inser_events.accounts.models import User
from inser_events.audit import SYSTEM, AuditEntry
from inser_events.database import db
from inser_events.documents.text import plain_text
from inser_events.languages import text_in
from inser_events.web.filters import best_text, category_label, comma, marked, mode_label
from inser_events.web.filters import country as country_name
from inser_events.web.languages import page_language
from inser_events.web.state_words import state_label

LONGEST = 300
NAMES = ("title", "name", "email", "person", "number", "symbol", "subject")
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
    address: str = ""
    """Of the actor, where ``actor`` is a name."""


def all_told(entries: Iterable[AuditEntry]) -> list[Told]:
    """Audit entries in words, in the language of the page; those who have an account by their names."""
    entries = list(entries)
    wanted = select(User.id, User.name).where(User.id.in_({one.user_id for one in entries if one.user_id}))
    names: dict[int | None, str] = {user: name for user, name in db.session.execute(wanted) if name}
    return [_told(one, names.get(one.user_id, "")) for one in entries]


def _told(entry: AuditEntry, name: str) -> Told:
    sides = (entry.after, entry.before)
    thing = next((_thing(side[name]) for side in sides for name in NAMES if side.get(name)), "")
    act, changes = acts().get(entry.action, entry.action), _changes(entry)
    if name and name != entry.actor:
        return Told(entry.at, name, act, thing, changes, entry.actor)
    return Told(entry.at, _actor(entry.actor), act, thing, changes)


def _thing(value: Any) -> str:
    """The name of what an act was about, marked with its language where that is not the page's."""
    text = _text(value)
    return marked(text, best_text(dict(value)).language) if isinstance(value, Mapping) else text


def _actor(label: str) -> str:
    return str(
        {
            SYSTEM.label: _("The system"),
            "visitor": _("A visitor"),
            "speaker": _("A speaker"),
            "focal point": _("A focal point"),
            "attendee": _("The attendee"),
        }.get(label, label)
    )


def acts() -> dict[str, str]:
    """Every action of the log as the rest of a sentence that starts with who did it."""
    return {
        "create event": _("created the event"),
        "change event": _("changed the event"),
        "cancel event": _("cancelled the event"),
        "take back cancelling": _("took back the cancelling"),
        "delete event": _("deleted the event"),
        "add room": _("added a room"),
        "change room": _("changed a room"),
        "move room": _("moved a room"),
        "remove room": _("removed a room"),
        "set capacity": _("set the number of places"),
        "add to team": _("added to the team"),
        "change role": _("changed a role"),
        "remove from team": _("removed from the team"),
        "publish": _("published release"),
        "run": _("changed the running programme: release"),
        "use release": _("took an earlier release as the draft: release"),
        **_agenda_acts(),
        **_registration_acts(),
        **_message_acts(),
        **_delegation_acts(),
        **_other_acts(),
        **safety_acts(),
    }


def _agenda_acts() -> dict[str, str]:
    return {
        "add session": _("added a session"),
        "change session": _("changed a session"),
        "move session": _("moved a session"),
        "withdraw session": _("withdrew a session"),
        "restore session": _("took back a withdrawn session"),
        "remove session": _("removed a session"),
        "shift session": _("gave a session another time"),
        "copy session": _("copied a session"),
        "add slot": _("added a slot"),
        "change slot": _("changed a slot"),
        "move slot": _("moved a slot"),
        "remove slot": _("removed a slot"),
        "add speaker": _("added a speaker"),
        "change speaker": _("changed a speaker"),
        "remove speaker": _("removed a speaker"),
        "answer": _("noted whether a speaker comes"),
        "undo step": _("took back a step of the draft"),
        "redo step": _("made a step of the draft again"),
        **_speaker_acts(),
        "add item": _("added an agenda item"),
        "change item": _("changed an agenda item"),
        "remove item": _("removed an agenda item"),
        "add document": _("added a document"),
        "change document": _("changed a document"),
        "remove document": _("removed a document"),
        "add document file": _("added a file of a document"),
        "replace document file": _("replaced a file of a document"),
        "withdraw document file": _("withdrew a file of a document"),
    }


def _speaker_acts() -> dict[str, str]:
    return {
        "make speaker link": _("made the link of a speaker"),
        "revoke speaker link": _("closed the link of a speaker"),
        "invite speaker": _("sent an invitation to a speaker"),
        "remind speaker": _("sent a reminder to a speaker"),
        "set photo": _("set the photo of a speaker"),
        "remove photo": _("removed the photo of a speaker"),
        "add speaker file": _("added a file of a speaker"),
        "remove speaker file": _("removed a file of a speaker"),
        "forget speaker": _("erased what was kept of a speaker"),
        "show speaker file": _("decided whether the public gets a file of a speaker"),
    }


def _registration_acts() -> dict[str, str]:
    return {
        "register": _("registered"),
        "cancel registration": _("cancelled a registration"),
        "register again": _("took back the end of a registration"),
        "switch mode": _("switched between room and online"),
        "promote": _("gave a free seat to the next person waiting"),
        "reissue ticket": _("made a new ticket"),
        "correct registration": _("corrected a registration"),
        "import registration": _("imported a registration"),
        "export registrations": _("exported the registrations"),
        "export attendance": _("exported the report of attendance"),
        "settle conflict": _("settled a conflict of two scans"),
        "add question": _("added a question to the form"),
        "change question": _("changed a question of the form"),
        "move question": _("moved a question of the form"),
        "remove question": _("removed a question from the form"),
        "change form fields": _("changed what the form asks"),
        "change form categories": _("changed the categories of the form"),
        "approve registration": _("approved a registration"),
        "decline registration": _("declined a registration"),
        "change category": _("changed a category"),
        "import": _("imported registrations"),
        "offer seat": _("offered a free seat"),
        "accept offer": _("took the offered seat"),
        "decline offer": _("declined the offered seat"),
        "offer ran out": _("let an offered seat go to the next person"),
        "seat over capacity": _("gave a seat beyond the capacity"),
        "change limits": _("changed the limits of categories"),
        "set session seats": _("set the seats of a session"),
        "sign up for session": _("signed up for a session"),
        "seat in session": _("gave a free seat in a session"),
        "leave session": _("left a session"),
        "end sign-up": _("ended the sign-up of a session"),
        "add checkpoint": _("added a checkpoint"),
        "change checkpoint": _("changed a checkpoint"),
        "remove checkpoint": _("removed a checkpoint"),
        "pair device": _("paired a device"),
        "revoke device": _("ended a device’s access"),
    }


def _message_acts() -> dict[str, str]:
    return {
        "write message": _("wrote a message"),
        "change message": _("changed a message"),
        "schedule message": _("scheduled a message"),
        "send message": _("sent a message"),
        "stop message": _("stopped a message"),
        "delete message": _("deleted a message"),
        "suppress addresses": _("stopped mails to addresses that do not work"),
        "release address": _("let mails to an address leave again"),
    }


def _delegation_acts() -> dict[str, str]:
    return {
        "add delegation": _("added a delegation"),
        "change delegation details": _("changed a delegation"),
        "remove delegation": _("removed a delegation"),
        "make delegation link": _("made the link of a delegation"),
        "revoke delegation link": _("closed the link of a delegation"),
        "invite delegation": _("invited the focal point of a delegation"),
        "remind delegation": _("reminded the focal point of a delegation"),
        "export delegations": _("exported the delegations"),
        "name delegates": _("named people of a delegation"),
        "withdraw delegate": _("withdrew somebody from a delegation"),
        "replace delegate": _("replaced somebody in a delegation"),
        "change role of delegate": _("changed a role in a delegation"),
        "vouch for delegate": _("said that somebody comes with the delegation"),
        "refuse delegate": _("said that somebody does not come with the delegation"),
        "change delegation": _("counted somebody for another delegation"),
        "replaced by another": _("gave somebody’s place to another person"),
        "replace person": _("took the place of another person"),
        "send nomination letter": _("sent a nomination letter"),
        "accept nomination letter": _("accepted a nomination letter"),
        "return nomination letter": _("returned a nomination letter"),
    }


def _other_acts() -> dict[str, str]:
    return {
        "answer invitation": _("answered a calendar invitation"),
        "change looks": _("changed the looks"),
        "change privacy notice": _("changed the privacy notice"),
        "change privacy settings": _("changed the privacy settings"),
        "erase after retention": _("erased personal data whose time was over"),
        "erase person": _("erased a person’s data"),
        "export personal data": _("downloaded a person’s data"),
        "merge registration": _("merged two registrations"),
        "not a duplicate": _("said that two registrations are different people"),
        "print badges": _("printed badges"),
        "print badge at kiosk": _("printed a badge at the kiosk"),
        "open kiosk": _("opened a kiosk"),
        "close kiosk": _("closed a kiosk"),
        "add badge layout": _("added a badge layout"),
        "change badge layout": _("changed a badge layout"),
        "remove badge layout": _("removed a badge layout"),
        "issue letter": _("issued a letter or certificate"),
        "make letters": _("made letters or certificates for many"),
        "withdraw letter": _("withdrew a letter"),
        "write letter": _("wrote a letter"),
        "import meeting": _("imported who was online"),
        "take back meeting": _("took back an import of who was online"),
        "match attendee": _("said who somebody online was"),
        "confirm attendees": _("confirmed who people online were"),
        "unmatch attendee": _("took back who somebody online was"),
        "set attendee aside": _("left somebody online out of the attendance"),
        "add person": _("added a person"),
        "change person": _("changed a person’s details"),
        "add network": _("added a network"),
        "join network": _("added a member"),
        "create user": _("created an account"),
        "choose language": _("chose a language"),
        "change administrator": _("changed who is an administrator"),
        "let sign in": _("let someone sign in"),
        "stop signing in": _("ended someone’s access"),
    }


def _changes(entry: AuditEntry) -> list[Change]:
    names = [*entry.before, *(name for name in entry.after if name not in entry.before)]
    if not entry.before:
        return []
    pairs = ((name, entry.before.get(name), entry.after.get(name)) for name in names)
    return [Change(_field(name), _value(name, old), _value(name, new)) for name, old, new in pairs if old != new]


def _value(name: str, value: Any) -> str:
    """A value as people read it; what is kept as a code is named."""
    codes: Mapping[str, Callable[[str], object]] = {
        "state": state_label,
        "mode": mode_label,
        "category": category_label,
        "country": country_name,
    }
    return str(codes[name](value)) if value and name in codes else _text(value)


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
        "state": _("State"),
        "mode": _("Takes part"),
        "category": _("Category"),
        "reason": _("Reason"),
        "given_name": _("Given name"),
        "family_name": _("Family name"),
        "name_latin": _("Name in Latin letters"),
        "honorific": _("Form of address"),
        "email": _("E-mail"),
        "organisation": _("Organisation"),
        "job_title": _("Position"),
        "job_titles": _("Position"),
        "country": _("Country"),
        "phone": _("Telephone"),
        "language": _("Language"),
    }
    return words.get(name) or name.replace("_", " ").capitalize()


def _text(value: Any) -> str:
    if isinstance(value, Mapping):
        value = text_in(value, [page_language(), "en"]).value
    elif isinstance(value, list):
        value = comma().join(str(one) for one in value)
    elif isinstance(value, bool):
        value = _("yes") if value else _("no")
    text = "" if value is None else str(value)
    text = plain_text(text) if text.startswith("<") else text
    return text if len(text) <= LONGEST else text[:LONGEST].rstrip() + "…"
