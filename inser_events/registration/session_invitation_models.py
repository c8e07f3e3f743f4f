"""Which sessions stand in people's calendars."""

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from inser_events.database import Model
from inser_events.registration.models import Registration


class SessionInvitation(Model):
    """A session's entry that was mailed to one person. It stays when it is called off: its SEQUENCE must go on."""

    __tablename__ = "session_invitation"
    __table_args__ = (UniqueConstraint("registration_id", "session_uid"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    registration_id: Mapped[int] = mapped_column(ForeignKey("registration.id", ondelete="CASCADE"))
    session_uid: Mapped[str] = mapped_column(index=True)
    """UID of the entry: the session's, which every release keeps."""
    sequence: Mapped[int]
    """SEQUENCE of the last message about it (RFC 5546 section 2.1.4)."""
    standing: Mapped[bool] = mapped_column(default=True)
    """False once the entry was called off."""

    registration: Mapped[Registration] = relationship()
