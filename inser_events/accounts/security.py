"""Sign-in by Flask-Security: password, reset by mail, authenticator app, passkeys, the organisation's own sign-in."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import wraps
from typing import Any, cast
from urllib.parse import urlsplit

from flask import Blueprint, Flask, Request, flash, make_response, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_limiter.util import get_remote_address
from flask_security import MailUtil, Security, SQLAlchemyUserDatastore, current_user

from inser_events import mail
from inser_events.accounts import library_words, noticing, safety
from inser_events.accounts.codes import TOLERANCE, AppCodes, RecoveryCodes
from inser_events.accounts.errors import SignInElsewhereFails
from inser_events.accounts.freshness import FRESH, GRACE
from inser_events.accounts.library_forms import (
    AppCode,
    Login,
    NewPasskey,
    PasskeyAnswer,
    RecoveryCode,
    Rescue,
    WhichStep,
)
from inser_events.accounts.models import Passkey, Role, User
from inser_events.accounts.oidc import NAME, LateOAuth, Organisation
from inser_events.accounts.passkeys import PasskeyRules, are_possible
from inser_events.accounts.safety_views import set_up_at_sign_in
from inser_events.clock import now
from inser_events.config import Settings
from inser_events.database import db, expect_writing, new_uid
from inser_events.errors import NotFound
from inser_events.tokens import key_from
from inser_events.web.access import public
from inser_events.web.languages import babel
from inser_events.web.limits import limiter

GUESSES = "20/minute;200/hour"
"""How often one address may send a form of sign-in: enough for a team behind one router, too few to guess with."""
CODE_GUESSES = "10/10 minutes;40/day"
"""How often codes may be tried for one account, from wherever: one in fifty thousand would be right."""
CHEAP_HASHES = {"argon2__rounds": 1, "argon2__memory_cost": 8, "argon2__parallelism": 1}
View = Callable[..., ResponseReturnValue]
datastore = SQLAlchemyUserDatastore(db, User, Role, Passkey)
FOUND = 302
OURS = (
    "two_factor_setup_validate",
    "two_factor_rescue",
    "mf_recovery_codes",
    "wan_delete",
)
"""Pages of Flask-Security in whose place stand those of `safety_views`."""


class OutboxMailUtil(MailUtil):
    """Flask-Security's mails leave through the outbox like all others."""

    def send_mail(  # noqa: PLR0917 — Flask-Security's signature
        self,
        template: str,
        subject: str,
        recipient: str | tuple[str, str],
        sender: str | tuple[str, str],  # noqa: ARG002 — the outbox has one sender
        body: str | None,
        html: str | None,
        **kwargs: Any,  # noqa: ARG002 — Flask-Security's signature
    ) -> None:
        """Queue one mail; each is its own cause."""
        address = recipient if isinstance(recipient, str) else recipient[1]
        mail.send(f"{template}:{new_uid()}", mail.Mail(to=address, subject=subject, text=body or "", html=html or ""))


def options(settings: Settings) -> Mapping[str, Any]:
    """Flask-Security's settings."""
    secret, testing = settings.secret_key.encode(), settings.testing
    return {
        "SECURITY_PASSWORD_SALT": key_from(secret, "password salt").hex(),
        # NIST SP 800-63B: length over composition
        "SECURITY_PASSWORD_LENGTH_MIN": 10,
        "SECURITY_RECOVERABLE": True,
        "SECURITY_CHANGEABLE": True,
        "SECURITY_EMAIL_HTML": False,
        "SECURITY_RETURN_GENERIC_RESPONSES": True,
        "SECURITY_REGISTERABLE": False,
        "SECURITY_USERNAME_ENABLE": False,
        "SECURITY_EMAIL_VALIDATOR_ARGS": {"check_deliverability": False, "test_environment": True},
        "SECURITY_POST_LOGIN_VIEW": "/manage",
        "SECURITY_POST_LOGOUT_VIEW": "/",
        "SECURITY_POST_CHANGE_VIEW": "/manage/account",
        "SECURITY_POST_VERIFY_VIEW": "/manage/account",
        "SECURITY_POST_RESET_VIEW": "/login",
        "SECURITY_URL_PREFIX": "",
        "SECURITY_CSRF_COOKIE_NAME": None,
        # Our own mails tell of what was changed: see `noticing`.
        "SECURITY_SEND_PASSWORD_CHANGE_EMAIL": False,
        "SECURITY_SEND_PASSWORD_RESET_NOTICE_EMAIL": False,
        "SECURITY_DATETIME_FACTORY": now,
        "SECURITY_FRESHNESS": FRESH,
        "SECURITY_FRESHNESS_GRACE_PERIOD": GRACE,
        **library_words.options(),
        **_second_step(settings),
        **_passkeys(),
        **_organisation(settings),
        # Without values: “private=True” would name a header that is private, and nothing else.
        "SECURITY_CACHE_CONTROL": {"private": None, "no-store": None},
        "SECURITY_STATIC_FOLDER": None,
        # Tests sign in a thousand times; nothing of theirs needs to stay secret.
        **({"SECURITY_PASSWORD_HASH_PASSLIB_OPTIONS": CHEAP_HASHES} if testing else {}),
    }


