"""Printing badges: whom and on what, runs and their files, calibration, the log."""

from flask import Blueprint, Flask, Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_security import current_user

from inser_events.audit import Actor
from inser_events.badges import log, runs
from inser_events.badges.errors import NoSuchRun, NothingToPrint, ReasonMissing
from inser_events.badges.exports import Printing, calibration_pdf
from inser_events.badges.models import RunState
from inser_events.badges.print_forms import AgainForm, PrintForm, ShiftForm
from inser_events.badges.selection import Selection, Which, count
from inser_events.badges.settings import remember_shift
from inser_events.badges.stock import find_layout, layout_names, shift_of, usual_layout
from inser_events.clock import now
from inser_events.events.access import may_register, may_see
from inser_events.events.models import Event
from inser_events.events.navigation import render_managed
from inser_events.events.queries import find_event
from inser_events.registration.queries import find_registration
from inser_events.registration.views import private
from inser_events.web.access import allowed
from inser_events.web.forms import choices

UNUSABLE = 422
MOST_TICKED = 500
blueprint = Blueprint("badge_print", __name__, url_prefix="/manage")
for_registrars = allowed(find_event, may_register, may_see)


def init_app(app: Flask) -> None:
    """Register the pages."""
    app.register_blueprint(blueprint)


def _actor() -> Actor:
    return Actor(current_user.email, current_user.id)


@blueprint.route("/<slug>/badges/print", methods=["GET", "POST"])
@for_registrars
def choose(event: Event) -> ResponseReturnValue:
    """Choose whom and on what; ``uid``, repeated, names people ticked elsewhere."""
    uids = request.values.getlist("uid")[:MOST_TICKED] or request.form.getlist("uids")[:MOST_TICKED]
    form = PrintForm(
        layout=request.args.get("layout") or usual_layout(event), which=Which.CHOSEN if uids else Which.DUE
    )
    form.offer(event, uids)
    if "layout" in request.form and form.validate_on_submit():
        layout = find_layout(event, form.layout.data)
        try:
            run = runs.start(
                event, layout, form.selection(uids), _actor(), place=form.place.data - 1, counts=form.counts.data
            )
        except NothingToPrint as refusal:
            form.which.errors = [refusal.message]
        else:
            return redirect(url_for("badge_print.run", slug=event.slug, uid=run.uid), 303)
    page = render_managed(
        "badges/print.html",
        event,
        "badges",
        form=form,
        uids=uids,
        counts={which: count(event, Selection(which=which)) for which in Which if which != Which.CHOSEN},
        runs=runs.runs_of(event),
    )
    return page, UNUSABLE if form.errors else 200


@blueprint.get("/<slug>/badges/runs/<uid>")
@for_registrars
def run(event: Event, uid: str) -> ResponseReturnValue:
    """How far a run is, then its files."""
    found = runs.find_run(event, uid)
    files = [
        (number + 1, number * runs.PART + 1, min((number + 1) * runs.PART, found.total))
        for number in range(found.files)
    ]
    return render_managed(
        "badges/run.html",
        event,
        "badges",
        run=found,
        done=runs.progress_of(found),
        files=files,
        kept=runs.KEPT_FOR.days,
    )


@blueprint.get("/<slug>/badges/runs/<uid>/<int:number>.pdf")
@for_registrars
def file(event: Event, uid: str, number: int) -> ResponseReturnValue:
    """One of a run's files, counted from 1. Raises NoSuchRun once it is deleted."""
    found = runs.find_run(event, uid)
    path = runs.path_of(found.uid, number - 1)
    if found.state != RunState.DONE or not 1 <= number <= found.files or not path.is_file():
        raise NoSuchRun
    return _inline(path.read_bytes(), f"{event.slug}-badges-{number}.pdf")


@blueprint.route("/<slug>/badges/calibrate", methods=["GET", "POST"])
@for_registrars
def calibrate(event: Event) -> ResponseReturnValue:
    """Measure how far a printer is off, and remember it for this layout."""
    layout = find_layout(event, request.args.get("layout") or usual_layout(event))
    right, down = shift_of(event.id, layout.name)
    form = ShiftForm(right=right, down=down)
    if form.validate_on_submit():
        remember_shift(event, layout.name, float(form.right.data or 0), float(form.down.data or 0))
        flash(_("Saved. Print the calibration page again to check it."), "good")
        return redirect(url_for("badge_print.calibrate", slug=event.slug, layout=layout.name), 303)
    page = render_managed(
        "badges/calibrate.html", event, "badges", form=form, layout=layout, layouts=layout_names(event)
    )
    return page, UNUSABLE if form.errors else 200


@blueprint.get("/<slug>/badges/calibration.pdf")
@for_registrars
def calibration(event: Event) -> ResponseReturnValue:
    """The outline of every badge of a layout, moved as it is set now."""
    layout = find_layout(event, request.args.get("layout", ""))
    body = calibration_pdf(layout, when=now(), printing=Printing(shift=shift_of(event.id, layout.name)))
    return _inline(body, f"calibration-{layout.name}.pdf")


@blueprint.get("/<slug>/badges/log")
@for_registrars
def printed(event: Event) -> ResponseReturnValue:
    """Who printed what, when."""
    page = log.listing(event, request.args.get("page", 1, type=int))
    return render_managed(
        "badges/log.html",
        event,
        "badges",
        page=page,
        page_address=lambda number: url_for("badge_print.printed", slug=event.slug, page=number),
    )


@blueprint.route("/<slug>/badges/person/<uid>", methods=["GET", "POST"])
@for_registrars
def person(event: Event, uid: str) -> ResponseReturnValue:
    """One person's badge: when it was printed, and once more."""
    registration = find_registration(event, uid)
    name = registration.name
    form = AgainForm(layout=usual_layout(event))
    form.layout.choices = choices(layout_names(event))
    if form.validate_on_submit():
        layout = find_layout(event, form.layout.data)
        try:
            made = runs.print_again(event, registration, layout, _actor(), form.reason.data or "")
        except ReasonMissing as refusal:
            form.reason.errors = [refusal.message]
        except NothingToPrint:
            form.layout.errors = [_("Only confirmed people have a badge.")]
        else:
            return redirect(url_for("badge_print.run", slug=event.slug, uid=made.uid), 303)
    page = render_managed(
        "badges/person.html",
        event,
        "badges",
        form=form,
        registration=registration,
        name=name,
        prints=log.prints_of(registration),
    )
    return page, UNUSABLE if form.errors else 200


@blueprint.post("/<slug>/badges/person/<uid>/now")
@for_registrars
def person_now(event: Event, uid: str) -> ResponseReturnValue:
    """The badge of somebody at the desk, on the usual layout, at once; a second one needs a reason."""
    registration = find_registration(event, uid)
    try:
        made = runs.print_again(event, registration, find_layout(event, usual_layout(event)), _actor(), "")
    except (ReasonMissing, NothingToPrint):
        return redirect(url_for("badge_print.person", slug=event.slug, uid=uid), 303)
    return redirect(url_for("badge_print.file", slug=event.slug, uid=made.uid, number=1), 303)


def _inline(body: bytes, filename: str) -> Response:
    response = private(body, "application/pdf")
    response.headers["Content-Disposition"] = f'inline; filename="{filename}"'
    return response
