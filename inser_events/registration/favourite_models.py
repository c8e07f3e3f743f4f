"""The sessions that people starred, kept with their registration."""

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from inser_events.database import Model


class Favourite(Model):
    """One starred session of one registration."""

    __tablename__ = "favourite"

    registration_id: Mapped[int] = mapped_column(ForeignKey("registration.id", ondelete="CASCADE"), primary_key=True)
    session_uid: Mapped[str] = mapped_column(primary_key=True)
    """``uid`` of the session, which every release keeps."""
    starred_at: Mapped[datetime]