def _second_step(settings: Settings) -> dict[str, Any]:
    host = urlsplit(settings.base_url).hostname or "events"
    return {
        "SECURITY_TWO_FACTOR": True,
        "SECURITY_TWO_FACTOR_REQUIRED": settings.require_two_factor,
        "SECURITY_TWO_FACTOR_ENABLED_METHODS": ["authenticator"],
        "SECURITY_TWO_FACTOR_AUTHENTICATOR_VALIDITY": TOLERANCE,
        "SECURITY_TWO_FACTOR_ALWAYS_VALIDATE": True,
        "SECURITY_TWO_FACTOR_RESCUE_EMAIL": False,
        "SECURITY_TWO_FACTOR_SETUP_URL": "/second-step/set-up",
        "SECURITY_TWO_FACTOR_TOKEN_VALIDATION_URL": "/second-step",
        "SECURITY_TWO_FACTOR_SELECT_URL": "/second-step/choose",
        "SECURITY_TWO_FACTOR_RESCUE_URL": "/second-step/help",
        # What the app shows beside the code; a colon would end it.
        "SECURITY_TOTP_ISSUER": host.replace(":", " "),
        "SECURITY_TOTP_SECRETS": {"1": key_from(settings.secret_key.encode(), "authenticator apps").hex()},
        "SECURITY_MULTI_FACTOR_RECOVERY_CODES": True,
        "SECURITY_MULTI_FACTOR_RECOVERY_CODES_N": 10,
        "SECURITY_MULTI_FACTOR_RECOVERY_URL": "/second-step/recovery-code",
        "SECURITY_MULTI_FACTOR_RECOVERY_CODES_URL": "/second-step/recovery-codes",
    }


def _passkeys() -> dict[str, Any]:
    return {
        "SECURITY_WEBAUTHN": True,
        "SECURITY_WAN_RP_NAME": "INSER Events",
        # Asking for the passkeys of an address would tell who has an account.
        "SECURITY_WAN_ALLOW_USER_HINTS": False,
        "SECURITY_WAN_REGISTER_URL": "/passkey/new",
        "SECURITY_WAN_SIGNIN_URL": "/passkey",
        "SECURITY_WAN_VERIFY_URL": "/passkey/verify",
        "SECURITY_WAN_DELETE_URL": "/passkey/remove",
        "SECURITY_WAN_POST_REGISTER_VIEW": "/manage/account",
        "SECURITY_WAN_SIGNIN_WITHIN": timedelta(minutes=5),
        "SECURITY_WAN_NAME_ALLOWED_CHARS": None,
        # Names as they are typed: decomposed letters fall apart on screen.
        "SECURITY_INPUT_NORMALIZE_FORM": "NFC",
    }


def _organisation(settings: Settings) -> dict[str, Any]:
    return {
        "SECURITY_OAUTH_ENABLE": settings.oidc is not None,
        "SECURITY_OAUTH_BUILTIN_PROVIDERS": [],
        "SECURITY_OAUTH_START_URL": "/login/with",
        "SECURITY_OAUTH_RESPONSE_URL": "/login/from",
        "SECURITY_OAUTH_VERIFY_START_URL": "/verify/with",
        "SECURITY_OAUTH_VERIFY_RESPONSE_URL": "/verify/from",
    }


