"""What can be done with accounts."""

import secrets

from flask import current_app, render_template
from flask_babel import gettext as _
from flask_security import hash_password
from flask_security.recoverable import generate_reset_password_token
from sqlalchemy import func, select

from inser_events import mail
from inser_events.accounts.errors import AddressTaken, LastAdministrator, NoSuchLanguage
from inser_events.accounts.models import ADMINISTRATOR, Role, User
from inser_events.addresses import clean_email, folded_email
from inser_events.audit import record
from inser_events.clock import now
from inser_events.config import Settings
from inser_events.database import db, new_uid
from inser_events.languages import INTERFACE


def create_user(email: str, *, name: str = "", password: str = "", administrator: bool = False) -> tuple[User, str]:
    """Create a user; return it and its password, made up when none was given. Raises UnusableEmail, AddressTaken."""
    address = clean_email(email)
    if find_user(address) is not None:
        raise AddressTaken(address)
    password = password or secrets.token_urlsafe(12)
    user = User(
        email=address, name=name.strip(), password=hash_password(password), fs_uniquifier=new_uid(), created_at=now()
    )
    if administrator:
        user.roles.append(_role(ADMINISTRATOR))
    db.session.add(user)
    db.session.flush()  # the audit entry needs the id
    record("create user", user, after={"email": address, "administrator": administrator})
    return user, password


def find_user(address: str) -> User | None:
    """The user with this address, however it is spelled."""
    return db.session.scalar(select(User).where(func.lower(User.email) == folded_email(address)))


def choose_language(user: User, language: str) -> None:
    """Show *user* the pages behind the sign-in in *language* from now on. Raises NoSuchLanguage."""
    if language not in INTERFACE:
        raise NoSuchLanguage
    before, user.language = user.language, language
    if before != language:
        record("choose language", user, before={"language": before}, after={"language": language})


def invite_user(email: str, *, name: str = "", administrator: bool = False) -> User:
    """Create a user who chooses a password by a mailed link. Raises UnusableEmail, AddressTaken."""
    user, _password = create_user(email, name=name, administrator=administrator)
    settings: Settings = current_app.extensions["settings"]
    text = render_template(
        "emails/account_invitation.txt",
        home=settings.base_url,
        link=password_link(user),
        forgotten=f"{settings.base_url}/reset",
    )
    message = mail.Mail(to=user.email, name=user.name, subject=_("Your account for organising events"), text=text)
    mail.send(f"account:{user.id}", message)
    return user


def password_link(user: User) -> str:
    """The address at which the user chooses a password; it ends with the next change of password."""
    settings: Settings = current_app.extensions["settings"]
    token = generate_reset_password_token(user)  # type: ignore[no-untyped-call] # Flask-Security annotates only in part
    return f"{settings.base_url}/reset/{token}"


def set_active(user: User, *, active: bool) -> None:
    """Let a user sign in, or end that; open sessions end at once. Raises LastAdministrator."""
    if user.active == active:
        return
    if not active and user.is_administrator:
        _keep_an_administrator(user)
    user.active = active
    if not active:
        user.fs_uniquifier = new_uid()  # what Flask-Security ties sessions to
    record("let sign in" if active else "stop signing in", user, after={"email": user.email, "active": active})


def set_administrator(user: User, *, administrator: bool) -> None:
    """Make a user an administrator, or end that. Raises LastAdministrator."""
    if user.is_administrator == administrator:
        return
    if administrator:
        user.roles.append(_role(ADMINISTRATOR))
    else:
        _keep_an_administrator(user)
        user.roles = [role for role in user.roles if role.name != ADMINISTRATOR]
    record("change administrator", user, after={"email": user.email, "administrator": administrator})


def _keep_an_administrator(user: User) -> None:
    others = select(User.id).where(User.active, User.id != user.id, User.roles.any(Role.name == ADMINISTRATOR))
    if db.session.scalar(others.limit(1)) is None:
        raise LastAdministrator


def _role(name: str) -> Role:
    role = db.session.scalar(select(Role).where(Role.name == name))
    return role or Role(name=name)
