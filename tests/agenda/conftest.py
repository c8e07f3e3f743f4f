"""The draft of an event and its owner's browser."""

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from inser_events.accounts.models import User
from inser_events.database import db
from inser_events.events.models import Event
from tests.factories import make_event, make_user


@pytest.fixture
def draft(app: Flask) -> Event:
    """A draft whose owner is `owner@example.org`."""
    return make_event(slug="launch", owner=make_user("owner@example.org"), languages=["en", "fr"])


@pytest.fixture
def owner(draft: Event, sign_in: Callable[[User], FlaskClient]) -> FlaskClient:
    """The owner's browser."""
    return sign_in(db.session.query(User).filter_by(email="owner@example.org").one())
