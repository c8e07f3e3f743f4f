"""The layouts an event can print on: the ready ones and its own, with their pictures and the printer's shift."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec
from flask import current_app
from flask_babel import gettext as _
from sqlalchemy import select

from inser_events.badges.errors import NoSuchLayout
from inser_events.badges.layouts import LAYOUTS, Layout
from inser_events.badges.models import BadgeLayout, BadgeSettings
from inser_events.config import Settings
from inser_events.database import db
from inser_events.events.models import Event
from inser_events.events.queries import of_event

OWN = "own-"
USUAL = "a6"
_SIZE = re.compile(r"A\d|[\d.]+ × [\d.]+ mm")


def folder() -> Path:
    """Where pictures and finished files are."""
    settings: Settings = current_app.extensions["settings"]
    return settings.uploads / "badges"


def layout_from(row: BadgeLayout) -> Layout:
    """One of the event's own layouts, ready to print."""
    return msgspec.structs.replace(
        msgspec.convert(row.content, Layout), name=f"{OWN}{row.uid}", description=row.name, fits=""
    )


def own_layouts(event: Event) -> Sequence[BadgeLayout]:
    """The event's own layouts, by name."""
    mine = select(BadgeLayout).where(BadgeLayout.event_id == event.id)
    return db.session.scalars(mine.order_by(BadgeLayout.name, BadgeLayout.id)).all()


def find_own(event: Event, uid: str) -> BadgeLayout:
    """One of the event's own layouts. Raises NoSuchLayout."""
    return of_event(BadgeLayout, event, uid, NoSuchLayout)


def find_layout(event: Event, name: str) -> Layout:
    """A layout by its name, ready or the event's own. Raises NoSuchLayout."""
    if name.startswith(OWN):
        return layout_from(find_own(event, name.removeprefix(OWN)))
    if name not in LAYOUTS:
        raise NoSuchLayout
    return LAYOUTS[name]


def layout_names(event: Event) -> list[tuple[str, str]]:
    """Name and description of every layout, the event's own first."""
    own = [(f"{OWN}{row.uid}", row.name) for row in own_layouts(event)]
    return [*own, *((layout.name, described(layout)) for layout in LAYOUTS.values())]


def described(layout: Layout) -> str:
    """The description in the page's language, with the sheets on sale that it fits."""
    words = in_words(layout)
    return f"{words} ({layout.fits})" if layout.fits else words


def in_words(layout: Layout) -> str:
    """What the description of a ready layout says, in the page's language; an own layout's as it was written."""
    paper, _comma, rest = layout.description.partition(", ")
    size = _SIZE.search(rest)
    if not size or layout.name not in LAYOUTS:
        return layout.description
    if layout.name == "a6-folded":
        return str(_("%(paper)s, folded to %(size)s", paper=paper, size=size[0]))
    told = {"paper": paper, "count": layout.columns * layout.rows, "size": size[0]}
    if layout.name.startswith("labels-"):
        return str(_("%(paper)s, %(count)s labels of %(size)s", **told))
    return str(_("%(paper)s, %(count)s badges of %(size)s", **told))


def pictures_of(layout: Layout) -> Mapping[str, bytes]:
    """The layout's pictures by name; one that is gone is left out."""
    names = {field.picture for field in (*layout.fields, *layout.back) if field.picture}
    found = {}
    for name in names:
        path = folder() / "pictures" / name
        if Path(name).name == name and path.is_file():
            found[name] = path.read_bytes()
    return found


def settings_of(event_id: int) -> BadgeSettings:
    """The event's settings; a new row, not yet kept, when it has none."""
    return db.session.get(BadgeSettings, event_id) or BadgeSettings(event_id=event_id, layout="", shifts={})


def usual_layout(event: Event) -> str:
    """The layout used last, while it is still there."""
    name = settings_of(event.id).layout
    try:
        find_layout(event, name)
    except NoSuchLayout:
        return USUAL
    return name


def shift_of(event_id: int, layout: str) -> tuple[float, float]:
    """How far the badges are moved on the paper, in millimetres to the right and down."""
    right, down = settings_of(event_id).shifts.get(layout, (0, 0))
    return float(right), float(down)
