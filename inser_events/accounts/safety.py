"""How someone signs in: every change of it is recorded, and the person is told by mail."""

from datetime import timedelta

from flask import current_app, render_template
from flask_babel import force_locale
from flask_babel import lazy_gettext as _l
from flask_security import Security
from sqlalchemy import delete

from inser_events import mail
from inser_events.accounts.codes import AppCodes
from inser_events.accounts.errors import NoSuchPasskey, PasskeyNameTaken, SecondStepRequired, WrongCode
from inser_events.accounts.models import Passkey, SignIn, User
from inser_events.audit import record
from inser_events.clock import now
from inser_events.config import Settings
from inser_events.database import db, new_uid
from inser_events.web.languages import DEFAULT

APP = "authenticator"
KEPT = timedelta(days=60)
LONGEST_NAME = 64
BY_PASSKEY = "by_passkey"
"""Whose passkey opened a session: it stands for both steps."""


def new_secret() -> str:
    """What a new authenticator app is to count with, encrypted."""
    return _app_codes().generate_totp_secret()


def is_required() -> bool:
    """Whether nobody may do without a second step here."""
    settings: Settings = current_app.extensions["settings"]
    return settings.require_two_factor


def has_both_steps(user: User, passkey_of: int | None) -> bool:
    """Whether a session, opened by a passkey of the account *passkey_of* or else by a password, may go on here."""
    return not is_required() or user.has_app or passkey_of == user.id


def switch_on(user: User, secret: str, code: str) -> list[str]:
    """Ask for a code of the app that counts with *secret* from now on; return recovery codes. Raises WrongCode."""
    counter = _app_codes().counter_of(code, secret)
    if counter is None:
        raise WrongCode
    again = user.has_app
    user.tf_primary_method, user.tf_totp_secret, user.tf_last_counter = APP, secret, counter
    record("change second step" if again else "switch on second step", user)
    another, first = (
        _l("Another authenticator app is asked for now"),
        _l("An authenticator app is asked for from now on"),
    )
    _tell(user, another if again else first)
    return _codes(user)


def switch_off(user: User) -> None:
    """Ask for no code of an app any more. Raises SecondStepRequired."""
    if is_required():
        raise SecondStepRequired
    if user.has_app:
        _forget_app(user)
        record("switch off second step", user)
        _tell(user, _l("No code of an authenticator app is asked for any more"))


def renew_recovery_codes(user: User) -> list[str]:
    """Make new recovery codes; the former ones are worth nothing."""
    record("make recovery codes", user)
    _tell(user, _l("New recovery codes were made"))
    return _codes(user)


def recovery_code_used(user: User) -> None:
    """Note that someone got in with one."""
    left = len(user.mf_recovery_codes or [])
    record("use recovery code", user, after={"left": left})
    _tell(user, _l("A recovery code was used to sign in"))


def reset_second_step(user: User) -> None:
    """Take the app, its recovery codes and all passkeys away from someone who lost them, and sign them out."""
    _forget_app(user)
    user.webauthn.clear()
    user.fs_uniquifier = new_uid()  # what Flask-Security ties sessions to
    record("reset second step", user, after={"email": user.email})
    _tell(user, _l("An administrator took your authenticator app and passkeys off your account"))


def passkey_added(user: User, name: str) -> None:
    """Note a passkey that Flask-Security has just made."""
    record("add passkey", user, after={"name": name})
    _tell(user, _l("A passkey was added"))


def find_passkey(user: User, passkey_id: int) -> Passkey:
    """One of this user's own passkeys. Raises NoSuchPasskey."""
    found = next((passkey for passkey in user.webauthn if passkey.id == passkey_id), None)
    if found is None:
        raise NoSuchPasskey
    return found


def rename_passkey(user: User, passkey: Passkey, name: str) -> None:
    """Call a passkey something else. Raises PasskeyNameTaken."""
    name = " ".join(name.split())[:LONGEST_NAME] or passkey.name
    if any(other.name == name for other in user.webauthn if other is not passkey):
        raise PasskeyNameTaken
    if passkey.name != name:
        before, passkey.name = passkey.name, name
        record("rename passkey", user, before={"name": before}, after={"name": name})


def remove_passkey(user: User, passkey: Passkey) -> None:
    """Let a passkey open nothing any more."""
    name = passkey.name
    user.webauthn.remove(passkey)
    record("remove passkey", user, before={"name": name})
    _tell(user, _l("A passkey was removed"))


def password_changed(user: User) -> None:
    """Note that the user chose a new password."""
    record("change password", user)
    _tell(user, _l("Your password was changed"))


def sign_out_everywhere(user: User) -> None:
    """End all sessions; the caller opens the one at hand again."""
    user.fs_uniquifier = new_uid()
    record("sign out everywhere", user)


def note_sign_in(user: User, way: str, *, address: str, browser: str) -> None:
    """Remember that someone signed in, for some weeks."""
    moment = now()
    db.session.execute(delete(SignIn).where(SignIn.user_id == user.id, SignIn.at < moment - KEPT))
    db.session.add(SignIn(user_id=user.id, at=moment, way=way, address=address, browser=browser))


def _forget_app(user: User) -> None:
    user.tf_primary_method = user.tf_totp_secret = user.tf_last_counter = user.mf_recovery_codes = None


def _security() -> Security:
    security: Security = current_app.extensions["security"]
    return security


def _app_codes() -> AppCodes:
    codes = _security().totp_factory
    if not isinstance(codes, AppCodes):
        raise TypeError(codes)
    return codes


def _codes(user: User) -> list[str]:
    codes: list[str] = _security().mf_recovery_codes_util.create_recovery_codes(user)
    return codes


def _tell(user: User, what: object) -> None:
    """Mail the user what was done, so that somebody else's doing does not stay unseen."""
    settings: Settings = current_app.extensions["settings"]
    with force_locale(user.language or DEFAULT):
        subject = f"{settings.base_url.partition('://')[2]}: {what}"
        text = render_template("emails/account_safety.txt", what=what, at=now(), home=settings.base_url)
    mail.send(f"safety:{new_uid()}", mail.Mail(to=user.email, name=user.name, subject=subject, text=text))
