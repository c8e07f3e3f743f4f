"""What Flask-Security says while somebody signs in, in our words and from our catalogues.

Its own translations are kept under names such as ``fr_FR``, so a French page would find none of them, and they name
things our pages call otherwise. What is switched off, or has a page of ours in its place, says nothing; a test fails
when a new version of the library has more to say.
"""

from inser_events.config import PACKAGE
from inser_events.languages import N_

_FAILED = N_("This did not work. Try again, or use your password.")
_WRONG_PASSWORD = N_("This is not the right password. Type it once more.")
_WRONG_PAIR = N_("This e-mail address and password do not belong together. Check both.")
_TWO_PASSWORDS = N_("You typed two different passwords. Type the new one twice.")
_ON_ITS_WAY = N_("If there is an account with this address, a mail with a link is on its way.")
_OLD_LINK = N_("This link no longer works. Ask for a new one.")
_SIGN_IN_FIRST = N_("Sign in to open this page.")
_SIGNED_OUT = N_("You are not signed in any more. Open the page again to sign in.")
_STOPPED = N_("This account may not sign in. Ask an administrator.")
_WRONG_CODE = N_("This is not the code the app shows now. Wait for the next one and type that.")
_SAVED = N_("Your new password is saved.")

SAID = {
    "API_ERROR": (_FAILED, "error"),
    "GENERIC_AUTHN_FAILED": (_WRONG_PAIR, "error"),
    "GENERIC_RECOVERY": (_ON_ITS_WAY, "info"),
    "UNAUTHORIZED": (
        N_("Sign in with an account that may see it, or ask the organiser of the event for access."),
        "error",
    ),
    "UNAUTHENTICATED": (_SIGNED_OUT, "error"),
    "REAUTHENTICATION_REQUIRED": (N_("Please sign in again"), "error"),
    "REAUTHENTICATION_SUCCESSFUL": (N_("Thank you. You can go on now."), "info"),
    "IDENTITY_NOT_REGISTERED": (_FAILED, "error"),
    "OAUTH_HANDSHAKE_ERROR": (_FAILED, "error"),
    "INVALID_REDIRECT": (N_("This link leads to another site, so we did not follow it."), "error"),
    "PASSWORD_RESET_REQUEST": (_ON_ITS_WAY, "info"),
    "PASSWORD_RESET_EXPIRED": (_OLD_LINK, "error"),
    "INVALID_RESET_PASSWORD_TOKEN": (_OLD_LINK, "error"),
    "PASSWORD_RESET": (_SAVED, "success"),
    "PASSWORD_RESET_NO_LOGIN": (N_("Your new password is saved. Sign in with it."), "success"),
    "PASSWORD_CHANGE": (_SAVED, "success"),
    "PASSWORD_IS_THE_SAME": (N_("This is the password you have now. Choose another."), "error"),
    "PASSWORD_NOT_PROVIDED": (N_("Enter a password."), "error"),
    "PASSWORD_INVALID_LENGTH": (N_("Use at least %(length)s characters."), "error"),
    "PASSWORD_MISMATCH": (_TWO_PASSWORDS, "error"),
    "RETYPE_PASSWORD_MISMATCH": (_TWO_PASSWORDS, "error"),
    "INVALID_PASSWORD": (_WRONG_PASSWORD, "error"),
    "INVALID_PASSWORD_CODE": (_WRONG_PASSWORD, "error"),
    "EMAIL_NOT_PROVIDED": (N_("Enter your e-mail address."), "error"),
    "INVALID_EMAIL_ADDRESS": (N_("Check the address: it should look like name@example.org."), "error"),
    "USER_DOES_NOT_EXIST": (_WRONG_PAIR, "error"),
    "DISABLED_ACCOUNT": (_STOPPED, "error"),
    "LOGIN": (_SIGN_IN_FIRST, "info"),
    "REFRESH": (_SIGN_IN_FIRST, "info"),
    "ANONYMOUS_USER_REQUIRED": (N_("You are signed in already."), "error"),
    "INVALID_CODE": (_WRONG_CODE, "error"),
    "TWO_FACTOR_INVALID_TOKEN": (_WRONG_CODE, "error"),
    "TWO_FACTOR_PERMISSION_DENIED": (_SIGNED_OUT, "error"),
    "INVALID_RECOVERY_CODE": (N_("This is not one of your recovery codes, or it was used before."), "error"),
    "WEBAUTHN_EXPIRED": (N_("Nothing was added: the question was closed or took too long. Try again."), "error"),
    "WEBAUTHN_NAME_REQUIRED": (N_("Enter a name."), "error"),
    "WEBAUTHN_NAME_INUSE": (N_("Another passkey of yours has this name."), "error"),
    "WEBAUTHN_NAME_DISALLOWED_CHARACTERS": (N_("Enter a name."), "error"),
    "WEBAUTHN_REGISTER_SUCCESSFUL": (N_("A passkey was added"), "info"),
    "WEBAUTHN_CREDENTIAL_ID_INUSE": (N_("This device or key is one of your passkeys already."), "error"),
    "WEBAUTHN_UNKNOWN_CREDENTIAL_ID": (_FAILED, "error"),
    "WEBAUTHN_ORPHAN_CREDENTIAL_ID": (_FAILED, "error"),
    "WEBAUTHN_NO_VERIFY": (_FAILED, "error"),
    "WEBAUTHN_CREDENTIAL_WRONG_USAGE": (_FAILED, "error"),
    "WEBAUTHN_MISMATCH_USER_HANDLE": (_FAILED, "error"),
}
"""Text and kind by Flask-Security's name of the message."""


def options() -> dict[str, object]:
    """The settings that make Flask-Security say them."""
    return {
        "SECURITY_I18N_DOMAIN": "messages",
        "SECURITY_I18N_DIRNAME": [str(PACKAGE / "translations")],
        **{f"SECURITY_MSG_{name}": said for name, said in SAID.items()},
    }
