"""What the pages of signing in say, in six languages."""

import pytest
from flask import Flask
from flask_babel import get_domain, gettext
from flask_security.core import _default_messages
from flask_security.utils import get_message

from inser_events.accounts.library_words import SAID
from inser_events.web.languages import in_language
from tests.factories import make_user

SWITCHED_OFF = """
ALREADY_CONFIRMED CHANGE_EMAIL_CONFIRMED CHANGE_EMAIL_EXPIRED CHANGE_EMAIL_SENT CODE_HAS_BEEN_SENT
CONFIRMATION_EXPIRED CONFIRMATION_REQUEST CONFIRMATION_REQUIRED CONFIRM_REGISTRATION EMAIL_ALREADY_ASSOCIATED
EMAIL_CONFIRMED FAILED_TO_SEND_CODE GENERIC_US_SIGNIN IDENTITY_ALREADY_ASSOCIATED INVALID_CONFIRMATION_TOKEN
INVALID_INPUT INVALID_INPUT_LENGTH INVALID_LOGIN_TOKEN LOGIN_EMAIL_SENT LOGIN_EXPIRED PASSWORDLESS_LOGIN_SUCCESSFUL
PHONE_INVALID USERNAME_ALREADY_ASSOCIATED USERNAME_CHANGE USERNAME_DISALLOWED_CHARACTERS USERNAME_INVALID_LENGTH
USERNAME_NOT_PROVIDED USERNAME_RECOVERY_REQUEST USE_CODE US_CURRENT_METHODS US_METHOD_NOT_AVAILABLE US_SETUP_EXPIRED
US_SETUP_SUCCESSFUL US_SPECIFY_IDENTITY REFRESH_TOKEN_INVALID PASSWORD_BREACHED PASSWORD_BREACHED_SITE_ERROR
PASSWORD_TOO_SIMPLE FORGOT_PASSWORD NO_RECOVERY_CODES_SETUP TWO_FACTOR_CHANGE_METHOD_SUCCESSFUL TWO_FACTOR_DISABLED
TWO_FACTOR_LOGIN_SUCCESSFUL TWO_FACTOR_METHOD_NOT_AVAILABLE TWO_FACTOR_SETUP_EXPIRED WEBAUTHN_CREDENTIAL_DELETED
WEBAUTHN_NAME_NOT_FOUND
"""
"""Confirming an address, mailed links and codes, names of users, telephone numbers, and what pages of ours say."""


def test_each_message_of_the_library_has_our_words_or_is_never_said() -> None:
    assert set(SWITCHED_OFF.split()).isdisjoint(SAID)
    assert set(_default_messages) == set(SAID) | set(SWITCHED_OFF.split())


def test_our_words_take_the_values_of_the_library() -> None:
    values = {"length": 10}
    filled = [text % values for text, _kind in SAID.values()]
    assert [text for text in filled if "%" in text] == []


@pytest.mark.parametrize("language", ["ar", "es", "fr", "ru", "zh"])
def test_the_library_speaks_from_our_catalogues(app: Flask, language: str) -> None:
    with app.test_request_context(), in_language(language):
        said, _kind = get_message("EMAIL_NOT_PROVIDED")
        assert (said, said == "Enter your e-mail address.") == (gettext("Enter your e-mail address."), False)


def test_a_catalogue_is_in_memory_once(app: Flask) -> None:
    assert app.extensions["security"].i18n_domain.cache is get_domain().cache


def test_a_wrong_password_says_no_more_than_a_wrong_address(app: Flask) -> None:
    user = make_user()
    answers = [
        app.test_client().post("/login", data={"email": email, "password": "not the password"}).text
        for email in (user.email, "nobody@example.org")
    ]
    words = "This e-mail address and password do not belong together. Check both."
    assert [page.count(words) for page in answers] == [1, 1]


def test_an_old_link_to_a_new_password_leads_to_asking_again(app: Flask) -> None:
    page = app.test_client().get("/reset/nothing", follow_redirects=True).text
    assert page.count("This link no longer works. Ask for a new one.") == 1
