"""The URL map: every route says who may use it, and the signed-in ones refuse strangers and forged forms."""

import re
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_limiter.util import get_qualified_name
from werkzeug.routing import Rule

from inser_events.database import commit
from inser_events.web.access import access_of
from inser_events.web.limits import limiter
from tests.accounts.signing_in import another_instance
from tests.factories import PASSWORD, make_user

SECURITY = {
    "security.login": "public",
    "security.logout": "public",
    "security.verify": "signed-in",
    "security.forgot_password": "public",
    "security.reset_password": "link",
    "security.change_password": "signed-in",
    "security.two_factor_token_validation": "password was right",
    "security.mf_recovery": "password was right",
    "security.tf_select": "password was right",
    "security.wan_signin": "public",
    "security.wan_signin_response": "public",
    "security.wan_verify": "signed-in",
    "security.wan_verify_response": "signed-in",
    "security.wan_register": "signed-in",
    "security.wan_register_response": "signed-in",
}
"""Flask-Security's own views carry no declaration of ours; what they do is said here."""

OPEN = {"public", "link", "device"}
"""Who sends these forms is not signed in, or a program."""


def rules(app: Flask) -> list[Rule]:
    return list(app.url_map.iter_rules())


def example(rule: Rule) -> str:
    """An address the rule matches."""
    address = re.sub(r"<int:[^>]+>", "1", rule.rule)
    address = re.sub(r"<any\(([^,)]+)[^>]*>", r"\1", address)
    return re.sub(r"<[^>]+>", "x", address)


def test_every_route_declares_who_may_use_it(app: Flask) -> None:
    silent = [
        rule.rule
        for rule in rules(app)
        if rule.endpoint not in SECURITY and access_of(app.view_functions[rule.endpoint]) is None
    ]
    assert silent == []


def test_no_two_routes_share_an_address(app: Flask) -> None:
    addresses = [
        (re.sub(r"<[^>:]+>", "<>", rule.rule), method)
        for rule in rules(app)
        for method in (rule.methods or set()) - {"OPTIONS", "HEAD"}
    ]
    assert sorted(addresses) == sorted(set(addresses))


def test_no_route_ends_with_a_slash(app: Flask) -> None:
    assert [rule.rule for rule in rules(app) if rule.rule.endswith("/") and rule.rule != "/"] == []


def test_organisers_pages_send_strangers_to_the_sign_in(app: Flask, client: FlaskClient) -> None:
    open_ones = []
    for rule in rules(app):
        if rule.rule.startswith("/manage"):
            address = example(rule)
            for method in (rule.methods or set()) & {"GET", "POST"}:
                answer = client.open(address, method=method)
                if answer.status_code != 302 or "/login" not in answer.location:
                    open_ones.append((method, address, answer.status_code))
    assert open_ones == []


TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')


def guarded_posts(app: Flask) -> list[str]:
    """An address of each form that only people who are signed in send."""
    ours = (rule for rule in rules(app) if "POST" in (rule.methods or ()) and rule.endpoint not in SECURITY)
    return [example(rule) for rule in ours if access_of(app.view_functions[rule.endpoint]) not in OPEN]


def test_forged_forms_in_the_name_of_people_who_are_signed_in_are_refused(app: Flask, tmp_path: Path) -> None:
    user = make_user(administrator=True)
    sent = {"email": user.email, "password": PASSWORD}
    commit()
    at_home = {"base_url": "https://events.example.org", "headers": {"Referer": "https://events.example.org/"}}
    with another_instance(app, tmp_path, testing=False) as real:
        browser = real.test_client()
        token = TOKEN.findall(browser.get("/login", base_url=at_home["base_url"]).text)[0]
        assert browser.post("/login", data=sent | {"csrf_token": token}, **at_home).location == "/manage"
        taken = [path for path in guarded_posts(real) if browser.post(path, data={}, **at_home).status_code != 400]
        known = TOKEN.findall(browser.get("/manage/new", base_url=at_home["base_url"]).text)[0]
        answer = browser.post("/manage/new", data={"csrf_token": known}, **at_home)
    assert (taken, answer.status_code, len(guarded_posts(app)) > 100) == ([], 422, True)


def test_forms_sent_from_other_sites_are_refused(app: Flask, client: FlaskClient) -> None:
    taken = []
    for rule in rules(app):
        access = access_of(app.view_functions[rule.endpoint])
        if "POST" in (rule.methods or ()) and access in {"public", "link"}:
            answer = client.post(example(rule), headers={"Sec-Fetch-Site": "cross-site"})
            not_begun = answer.status_code == 302 and answer.location.startswith("/login")
            if answer.status_code not in {403, 404} and not not_begun:
                taken.append((rule.rule, answer.status_code))
    assert taken == []


def test_forms_that_need_no_sign_in_are_counted(app: Flask) -> None:
    uncounted = []
    for rule in rules(app):
        view = app.view_functions[rule.endpoint]
        # Those of signing in are counted together, see test_limits.
        open_form = "POST" in (rule.methods or ()) and access_of(view) in {"public", "link"}
        if open_form and not rule.endpoint.startswith("security."):
            limits = limiter.limit_manager.decorated_limits(get_qualified_name(view))
            uncounted += [rule.rule] if not limits else []
    assert uncounted == []


@pytest.mark.parametrize("path", ["/", "/nothing", "/healthz", "/login"])
def test_every_answer_carries_the_security_headers(client: FlaskClient, path: str) -> None:
    headers = client.get(path).headers
    assert "script-src 'self'" in headers["Content-Security-Policy"]
    assert "unsafe-inline" not in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"


def test_an_unknown_address_has_a_page_of_its_own(client: FlaskClient) -> None:
    answer = client.get("/nothing")
    assert (answer.status_code, answer.get_data(as_text=True).count("<h1")) == (404, 1)


def test_the_api_answers_errors_as_problem_documents(client: FlaskClient) -> None:
    answer = client.get("/api/v1/nothing")
    assert (answer.status_code, answer.content_type) == (404, "application/problem+json")


@pytest.mark.parametrize("path", ["/", "/tickets/lost", "/healthz", "/api/v1/nothing", "/events/nothing"])
def test_public_answers_neither_set_nor_depend_on_a_cookie(client: FlaskClient, path: str) -> None:
    headers = client.get(path).headers
    assert (headers.get("Set-Cookie"), "Cookie" in headers.get("Vary", "")) == (None, False)


@pytest.mark.parametrize(("path", "status"), [("/events/%00", 404), ("/?lang=%00", 400), ("/tickets/a%00b", 404)])
def test_a_nul_in_an_address_is_refused(client: FlaskClient, path: str, status: int) -> None:
    assert client.get(path).status_code == status


def test_a_nul_in_a_form_is_refused(client: FlaskClient) -> None:
    assert client.post("/tickets/lost", data={"email": "a\0@example.org"}).status_code == 400
