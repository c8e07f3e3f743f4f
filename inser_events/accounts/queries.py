"""Finding accounts."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from inser_events.accounts.acts import safety_acts
from inser_events.accounts.errors import NoSuchUser
from inser_events.accounts.models import SignIn, User
from inser_events.audit import AuditEntry
from inser_events.database import db

SHOWN = 10


def all_users() -> Sequence[User]:
    """Every account, by address."""
    return db.session.scalars(select(User).options(selectinload(User.webauthn)).order_by(User.email)).all()


def find_account(user_id: int) -> User:
    """The account with this id. Raises NoSuchUser."""
    user = db.session.get(User, user_id)
    if user is None:
        raise NoSuchUser
    return user


def recent_sign_ins(user: User) -> Sequence[SignIn]:
    """The last times this user signed in, newest first."""
    mine = select(SignIn).where(SignIn.user_id == user.id)
    return db.session.scalars(mine.order_by(SignIn.at.desc(), SignIn.id.desc()).limit(SHOWN)).all()


def recent_changes(user: User) -> Sequence[AuditEntry]:
    """What was last changed about how this user signs in, newest first."""
    about = select(AuditEntry).where(AuditEntry.subject == f"user:{user.id}", AuditEntry.action.in_(safety_acts()))
    return db.session.scalars(about.order_by(AuditEntry.id.desc()).limit(SHOWN)).all()
