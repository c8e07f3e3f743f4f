"""The organisation's own sign-in, against a provider over real HTTP."""

import html
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Playwright, expect
from werkzeug.test import TestResponse

from inser_events.accounts.models import User
from inser_events.accounts.operations import set_active
from inser_events.accounts.queries import recent_sign_ins
from inser_events.config import Oidc
from inser_events.database import commit, db
from tests.accounts.provider import CLIENT_ID, CLIENT_SECRET, Provider, running
from tests.accounts.signing_in import another_instance, let_time_pass, set_up
from tests.factories import make_user
from tests.live import chromium, serving

BASE = "http://localhost"
START = "/login/with/organisation"
FAILED = "This did not work. Try again, or use your password."
UNVERIFIED = "Your organisation did not confirm your e-mail address to us."


@pytest.fixture
def provider() -> Iterator[Provider]:
    with running() as provider:
        yield provider


@pytest.fixture
def amina(app: Flask) -> User:
    user = make_user("Amina@example.org")
    commit()
    return user


@pytest.fixture
def client(tmp_path: Path, app: Flask, provider: Provider) -> Iterator[FlaskClient]:
    """A visitor's browser at an instance that trusts the provider."""
    oidc = Oidc(provider.issuer, CLIENT_ID, CLIENT_SECRET, "Soil Institute")
    with another_instance(app, tmp_path, base_url=BASE, oidc=oidc) as trusting:
        yield trusting.test_client()


def away(answer: TestResponse) -> str:
    """Where the page in between leads."""
    return html.unescape(re.findall(r'http-equiv="refresh" content="0;url=([^"]+)"', answer.text)[0])


def come_back(client: FlaskClient, address: str) -> TestResponse:
    """Open the provider's page, which needs no more than that, and follow it back."""
    answer = requests.get(address, allow_redirects=False, timeout=10)
    return client.get(answer.headers["Location"].removeprefix(BASE))


def sign_in(client: FlaskClient, **query: str) -> TestResponse:
    """The whole way there and back."""
    return come_back(client, away(client.post(START, query_string=query)))


def is_in(client: FlaskClient) -> bool:
    return client.get("/manage").status_code == 200


def test_it_opens_the_account_with_the_verified_address(client: FlaskClient, amina: User) -> None:
    answer = sign_in(client, next="/manage/new")
    assert (answer.location, is_in(client)) == ("/manage/new", True)
    assert [entry.way for entry in recent_sign_ins(amina)] == ["organisation"]


def test_the_button_says_whose_sign_in_it_is(client: FlaskClient) -> None:
    assert "Continue with Soil Institute" in client.get("/login").text


def test_without_a_provider_there_is_no_button(app: Flask) -> None:
    visitor = app.test_client()
    assert ("Continue with" in visitor.get("/login").text, visitor.post(START).status_code) == (False, 404)


def test_it_asks_with_code_pkce_state_and_nonce(client: FlaskClient, provider: Provider, amina: User) -> None:
    address = away(client.post(START))
    asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
    random = [asked.pop(name) for name in ("state", "nonce", "code_challenge")]
    assert asked == {
        "response_type": "code",
        "client_id": CLIENT_ID,
        "redirect_uri": f"{BASE}/login/from/organisation",
        "scope": "openid email profile",
        "code_challenge_method": "S256",
    }
    assert min(len(value) for value in random) >= 20


WRONG: list[tuple[str, dict[str, Any], str]] = [
    ("address not verified", {"claims": {"email_verified": False}}, UNVERIFIED),
    ("verified is a word", {"claims": {"email_verified": "true"}}, UNVERIFIED),
    ("nothing said of it", {"claims": {"email_verified": None}}, UNVERIFIED),
    ("no address", {"claims": {"email": None}}, UNVERIFIED),
    ("no id_token", {"without_id_token": True}, UNVERIFIED),
    ("another nonce", {"claims": {"nonce": "x"}}, FAILED),
    ("no nonce", {"claims": {"nonce": None}}, FAILED),
    ("for another", {"claims": {"aud": "another"}}, FAILED),
    ("for another by way of us", {"claims": {"aud": "another", "azp": CLIENT_ID}}, FAILED),
    ("from another", {"claims": {"iss": "https://elsewhere.example"}}, FAILED),
    ("over", {"claims": {"exp": 1}}, FAILED),
    ("another's key", {"other_key": True}, FAILED),
    ("unsigned", {"algorithm": "none"}, FAILED),
    ("refused there", {"refuses": "access_denied"}, FAILED),
]


