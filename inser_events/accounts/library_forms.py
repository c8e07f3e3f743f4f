"""Flask-Security's forms, where WTForms has moved on or where they are not strict enough."""

from collections.abc import Iterable
from typing import Any

from flask import request
from flask_babel import gettext as _
from flask_security import LoginForm, TwoFactorRescueForm, TwoFactorSelectForm, TwoFactorVerifyCodeForm
from flask_security.recovery_codes import MfRecoveryForm
from flask_security.webauthn import WebAuthnRegisterForm, WebAuthnSigninResponseForm
from wtforms import RadioField
from wtforms.fields.choices import SelectChoice

from inser_events.accounts.errors import WrongCode
from inser_events.accounts.passkeys import AFTER_PASSWORD, ALONE


class Options(RadioField):  # type: ignore[misc] # WTForms carries no types
    """Takes the pairs that Flask-Security gives, which WTForms wants as choices."""

    @RadioField.choices.setter  # type: ignore[untyped-decorator] # see above
    def choices(self, given: Iterable[Any]) -> None:
        """Take what there is to choose from."""
        RadioField.choices.fset(self, [SelectChoice(*one) if isinstance(one, tuple) else one for one in given])


class WhichStep(TwoFactorSelectForm):
    """Which second step to take, for those who have several."""

    which = Options(choices=[])


class Rescue(TwoFactorRescueForm):
    """Made by Flask-Security on the page that asks for a code; ours has a link instead."""

    help_setup = Options(choices=[])


class Login(LoginForm):
    """E-mail and password; where nothing else is said, they lead to the organiser's first page."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.next.data and not request.args.get("next"):
            self.next.data = "/manage"


class AppCode(TwoFactorVerifyCodeForm):
    """The code that the app shows, refused in words that say what to do."""

    def validate(self, **kwargs: Any) -> bool:
        """Whether it is the one."""
        right = bool(super().validate(**kwargs))
        if self.code.errors and self.code.data:
            self.code.errors = [WrongCode().message]
        return right


class RecoveryCode(MfRecoveryForm):
    """One of the codes kept for the day the phone is not at hand."""

    def validate(self, **kwargs: Any) -> bool:
        """Whether it is one of those left."""
        right = bool(super().validate(**kwargs))
        if self.code.errors and self.code.data:
            self.code.errors = [_("This is not one of your recovery codes, or it was used before.")]
        return right


class NewPasskey(WebAuthnRegisterForm):
    """What a passkey is to be called, and used for."""

    usage = Options(choices=[SelectChoice(ALONE), SelectChoice(AFTER_PASSWORD)], default=ALONE)


class PasskeyAnswer(WebAuthnSigninResponseForm):
    """What the browser proved. Flask-Security notes that an account is stopped, but lets it in."""

    def validate(self, **kwargs: Any) -> bool:
        """Refuse those who were stopped."""
        return bool(super().validate(**kwargs)) and self.user is not None and self.user.is_active
