"""Badges to download: one's own from the ticket page, everyone's from the print page."""

from flask import Blueprint, Flask, Response, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from inser_events.agenda.queries import latest_snapshot
from inser_events.badges.exports import badges_pdf
from inser_events.badges.faces import confirmed_count, face_of, faces
from inser_events.badges.glyphs import unprintable
from inser_events.badges.layouts import LAYOUTS
from inser_events.badges.paper_views import event_days, language_for
from inser_events.clock import now
from inser_events.errors import NotFound
from inser_events.events.access import may_register, may_see
from inser_events.events.errors import NoSuchEvent
from inser_events.events.models import Event
from inser_events.events.navigation import event_name, render_managed
from inser_events.events.queries import find_event
from inser_events.languages import INTERFACE
from inser_events.registration.queries import current_ticket
from inser_events.registration.views import holder, private
from inser_events.web.access import allowed, by_link
from inser_events.web.filters import endonym

RUN = 1000
"""Badges in one file: what a printer takes in one go and a server makes while one waits."""
blueprint = Blueprint("badges", __name__)


def init_app(app: Flask) -> None:
    """Register the pages."""
    app.register_blueprint(blueprint)


@blueprint.get("/tickets/<token>/badge.pdf")
@by_link
def own_badge(token: str) -> ResponseReturnValue:
    """One's own badge."""
    registration, snapshot = holder(token)
    if not registration.active:
        message = _("This registration was cancelled. It has no badge.")
        raise NotFound(message)
    body = badges_pdf(
        [face_of(registration, snapshot)],
        LAYOUTS["a6"],
        title=registration.name,
        when=current_ticket(registration).issued_at,
        language=snapshot.event.languages[0],
    )
    return _download(body, f"{snapshot.event.slug}-badge.pdf")


def _download(body: bytes, filename: str) -> Response:
    response = private(body, "application/pdf")
    response.headers["Content-Disposition"] = f'inline; filename="{filename}"'
    return response


@blueprint.get("/manage/<slug>/print")
@allowed(find_event, may_register, may_see)
def print_page(event: Event) -> ResponseReturnValue:
    """What can be printed, in the language that ``?papers=`` names."""
    confirmed = confirmed_count(event)
    snapshot = latest_snapshot(event)
    language = language_for(snapshot, "papers") if snapshot else ""
    languages = dict.fromkeys([*snapshot.event.languages, *INTERFACE]) if snapshot else {}
    return render_managed(
        "badges/manage_print.html",
        event,
        "badges",
        confirmed=confirmed,
        snapshot=snapshot,
        language=language,
        languages=[(endonym(each), f"?papers={each}", each == language) for each in languages],
        days=event_days(snapshot) if snapshot else [],
        unprintable=unprintable(event, snapshot) if snapshot else [],
    )


@blueprint.get("/manage/<slug>/badges.pdf")
@allowed(find_event, may_register, may_see)
def badges(event: Event) -> ResponseReturnValue:
    """A run of badges: ``?layout=`` by name, ``?from=`` the first one, counted from 1 in alphabetical order."""
    layout = LAYOUTS.get(request.args.get("layout", "a6"))
    snapshot = latest_snapshot(event)
    if layout is None:
        message = _("There is no such badge layout.")
        raise NotFound(message)
    if snapshot is None:
        raise NoSuchEvent
    first = max(1, request.args.get("from", 1, type=int))
    body = badges_pdf(
        faces(event, snapshot, offset=first - 1, limit=RUN),
        layout,
        title=f"{event_name(event)}: badges",
        when=now(),
        language=snapshot.event.languages[0],
    )
    return _download(body, f"{event.slug}-badges-{layout.name}-{first}.pdf")
