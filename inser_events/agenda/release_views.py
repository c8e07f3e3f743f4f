"""Publishing: what would change, what does not fit, and the act."""

from flask import Blueprint, Flask, flash, redirect, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_security import current_user

from inser_events.agenda.conflicts import conflicts_of
from inser_events.agenda.differences import in_words
from inser_events.agenda.errors import ReleasedMeanwhile
from inser_events.agenda.forms import PublishForm
from inser_events.agenda.manage_views import CONFLICT, UNUSABLE
from inser_events.agenda.publishing import pending_changes, publish_agenda, told_by
from inser_events.agenda.queries import draft_sessions, releases_of
from inser_events.clock import now
from inser_events.events.access import may_edit, may_see
from inser_events.events.models import Event
from inser_events.events.navigation import render_managed
from inser_events.events.queries import find_event
from inser_events.web.access import allowed

blueprint = Blueprint("manage_releases", __name__, url_prefix="/manage/<slug>/publish")
SHOWN = 10


def init_app(app: Flask) -> None:
    """Register the page."""
    app.register_blueprint(blueprint)


@blueprint.route("", methods=["GET", "POST"])
@allowed(find_event, may_edit, may_see)
def publish(event: Event) -> ResponseReturnValue:
    """Show what would change, then publish it."""
    form = PublishForm()
    if request.method == "POST" and form.validate_on_submit():
        try:
            by = current_user.name or current_user.email
            release = publish_agenda(event, note=form.note.data or "", at=now(), by=by, after=form.after.data or 0)
        except ReleasedMeanwhile as error:
            form.form_errors.append(error.message)
            return _page(event, form), CONFLICT
        flash(_("Release %(number)s is public.", number=release.number), "success")
        home = f"/manage/{event.slug}"
        return redirect(home if release.number == 1 else f"{home}/publish")  # the first time: what comes next
    return (_page(event, form), UNUSABLE) if form.errors else _page(event, form)


def _page(event: Event, form: PublishForm) -> str:
    previous, new, changes = pending_changes(event, at=now())
    form.after.data = previous.number if previous else 0
    return render_managed(
        "agenda/manage_publish.html",
        event,
        "publish",
        form=form,
        previous=previous,
        changes=changes,
        conflicts=conflicts_of(event, draft_sessions(event)),
        releases=releases_of(event.id, limit=SHOWN),
        in_words=in_words,
        mails=told_by(event, previous, new),
    )
