"""Pages about what was scanned: the inbox of contradictions, and every scan."""

from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Flask, flash, redirect, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_security import current_user

from inser_events.audit import Actor
from inser_events.checkin import inbox, queries
from inser_events.checkin.access import may_run, may_watch
from inser_events.checkin.forms import ActForm, DecisionForm
from inser_events.checkin.models import Outcome
from inser_events.checkin.uploads import read_time
from inser_events.checkin.words import matter_words, outcome_words
from inser_events.events.access import may_see
from inser_events.events.models import Event
from inser_events.events.navigation import render_managed
from inser_events.events.queries import find_event
from inser_events.web.access import allowed
from inser_events.web.filters import best_text

blueprint = Blueprint("door_inbox", __name__, url_prefix="/manage")
PAGE = 30
SCANS = 100


def init_app(app: Flask) -> None:
    """Register the pages."""
    app.register_blueprint(blueprint)


@blueprint.get("/<slug>/door/inbox")
@allowed(find_event, may_watch, may_see)
def overview(event: Event) -> ResponseReturnValue:
    """What to look at: open ones unless all or the settled ones are asked for."""
    state, kind = request.args.get("state", "open"), request.args.get("kind", "")
    everything = inbox.sightings(event)
    of_kind = inbox.chosen(everything, kind=kind)
    shown = inbox.chosen(of_kind, state=state)
    pages = max(1, -(-len(shown) // PAGE))
    page = min(max(1, request.args.get("page", 1, type=int)), pages)
    some = inbox.matters(event, shown[(page - 1) * PAGE : page * PAGE])
    return render_managed(
        "checkin/inbox.html",
        event,
        "door",
        matters=some,
        counts=inbox.counts(of_kind),
        state=state,
        kind=kind,
        kinds=matter_words(),
        page=page,
        page_address=lambda number: f"?{urlencode({'state': state, 'kind': kind, 'page': number})}",
        pages=pages,
        people=queries.people_of(event, {matter.first.registration_id for matter in some}),
        doors={door.id: door for door in queries.checkpoints_of(event)},
        names={device.id: device.name for device in queries.devices_of(event)},
        outcomes=outcome_words(),
        may_run=may_run(current_user, event),
        act=ActForm(formdata=None),
    )


@blueprint.post("/<slug>/door/conflicts")
@allowed(find_event, may_run, may_see)
def settle(event: Event) -> ResponseReturnValue:
    """Settle one of them, or open it again."""
    form = DecisionForm()
    if form.validate_on_submit():
        by = Actor(current_user.email, current_user.id)
        key = (form.first.data, form.second.data or "")
        inbox.settle(event, key, form.decision.data, by, note=form.note.data or "")
    else:
        flash(_("Nothing was changed. Keep the note below 300 characters."), "error")
    kept = {name: request.args[name] for name in ("state", "kind", "page") if name in request.args}
    return redirect(f"/manage/{event.slug}/door/inbox?{urlencode(kept)}", 303)


@blueprint.get("/<slug>/door/scans")
@allowed(find_event, may_watch, may_see)
def scans(event: Event) -> ResponseReturnValue:
    """Every scan, failed ones too, a page at a time."""
    chosen = queries.Chosen(
        outcome=request.args.get("outcome", ""),
        door=request.args.get("door", ""),
        device=request.args.get("device", ""),
        query=request.args.get("q", "")[:100],
        before=_before(request.args.get("before", "")),
    )
    rows = queries.scans_of(event, chosen, limit=SCANS + 1)
    return render_managed(
        "checkin/scans.html",
        event,
        "door",
        scans=rows[:SCANS],
        chosen=chosen,
        older=_older(rows),
        outcomes=outcome_words(),
        outcome_choices=[(queries.REFUSED, _("Not let in")), *((one.value, outcome_words()[one]) for one in Outcome)],
        door_choices=[(door.uid, best_text(door.name)) for door in queries.checkpoints_of(event)],
        device_choices=[(device.uid, device.name) for device in queries.devices_of(event)],
        may_run=may_run(current_user, event),
    )


def _older(rows: Any) -> str:
    """Where the next page begins; nothing when this was the last one."""
    if len(rows) <= SCANS:
        return ""
    last = rows[SCANS - 1][0]
    kept = {name: request.args[name] for name in ("outcome", "door", "device", "q") if request.args.get(name)}
    before = f"{last.received_at.isoformat()} {last.id}"
    return f"?{urlencode({**kept, 'before': before})}"


def _before(text: str) -> tuple[datetime, str] | None:
    moment, _space, scan_id = text.partition(" ")
    received = read_time(moment)
    return (received, scan_id) if received is not None else None
