"""How an event looks: logo, cover picture, two colours, the logos of its partners.

Pictures are files under the uploads folder, named by the digest of their bytes, so an address never shows another
picture than it did and browsers may keep it.
"""

import hashlib
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

from flask import current_app
from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from inser_events.config import Settings
from inser_events.database import Model, db
from inser_events.documents.colours import NIGHT, PAPER, readable
from inser_events.documents.pictures import size_of
from inser_events.events.models import Event


class EventIdentity(Model):
    """The looks of one event; a missing row or an empty field is our own design."""

    __tablename__ = "event_identity"

    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"), primary_key=True)
    logo: Mapped[str] = mapped_column(default="")
    """File name ``<digest>.png``."""
    cover: Mapped[str] = mapped_column(default="")
    """File name ``<digest>.jpg``."""
    primary: Mapped[str] = mapped_column(default="")
    """``#rrggbb``; white letters on it can be read."""
    secondary: Mapped[str] = mapped_column(default="")
    partners: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """Name and file of each, in order: ``{"list": [["FAO", "<digest>.png"], …]}``."""
    changed_at: Mapped[datetime]

    event: Mapped[Event] = relationship()


class Partner(NamedTuple):
    """A partner's logo."""

    name: str
    file: str


class Look(NamedTuple):
    """The looks as plain values: part of the key of every page kept in memory."""

    logo: str = ""
    cover: str = ""
    primary: str = ""
    secondary: str = ""
    partners: tuple[Partner, ...] = ()

    @property
    def files(self) -> set[str]:
        """Every picture that is shown."""
        return {name for name in (self.logo, self.cover, *(partner.file for partner in self.partners)) if name}

    @property
    def is_own(self) -> bool:
        """Whether anything differs from our design."""
        return self != PLAIN

    @property
    def tag(self) -> str:
        """A name for these colours, to stand in the address of their style sheet."""
        return hashlib.sha256(f"{self.primary}{self.secondary}".encode()).hexdigest()[:12]


PLAIN = Look()


def identity_of(event_id: int) -> EventIdentity | None:
    """The row of an event, or None."""
    return db.session.get(EventIdentity, event_id)


def look_of(event_id: int) -> Look:
    """How an event looks now."""
    identity = identity_of(event_id)
    return look_in(identity) if identity else PLAIN


def look_in(identity: EventIdentity) -> Look:
    """The looks that a row holds."""
    partners = tuple(Partner(*pair) for pair in identity.partners.get("list", []))
    return Look(identity.logo, identity.cover, identity.primary, identity.secondary, partners)


def colours_css(look: Look) -> str:
    """The style sheet that gives a page the event's colours, in the light and in the dark."""
    rules = []
    if look.primary:
        fill, day, night = look.primary, readable(look.primary, PAPER), readable(look.primary, NIGHT)
        rules += [
            f"--accent:light-dark({day},{night})",
            f"--accent-strong:light-dark({day},{night})",
            f"--accent-fill:{fill}",
            f"--accent-fill-strong:{fill}",
        ]
    if look.secondary:
        rules.append(f"--horizon-b:{look.secondary}")
        rules.append(f"--horizon-e:{look.primary or look.secondary}")
    return "@layer pages{:root{" + ";".join(rules) + "}}\n" if rules else ""


def logo_css(slug: str, look: Look) -> str:
    """The style sheet that puts the logo beside the event's name, where a page has a place for it."""
    path = folder() / look.logo
    if not look.logo or not path.is_file():
        return ""
    width, height = size_of(path.read_bytes())
    values = {"": f"url(/events/{slug}/pictures/{look.logo})", "-height": "3rem", "-ratio": f"{width}/{height}"}
    return "@layer pages{:root{" + ";".join(f"--event-logo{name}:{value}" for name, value in values.items()) + "}}\n"


def folder() -> Path:
    """Where the pictures are."""
    settings: Settings = current_app.extensions["settings"]
    return settings.uploads / "identity"
