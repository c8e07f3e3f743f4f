"""The kiosk's page and what it asks, and the organisers' page that opens and closes kiosks.

The token is in a cookie that no script can read, sent to /kiosk only: an unattended machine must not hold more.
"""

from flask import Blueprint, Flask, Response, current_app, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_security import current_user, logout_user
from markupsafe import Markup
from wtforms import SelectField, StringField
from wtforms.validators import InputRequired, Length

from inser_events.checkin import kiosk as kiosks
from inser_events.checkin.access import may_run
from inser_events.checkin.errors import NameMissing
from inser_events.checkin.kiosk_models import Kiosk
from inser_events.checkin.pairing import LONGEST_NAME
from inser_events.clock import now
from inser_events.config import Settings
from inser_events.documents import qr
from inser_events.errors import NotAllowed, Refused
from inser_events.events.access import may_see
from inser_events.events.models import Event
from inser_events.events.navigation import render_managed
from inser_events.events.queries import find_event
from inser_events.languages import ENDONYMS, INTERFACE
from inser_events.web.access import allowed, devices
from inser_events.web.forms import BaseForm, choices, from_elsewhere
from inser_events.web.limits import limiter

COOKIE = "kiosk"
UNUSABLE = 422
blueprint = Blueprint("kiosk", __name__)


def init_app(app: Flask) -> None:
    """Register the pages."""
    app.register_blueprint(blueprint)


class KioskForm(BaseForm):
    """A new kiosk."""

    name = StringField(
        _l("Name of the kiosk"),
        validators=[InputRequired(_l("Give it a name, such as “East door”.")), Length(max=LONGEST_NAME)],
    )
    layout = SelectField(_l("Layout"))


@blueprint.route("/manage/<slug>/kiosks", methods=["GET", "POST"])
@allowed(find_event, may_run, may_see)
def manage(event: Event) -> ResponseReturnValue:
    """The event's kiosks; a new one shows its address this once."""
    form = KioskForm()
    form.layout.choices = choices(kiosks.layouts_for(event))
    address, code = "", ""
    if form.validate_on_submit():
        try:
            kiosk, token = kiosks.open_kiosk(event, current_user, form.name.data, form.layout.data)
        except NameMissing as refusal:
            form.name.errors = [refusal.message]
        else:
            settings: Settings = current_app.extensions["settings"]
            address = f"{settings.base_url}/kiosk#{token}"
            code = Markup(qr.svg(address, title=_("Pairing code for %(name)s", name=kiosk.name)))  # noqa: S704 — our own SVG
    page = render_managed(
        "checkin/kiosks.html",
        event,
        "door",
        form=form,
        kiosks=kiosks.kiosks_of(event),
        address=address,
        code=code,
        at=now(),
    )
    return page, UNUSABLE if form.errors else 200


@blueprint.post("/manage/<slug>/kiosks/<uid>/close")
@allowed(find_event, may_run, may_see)
def close(event: Event, uid: str) -> ResponseReturnValue:
    """Close a kiosk."""
    kiosk = kiosks.find_kiosk(event, uid)
    kiosks.close_kiosk(kiosk)
    flash(_("“%(name)s” prints no more badges.", name=kiosk.name), "good")
    return redirect(url_for("kiosk.manage", slug=event.slug), 303)


def _kiosk() -> Kiosk:
    """The kiosk that asks. Raises KioskClosed, NotAllowed for a request from another site."""
    if from_elsewhere():
        raise NotAllowed(_("This form was sent from another site. Open the page here and send it again."))
    return kiosks.kiosk_with(request.cookies.get(COOKIE, ""))


@blueprint.get("/kiosk")
@devices
def start() -> ResponseReturnValue:
    """The page of a kiosk. Without a pairing it says how to get one, and shows nothing of any event."""
    try:
        kiosk = kiosks.kiosk_with(request.cookies.get(COOKIE, ""))
    except kiosks.KioskClosed:
        kiosk = None
    page = render_template("checkin/kiosk.html", kiosk=kiosk, languages=[(code, ENDONYMS[code]) for code in INTERFACE])
    response = Response(page, mimetype="text/html")
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.post("/kiosk/pair")
@devices
@limiter.limit("30/minute")
def pair() -> ResponseReturnValue:
    """Make this browser the kiosk whose token was sent; whoever was signed in here is signed out."""
    if from_elsewhere():
        raise NotAllowed(_("This form was sent from another site. Open the page here and send it again."))
    token = request.form.get("token", "")
    kiosk = kiosks.kiosk_with(token)
    if current_user.is_authenticated:
        logout_user()
    response = redirect(url_for("kiosk.start", lang=request.args.get("lang")), 303)
    settings: Settings = current_app.extensions["settings"]
    response.set_cookie(
        COOKIE, token, expires=kiosk.expires_at, path="/kiosk", httponly=True, samesite="Strict",
        secure=settings.base_url.startswith("https:"),
    )  # fmt: skip
    return response


@blueprint.post("/kiosk/scan")
@devices
@limiter.limit("240/minute")
def scan() -> ResponseReturnValue:
    """Whose code this is, or kindly why there is no badge."""
    kiosk = _kiosk()
    try:
        greeting = kiosks.greet(kiosk, request.form.get("code", ""))
    except kiosks.NotPrinted as refusal:
        return jsonify(state="refused", message=refusal.message)
    about = [part for part in (greeting.organisation, greeting.category) if part]
    return jsonify(state="ready", name=greeting.name, about=" · ".join(about))


@blueprint.post("/kiosk/print")
@devices
@limiter.limit("240/minute")
def print_one() -> ResponseReturnValue:
    """The badge as a picture, once."""
    try:
        body = kiosks.print_badge(_kiosk(), request.form.get("code", ""))
    except kiosks.NotPrinted as refusal:
        return jsonify(state="refused", message=refusal.message)
    response = Response(body, mimetype="image/png")
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.get("/kiosk/paper.css")
@devices
def paper() -> ResponseReturnValue:
    """The size of the kiosk's paper, for the browser's print."""
    try:
        width, height = kiosks.layout_of(_kiosk()).page
    except Refused:
        width, height = 105.0, 148.0
    rule = (
        f"@page{{size:{width:g}mm {height:g}mm;margin:0}}"
        f"@media print{{.kiosk-sheet{{inline-size:{width:g}mm;block-size:{height:g}mm}}}}"
    )
    response = Response(rule, mimetype="text/css")
    response.headers["Cache-Control"] = "no-store"
    return response
