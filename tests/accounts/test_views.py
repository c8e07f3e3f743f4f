from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from inser_events.accounts.errors import LastAdministrator
from inser_events.accounts.models import User
from inser_events.accounts.operations import find_user, set_active, set_administrator
from inser_events.database import db
from inser_events.mail import OutboxMail
from tests.factories import make_user

SignIn = Callable[[User], FlaskClient]


def test_only_administrators_see_accounts(app: Flask, sign_in: SignIn) -> None:
    assert sign_in(make_user()).get("/manage/users").status_code == 403
    assert sign_in(make_user(administrator=True)).get("/manage/users").status_code == 200


def test_a_new_account_gets_a_mail_with_a_link(app: Flask, sign_in: SignIn) -> None:
    sign_in(make_user(administrator=True)).post("/manage/users", data={"email": "new@example.org", "name": "New"})
    user = find_user("new@example.org")
    assert user is not None
    assert (user.name, user.is_administrator) == ("New", False)
    assert db.session.scalars(select(OutboxMail.recipient)).all() == ["new@example.org"]


@pytest.mark.parametrize("email", ["", "nobody", "taken@example.org", "TAKEN@example.org"])
def test_an_account_that_cannot_be_made_comes_back_as_typed(app: Flask, sign_in: SignIn, email: str) -> None:
    make_user("taken@example.org")
    answer = sign_in(make_user(administrator=True)).post("/manage/users", data={"email": email, "name": "Kept"})
    assert (answer.status_code, answer.text.count('id="email-error"')) == (422, 1)
    assert 'value="Kept"' in answer.text


def test_who_is_stopped_is_out_at_once(app: Flask, sign_in: SignIn) -> None:
    user = make_user()
    theirs, mine = sign_in(user), sign_in(make_user(administrator=True))
    mine.post(f"/manage/users/{user.id}/stop")
    assert theirs.get("/manage").status_code == 302
    mine.post(f"/manage/users/{user.id}/allow")
    assert user.active


def test_administrators_are_made_and_unmade(app: Flask, sign_in: SignIn) -> None:
    user, client = make_user(), sign_in(make_user(administrator=True))
    client.post(f"/manage/users/{user.id}/promote")
    assert user.is_administrator
    client.post(f"/manage/users/{user.id}/demote")
    assert not user.is_administrator


def test_the_last_administrator_stays(app: Flask) -> None:
    user = make_user(administrator=True)
    with pytest.raises(LastAdministrator):
        set_active(user, active=False)
    with pytest.raises(LastAdministrator):
        set_administrator(user, administrator=False)
    assert (user.active, user.is_administrator) == (True, True)


def test_an_unknown_account_is_not_found(app: Flask, sign_in: SignIn) -> None:
    assert sign_in(make_user(administrator=True)).post("/manage/users/999/stop").status_code == 404


def test_a_chosen_language_stays_with_the_account(app: Flask, sign_in: SignIn) -> None:
    user = make_user()
    client = sign_in(user)
    answer = client.post("/manage/account/language", data={"language": "ar", "next": "/manage/new?from=1"})
    assert (answer.status_code, answer.location, user.language) == (303, "/manage/new?from=1", "ar")
    assert '<html lang="ar" dir="rtl">' in client.get("/manage").text
    assert '<html lang="ar" dir="rtl">' in sign_in(user).get("/manage").text
    assert '<html lang="fr"' in client.get("/manage?lang=fr").text


def test_pages_for_everybody_ignore_the_account(app: Flask, sign_in: SignIn) -> None:
    user = make_user()
    client = sign_in(user)
    client.post("/manage/account/language", data={"language": "ar"})
    answer = client.get("/")
    assert ('<html lang="en"' in answer.text, "Cookie" in answer.headers.get("Vary", "")) == (True, False)
    assert 'href="/?lang=ar"' in client.get("/manage").text


@pytest.mark.parametrize(
    "away", ["https://elsewhere.example/", "//elsewhere.example", "/manage\\@elsewhere.example", "/manager", "", "x"]
)
def test_the_choice_of_a_language_leads_nowhere_else(app: Flask, sign_in: SignIn, away: str) -> None:
    answer = sign_in(make_user()).post("/manage/account/language", data={"language": "fr", "next": away})
    assert answer.location == "/manage"


def test_a_language_we_do_not_speak_is_refused(app: Flask, sign_in: SignIn) -> None:
    user = make_user()
    answers = [sign_in(user).post("/manage/account/language", data=data) for data in ({"language": "tlh"}, {})]
    assert ([answer.status_code for answer in answers], user.language) == ([404, 404], None)


def test_choosing_a_language_ends_the_one_in_the_address(app: Flask, sign_in: SignIn) -> None:
    page = sign_in(make_user()).get("/manage?q=1&lang=fr").text
    assert ['action="/manage/account/language?lang="' in page, 'name="next" value="/manage?q=1"' in page] == [True] * 2


def test_a_token_of_the_library_signs_nobody_in(app: Flask) -> None:
    """It would stand in the logs with the address it came in."""
    with app.test_request_context():
        token = str(make_user().get_auth_token())
    db.session.commit()
    client = app.test_client()
    assert client.get("/manage", query_string={"auth_token": token}).status_code == 302
    assert client.get("/manage", headers={"Authentication-Token": token}).status_code == 302
