"""Organisers' pages of the door: the board, doors, devices, conflicts."""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, Flask, current_app, flash, redirect
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_security import current_user
from markupsafe import Markup

from inser_events.audit import Actor
from inser_events.checkin import conflicts, pairing, queries
from inser_events.checkin.access import may_run, may_watch
from inser_events.checkin.board import board_for
from inser_events.checkin.errors import CheckpointInUse
from inser_events.checkin.forms import ActForm, CheckpointForm, DecisionForm, DeviceForm
from inser_events.checkin.models import Checkpoint
from inser_events.checkin.uploads import read_time
from inser_events.checkin.views import scanner_address
from inser_events.checkin.words import outcome_words
from inser_events.clock import now
from inser_events.config import Settings
from inser_events.documents import qr
from inser_events.events.access import may_see
from inser_events.events.models import Event, Mode
from inser_events.events.navigation import render_managed
from inser_events.events.queries import find_event
from inser_events.languages import text_in
from inser_events.web.access import allowed
from inser_events.web.forms import choices
from inser_events.web.languages import page_language

blueprint = Blueprint("manage_door", __name__, url_prefix="/manage")
UNUSABLE = 422


def init_app(app: Flask) -> None:
    """Register the pages."""
    app.register_blueprint(blueprint)


@blueprint.get("/<slug>/door")
@allowed(find_event, may_watch, may_see)
def board(event: Event) -> ResponseReturnValue:
    """Who is inside, what was scanned, which devices scan."""
    shown = board_for(event, now())
    people = {conflict.first.registration_id for conflict in shown.conflicts}
    return render_managed(
        "checkin/board.html",
        event,
        "door",
        board=shown,
        people=queries.people_of(event, people),
        doors={door.id: door for door in shown.checkpoints},
        names={state.device.id: state.device.name for state in shown.devices},
        outcomes=outcome_words(),
        may_run=may_run(current_user, event),
        act=ActForm(),
        device_form=_device_form(event),
    )


def _device_form(event: Event) -> DeviceForm:
    form = DeviceForm()
    doors = queries.checkpoints_of(event)
    named = [(door.uid, text_in(door.name, [page_language()]).value) for door in doors]
    form.door.choices = choices(named or [("", _("Entrance"))])
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


@blueprint.post("/<slug>/door/conflicts")
@allowed(find_event, may_run, may_see)
def settle(event: Event) -> ResponseReturnValue:
    """Settle a conflict."""
    form = DecisionForm()
    if form.validate_on_submit():
        by = Actor(current_user.email, current_user.id)
        conflicts.settle(event, form.first.data, form.second.data, form.decision.data, by)
    return redirect(f"/manage/{event.slug}/door#conflicts", 303)


@blueprint.route("/<slug>/door/checkpoints", methods=["GET", "POST"])
@allowed(find_event, may_run, may_see)
def add(event: Event) -> ResponseReturnValue:
    """Add a door."""
    form = CheckpointForm(modes=[Mode.IN_PERSON], kind="room")
    if form.validate_on_submit():
        pairing.add_checkpoint(
            event,
            {_main_language(event): form.name.data},
            kind=form.kind.data,
            direction=form.direction.data,
            rules=_rules(form, event),
        )
        flash(_("The door is there. Choose it in the scanner."), "success")
        return redirect(f"/manage/{event.slug}/door#doors", 303)
    return _checkpoint_page(event, form, None)


@blueprint.route("/<slug>/door/checkpoints/<uid>", methods=["GET", "POST"])
@allowed(find_event, may_run, may_see)
def change(event: Event, uid: str) -> ResponseReturnValue:
    """Rename a door, change who may pass."""
    door = queries.find_checkpoint(event, uid)
    form = CheckpointForm(data=_form_data(event, door))
    form.kind.data = door.kind  # what is behind a door does not move
    if form.validate_on_submit():
        name = {_main_language(event): form.name.data}
        pairing.change_checkpoint(door, name=name, direction=form.direction.data, rules=_rules(form, event))
        return redirect(f"/manage/{event.slug}/door#doors", 303)
    return _checkpoint_page(event, form, door)


@blueprint.post("/<slug>/door/checkpoints/<uid>/remove")
@allowed(find_event, may_run, may_see)
def remove(event: Event, uid: str) -> ResponseReturnValue:
    """Remove a door where nobody was scanned."""
    if ActForm().validate_on_submit():
        try:
            pairing.remove_checkpoint(queries.find_checkpoint(event, uid))
        except CheckpointInUse as error:
            flash(error.message, "error")
    return redirect(f"/manage/{event.slug}/door#doors", 303)


def _checkpoint_page(event: Event, form: CheckpointForm, door: Checkpoint | None) -> ResponseReturnValue:
    page = render_managed("checkin/checkpoint.html", event, "door", form=form, door=door, act=ActForm(formdata=None))
    return page, UNUSABLE if form.errors else 200


def _main_language(event: Event) -> str:
    return (event.languages or ["en"])[0]


def _rules(form: CheckpointForm, event: Event) -> dict[str, Any]:
    """The rules as they are stored; what is open to all is left out."""
    rules: dict[str, Any] = {}
    if form.modes.data and form.modes.data != [Mode.IN_PERSON]:
        rules["modes"] = form.modes.data
    if form.categories.data:
        rules["categories"] = form.categories.data
    for name in ("opens_at", "closes_at"):
        moment = form[name].data
        if moment is not None:
            zoned = moment.replace(tzinfo=ZoneInfo(event.time_zone)).astimezone(UTC)
            rules[name] = zoned.isoformat().replace("+00:00", "Z")
    if form.override.data:
        rules["override"] = True
    return rules


def _form_data(event: Event, door: Checkpoint) -> dict[str, Any]:
    rules = door.rules
    return {
        "name": text_in(door.name, [_main_language(event)]).value,
        "kind": door.kind,
        "direction": door.direction,
        "modes": rules.get("modes", [Mode.IN_PERSON]),
        "categories": rules.get("categories", []),
        "opens_at": _local(rules.get("opens_at"), event),
        "closes_at": _local(rules.get("closes_at"), event),
        "override": rules.get("override") is True,
    }


def _local(stored: str | None, event: Event) -> datetime | None:
    moment = read_time(stored)
    return moment.astimezone(ZoneInfo(event.time_zone)).replace(tzinfo=None) if moment else None
