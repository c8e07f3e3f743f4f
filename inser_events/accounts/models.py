"""Users and their site-wide roles."""

from datetime import datetime
from typing import Any

from flask_security import RoleMixin, UserMixin, WebAuthnMixin
from sqlalchemy import JSON, Column, ForeignKey, Index, LargeBinary, Table, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from inser_events.clock import now
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
    """What the authenticator app counts with, encrypted."""
    tf_last_counter: Mapped[int | None]
    """Of the last code that was accepted: none is accepted twice."""
    mf_recovery_codes: Mapped[list[str] | None] = mapped_column(JSON)
    """Hashes of those that are left."""
    fs_webauthn_user_handle: Mapped[str | None] = mapped_column(  # type: ignore[assignment] # see above
        unique=True
    )
    is_sample: Mapped[bool] = mapped_column(default=False)
    language: Mapped[str | None]
    """Of the pages behind the sign-in; None until one is chosen."""

    # Flask-Security names the type of a list it only reads.
    roles: Mapped[list[Role]] = relationship(  # type: ignore[assignment] # see above
        secondary=user_role, lazy="selectin"
    )

    webauthn: Mapped[list["Passkey"]] = relationship(  # type: ignore[assignment] # see above
        back_populates="user", cascade="all, delete-orphan", passive_deletes=True, order_by="Passkey.id"
    )

    @property
    def has_app(self) -> bool:
        """Is asked for a code of an authenticator app after the password."""
        return bool(self.tf_primary_method and self.tf_totp_secret)

    @property
    def is_administrator(self) -> bool:
        """May do everything, in every event."""
        return any(role.name == ADMINISTRATOR for role in self.roles)


class Passkey(Model, WebAuthnMixin):
    """A key that signs someone in: in place of the password (``usage`` first) or after it (secondary)."""

    __tablename__ = "passkey"
    __table_args__ = (UniqueConstraint("user_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), index=True)
    name: Mapped[str]
    credential_id: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    public_key: Mapped[bytes] = mapped_column(LargeBinary)
    sign_count: Mapped[int] = mapped_column(default=0)
    transports: Mapped[list[str] | None] = mapped_column(JSON)
    extensions: Mapped[str | None]
    backup_state: Mapped[bool] = mapped_column(default=False)
    device_type: Mapped[str] = mapped_column(default="")
    usage: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(default=now)
    lastuse_datetime: Mapped[datetime]

    user: Mapped[User] = relationship(back_populates="webauthn")


class SignIn(Model):
    """That someone signed in: how, from which address, with which browser. Kept for some weeks."""

    __tablename__ = "sign_in"
    __table_args__ = (Index("ix_sign_in_user_id_at", "user_id", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"))
    at: Mapped[datetime]
    way: Mapped[str]
    address: Mapped[str] = mapped_column(default="")
    browser: Mapped[str] = mapped_column(default="")
