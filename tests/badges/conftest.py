"""A published event, its owner, and the owner's browser."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from inser_events.accounts.models import User
from inser_events.agenda.publishing import publish_agenda
from inser_events.clock import now
from inser_events.events.models import Event
from inser_events.web import caching
from tests.factories import make_event, make_session, make_user
from tests.live import Live, serving

SignIn = Callable[[User], FlaskClient]


@pytest.fixture
def owner(app: Flask) -> User:
    return make_user("owner@example.org")


@pytest.fixture
def launch(owner: User) -> Event:
    """A published event without anybody registered."""
    event = make_event(owner=owner, slug="launch", languages=["en", "fr"], in_person=None)
    make_session(event)
    publish_agenda(event, at=now())
    return event


@pytest.fixture
def desk(launch: Event, owner: User, sign_in: SignIn) -> FlaskClient:
    """The owner's browser."""
    return sign_in(owner)


@pytest.fixture
def live(tmp_path: Path, database_url: str) -> Iterator[Live]:
    """A running server with an empty database."""
    caching.forget_all()
    with serving(tmp_path, database_url) as running:
        yield running
