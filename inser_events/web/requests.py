"""Limits and cookies of every request."""

from typing import Any

from flask import Flask, Request, Response, abort, current_app, request
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface, SessionMixin
from flask_wtf.csrf import CSRFProtect

from inser_events.audit import Actor, act_as
from inser_events.config import Settings

MEGABYTE = 1024 * 1024
URL_ENCODED = "application/x-www-form-urlencoded"
VISITOR = Actor("visitor")
WITHOUT_COOKIE = frozenset({"public", "link", "device"})
"""What a route declares (see `web.access`) when nobody needs to be signed in for it."""
csrf = CSRFProtect()
READ_WITH_CARE = ("/api/", "/B/", "/b/", "/verify/")
"""Where any bytes are expected and answered in kind."""


class Sessions(SecureCookieSessionInterface):
    """Sign-in cookies, kept away from public pages.

    Libraries look at the session on every request, and Flask would then mark every answer as depending on the
    cookie, so that no cache between us and the reader could keep a public page.
    """

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """The session of the cookie; who has none need not wait for signatures to be set up."""
        if self.get_cookie_name(app) in request.cookies:
            return super().open_session(app, request)
        return self.session_class()

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Save as usual where somebody may be signed in."""
        view = current_app.view_functions.get(request.endpoint or "")
        public = view is None or getattr(view, "inser_access", None) in WITHOUT_COOKIE
        if public and not session.modified:
            return
        super().save_session(app, session, response)


def options(settings: Settings) -> dict[str, Any]:
    """Flask's own settings."""
    return {
        "SECRET_KEY": settings.secret_key,
        "TESTING": settings.testing,
        "MAX_CONTENT_LENGTH": 12 * MEGABYTE,
        "MAX_FORM_MEMORY_SIZE": MEGABYTE,
        "MAX_FORM_PARTS": 500,
        "SESSION_COOKIE_NAME": "inser_session",
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_SECURE": settings.base_url.startswith("https"),
        "REMEMBER_COOKIE_HTTPONLY": True,
        "REMEMBER_COOKIE_SAMESITE": "Lax",
        "REMEMBER_COOKIE_SECURE": settings.base_url.startswith("https"),
        # A form may stay open over a long meeting; the session's end is its end.
        "WTF_CSRF_TIME_LIMIT": None,
        # Checked by the guards of web/access.py, for every request that relies on a sign-in, and by each form.
        "WTF_CSRF_CHECK_DEFAULT": False,
        "WTF_CSRF_ENABLED": not settings.testing,
    }


def init_app(app: Flask) -> None:
    """Until someone is known to act, the visitor does."""
    app.url_map.strict_slashes = False
    app.session_interface = Sessions()
    csrf.init_app(app)
    app.before_request(_limit_typed)
    app.before_request(_refuse_nul)
    app.before_request(_visitor_acts)


def _limit_typed() -> None:
    """A form without files is text: Werkzeug holds only those with files to ``MAX_FORM_MEMORY_SIZE``."""
    if request.mimetype == URL_ENCODED:
        request.max_content_length = MEGABYTE


def _refuse_nul() -> None:
    """No text has a NUL in it, and PostgreSQL stores none: refuse it before anything reads it."""
    if request.path.startswith(READ_WITH_CARE):
        return
    typed = request.mimetype in {URL_ENCODED, "multipart/form-data"}
    if "\0" in request.path:
        abort(404)
    if any("\0" in value for value in (*request.args.values(), *(request.form.values() if typed else ()))):
        abort(400)


def _visitor_acts() -> None:
    act_as(VISITOR)
