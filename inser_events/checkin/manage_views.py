"""Organisers' pages of the door: the board, and the devices that scan."""

from flask import Blueprint, Flask, current_app, flash, redirect
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_security import current_user
from markupsafe import Markup

from inser_events.checkin import pairing, queries
from inser_events.checkin.access import may_run, may_watch
from inser_events.checkin.board import board_for
from inser_events.checkin.forms import ActForm, DeviceForm
from inser_events.checkin.views import scanner_address
from inser_events.checkin.words import outcome_words
from inser_events.clock import now
from inser_events.config import Settings
from inser_events.documents import qr
from inser_events.events.access import may_see
from inser_events.events.models import Event
from inser_events.events.navigation import render_managed
from inser_events.events.queries import find_event
from inser_events.web.access import allowed
from inser_events.web.filters import best_text, category_label, mode_label
from inser_events.web.forms import choices

blueprint = Blueprint("manage_door", __name__, url_prefix="/manage")


def init_app(app: Flask) -> None:
    """Register the pages."""
    app.register_blueprint(blueprint)


@blueprint.get("/<slug>/door")
@allowed(find_event, may_watch, may_see)
def board(event: Event) -> ResponseReturnValue:
    """Who is inside, what was scanned, which devices scan."""
    return render_managed(
        "checkin/board.html",
        event,
        "door",
        board=board_for(event, now()),
        outcomes=outcome_words(),
        category_words=category_label,
        mode_words=mode_label,
        may_run=may_run(current_user, event),
        act=ActForm(),
        device_form=_device_form(event),
    )


def _device_form(event: Event) -> DeviceForm:
    form = DeviceForm()
    doors = queries.checkpoints_of(event)
    named = [(door.uid, best_text(door.name)) for door in doors]
    form.door.choices = choices([*named] or [("", _("Entrance"))])
    return form


@blueprint.post("/<slug>/door/devices")
@allowed(find_event, may_watch, may_see)
def pair(event: Event) -> ResponseReturnValue:
    """Pair another phone: show the code it has to scan, this once."""
    form = _device_form(event)
    if not form.validate_on_submit():
        flash(_("Give the device a name first."), "error")
        return redirect(f"/manage/{event.slug}/door#devices", 303)
    device, token = pairing.pair_device(event, current_user, form.name.data)
    settings: Settings = current_app.extensions["settings"]
    door = form.door.data or pairing.ensure_entrance(event).uid
    address = f"{settings.base_url}{scanner_address(token, door)}"
    code = Markup(qr.svg(address, title=_("Pairing code for %(name)s", name=device.name)))  # noqa: S704 — our own SVG
    return render_managed("checkin/paired.html", event, "door", device=device, code=code, address=address)


@blueprint.post("/<slug>/door/devices/<uid>/revoke")
@allowed(find_event, may_run, may_see)
def revoke(event: Event, uid: str) -> ResponseReturnValue:
    """Sign a device off."""
    if ActForm().validate_on_submit():
        device = queries.find_device(event, uid)
        pairing.revoke_device(device)
        flash(_("“%(name)s” is signed off. It forgets all names at its next contact.", name=device.name), "success")
    return redirect(f"/manage/{event.slug}/door#devices", 303)
