"""The codes of the second step: those an authenticator app shows (RFC 6238), and recovery codes for the day it is lost.

Flask-Security's classes, with what it leaves to the application: no code is taken twice, and recovery codes are kept as
hashes only.
"""

import hmac
import logging
import re
from typing import TYPE_CHECKING

from flask import current_app
from flask_security import MfRecoveryCodesUtil, UserMixin
from flask_security.totp import Totp
from passlib.exc import TokenError

from inser_events.accounts.models import User
from inser_events.config import Settings
from inser_events.tokens import key_from

if TYPE_CHECKING:
    from passlib.totp import TotpMatch

log = logging.getLogger(__name__)
TOLERANCE = 30
"""Seconds by which the clock of a phone may be off."""


class AppCodes(Totp):
    """Codes of an authenticator app."""

    def get_last_counter(self, user: UserMixin) -> int | None:
        """Of the last code that this user's app got in with."""
        return user.tf_last_counter if isinstance(user, User) else None

    def set_last_counter(self, user: UserMixin, tmatch: "TotpMatch") -> None:
        """Remember it, so that a code read over a shoulder is worth nothing."""
        user.tf_last_counter = tmatch.counter  # type: ignore[attr-defined] # a column of ours

    def verify_totp(self, token: str, totp_secret: str, user: UserMixin, window: int = 0) -> bool:
        """Whether the app shows this code now. A secret of another installation's key fits no code at all."""
        try:
            return super().verify_totp(token, totp_secret, user, window)
        except ValueError:
            log.exception("the app of an account cannot be read: was INSER_SECRET_KEY changed?")
            return False

    def counter_of(self, code: str, secret: str) -> int | None:
        """The counter at which an app with this new *secret* shows *code* now; None when it does not."""
        try:
            return int(self._totp.verify(code, secret, window=TOLERANCE).counter)
        except TokenError:
            return None


class RecoveryCodes(MfRecoveryCodesUtil):
    """Each opens the account once in place of the app."""

    def create_recovery_codes(self, user: UserMixin) -> list[str]:
        """New codes in place of all former ones. This is the only time they can be read."""
        codes = super().create_recovery_codes(user)
        _own(user).mf_recovery_codes = [_hashed(user, code) for code in codes]
        return codes

    def get_recovery_codes(self, user: UserMixin) -> list[str]:  # noqa: ARG002 — Flask-Security's signature
        """Nothing: what is hashed cannot be shown again."""
        return []

    def check_recovery_code(self, user: UserMixin, code: str) -> bool:
        """Whether this is one of those left, however it is typed."""
        given = _hashed(user, code)
        return any(hmac.compare_digest(given, known) for known in _own(user).mf_recovery_codes or [])

    def delete_recovery_code(self, user: UserMixin, code: str) -> bool:
        """Take a used one away."""
        given, known = _hashed(user, code), _own(user).mf_recovery_codes or []
        _own(user).mf_recovery_codes = [one for one in known if one != given]
        return given in known


def _own(user: UserMixin) -> User:
    if not isinstance(user, User):
        raise TypeError(user)
    return user


def _hashed(user: UserMixin, code: str) -> str:
    """Codes are random and long: a keyed hash is enough, and needs the instance's secret to try any."""
    settings: Settings = current_app.extensions["settings"]
    key = key_from(settings.secret_key.encode(), "recovery codes")
    typed = re.sub("[^0-9a-f]", "", code.lower())
    return hmac.digest(key, f"{_own(user).id}:{typed}".encode(), "sha256").hex()
