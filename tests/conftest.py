"""Fixtures everyone uses: an application on a fresh database, a client, someone signed in.

``pytest --database postgresql`` runs the same suite on a PostgreSQL that the tests start themselves.
"""

import os
from collections.abc import Callable, Iterator
from contextvars import copy_context
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, has_app_context
from flask.globals import _cv_app
from flask.testing import FlaskClient
from hypothesis import HealthCheck, settings
from werkzeug.test import TestResponse

from inser_events import create_app
from inser_events.accounts.models import User
from inser_events.audit import SYSTEM, act_as
from inser_events.database import commit, db, expect_writing
from inser_events.web import caching
from tests import live, once
from tests.factories import PASSWORD
from tests.settings import settings_for

pytest_plugins = ("tests.databases",)

# The same examples in every run, however slow the machine: what one change broke does not show in another's.
settings.register_profile("same", derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow])
# HYPOTHESIS_PROFILE=search looks for what nobody has seen yet.
settings.register_profile("search", deadline=None, suppress_health_check=[HealthCheck.too_slow], max_examples=1000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "same"))


def pytest_collection_finish() -> None:
    once.freeze_imports()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark who needs a browser, and keep those who share the served demo together.

    The files that take long come first, so that at the end no worker waits for another.
    """
    for item in items:
        asked = getattr(item, "fixturenames", ())
        if "playwright" in asked:
            item.add_marker(pytest.mark.browser)
        if "demo" in asked and item.get_closest_marker("xdist_group") is None:
            item.add_marker(pytest.mark.xdist_group("demo"))
    long = {one.path for one in items if any(one.get_closest_marker(name) for name in ("browser", "slow"))}
    items.sort(key=lambda one: one.path not in long)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--database", default="sqlite", choices=["sqlite", "postgresql"], help="database of the suite")
    parser.addoption(
        "--slow-server", type=float, default=0.0, help="let a served page's parts be late by up to so many seconds"
    )


def pytest_configure(config: pytest.Config) -> None:
    live.delay["up to"] = config.getoption("--slow-server")


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


@pytest.fixture
def app(tmp_path: Path, database_url: str) -> Iterator[Flask]:
    """An application with an empty database, inside its context."""
    caching.forget_all()
    app = create_app(settings_for(tmp_path, database_url=database_url))
    app.test_client_class = Browser
    # The test reads in a transaction of its own while a client's request writes in another.
    expect_writing(expected=False)
    act_as(SYSTEM)
    with app.app_context():
        once.share(app)
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
