"""Making and changing an event's own layouts. Each change can be undone; nobody overwrites another's."""

import hashlib
from collections.abc import Callable
from itertools import count
from typing import Any

import msgspec
from flask_babel import gettext as _
from sqlalchemy import update

from inser_events.audit import record
from inser_events.badges.designs import LONGEST_WORDS, MOST_FIELDS, Field, Kind
from inser_events.badges.errors import LayoutChanged, UnusableLayout
from inser_events.badges.layouts import Layout
from inser_events.badges.models import BadgeLayout
from inser_events.badges.stock import folder, layout_from
from inser_events.clock import now
from inser_events.database import db
from inser_events.documents.pictures import logo
from inser_events.documents.text import one_line
from inser_events.events.models import Event

LONGEST_NAME = 80
MOST_STEPS = 30
MOST_LAYOUTS = 50
LARGEST_FILE = 200_000
Change = Callable[[Layout], Layout]


def create(event: Event, name: str, start: Layout, existing: int = 0) -> BadgeLayout:
    """Add a layout of the event's own, begun as *start*. Raises UnusableLayout."""
    name = one_line(name)[:LONGEST_NAME]
    if not name:
        raise UnusableLayout(_("Give the layout a name."), "name")
    if existing >= MOST_LAYOUTS:
        raise UnusableLayout(_("There is room for %(count)s layouts. Remove one first.", count=MOST_LAYOUTS), "name")
    content = _stored(msgspec.structs.replace(start, front=start.fields, name="", description="", fits=""))
    row = BadgeLayout(event_id=event.id, name=name, content=content, earlier=[], later=[], changed_at=now())
    db.session.add(row)
    db.session.flush()  # the audit entry needs the id
    record("add badge layout", row, event_id=event.id, after={"name": name})
    return row


def _stored(layout: Layout) -> dict[str, Any]:
    # By way of JSON, so that it is the same before and after the database kept it.
    content: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(layout))
    return content


def change(row: BadgeLayout, version: int, how: Change) -> None:
    """Change a layout that was seen as *version*. Raises LayoutChanged."""
    before = layout_from(row)
    after = how(before)
    if after == before:
        return
    _take(row, version)
    row.earlier = [*row.earlier, row.content][-MOST_STEPS:]
    row.later = []
    row.content = _stored(msgspec.structs.replace(after, name="", description="", fits=""))
    record("change badge layout", row, event_id=row.event_id, after={"name": row.name})


def _take(row: BadgeLayout, version: int) -> None:
    """Make the next version, unless somebody else did. Raises LayoutChanged."""
    taken = db.session.execute(
        update(BadgeLayout)
        .where(BadgeLayout.id == row.id, BadgeLayout.version == version)
        .values(version=version + 1, changed_at=now())
        .returning(BadgeLayout.version)
    ).scalar()
    if taken is None:
        raise LayoutChanged
    db.session.refresh(row)


def undo(row: BadgeLayout, version: int) -> None:
    """Take the last change back. Raises LayoutChanged."""
    if row.earlier:
        _take(row, version)
        row.later = [*row.later, row.content]
        row.content, row.earlier = row.earlier[-1], row.earlier[:-1]


def redo(row: BadgeLayout, version: int) -> None:
    """Make the change again that was taken back. Raises LayoutChanged."""
    if row.later:
        _take(row, version)
        row.earlier = [*row.earlier, row.content]
        row.content, row.later = row.later[-1], row.later[:-1]


def rename(row: BadgeLayout, name: str) -> None:
    """Call a layout something else. Raises UnusableLayout."""
    name = one_line(name)[:LONGEST_NAME]
    if not name:
        raise UnusableLayout(_("Give the layout a name."), "name")
    row.name = name


def remove(row: BadgeLayout) -> None:
    """Remove a layout; what was printed on it stays in the log."""
    record("remove badge layout", row, event_id=row.event_id, before={"name": row.name})
    db.session.delete(row)


def fields_of(layout: Layout, side: str) -> tuple[Field, ...]:
    """The fields of the ``front`` or the ``back``."""
    return layout.back if side == "back" else layout.fields


def with_fields(layout: Layout, side: str, fields: tuple[Field, ...]) -> Layout:
    """The layout with other fields on one side."""
    if side == "back":
        return msgspec.structs.replace(layout, back=fields)
    return msgspec.structs.replace(layout, front=fields)


def with_field(layout: Layout, side: str, field: Field) -> Layout:
    """The layout with this field in place of the one of the same key."""
    fields = tuple(field if one.key == field.key else one for one in fields_of(layout, side))
    return with_fields(layout, side, fields)


def without_field(layout: Layout, side: str, key: str) -> Layout:
    """The layout without a field. Raises UnusableLayout for the last one of the front."""
    fields = tuple(one for one in fields_of(layout, side) if one.key != key)
    if not fields and side == "front":
        raise UnusableLayout(_("The front needs at least one field."))
    return with_fields(layout, side, fields)


def added(layout: Layout, side: str, kind: Kind, *, picture: str = "") -> tuple[Layout, Field]:
    """The layout with a new field in the middle, and that field. Raises UnusableLayout."""
    fields = fields_of(layout, side)
    if len(fields) >= MOST_FIELDS:
        raise UnusableLayout(_("There is room for %(count)s fields on a side.", count=MOST_FIELDS))
    taken = {one.key for one in (*layout.fields, *layout.back)}
    key = next(
        f"{kind.replace('_', '')[:8]}{number}"
        for number in count(1)
        if f"{kind.replace('_', '')[:8]}{number}" not in taken
    )
    width, height = layout.badge
    side_of_qr = min(24.0, width, height)
    wide, high = (side_of_qr, side_of_qr) if kind == Kind.QR else (width * 0.7, min(12.0, height * 0.25))
    field = Field(
        key=key, kind=kind, left=round((width - wide) / 2, 1), top=round((height - high) / 2, 1), width=round(wide, 1),
        height=round(high, 1), size=12, least=6, small=9, picture=picture,
    )  # fmt: skip
    return with_fields(layout, side, (*fields, field)), field


def keep_picture(content: bytes) -> str:
    """Keep a picture for badges; its name. Raises UnusablePicture."""
    picture = logo(content, longest=1500)
    name = f"{hashlib.sha256(picture.content).hexdigest()}.{picture.extension}"
    pictures = folder() / "pictures"
    pictures.mkdir(parents=True, exist_ok=True)
    (pictures / name).write_bytes(picture.content)
    return name


def exported(row: BadgeLayout) -> bytes:
    """A layout as a file that another event can take over; pictures stay behind."""
    layout = msgspec.structs.replace(layout_from(row), name="", description=row.name)
    return msgspec.json.format(msgspec.json.encode(layout), indent=2)


def imported(content: bytes) -> Layout:
    """Read what `exported` wrote. Raises UnusableLayout."""
    if len(content) > LARGEST_FILE:
        raise UnusableLayout(_("This file is too large for a badge layout."), "file")
    try:
        layout = msgspec.json.decode(content, type=Layout)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise UnusableLayout(_("This file is not a badge layout: %(why)s", why=str(error)[:200]), "file") from error
    keys = [field.key for field in (*layout.fields, *layout.back)]
    if len(keys) != len(set(keys)):
        raise UnusableLayout(_("This file is not a badge layout: two fields have the same name."), "file")
    texts = [text for field in (*layout.front, *layout.back) for text in field.words.values()]
    if any(len(text) > LONGEST_WORDS for text in texts):
        raise UnusableLayout(_("This file is too large for a badge layout."), "file")
    return layout
