"""The scanner's pages: choosing a door, the scanner itself, and what a badge's code opens on a phone."""

import json
from typing import Any

from flask import Blueprint, Flask, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import force_locale
from flask_babel import gettext as _
from flask_security import current_user

from inser_events.checkin import checking, pairing
from inser_events.checkin.forms import CheckForm, PairForm
from inser_events.checkin.queries import checkpoints_of, doors_of, scannable_events
from inser_events.checkin.words import outcome_words, scanner_words
from inser_events.clock import now
from inser_events.config import STATIC
from inser_events.database import new_uid
from inser_events.errors import NotFound
from inser_events.events.access import may_scan
from inser_events.events.queries import find_event, today_in
from inser_events.languages import INTERFACE
from inser_events.web import workers
from inser_events.web.access import public, signed_in
from inser_events.web.assets import asset
from inser_events.web.filters import best_text
from inser_events.web.forms import choices
from inser_events.web.languages import page_language

blueprint = Blueprint("checkin", __name__)
UNUSABLE = 422
SHELL_FILES = (
    "bundle.css", "js/theme.js", "js/app.js", "js/scan.js", "img/logo.svg", "img/icons.svg", "img/scan-icons.svg",
)  # fmt: skip
SHELL_FONTS = (
    *(f"source-sans-3/files/source-sans-3-{part}" for part in ("latin", "latin-ext", "cyrillic", "vietnamese")),
    "noto-sans-arabic/files/noto-sans-arabic-arabic",
)
"""What names and words are written in; Chinese comes with the phone."""
SHELL_FOLDERS = ("js/scan", "vendor/idb", "vendor/zxing-wasm")
TYPES = frozenset({".js", ".wasm"})


def init_app(app: Flask) -> None:
    """Register the pages."""
    app.register_blueprint(blueprint)


@blueprint.get("/scan")
@signed_in
def choose() -> ResponseReturnValue:
    """Choose the event and the door to scan at."""
    return render_template("checkin/choose.html", **_choice(PairForm(formdata=None)))


def _choice(form: PairForm) -> dict[str, Any]:
    at = now()
    mine = scannable_events(current_user, at)
    over = [event for event in mine if event.ends_on < today_in(event, at)]
    return {
        "events": [event for event in mine if event not in over],
        "past": over,
        "doors": doors_of([event.id for event in mine]),
        "form": form,
        "own_name": _("%(name)s’s phone", name=current_user.name or current_user.email.split("@")[0]),
    }


@blueprint.post("/scan/pair")
@signed_in
def pair() -> ResponseReturnValue:
    """Pair this browser, and go on to the scanner. The token travels in the part of the address no server sees."""
    form = PairForm()
    if not form.validate_on_submit():
        return render_template("checkin/choose.html", **_choice(form)), UNUSABLE
    event = find_event(form.event.data)
    if not may_scan(current_user, event):
        raise NotFound(_("There is no such event here."))
    _device, token = pairing.pair_device(event, current_user, form.name.data)
    language = page_language() if "lang" in request.args else ""
    return redirect(scanner_address(token, form.door.data or pairing.ensure_entrance(event).uid, language), 303)


def scanner_address(token: str, door: str, language: str = "") -> str:
    """The address that pairs whichever browser opens it, in its own language unless one is given."""
    address = url_for("checkin.scanner", lang=language or None)
    return f"{address}#pair={token}&door={door}"


@blueprint.get("/scan/door")
@public
def scanner() -> ResponseReturnValue:
    """The scanner's shell. It holds no data and is the same for all: what it shows comes with the device's token."""
    response = Response(_shell(), mimetype="text/html")
    response.headers["Cache-Control"] = "no-cache"
    return response


def _shell() -> str:
    return render_template("checkin/scanner.html", words=scanner_words())


def _shells() -> list[str]:
    """The shell in every language."""
    shells = []
    for language in INTERFACE:
        with force_locale(language):
            shells.append(_shell())
    return shells


@blueprint.get("/scan/sw.js")
@public
def service_worker() -> ResponseReturnValue:
    """The service worker, with what it has to keep."""
    shell, pages = shell_addresses(), "".join(_shells())
    return workers.service_worker("js/scan/service-worker.js", shell, prefix="door-", scope="/scan", pages=pages)


def shell_addresses() -> list[str]:
    """Everything the scanner needs without a network."""
    found = [
        path.relative_to(STATIC).as_posix()
        for folder in SHELL_FOLDERS
        for path in sorted((STATIC / folder).rglob("*"))
        if path.suffix in TYPES and path.name != "service-worker.js"
    ]
    pages = ["/scan/door", *(f"/scan/door?lang={language}" for language in INTERFACE)]
    fonts = [asset(f"vendor/fonts/{name}-wght-normal.woff2") for name in SHELL_FONTS]
    return [*pages, *fonts, "/scan/manifest.webmanifest", *(asset(path) for path in (*SHELL_FILES, *found))]


@blueprint.get("/scan/manifest.webmanifest")
@public
def manifest() -> ResponseReturnValue:
    """What makes the scanner installable."""
    icon = {"src": asset("img/scan-icon.svg"), "sizes": "any", "type": "image/svg+xml"}
    content = {
        "name": _("Door scanner"),
        "short_name": _("Door"),
        "id": "/scan/door",
        "start_url": "/scan/door",
        "scope": "/scan",
        "display": "standalone",
        "background_color": "#181410",
        "theme_color": "#181410",
        "icons": [{**icon, "purpose": "any"}, {**icon, "purpose": "maskable"}],
    }
    response = Response(json.dumps(content), mimetype="application/manifest+json")
    response.headers["Cache-Control"] = "no-cache"
    return response


@blueprint.get("/B/<path:code>")
@blueprint.get("/b/<path:code>")
@public
def badge(code: str) -> ResponseReturnValue:
    """What a badge's code opens: for strangers the same page for every code, for staff of that event the check-in."""
    if current_user.is_authenticated:
        held = checking.held_by(code)
        if held is not None and may_scan(current_user, held.registration.event):
            return redirect(url_for("checkin.check", code=held.code), 303)
    response = Response(render_template("checkin/badge.html"), mimetype="text/html")
    response.headers["X-Robots-Tag"] = "noindex"
    return response


@blueprint.route("/scan/check/<code>", methods=["GET", "POST"])
@signed_in
def check(code: str) -> ResponseReturnValue:
    """One ticket, opened by a phone's own camera app: confirm, do not scan by merely opening the page."""
    held = checking.held_by(code)
    if held is None or not may_scan(current_user, held.registration.event):
        raise NotFound(_("This is not a badge of an event you scan for."))
    event = held.registration.event
    form = CheckForm()
    doors = checkpoints_of(event)
    form.door.choices = choices((door.uid, best_text(door.name)) for door in doors)
    if form.validate_on_submit():
        checking.scan_by_hand(held, current_user, form.scan.data, form.door.data, form.direction.data)
        language = request.args.get("lang")
        return redirect(url_for("checkin.check", code=held.code, done=form.scan.data, lang=language), 303)
    form.scan.data = new_uid()
    return render_template(
        "checkin/check.html",
        event=event,
        registration=held.registration,
        revoked=held.revoked,
        code=held.code,
        form=form,
        result=checking.result_of(event, request.args.get("done", "")),
        outcomes=outcome_words(),
        inside_since=checking.inside_since(held.registration),
    )
