"""Giving an event its looks."""

import hashlib
from typing import Literal

from flask_babel import gettext as _
from sqlalchemy import select

from inser_events.audit import record
from inser_events.clock import now
from inser_events.database import db
from inser_events.documents.colours import READABLE, WHITE, contrast, parsed, readable
from inser_events.documents.pictures import Picture, logo, photograph
from inser_events.documents.text import one_line
from inser_events.errors import Refused
from inser_events.events.identity import EventIdentity, folder, identity_of, look_in
from inser_events.events.models import Event
from inser_events.jobs import every

MOST_PARTNERS = 24
LONGEST_NAME = 120
KEPT_SECONDS = 3600
Which = Literal["logo", "cover"]


class UnusableLook(Refused):
    """A colour or a partner that cannot be used; *field* is where it was typed."""

    status = 422
    title = "Not usable"

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


def set_colours(event: Event, primary: str, secondary: str) -> EventIdentity:
    """Choose both colours; empty is our own. Raises UnusableLook, with a colour that can be read as a proposal."""
    chosen = {"primary": _colour("primary", primary), "secondary": _colour("secondary", secondary)}
    if chosen["primary"] and contrast(chosen["primary"], WHITE) < READABLE:
        message = _(
            "White letters on it are hard to read (contrast %(contrast)s, %(least)s is needed). Try %(better)s.",
            contrast=f"{contrast(chosen['primary'], WHITE):.1f}",
            least=READABLE,
            better=readable(chosen["primary"]),
        )
        raise UnusableLook("primary", message)
    identity = _identity(event)
    before = {"primary": identity.primary, "secondary": identity.secondary}
    identity.primary, identity.secondary = chosen["primary"], chosen["secondary"]
    _changed(identity, before, chosen)
    return identity


def set_picture(event: Event, which: Which, content: bytes) -> EventIdentity:
    """Use a picture as logo or cover. Raises UnusablePicture."""
    name = _stored(logo(content) if which == "logo" else photograph(content))
    identity = _identity(event)
    before = {str(which): str(getattr(identity, which))[:12]}
    setattr(identity, which, name)
    _changed(identity, before, {str(which): name[:12]})
    return identity


def remove_picture(event: Event, which: Which) -> None:
    """Go back to our own logo or cover."""
    identity = _identity(event)
    before = {str(which): str(getattr(identity, which))[:12]}
    setattr(identity, which, "")
    _changed(identity, before, {str(which): ""})


def add_partner(event: Event, name: str, content: bytes) -> EventIdentity:
    """Show a partner's logo after the others. Raises UnusableLook, UnusablePicture."""
    name = one_line(name)
    if not name:
        raise UnusableLook("name", _("Enter the name of the partner: it is read to those who cannot see the logo."))
    if len(name) > LONGEST_NAME:
        raise UnusableLook("name", _("Use at most %(count)s characters.", count=LONGEST_NAME))
    identity = _identity(event)
    known = identity.partners.get("list", [])
    if len(known) >= MOST_PARTNERS:
        raise UnusableLook("name", _("There is room for %(count)s partners.", count=MOST_PARTNERS))
    identity.partners = {"list": [*known, [name, _stored(logo(content, longest=600))]]}
    _changed(identity, {}, {"partner": name})
    return identity


def remove_partner(event: Event, place: int) -> None:
    """Take the partner at this place, counted from 0, off the list; nothing happens when there is none."""
    identity = _identity(event)
    known = list(identity.partners.get("list", []))
    if 0 <= place < len(known):
        gone = known.pop(place)
        identity.partners = {"list": known}
        _changed(identity, {"partner": gone[0]}, {})


@every(minutes=60)
def sweep_pictures() -> None:
    """Remove pictures that no event shows any more; fresh ones may belong to a change that is being made."""
    oldest = now().timestamp() - KEPT_SECONDS
    idle = {path.name: path for path in folder().glob("*") if path.stat().st_mtime < oldest}
    if idle:
        for identity in db.session.scalars(select(EventIdentity)):
            for name in look_in(identity).files:
                idle.pop(name, None)
    for path in idle.values():
        path.unlink(missing_ok=True)


def _colour(field: str, text: str) -> str:
    if not text.strip():
        return ""
    colour = parsed(text)
    if colour is None:
        raise UnusableLook(field, _("Write the colour as # and six digits or letters from a to f, as in #9b3d1b."))
    return colour


def _stored(picture: Picture) -> str:
    """Write the picture under its digest; the file's name."""
    name = f"{hashlib.sha256(picture.content).hexdigest()}.{picture.extension}"
    folder().mkdir(parents=True, exist_ok=True)
    (folder() / name).write_bytes(picture.content)
    return name


def _identity(event: Event) -> EventIdentity:
    identity = identity_of(event.id)
    if identity is None:
        identity = EventIdentity(event_id=event.id, logo="", cover="", primary="", secondary="", partners={})
        identity.changed_at = now()
        db.session.add(identity)
        db.session.flush()  # the next act in this request must find it
    return identity


def _changed(identity: EventIdentity, before: dict[str, str], after: dict[str, str]) -> None:
    identity.changed_at = now()
    record("change looks", identity.event, event_id=identity.event_id, before=before, after=after)
