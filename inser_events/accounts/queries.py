"""Finding accounts."""

from collections.abc import Sequence

from sqlalchemy import select

from inser_events.accounts.errors import NoSuchUser
from inser_events.accounts.models import User
from inser_events.database import db


def all_users() -> Sequence[User]:
    """Every account, by address."""
    return db.session.scalars(select(User).order_by(User.email)).all()


def find_account(user_id: int) -> User:
    """The account with this id. Raises NoSuchUser."""
    user = db.session.get(User, user_id)
    if user is None:
        raise NoSuchUser
    return user
