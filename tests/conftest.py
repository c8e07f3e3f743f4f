"""Fixtures everyone uses: an application on a fresh database, a client, someone signed in."""

import shutil
from collections.abc import Callable, Iterator
from contextvars import copy_context
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, has_app_context
from flask.globals import _cv_app
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from inser_events import create_app
from inser_events.accounts.models import User
from inser_events.config import Settings
from inser_events.database import commit, db, expect_writing
from inser_events.web import caching
from tests.factories import PASSWORD


def settings_for(folder: Path, **values: str) -> Settings:
    """Settings of a test instance in *folder*."""
    return Settings(
        **{
            "instance": folder,
            "database_url": f"sqlite:///{folder / 'inser.db'}",
            "redis_url": "",
            "secret_key": "a secret for tests, long enough to be used",
            "base_url": "https://events.example.org",
            "smtp_url": "",
            "mail_from": "INSER events <events@example.org>",
            "testing": True,
            **values,
        }  # type: ignore[arg-type] # the values' types are those of Settings
    )


class Browser(FlaskClient):
    """A client whose requests run apart from the test: their own application context, session and transaction.

    What the test has written so far is committed first; what it holds is read anew afterwards.
    """

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        """Send a request."""
        if not has_app_context():
            return super().open(*args, **kwargs)
        commit()
        context = copy_context()
        context.run(_cv_app.set, None)  # type: ignore[arg-type] # no context: the request pushes its own
        answer: TestResponse = context.run(super().open, *args, **kwargs)
        db.session.expire_all()
        return answer


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with all tables, copied for each test."""
    folder = tmp_path_factory.mktemp("template")
    app = create_app(settings_for(folder))
    with app.app_context():
        db.create_all()
        commit()
        db.session.remove()
        db.engine.dispose()
    return folder / "inser.db"


@pytest.fixture
def app(tmp_path: Path, empty_database: Path) -> Iterator[Flask]:
    """An application with an empty database, inside its context."""
    shutil.copy(empty_database, tmp_path / "inser.db")
    caching.forget_all()
    app = create_app(settings_for(tmp_path))
    app.test_client_class = Browser
    # The test reads in a transaction of its own while a client's request writes in another.
    expect_writing(expected=False)
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A visitor's browser."""
    return app.test_client()


@pytest.fixture
def sign_in(app: Flask) -> Callable[[User], FlaskClient]:
    """A browser in which the given user has signed in with the form."""

    def signed_in(user: User) -> FlaskClient:
        email = user.email
        commit()
        client = app.test_client()
        answer = client.post("/login", data={"email": email, "password": PASSWORD})
        assert answer.status_code == 302, answer.get_data(as_text=True)
        return client

    return signed_in
