"""The page about one's own sign-in: where one is signed in, and what was changed."""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from inser_events.accounts import safety
from inser_events.accounts.browsers import in_words
from inser_events.accounts.models import SignIn, User
from inser_events.accounts.operations import password_link
from inser_events.accounts.queries import recent_sign_ins
from inser_events.clock import now
from inser_events.database import commit, db
from inser_events.mail import OutboxMail
from tests.accounts.signing_in import acts, another_instance, code_for_key, let_time_pass, set_up, shown_key, told
from tests.factories import PASSWORD, make_user
from tests.queries import count_queries

SigningIn = Callable[[User], FlaskClient]
PAGE = "/manage/account"
NEW = "another battery horse"
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:143.0) Gecko/20100101 Firefox/143.0"


def test_strangers_do_not_see_it(client: FlaskClient) -> None:
    assert client.get(PAGE).location == "/login?next=/manage/account"


def test_a_sign_in_is_noted_with_browser_and_address(app: Flask, client: FlaskClient) -> None:
    user = make_user()
    commit()
    client.post("/login", data={"email": user.email, "password": PASSWORD}, headers={"User-Agent": FIREFOX})
    noted = [(entry.way, entry.address, entry.browser) for entry in recent_sign_ins(user)]
    assert noted == [("password", "127.0.0.1", "Firefox, Windows")]
    assert ["Firefox, Windows" in (page := client.get(PAGE).text), "<bdi>127.0.0.1</bdi>" in page] == [True, True]


def test_a_refused_sign_in_is_not_noted(app: Flask, client: FlaskClient) -> None:
    user = make_user()
    commit()
    client.post("/login", data={"email": user.email, "password": "wrong"})
    assert recent_sign_ins(user) == []


def test_old_sign_ins_are_forgotten(app: Flask) -> None:
    user = make_user()
    db.session.add(SignIn(user_id=user.id, at=now() - timedelta(days=61), way="password"))
    safety.note_sign_in(user, "passkey", address="", browser="")
    assert db.session.scalar(select(func.count(SignIn.id))) == 1


def test_everybody_sees_only_their_own(app: Flask, sign_in: SigningIn) -> None:
    mine, other = make_user(), make_user()
    safety.note_sign_in(other, "password", address="192.0.2.7", browser="")
    assert "192.0.2.7" not in sign_in(mine).get(PAGE).text


def test_signing_out_everywhere_ends_the_other_sessions(app: Flask, sign_in: SigningIn) -> None:
    user = make_user()
    here, there = sign_in(user), sign_in(user)
    here.post(f"{PAGE}/sign-out-everywhere")
    assert (here.get("/manage").status_code, there.get("/manage").status_code) == (200, 302)
    assert acts(user) == [(user.email, "sign out everywhere")]


def test_a_new_password_is_told_and_signs_the_others_out(app: Flask, sign_in: SigningIn) -> None:
    user = make_user()
    here, there = sign_in(user), sign_in(user)
    answer = here.post("/change", data={"password": PASSWORD, "new_password": NEW, "new_password_confirm": NEW})
    assert (answer.location, here.get(PAGE).status_code, there.get("/manage").status_code) == (PAGE, 200, 302)
    assert (told(user), acts(user)) == (["Your password was changed"], [(user.email, "change password")])


def test_a_password_chosen_by_the_mailed_link_is_told(app: Flask, client: FlaskClient) -> None:
    user = make_user()
    link = password_link(user).removeprefix("https://events.example.org")
    client.post(link, data={"password": NEW, "password_confirm": NEW})
    assert (told(user), acts(user)) == (["Your password was changed"], [(user.email, "change password")])


def test_the_mailed_link_does_not_go_around_the_app(app: Flask, sign_in: SigningIn, client: FlaskClient) -> None:
    user = make_user()
    set_up(sign_in(user))
    link = password_link(user).removeprefix("https://events.example.org")
    client.post(link, data={"password": NEW, "password_confirm": NEW})
    assert client.get("/manage").status_code == 302
    answer = client.post("/login", data={"email": user.email, "password": NEW})
    assert answer.location.partition("?")[0] == "/second-step"


def test_the_mail_with_the_link_is_in_our_words(app: Flask, client: FlaskClient) -> None:
    user = make_user()
    commit()
    client.post("/reset", data={"email": user.email})
    entry = db.session.scalars(select(OutboxMail)).one()
    body = message_from_bytes(entry.message or b"", policy=default)
    text = body.get_body(("plain",))
    assert text is not None
    assert "somebody, hopefully you, asked to choose a new password" in text.get_content().replace("\n", " ")
    assert (body.get_content_type(), "/reset/" in text.get_content()) == ("text/plain", True)


