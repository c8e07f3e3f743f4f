"""The draft as bare rows: what differs between two readings is told without making an object of every session.

An edit touches a handful of sessions out of perhaps a thousand. Texts in several languages stay the JSON that the
database holds until a session is found to differ.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import timedelta
from types import SimpleNamespace
from typing import Any, NamedTuple

from sqlalchemy import Row, Text, cast, select
from sqlalchemy.orm import InstrumentedAttribute

from inser_events.agenda import models
from inser_events.agenda.freezing import frozen_session
from inser_events.agenda.snapshot import Session
from inser_events.database import db
from inser_events.events.models import Event, Room
from inser_events.people.models import Person

_JSON = frozenset({"title", "abstract", "languages", "interpretation"})


class SessionRows(NamedTuple):
    """One session: its row, then those of its slots, of its speakers and of the items taken in its slots, in order."""

    session: Row[Any]
    slots: tuple[Row[Any], ...]
    speakers: tuple[Row[Any], ...]
    items: tuple[Row[Any], ...]


def draft_rows(event: Event) -> dict[str, SessionRows]:
    """Every session of the draft by its uid, as it is in the database now."""
    session, slot, speaker, item = models.Session, models.Slot, models.Speaker, models.Item
    mine = session.event_id == event.id
    slots = (
        select(slot.session_id, slot.id, slot.uid, slot.kind, _text(slot.title), _text(slot.abstract), slot.minutes)
        .join(session)
        .where(mine)
        .order_by(slot.position, slot.id)
    )
    speakers = (
        select(
            speaker.session_id, speaker.slot_id, speaker.uid, speaker.role, speaker.state, speaker.online,
            speaker.time_zone, Person.uid.label("person"),
        )
        .join(session, speaker.session_id == session.id)
        .join(Person, speaker.person_id == Person.id)
        .where(mine)
        .order_by(speaker.position, speaker.id)
    )  # fmt: skip
    items = (
        select(slot.session_id, slot.id, item.number)
        .join(models.slot_item, models.slot_item.c.slot_id == slot.id)
        .join(item, item.id == models.slot_item.c.item_id)
        .join(session, slot.session_id == session.id)
        .where(mine)
        .order_by(item.position, item.id)
    )
    parts = [_by_session(db.session.execute(chosen)) for chosen in (slots, speakers, items)]
    sessions = db.session.execute(
        select(
            session.id, session.uid, Room.uid.label("room"), session.kind, _text(session.title),
            _text(session.abstract), session.track, session.starts_at, session.minutes, _text(session.languages),
            _text(session.interpretation), session.online, session.withdrawn_at,
        )
        .outerjoin(Room, Room.id == session.room_id)
        .where(mine)
        .order_by(session.starts_at, session.id)
    )  # fmt: skip
    return {row.uid: SessionRows(row, *(tuple(part.get(row.id, ())) for part in parts)) for row in sessions}


def _text(column: InstrumentedAttribute[Any]) -> Any:
    return cast(column, Text).label(column.key)


def _by_session(rows: Iterable[Row[Any]]) -> Mapping[int, list[Row[Any]]]:
    found: dict[int, list[Row[Any]]] = defaultdict(list)
    for row in rows:
        found[row.session_id].append(row)
    return found


def whole_session(rows: SessionRows) -> Session:
    """The session as plain values, with what is never published."""
    speakers = [_filled(row, person=SimpleNamespace(uid=row.person)) for row in rows.speakers]
    slots = [
        _filled(
            row,
            speakers=[speaker for speaker in speakers if speaker.slot_id == row.id],
            items=[item for item in rows.items if item.id == row.id],
        )
        for row in rows.slots
    ]
    row = rows.session
    draft = _filled(
        row,
        room=SimpleNamespace(uid=row.room) if row.room else None,
        ends_at=row.starts_at + timedelta(minutes=row.minutes),
        slots=slots,
        speakers=[speaker for speaker in speakers if speaker.slot_id is None],
    )
    return frozen_session(draft, whole=True)


def _filled(row: Row[Any], **more: Any) -> Any:
    """What `frozen_session` reads of an object of the model."""
    texts = {name: json.loads(text) for name, text in row._mapping.items() if name in _JSON}  # noqa: SLF001 — its public name
    return SimpleNamespace(**{**row._mapping, **texts, **more})  # noqa: SLF001 — its public name
