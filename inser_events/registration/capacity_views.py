"""Limits of an event, and what a registrar decides about one registration."""

from flask import Blueprint, Flask, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from inser_events.agenda.queries import latest_snapshot
from inser_events.clock import now
from inser_events.events.access import may_register, may_see
from inser_events.events.models import Category, Event
from inser_events.events.navigation import render_managed
from inser_events.events.queries import find_event, seats_of
from inser_events.registration import approval, capacities, duplicates, operations, queries, signups
from inser_events.registration.bulk_views import done_words
from inser_events.registration.capacity_forms import limits_form
from inser_events.registration.errors import AlreadyRegistered
from inser_events.registration.manage_views import told_words
from inser_events.registration.models import Registration, State
from inser_events.registration.parties import party_of
from inser_events.registration.questions import PUBLIC_CATEGORIES
from inser_events.web.access import allowed

MOST_AT_ONCE = 50
blueprint = Blueprint("capacity", __name__)
for_registrars = allowed(find_event, may_register, may_see)


def init_app(app: Flask) -> None:
    """Register the pages."""
    app.register_blueprint(blueprint)


@blueprint.route("/manage/<slug>/limits", methods=["GET", "POST"])
@for_registrars
def limits(event: Event) -> ResponseReturnValue:
    """Who may have how many seats, who is asked first, which sessions need sign-up."""
    snapshot = latest_snapshot(event)
    sessions = [one for one in snapshot.live_sessions if one.kind != "break"] if snapshot else []
    seats = {one.session_uid: one for one in signups.session_seats(event.id)}
    form = limits_form(event, capacities.limits_of(event), sessions, seats)
    if form.validate_on_submit():
        moment = now()
        capacities.set_limits(event, form.limits(), at=moment)
        for uid, (needed, capacity) in form.session_limits().items():
            signups.set_session_capacity(event, uid, needed=needed, capacity=capacity, at=moment)
        flash(_("Saved. Whoever waited only for this has been told."), "good")
        return redirect(url_for("capacity.limits", slug=event.slug), 303)
    page = render_managed(
        "registration/manage_limits.html",
        event,
        "registrations",
        form=form,
        places=seats_of(event.id),
        shares={(row.mode, row.category): row for row in capacities.shares_of(event.id)},
        categories=PUBLIC_CATEGORIES,
        sessions=sessions,
        session_seats=seats,
    )
    return page, 422 if form.errors else 200


def _back(event: Event, registration: Registration) -> ResponseReturnValue:
    return redirect(url_for("desk.one", slug=event.slug, uid=registration.uid), 303)


@blueprint.post("/manage/<slug>/registrations/<uid>/approve")
@for_registrars
def approve(event: Event, uid: str) -> ResponseReturnValue:
    """Yes: a seat, or a place in the waiting list; with ``together`` to all who registered with them and wait."""
    registration = queries.find_registration(event, uid)
    party = [registration]
    if "together" in request.form:
        party = [one for one in party_of(registration) if one.state == State.PENDING] or party
    approval.approve_together(party, at=now())
    if len(party) > 1:
        flash(done_words(len(party)), "good")
    else:
        flash(told_words(registration), "good")
    return _back(event, registration)


@blueprint.post("/manage/<slug>/registrations/<uid>/decline")
@for_registrars
def decline(event: Event, uid: str) -> ResponseReturnValue:
    """No, with a reason if there is one; they get a mail."""
    registration = queries.find_registration(event, uid)
    approval.decline(registration, request.form.get("reason", ""), at=now())
    flash(told_words(registration), "good")
    return _back(event, registration)


@blueprint.post("/manage/<slug>/registrations/<uid>/seat")
@for_registrars
def seat(event: Event, uid: str) -> ResponseReturnValue:
    """A seat although every one is taken, with the reason."""
    registration = queries.find_registration(event, uid)
    approval.seat_anyway(registration, request.form.get("reason", ""), at=now())
    if registration.email:
        flash(_("%(name)s has a seat and has been told by mail.", name=registration.name), "good")
    else:
        flash(told_words(registration), "good")
    return _back(event, registration)


@blueprint.post("/manage/<slug>/registrations/<uid>/again")
@for_registrars
def again(event: Event, uid: str) -> ResponseReturnValue:
    """Take back the end of a registration."""
    registration = queries.find_registration(event, uid)
    try:
        approval.register_again(registration, at=now())
    except AlreadyRegistered:
        flash(_("Another registration for this event uses this address."), "warn")
    else:
        flash(told_words(registration), "good")
    return _back(event, registration)


@blueprint.post("/manage/<slug>/registrations/<uid>/category")
@for_registrars
def category(event: Event, uid: str) -> ResponseReturnValue:
    """Say who somebody is."""
    registration = queries.find_registration(event, uid)
    wanted = request.form.get("category", "")
    if wanted in set(Category):
        operations.change_category(registration, wanted, at=now())
        flash(_("Saved."), "good")
    return _back(event, registration)


@blueprint.get("/manage/<slug>/duplicates")
@for_registrars
def twins(event: Event) -> ResponseReturnValue:
    """People who seem to be registered twice."""
    groups = duplicates.likely_duplicates(event)
    return render_managed("registration/manage_duplicates.html", event, "registrations", groups=groups)


@blueprint.post("/manage/<slug>/duplicates/merge")
@for_registrars
def merge(event: Event) -> ResponseReturnValue:
    """Keep the older of two registrations."""
    one, other = (queries.find_registration(event, request.form.get(name, "")) for name in ("one", "other"))
    kept = duplicates.merge(one, other, at=now())
    flash(_("The older registration of %(name)s is kept. Both addresses have been told.", name=kept.name), "good")
    return redirect(url_for("capacity.twins", slug=event.slug), 303)


@blueprint.post("/manage/<slug>/duplicates/different")
@for_registrars
def different(event: Event) -> ResponseReturnValue:
    """These are different people."""
    chosen = request.form.getlist("registration")[:MOST_AT_ONCE]
    duplicates.settle_as_different([queries.find_registration(event, uid) for uid in chosen])
    flash(_("Remembered: different people."), "good")
    return redirect(url_for("capacity.twins", slug=event.slug), 303)
