"""Passkeys in a real Chromium with an authenticator of its own, as the DevTools protocol offers it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import CDPSession, Page, Playwright, expect

from inser_events.accounts import safety
from inser_events.accounts.errors import NoSuchPasskey, PasskeyNameTaken
from inser_events.accounts.models import Passkey, User
from inser_events.accounts.operations import find_user, set_active
from inser_events.clock import now
from inser_events.database import commit, db
from tests.accounts.signing_in import acts, code_of, told
from tests.browser.conftest import axe_findings
from tests.factories import PASSWORD, make_user
from tests.live import Live, chromium, serving

SignIn = Callable[[User], FlaskClient]
EMAIL = "amina@example.org"
KEY = {"protocol": "ctap2", "transport": "usb", "hasResidentKey": True}


@dataclass
class Desk:
    """Amina's browser, before a running instance, with a key plugged in."""

    live: Live
    url: str
    page: Page
    keys: CDPSession

    def plug_in(self, *, knows_owner: bool = True) -> str:
        """Plug a new key in, which answers at once; its id."""
        options = {
            **KEY,
            "hasUserVerification": knows_owner,
            "isUserVerified": knows_owner,
            "automaticPresenceSimulation": True,
        }
        plugged = self.keys.send("WebAuthn.addVirtualAuthenticator", {"options": options})
        return str(plugged["authenticatorId"])

    def type_password(self) -> None:
        self.page.goto(f"{self.url}/login")
        self.page.get_by_label("E-mail").fill(EMAIL)
        self.page.locator("[name=password]").fill(PASSWORD)
        self.page.locator("main").get_by_role("button", name="Sign in", exact=True).click()

    def sign_out(self) -> None:
        self.page.get_by_role("button", name="Sign out", exact=True).click()
        self.page.wait_for_url(f"{self.url}/")

    def add(self, name: str, *, used: str) -> None:
        self.page.goto(f"{self.url}/manage/account")
        self.page.locator("#passkey-name").fill(name)
        self.page.get_by_label(used).check()
        self.page.get_by_role("button", name="Add a passkey").click()

    def start_passkey(self) -> None:
        self.page.goto(f"{self.url}/login")
        self.page.get_by_role("button", name="Sign in with a passkey").click()

    def amina(self) -> User:
        user = find_user(EMAIL)
        assert user is not None
        return user


@pytest.fixture
def desk(tmp_path: Path, playwright: Playwright) -> Iterator[Desk]:
    url = f"sqlite:///{tmp_path / 'inser.db'}"
    # Not as a test: forms are checked for forgery, as for real.
    with serving(tmp_path, url, testing=False) as live, live.app.app_context():
        db.create_all()
        make_user(EMAIL, name="Amina")
        commit()
        browser = chromium(playwright)
        page = browser.new_page()
        keys = page.context.new_cdp_session(page)
        keys.send("WebAuthn.enable")
        # A passkey belongs to a name: an address of numbers has none.
        yield Desk(live, live.url.replace("127.0.0.1", "localhost"), page, keys)
        browser.close()


pytestmark = pytest.mark.xdist_group("browser")


@pytest.mark.browser
def test_a_passkey_signs_in_without_a_name_or_password(desk: Desk) -> None:
    desk.plug_in()
    desk.type_password()
    desk.add("Мой ключ 🔑", used="Instead of the password")
    expect(desk.page.get_by_role("rowheader", name="Мой ключ 🔑")).to_be_visible()
    desk.sign_out()
    desk.page.goto(f"{desk.url}/login?next=/manage/account")
    desk.page.get_by_role("button", name="Sign in with a passkey").click()
    desk.page.wait_for_url(f"{desk.url}/manage/account")
    expect(desk.page.get_by_role("cell", name="Passkey", exact=True)).to_have_count(1)
    assert told(desk.amina()) == ["A passkey was added"]
    assert acts(desk.amina()) == [(EMAIL, "add passkey")]
    extensions = desk.live.app.extensions
    extensions["settings"] = replace(extensions["settings"], require_two_factor=True)
    desk.page.goto(f"{desk.url}/manage/account")
    expect(desk.page).to_have_url(f"{desk.url}/manage/account")


@pytest.mark.browser
def test_a_passkey_alone_is_enough_where_an_app_is_set_up(desk: Desk) -> None:
    desk.plug_in()
    desk.type_password()
    desk.add("Phone", used="Instead of the password")
    expect(desk.page.get_by_role("rowheader", name="Phone")).to_be_visible()
    desk.sign_out()
    secret = safety.new_secret()
    safety.switch_on(desk.amina(), secret, code_of(desk.live.app, secret))
    commit()
    desk.start_passkey()
    desk.page.wait_for_url(f"{desk.url}/manage")


