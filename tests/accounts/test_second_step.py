"""The authenticator app: setting it up, signing in with it, losing it."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from inser_events.accounts import safety
from inser_events.accounts.errors import SecondStepRequired, WrongCode
from inser_events.accounts.models import User
from inser_events.database import commit, db
from tests.accounts.signing_in import (
    acts,
    another_instance,
    code_of,
    let_time_pass,
    set_up,
    shown_key,
    told,
    try_password,
)
from tests.factories import make_user

SignIn = Callable[[User], FlaskClient]
STEP = "/second-step"
RECOVERY = "/second-step/recovery-code"


def with_app(app: Flask) -> tuple[User, list[str]]:
    """Someone whose app was set up a while ago, and their recovery codes."""
    user = make_user()
    secret = safety.new_secret()
    codes = safety.switch_on(user, secret, code_of(app, secret))
    user.tf_last_counter = 0
    return user, codes


def secret_of(user: User) -> str:
    return user.tf_totp_secret or ""


def is_in(client: FlaskClient) -> bool:
    return client.get("/manage").status_code == 200


def test_the_right_code_switches_it_on_and_shows_recovery_codes_once(app: Flask, sign_in: SignIn) -> None:
    user = make_user()
    client = sign_in(user)
    answer, codes = set_up(client)
    assert (answer.status_code, user.has_app, len(set(codes)), answer.headers["Cache-Control"]) == (
        200,
        True,
        10,
        "no-store",
    )
    assert told(user) == ["An authenticator app is asked for from now on"]
    assert acts(user) == [(user.email, "switch on second step")]
    assert codes[0] not in client.get("/manage/account").text


def test_a_wrong_code_leaves_the_scanned_key_as_it_was(app: Flask, sign_in: SignIn) -> None:
    user = make_user()
    client = sign_in(user)
    key = shown_key(client.get("/manage/account/second-step").text)
    answer = client.post("/manage/account/second-step", data={"code": "000000"})
    assert (answer.status_code, shown_key(answer.text), user.has_app) == (422, key, False)
    assert 'value="000000"' in answer.text
    assert answer.text.count('id="code-error"') == 1


@pytest.mark.parametrize("code", ["", " ", "12345", "1234567", "abcdef", "٠٠٠٠٠٠", "0" * 5000])
def test_what_is_no_code_is_refused(app: Flask, sign_in: SignIn, code: str) -> None:
    user = make_user()
    assert sign_in(user).post("/manage/account/second-step", data={"code": code}).status_code == 422
    assert not user.has_app


def test_the_secret_and_the_recovery_codes_are_not_readable_in_the_database(app: Flask, sign_in: SignIn) -> None:
    user = make_user()
    client = sign_in(user)
    key = shown_key(client.get("/manage/account/second-step").text).replace("-", "")
    _answer, codes = set_up(client)
    kept = f"{user.tf_totp_secret} {user.mf_recovery_codes}"
    assert [secret in kept for secret in (key, codes[0], codes[0].replace("-", ""))] == [False] * 3


def test_after_the_password_the_code_is_asked_for(app: Flask, client: FlaskClient) -> None:
    user, _codes = with_app(app)
    answer = try_password(client, user, next="/manage/new")
    assert (answer.location, is_in(client)) == ("/second-step?next=/manage/new", False)
    answer = client.post(answer.location, data={"code": code_of(app, secret_of(user))})
    assert (answer.location, is_in(client)) == ("/manage/new", True)


def test_a_wrong_code_does_not_sign_in(app: Flask, client: FlaskClient) -> None:
    user, _codes = with_app(app)
    try_password(client, user)
    answer = client.post(STEP, data={"code": code_of(app, secret_of(user), later=10)})
    assert (answer.status_code, answer.text.count('id="code-error"'), is_in(client)) == (200, 1, False)
    assert "Wait for the next one and type that." in answer.text


def test_a_code_opens_once(app: Flask) -> None:
    user, _codes = with_app(app)
    code = code_of(app, secret_of(user))
    opened = []
    for _time in range(2):
        browser = app.test_client()
        try_password(browser, user)
        browser.post(STEP, data={"code": code})
        opened.append(is_in(browser))
    assert opened == [True, False]


def test_without_the_password_no_code_is_taken(app: Flask, client: FlaskClient) -> None:
    user, codes = with_app(app)
    for address, code in ((STEP, code_of(app, secret_of(user))), (RECOVERY, codes[0])):
        assert client.post(address, data={"code": code}).location == "/login"
    assert not is_in(client)


@pytest.mark.parametrize("typed", [str, str.upper, lambda code: code.replace("-", " ")])
def test_a_recovery_code_opens_once_however_it_is_typed(
    app: Flask, client: FlaskClient, typed: Callable[[str], str]
) -> None:
    user, codes = with_app(app)
    try_password(client, user)
    client.post(RECOVERY, data={"code": typed(codes[3])})
    assert (is_in(client), len(user.mf_recovery_codes or [])) == (True, 9)
    assert told(user)[-1] == "A recovery code was used to sign in"
    again = app.test_client()
    try_password(again, user)
    assert 'id="code-error"' in again.post(RECOVERY, data={"code": codes[3]}).text
    assert not is_in(again)


def test_a_recovery_code_of_somebody_else_opens_nothing(app: Flask, client: FlaskClient) -> None:
    user, _codes = with_app(app)
    _other, codes = with_app(app)
    try_password(client, user)
    client.post(RECOVERY, data={"code": codes[0]})
    assert not is_in(client)


def test_new_recovery_codes_end_the_former_ones(app: Flask, sign_in: SignIn, client: FlaskClient) -> None:
    user = make_user()
    browser = sign_in(user)
    _answer, former = set_up(browser)
    browser.post("/manage/account/recovery-codes")
    assert told(user)[-1] == "New recovery codes were made"
    try_password(client, user)
    client.post(RECOVERY, data={"code": former[0]})
    assert not is_in(client)


def test_recovery_codes_come_as_a_file(app: Flask, sign_in: SignIn) -> None:
    user = make_user()
    client = sign_in(user)
    _answer, codes = set_up(client)
    answer = client.post("/manage/account/recovery-codes/file", data={"codes": "\r\n".join(codes)})
    assert (answer.mimetype, answer.text.splitlines()[1:]) == ("text/plain", [user.email, "", *codes])
    assert client.post("/manage/account/recovery-codes/file", data={"codes": "<b>"}).location == "/manage/account"


def test_it_is_switched_off_again(app: Flask, sign_in: SignIn, client: FlaskClient) -> None:
    user = make_user()
    browser = sign_in(user)
    set_up(browser)
    browser.post("/manage/account/second-step/off")
    assert (user.has_app, user.mf_recovery_codes, user.tf_totp_secret) == (False, None, None)
    assert told(user)[-1] == "No code of an authenticator app is asked for any more"
    try_password(client, user)
    assert is_in(client)


def test_an_old_sign_in_has_to_be_confirmed_before_anything_changes(app: Flask, sign_in: SignIn) -> None:
    user = make_user()
    client = sign_in(user)
    set_up(client)
    let_time_pass(client)
    answers = [
        client.get("/manage/account"),
        client.get("/manage/account/second-step"),
        client.post("/manage/account/second-step/off"),
        client.post("/manage/account/recovery-codes"),
        client.post("/manage/account/sign-out-everywhere"),
    ]
    assert [answer.location.partition("?")[0] for answer in answers] == ["/verify"] * 5
    assert user.has_app
    answer = client.post("/verify?next=/manage/account/second-step", data={"password": "wrong"})
    assert (answer.status_code, client.get("/manage/account").status_code) == (200, 302)
    answer = client.post("/verify?next=/manage/account/second-step", data={"password": "correct horse battery"})
    assert (answer.location, client.get("/manage/account").status_code) == ("/manage/account/second-step", 200)


def test_an_administrator_takes_it_off_who_lost_the_phone(app: Flask, sign_in: SignIn, client: FlaskClient) -> None:
    user, admin = make_user(), make_user(administrator=True)
    theirs = sign_in(user)
    set_up(theirs)
    sign_in(admin).post(f"/manage/users/{user.id}/reset-second-step")
    assert (user.has_app, is_in(theirs)) == (False, False)
    assert told(user)[-1] == "An administrator took your authenticator app and passkeys off your account"
    assert acts(user)[-1] == (admin.email, "reset second step")
    try_password(client, user)
    assert is_in(client)


def test_only_administrators_take_it_off_others(app: Flask, sign_in: SignIn) -> None:
    user, _codes = with_app(app)
    colleague = sign_in(make_user())
    assert colleague.post(f"/manage/users/{user.id}/reset-second-step").status_code == 403
    assert user.has_app


def test_the_command_line_takes_it_off(app: Flask) -> None:
    user, _codes = with_app(app)
    email = user.email
    commit()
    result = app.test_cli_runner().invoke(args=["user", "reset-second-step", email.upper()])
    assert (result.exit_code, result.output) == (0, f"{email} signs in with the password alone now.\n")
    db.session.expire_all()
    assert not user.has_app


def test_another_phone_takes_the_place_of_the_first(app: Flask, sign_in: SignIn) -> None:
    user = make_user()
    client = sign_in(user)
    set_up(client)
    first = secret_of(user)
    _answer, codes = set_up(client)
    assert (secret_of(user) != first, len(codes)) == (True, 10)
    assert acts(user)[-1] == (user.email, "change second step")


def test_a_code_for_another_secret_is_no_code(app: Flask) -> None:
    with pytest.raises(WrongCode):
        safety.switch_on(make_user(), safety.new_secret(), code_of(app, safety.new_secret()))


def test_flask_securitys_own_pages_for_it_are_gone(app: Flask, sign_in: SignIn) -> None:
    client = sign_in(make_user())
    addresses = ("/second-step/help", "/second-step/recovery-codes", "/passkey/remove")
    assert [client.get(address).status_code for address in addresses] == [404] * 3
    assert client.get("/second-step").location == "/manage"
    assert is_in(client)


@pytest.fixture
def strict(tmp_path: Path, app: Flask) -> Iterator[Flask]:
    """The same instance, where nobody may do without a second step."""
    with another_instance(app, tmp_path, require_two_factor=True) as strict:
        yield strict


def test_where_it_is_required_it_is_set_up_while_signing_in(app: Flask, strict: Flask) -> None:
    user = make_user()
    client = strict.test_client()
    answer = try_password(client, user)
    assert (answer.location, is_in(client)) == ("/second-step/set-up", False)
    answer, codes = set_up(client, "/second-step/set-up")
    assert (answer.status_code, len(codes), is_in(client), user.has_app) == (200, 10, True, True)
    assert client.post("/manage/account/second-step/off").status_code == 302
    db.session.expire_all()
    assert user.has_app


def test_who_was_signed_in_before_it_was_required_is_asked_for_it_at_the_next_request(
    sign_in: SignIn, strict: Flask
) -> None:
    user = make_user()
    client = moved(sign_in(user), strict)
    assert (is_in(client), client.get("/manage").location) == (False, "/login?next=/manage")
    assert try_password(client, user).location == "/second-step/set-up"
    set_up(client, "/second-step/set-up")
    assert is_in(client)


def test_who_had_set_up_an_app_before_it_was_required_stays_signed_in(sign_in: SignIn, strict: Flask) -> None:
    client = sign_in(make_user())
    set_up(client)
    assert is_in(moved(client, strict))


def test_a_passkey_is_both_steps_for_its_owner_only(sign_in: SignIn, strict: Flask) -> None:
    user, other = make_user(), make_user()
    client = moved(sign_in(user), strict)
    with client.session_transaction() as session:
        session[safety.BY_PASSKEY] = user.id
    assert is_in(client)
    with client.session_transaction() as session:
        session[safety.BY_PASSKEY] = other.id
    assert not is_in(client)


def moved(client: FlaskClient, instance: Flask) -> FlaskClient:
    """The same browser, once the server was started with other settings."""
    there = instance.test_client()
    with client.session_transaction() as before, there.session_transaction() as session:
        session.update(before)
    return there


def test_where_it_is_required_nobody_sets_it_up_without_the_password(strict: Flask) -> None:
    assert strict.test_client().get("/second-step/set-up").location == "/login"


def test_where_it_is_required_it_cannot_be_switched_off(strict: Flask) -> None:
    with strict.app_context():
        user = make_user()
        with pytest.raises(SecondStepRequired):
            safety.switch_off(user)
