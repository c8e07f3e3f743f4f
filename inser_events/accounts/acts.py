"""What people do about how they sign in, in words that follow a name."""

from flask_babel import gettext as _


def safety_acts() -> dict[str, str]:
    """Acts of the audit log with their words, as in “Amina … added a passkey”."""
    return {
        "switch on second step": _("switched on an authenticator app"),
        "change second step": _("set up another authenticator app"),
        "switch off second step": _("switched off the authenticator app"),
        "reset second step": _("took the authenticator app and passkeys off an account"),
        "make recovery codes": _("made new recovery codes"),
        "use recovery code": _("signed in with a recovery code"),
        "add passkey": _("added a passkey"),
        "rename passkey": _("renamed a passkey"),
        "remove passkey": _("removed a passkey"),
        "change password": _("changed the password"),
        "sign out everywhere": _("signed out everywhere"),
    }
