"""The organisation's own sign-in: OpenID Connect, authorization code with PKCE, by Authlib in Flask-Security's views.

It opens accounts that exist here, found by an address that the other side says it has verified. It makes none: who
organises events is for an administrator to say, not for everybody the organisation employs.
"""

import logging
from functools import lru_cache
from typing import Any

from flask import Flask, current_app, flash, redirect, url_for
from flask.typing import ResponseValue
from flask_babel import gettext as _
from flask_security import FsOAuthProvider

from inser_events.accounts.errors import SignInElsewhereFails
from inser_events.accounts.operations import find_user
from inser_events.config import Oidc, Settings
from inser_events.web.late import bring

log = logging.getLogger(__name__)
NAME = "organisation"
"""Of the provider, in addresses: what the button says is a setting."""
DISCOVERY = "/.well-known/openid-configuration"
SECONDS = 10
ASYMMETRIC = ("RS", "PS", "ES", "Ed")
Library = Any


class LateOAuth:
    """Stands for Authlib's registry in Flask-Security, and makes it when it is first asked for the provider."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._made: Library = None

    def __getattr__(self, name: str) -> Library:
        """Return the client of the provider."""
        if name != NAME:
            raise AttributeError(name)
        if self._made is None:
            self._made = _client(self._app)
        return self._made

    def register(self, name: str, **_config: object) -> None:
        """Nothing to do yet."""


class Organisation(FsOAuthProvider):
    """How what the other side says becomes an account of ours."""

    def fetch_identity_cb(self, oauth: Library, token: Library) -> tuple[str, str]:  # noqa: ARG002 — Flask-Security's signature
        """The address of the account. Raises OAuthError."""
        claims = token.get("userinfo") or {}
        address = str(claims.get("email") or "")
        if not address or claims.get("email_verified") is not True:
            raise _refusal("unverified", _("Your organisation did not confirm your e-mail address to us."))
        user = find_user(address)
        if user is None:
            raise _refusal(
                "unknown",
                _("There is no account for %(address)s here. An administrator can make one.", address=address),
            )
        return "email", user.email

    def oauth_response_failure(self, error_view: str, e: Library) -> ResponseValue:  # noqa: ARG002 — Flask-Security's signature
        """Say what happened, and go back to the sign-in."""
        said = e.description if getattr(e, "ours", False) else _("This did not work. Try again, or use your password.")
        log.warning("sign-in by the organisation failed: %s", e.error)
        flash(said, "error")
        return redirect(url_for("security.login"))


def _refusal(error: str, description: str) -> Exception:
    from authlib.integrations.base_client.errors import OAuthError  # noqa: PLC0415 — see web/late.py

    refusal: Exception = OAuthError(error=error, description=description)
    refusal.ours = True  # type: ignore[attr-defined] # tells our words from the other side's
    return refusal


def _client(app: Flask) -> Library:
    bring("authlib")
    from authlib.integrations.flask_client import OAuth  # noqa: PLC0415 — see web/late.py

    settings: Settings = app.extensions["settings"]
    oidc = settings.oidc or Oidc("", "", "", "")
    registry = OAuth(app)
    return registry.register(
        NAME,
        client_cls=_client_class(),
        client_id=oidc.client_id,
        client_secret=oidc.client_secret,
        server_metadata_url=oidc.issuer.rstrip("/") + DISCOVERY,
        client_kwargs={
            "scope": "openid email profile",
            "code_challenge_method": "S256",
            "default_timeout": SECONDS,
        },
    )


@lru_cache(maxsize=1)
def _client_class() -> Library:
    """Authlib's client, stricter where the standard is and Authlib leaves it open."""
    import requests  # noqa: PLC0415 — with Authlib, see web/late.py
    from authlib.integrations.base_client.errors import OAuthError  # noqa: PLC0415 — same
    from authlib.integrations.flask_client.apps import FlaskOAuth2App  # noqa: PLC0415 — same
    from joserfc.errors import JoseError  # noqa: PLC0415 — same

    failures = (requests.RequestException, JoseError, ValueError, RuntimeError, KeyError)

    class Client(FlaskOAuth2App):  # type: ignore[misc] # Authlib carries no types
        def load_server_metadata(self) -> Library:
            known = "_loaded_at" in self.server_metadata
            found = super().load_server_metadata()
            if not known:
                try:
                    _check(found)
                except OAuthError:
                    found.pop("_loaded_at", None)  # what was refused is asked for again
                    raise
            return found

        def authorize_redirect(self, *args: Any, **kwargs: Any) -> Library:
            try:
                return super().authorize_redirect(*args, **kwargs)
            except (*failures, OAuthError) as error:
                log.warning("the organisation's sign-in does not answer as it should: %s", error)
                raise SignInElsewhereFails from error

        def authorize_access_token(self, **kwargs: Any) -> Library:
            try:
                metadata = self.load_server_metadata()
                claims = {
                    "iss": {"essential": True, "values": [metadata["issuer"]]},
                    "aud": {"essential": True, "values": [self.client_id]},
                }
                return super().authorize_access_token(claims_options=claims, **kwargs)
            except failures as error:
                log.warning("the organisation's sign-in answered something unusable: %s", error)
                raise OAuthError(error="unusable", description=type(error).__name__) from error

    return Client


def _check(metadata: dict[str, Any]) -> None:
    """The description must be of whom we asked for (OpenID Connect Discovery 1.0, section 4.3), and signing real."""
    settings: Settings = current_app.extensions["settings"]
    wanted = settings.oidc.issuer if settings.oidc else ""
    if str(metadata.get("issuer", "")).rstrip("/") != wanted.rstrip("/"):
        raise _refusal("issuer", "the description names another issuer")
    offered = metadata.get("id_token_signing_alg_values_supported") or ["RS256"]
    metadata["id_token_signing_alg_values_supported"] = [name for name in offered if name.startswith(ASYMMETRIC)]
