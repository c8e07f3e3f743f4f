"""Flask-Security's views tell by signals what they did; here it is recorded, and the person is told."""

from typing import Any

from flask import Flask, request, session
from flask_security import password_changed, password_reset, user_authenticated
from flask_security.signals import wan_registered

from inser_events.accounts import safety
from inser_events.accounts.browsers import in_words
from inser_events.accounts.models import User
from inser_events.audit import Actor, acting

WAYS = {
    "security.login": "password",
    "security.two_factor_token_validation": "code",
    "security.two_factor_setup": "code",
    "security.mf_recovery": "recovery_code",
    "security.wan_signin_response": "passkey",
    "security.oauthresponse": "organisation",
}
"""By which view someone came in. The others (a new password) only continue a session."""


def init_app(app: Flask) -> None:
    """Listen."""
    user_authenticated.connect(_signed_in, app)
    password_changed.connect(_new_password, app)
    password_reset.connect(_new_password, app)
    wan_registered.connect(_new_passkey, app)


def _signed_in(_app: Flask, user: User, **_more: Any) -> None:
    way = WAYS.get(request.endpoint or "")
    if way is None or not user.active:
        return
    session.pop(safety.BY_PASSKEY, None)
    if way == "passkey":
        session[safety.BY_PASSKEY] = user.id
    safety.note_sign_in(user, way, address=request.remote_addr or "", browser=in_words(request.user_agent.string))
    if way == "recovery_code":
        with acting(Actor(user.email, user.id)):
            safety.recovery_code_used(user)


def _new_password(_app: Flask, user: User, **_more: Any) -> None:
    with acting(Actor(user.email, user.id)):
        safety.password_changed(user)


def _new_passkey(_app: Flask, user: User, name: str, **_more: Any) -> None:
    with acting(Actor(user.email, user.id)):
        safety.passkey_added(user, name)