def init_app(app: Flask) -> None:
    """Install sign-in."""
    settings: Settings = app.extensions["settings"]
    app.config.update(options(settings))
    security = Security(
        app,
        datastore,
        mail_util_cls=OutboxMailUtil,
        totp_cls=AppCodes,
        mf_recovery_codes_util_cls=RecoveryCodes,
        webauthn_util_cls=PasskeyRules,
        login_form=Login,
        two_factor_verify_code_form=AppCode,
        mf_recovery_form=RecoveryCode,
        two_factor_select_form=WhichStep,
        two_factor_rescue_form=Rescue,
        wan_register_form=NewPasskey,
        wan_signin_response_form=PasskeyAnswer,
        oauth=LateOAuth(app) if settings.oidc else None,
    )
    # Its own link would lead to whatever host the request named, be it that of a thief.
    security.mail_context_processor(lambda: {"home": settings.base_url})
    # The library would take a token from the address too, where it ends up in logs. People sign in by cookie only.
    app.login_manager.request_loader(_nobody)  # type: ignore[attr-defined] # set by Flask-Login
    app.login_manager.user_loader(_with_both_steps(app.login_manager._user_callback))  # type: ignore[attr-defined] # noqa: SLF001 — Flask-Login tells it no other way
    with app.app_context():
        # One copy of each catalogue in memory, not two.
        security.i18n_domain.cache = babel.domain_instance.cache
    pages = cast("Blueprint", app.blueprints["security"])
    limiter.limit(GUESSES, methods=["POST"])(pages)
    noticing.init_app(app)
    app.context_processor(lambda: {"organisation": settings.oidc.name if settings.oidc else ""})
    app.jinja_env.globals["passkeys_possible"] = are_possible
    views: dict[str, Any] = app.view_functions
    _change_views(views)
    if security.oauthglue is not None:
        # Not by its own registration, which would ask for Authlib now.
        security.oauthglue.providers[NAME] = Organisation(NAME)
        for endpoint in ("security.oauthstart", "security.oauth_verify_start"):
            views[endpoint] = _by_a_page(views[endpoint])
        views["security.oauthresponse"] = _writing(views["security.oauthresponse"])


def _change_views(views: dict[str, Any]) -> None:
    """Put our pages in the place of some of Flask-Security's, and count guesses of codes by account."""
    views["security.two_factor_setup"] = set_up_at_sign_in
    views["security.wan_register"] = _by_module(views["security.wan_register"])
    for name in OURS:
        views[f"security.{name}"] = _gone
    for name in ("two_factor_token_validation", "mf_recovery", "two_factor_setup"):
        view = _for_visitors(views[f"security.{name}"])
        views[f"security.{name}"] = limiter.limit(CODE_GUESSES, key_func=_whose_codes, methods=["POST"])(view)


def _with_both_steps(load: Callable[[str], User | None]) -> Callable[[str], User | None]:
    """A session from before a second step was required is nobody's: its owner signs in again and sets one up."""

    def loaded(key: str) -> User | None:
        user = load(key)
        return user if user and safety.has_both_steps(user, session.get(safety.BY_PASSKEY)) else None

    return loaded


def _nobody(_request: Request) -> None:
    """Whom a request without a session comes from."""


def _by_module(view: View) -> View:
    """Passkeys are added on our own page, by its module; an address opened by hand leads there."""

    @wraps(view)
    def led() -> ResponseReturnValue:
        return view() if request.is_json else redirect("/manage/account")

    return led


def _for_visitors(view: View) -> View:
    """Steps of signing in are not for those who are in already; Flask-Security would sign them out."""

    @wraps(view)
    def led() -> ResponseReturnValue:
        return redirect("/manage") if current_user.is_authenticated else view()

    return led


@public
def _gone(**_arguments: str) -> ResponseReturnValue:
    message = _("There is no such page.")
    raise NotFound(message)


def _whose_codes() -> str:
    return str(session.get("tf_user_id") or get_remote_address())


def _by_a_page(view: View) -> View:
    """Lead away by a page instead of a redirect: our policy lets no form end at another site, not even by a detour."""

    @wraps(view)
    def led(**arguments: str) -> ResponseReturnValue:
        try:
            answer = make_response(view(**arguments))
        except SignInElsewhereFails as error:
            flash(error.message, "error")
            return redirect(
                url_for("security.login" if request.endpoint == "security.oauthstart" else "security.verify")
            )
        away = answer.location or ""
        if answer.status_code != FOUND or not away.startswith(("https://", "http://")) or _is_ours(away):
            return answer
        return render_template("security/leaving.html", address=away)

    return led


def _is_ours(address: str) -> bool:
    return urlsplit(address).netloc == request.host


def _writing(view: View) -> View:
    """Let a GET write: coming back from elsewhere is one, and it is remembered that someone signed in."""

    @wraps(view)
    def written(**arguments: str) -> ResponseReturnValue:
        expect_writing()
        return view(**arguments)

    return written
