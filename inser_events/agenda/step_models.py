"""The last steps of a draft, kept so that they can be taken back and made again."""

import zlib
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import ForeignKey, Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from inser_events.agenda.snapshot import Document, Item, Session
from inser_events.database import Model, new_uid


class Held(msgspec.Struct, frozen=True, omit_defaults=True):
    """A draft, or the part of it that a step made different. Lengths are told as spans from `step_words.EPOCH`."""

    sessions: dict[str, Session] = {}
    items: list[Item] = []
    documents: list[Document] = []


_decoder = msgspec.json.Decoder(Held)


def packed(side: Held) -> bytes:
    """A side of a step, as it is stored."""
    return zlib.compress(msgspec.json.encode(side, order="deterministic"))


def unpacked(stored: bytes) -> Held:
    """A side of a step that was stored."""
    return _decoder.decode(zlib.decompress(stored))


class DraftStep(Model):
    """One edit of a draft: what of it was different before and after. Only the last ones of an event are kept."""

    __tablename__ = "draft_step"
    __table_args__ = (Index("ix_draft_step_event", "event_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[str] = mapped_column(unique=True, default=new_uid)
    """What a page names it by: SQLite gives the number of a deleted row again."""
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"))
    at: Mapped[datetime]
    user_id: Mapped[int | None]
    """Who made it. No foreign key: the step outlives the account."""
    actor: Mapped[str]
    told: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """What it did, for `agenda.step_words`."""
    before: Mapped[bytes] = mapped_column(LargeBinary)
    """A `Held`, as compressed JSON: the sessions that differ, as they were."""
    after: Mapped[bytes] = mapped_column(LargeBinary)
    size: Mapped[int]
    """Bytes of both."""
    undone: Mapped[bool] = mapped_column(default=False)
