"""Whoever organises one event reaches nothing of another: neither by its address nor by ids put into their own."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Column
from werkzeug.routing import Rule

from inser_events.accounts.models import User
from inser_events.backup import count_on
from inser_events.database import db
from tests.factories import make_event, make_user
from tests.test_migrations import some

SignIn = Callable[[User], FlaskClient]
EVERYTHING = "1"
"""The address of the other event, and the uid of the one thing of each kind in it. Their numbers are 1, too."""
THINGS = re.compile(r"<(?:int:)?(uid|user_id|number|token|person|letter|file)>")
"""What an address names of an event."""


def is_ended(column: Column[Any]) -> bool:
    """Whether it says when something was removed, withdrawn or the like."""
    return bool(column.nullable) and column.name.endswith("_at")


@pytest.fixture
def stranger(app: Flask, sign_in: SignIn) -> FlaskClient:
    """Someone who owns an event called “own”, beside another that has a row in every table."""
    for table in db.metadata.sorted_tables:
        values = {column.name: some(column) for column in table.columns if not is_ended(column)}
        db.session.execute(table.insert().values(values))
    count_on()
    owner = make_user()
    make_event(owner=owner, slug="own")
    return sign_in(owner)


def reached(client: FlaskClient, app: Flask, slug: str, wanted: Callable[[Rule], object]) -> list[tuple[str, str, int]]:
    """What answers anything but that there is no such thing."""
    found = []
    for rule in app.url_map.iter_rules():
        if rule.rule.startswith("/manage/<slug>") and wanted(rule):
            address = re.sub(r"<any\(([^,)]+)[^>]*>", r"\1", rule.rule.replace("<slug>", slug))
            address = re.sub(r"<[^>]+>", EVERYTHING, address)
            for method in sorted((rule.methods or set()) & {"GET", "POST"}):
                answer = client.open(address, method=method)
                if answer.status_code != 404:
                    found.append((method, rule.rule, answer.status_code))
    return found


def test_no_page_of_anothers_event_is_there(app: Flask, stranger: FlaskClient) -> None:
    assert stranger.get("/manage/own").status_code == 200
    assert reached(stranger, app, EVERYTHING, lambda _rule: True) == []


def test_nothing_of_anothers_event_is_found_from_ones_own(app: Flask, stranger: FlaskClient) -> None:
    assert reached(stranger, app, "own", lambda rule: THINGS.search(rule.rule)) == []
