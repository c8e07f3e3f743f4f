"""Ticking people and doing the same with all of them."""

from collections.abc import Sequence
from urllib.parse import parse_qsl, urlencode

from flask import Blueprint, Flask, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.datastructures import MultiDict

from inser_events.clock import now
from inser_events.database import db
from inser_events.events.access import may_register, may_see
from inser_events.events.models import Category, Event, Mode
from inser_events.events.navigation import render_managed
from inser_events.events.queries import find_event
from inser_events.registration import bulk, queries
from inser_events.registration.audiences import Audience
from inser_events.registration.groups import group_names
from inser_events.registration.message_forms import MessageForm
from inser_events.registration.message_views import form_page
from inser_events.registration.models import Registration, State
from inser_events.web.access import allowed
from inser_events.web.languages import page_language

MOST_IN_AN_ADDRESS = 90
"""So many uids go into the address of another page: servers read lines of some 4,000 letters."""
blueprint = Blueprint("bulk", __name__)
for_registrars = allowed(find_event, may_register, may_see)
ACTS = {"approve": bulk.approve_many, "decline": bulk.decline_many, "cancel": bulk.cancel_many}


def init_app(app: Flask) -> None:
    """Register the page."""
    app.register_blueprint(blueprint)


@blueprint.get("/manage/<slug>/bulk")
@for_registrars
def people(event: Event) -> ResponseReturnValue:
    """The list with boxes to tick."""
    wanted = queries.wanted_from(request.args)

    def address(**changed: str | int) -> str:
        return url_for("bulk.people", slug=event.slug) + "?" + urlencode(wanted.filters | changed)

    return render_managed(
        "registration/manage_bulk.html",
        event,
        "registrations",
        wanted=wanted,
        page=queries.listing(event, wanted),
        filters=urlencode(wanted.filters),
        groups=group_names(event, page_language()),
        states=list(State),
        modes=list(Mode),
        categories=list(Category),
        page_address=lambda number: address(page=number),
    )


@blueprint.post("/manage/<slug>/bulk")
@for_registrars
def act(event: Event) -> ResponseReturnValue:
    """Do one thing with everybody who is ticked, or whom the filters find."""
    filters, wanted = request.form.get("filters", ""), request.form.get("act", "")
    if "everyone" in request.form and wanted == "export":
        return redirect(f"{url_for('exports.export', slug=event.slug)}?{filters}", 303)
    chosen = _chosen(event, filters)
    if chosen is None:
        flash(_("So many cannot be chosen at once. Narrow the list, or tick some people."), "warn")
    elif not chosen:
        flash(_("Tick some people first."), "warn")
    elif wanted == "message":
        states = tuple(sorted({one.state for one in chosen}))
        audience = Audience(states=states, people=tuple(one.uid for one in chosen))
        return form_page(event, MessageForm(texts={"when": "hand"}, audience=audience), None)
    elif wanted == "export":
        return redirect(_with_people("exports.export", event, chosen), 303)
    elif wanted == "badges":
        return redirect(_with_people("badge_print.choose", event, chosen), 303)
    elif wanted in ACTS:
        _tell(ACTS[wanted](chosen, at=now()))
    return redirect(f"{url_for('bulk.people', slug=event.slug)}?{filters}", 303)


def _chosen(event: Event, filters: str) -> Sequence[Registration] | None:
    """Who is ticked, or all whom the filters find; None when they are too many."""
    if "everyone" not in request.form:
        return bulk.chosen_people(event, request.form.getlist("person")[: queries.MOST_CHOSEN])
    most = MOST_IN_AN_ADDRESS if request.form.get("act") == "badges" else queries.MOST_CHOSEN
    found = queries.filtered(event, queries.wanted_from(MultiDict(parse_qsl(filters))))
    uids = db.session.scalars(found.with_only_columns(Registration.uid).limit(most + 1)).all()
    return bulk.chosen_people(event, uids) if len(uids) <= most else None


def _with_people(endpoint: str, event: Event, chosen: Sequence[Registration]) -> str:
    """The address of a page about these people."""
    return f"{url_for(endpoint, slug=event.slug)}?{urlencode([('uid', one.uid) for one in chosen])}"


def done_words(number: int) -> str:
    """For how many something was done who are told of it."""
    return str(
        ngettext("Done for one person, who is told by mail.", "Done for %(num)s people; each is told by mail.", number)
    )


def _tell(result: bulk.Done) -> None:
    flash(done_words(result.done), "good")
    if result.passed_over:
        flash(ngettext("It did not fit one person.", "It did not fit %(num)s people.", result.passed_over), "warn")