@pytest.mark.browser
def test_a_key_after_the_password_is_asked_for(desk: Desk) -> None:
    desk.plug_in(knows_owner=False)
    desk.type_password()
    desk.add("Small key", used="After the password")
    expect(desk.page.get_by_role("rowheader", name="Small key")).to_be_visible()
    desk.sign_out()
    desk.type_password()
    expect(desk.page.get_by_role("heading", name="Second step")).to_be_visible()
    assert desk.page.goto(f"{desk.url}/manage") is not None
    expect(desk.page.get_by_role("heading", name="Sign in", exact=True)).to_be_visible()
    desk.type_password()
    desk.page.get_by_role("button", name="Use the passkey").click()
    desk.page.wait_for_url(f"{desk.url}/manage")


@pytest.mark.browser
def test_with_an_app_and_a_key_one_chooses(desk: Desk) -> None:
    desk.plug_in(knows_owner=False)
    desk.type_password()
    desk.add("Small key", used="After the password")
    expect(desk.page.get_by_role("rowheader", name="Small key")).to_be_visible()
    desk.sign_out()
    secret = safety.new_secret()
    safety.switch_on(desk.amina(), secret, code_of(desk.live.app, secret))
    desk.amina().tf_last_counter = 0
    commit()
    desk.type_password()
    desk.page.get_by_role("button", name="Code of the authenticator app").click()
    desk.page.get_by_label("Code of six digits").fill(code_of(desk.live.app, secret))
    desk.page.get_by_role("button", name="Continue").click()
    desk.page.wait_for_url(f"{desk.url}/manage")
    desk.sign_out()
    desk.type_password()
    desk.page.get_by_role("button", name="Passkey").click()
    desk.page.get_by_role("button", name="Use the passkey").click()
    desk.page.wait_for_url(f"{desk.url}/manage")


@pytest.mark.browser
def test_a_removed_or_unknown_passkey_opens_nothing(desk: Desk) -> None:
    desk.plug_in()
    desk.type_password()
    desk.add("Phone", used="Instead of the password")
    expect(desk.page.get_by_role("rowheader", name="Phone")).to_be_visible()
    expect(desk.page.locator("dialog[popover]")).to_have_count(0)
    desk.page.get_by_role("button", name="Remove", exact=True).first.click()
    desk.page.get_by_role("dialog").get_by_role("button", name="Remove").click()
    expect(desk.page.get_by_role("rowheader", name="Phone")).to_have_count(0)
    desk.sign_out()
    desk.start_passkey()
    expect(desk.page.locator(".notice--bad")).to_be_visible()
    desk.page.goto(f"{desk.url}/manage")
    expect(desk.page.get_by_role("heading", name="Sign in", exact=True)).to_be_visible()
    assert told(desk.amina()) == ["A passkey was added", "A passkey was removed"]


@pytest.mark.browser
def test_a_stopped_account_is_not_let_in_by_its_passkey(desk: Desk) -> None:
    desk.plug_in()
    desk.type_password()
    desk.add("Phone", used="Instead of the password")
    expect(desk.page.get_by_role("rowheader", name="Phone")).to_be_visible()
    desk.sign_out()
    set_active(desk.amina(), active=False)
    commit()
    desk.start_passkey()
    expect(desk.page.locator(".notice--bad")).to_be_visible()
    db.session.expire_all()
    set_active(desk.amina(), active=True)
    commit()
    desk.page.goto(f"{desk.url}/manage")
    expect(desk.page.get_by_role("heading", name="Sign in", exact=True)).to_be_visible()


@pytest.mark.browser
def test_the_same_key_is_not_added_twice_and_a_refusal_is_said(desk: Desk) -> None:
    key = desk.plug_in()
    desk.type_password()
    desk.add("Phone", used="Instead of the password")
    expect(desk.page.get_by_role("rowheader", name="Phone")).to_be_visible()
    desk.add("Phone again", used="Instead of the password")
    expect(desk.page.get_by_text("This device or key is one of your passkeys already.")).to_be_visible()
    desk.page.locator("#passkey-name").fill("Phone")
    desk.page.get_by_role("button", name="Add a passkey").click()
    expect(desk.page.get_by_role("alert").filter(has_text="Another passkey of yours has this name.")).to_be_visible()
    desk.keys.send("WebAuthn.setUserVerified", {"authenticatorId": key, "isUserVerified": False})
    desk.sign_out()
    desk.start_passkey()
    expect(desk.page.get_by_text("Nothing happened: the passkey was not shown in time")).to_be_visible()


