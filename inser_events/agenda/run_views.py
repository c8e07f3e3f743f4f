"""The moderator's run sheet, and moving everything after a moment."""

from collections.abc import Sequence
from datetime import datetime

from flask import Blueprint, Flask, flash, redirect, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_security import current_user

from inser_events.agenda.conflicts import Conflict
from inser_events.agenda.differences import Change, in_words
from inser_events.agenda.errors import NotRunning, ReleasedMeanwhile, Unusable
from inser_events.agenda.forms import ShiftForm, show_error
from inser_events.agenda.manage_views import CONFLICT, UNUSABLE, room_of
from inser_events.agenda.queries import latest_snapshot
from inser_events.agenda.running import LATER, rooms_of, run, sheet
from inser_events.agenda.shifting import clashes_after_shift, shift, shift_preview
from inser_events.agenda.step_views import one_step
from inser_events.agenda.timing import utc_of
from inser_events.clock import now
from inser_events.errors import Refused
from inser_events.events.access import may_edit, may_see
from inser_events.events.errors import Outdated
from inser_events.events.models import Event
from inser_events.events.navigation import render_managed
from inser_events.events.queries import find_event
from inser_events.web.access import allowed

blueprint = Blueprint("run", __name__, url_prefix="/manage/<slug>")


def init_app(app: Flask) -> None:
    """Register the pages."""
    app.register_blueprint(blueprint)


@blueprint.get("/run")
@allowed(find_event, may_edit, may_see)
def run_sheet(event: Event) -> ResponseReturnValue:
    """What is on, what is next, and the three taps."""
    return _sheet(event, request.args.get("room", ""))


@blueprint.post("/run")
@allowed(find_event, may_edit, may_see)
def tap(event: Event) -> ResponseReturnValue:
    """Do what was tapped. A tap on a page that is out of date does nothing and shows what is on now."""
    form = request.form
    room = form.get("room", "")
    try:
        run(
            event,
            form.get("tap", ""),
            form.get("part", ""),
            room=room or None,
            at=now(),
            by=current_user.name or current_user.email,
            after=int(form["after"]) if form.get("after", "").isdecimal() else -1,
        )
    except ReleasedMeanwhile:
        return _sheet(event, room, _("The programme was already changed. Here is what is on now.")), CONFLICT
    except NotRunning as error:
        return _sheet(event, room, error.message), CONFLICT
    return redirect(f"/manage/{event.slug}/run{'?room=' + room if room_of(event, room) else ''}")


def _sheet(event: Event, room: str, refused: str = "") -> str:
    snapshot, at = latest_snapshot(event), now()
    rooms = rooms_of(snapshot, at) if snapshot else []
    here = room if room in rooms else rooms[0] if rooms else None
    return render_managed(
        "agenda/manage_run.html",
        event,
        "run",
        snapshot=snapshot,
        at=at,
        rooms=rooms,
        room=here,
        sheet=sheet(snapshot, here, at) if snapshot else None,
        later=LATER,
        refused=refused,
    )


@blueprint.route("/agenda/shift", methods=["GET", "POST"])
@allowed(find_event, may_edit, may_see)
@one_step
def shift_agenda(event: Event) -> ResponseReturnValue:
    """Move everything after a moment: say what, read what that changes, then do it."""
    form = ShiftForm()
    form.offer(event)
    if request.method == "GET" or not form.validate_on_submit():
        return _shift_page(event, form)
    try:
        after = utc_of(form.local_day(), form.after.data, event.time_zone, second=False)
        if form.seen.data and request.form.get("then") == "apply":
            return _apply(event, form, after)
        return _previewed(event, form, after)
    except Unusable as error:
        show_error(form, error)
        return _shift_page(event, form)
    except Outdated as error:
        return _previewed(event, form, after, error)


def _apply(event: Event, form: ShiftForm, after: datetime) -> ResponseReturnValue:
    room = room_of(event, form.room.data)
    absorb = bool(form.absorb_breaks.data)
    moved = shift(event, after, room, form.minutes.data, absorb_breaks=absorb, seen=form.seen.data)
    words = ngettext("%(num)s session has a new time.", "%(num)s sessions have a new time.", len(moved))
    flash(f"{words} {_('It becomes public when you publish.')}", "success")
    return redirect(f"/manage/{event.slug}/agenda")


def _previewed(event: Event, form: ShiftForm, after: datetime, refused: Refused | None = None) -> ResponseReturnValue:
    room, absorb = room_of(event, form.room.data), bool(form.absorb_breaks.data)
    clashes = clashes_after_shift(event, after, room, form.minutes.data, absorb_breaks=absorb)
    changes, seen = shift_preview(event, after, room, form.minutes.data, absorb_breaks=absorb)
    form.seen.data = seen
    return _shift_page(event, form, changes, refused, clashes)


def _shift_page(
    event: Event,
    form: ShiftForm,
    changes: list[Change] | None = None,
    refused: Refused | None = None,
    clashes: Sequence[Conflict] = (),
) -> ResponseReturnValue:
    page = render_managed(
        "agenda/manage_shift.html",
        event,
        "agenda",
        form=form,
        changes=changes,
        clashes=clashes,
        in_words=in_words,
        refused=refused.message if refused else "",
    )
    return page, CONFLICT if refused else UNUSABLE if form.errors or form.form_errors else 200
