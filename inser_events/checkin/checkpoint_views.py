"""Organisers' pages of the doors: adding one, who may pass, removing it."""

from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, Flask, flash, redirect
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from inser_events.agenda.models import Session
from inser_events.checkin import pairing, queries
from inser_events.checkin.access import may_run
from inser_events.checkin.errors import CheckpointInUse
from inser_events.checkin.forms import ActForm, CheckpointForm
from inser_events.checkin.models import Checkpoint, CheckpointKind
from inser_events.checkin.uploads import read_time
from inser_events.events.access import may_see
from inser_events.events.models import Event, Mode
from inser_events.events.navigation import render_managed
from inser_events.events.queries import find_event
from inser_events.languages import Text, text_in
from inser_events.web.access import allowed
from inser_events.web.filters import best_text, clock_time, short_day
from inser_events.web.forms import choices

blueprint = Blueprint("doors", __name__, url_prefix="/manage")
UNUSABLE = 422
MOST_DAYS = 31


def init_app(app: Flask) -> None:
    """Register the pages."""
    app.register_blueprint(blueprint)


@blueprint.route("/<slug>/door/checkpoints", methods=["GET", "POST"])
@allowed(find_event, may_run, may_see)
def add(event: Event) -> ResponseReturnValue:
    """Add a door."""
    form = _offering(CheckpointForm(modes=[Mode.IN_PERSON], kind=CheckpointKind.ROOM), event)
    if form.validate_on_submit():
        pairing.add_checkpoint(
            event,
            {_main_language(event): form.name.data},
            kind=form.kind.data,
            direction=form.direction.data,
            rules=_rules(form, event),
            place=_place(form),
        )
        flash(_("The door is there. Choose it in the scanner."), "success")
        return redirect(f"/manage/{event.slug}/door#doors", 303)
    return _page(event, form, None)


@blueprint.route("/<slug>/door/checkpoints/<uid>", methods=["GET", "POST"])
@allowed(find_event, may_run, may_see)
def change(event: Event, uid: str) -> ResponseReturnValue:
    """Rename a door, change who may pass."""
    door = queries.find_checkpoint(event, uid)
    form = _offering(CheckpointForm(data=_form_data(event, door)), event)
    form.kind.data = door.kind  # what is behind a door does not move
    if form.validate_on_submit():
        name = {_main_language(event): form.name.data}
        pairing.change_checkpoint(door, name=name, direction=form.direction.data, rules=_rules(form, event))
        return redirect(f"/manage/{event.slug}/door#doors", 303)
    return _page(event, form, door)


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


def _page(event: Event, form: CheckpointForm, door: Checkpoint | None) -> ResponseReturnValue:
    behind = queries.behind(door) if door else None
    page = render_managed(
        "checkin/checkpoint.html", event, "door", form=form, door=door, behind=behind, act=ActForm(formdata=None)
    )
    return page, UNUSABLE if form.errors else 200


def _offering(form: CheckpointForm, event: Event) -> CheckpointForm:
    """The form with this event's rooms, sessions and days to choose from."""
    rooms = [(str(room.id), best_text(room.name, *event.languages)) for room in event.rooms]
    form.room.choices = choices([("", _("Choose a room")), *rooms])
    sessions = queries.sessions_of(event)
    named = [(session.uid, _session_name(session, event)) for session in sessions]
    form.session.choices = choices([("", _("Choose a session")), *named])
    wanted = queries.sessions_with_sign_up(event)
    form.sessions.choices = choices([pair for pair in named if pair[0] in wanted])
    days = min((event.ends_on - event.starts_on).days + 1, MOST_DAYS)
    dates = [event.starts_on + timedelta(days=count) for count in range(days)]
    form.days.choices = choices([(day.isoformat(), short_day(day)) for day in dates])
    return form


def _session_name(session: Session, event: Event) -> Text:
    starts = session.starts_at
    day = short_day(starts.astimezone(ZoneInfo(event.time_zone)).date())
    title = best_text(session.title, *event.languages)
    return title._replace(value=f"{title.value} · {day}, {clock_time(starts, event.time_zone)}")


def _main_language(event: Event) -> str:
    return (event.languages or ["en"])[0]


def _place(form: CheckpointForm) -> pairing.Place:
    room, session = form.room.data, form.session.data
    return pairing.Place(
        room_id=int(room) if room and form.kind.data == CheckpointKind.ROOM else None,
        session_uid=session if session and form.kind.data == CheckpointKind.SESSION else None,
    )


def _rules(form: CheckpointForm, event: Event) -> dict[str, Any]:
    """The rules as they are stored; what is open to all is left out."""
    rules: dict[str, Any] = {}
    if form.modes.data and form.modes.data != [Mode.IN_PERSON]:
        rules["modes"] = form.modes.data
    for name in ("categories", "sessions", "days"):
        if form[name].data:
            rules[name] = form[name].data
    for name in ("opens_at", "closes_at"):
        moment = form[name].data
        if moment is not None:
            zoned = moment.replace(tzinfo=ZoneInfo(event.time_zone)).astimezone(UTC)
            rules[name] = zoned.isoformat().replace("+00:00", "Z")
    if form.begins.data is not None and form.ends.data is not None:
        rules["hours"] = [f"{form.begins.data:%H:%M}", f"{form.ends.data:%H:%M}"]
    if form.override.data:
        rules["override"] = True
    return rules


def _form_data(event: Event, door: Checkpoint) -> dict[str, Any]:
    rules = door.rules
    begins, ends = (time.fromisoformat(clock) for clock in rules.get("hours") or ("00:00", "00:00"))
    return {
        "name": text_in(door.name, [_main_language(event)]).value,
        "kind": door.kind,
        "direction": door.direction,
        "room": str(door.room_id or ""),
        "session": door.session_uid or "",
        "modes": rules.get("modes", [Mode.IN_PERSON]),
        "categories": rules.get("categories", []),
        "sessions": rules.get("sessions", []),
        "days": rules.get("days", []),
        "opens_at": _local(rules.get("opens_at"), event),
        "closes_at": _local(rules.get("closes_at"), event),
        "begins": begins if "hours" in rules else None,
        "ends": ends if "hours" in rules else None,
        "override": rules.get("override") is True,
    }


def _local(stored: str | None, event: Event) -> datetime | None:
    moment = read_time(stored)
    return moment.astimezone(ZoneInfo(event.time_zone)).replace(tzinfo=None) if moment else None
