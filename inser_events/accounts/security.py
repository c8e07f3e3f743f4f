"""Sign-in by Flask-Security: password, change and reset by mail."""

from collections.abc import Mapping
from typing import Any, cast

from flask import Blueprint, Flask
from flask_security import MailUtil, Security, SQLAlchemyUserDatastore

from inser_events import mail
from inser_events.accounts.models import Role, User
from inser_events.database import db, new_uid
from inser_events.tokens import key_from
from inser_events.web.limits import limiter

GUESSES = "20/minute;200/hour"
"""How often one address may send a form of sign-in: enough for a team behind one router, too few to guess with."""
CHEAP_HASHES = {"argon2__rounds": 1, "argon2__memory_cost": 8, "argon2__parallelism": 1}
datastore = SQLAlchemyUserDatastore(db, User, Role)


class OutboxMailUtil(MailUtil):
    """Flask-Security's mails leave through the outbox like all others."""

    def send_mail(  # noqa: PLR0917 — Flask-Security's signature
        self,
        template: str,
        subject: str,
        recipient: str | tuple[str, str],
        sender: str | tuple[str, str],  # noqa: ARG002 — the outbox has one sender
        body: str | None,
        html: str | None,
        **kwargs: Any,  # noqa: ARG002 — Flask-Security's signature
    ) -> None:
        """Queue one mail; each is its own cause."""
        address = recipient if isinstance(recipient, str) else recipient[1]
        mail.send(f"{template}:{new_uid()}", mail.Mail(to=address, subject=subject, text=body or "", html=html or ""))


def options(secret_key: str, *, testing: bool) -> Mapping[str, Any]:
    """Flask-Security's settings."""
    secret = secret_key.encode()
    return {
        "SECURITY_PASSWORD_SALT": key_from(secret, "password salt").hex(),
        # NIST SP 800-63B: length over composition
        "SECURITY_PASSWORD_LENGTH_MIN": 10,
        "SECURITY_RECOVERABLE": True,
        "SECURITY_CHANGEABLE": True,
        "SECURITY_RETURN_GENERIC_RESPONSES": True,
        "SECURITY_REGISTERABLE": False,
        "SECURITY_USERNAME_ENABLE": False,
        "SECURITY_EMAIL_VALIDATOR_ARGS": {"check_deliverability": False, "test_environment": True},
        "SECURITY_POST_LOGIN_VIEW": "/manage",
        "SECURITY_POST_LOGOUT_VIEW": "/",
        "SECURITY_POST_CHANGE_VIEW": "/manage",
        "SECURITY_POST_RESET_VIEW": "/login",
        "SECURITY_URL_PREFIX": "",
        "SECURITY_CSRF_COOKIE_NAME": None,
        "SECURITY_SEND_PASSWORD_CHANGE_EMAIL": not testing,
        "SECURITY_STATIC_FOLDER": None,
        # Tests sign in a thousand times; nothing of theirs needs to stay secret.
        **({"SECURITY_PASSWORD_HASH_PASSLIB_OPTIONS": CHEAP_HASHES} if testing else {}),
    }


def init_app(app: Flask) -> None:
    """Install sign-in."""
    settings = app.extensions["settings"]
    app.config.update(options(settings.secret_key, testing=settings.testing))
    Security(app, datastore, mail_util_cls=OutboxMailUtil)
    pages = cast("Blueprint", app.blueprints["security"])
    limiter.limit(GUESSES, methods=["POST"])(pages)