@pytest.mark.browser
def test_a_passkey_confirms_an_old_sign_in(desk: Desk) -> None:
    desk.plug_in()
    desk.type_password()
    desk.add("Phone", used="Instead of the password")
    expect(desk.page.get_by_role("rowheader", name="Phone")).to_be_visible()
    desk.page.goto(f"{desk.url}/verify?next=/manage/account/second-step")
    desk.page.get_by_role("button", name="Use a passkey instead").click()
    desk.page.wait_for_url(f"{desk.url}/manage/account/second-step")


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_steps_of_signing_in_are_accessible_on_a_phone(desk: Desk, scheme: Literal["light", "dark"]) -> None:
    page = desk.page
    page.set_viewport_size({"width": 320, "height": 700})
    page.emulate_media(color_scheme=scheme)
    secret = safety.new_secret()
    safety.switch_on(desk.amina(), secret, code_of(desk.live.app, secret))
    desk.amina().tf_last_counter = 0
    make_passkey(desk.amina(), "Key", "secondary")
    commit()
    desk.type_password()
    found = {}

    def look(name: str) -> None:
        page.wait_for_load_state("networkidle")
        width = page.evaluate("document.documentElement.scrollWidth")
        found[name] = (axe_findings(page), width)

    look("choose")
    page.get_by_role("button", name="Passkey").click()
    look("passkey")
    page.go_back()
    page.get_by_role("button", name="Code of the authenticator app").click()
    look("code")
    page.get_by_role("link", name="Use a recovery code instead").click()
    page.get_by_label("Recovery code").fill("0000")
    page.get_by_role("button", name="Continue").click()
    look("recovery code refused")
    page.go_back()
    page.go_back()
    page.get_by_label("Code of six digits").fill(code_of(desk.live.app, secret))
    page.get_by_role("button", name="Continue").click()
    page.wait_for_url(f"{desk.url}/manage")
    page.goto(f"{desk.url}/manage/account")
    look("account")
    assert found == dict.fromkeys(found, ([], 320))


def make_passkey(user: User, name: str = "Phone", usage: str = "first") -> Passkey:
    """A passkey whose key nobody holds."""
    passkey = Passkey(
        name=name, credential_id=f"{user.id}{name}".encode(), public_key=b"-", usage=usage, lastuse_datetime=now()
    )
    user.webauthn.append(passkey)
    db.session.flush()
    return passkey


def test_a_passkey_is_renamed_to_what_is_free(app: Flask, sign_in: SignIn) -> None:
    user = make_user()
    passkey, _other = make_passkey(user), make_passkey(user, "Key")
    client = sign_in(user)
    address = f"/manage/account/passkeys/{passkey.id}/rename"
    client.post(address, data={"name": f"  Old   {'x' * 80}"})
    assert passkey.name == f"Old {'x' * 60}"
    client.post(address, data={"name": " "})
    client.post(address, data={"name": "Key"})
    assert passkey.name == f"Old {'x' * 60}"
    assert acts(user) == [(user.email, "rename passkey")]
    with pytest.raises(PasskeyNameTaken):
        safety.rename_passkey(user, passkey, "Key")


def test_nobody_touches_the_passkeys_of_others(app: Flask, sign_in: SignIn) -> None:
    passkey = make_passkey(make_user())
    client = sign_in(make_user(administrator=True))
    for act in ("rename", "remove"):
        assert client.post(f"/manage/account/passkeys/{passkey.id}/{act}", data={"name": "Mine"}).status_code == 404
    with pytest.raises(NoSuchPasskey):
        safety.find_passkey(make_user(), passkey.id)


def test_asking_for_a_passkey_tells_nothing_about_accounts(app: Flask, client: FlaskClient) -> None:
    user = make_user()
    make_passkey(user)
    commit()
    bodies = [client.post("/passkey", json={"identity": email}).get_json() for email in (user.email, "no@example.org")]
    options = [body["response"]["credential_options"] for body in bodies]
    for one in options:
        one.pop("challenge")
    assert options[0] == options[1]


@pytest.mark.parametrize(
    "credential", ["", "{}", "[]", "nonsense", '{"id": 1}', '{"id": "a", "rawId": "a", "type": "public-key"}']
)
def test_what_is_no_passkey_signs_nobody_in(app: Flask, client: FlaskClient, credential: str) -> None:
    state = client.post("/passkey", json={}).get_json()["response"]["wan_state"]
    for address in (f"/passkey/{state}", "/passkey/forged"):
        assert client.post(address, data={"credential": credential}).status_code == 302
    assert client.get("/manage").status_code == 302


@pytest.mark.parametrize(
    ("address", "offered"),
    [("http://127.0.0.1:8000", False), ("http://[::1]:8000", False), ("http://other.example.org", False),
     ("http://localhost:8000", True), ("https://events.example.org", True)],
)  # fmt: skip
def test_passkeys_are_offered_where_browsers_allow_them(
    app: Flask, client: FlaskClient, address: str, offered: bool
) -> None:
    assert ("Sign in with a passkey" in client.get("/login", base_url=address).text) is offered


def test_the_page_of_passkeys_is_ours(app: Flask, sign_in: SignIn) -> None:
    client = sign_in(make_user())
    assert [client.get("/passkey/new").location, client.post("/passkey/new", data={"name": "x"}).location] == [
        "/manage/account"
    ] * 2
