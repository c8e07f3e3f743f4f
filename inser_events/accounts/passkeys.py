"""What we ask of passkeys (W3C Web Authentication), within Flask-Security's views.

One kind signs in by itself: it names its owner and has the device check finger, face or PIN, so neither password nor
second step is asked for. The other is a second step after the password, as the small keys for the USB port are.
"""

from ipaddress import ip_address
from typing import Any

from flask import current_app, request
from flask_security import UserMixin, WebauthnUtil

from inser_events.config import Settings

ALONE = "first"
AFTER_PASSWORD = "secondary"  # noqa: S105 — Flask-Security's word for a second step
Library = Any


class PasskeyRules(WebauthnUtil):
    """What a browser is asked to make, and to prove."""

    def origin(self) -> str:
        """The address the browser shows: the one that was set, where it was opened by that name."""
        settings: Settings = current_app.extensions["settings"]
        base = settings.base_url
        return base if base.partition("://")[2] == request.host else super().origin()

    def authenticator_selection(self, user: UserMixin, usage: str) -> Library:  # noqa: ARG002 — Flask-Security's signature
        """A key that works alone is found without a name and knows its owner; one after the password need not."""
        structs = _structs()
        alone = usage == ALONE
        wanted, checked = structs.ResidentKeyRequirement, structs.UserVerificationRequirement
        return structs.AuthenticatorSelectionCriteria(
            resident_key=wanted.REQUIRED if alone else wanted.DISCOURAGED,
            user_verification=checked.REQUIRED if alone else checked.DISCOURAGED,
        )

    def user_verification(self, user: UserMixin | None, usage: list[str]) -> Library:  # noqa: ARG002 — Flask-Security's signature
        """In place of a password the device has to know its owner."""
        checked = _structs().UserVerificationRequirement
        return checked.DISCOURAGED if AFTER_PASSWORD in usage else checked.REQUIRED


def are_possible() -> bool:
    """Whether this address can have passkeys: browsers tie them to a host name, and over a network to https."""
    name = request.host.rpartition(":")[0] or request.host
    try:
        ip_address(name.strip("[]"))
    except ValueError:
        return name == "localhost" or request.is_secure or _base_is_secure()
    return False


def _base_is_secure() -> bool:
    settings: Settings = current_app.extensions["settings"]
    return settings.base_url == f"https://{request.host}"


def _structs() -> Library:
    import webauthn.helpers.structs as structs  # noqa: PLC0415, PLR0402 — see web/late.py; its name in both places

    return structs
