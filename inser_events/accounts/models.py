"""Users and their site-wide roles."""

from datetime import datetime
from typing import Any

from flask_security import RoleMixin, UserMixin
from sqlalchemy import Column, ForeignKey, Table
from sqlalchemy.orm import Mapped, mapped_column, relationship

from inser_events.database import Model, UTCDateTime, db

ADMINISTRATOR = "administrator"

user_role = Table(
    "user_role",
    db.metadata,
    Column("user_id", ForeignKey("user.id", ondelete="CASCADE"), primary_key=True),
    Column("role_id", ForeignKey("role.id", ondelete="CASCADE"), primary_key=True),
)


class Role(Model, RoleMixin):
    """A site-wide role. Only ``administrator`` exists; roles within an event are `events.models.TeamMember`."""

    __tablename__ = "role"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    description: Mapped[str] = mapped_column(default="")


class User(Model, UserMixin):
    """Someone who signs in."""

    __tablename__ = "user"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str] = mapped_column(default="")
    password: Mapped[str | None]
    active: Mapped[bool] = mapped_column(default=True)
    fs_uniquifier: Mapped[str] = mapped_column(unique=True)
    confirmed_at: Mapped[Any | None] = mapped_column(UTCDateTime)
    created_at: Mapped[datetime]
    tf_primary_method: Mapped[str | None]
    tf_totp_secret: Mapped[str | None]
    is_sample: Mapped[bool] = mapped_column(default=False)
    language: Mapped[str | None]
    """Of the pages behind the sign-in; None until one is chosen."""

    # Flask-Security names the type of a list it only reads.
    roles: Mapped[list[Role]] = relationship(  # type: ignore[assignment] # see above
        secondary=user_role, lazy="selectin"
    )

    @property
    def is_administrator(self) -> bool:
        """May do everything, in every event."""
        return any(role.name == ADMINISTRATOR for role in self.roles)