def test_the_link_leads_here_whatever_host_the_request_named(app: Flask, client: FlaskClient) -> None:
    user = make_user()
    commit()
    client.post("/reset", data={"email": user.email}, base_url="https://elsewhere.example")
    entry = db.session.scalars(select(OutboxMail)).one()
    text = message_from_bytes(entry.message or b"", policy=default).get_content()
    link = re.findall(r"https?://\S+", text)[0]
    page = client.get(link.removeprefix("https://events.example.org"))
    assert (link.rpartition("/")[0], page.status_code) == ("https://events.example.org/reset", 200)


def test_mails_about_it_are_in_the_readers_language(app: Flask) -> None:
    user = make_user()
    user.language = "fr"
    safety.password_changed(user)
    assert len(told(user)) == 1


def test_what_was_changed_is_told_in_plain_words(app: Flask, sign_in: SigningIn) -> None:
    user = make_user()
    client = sign_in(user)
    set_up(client)
    safety.passkey_added(user, "<b>Phone</b>")
    page = client.get(PAGE).text
    assert ["switched on an authenticator app" in page, "<bdi>&lt;b&gt;Phone&lt;/b&gt;</bdi>" in page] == [True, True]


def test_the_page_takes_as_many_queries_for_much_as_for_little(app: Flask, sign_in: SigningIn) -> None:
    user = make_user()
    client = sign_in(user)
    client.get(PAGE)
    counts = []
    for _time in range(2):
        with count_queries() as statements:
            client.get(PAGE)
        counts.append(len(statements))
        for _more in range(20):
            safety.note_sign_in(user, "password", address="192.0.2.7", browser="Firefox")
            safety.passkey_added(user, "Phone")
    assert counts[0] == counts[1]


def test_the_list_of_users_takes_as_many_queries_for_many(app: Flask, sign_in: SigningIn) -> None:
    make_user()
    client = sign_in(make_user(administrator=True))
    counts = []
    for _time in range(2):
        commit()
        with count_queries() as statements:
            client.get("/manage/users")
        counts.append(len(statements))
        for _more in range(3):
            make_user()
    assert counts[0] == counts[1]


def test_an_old_sign_in_asks_again_and_comes_back(app: Flask, sign_in: SigningIn) -> None:
    client = sign_in(make_user())
    let_time_pass(client)
    address = client.get(PAGE).location
    assert address == "/verify?next=/manage/account"
    assert client.post(address, data={"password": PASSWORD}).location == PAGE


@pytest.mark.parametrize(
    ("user_agent", "words"),
    [
        (FIREFOX, "Firefox, Windows"),
        ("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36", "Chrome, Linux"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) Version/18.5 Safari/604.1", "Safari, iPhone"),
        ("Mozilla/5.0 (Linux; Android 15) Chrome/140.0 Mobile Safari/537.36 EdgA/140.0", "Edge, Android"),
        ("curl/8.5.0", ""),
        ("", ""),
    ],
)  # fmt: skip
def test_browsers_are_named_as_people_know_them(user_agent: str, words: str) -> None:
    assert in_words(user_agent) == words


@pytest.fixture
def guarded(tmp_path: Path, app: Flask) -> Iterator[FlaskClient]:
    """A browser at an instance that checks forms and counts guesses, as real ones do."""
    with another_instance(app, tmp_path, testing=False) as real:
        yield real.test_client()


@pytest.mark.parametrize(
    "address", ["/passkey", "/second-step", "/second-step/recovery-code", "/second-step/choose", "/second-step/set-up"]
)
def test_steps_of_signing_in_refuse_forged_forms(guarded: FlaskClient, address: str) -> None:
    assert guarded.post(address, json={}).status_code in {302, 400}
    assert guarded.get("/manage").status_code == 302


def test_codes_cannot_be_guessed_from_many_addresses(app: Flask, guarded: FlaskClient, sign_in: SigningIn) -> None:
    user = make_user()
    set_up(sign_in(user))
    base = "https://events.example.org"
    token = re.findall(r'name="csrf_token"[^>]*value="([^"]+)"', guarded.get("/login", base_url=base).text)[0]
    sent = {"base_url": base, "headers": {"Referer": f"{base}/login"}}
    data = {"email": user.email, "password": PASSWORD, "csrf_token": token}
    assert guarded.post("/login", data=data, **sent).location.partition("?")[0] == "/second-step"
    wrong = {"code": "000000", "csrf_token": token}
    statuses = [
        guarded.post("/second-step", data=wrong, environ_base={"REMOTE_ADDR": f"192.0.2.{number}"}, **sent).status_code
        for number in range(12)
    ]
    assert statuses == [200] * 10 + [429] * 2


def test_keys_of_the_set_up_page_are_what_apps_take(app: Flask, sign_in: SigningIn) -> None:
    key = shown_key(sign_in(make_user()).get(f"{PAGE}/second-step").text)
    assert len(code_for_key(key)) == 6
