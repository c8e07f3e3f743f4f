"""Security headers of every answer. No inline code anywhere, nothing from other hosts."""

from flask import Flask, Response, request

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; "
    "connect-src 'self'; manifest-src 'self'; worker-src 'self'; media-src 'self' blob:; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
# The QR decoder is WebAssembly; only the scanner and the kiosk load it.
SCANNER_POLICY = POLICY.replace("script-src 'self'", "script-src 'self' 'wasm-unsafe-eval'")
SECRET_ADDRESSES = ("/tickets/", "/slots/", "/delegations/", "/b/", "/B/")
"""Whoever knows one of these may act: they must not travel in a Referer, of which only our host's name is left.

Not ``no-referrer``: browsers then send forms with ``Origin: null``, and those that say no more, older ones and all
without https, could not be told from another site.
"""

YEAR = 31_536_000


def init_app(app: Flask) -> None:
    """Add the headers to every answer."""
    app.after_request(_add)


def _add(response: Response) -> Response:
    scanner = request.path in {"/scan", "/kiosk"} or request.path.startswith("/scan/")
    headers = response.headers
    headers["Content-Security-Policy"] = SCANNER_POLICY if scanner else POLICY
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Referrer-Policy"] = "strict-origin" if request.path.startswith(SECRET_ADDRESSES) else "same-origin"
    headers["Permissions-Policy"] = f"camera=({'self' if scanner else ''}), geolocation=(), microphone=()"
    # Pages of one person, mostly: nobody but their browser keeps them, and it asks before it shows them again.
    headers.setdefault("Cache-Control", "private, no-cache")
    headers["Cross-Origin-Opener-Policy"] = "same-origin"
    if request.is_secure:
        headers["Strict-Transport-Security"] = f"max-age={YEAR}"
    return response