@pytest.mark.parametrize(("wrong", "says"), [pytest.param(*case[1:], id=case[0]) for case in WRONG])
def test_what_is_wrong_opens_nothing(
    client: FlaskClient, provider: Provider, amina: User, wrong: dict[str, Any], says: str
) -> None:
    for name, value in wrong.items():
        setattr(provider, name, value)
    answer = sign_in(client)
    assert (answer.location, is_in(client)) == ("/login", False)
    page = client.get("/login").text
    assert (says in page, "<b>no</b>" in page) == (True, False)


def test_nobody_is_let_in_whom_nobody_made_an_account_for(client: FlaskClient, provider: Provider) -> None:
    provider.claims = {"email": "stranger@example.org"}
    sign_in(client)
    page = client.get("/login").text
    assert "There is no account for stranger@example.org here. An administrator can make one." in page
    assert (is_in(client), db.session.query(User).count()) == (False, 0)


def test_a_stopped_account_stays_shut(client: FlaskClient, amina: User) -> None:
    make_user(administrator=True)
    set_active(amina, active=False)
    sign_in(client)
    assert not is_in(client)


def test_an_answer_to_somebody_elses_question_opens_nothing(client: FlaskClient, amina: User) -> None:
    address = away(client.post(START))
    other = client.application.test_client()
    assert come_back(other, address).location == "/login"
    assert not is_in(other)


def test_an_answer_is_taken_once(client: FlaskClient, amina: User) -> None:
    address = away(client.post(START))
    back = requests.get(address, allow_redirects=False, timeout=10).headers["Location"].removeprefix(BASE)
    client.get(back)
    client.post("/logout")
    assert client.get(back).location == "/login"
    assert not is_in(client)


def test_who_has_an_app_is_asked_for_its_code_too(client: FlaskClient, amina: User) -> None:
    sign_in(client)
    set_up(client)
    client.post("/logout")
    assert (sign_in(client).location, is_in(client)) == ("/second-step", False)


def test_it_confirms_an_old_sign_in(client: FlaskClient, amina: User) -> None:
    sign_in(client)
    let_time_pass(client)
    assert client.get("/manage/account").location == "/verify?next=/manage/account"
    answer = come_back(client, away(client.post("/verify/with/organisation?next=/manage/account")))
    assert (answer.location, client.get("/manage/account").status_code) == ("/manage/account", 200)


def test_a_provider_that_describes_another_is_not_asked(client: FlaskClient, provider: Provider) -> None:
    provider.says_issuer = "https://elsewhere.example"
    answer = client.post(START)
    assert answer.location == "/login"
    assert "does not answer. Try again later" in client.get("/login").text
    provider.says_issuer = ""
    assert client.post(START).status_code == 200


def test_a_provider_that_is_down_is_said_so(tmp_path: Path, app: Flask) -> None:
    oidc = Oidc("http://127.0.0.1:9", CLIENT_ID, CLIENT_SECRET, "Soil Institute")
    with another_instance(app, tmp_path, base_url=BASE, oidc=oidc) as apart:
        assert apart.test_client().post(START).location == "/login"


@pytest.mark.parametrize("elsewhere", ["https://elsewhere.example/", "//elsewhere.example"])
def test_it_leads_nowhere_else_afterwards(client: FlaskClient, amina: User, elsewhere: str) -> None:
    assert sign_in(client, next=elsewhere).location == "/manage"


@pytest.mark.browser
@pytest.mark.xdist_group("browser")
def test_a_browser_goes_there_and_back_under_the_real_policies(
    tmp_path: Path, provider: Provider, playwright: Playwright
) -> None:
    oidc = Oidc(provider.issuer, CLIENT_ID, CLIENT_SECRET, "Soil Institute")
    url = f"sqlite:///{tmp_path / 'inser.db'}"
    with serving(tmp_path, url, oidc=oidc, testing=False) as live, live.app.app_context():
        db.create_all()
        make_user("amina@example.org")
        commit()
        browser = chromium(playwright)
        page = browser.new_page()
        page.goto(f"{live.url}/login?next=/manage/account")
        page.get_by_role("button", name="Continue with Soil Institute").click()
        page.wait_for_url(f"{live.url}/manage/account")
        expect(page.get_by_role("cell", name="The organisation’s sign-in")).to_be_visible()
        browser.close()
