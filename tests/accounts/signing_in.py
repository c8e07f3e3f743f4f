"""Steps that tests of signing in share."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient
from passlib.totp import TOTP
from sqlalchemy import select
from werkzeug.test import TestResponse

from inser_events import create_app
from inser_events.accounts.codes import AppCodes
from inser_events.accounts.models import User
from inser_events.audit import AuditEntry
from inser_events.database import db
from inser_events.mail import OutboxMail
from inser_events.web import caching
from tests.factories import PASSWORD
from tests.settings import settings_for


def code_of(app: Flask, secret: str, *, later: int = 0) -> str:
    """What the app on the phone shows, *later* steps of thirty seconds from now."""
    codes: AppCodes = app.extensions["security"].totp_factory
    return code_for_key(codes.get_totp_b32_key(secret), later=later)


def shown_key(page: str) -> str:
    """The key that the set-up page shows for typing."""
    return str(re.findall(r'<code class="set-up__key">([^<]+)</code>', page)[0])


def code_for_key(key: str, *, later: int = 0) -> str:
    """The code that an app with this key shows."""
    return str(TOTP(key=key).generate(time=datetime.now(UTC) + timedelta(seconds=30 * later)).token)


def set_up(client: FlaskClient, address: str = "/manage/account/second-step") -> tuple[TestResponse, list[str]]:
    """Set up an app as a person does; the answer and the recovery codes it shows."""
    answer = client.post(address, data={"code": code_for_key(shown_key(client.get(address).text))})
    return answer, re.findall(r"<li><code>([0-9a-f-]+)</code></li>", answer.text)


def try_password(client: FlaskClient, user: User, **query: str) -> TestResponse:
    """Send the form of the sign-in page."""
    return client.post("/login", data={"email": user.email, "password": PASSWORD}, query_string=query)


def let_time_pass(client: FlaskClient) -> None:
    """Make the sign-in one of long ago."""
    with client.session_transaction() as session:
        session["fs_paa"] -= 3600 * 5
        session.pop("fs_gexp", None)


def told(user: User) -> list[str]:
    """Subjects of the mails this user got, without the host in front."""
    mine = select(OutboxMail.subject).where(OutboxMail.recipient == user.email).order_by(OutboxMail.id)
    return [subject.partition(": ")[2] for subject in db.session.scalars(mine)]


def acts(user: User) -> list[tuple[str, str]]:
    """What the audit log says was done about this user's sign-in, and by whom."""
    mine = select(AuditEntry).where(AuditEntry.subject == f"user:{user.id}", AuditEntry.action != "create user")
    return [(entry.actor, entry.action) for entry in db.session.scalars(mine.order_by(AuditEntry.id))]


@contextmanager
def another_instance(app: Flask, folder: Path, **values: object) -> Iterator[Flask]:
    """The same database under other settings."""
    caching.forget_all()
    other = create_app(settings_for(folder, database_url=app.extensions["settings"].database_url, **values))
    other.test_client_class = app.test_client_class
    try:
        yield other
    finally:
        with other.app_context():
            db.session.remove()
            db.engine.dispose()
