"""Organisers' pages of an event's rooms, places and team."""

from flask import Blueprint, Flask, flash, redirect, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_security import current_user

from inser_events.addresses import UnusableEmail
from inser_events.events import forms, operations, team
from inser_events.events.access import may_edit, may_own, may_see
from inser_events.events.errors import AlreadyOnTeam, LastOwner
from inser_events.events.forms import ActForm, InviteForm, ModesForm, RoleForm, RoomForm, room_form
from inser_events.events.manage_views import UNUSABLE, setting_tabs
from inser_events.events.models import Event, Mode, TeamRole
from inser_events.events.navigation import render_managed
from inser_events.events.operations import RoomData
from inser_events.events.queries import find_event, find_room, find_team_member, team_of
from inser_events.web.access import allowed

blueprint = Blueprint("manage_staff", __name__, url_prefix="/manage")


def init_app(app: Flask) -> None:
    """Register the pages."""
    app.register_blueprint(blueprint)


@blueprint.route("/<slug>/rooms", methods=["GET", "POST"])
@allowed(find_event, may_edit, may_see)
def rooms(event: Event) -> ResponseReturnValue:
    """The rooms; adding one."""
    form = RoomForm()
    if form.validate_on_submit():
        operations.add_room(event, _room_data(form, event))
        return redirect(f"/manage/{event.slug}/rooms")
    return _rooms_page(event, form), UNUSABLE if form.errors else 200


@blueprint.route("/<slug>/rooms/<uid>", methods=["GET", "POST"])
@allowed(find_event, may_edit, may_see)
def room(event: Event, uid: str) -> ResponseReturnValue:
    """Rename one room or correct its capacity."""
    found = find_room(event, uid)
    form = room_form(event.languages)()
    if request.method == "GET":
        form.name.data, form.capacity.data = found.name.get(event.languages[0], ""), found.capacity
        for code, field in form.further().items():
            field.data = found.name.get(code, "")
    elif form.validate_on_submit():
        operations.change_room(found, _room_data(form, event))
        return redirect(f"/manage/{event.slug}/rooms")
    page = render_managed(
        "events/manage_room.html", event, "settings", form=form, room=found, tabs=setting_tabs(event, "rooms")
    )
    return page, UNUSABLE if form.errors else 200


@blueprint.post("/<slug>/rooms/<uid>/move")
@allowed(find_event, may_edit, may_see)
def move_room(event: Event, uid: str) -> ResponseReturnValue:
    """Move a room up or down."""
    found = find_room(event, uid)
    if ActForm().validate_on_submit():
        operations.move_room(found, -1 if request.form.get("to") == "up" else 1)
    return redirect(f"/manage/{event.slug}/rooms")


@blueprint.post("/<slug>/rooms/<uid>/remove")
@allowed(find_event, may_edit, may_see)
def remove_room(event: Event, uid: str) -> ResponseReturnValue:
    """Remove a room."""
    found = find_room(event, uid)
    if ActForm().validate_on_submit():
        operations.remove_room(found)
        flash(_("The room is removed. Sessions that were in it have no room now."), "success")
    return redirect(f"/manage/{event.slug}/rooms")


@blueprint.post("/<slug>/capacity")
@allowed(find_event, may_edit, may_see)
def capacity(event: Event) -> ResponseReturnValue:
    """How people can take part, and how many."""
    form = ModesForm()
    if form.validate_on_submit():
        wanted = form.capacities()
        # Those that stay come first, so that switching from one mode to the other never leaves none.
        for mode in sorted(Mode, key=lambda mode: mode not in wanted):
            operations.set_capacity(event, mode, wanted.get(mode), offered=mode in wanted)
        flash(_("Saved. New registrations follow it at once."), "success")
        return redirect(f"/manage/{event.slug}/rooms")
    return _rooms_page(event, RoomForm(formdata=None), form), UNUSABLE


@blueprint.route("/<slug>/team", methods=["GET", "POST"])
@allowed(find_event, may_own, may_see)
def team_page(event: Event) -> ResponseReturnValue:
    """Who runs the event; asking someone in."""
    form = InviteForm()
    form.offer()
    if form.validate_on_submit():
        try:
            role = TeamRole(form.role.data)
            member = team.invite(event, form.email.data or "", role, name=form.name.data or "", by=_me())
        except (UnusableEmail, AlreadyOnTeam) as error:
            form.email.errors = [*form.email.errors, error.message]
        else:
            flash(_("%(email)s is on the team and gets a mail.", email=member.user.email), "success")
            return redirect(f"/manage/{event.slug}/team")
    return _team_page(event, form), UNUSABLE if form.errors else 200


@blueprint.post("/<slug>/team/<int:user_id>")
@allowed(find_event, may_own, may_see)
def change_role(event: Event, user_id: int) -> ResponseReturnValue:
    """Give someone another role."""
    member = find_team_member(event, user_id)
    form = RoleForm()
    form.offer()
    if form.validate_on_submit():
        try:
            team.change_role(member, TeamRole(form.role.data))
        except LastOwner as error:
            flash(error.message, "error")
    return redirect(f"/manage/{event.slug}/team")


@blueprint.post("/<slug>/team/<int:user_id>/remove")
@allowed(find_event, may_own, may_see)
def remove_member(event: Event, user_id: int) -> ResponseReturnValue:
    """Take someone off the team."""
    member = find_team_member(event, user_id)
    if ActForm().validate_on_submit():
        try:
            team.remove_member(member)
        except LastOwner as error:
            flash(error.message, "error")
    if may_own(current_user, event):
        return redirect(f"/manage/{event.slug}/team")
    return redirect("/manage")


def _me() -> str:
    return str(current_user.name or current_user.email)


def _room_data(form: RoomForm, event: Event) -> RoomData:
    return RoomData(form.names(event.languages[0]), form.capacity.data)


def _rooms_page(event: Event, form: RoomForm, modes: ModesForm | None = None) -> str:
    return render_managed(
        "events/manage_rooms.html",
        event,
        "settings",
        tabs=setting_tabs(event, "rooms"),
        form=form,
        modes=modes or _modes_form(event),
        seats={one.mode: one for one in event.seats},
    )


def _modes_form(event: Event) -> ModesForm:
    form = ModesForm(formdata=None)
    for seats in event.seats:
        form[seats.mode].data = seats.offered
        form[f"{seats.mode}_capacity"].data = seats.capacity
    return form


def _team_page(event: Event, form: InviteForm) -> str:
    return render_managed(
        "events/manage_team.html", event, "team", form=form, members=team_of(event), roles=forms.role_choices()
    )
