"""Libraries that Flask-Security imports wherever they are installed, although few requests need them.

webauthn and Authlib would cost every process twelve megabytes and a tenth of a second. So Flask-Security is imported as
if they were missing, which it is made for, and its modules that use one are read again, in place, before the first
request that does. Functions look names up in their module when they run: what was registered before finds them then.
"""

import importlib
import sys
import threading

from flask import Flask, request

USERS = {
    "webauthn": ("flask_security.webauthn_util", "flask_security.webauthn"),
    "authlib": ("flask_security.oauth_provider", "flask_security.oauth_glue"),
}
"""Which modules of Flask-Security use a library, in the order in which they import each other."""

_lock = threading.Lock()
_brought: set[str] = set()


def _hold_back() -> None:
    """Import Flask-Security without them. Where it has been imported before, they are there already."""
    missing = [name for name in USERS if name not in sys.modules]
    for name in missing:
        sys.modules[name] = None  # type: ignore[assignment] # the import system's own sign for a module that is not to be had
    try:
        importlib.import_module("flask_security")
    finally:
        for name in missing:
            del sys.modules[name]


def bring(library: str) -> None:
    """Import one of the libraries, and let Flask-Security know."""
    with _lock:
        if library in _brought:
            return
        importlib.import_module(library)
        for user in USERS[library]:
            importlib.reload(sys.modules[user])
        _brought.add(library)


def init_app(app: Flask) -> None:
    """Bring what a view needs before it runs."""
    app.before_request(_bring_for_view)


def _bring_for_view() -> None:
    endpoint = request.endpoint or ""
    if endpoint.startswith("security.wan_"):
        bring("webauthn")
    elif endpoint.startswith("security.oauth"):
        bring("authlib")


_hold_back()
