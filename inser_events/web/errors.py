"""Errors as people and programs should see them: a page, or under /api/ an RFC 9457 problem document."""

import logging
import re
from urllib.parse import urlsplit

from flask import Flask, Response, json, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.exceptions import HTTPException, InternalServerError

from inser_events.database import rollback
from inser_events.documents.engine import PdfUnavailable
from inser_events.errors import Refused

log = logging.getLogger(__name__)
PAGES = frozenset({400, 403, 404, 405, 409, 413, 422, 429, 500, 503})
"""Those with words of their own; any other below 500 has those of 400, with its own number."""

STANDING_ALONE = frozenset({500, 503})
"""Shown when nothing else may work."""

_OWN_PAGE = re.compile(r"(/(?:tickets|slots|delegations)/[\w-]+)/")


def init_app(app: Flask) -> None:
    """Answer every error in our own words."""
    app.register_error_handler(Refused, _refused)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(PdfUnavailable, _no_pdf)


def problem(status: int, title: str, detail: str, **more: object) -> Response:
    """An RFC 9457 problem document."""
    body = {"type": "about:blank", "title": title, "status": status, "detail": detail, **more}
    return Response(json.dumps(body), status=status, mimetype="application/problem+json")


def _refused(error: Refused) -> ResponseReturnValue:
    rollback()  # what was refused is undone anyway; the page about it may have to read
    if request.path.startswith("/api/"):
        return problem(error.status, error.title, error.message)
    return _page(error.status, error.message), error.status


def _no_pdf(error: PdfUnavailable) -> ResponseReturnValue:
    log.error("PDF cannot be made: %s", error)
    return _page(
        503,
        _("This server cannot make PDF files yet. Its administrator can run “inser-events doctor” to see why."),
    ), 503


def _http(error: HTTPException) -> ResponseReturnValue:
    status = error.code or 500
    if status < 400:  # noqa: PLR2004 — redirects are raised as exceptions too
        return error.get_response()
    if isinstance(error, InternalServerError):
        log.error("request failed", exc_info=error.original_exception, extra={"path": request.path})
        rollback()
    if request.path.startswith("/api/"):
        response = problem(status, error.name, error.description or "", **getattr(error, "data", {}).get("more", {}))
    else:
        response = Response(_page(status, ""), status=status)
    for name, value in error.get_headers():  # Allow of a 405, Retry-After of a 429
        if name.lower() not in {"content-type", "content-length"}:
            response.headers[name] = value
    return response


def _page(status: int, message: str) -> str:
    kind = status if status in PAGES else 404 if status == 410 else 400 if status < 500 else 500  # noqa: PLR2004 — HTTP
    page = f"errors/{kind}.html" if kind in STANDING_ALONE else "errors/refused.html"
    return render_template(page, kind=kind, code=status, message=message, back=_way_back())


def _way_back() -> str:
    """The page somebody came from, where it is one of ours: a ticket for its own pages, else what the browser says."""
    if own := _OWN_PAGE.match(request.path):
        return own[1]
    came_from = urlsplit(request.referrer or "")
    unknown = came_from.path in {"", "/"} or came_from.path.startswith("//")  # secret addresses tell only the host
    if came_from.netloc != request.host or unknown or request.method in {"GET", "HEAD"}:
        return ""
    return came_from.path + (f"?{came_from.query}" if came_from.query else "")
