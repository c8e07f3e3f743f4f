"""Under which ids other systems know what was imported: their next file then changes it instead of adding it again."""

from enum import StrEnum

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from inser_events.database import Model

LONGEST_ID = 500


class ImportedKind(StrEnum):
    """What an id names."""

    SESSION = "session"
    NUMBER = "number"
    """Also a session: the number beside its guid."""
    ROOM = "room"
    PERSON = "person"


class ImportedId(Model):
    """One foreign id within one event, and our uid for it."""

    __tablename__ = "imported_id"
    __table_args__ = (UniqueConstraint("event_id", "kind", "foreign_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"))
    kind: Mapped[str]
    foreign_id: Mapped[str]
    uid: Mapped[str]
