"""Organisers import an agenda: a file, what was read and what would change, then the draft."""

from datetime import date
from zoneinfo import ZoneInfo

from flask import Blueprint, Flask, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_security import current_user

from inser_events.agenda.differences import in_words
from inser_events.agenda.editing import fingerprint
from inser_events.agenda.errors import Unusable
from inser_events.agenda.importing import uploads
from inser_events.agenda.importing.applying import apply_plan, create_from
from inser_events.agenda.importing.forms import NewEventForm, StepsForm, UploadForm
from inser_events.agenda.importing.importing import Prepared, prepare
from inser_events.agenda.importing.planning import Plan
from inser_events.agenda.importing.report import Level, Report, UnreadableSchedule, level_label
from inser_events.agenda.importing.telling import grouped
from inser_events.agenda.importing.tree import ReadSession
from inser_events.agenda.step_views import one_step
from inser_events.clock import now
from inser_events.database import db
from inser_events.errors import Refused
from inser_events.events.access import may_edit, may_see
from inser_events.events.errors import SlugTaken, UnusableEvent
from inser_events.events.models import Event
from inser_events.events.navigation import render_managed
from inser_events.events.queries import find_event
from inser_events.networks.queries import all_networks
from inser_events.web.access import allowed, signed_in
from inser_events.web.filters import add_filter

blueprint = Blueprint("agenda_import", __name__, url_prefix="/manage")
UNUSABLE = 422
CONFLICT = 409
SHOWN = 60
"""Sessions of a new event that the preview lists."""


def init_app(app: Flask) -> None:
    """Register the pages."""
    app.register_blueprint(blueprint)
    add_filter(app, "import_level", level_label)


@blueprint.route("/import", methods=["GET", "POST"])
@signed_in
def new() -> ResponseReturnValue:
    """Choose a file to make an event of."""
    form = UploadForm()
    if form.validate_on_submit() and (kept := _received(form, None)):
        return redirect(f"/manage/import/{kept.token}")
    return render_template("agenda/manage_import_new.html", form=form), UNUSABLE if form.errors else 200


@blueprint.route("/import/<token>", methods=["GET", "POST"])
@signed_in
def create(token: str) -> ResponseReturnValue:
    """What the file says; then the event."""
    kept = uploads.find(token, current_user.id)
    prepared = prepare(kept.content, kept.name, None, zone=request.values.get("zone", ""))
    form = _new_event_form(prepared.plan)
    if request.form.get("then") == "create" and _usable(prepared) and form.validate_on_submit():
        try:
            with db.session.begin_nested():
                event = _created(prepared, form)
        except (UnusableEvent, SlugTaken, Unusable) as error:
            field = form.slug if getattr(error, "field", "slug") == "slug" else form.zone
            field.errors = [*field.errors, error.message]
        else:
            uploads.forget(kept)
            flash(_("The event and its agenda are a draft. Look through it, then publish."), "success")
            return redirect(f"/manage/{event.slug}/agenda")
    page = render_template(
        "agenda/manage_import_create.html",
        form=form,
        kept=kept,
        days=_days(prepared.plan),
        shown=SHOWN,
        **_told(prepared),
    )
    return page, UNUSABLE if form.errors else 200


@blueprint.route("/<slug>/agenda/import", methods=["GET", "POST"])
@allowed(find_event, may_edit, may_see)
def update(event: Event) -> ResponseReturnValue:
    """Choose a file to compare the agenda with."""
    form = UploadForm()
    if form.validate_on_submit() and (kept := _received(form, event)):
        return redirect(f"/manage/{event.slug}/agenda/import/{kept.token}")
    page = render_managed("agenda/manage_import_update.html", event, "agenda", form=form)
    return page, UNUSABLE if form.errors else 200


@blueprint.route("/<slug>/agenda/import/<token>", methods=["GET", "POST"])
@allowed(find_event, may_edit, may_see)
@one_step
def apply(event: Event, token: str) -> ResponseReturnValue:
    """What the file would change; then the changes that were chosen."""
    kept = uploads.find(token, current_user.id)
    prepared = prepare(kept.content, kept.name, event)
    plan, form = prepared.plan, StepsForm()
    form.offer(plan)
    seen = _fingerprint(plan)
    outdated = form.is_submitted() and form.seen.data != seen
    if form.validate_on_submit() and not outdated and _usable(prepared):
        chosen = frozenset(form.steps.data or ())
        try:
            with db.session.begin_nested():
                done = apply_plan(plan, event, at=now(), chosen=chosen)
        except Refused as error:
            form.form_errors.append(error.message)
        else:
            uploads.forget(kept)
            flash(ngettext("%(num)s change made to the draft.", "%(num)s changes made to the draft.", done), "success")
            return redirect(f"/manage/{event.slug}/agenda")
    chosen = frozenset(form.steps.data or ()) if form.is_submitted() else frozenset(step.key for step in plan.steps)
    form.seen.data = seen
    page = render_managed(
        "agenda/manage_import_apply.html",
        event,
        "agenda",
        form=form,
        kept=kept,
        chosen=chosen,
        outdated=outdated,
        in_words=in_words,
        **_told(prepared),
    )
    return page, CONFLICT if outdated else UNUSABLE if form.form_errors else 200


def _received(form: UploadForm, event: Event | None) -> uploads.Kept | None:
    """Keep the file when it can be read at all; else say why not at the field."""
    sent = form.file.data
    content = sent.read()
    kept = uploads.keep(content, sent.filename or "", current_user.id)
    try:
        prepare(content, kept.name, event)
    except UnreadableSchedule as error:
        uploads.forget(kept)
        form.file.errors = [*form.file.errors, error.message]
        return None
    return kept


def _new_event_form(plan: Plan) -> NewEventForm:
    facts = plan.tree.event
    form = NewEventForm()
    form.offer(all_networks(), facts.zone)
    if request.method == "GET":
        form.slug.data, form.network_id.data = facts.slug, 0
    form.zone.data = facts.zone
    return form


def _created(prepared: Prepared, form: NewEventForm) -> Event:
    owner = current_user._get_current_object()  # noqa: SLF001 — the row, not its proxy
    event = create_from(prepared.plan, owner, slug=form.slug.data.strip(), network_id=form.network_id.data or None)
    apply_plan(prepared.plan, event, at=now())
    return event


def _usable(prepared: Prepared) -> bool:
    return bool(prepared.plan.tree.sessions) and not prepared.report.is_broken


def _told(prepared: Prepared) -> dict[str, object]:
    report: Report = prepared.report
    return {
        "plan": prepared.plan,
        "tree": prepared.plan.tree,
        "rooms": [room for room in prepared.plan.tree.rooms if room.place == "room"],
        "report": report,
        "groups": grouped(report),
        "levels": Level,
        "usable": _usable(prepared),
    }


def _days(plan: Plan) -> dict[date, list[ReadSession]]:
    """The first sessions of a new event by their date."""
    clock = ZoneInfo(plan.tree.event.zone)
    days: dict[date, list[ReadSession]] = {}
    for session in sorted(plan.tree.sessions, key=lambda session: session.starts_at)[:SHOWN]:
        days.setdefault(session.starts_at.astimezone(clock).date(), []).append(session)
    return days


def _fingerprint(plan: Plan) -> str:
    """What the preview showed: when somebody edits meanwhile, it is shown anew."""
    return fingerprint([[step.key, step.change.kind, [part.name for part in step.change.parts]] for step in plan.steps])
