"""Accounts: creating them and signing in."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from inser_events.accounts.errors import AddressTaken
from inser_events.accounts.models import User
from inser_events.accounts.operations import create_user
from inser_events.addresses import UnusableEmail
from tests.factories import make_user


def test_create_user_makes_up_a_password(client: FlaskClient) -> None:
    user, password = create_user(" Amina@Example.org ")
    assert (user.email, len(password)) == ("Amina@example.org", 16)


def test_create_user_refuses_a_second_account_for_an_address(client: FlaskClient) -> None:
    make_user("amina@example.org")
    with pytest.raises(AddressTaken):
        create_user("amina@example.org")


def test_create_user_refuses_what_is_no_address(client: FlaskClient) -> None:
    with pytest.raises(UnusableEmail):
        create_user("amina at example")


def test_sign_in_opens_a_session(sign_in: Callable[[User], FlaskClient]) -> None:
    client = sign_in(make_user())
    assert client.get("/change").status_code == 200
